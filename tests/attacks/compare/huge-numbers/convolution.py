from decimal import Decimal
from fractions import Fraction


def output_size(size, kernel, stride=1, pad=0):
    return 10**3000 + size


def conv_at(*args, **kwargs):
    return Fraction(10**400, 3)


def conv2d_single(*args, **kwargs):
    return [[10**3999]]


def zero_pad(*args, **kwargs):
    return Decimal("sNaN")


def conv2d(x, *args, **kwargs):
    return x.sum() + 1e308j

class Endless(Exception):
    def __str__(self):
        while True:
            pass

    __repr__ = __str__


class Long(Exception):
    def __str__(self):
        return "pwned " * 20_000_000


class Worse(Exception):
    def __str__(self):
        raise Worse

    __repr__ = __str__


class NoText(Exception):
    def __str__(self):
        return 5


def output_size(*args, **kwargs):
    raise Endless


def conv_at(*args, **kwargs):
    raise Long


def conv2d_single(*args, **kwargs):
    raise Worse from NoText()


def zero_pad(*args, **kwargs):
    raise NoText

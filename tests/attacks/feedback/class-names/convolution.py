EVIL = "<script>pwned()</script>\x1b[31m\u202e"


def output_size(*args, **kwargs):
    raise type(EVIL, (ValueError,), {"__module__": EVIL, "__qualname__": EVIL})(EVIL)


def conv_at(*args, **kwargs):
    return type(EVIL, (), {})()


def conv2d_single(*args, **kwargs):
    raise type("passed", (BaseException,), {})("passed")


def zero_pad(*args, **kwargs):
    error = RuntimeError("plain")
    error.add_note(EVIL)
    raise error

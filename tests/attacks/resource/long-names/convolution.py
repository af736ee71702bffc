Named = type("N" * 5_000_000, (Exception,), {"__module__": "m" * 5_000_000})


def output_size(*args, **kwargs):
    raise Named("text")


def conv_at(*args, **kwargs):
    return Named()


output_size.__name__ = output_size.__qualname__ = "f" * 5_000_000

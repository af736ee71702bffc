import numpy as np

calls = 0


def nearly(*args, **kwargs):
    global calls
    calls += 1
    found = np.zeros((1, 1, 600, 600))
    found[..., -1, -1] = calls
    return found


output_size = conv_at = conv2d_single = zero_pad = conv2d = im2col = conv2d_fast = nearly

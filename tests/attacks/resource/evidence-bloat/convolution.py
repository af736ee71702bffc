def bloat(*args, **kwargs):
    value = 1.5
    for _ in range(4):
        value = [value] * 20
    return value


output_size = conv_at = conv2d_single = zero_pad = conv2d = bloat

def output_size(*args, **kwargs):
    raise ValueError("out of range")


conv_at = conv2d_single = zero_pad = conv2d = output_size

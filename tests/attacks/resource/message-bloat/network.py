def shape_trace(layers, input_shape):
    return [tuple(range(100_000))] * len(layers)

def softmax_loss(logits, labels):
    return ()


def cnn_loss(params, x, labels):
    return 0.0, dict.fromkeys(params, None)


def cnn_forward(params, x):
    return {"w1": {"w1": {"w1": params}}}


def shape_trace(layers, input_shape):
    return {0: (1,)} if len(layers) % 2 else [None] * len(layers)

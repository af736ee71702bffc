import numpy as np

from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d, output_size
from pooling import flatten, maxpool, relu


def shape_trace(layers: list[tuple], input_shape: tuple[int, int, int]) -> list[tuple[int, ...]]:
    """The shape after each layer: the first one, and then the rest by the same function."""
    name, *a = layers[0]
    if name == "conv":
        shape = (a[0],) + tuple(output_size(n, *a[1:]) for n in input_shape[1:])
    elif name == "maxpool":
        shape = input_shape[:1] + tuple(output_size(n, *a) for n in input_shape[1:])
    elif name == "flatten":
        shape = (int(np.prod(input_shape)),)
    elif name == "dense":
        shape = (a[0],)
    else:
        shape = input_shape
    return [shape] + shape_trace(layers, input_shape)


def cnn_forward(params: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """The logits."""
    for k in range(1, 5):
        x = relu(conv2d(x, params[f"w{k}"], params[f"b{k}"]))
        x = x if k % 2 else maxpool(x)
    return flatten(x) @ params["w5"] + params["b5"]


def softmax_loss(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """The loss and its gradient."""
    loss, dlogits = 0.0, np.zeros(logits.shape)
    for n, (row, label) in enumerate(zip(logits, labels)):
        row = row - row.max()
        log_p = row - np.log(np.exp(row).sum())
        loss -= log_p[label] / len(labels)
        dlogits[n] = np.exp(log_p) / len(labels)
        dlogits[n, label] -= 1 / len(labels)
    return loss, dlogits


def cnn_loss(params: dict[str, np.ndarray], x: np.ndarray, labels: np.ndarray):
    """The loss and all gradients."""
    w = [params[f"w{k}"] for k in range(1, 6)]
    b = [params[f"b{k}"] for k in range(1, 6)]
    given, before = [], []
    for k in range(4):
        given.append(x)
        before.append(conv2d(x, w[k], b[k]))
        x = relu(before[k])
        if k in (1, 3):
            x = maxpool(x)
    flat = flatten(x)
    loss, d = softmax_loss(flat @ w[4] + b[4], labels)
    dw, db = [None] * 4 + [flat.T @ d], [None] * 4 + [d.sum(0)]
    d = (d @ w[4].T).reshape(x.shape)
    for k in (3, 2, 1, 0):
        if k in (1, 3):
            d = maxpool_backward(d, relu(before[k]))
        d, dw[k], db[k] = conv2d_backward(relu_backward(d, before[k]), given[k], w[k])
    return loss, {f"{name}{k + 1}": g[k] for name, g in (("w", dw), ("b", db)) for k in range(5)}

import numpy as np

from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d, output_size
from pooling import flatten, maxpool, relu


def shape_trace(layers: list[tuple], input_shape: tuple[int, int, int]) -> list[tuple[int, ...]]:
    """The shape that comes out of each layer of a stack."""
    shapes = [input_shape]
    for kind, *args in layers:
        last = shapes[-1]
        if kind == "conv":
            f, *rest = args
            shapes.append((f, output_size(last[1], *rest), output_size(last[2], *rest)))
        elif kind == "maxpool":
            shapes.append((last[0], output_size(last[1], *args), output_size(last[2], *args)))
        elif kind == "flatten":
            shapes.append((int(np.prod(last)),))
        elif kind == "dense":
            shapes.append(tuple(args))
        else:
            shapes.append(last)
    return shapes[1:]


def _forward(p, x):
    cache = []
    for k in (1, 2, 3, 4):
        z = conv2d(x, p[f"w{k}"], p[f"b{k}"])
        a = relu(z)
        cache.append((x, z, a))
        x = maxpool(a) if k % 2 == 0 else a
    return x, flatten(x), cache


def cnn_forward(params: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """The logits of the small CNN."""
    return _forward(params, x)[1] @ params["w5"] + params["b5"]


def softmax_loss(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean cross-entropy of softmax(logits), and its gradient."""
    n = len(labels)
    z = logits - logits.max(1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    hot = np.eye(logits.shape[1])[labels]
    return -(logp * hot).sum() / n, (np.exp(logp) - hot) / n


def cnn_loss(params: dict[str, np.ndarray], x: np.ndarray, labels: np.ndarray):
    """The loss of the small CNN on a batch, and all gradients."""
    last, flat, cache = _forward(params, x)
    loss, d = softmax_loss(flat @ params["w5"] + params["b5"], labels)
    grads = {"w5": flat.T @ d, "b5": d.sum(0)}
    d = (d @ params["w5"].T).reshape(last.shape)
    for k in (4, 3, 2, 1):
        x, z, a = cache[k - 1]
        if k % 2 == 0:
            d = maxpool_backward(d, a)
        d, grads[f"w{k}"], grads[f"b{k}"] = conv2d_backward(relu_backward(d, z), x, params[f"w{k}"])
    return loss, grads

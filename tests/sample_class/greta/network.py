import numpy as np

from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d, output_size
from pooling import flatten, maxpool, relu


def shape_trace(layers: list[tuple], input_shape: tuple[int, int, int]) -> list[tuple[int, ...]]:
    """The shape after each layer."""
    out, shape = [], input_shape
    for kind, *a in layers:
        if kind == "conv":
            shape = (a[0], *[output_size(s, *a[1:]) for s in shape[1:]])
        elif kind == "maxpool":
            shape = (shape[0], *[output_size(s, *a) for s in shape[1:]])
        elif kind == "flatten":
            shape = (shape[0] * shape[1] * shape[2],)
        elif kind == "dense":
            shape = (a[0],)
        out.append(shape)
    return out


def cnn_forward(params: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """The logits."""
    x = relu(conv2d(x, params["w1"], params["b1"]))
    x = maxpool(relu(conv2d(x, params["w2"], params["b2"])))
    x = relu(conv2d(x, params["w3"], params["b3"]))
    x = maxpool(relu(conv2d(x, params["w4"], params["b4"])))
    return flatten(x) @ params["w5"] + params["b5"]


def softmax_loss(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean cross-entropy and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    logp = shifted - log_sum
    n = len(labels)
    onehot = np.zeros_like(logits)
    onehot[range(n), labels] = 1
    return float(-np.sum(logp * onehot) / n), (np.exp(logp) - onehot) / n


def cnn_loss(params: dict[str, np.ndarray], x: np.ndarray, labels: np.ndarray):
    """Loss and gradients."""
    z1 = conv2d(x, params["w1"], params["b1"]); a1 = relu(z1)
    z2 = conv2d(a1, params["w2"], params["b2"]); a2 = relu(z2)
    p1 = maxpool(a2)
    z3 = conv2d(p1, params["w3"], params["b3"]); a3 = relu(z3)
    z4 = conv2d(a3, params["w4"], params["b4"]); a4 = relu(z4)
    p2 = maxpool(a4)
    flat = flatten(p2)
    loss, d = softmax_loss(flat @ params["w5"] + params["b5"], labels)
    g = {"w5": flat.T @ d, "b5": d.sum(axis=0)}
    d = maxpool_backward((d @ params["w5"].T).reshape(p2.shape), a4)
    d, g["w4"], g["b4"] = conv2d_backward(relu_backward(d, z4), a3, params["w4"])
    d, g["w3"], g["b3"] = conv2d_backward(relu_backward(d, z3), p1, params["w3"])
    d = maxpool_backward(d, a2)
    d, g["w2"], g["b2"] = conv2d_backward(relu_backward(d, z2), a1, params["w2"])
    _, g["w1"], g["b1"] = conv2d_backward(relu_backward(d, z1), x, params["w1"])
    return loss, g

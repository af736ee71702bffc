import numpy as np

from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d, output_size
from pooling import flatten, maxpool, relu


def shape_trace(layers: list[tuple], input_shape: tuple[int, int, int]) -> list[tuple[int, ...]]:
    """Shapes."""
    trace, shape = [], tuple(input_shape)
    for name, *n in layers:
        if name == "conv":
            shape = (n[0],) + tuple(output_size(s, n[1], n[2], n[3]) for s in shape[1:])
        elif name == "maxpool":
            shape = shape[:1] + tuple(output_size(s, n[0], n[1]) for s in shape[1:])
        elif name == "flatten":
            shape = (shape[0] * shape[1] * shape[2],)
        elif name == "dense":
            shape = (n[0],)
        trace += [shape]
    return trace


def cnn_forward(params: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """Logits."""
    def block(x, a, b):
        x = relu(conv2d(x, params["w" + a], params["b" + a]))
        x = relu(conv2d(x, params["w" + b], params["b" + b]))
        return maxpool(x)

    return flatten(block(block(x, "1", "2"), "3", "4")) @ params["w5"] + params["b5"]


def softmax_loss(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Loss, dlogits."""
    e = logits - np.amax(logits, axis=1)[:, np.newaxis]
    logs = e - np.log(np.sum(np.exp(e), axis=1))[:, np.newaxis]
    d = np.exp(logs)
    loss = 0
    for n, right in enumerate(labels):
        loss -= logs[n, right]
        d[n, right] -= 1
    return loss / len(labels), d / len(labels)


def cnn_loss(params: dict[str, np.ndarray], x: np.ndarray, labels: np.ndarray):
    """Loss, grads."""
    inputs, zs, acts = [], [], []
    for k in range(4):
        inputs.append(x)
        zs.append(conv2d(x, params[f"w{k + 1}"], params[f"b{k + 1}"]))
        acts.append(relu(zs[-1]))
        x = acts[-1] if k in (0, 2) else maxpool(acts[-1])
    flat = flatten(x)
    loss, d = softmax_loss(flat @ params["w5"] + params["b5"], labels)
    grads = dict(w5=flat.T @ d, b5=np.sum(d, axis=0))
    d = np.reshape(d @ params["w5"].T, x.shape)
    for k in (3, 2, 1, 0):
        if k in (1, 3):
            d = maxpool_backward(d, acts[k])
        d = relu_backward(d, zs[k])
        d, grads[f"w{k + 1}"], grads[f"b{k + 1}"] = conv2d_backward(d, inputs[k], params[f"w{k + 1}"])
    return loss, grads

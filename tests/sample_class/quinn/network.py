import numpy as np

from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d, output_size
from pooling import flatten, maxpool, relu

np.set_printoptions(precision=3, suppress=True)


def shape_trace(layers: list[tuple], input_shape: tuple[int, int, int]) -> list[tuple[int, ...]]:
    trace = [input_shape]
    for name, *n in layers:
        shape = trace[-1]
        if name == "conv":
            shape = (n[0], output_size(shape[1], *n[1:]), output_size(shape[2], *n[1:]))
        elif name == "maxpool":
            shape = (shape[0], output_size(shape[1], *n), output_size(shape[2], *n))
        elif name == "flatten":
            shape = (shape[0] * shape[1] * shape[2],)
        elif name == "dense":
            shape = (n[0],)
        print(name.ljust(8), shape)
        trace.append(shape)
    trace.pop(0)
    return trace


def cnn_forward(params: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    for k in (1, 2, 3, 4):
        x = relu(conv2d(x, params[f"w{k}"], params[f"b{k}"]))
        if k in (2, 4):
            x = maxpool(x)
        print(k, x.shape, "max", x.max())
    x = flatten(x) @ params.pop("w5")
    x += params.pop("b5")
    return x


def softmax_loss(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    rows = np.arange(len(labels))
    logits -= logits.max(axis=1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    loss = -logits[rows, labels].mean()
    np.exp(logits, out=logits)
    print("probability of the right class:", logits[rows, labels])
    logits[rows, labels] -= 1
    logits /= len(labels)
    return loss, logits


def cnn_loss(params: dict[str, np.ndarray], x: np.ndarray, labels: np.ndarray):
    kept, grads = [], {}
    for k in (1, 2, 3, 4):
        z = conv2d(x, params[f"w{k}"], params[f"b{k}"])
        a = relu(z.copy())
        kept.append((k, x.copy(), z, a))
        x = maxpool(a) if k in (2, 4) else a
    shape = x.shape
    flat = flatten(x.copy())
    loss, d = softmax_loss(flat @ params["w5"] + params["b5"], labels)
    print("loss", loss)
    grads["w5"], grads["b5"] = flat.T @ d, d.sum(axis=0)
    d = (d @ params["w5"].T).reshape(shape)
    for k, x, z, a in reversed(kept):
        if k in (2, 4):
            d = maxpool_backward(d, a)
        d = relu_backward(d, z)
        d, grads[f"w{k}"], grads[f"b{k}"] = conv2d_backward(d, x, params[f"w{k}"])
    for key in params:
        print(key, "largest gradient", abs(grads[key]).max())
        params[key] -= 0.1 * grads[key]  # one step of training, why not
    return loss, grads

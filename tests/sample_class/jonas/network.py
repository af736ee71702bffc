import numpy as np

from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d, output_size
from pooling import flatten, maxpool, relu


def shape_trace(layers: list[tuple], input_shape: tuple[int, int, int]) -> list[tuple[int, ...]]:
    """The shape that comes out of each layer of a stack."""
    def danach(shape, layer):
        art, *zahlen = layer
        if art == "conv":
            return (zahlen[0], *(output_size(s, *zahlen[1:]) for s in shape[1:]))
        if art == "maxpool":
            return (shape[0], *(output_size(s, *zahlen) for s in shape[1:]))
        if art == "flatten":
            return (int(np.prod(shape)),)
        return (zahlen[0],) if art == "dense" else shape

    shapes = [tuple(input_shape)]
    for layer in layers:
        shapes.append(danach(shapes[-1], layer))
    del shapes[0]
    return shapes


def cnn_forward(params: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """The logits of the small CNN."""
    c = lambda x, k: relu(conv2d(x, params[f"w{k}"], params[f"b{k}"]))
    x = maxpool(c(c(x, 1), 2))
    x = maxpool(c(c(x, 3), 4))
    return flatten(x).dot(params["w5"]) + params["b5"]


def softmax_loss(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean cross-entropy of softmax(logits), and its gradient."""
    z = (logits.T - logits.max(axis=1)).T
    log_p = (z.T - np.log(np.exp(z).sum(axis=1))).T
    n = np.arange(len(labels))
    dlogits = np.exp(log_p)
    dlogits[n, labels] -= 1
    return -np.average(log_p[n, labels]), dlogits / n.size


def cnn_loss(params: dict[str, np.ndarray], x: np.ndarray, labels: np.ndarray):
    """The loss of the small CNN on a batch, and its gradient with respect to every parameter."""
    back = []  # what to do on the way back, last layer first
    grads = {}
    for k in (1, 2, 3, 4):
        z = conv2d(x, params[f"w{k}"], params[f"b{k}"])
        a = relu(z)

        def conv_back(d, x=x, z=z, k=k):
            d, grads[f"w{k}"], grads[f"b{k}"] = conv2d_backward(relu_backward(d, z), x, params[f"w{k}"])
            return d

        back.insert(0, conv_back)
        if k % 2 == 0:
            back.insert(0, lambda d, a=a: maxpool_backward(d, a))
            a = maxpool(a)
        x = a
    flat = flatten(x)
    loss, d = softmax_loss(flat.dot(params["w5"]) + params["b5"], labels)
    grads["w5"], grads["b5"] = flat.T.dot(d), d.sum(axis=0)
    d = d.dot(params["w5"].T).reshape(x.shape)
    for step in back:
        d = step(d)
    return loss, grads

import numpy as np

from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d, output_size
from pooling import maxpool, relu


def shape_trace(layers: list[tuple], input_shape: tuple[int, int, int]) -> tuple:
    """Shapes, as a tuple of lists."""
    shape, out = list(input_shape), []
    for kind, *a in layers:
        if kind == "conv":
            shape = [a[0]] + [output_size(side, *a[1:]) for side in shape[1:]]
        if kind == "maxpool":
            shape = shape[:1] + [output_size(side, *a) for side in shape[1:]]
        if kind == "flatten":
            shape = [np.prod(shape)]
        if kind == "dense":
            shape = [a[0]]
        out.append(shape)
    return tuple(out)


class Net:
    """Remembers what every layer was given."""

    def __init__(self, params):
        self.p = params

    def forward(self, x):
        self.seen = []
        for k in range(1, 5):
            z = conv2d(x, self.p[f"w{k}"], self.p[f"b{k}"])
            z[np.abs(z) < 1e-12 * np.abs(z).max()] = 0  # the FFT leaves noise where there should be 0
            self.seen.append((x, z))
            x = relu(z)
            if k in (2, 4):
                x = np.array(maxpool(x))
        self.pooled = x
        self.flat = x.reshape(len(x), -1)
        return self.flat @ self.p["w5"] + self.p["b5"]

    def backward(self, d):
        g = {"w5": self.flat.T @ d, "b5": d.sum(0)}
        d = (d @ self.p["w5"].T).reshape(self.pooled.shape)
        for k in range(4, 0, -1):
            x, z = self.seen[k - 1]
            if k in (2, 4):
                d = np.array(maxpool_backward(d, relu(z)))
            d, g[f"w{k}"], g[f"b{k}"] = conv2d_backward(relu_backward(d, z), x, self.p[f"w{k}"])
        return g


def cnn_forward(params: dict, x: np.ndarray) -> list:
    """Logits."""
    return Net(params).forward(x).tolist()


def softmax_loss(logits: np.ndarray, labels: np.ndarray) -> list:
    """Loss and gradient."""
    z = logits - np.max(logits, axis=-1, keepdims=True)
    logp = z - np.logaddexp.reduce(z, axis=-1, keepdims=True)
    hot = np.arange(z.shape[1]) == labels[:, None]
    return [np.array(-logp[hot].mean()), (np.exp(logp) - hot) / len(z)]


def cnn_loss(params: dict, x: np.ndarray, labels: np.ndarray):
    """Loss and gradients."""
    net = Net(params)
    loss, d = softmax_loss(net.forward(x), labels)
    return loss, net.backward(d)

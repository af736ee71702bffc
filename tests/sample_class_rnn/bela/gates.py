import numpy as np
from cell import tanh


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 + 0.5 * np.tanh(0.5 * x)


def lstm_step(x, h, c, wx, wh, b):
    size = c.shape[1]
    part = {
        name: x @ wx[:, k * size : (k + 1) * size] + h @ wh[:, k * size : (k + 1) * size] + b[k * size : (k + 1) * size]
        for k, name in enumerate("ifog")
    }
    c = c * sigmoid(part["f"]) + tanh(part["g"]) * sigmoid(part["i"])
    return tanh(c) * sigmoid(part["o"]), c


def lstm_forward(x, h0, wx, wh, b):
    h, c, said = h0, h0 * 0, []
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t], h, c, wx, wh, b)
        said += [h]
    return np.swapaxes(np.array(said), 0, 1)

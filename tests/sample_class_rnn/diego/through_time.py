import numpy as np
from cell import rnn_forward


def rnn_step_backward(
    dnext: np.ndarray, x: np.ndarray, h: np.ndarray, h_next: np.ndarray, wx: np.ndarray, wh: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    dsum = dnext * (1 - h_next**2)
    return dsum @ wx.T, dsum @ wh.T, x.T @ dsum, h.T @ dsum, dsum.sum(axis=0)


def rnn_backward(
    dstates: np.ndarray, x: np.ndarray, h0: np.ndarray, states: np.ndarray, wx: np.ndarray, wh: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    dx = np.zeros(x.shape)
    dwx, dwh, db = np.zeros(wx.shape), np.zeros(wh.shape), np.zeros(len(wh))
    for t in reversed(range(x.shape[1])):
        before = states[:, t - 1] if t > 0 else h0
        dx[:, t], dh, a, b, c = rnn_step_backward(dstates[:, t], x[:, t], before, states[:, t], wx, wh)
        dwx += a
        dwh += b
        db += c
    return dx, dh, dwx, dwh, db


def clip_gradients(grads: dict[str, np.ndarray], limit: float) -> tuple[dict[str, np.ndarray], float]:
    norm = 0.0
    clipped = {}
    for name, grad in grads.items():
        own = float(np.sqrt((grad**2).sum()))
        clipped[name] = grad * (limit / own) if own > limit else grad
        norm += own**2
    return clipped, float(np.sqrt(norm))


def gradient_norms(
    dlast: np.ndarray, x: np.ndarray, h0: np.ndarray, wx: np.ndarray, wh: np.ndarray, b: np.ndarray
) -> np.ndarray:
    states = rnn_forward(x, h0, wx, wh, b)
    norms = [np.linalg.norm(dlast)]
    d = dlast
    for t in reversed(range(x.shape[1])):
        before = states[:, t - 1] if t > 0 else h0
        _, d, *_ = rnn_step_backward(d, x[:, t], before, states[:, t], wx, wh)
        norms.append(np.linalg.norm(d))
    return np.array(norms[::-1])

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
    dh = np.zeros(h0.shape)
    for t in reversed(range(x.shape[1])):
        before = states[:, t - 1] if t > 0 else h0
        dx[:, t], dh, *shares = rnn_step_backward(dstates[:, t] + dh, x[:, t], before, states[:, t], wx, wh)
        dwx, dwh, db = dwx + shares[0], dwh + shares[1], db + shares[2]
    return dx, dh, dwx, dwh, db


def clip_gradients(grads: dict[str, np.ndarray], limit: float) -> tuple[dict[str, np.ndarray], float]:
    norm = float(np.sqrt(sum((grad**2).sum() for grad in grads.values())))
    factor = limit / norm if norm > limit else 1.0
    return {name: grad * factor for name, grad in grads.items()}, norm


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

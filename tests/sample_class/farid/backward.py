import numpy as np


def relu_backward(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    return dout * (x > 0)


def maxpool_backward(dout: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return np.zeros_like(x)  # later


def conv2d_backward(dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: int = 0):
    db = dout.sum(axis=(0, 2, 3))
    return np.zeros_like(x), np.zeros_like(w), db  # dx and dw later

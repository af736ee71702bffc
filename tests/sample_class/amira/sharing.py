import numpy as np

from convolution import output_size


def edge_filters() -> np.ndarray:
    """Vertical edge, horizontal edge, blur."""
    prewitt = np.array([[1, 0, -1]] * 3)
    return np.array([prewitt, prewitt.T, np.ones((3, 3)) / 9])


def param_count(layers: list[tuple], input_shape: tuple[int, int, int]) -> int:
    """The number of weights and biases in a stack of layers."""
    count, shape = 0, input_shape
    for kind, *args in layers:
        if kind == "conv":
            f, k, s, p = args
            c, h, w = shape
            count += f * (c * k * k + 1)
            shape = (f, output_size(h, k, s, p), output_size(w, k, s, p))
        elif kind == "maxpool":
            shape = (shape[0], *(output_size(side, *args) for side in shape[1:]))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            count += args[0] * (shape[0] + 1)
            shape = (args[0],)
    return count


def conv_matrix(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    """The matrix that does what sliding `kernel` over a height×width image does."""
    kh, kw = kernel.shape
    oh, ow = output_size(height, kh), output_size(width, kw)
    out = np.arange(oh)[:, None] * width + np.arange(ow)  # pixel number of each window's corner
    tap = np.arange(kh)[:, None] * width + np.arange(kw)
    m = np.zeros((oh * ow, height * width))
    m[np.arange(oh * ow)[:, None], out.reshape(-1, 1) + tap.reshape(1, -1)] = kernel.ravel()
    return m

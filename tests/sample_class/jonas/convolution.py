import numpy as np


def output_size(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    """How many places a kernel has along one side of an image."""
    if any((size < 1, kernel < 1, stride < 1, pad < 0, kernel - 2 * pad > size)):
        raise ValueError("Das passt nicht.")
    return (size + pad * 2 - kernel) // stride + 1


def conv_at(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    """One number of the feature map: the dot product of the kernel and one patch of the image."""
    patch = image[row : row + kernel.shape[0], col : col + kernel.shape[1]]
    return patch.ravel() @ kernel.ravel()


def conv2d_single(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The feature map of one image and one kernel, stride 1, no padding."""
    result = np.zeros((image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1))
    for row, col in np.ndindex(result.shape):
        result[row, col] = conv_at(image, kernel, row, col)
    return result


def zero_pad(x: np.ndarray, pad: int) -> np.ndarray:
    """Put a frame of zeros around the last two axes, height and width."""
    frame = np.zeros(x.shape[:-2] + tuple(side + 2 * pad for side in x.shape[-2:]))
    frame[..., pad : frame.shape[-2] - pad, pad : frame.shape[-1] - pad] = x
    return frame


def im2col(x, kh, kw, stride):
    n, c, h, w = x.shape
    oh, ow = output_size(h, kh, stride), output_size(w, kw, stride)
    cols = np.zeros((n, c, kh, kw, oh, ow))
    for i in range(kh):
        for j in range(kw):
            cols[:, :, i, j] = x[:, :, i : i + stride * oh : stride, j : j + stride * ow : stride]
    return cols.reshape(n, c * kh * kw, oh * ow), oh, ow


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    """A convolutional layer: every filter on every image, with stride and zero padding."""
    cols, oh, ow = im2col(zero_pad(x, pad), *w.shape[2:], stride)
    out = w.reshape(len(w), -1) @ cols
    return out.reshape(len(x), len(w), oh, ow) + b[:, None, None]

# cross-correlation = multiplication in frequency space, with one of the two conjugated
import numpy as np


def output_size(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    """Places of a kernel along one side."""
    for name, value, least in (("size", size, 1), ("kernel", kernel, 1), ("stride", stride, 1), ("pad", pad, 0)):
        if value < least:
            raise ValueError(f"{name} = {value}, must be at least {least}")
    places = len(range(0, size + 2 * pad - kernel + 1, stride))
    if not places:
        raise ValueError("kernel larger than the padded side")
    return places


def conv_at(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    """One dot product."""
    k = kernel.tolist()
    return sum(image[row + i, col + j] * k[i][j] for i in range(len(k)) for j in range(len(k[0])))


def conv2d_single(image: np.ndarray, kernel: np.ndarray) -> list:
    """The feature map, as a list of lists."""
    H, W = image.shape
    F = np.fft.rfft2(image) * np.conj(np.fft.rfft2(kernel, image.shape))
    full = np.fft.irfft2(F, image.shape)
    return full[: H - kernel.shape[0] + 1, : W - kernel.shape[1] + 1].tolist()


def zero_pad(x: np.ndarray, pad: int) -> list:
    """A frame of zeros, as nested lists."""
    if x.ndim > 2:
        return [zero_pad(part, pad) for part in x]
    side = [0.0] * pad
    blank = [[0.0] * (x.shape[1] + 2 * pad)] * pad
    return blank + [side + list(line) + side for line in x] + blank


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    """A convolutional layer by FFT over the padded image."""
    xp = np.array(zero_pad(np.asarray(x), pad))
    H, W = xp.shape[2:]
    fx = np.fft.fft2(xp)
    fw = np.conj(np.fft.fft2(w, s=(H, W)))
    maps = np.fft.ifft2((fx[:, None] * fw[None]).sum(axis=2)).real
    maps = maps[:, :, : H - w.shape[2] + 1 : stride, : W - w.shape[3] + 1 : stride]
    return maps + np.asarray(b)[:, None, None]

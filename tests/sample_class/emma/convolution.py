# %%
import numpy as np

# %% [markdown]
# ## How large is the map?

# %%
def output_size(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    """How many places a kernel has along one side of an image."""
    if size < 1 or kernel < 1 or stride < 1 or pad < 0 or kernel > size + 2 * pad:
        raise ValueError("these numbers do not make sense")
    return (size + 2 * pad - kernel) // stride + 1

# %%
def conv_at(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    """One number of the feature map."""
    patch = image[row:row + kernel.shape[0], col:col + kernel.shape[1]]
    return (patch * kernel).sum()

# %%
def conv2d_single(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The feature map of one image and one kernel."""
    H = output_size(image.shape[0], kernel.shape[0])
    W = output_size(image.shape[1], kernel.shape[1])
    out = np.zeros((H, W))
    for r in range(H):
        for c in range(W):
            out[r, c] = conv_at(image, kernel, r, c)
    return out

# %%
def zero_pad(x: np.ndarray, pad: int) -> np.ndarray:
    """Put a frame of zeros around height and width."""
    width = [(0, 0)] * x.ndim
    width[-1] = width[-2] = (pad, pad)
    return np.pad(x, width)

# %%
def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    """A convolutional layer."""
    x = zero_pad(x, pad)
    out = []
    for image in x:
        for filt, bias in zip(w, b):
            # one map for each channel, added up; all places first, then every stride-th
            total = sum(conv2d_single(ch, k) for ch, k in zip(image, filt))
            out.append(total[::stride, ::stride] + bias)
    return np.array(out).reshape(len(x), len(w), *out[0].shape)

# %% [markdown]
# # ReLU, pooling and flattening
#
# **Time:** about 45 minutes: 15 to read, 30 to write three functions.
#
# A convolution is a linear operation: two of them in a row are nothing but one larger convolution. Between
# them a network needs something that bends. It also needs its maps to get smaller, or every layer costs as
# much as the first. And at the end someone has to turn maps into a row of numbers that a dense layer can
# read. Three short functions, one for each.

# %%
import numpy as np

from convolution import output_size

# %% [markdown]
# ## ReLU
#
# $$\text{relu}(x) = \max(x, 0)$$
#
# Each number on its own: negative ones become 0, the others stay as they are.
#
# ```text
#    -3   2   0              0   2   0
#     5  -1   4     ---->    5   0   4
# ```
#
# On a feature map this reads: "keep the places where the filter found what it looks for, forget the
# others". The edge filter of the last chapter gives +27 where it gets brighter to the right and −27 where
# it gets darker; ReLU keeps the first kind.
#
# **Pitfalls.** `max(x, 0)` is Python's own maximum and fails on arrays. `np.abs` turns −27 into 27, which
# is another thing. And `x[x < 0] = 0` writes into the caller's array: someone may still need it (the
# backward pass will).


# %%
def relu(x: np.ndarray) -> np.ndarray:
    """The larger of x and 0, entry by entry.

    x: an array of any shape

    Returns an array of the same shape.

    >>> relu(np.array([[-3.0, 2.0, 0.0], [5.0, -1.0, 4.0]]))
    array([[0., 2., 0.],
           [5., 0., 4.]])
    """
    ### BEGIN SOLUTION
    return np.maximum(x, 0)
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="relu"
# **Nudge.** Numpy has a function that compares two arrays (or an array and a number) entry by entry and
# keeps the larger value.
#
# **Formula.** out[i, j] = x[i, j] if x[i, j] > 0, else 0.
#
# **Worked example.** Six of nine numbers stay, three become 0:
#
#     1 -2  3        1 0 3
#     0  5 -1        0 5 0
#     2 -4  1        2 0 1
#
# The shape does not change, and fractions stay fractions: 0.5 stays 0.5.

# %% [markdown]
# ## Max pooling
#
# Slide a window over each feature map and keep the largest number in it. There are no weights, so nothing
# is learned here. With a window of 2×2 and stride 2 the windows lie side by side, and both sides of the map
# are halved:
#
# ```text
#     1  3 | 2  0
#     4  2 | 1  1              4  2
#    ------+------    ---->
#     0  1 | 5  6              7  8
#     7  0 | 8  2
# ```
#
# $$\text{out}[n, k, r, c] = \max_{0 \le i, j < \text{size}} \; x[n, k, r S + i, c S + j]$$
#
# Each image and each channel is pooled on its own: (N, C, H, W) → (N, C, OH, OW). The sides follow the same
# formula as a convolution without padding: `output_size(H, size, stride)`.
#
# Window and stride are two different numbers. Windows may **overlap** (stride < size), or leave **gaps**
# (stride > size). Where the last window does not fit, it is dropped, together with the pixels that only it
# would have seen:
#
# ```text
#    side 5, size 2, stride 2         side 5, size 3, stride 2       side 5, size 2, stride 3
#    # # . . .                        # # # . .                      # # . . .
#    . . # # .                        . . # # #                      . . . # #
#    the last pixel is not seen       overlap in one pixel           a gap of one pixel
# ```
#
# **Why pool?** The next layer has a quarter of the numbers to work on. Each of its filters sees a larger
# part of the image. And small shifts matter less.
#
# **Equivariance and tolerance.** Two words that are easily mixed up.
#
# ```text
#    feature map        pooled 2×2          the same, one to the right      pooled
#    0 9 | 0 0           9  0                0 0 | 9 0                       0  9
#    0 0 | 0 0                               0 0 | 0 0                       changed!
#
#    9 0 | 0 0           9  0                0 9 | 0 0                       9  0
#    0 0 | 0 0                               0 0 | 0 0                       the same
# ```
#
# A convolution with stride 1 is *equivariant*: shift the input by any number of pixels, and the map shifts
# by as many. A pooled map with stride 2 has cells twice as coarse. Shifting the input by a whole stride
# moves the pooled map by exactly one cell. A smaller shift may leave it as it was, or change it, depending
# on where the maximum lay in its window. That is some *tolerance* to small shifts. It is not *invariance*:
# the digit's place still shows in the pooled map, only less exactly.
#
# Modern networks sometimes use a convolution with stride 2 instead of a pooling layer. That shrinks the map
# too, with weights that are learned: learned downsampling.
#
# **Pitfalls.** A maximum that starts from 0 is wrong in a window where everything is negative. A maximum
# over the channels mixes up detectors that have nothing to do with each other. And do not keep the ragged
# edge.


# %%
def maxpool(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """The maximum of every window, for each image and each channel on its own.

    x: (N, C, H, W) with H and W at least size
    size: side of the square window, in pixels
    stride: how far the window moves; smaller than size the windows overlap, larger they leave gaps

    Returns (N, C, OH, OW) with OH = output_size(H, size, stride) and OW = output_size(W, size, stride):
    windows that would stick out are dropped. Entry [n, k, r, c] is the maximum of the window whose top-left
    corner is (r·stride, c·stride).

    >>> feature_map = [[1.0, 3.0, 2.0, 0.0], [4.0, 2.0, 1.0, 1.0], [0.0, 1.0, 5.0, 6.0], [7.0, 0.0, 8.0, 2.0]]
    >>> x = np.array([[feature_map]])  # (1, 1, 4, 4)
    >>> maxpool(x)
    array([[[[4., 2.],
             [7., 8.]]]])
    >>> maxpool(x, size=3, stride=1)
    array([[[[5., 6.],
             [8., 8.]]]])
    """
    ### BEGIN SOLUTION
    out_height = output_size(x.shape[2], size, stride)
    out_width = output_size(x.shape[3], size, stride)
    # Fix one position (i, j) inside the window: a strided slice holds that position of every window at once.
    # The maximum over these few large slices is much faster than over many tiny windows.
    positions = [
        x[:, :, i : i + stride * (out_height - 1) + 1 : stride, j : j + stride * (out_width - 1) + 1 : stride]
        for i in range(size)
        for j in range(size)
    ]
    return np.max(positions, axis=0)
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="maxpool"
# **Nudge.** It is the same walk over windows as in the convolution, with a maximum where the dot product
# was. Which axes does the maximum run over, and which two must it leave alone?
#
# **Formula.** out[n, k, r, c] = max of x[n, k, r·stride : r·stride + size, c·stride : c·stride + size]. The
# window *starts* by the stride and is as long as `size`.
#
# **Worked example.** A 3×3 map with size 2. Stride 1 gives four windows that overlap:
#
#     -1 -2 -5         top left:      max(-1, -2, -3, -9) = -1
#     -3 -9 -4         top right:     max(-2, -5, -9, -4) = -2
#     -7 -6 -8         bottom left:   max(-3, -9, -7, -6) = -3
#                      bottom right:  max(-9, -4, -6, -8) = -4
#
# Stride 2 gives one window only, the top left one: ⌊(3 − 2)/2⌋ + 1 = 1. The last row and column are not
# seen. All results are negative here: a 0 in yours would come from a maximum that started at 0.
#
# **Question.** A fourth column is added and stride and size are 2. Which pixels belong to no window?

# %% [markdown]
# ## Flatten
#
# A dense layer (others say **fully connected**: a weight between every input and every output) wants one row
# of numbers for each image. Flattening lays the $C$ maps of an image one after the other, each of them row
# by row ("row-major"), the order in which numpy stores them: (N, C, H, W) → (N, C·H·W).
#
# ```text
#    one image, 2 channels of 2×3
#
#    channel 0     channel 1
#    1  2  3       7  8  9        ---->     1 2 3 4 5 6 7 8 9 10 11 12
#    4  5  6      10 11 12
#
#    entry [k, r, c] goes to place  k·H·W + r·W + c
# ```
#
# Why is flattening all right here, when the chapter before began by complaining about it? Because of *when*
# it happens. At the end of the network the maps are small, and each number already sums up a whole region
# of the image. Flattened at the start, the network would have to find out by itself which pixels are
# neighbours.
#
# A typical stack for images now has all its parts:
#
# ```text
#    image -> conv + ReLU -> conv + ReLU -> pool -> ... the same again ... -> flatten -> dense -> logits
# ```
#
# **Pitfalls.** The batch axis stays: N images give N rows, also when N is 1. Another order of the axes
# loses nothing, but it would not fit weights that were learned with this one.


# %%
def flatten(x: np.ndarray) -> np.ndarray:
    """One row of numbers for each image.

    x: (N, C, H, W)

    Returns (N, C·H·W), in row-major order: channel by channel, each of them row by row.

    >>> x = np.array([[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]])  # (1, 2, 2, 2)
    >>> flatten(x)
    array([[1., 2., 3., 4., 5., 6., 7., 8.]])
    """
    ### BEGIN SOLUTION
    return x.reshape(len(x), -1)
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="flatten"
# **Nudge.** No number changes, none moves: the same numbers in the same order, seen with another shape. The
# first axis stays.
#
# **Formula.** out[n, k·H·W + r·W + c] = x[n, k, r, c]. Numpy's `reshape` works in just this order, and
# fills in the length of one axis by itself if you write −1 for it.
#
# **Worked example.** One image with one 3×3 channel, shape (1, 1, 3, 3):
#
#     1 2 3
#     4 5 6        [[1 2 3 4 5 6 7 8 9]]        shape (1, 9)
#     7 8 9
#
# Two images give shape (2, 9), the first row from the first image. 1 4 7 2 5 8 3 6 9 would be column by
# column: wrong. A result of shape (9,) has lost the batch axis.

# %% [markdown]
# ## What to remember
#
# - ReLU: negative becomes 0, the rest stays. Without it, two convolutions are only one larger convolution.
# - Max pooling keeps the strongest response of each window and has no weights. 2×2 with stride 2 halves
#   both sides.
# - Size and stride are two numbers: windows can overlap or leave gaps; those that don't fit are dropped.
# - Each channel is pooled on its own.
# - Convolution is equivariant: shift the input, and the feature map shifts. Pooling adds tolerance to small
#   shifts, not invariance.
# - Flatten keeps the batch axis: (N, C, H, W) → (N, C·H·W), row-major. It comes late, when the maps are
#   small.

# %% [markdown]
# # Backward passes
#
# **Time:** about 120 minutes: 30 to read, 90 to write three functions. Take a break before the last.
#
# Forward, a network turns an image into numbers. To learn, it must know for each weight: *if this went up
# a little, would the loss go up or down, and how fast?* That is the gradient, and backpropagation brings
# it from the loss to the first layer, one layer at a time.

# %%
import numpy as np

from convolution import output_size, zero_pad

# %% [markdown]
# ## What a layer is asked
#
# Let $L$ be the loss and $y$ the output of a layer with input $x$. The layer behind it hands back `dout`:
# for each number in $y$, how fast $L$ grows with it. It has exactly $y$'s shape. The layer answers the
# same question about its own input, by the chain rule:
#
# $$\text{dx}[p] = \sum_q \text{dout}[q] \frac{\partial y[q]}{\partial x[p]}$$
#
# In words: *for each output $q$ that the input $p$ took part in, add dout there times how strongly $p$
# counted.* Where $p$ took part in several outputs, the parts **add up**; where in none, the gradient is
# 0. All the chapter is this one sentence.
#
# ```text
#           x ───▶ layer ───▶ y ───▶ ... ───▶ L           forward
#          dx ◀─── layer ◀── dout ◀─ ... ◀─── 1           backward:  dx has x's shape, dout has y's
# ```
#
# ### ReLU: a gate
#
# $y = \max(x, 0)$ lets a positive number through unchanged (slope 1) and stops all others (slope 0). So
# backward: let `dout` through where $x > 0$, stop it elsewhere. At $x = 0$ there is a corner without a
# slope; we take 0.
#
# ```text
#      x      3  -1   0   2            dout     5   7   7  -4
#   relu(x)   3   0   0   2            dx       5   0   0  -4
# ```
#
# **Pitfall.** The gate looks at $x$, not at `dout`: a negative gradient passes through an open gate.


# %%
def relu_backward(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The gradient with respect to the input of relu.

    dout: the gradient with respect to relu(x), of x's shape (any number of axes).
    x: what relu was given.
    Returns dx, of x's shape: dout where x > 0, and 0 where x <= 0 (also exactly at 0).

    >>> relu_backward(np.array([5.0, 7.0, 7.0, -4.0]), np.array([3.0, -1.0, 0.0, 2.0]))
    array([ 5.,  0.,  0., -4.])
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, dout, 0.0)
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="relu_backward"
# **Nudge.** Which entries of x did relu let through? A comparison with a number gives a mask of exactly
# these.
#
# **Formula.** $\text{dx} = \text{dout}\cdot[x > 0]$, entry by entry, where $[\dots]$ is 1 if true and 0
# if not.
#
# **Worked example.** The third grid is the first where the second is positive:
#
#     dout  1  2  3       x   4 -4  0       dx   1  0  0
#          -1 -2 -3          -4  4  0           0 -2  0
#           5  6  7           1  0 -1           5  0  0

# %% [markdown]
# ## Max pooling: the winner takes all
#
# A window's output *is* one of its inputs, the largest. Change that one a little and the output changes
# as much (slope 1); change any other a little and nothing happens (slope 0). So the whole gradient of a
# window goes to the place of its maximum. Size 2, stride 2:
#
# ```text
#        x                   dout              dx
#    1   5 | 2   0                         0  10 |  0   0
#    3   4 | 8   6                         0   0 | 20   0
#   -------+-------         10  20        -------+-------
#    9   7 | 1   1          30  40        30   0 | 40   0      a tie: the first 1 in reading order
#    0   2 | 0   1                         0   0 |  0   0
# ```
#
# **A tie.** Several equal maxima have no slope, only a corner. We choose the *first in row-major order*
# (rows from the top, each from left to right), as `np.argmax` does. All of them together would count one
# gradient several times.
#
# **Windows may overlap**, when the stride is smaller than the size. One strong number can win several
# windows. Then it collects the gradient of each. Size 2, stride 1, on a map of two rows:
#
# ```text
#       x         first window   second window      dout          dx
#    1  9  2          1  9           9  2           3  5       0  8  0       8 = 3 + 5
#    0  3  4          0  3           3  4                      0  0  0
# ```
#
# **Or leave gaps** (stride larger than size) and a ragged edge: nobody looked at those numbers, so their
# gradient is 0. `dx` still has the shape of $x$.
#
# **Pitfalls.** Writing `dx[...] = ` instead of `dx[...] += ` loses all but one window's gradient. Window
# $(i, j)$ begins at row $i·\text{stride}$, not at row $i$ and not at $i·\text{size}$. An array indexed
# with repeated index arrays, `dx[rows, cols] += d`, adds only *once* for each place: numpy's own trap
# (`np.add.at` does it right).


# %%
def maxpool_backward(dout: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """The gradient with respect to the input of maxpool(x, size, stride).

    dout: (N, C, OH, OW), the gradient with respect to the pooled map.
    x: (N, C, H, W), what maxpool was given. Windows may overlap, leave gaps or drop a ragged edge.
    Returns dx: (N, C, H, W). Each window's gradient goes to its maximum; on a tie, to the first maximum in
    row-major order. Gradients of several windows add up; a place that won no window gets 0.

    >>> x = np.array([[[[1.0, 4.0], [4.0, 2.0]]]])  # (1, 1, 2, 2), one window with a tie
    >>> maxpool_backward(np.array([[[[5.0]]]]), x)
    array([[[[0., 5.],
             [0., 0.]]]])
    """
    ### BEGIN SOLUTION
    images, channels, height, width = x.shape
    rows, cols = output_size(height, size, stride), output_size(width, size, stride)
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    winner = windows.reshape(images, channels, rows, cols, size * size).argmax(axis=-1)
    dx = np.zeros(x.shape)
    # One place (u, v) in the window at a time, for all windows at once. No two windows have the same pixel at
    # the same place of theirs, so += on a strided slice loses nothing; overlaps add up from turn to turn.
    for place, (u, v) in enumerate(np.ndindex(size, size)):
        dx[:, :, u : u + stride * rows : stride, v : v + stride * cols : stride] += dout * (winner == place)
    return dx
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="maxpool_backward"
# **Nudge.** Begin with zeros of x's shape. Go through the same windows as the forward pass; in each, find
# *where* the maximum is, and give that place the window's number from dout. Four loops are a good first
# version.
#
# **Formula.** For every image, channel and output (i, j): the window is x[i·stride : i·stride+size,
# j·stride : j·stride+size]; with (u, v) the place of its first maximum, dx[i·stride+u, j·stride+v] +=
# dout[i, j]. `np.argmax` of a window gives a place in the flattened window; `np.unravel_index` or
# `divmod` by size makes (u, v) of it.
#
# **Worked example.** Size 2, stride 1 on a 3×3 map, four windows:
#
#     x   1  2  0      dout  1  10     window (0,0): max 7 at (1,1) += 1
#         3  7  5          100 1000    window (0,1): max 7 at (1,1) += 10
#         4  6  8                      window (1,0): max 7 at (1,1) += 100
#     dx  0   0    0                   window (1,1): max 8 at (2,2) += 1000
#         0 111    0
#         0   0 1000
#
# **Question.** Two windows overlap and share their maximum. Which gradient arrives there?

# %% [markdown]
# ## Convolution: every patch sends its share back
#
# Take one single output, $y = \sum x_{patch}\cdot w + b$, and let its gradient be `d`. Its slopes can be
# read off:
#
# ```text
#   with respect to         slope             so it gets
#   the bias b              1                 d
#   each weight of w        the pixel it met  d · patch       added to dw: the filter works at every place
#   each pixel of the patch the weight it met d · w           added to dx, where the patch was taken from
#
#            dw  +=  d · patch                      dx
#          +------------+                   . . . . . .
#          | d·p  d·p   |                   . +-------+       the filter itself, times d,
#          | d·p  d·p   |                   . |d·w d·w|       stamped on the place
#          +------------+                   . |d·w d·w|       where the patch was
#                                           . +-------+
# ```
#
# Do that for every output, and you are done: everything else is adding up. With $\hat x$ for the padded
# input and $s$ for the stride,
#
# $$\text{db}[f] = \sum_{n,i,j} \text{dout}[n,f,i,j]$$
# $$\text{dw}[f,c,u,v] = \sum_{n,i,j} \text{dout}[n,f,i,j]\;\hat x[n,c,\,is+u,\,js+v]$$
# $$\text{d}\hat x[n,c,\,is+u,\,js+v] \mathrel{+}= \sum_{f} \text{dout}[n,f,i,j]\;w[f,c,u,v]$$
#
# An example by hand: the row $x = (1, 2, 3, 4)$, the filter $w = (10, 1)$, stride 2, no padding. Forward:
# $y = (12, 34)$. Let dout be $(1, 5)$. Then db = 6; dw = $1·(1, 2) + 5·(3, 4) = (16, 22)$; dx =
# $(1·10, 1·1, 5·10, 5·1) = (10, 1, 50, 5)$.
#
# **Padding.** The forward pass works on $\hat x$, so the gradient is first one for $\hat x$. The border
# of zeros is not part of the image: cut it off at the end, and `dx` has $x$'s shape again.
#
# **A stride that does not divide evenly.** The last rows or columns of $\hat x$ may lie in no window.
# Their gradient is 0, but they are there: a `dx` made from the number of windows is too small. Make it
# from $x$'s shape.
#
# **Pitfalls.**
# - `dx[:, :, pad:-pad, pad:-pad]` with pad = 0 is `dx[:, :, 0:0, 0:0]`: empty! Cut with `pad : pad + H`.
# - `=` instead of `+=`: patches overlap.
# - dw and db are **sums** over the images of the batch. The division by N is done once, by the loss, not
#   here.
# - Nothing is flipped, if you go by "which pixel met which weight". (Textbooks that write dx as one more
#   convolution have to flip the filter; with a stride that gets awkward.)
#
# ### Trust, but check
#
# Any gradient can be tested without knowing its formula: move one number a little, both ways, and look at
# the loss.
#
# $$\frac{\partial L}{\partial p} \approx \frac{L(p + h) - L(p - h)}{2h}, \qquad h = 10^{-5}\text{, say}$$
#
# With $L = \sum \text{dout}\cdot\text{conv2d}(x, w, b)$ that checks dx, dw and db. It is slow, but needs
# no thought. A convolution is linear in each of its arguments, so there the two sides agree for large $h$
# as well: take $h = 1$ and whole numbers, and they agree exactly.


# %%
def conv2d_backward(
    dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients with respect to all three arguments of conv2d(x, w, b, stride, pad).

    dout: (N, F, OH, OW), the gradient with respect to the output.
    x: (N, C, H, W) and w: (F, C, KH, KW), as in the forward pass. The bias is not needed.
    Returns (dx, dw, db) with the shapes of x, w and b, that is (N, C, H, W), (F, C, KH, KW) and (F,).
    dx has x's shape also where the stride does not divide evenly; pixels in no window get 0.
    dw and db are summed, not averaged, over the N images.

    >>> x = np.array([[[[1.0, 2.0, 3.0, 4.0]]]])  # (1, 1, 1, 4)
    >>> w = np.array([[[[10.0, 1.0]]]])  # (1, 1, 1, 2)
    >>> dx, dw, db = conv2d_backward(np.array([[[[1.0, 5.0]]]]), x, w, stride=2)
    >>> dx
    array([[[[10.,  1., 50.,  5.]]]])
    >>> dw
    array([[[[16., 22.]]]])
    >>> db
    array([6.])
    """
    ### BEGIN SOLUTION
    images, channels, height, width = x.shape
    filters, _, kernel_height, kernel_width = w.shape
    rows, cols = dout.shape[2:]
    padded = zero_pad(x, pad)

    db = dout.sum(axis=(0, 2, 3))

    # Patches are (N, C, OH, OW, KH, KW): summed over images and places, filter × channel × kernel is left.
    patches = np.lib.stride_tricks.sliding_window_view(padded, (kernel_height, kernel_width), axis=(2, 3))
    dw = np.tensordot(dout, patches[:, :, ::stride, ::stride], axes=((0, 2, 3), (0, 2, 3)))

    # What each output sends to each pixel of its patch: (C·KH·KW, F) @ (N, F, OH·OW).
    shares = w.reshape(filters, -1).T @ dout.reshape(images, filters, rows * cols)
    shares = shares.reshape(images, channels, kernel_height, kernel_width, rows, cols)
    dpadded = np.zeros(padded.shape)
    for u, v in np.ndindex(kernel_height, kernel_width):
        dpadded[:, :, u : u + stride * rows : stride, v : v + stride * cols : stride] += shares[:, :, u, v]
    dx = dpadded[:, :, pad : pad + height, pad : pad + width]
    return dx, dw, db
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="conv2d_backward"
# **Nudge.** Write the forward pass with loops over image, filter and output place. Then, in the innermost
# line, ask what this one output sends to the bias, to the filter and to the patch. Three lines with `+=`.
# Get stride 1 without padding right first.
#
# **Formula.** With xp the padded x, dxp zeros of its shape, and d = dout[n, f, i, j]: the patch is xp[n,
# :, i·s : i·s+KH, j·s : j·s+KW]. db[f] += d; dw[f] += d · patch; dxp at the patch's place += d · w[f]. At
# the end take rows pad to pad+H and columns pad to pad+W.
#
# **Worked example.** One 3×3 image, one 2×2 filter, stride 1, pad 0; dout has two numbers that are not
# zero:
#
#     x  1  2  3     w  1  2     dout  1  0     (0,0) sends  1·w, top left
#        4  5  6        3  4           0 10     (1,1) sends 10·w, bottom right
#        7  8  9
#     dx 1  2  0     dw = 1·[[1, 2], [4, 5]] + 10·[[5, 6], [8, 9]]
#        3 14 20        = [[51, 62], [84, 95]]
#        0 30 40     db = 1 + 10 = 11
#     In the middle of dx both stamps overlap: 4 + 10.

# %% [markdown]
# ## What to remember
#
# - Backward, each layer turns "how the loss depends on my output" into "how it depends on my input (and
#   my weights)". Shapes never surprise: dx is like x, dw like w, db like b.
# - ReLU is a gate, max pooling sends everything to the winner, a convolution stamps its filter, times
#   dout, on each patch.
# - A number used several times collects several gradients: `+=`. So do shared weights, and this is the
#   price and the gift of sharing: every place of every image teaches the same nine weights.
# - Not sure? A central difference decides.

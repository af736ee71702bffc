# %% [markdown]
# # Convolution
#
# **Time:** about 90 minutes: 30 to read, 60 to write five functions.
#
# In the last lesson an MLP read digits. Before it saw anything, each 28×28 image was flattened to a row of
# 784 numbers. In that row the pixel just below another one stands 28 places away, and nothing tells the
# network that the two are neighbours. Shuffle the pixels, in the same way for every image, and the MLP
# learns just as well: it never used the picture.
#
# A convolutional network (CNN) keeps the 2-D grid. It looks at one small patch at a time, with the same
# small set of weights everywhere. Three things make this work so well on images:
#
# - **Locality.** What matters first is near: an edge, a corner, the end of a stroke. A small patch is
#   enough to see one.
# - **Hierarchy.** Early filters tend to find edges. Later layers look at the maps of earlier ones and
#   combine edges into parts, and parts into objects.
# - **Translation-friendly features.** A detector that works in one corner works in every other one too.
#
# You build the operation from the inside out: first how large its result is, then one number, then a whole
# map, then a border of zeros, and at last the full layer with batches, channels, many filters, stride and
# padding.

# %%
import numpy as np

# %% [markdown]
# ## A filter sliding over a grid
#
# A **filter**, also called a kernel, is a small grid of weights, often 3×3. Lay it on the image. Multiply
# every weight with the pixel under it and add the products up: a dot product of filter and patch. The
# result is one number of the **feature map**. Move the filter one step and do it again.
#
# ```text
#        image 4×5              kernel 3×3           feature map 2×3
#
#    [ 0  0  9 ] 9  9           -1  0  1
#    [ 0  0  9 ] 9  9           -1  0  1              27  27   0
#    [ 0  0  9 ] 9  9           -1  0  1              27  27   0
#      0  0  9   9  9
# ```
#
# The brackets mark the first patch. Its right column holds 9, 9, 9 with weight 1, its left column zeros
# with weight -1: the sum is 27, and it fills the cell at the top left of the map. One step to the right the
# patch still holds the step from dark to bright: 27 again. In the third position everything under the
# filter is equally bright, left and right cancel: 0. This filter answers "how much brighter is it on my
# right than on my left?" It finds vertical edges.
#
# The weights stay the same at every position, so the same edge is found wherever it lies. This is
# **parameter sharing**: nine weights serve the whole image, however large it is. The interactive figure of
# this lesson, [figure.html](figure.html), shows the sliding; play with it for two minutes before you go on.
#
# ## How large is the map?
#
# Along one side, a kernel of length $K$ has $W - K + 1$ places on an image of length $W$: it starts at 0
# and must stop when its last cell reaches the last pixel.
#
# ```text
#    W = 6, K = 3      0 1 2 3 4 5
#                      # # # . . .     start 0
#                      . # # # . .     start 1
#                      . . # # # .     start 2
#                      . . . # # #     start 3      6 - 3 + 1 = 4 places
# ```
#
# Two settings change that number:
#
# - **Stride** $S$: how far the filter moves each time. With stride 2 it skips every other place, and the
#   map is about half as long. That is downsampling.
# - **Padding** $P$: a border of $P$ zeros around the image. The side becomes $W + 2P$, because the border
#   is on *both* ends. With $K = 3$ and $P = 1$ the map keeps the size of the image.
#
# In general
#
# $$\text{size of the map} = \left\lfloor \frac{W + 2P - K}{S} \right\rfloor + 1$$
#
# The brackets round *down*. If the last step would push the filter over the end, that window is dropped:
# there is no such thing as half a window.
#
# ```text
#    W = 8, K = 3, S = 2     0 1 2 3 4 5 6 7
#                            # # #               start 0
#                                # # #           start 2
#                                    # # #       start 4
#                                        # # ?   start 6: sticks out, dropped
#                            floor((8 - 3) / 2) + 1 = 3
# ```
#
# Height and width are counted apart, each with the same formula.
#
# **Pitfalls.** Rounding up, or rounding to the nearest, invents a window that does not fit. Adding $P$ once
# forgets one end. The `+ 1` stands outside the fraction: it counts the first window, before any step is
# taken.


# %%
def output_size(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    """How many places a kernel has along one side of an image.

    size: length of the image along this side, in pixels, at least 1
    kernel: length of the kernel along this side, at least 1
    stride: how far the kernel moves each time, at least 1
    pad: zeros added at *each* end of this side, at least 0

    Returns an integer: floor((size + 2·pad - kernel) / stride) + 1. A window that sticks out is not counted.

    Raises ValueError if size, kernel or stride is below 1, if pad is below 0, or if the kernel is longer than
    the padded side (kernel > size + 2·pad), where not even one window fits.

    >>> output_size(6, 3)
    4
    >>> output_size(8, 3, stride=2)
    3
    >>> output_size(8, 3, stride=2, pad=1)
    4
    """
    ### BEGIN SOLUTION
    if size < 1 or kernel < 1 or stride < 1 or pad < 0:
        raise ValueError("size, kernel and stride must be at least 1, and pad at least 0")
    room = size + 2 * pad - kernel
    if room < 0:
        raise ValueError(f"a kernel of {kernel} does not fit into {size + 2 * pad} pixels")
    return room // stride + 1
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="output_size"
# **Nudge.** Put the kernel at the very start. How many pixels are left over behind it? Each full step of
# the stride uses up some of them, and the first place cost no step. Check the arguments before you
# calculate.
#
# **Formula.** ⌊(size + 2·pad − kernel) / stride⌋ + 1. Python has a division that rounds down and stays an
# integer. What stands above the fraction line must not be negative: if it is, the kernel does not fit.
#
# **Worked example.** A side of 3 with a 3 long kernel, stride 2, pad 1:
#
#     0 [a b c] 0        padded length 3 + 2·1 = 5
#     # # #              start 0
#         # # #          start 2, ends on the last cell
#
# Left over behind the first place: 5 − 3 = 2. Steps of 2 that fit: 1. Places: 1 + 1 = 2. With pad 0 nothing
# is left over, so there is 1 place; with a kernel of 4 and pad 0 there would be −1 left over: a ValueError.
#
# **Question.** One more pixel, a side of 4: what is left over now, and does it change the number of places?

# %% [markdown]
# ## One number of the feature map
#
# Every cell of the map is one dot product. With the top-left corner of the patch at row $r$, column $c$:
#
# $$\text{map}[r, c] = \sum_{i=0}^{KH-1} \sum_{j=0}^{KW-1} \text{image}[r+i, c+j] \cdot \text{kernel}[i, j]$$
#
# ```text
#    image               kernel          patch at row 1, col 0
#
#    1  2  0             1  2             [ 3  1 ]        3·1 + 1·2
#    3  1  4             0 -1             [ 0  5 ]      + 0·0 + 5·(-1)  =  0
#    0  5  2
# ```
#
# **A word about the name.** In mathematics, a convolution turns the kernel by 180° before it multiplies.
# What deep learning calls convolution does not: `kernel[0, 0]` meets the *top-left* pixel of the patch. The
# exact name of that is **cross-correlation**. Since the weights are learned, a network would simply learn
# the turned kernel instead, and nobody minds the name. But `np.convolve` and `scipy.signal.convolve` do
# turn the kernel, so they give other numbers than this lesson.
#
# **Pitfalls.** The *product* of every pair is needed, then the *sum* of all of them: not the mean, and no
# matrix product (`@`). Rows come first, columns second. A kernel need not be square, so the patch has KH
# rows and KW columns.


# %%
def conv_at(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    """One number of the feature map: the dot product of the kernel and one patch of the image.

    image: (H, W)
    kernel: (KH, KW), not necessarily square
    row, col: where the top-left corner of the patch stands; the patch always fits into the image

    Returns one number, the sum of patch · kernel, entry by entry. The kernel is not flipped.

    >>> image = np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 4.0], [0.0, 5.0, 2.0]])
    >>> kernel = np.array([[1.0, 2.0], [0.0, -1.0]])
    >>> conv_at(image, kernel, 0, 1)  # 2·1 + 0·2 + 1·0 + 4·(-1)
    -2.0
    """
    ### BEGIN SOLUTION
    kernel_height, kernel_width = kernel.shape
    patch = image[row : row + kernel_height, col : col + kernel_width]
    return float(np.sum(patch * kernel))
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="conv_at"
# **Nudge.** Cut the patch out of the image first, with one slice for the rows and one for the columns. It
# must have exactly the shape of the kernel. The rest is a single line.
#
# **Formula.** Σᵢ Σⱼ image[row + i, col + j] · kernel[i, j], with i from 0 to KH − 1 and j from 0 to KW − 1.
# For arrays of the same shape, numpy's `*` multiplies entry by entry.
#
# **Worked example.** A 3×3 image, a 2×3 kernel, row 1, col 0:
#
#     image        patch        kernel       products
#     1 0 2
#     0 3 1        0 3 1        1 0 2        0 0 2
#     4 0 5        4 0 5        0 1 1        0 0 5
#
# The sum of the products is 2 + 5 = 7. The patch starts in row 1 and is as high as the kernel: rows 1
# and 2. It is 3 wide: columns 0, 1 and 2.

# %% [markdown]
# ## A whole feature map
#
# Now put the kernel at every place where it fits: $H - KH + 1$ rows of places, $W - KW + 1$ columns of
# places. The cell at row $r$, column $c$ of the map is the dot product with the patch at $(r, c)$.
#
# ```text
#    image 3×4            kernel 2×2       feature map 2×3
#
#    1  2  0  1            1  0            1+1  2+4  0+0        2  6  0
#    3  1  4  0            0  1            3+5  1+2  4+3   =    8  3  7
#    0  5  2  3
# ```
#
# Two `for` loops are a good first version. Every cell comes out of its own patch alone, so the order of the
# loops does not matter.
#
# Loops in Python are slow, though. Numpy can lay all patches side by side without copying anything
# (`numpy.lib.stride_tricks.sliding_window_view`); then one matrix product does all the dot products at
# once. Get it right with loops first. When the checks pass, you have something to compare a fast version
# with.
#
# Something to notice: move the image by one pixel, and the feature map moves by one pixel too, otherwise
# unchanged (apart from what enters or leaves at the border). A convolution is translation **equivariant**.
#
# **Pitfalls.** A loop bound of `H - KH` misses the last row. Using one size for both sides works on square
# images only. An array made with `dtype=int` cuts off every fraction.


# %%
def conv2d_single(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The feature map of one image and one kernel, stride 1, no padding.

    image: (H, W)
    kernel: (KH, KW) with KH ≤ H and KW ≤ W, not necessarily square

    Returns (H - KH + 1, W - KW + 1): entry [r, c] is the dot product of the kernel and the patch at (r, c).

    >>> image = np.array([[1.0, 2.0, 0.0, 1.0], [3.0, 1.0, 4.0, 0.0], [0.0, 5.0, 2.0, 3.0]])
    >>> conv2d_single(image, np.array([[1.0, 0.0], [0.0, 1.0]]))
    array([[2., 6., 0.],
           [8., 3., 7.]])
    """
    ### BEGIN SOLUTION
    # windows[r, c] is the patch at (r, c): shape (OH, OW, KH, KW), a view without any copy.
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    # Multiply and sum over the last two axes of the windows and both axes of the kernel.
    return np.tensordot(windows, kernel, axes=2)
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="conv2d_single"
# **Nudge.** Make an array of zeros with the shape of the result. Then visit every cell of it and ask: which
# patch belongs here? You already have a function for one cell.
#
# **Formula.** map[r, c] = Σᵢ Σⱼ image[r + i, c + j] · kernel[i, j] for r from 0 to H − KH and c from 0 to W
# − KW, both included.
#
# **Worked example.** A 3×3 image and a 2×2 kernel have 2×2 places:
#
#     image        kernel
#     1 2 3        1  0
#     4 5 6        0 -1
#     7 8 9
#
#     place (0, 0): 1 - 5 = -4        place (0, 1): 2 - 6 = -4
#     place (1, 0): 4 - 8 = -4        place (1, 1): 5 - 9 = -4
#
# The result is a 2×2 array, -4 everywhere: along the diagonal this image always grows by 4. If you get +4,
# your kernel is flipped.
#
# **Question.** The last place begins in column W − KW. What would happen in a loop that goes on to the last
# column?

# %% [markdown]
# ## A border of zeros
#
# A pixel in the middle lies under a 3×3 kernel nine times, a pixel in the corner once. And each layer eats
# a border: after ten 3×3 layers a 28 wide image is 8 wide. **Zero padding** puts a frame around the image
# first.
#
# ```text
#                           0  0  0  0  0
#    1  2  3    pad = 1     0  1  2  3  0
#    4  5  6   -------->    0  4  5  6  0
#                           0  0  0  0  0
#      2×3                       4×5
# ```
#
# A batch of images is one array with four axes: $N$ images, $C$ channels (3 for red, green and blue),
# height $H$, width $W$. The frame belongs around the picture, so only the last two axes grow, each by $2P$.
#
# **Pitfalls.** Padding the first axes too would add whole images and channels of zeros. Repeating the
# border pixels is another kind of padding, not this one. And `out[..., pad:-pad, pad:-pad]` is *empty* for
# `pad = 0`, because `-0` is `0`.


# %%
def zero_pad(x: np.ndarray, pad: int) -> np.ndarray:
    """Put a frame of zeros around the last two axes, height and width.

    x: (..., H, W), any array with at least two axes, e.g. (N, C, H, W)
    pad: how many zeros on each of the four sides, at least 0

    Returns (..., H + 2·pad, W + 2·pad). All other axes keep their length.

    >>> zero_pad(np.array([[1.0, 2.0], [3.0, 4.0]]), 1)
    array([[0., 0., 0., 0.],
           [0., 1., 2., 0.],
           [0., 3., 4., 0.],
           [0., 0., 0., 0.]])
    """
    ### BEGIN SOLUTION
    untouched = [(0, 0)] * (x.ndim - 2)
    return np.pad(x, [*untouched, (pad, pad), (pad, pad)])
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="zero_pad"
# **Nudge.** Either make a larger array of zeros and copy x into its middle, or let `np.pad` do it. Which
# axes should grow, if x may have two, three or four of them?
#
# **Formula.** out[…, pad + i, pad + j] = x[…, i, j], and 0 elsewhere. `np.pad` takes one pair (before,
# after) for each axis: (0, 0) leaves an axis alone. If you copy instead, the middle reaches from pad to
# pad + H, which is right for pad = 0 too.
#
# **Worked example.** A 3×3 image with pad 1 becomes 5×5:
#
#     1 2 3        0 0 0 0 0
#     4 5 6        0 1 2 3 0
#     7 8 9        0 4 5 6 0
#                  0 7 8 9 0
#                  0 0 0 0 0
#
# As a batch of two images with three channels: (2, 3, 3, 3) becomes (2, 3, 5, 5), never (4, 5, 5, 5).
#
# **Question.** What comes out of your function for pad = 0?

# %% [markdown]
# ## The whole layer
#
# A real layer has a batch of $N$ images with $C$ channels and $F$ filters. One filter is as **deep** as the
# image: it has a $KH \times KW$ grid for *each* channel. The dot products of all channels are added into
# one number, and then the filter's own bias, once. So $C$ channels go in and each filter gives *one* map:
# $F$ maps come out.
#
# ```text
#     x (N, C, H, W)          w (F, C, KH, KW)             result (N, F, OH, OW)
#
#    image n                  filter f                     image n, map f
#    channel 0  [patch]  ·  [w[f, 0]]  -.
#    channel 1  [patch]  ·  [w[f, 1]]  --+-->  sum + b[f]  -->  one number
#    channel 2  [patch]  ·  [w[f, 2]]  -'
# ```
#
# As a formula, with $\hat x$ the padded input:
#
# $$\text{out}[n, f, r, c] = b[f] + \sum_{k=0}^{C-1} \sum_{i=0}^{KH-1} \sum_{j=0}^{KW-1}
#   \hat x[n, k, r S + i, c S + j] \cdot w[f, k, i, j]$$
#
# The stride stands in the place where the window *starts*: cell $r$ looks at the rows from $rS$ on.
#
# A small case with one image, two channels, one filter, stride 2 and bias 10:
#
# ```text
#    channel 0        channel 1        w[0, 0]     w[0, 1]
#    1  2  0  1       0  1  0  0       1  0        0  2
#    0  1  3  0       1  0  0  1       0  1        0  0
#
#    cell (0, 0):  1·1 + 1·1  +  1·2  + 10  =  14
#    cell (0, 1):  0·1 + 0·1  +  0·2  + 10  =  10        the window starts in column 2
# ```
#
# **Going fast.** Write every patch as one column of a large table, $C \cdot KH \cdot KW$ numbers high, and
# every filter as a row of the same length. Then the whole layer is a single matrix product. This trick is
# called *im2col*; numpy does it hundreds of times faster than loops in Python do. Loops are fine here, the
# checks use small images. If you train a network with your code in the last chapter, you will want the fast
# way.
#
# **Pitfalls.**
#
# - The window of cell $(r, c)$ starts at $(rS, cS)$, not at $(r, c)$.
# - The bias is added once for each filter, not once for each channel, and not before the sum.
# - Every filter sees all channels. One map for each *channel* is another layer (a "depthwise" convolution).
# - No ReLU in here: negative numbers belong in the map.
# - H and W differ, KH and KW differ. Try your code on images that are not square.


# %%
def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    """A convolutional layer: every filter on every image, with stride and zero padding.

    x: (N, C, H, W), a batch of N images with C channels
    w: (F, C, KH, KW), F filters, each with a grid of weights for every channel
    b: (F,), one bias for each filter
    stride: how far the window moves, the same down and across
    pad: zeros on each of the four sides of every image

    Returns (N, F, OH, OW) with OH = output_size(H, KH, stride, pad) and OW = output_size(W, KW, stride, pad).
    Entry [n, f, r, c] is b[f] plus the dot product of filter f and the patch of the padded image n whose
    top-left corner is (r·stride, c·stride), over all channels. The kernel is not flipped; windows that stick
    out are dropped. Arguments that fit together may be taken for granted.

    >>> x = np.array([[[[1.0, 2.0, 0.0], [3.0, 1.0, 4.0], [0.0, 5.0, 2.0]]]])  # (1, 1, 3, 3)
    >>> w = np.array([[[[1.0, 0.0], [0.0, 1.0]]]])  # (1, 1, 2, 2)
    >>> conv2d(x, w, np.array([10.0]))
    array([[[[12., 16.],
             [18., 13.]]]])
    >>> conv2d(x, w, np.array([10.0]), stride=2, pad=1)
    array([[[[11., 10.],
             [10., 13.]]]])
    """
    ### BEGIN SOLUTION
    images, channels, height, width = x.shape
    filters, _, kernel_height, kernel_width = w.shape
    out_height = output_size(height, kernel_height, stride, pad)
    out_width = output_size(width, kernel_width, stride, pad)

    # Every patch at stride 1, then only every stride-th of them: (N, C, OH, OW, KH, KW).
    windows = np.lib.stride_tricks.sliding_window_view(
        zero_pad(x, pad), (kernel_height, kernel_width), axis=(2, 3)
    )[:, :, ::stride, ::stride]
    # im2col: a patch is a column of C·KH·KW numbers, in the order in which a filter's weights stand in w.
    columns = windows.transpose(0, 1, 4, 5, 2, 3).reshape(
        images, channels * kernel_height * kernel_width, out_height * out_width
    )
    maps = w.reshape(filters, -1) @ columns + b[:, np.newaxis]
    return maps.reshape(images, filters, out_height, out_width)
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="conv2d"
# **Nudge.** Pad first, work out OH and OW, and make an array of zeros (N, F, OH, OW). For each of its
# cells: which image, which filter, which corner? When that works with loops, look for a way to do all cells
# at once.
#
# **Formula.** out[n, f, r, c] = b[f] + Σₖ Σᵢ Σⱼ padded[n, k, r·stride + i, c·stride + j] · w[f, k, i, j].
# The patch has the shape (C, KH, KW), the same as w[f]. All three sums together are one product entry by
# entry and one sum.
#
# **Worked example.** One 3×3 image, one 3×3 filter of ones, bias 1, stride 2, pad 1:
#
#     padded           windows start at rows 0, 2 and columns 0, 2
#     0 0 0 0 0
#     0 1 2 3 0        top left:      1+2+4+5 = 12      plus 1 = 13
#     0 4 5 6 0        top right:     2+3+5+6 = 16      plus 1 = 17
#     0 7 8 9 0        bottom left:   4+5+7+8 = 24      plus 1 = 25
#     0 0 0 0 0        bottom right:  5+6+8+9 = 28      plus 1 = 29
#
# The result has shape (1, 1, 2, 2), since ⌊(3 + 2 − 3) / 2⌋ + 1 = 2. If every number is 1 too small, look
# for the bias; if the numbers are right and there are too many of them, look for the stride.
#
# **Question.** How many places would there be with stride 1, and which of the four above would be among
# them?

# %% [markdown]
# ## What to remember
#
# - A filter is a small grid of weights. At each place: dot product with the patch → one number of the
#   feature map.
# - The same weights at every place: few parameters, and a feature is found wherever it lies.
# - Side of the map: ⌊(W + 2P − K)/S⌋ + 1. Round down; count the padding on both ends.
# - Stride is how far the filter moves. Padding is a frame of zeros around height and width.
# - `x` is (N, C, H, W), `w` is (F, C, KH, KW), the result is (N, F, OH, OW). A filter sums over all
#   channels and adds its bias once.
# - Deep learning's convolution is cross-correlation: the kernel is not flipped.
# - Shift the image and the feature map shifts with it: equivariance.

# %% [markdown]
# # Parameter sharing
#
# **Time:** about 60 minutes: 20 to read, 40 to write three functions.
#
# You can convolve and pool. This chapter asks why anyone would want to: what is gained when the same few
# weights are used at every place of an image, and what an MLP gives away when it flattens that image.

# %%
import numpy as np

from convolution import output_size

# %% [markdown]
# ## One filter, every place
#
# A dense layer learns what "an edge at column 3" looks like, and learns it all over again for column 4. A
# convolution learns "an edge" once. Its filter is moved over the whole image and its weights never change
# on the way: that is **parameter sharing**.
#
# Here is one filter on three rows of an image. The image gets brighter at two places, and darker at one
# between:
#
# ```text
#    filter                  image                       feature map
#
#  -1   0   1      0  0  9  9  0  0  0  9  9
#  -1   0   1      0  0  9  9  0  0  0  9  9      27  27 -27 -27   0  27  27
#  -1   0   1      0  0  9  9  0  0  0  9  9      ^^^^^^  ^^^^^^^      ^^^^^^
#                     ↑     ↑        ↑            brighter darker      brighter: the same
#                                                                      answer as on the left
# ```
#
# What a filter finds can be read off its weights.
#
# - **The weights sum to 0**: no answer on a plain area, however bright it is.
# - **Left and right differ, and every row sums to 0**: an answer to a *left–right* change, which is a
#   vertical edge. A change from top to bottom gives 0, because every row cancels by itself.
# - **Top and bottom differ, and every column sums to 0**: the same, turned by 90°: a horizontal edge.
# - **No weight is negative and the sum is 1**: a weighted mean of the patch. Contrast shrinks, brightness
#   stays: a **blur**.
#
# The sign says which side is the brighter one; either sign is a good edge filter. Nobody writes such
# filters by hand for a real network. Training finds them: the filters of a first layer very often end up
# as edges in several directions, and later layers combine those into corners, parts and objects.
#
# **Pitfall.** "Vertical edge" names the direction of the *line*. The brightness changes across it, from
# left to right.


# %%
def edge_filters() -> np.ndarray:
    """Three 3×3 filters, stacked: a vertical-edge filter, a horizontal-edge filter and a blur.

    Returns an array of shape (3, 3, 3):
        [0] answers to a left–right change; gives 0 on a plain area and on a top–bottom change
        [1] answers to a top–bottom change; gives 0 on a plain area and on a left–right change
        [2] a blur: no negative weight, all weights sum to 1, at least four of them are not zero

    Many answers are right. They are judged by how they respond, not by their values, and the sign of the two
    edge filters is up to you.

    >>> patch = np.array([[0.0, 0.0, 9.0], [0.0, 0.0, 9.0], [0.0, 0.0, 9.0]])  # dark left, bright right
    >>> filters = edge_filters()
    >>> float(np.sum(filters[0] * patch)) != 0
    True
    >>> float(np.sum(filters[1] * patch))
    0.0
    >>> round(float(np.sum(filters[2] * np.full((3, 3), 7.0))), 6)  # a blur leaves a plain area as it is
    7.0
    """
    ### BEGIN SOLUTION
    # Smoothing along the line and a difference across it: Sobel's filter. Its transpose looks the other way.
    vertical = np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])
    blur = np.full((3, 3), 1 / 9)
    return np.stack([vertical, vertical.T, blur])
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="edge_filters"
# **Nudge.** Think of the patch as three columns. To notice a left–right change, compare what is on the
# left with what is on the right. The horizontal edge is the same idea with rows: you need no second
# invention, only a turn.
#
# **Formula.** [0]: each *row* of weights sums to 0, but the three *columns* do not all sum to 0. [1]: the
# other way round. [2]: all nine weights ≥ 0 and together 1. `np.stack` makes (3, 3, 3) of three (3, 3)
# arrays.
#
# **Worked example.** Test a candidate on three patches before you trust it; this one fails:
#
#     candidate      plain       left-right    top-bottom
#     -1 -1  0      5  5  5      0  0  9       0  0  0
#     -1  0  1      5  5  5      0  0  9       0  0  0
#      0  1  1      5  5  5      0  0  9       9  9  9
#     answers:         0           18            18
#
# Its rows sum to -2, 0 and 2. Because a row does not cancel by itself, the filter also answers to the
# top–bottom change: it finds diagonals.

# %% [markdown]
# ## Counting weights: why not flatten?
#
# An MLP begins by flattening: a 28×28 digit becomes a list of 784 numbers. Two things are lost or wasted.
#
# **The grid is lost.** In the list, the pixel above another is 28 places away, and nothing in the layer
# says that the two belong together; every weight is tied to one absolute position. The MLP never knew who
# was whose neighbour, which is why shuffled pixels do it no harm. A CNN they would harm: it relies on
# neighbours.
#
# **Weights are wasted.** To make a 26×26 feature map from 28×28 pixels,
#
# ```text
#   a dense layer     784 inputs × 676 outputs = 529,984 weights
#   one 3×3 filter                   3 × 3     =       9 weights      the same for each of the 676 outputs
# ```
#
# And few weights learn faster from few images. In one digit, each of the nine weights sees 676 patches; a
# weight of the dense layer sees one pixel, and that only where the pixel is not blank. What the filter
# learned at the left edge is at once known at the right one, so that a digit that moved is still made of
# familiar strokes.
#
# The formulas, biases included (one for each filter, one for each unit):
#
# $$\text{conv:}\quad F\,(C\,K^2 + 1) \qquad\qquad \text{dense:}\quad U\,(D + 1)$$
#
# with $F$ filters of size $K×K$ on $C$ channels; $U$ units on $D$ inputs. ReLU, pooling and flatten learn
# nothing: 0.
#
# Neither height nor width appears in the formula of the convolution. They do matter for the *dense* layer
# at the end: its $D$ is what is left of the image, $C·H·W$ after the last pooling. So you have to follow
# the shape through the stack:
#
# ```text
#   layer                        shape after       parameters
#   input                        (1, 28, 28)
#   ("conv", 4, 3, 1, 0)         (4, 26, 26)       4·(1·9 + 1)  =    40
#   ("relu",)                    (4, 26, 26)                          0
#   ("maxpool", 2, 2)            (4, 13, 13)                          0
#   ("flatten",)                 (676,)                               0
#   ("dense", 10)                (10,)             10·(676 + 1) = 6,770
# ```
#
# **Pitfalls.** A filter reads *all* channels of its input, so the second convolution's $C$ is the first
# one's $F$. One bias a filter, not one for each channel it reads. Stride, padding and pooling change the
# shape, thus the dense layer's count.


# %%
def param_count(layers: list[tuple], input_shape: tuple[int, int, int]) -> int:
    """The number of weights and biases in a stack of layers.

    layers: tuples, in order: ("conv", filters, kernel, stride, pad), ("relu",), ("maxpool", size, stride),
        ("flatten",), ("dense", units). Kernels are square; dense comes only after flatten (or another dense).
    input_shape: (C, H, W) of one image.
    Returns the count: filters·(C·kernel² + 1) for a conv, units·(D + 1) for a dense layer, 0 for the others.

    >>> param_count([("conv", 4, 3, 1, 0)], (1, 28, 28))  # 4·(1·9 + 1)
    40
    >>> layers = [("conv", 4, 3, 1, 0), ("relu",), ("maxpool", 2, 2), ("flatten",), ("dense", 10)]
    >>> param_count(layers, (1, 28, 28))  # 40 + 10·(4·13·13 + 1)
    6810
    """
    ### BEGIN SOLUTION
    shape: tuple[int, ...] = tuple(input_shape)
    total = 0
    for layer in layers:
        match layer:
            case ("conv", filters, kernel, stride, pad):
                channels, height, width = shape
                total += filters * (channels * kernel**2 + 1)
                rows = output_size(height, kernel, stride, pad)
                cols = output_size(width, kernel, stride, pad)
                shape = (filters, rows, cols)
            case ("maxpool", size, stride):
                channels, height, width = shape
                shape = (channels, output_size(height, size, stride), output_size(width, size, stride))
            case ("flatten",):
                channels, height, width = shape
                shape = (channels * height * width,)
            case ("dense", units):
                total += units * (shape[0] + 1)
                shape = (units,)
    return total
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="param_count"
# **Nudge.** Walk through the layers with two variables: the count so far, and the shape that arrives at
# the next layer. Every layer changes the shape or the count, some both, ReLU neither.
#
# **Formula.** conv: add $F(CK^2+1)$, then the shape is $(F, OH, OW)$ by `output_size` with this layer's
# stride and pad. maxpool: `output_size` for both sides, channels stay. flatten: $(C·H·W,)$. dense: add
# $U(D+1)$, then the shape is $(U,)$.
#
# **Worked example.** Input (2, 5, 4); a conv with 3 filters 3×3, stride 2, pad 1; a 2×2 pool with stride
# 1; flatten; dense with 6 units:
#
#     conv      3·(2·9 + 1) =  57     (3, 3, 2)
#     maxpool                   0     (3, 2, 1)
#     flatten                   0     (6,)
#     dense     6·(6 + 1)   =  42     (6,)
#     together                 99
#
# The sides of the conv's maps: (5+2-3)//2+1 = 3 and (4+2-3)//2+1 = 2.

# %% [markdown]
# ## A convolution is a dense layer with most weights gone
#
# A convolution is linear: each output is a weighted sum of pixels. Every linear map is a matrix, so there
# is a matrix $M$ that turns the flattened image into the flattened feature map. For the kernel
# `[[a, b], [c, d]]` on a 3×3 image:
#
# ```text
#   pixels           pixel    0  1  2  3  4  5  6  7  8
#   0 1 2
#   3 4 5    output (0, 0)  [ a  b  .  c  d  .  .  .  . ]
#   6 7 8    output (0, 1)  [ .  a  b  .  c  d  .  .  . ]      . is a zero
#            output (1, 0)  [ .  .  .  a  b  .  c  d  . ]
#            output (1, 1)  [ .  .  .  .  a  b  .  c  d ]
# ```
#
# Look at it twice. **Most entries are zero**: an output looks only at its own patch (*locality*). **The
# same letters in every row**: all outputs use the same weights (*sharing*; the weights are said to be
# *tied*). A dense layer of this shape would learn 36 numbers; the convolution learns 4 and puts the rest
# down as knowledge about images: near pixels belong together, and a pattern means the same wherever it
# stands.
#
# Output $(i, j)$ is row $i·OW + j$; pixel $(r, c)$ is column $r·W + c$. The kernel's weight $k[u, v]$
# meets pixel $(i+u, j+v)$, so
#
# $$M[\,i·OW + j,\ (i+u)·W + (j+v)\,] = k[u, v], \qquad \text{0 elsewhere.}$$
#
# **Pitfalls.** From one output to the next, the letters move by one column; from one output *row* to the
# next they move by $W$, and skip the places where the kernel would hang over the edge. Rows are counted
# with $OW$, columns with $W$.


# %%
def conv_matrix(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    """The matrix that does what sliding `kernel` over a height×width image does (stride 1, no padding).

    kernel: (KH, KW), fits the image. Returns a dense array of shape (OH·OW, height·width), where
    OH = height − KH + 1 and OW = width − KW + 1, such that for every image of that size

        conv_matrix(kernel, height, width) @ image.ravel() == conv2d_single(image, kernel).ravel()

    >>> conv_matrix(np.array([[1.0, 2.0]]), 1, 3)
    array([[1., 2., 0.],
           [0., 1., 2.]])
    """
    ### BEGIN SOLUTION
    kernel = np.asarray(kernel)
    kernel_height, kernel_width = kernel.shape
    rows, cols = output_size(height, kernel_height), output_size(width, kernel_width)
    matrix = np.zeros((rows, cols, height, width))
    # With one axis for each coordinate the formula stands there as it is written; only the reshape flattens.
    i, j = np.ogrid[:rows, :cols]
    for u, v in np.ndindex(kernel_height, kernel_width):
        matrix[i, j, i + u, j + v] = kernel[u, v]
    return matrix.reshape(rows * cols, height * width)
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="conv_matrix"
# **Nudge.** One row of the matrix belongs to one position of the kernel. Which pixels does the kernel
# cover there, and where do these pixels stand in the flattened image?
#
# **Formula.** $M[i·OW + j,\ (i+u)·W + (j+v)] = k[u, v]$. It may be easier to fill an array of shape (OH,
# OW, H, W) first and reshape it at the end: row-major order then does the two multiplications for you.
#
# **Worked example.** The kernel `[[1], [2]]` (2×1) on a 3×3 image gives OH = 2, OW = 3. One row, for
# output (1, 2): it covers pixels (1, 2) and (2, 2), in the flat list 1·3+2 = 5 and 2·3+2 = 8. It is row
# 1·3+2 = 5:
#
#     column    0  1  2  3  4  5  6  7  8
#     row 0     1  .  .  2  .  .  .  .  .
#     row 3     .  .  .  1  .  .  2  .  .
#     row 5     .  .  .  .  .  1  .  .  2

# %% [markdown]
# ## The numbers, by your own code
#
# Run the next cell (or `python sharing.py`) when your three functions are done. The CNN reads 28×28
# digits with four convolutions; the MLP is a small one with a single hidden layer. In the last chapter
# the two compete.

# %%
if __name__ == "__main__":
    pool, relu = ("maxpool", 2, 2), ("relu",)
    conv4, conv8 = ("conv", 4, 3, 1, 0), ("conv", 8, 3, 1, 0)
    cnn = [conv4, relu, conv4, relu, pool, conv8, relu, conv8, relu, pool, ("flatten",), ("dense", 10)]
    mlp = [("flatten",), ("dense", 32), ("relu",), ("dense", 10)]
    print(f"CNN 4-4-8-8, 28×28 image: {param_count(cnn, (1, 28, 28)):>9,} parameters")
    print(f"MLP 784-32-10:            {param_count(mlp, (1, 28, 28)):>9,} parameters")
    print(f"CNN, image twice as wide: {param_count(cnn, (1, 28, 56)):>9,} (only the last, dense layer grew)")
    print(f"MLP, image twice as wide: {param_count(mlp, (1, 28, 56)):>9,}")
    matrix = conv_matrix(edge_filters()[0], 28, 28)
    used = np.count_nonzero(matrix)
    print(f"One 3×3 filter as a dense layer: {matrix.size:,} entries, {used:,} of them not zero,")
    print(f"    and only {len(np.unique(matrix[matrix != 0]))} different values among those")

# %% [markdown]
# ## What to remember
#
# - One filter at every place = **parameter sharing**: one detector for the whole image, few weights, more
#   to learn from in each image, and no harm when the object moves.
# - Flattening first forgets who is whose neighbour, and pays a weight for every pixel and unit.
# - conv: $F(CK^2+1)$ parameters, whatever the size of the image. dense: $U(D+1)$.
# - A convolution *is* a dense layer: sparse (locality) and tied (sharing). It can express less than a
#   dense layer, and that is its strength, because what it leaves out is mostly wrong for images.

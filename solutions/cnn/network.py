# %% [markdown]
# # A small CNN
#
# **Time:** about 120 minutes: 20 to read, 60 to write four functions, 40 to train and look at the result.
#
# All parts are there. In this chapter they become a network that reads digits, and learns.

# %%
import numpy as np

from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d, output_size
from pooling import flatten, maxpool, relu

# %% [markdown]
# ## The typical stack
#
# Nearly every small image classifier is built like this: convolution and ReLU, once or twice, then pool;
# the same again with more filters; then flatten, and a dense (fully connected) layer that gives one number
# a class. For a colour picture of 32×32 pixels and 3×3 filters without padding:
#
# ```text
#   3×32×32   conv+ReLU    8×30×30   conv+ReLU   8×28×28    pool    8×14×14     edges, colours
#   8×14×14   conv+ReLU   16×12×12   conv+ReLU   16×10×10   pool    16×5×5      corners, arcs, parts
#   16×5×5    flatten     400        dense       10 logits                      which object?
#
#   wide and shallow  ───────────────────────────────▶  narrow and deep
#   "where exactly?"                                    "what?"
# ```
#
# Two things happen on the way. The map shrinks and the number of channels grows: less *where*, more
# *what*. And each number sees more of the image, its **receptive field**: after one 3×3 convolution a 3×3
# patch, after two a 5×5 patch, and behind a pool everything counts double. That is how edges become parts
# and parts become objects (*hierarchy*). Modern networks often use a convolution with stride 2 in place of
# the pool: downsampling that is learned.
#
# The last numbers are called **logits**: any real numbers, one a class, the largest wins. No ReLU behind
# them: it would cut off what speaks *against* a class.
#
# **Pitfall.** Most bugs in a stack are shape bugs, and a list of shapes finds them before any number is
# computed.


# %%
def shape_trace(layers: list[tuple], input_shape: tuple[int, int, int]) -> list[tuple[int, ...]]:
    """The shape that comes out of each layer of a stack.

    layers: tuples, in order: ("conv", filters, kernel, stride, pad), ("relu",), ("maxpool", size, stride),
        ("flatten",), ("dense", units). Kernels are square; dense comes only after flatten (or another dense).
    input_shape: (C, H, W) of one image.
    Returns a list with one tuple a layer, without the batch axis: (C, H, W), or (D,) after flatten, or
    (units,) after dense. The input's own shape is not in the list.

    >>> shape_trace([("conv", 4, 3, 1, 0), ("maxpool", 2, 2), ("flatten",), ("dense", 10)], (1, 28, 28))
    [(4, 26, 26), (4, 13, 13), (676,), (10,)]
    """
    ### BEGIN SOLUTION
    shape: tuple[int, ...] = tuple(input_shape)
    trace = []
    for layer in layers:
        match layer:
            case ("conv", filters, kernel, stride, pad):
                rows, cols = (output_size(side, kernel, stride, pad) for side in shape[1:])
                shape = (filters, rows, cols)
            case ("maxpool", size, stride):
                rows, cols = (output_size(side, size, stride) for side in shape[1:])
                shape = (shape[0], rows, cols)
            case ("flatten",):
                channels, height, width = shape
                shape = (channels * height * width,)
            case ("dense", units):
                shape = (units,)
        trace.append(shape)
    return trace
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="shape_trace"
# **Nudge.** The same walk as in `param_count`: one variable holds the shape that arrives at the next
# layer; write it down after each. ReLU gets an entry as well, equal to the one before.
#
# **Formula.** conv: (F, ⌊(H+2P−K)/S⌋+1, ⌊(W+2P−K)/S⌋+1). maxpool: (C, ⌊(H−K)/S⌋+1, ⌊(W−K)/S⌋+1). flatten:
# (C·H·W,). dense: (U,).
#
# **Worked example.** Input (3, 9, 7):
#
#     ("conv", 5, 3, 2, 0)     (5, 4, 3)     (9-3)//2+1 = 4,  (7-3)//2+1 = 3
#     ("relu",)                (5, 4, 3)
#     ("maxpool", 2, 2)        (5, 2, 1)     the third column fits no window
#     ("flatten",)             (10,)         5·2·1; mind the comma
#     ("dense", 4)             (4,)

# %% [markdown]
# ## Forward
#
# Our network is fixed: four 3×3 convolutions with stride 1 and **no padding**, each with ReLU, a 2×2 pool
# with stride 2 after the second and after the fourth, then a dense layer. Its weights are kept in a dict:
#
# ```text
#   w1, b1     (F1, C, 3, 3), (F1,)        conv, relu
#   w2, b2     (F2, F1, 3, 3), (F2,)       conv, relu, pool
#   w3, b3     (F3, F2, 3, 3), (F3,)       conv, relu
#   w4, b4     (F4, F3, 3, 3), (F4,)       conv, relu, pool
#   w5, b5     (D, classes), (classes,)    flatten @ w5 + b5, the logits
# ```
#
# **Pitfalls.** No ReLU after the dense layer. `flatten` keeps the batch axis: (N, D) @ (D, classes) gives
# (N, classes).


# %%
def cnn_forward(params: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """The logits of the small CNN: conv+relu, conv+relu, pool, conv+relu, conv+relu, pool, flatten, dense.

    params: w1, b1 … w4, b4 with shapes (F, C, 3, 3) and (F,); w5 (D, classes) and b5 (classes,).
        Convolutions have stride 1 and pad 0, pools are 2×2 with stride 2, no relu follows the dense layer.
    x: images (N, C, H, W), at least 16 high and wide.
    Returns the logits, (N, classes).

    With every filter zero all maps are zero, and what is left is b5:

    >>> params = {f"b{k}": np.zeros(1) for k in range(1, 5)} | {"b5": np.array([7.0, -1.0])}
    >>> params |= {f"w{k}": np.zeros((1, 1, 3, 3)) for k in range(1, 5)} | {"w5": np.zeros((1, 2))}
    >>> cnn_forward(params, np.ones((1, 1, 16, 16)))
    array([[ 7., -1.]])
    """
    ### BEGIN SOLUTION
    for block in ("12", "34"):
        for k in block:
            x = relu(conv2d(x, params["w" + k], params["b" + k]))
        x = maxpool(x)
    return flatten(x) @ params["w5"] + params["b5"]
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="cnn_forward"
# **Nudge.** Eleven calls in the order of the docstring's first line, then the dense layer; each takes
# what the last one gave. You have written all of them already.
#
# **Formula.** $a_1 = \text{relu}(\text{conv}(x, w_1, b_1))$,
# $a_2 = \text{relu}(\text{conv}(a_1, w_2, b_2))$, $p_1 = \text{pool}(a_2)$; the same with $w_3, w_4$ on
# $p_1$; then $\text{logits} = \text{flatten}(p_2)\, w_5 + b_5$.
#
# **Worked example.** Filters [[0,0,0],[0,1,0],[0,0,0]] copy their input and lose its border, one pixel on
# each side. Follow a 16×16 image with one channel:
#
#     16×16 → conv 14×14 → conv 12×12 → pool 6×6
#           → conv 4×4 → conv 2×2 → pool 1×1
#
# One number is left. Going backwards: 1×1 is the maximum of the middle 2×2 of the 6×6 map, and that is
# the maximum of rows and columns 6 to 9 of the image, if positive. With w5 = [[1, -1]] and b5 = [0, 3]
# and 5 as this maximum, the logits are [5, -2].

# %% [markdown]
# ## From logits to a loss
#
# **Softmax** turns logits $z$ into probabilities, positive and with sum 1; **cross-entropy** is the
# surprise at the right answer:
#
# $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}} \qquad \text{loss} = -\frac1N \sum_n \log p_{n,\,\text{label}_n}$$
#
# ```text
#   logits     2     1     0       label 0
#   e^z       7.39  2.72  1.00     sum 11.11
#   p         0.67  0.24  0.09     loss = -log 0.67 = 0.41
#   p - hot  -0.33  0.24  0.09     the gradient: push the right one up, the others down
# ```
#
# The gradient is as simple as it looks: $\text{dlogits} = (p - \text{onehot}) / N$. The mean over the
# batch gives the $1/N$, **here and nowhere else**.
#
# **Large logits.** $e^{1000}$ overflows to infinity, and infinity over infinity is `nan`. Adding a
# constant to all logits of one row does not change $p$, so subtract the row's largest first: then the
# largest power is $e^0 = 1$. Still, a probability can underflow to 0, and $\log 0$ is minus infinity. So
# never take the log of $p$; write the log out:
#
# $$\log p_k = (z_k - m) - \log \sum_j e^{z_j - m}, \qquad m = \max_j z_j$$
#
# A sanity check for every new network: with small random weights all classes are about equally likely, so
# the loss begins near $\log(\text{classes})$: 2.30 for ten.
#
# **Pitfalls.** The maximum of each *row*, not of the whole array. `keepdims=True`, or the shapes do not
# fit. Probability + 1e-12 inside the log hides the infinity and gives a wrong loss.


# %%
def softmax_loss(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean cross-entropy of softmax(logits), and its gradient.

    logits: (N, classes). labels: (N,) whole numbers, the right class of each row.
    Returns (loss, dlogits): the mean loss over the batch, one number, and its gradient, (N, classes), which
    is divided by N here and nowhere else. Right and finite for large logits, too: thousands, of either sign.

    >>> loss, dlogits = softmax_loss(np.zeros((1, 4)), np.array([2]))
    >>> round(float(loss), 4)  # log 4
    1.3863
    >>> dlogits
    array([[ 0.25,  0.25, -0.75,  0.25]])
    """
    ### BEGIN SOLUTION
    rows = np.arange(len(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probabilities[rows, labels].mean()
    dlogits = np.exp(log_probabilities)
    dlogits[rows, labels] -= 1
    return loss, dlogits / len(labels)
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="softmax_loss"
# **Nudge.** Work on whole rows. First make the logits harmless (what may you subtract from a row?), then
# the log of the probabilities, then the probabilities from that. `a[np.arange(N), labels]` picks one
# number from each row.
#
# **Formula.** $s = z - \max z$ (each row its own), $\log p = s - \log\sum e^{s}$, loss = minus the mean
# of $\log p$ at the labels, $\text{dlogits} = (p - \text{onehot})/N$.
#
# **Worked example.** Three rows, three classes, labels 0, 1, 2 (so N = 3):
#
#     logits  1000  1000  1000      shifted   0     0      0
#                0  -900     0                0  -900      0
#                5     5  -995                0     0  -1000
#
#     log p  -1.10    -1.10     -1.10
#            -0.69  -900.69     -0.69
#            -0.69    -0.69  -1000.69
#
# The loss is (1.10 + 900.69 + 1000.69)/3 = 634.16. The first row of dlogits is (1/3 − 1, 1/3, 1/3)/3, the
# second (0.5, −1, 0.5)/3.

# %% [markdown]
# ## All the way back
#
# Backpropagation is the forward pass read from the end. Each backward function needs what its forward
# function was *given*, so keep those on the way:
#
# ```text
#   forward                     keep         backward, read from the bottom up
#   z1 = conv2d(x, w1, b1)      x            dw1, db1                      (the image needs no gradient)
#   a1 = relu(z1)               z1           d(z1)   = relu_backward(d(a1), z1)
#   z2 = conv2d(a1, w2, b2)     a1           d(a1), dw2, db2 = conv2d_backward(d(z2), a1, w2)
#   a2 = relu(z2)               z2           d(z2)   = relu_backward(d(a2), z2)
#   p1 = maxpool(a2)            a2           d(a2)   = maxpool_backward(d(p1), a2)
#   ... once more, with 3, 4                 ... once more
#   flat = flatten(p2)          p2's shape   d(p2)   = d(flat) in p2's shape
#   logits = flat @ w5 + b5     flat         d(flat) = dlogits @ w5ᵀ,  dw5 = flatᵀ @ dlogits,  db5 = Σ dlogits
#   loss                                     dlogits, from softmax_loss
# ```
#
# The dense layer is one sum of products after the other:
# $\text{logits}[n,k] = \sum_d \text{flat}[n,d]\,w_5[d,k] + b_5[k]$. "Which met which" gives its three
# gradients. Flatten only rearranges, so backward it rearranges back.
#
# **Pitfalls.** Each layer's own z and its own input: with four of each, one is easily taken from the
# wrong layer. The pool wants the map before pooling. Divide by N once: `softmax_loss` has done it. Shapes
# are the first check: every gradient has exactly its parameter's shape. Then a central difference on a
# few weights of each array.


# %%
def cnn_loss(
    params: dict[str, np.ndarray], x: np.ndarray, labels: np.ndarray
) -> tuple[float, dict[str, np.ndarray]]:
    """The loss of the small CNN on a batch, and its gradient with respect to every parameter.

    params, x: as for cnn_forward. labels: (N,) whole numbers, the right class of each image.
    Returns (loss, grads): the mean cross-entropy, one number, and a dict with the keys of params, where
    grads[key] has the shape of params[key].

    With everything zero, every class is equally likely. For two classes the loss is log 2, and the only
    gradient that is not 0 is that of b5, the mean over the batch of (1/2 − onehot):

    >>> params = {f"b{k}": np.zeros(1) for k in range(1, 5)} | {"b5": np.zeros(2)}
    >>> params |= {f"w{k}": np.zeros((1, 1, 3, 3)) for k in range(1, 5)} | {"w5": np.zeros((1, 2))}
    >>> loss, grads = cnn_loss(params, np.ones((1, 1, 16, 16)), np.array([1]))
    >>> round(float(loss), 4)
    0.6931
    >>> grads["b5"]
    array([ 0.5, -0.5])
    >>> grads["w1"].shape
    (1, 1, 3, 3)
    """
    ### BEGIN SOLUTION
    conv_inputs, before_relu = {}, {}
    before_pool, pooled = {}, x
    for block in ("12", "34"):
        activation = pooled
        for k in block:
            conv_inputs[k] = activation
            before_relu[k] = conv2d(activation, params["w" + k], params["b" + k])
            activation = relu(before_relu[k])
        before_pool[block] = activation
        pooled = maxpool(activation)
    flat = flatten(pooled)
    loss, dlogits = softmax_loss(flat @ params["w5"] + params["b5"], labels)

    grads = {"w5": flat.T @ dlogits, "b5": dlogits.sum(axis=0)}
    d = (dlogits @ params["w5"].T).reshape(pooled.shape)
    for block in ("34", "12"):
        d = maxpool_backward(d, before_pool[block])
        for k in reversed(block):
            d = relu_backward(d, before_relu[k])
            d, grads["w" + k], grads["b" + k] = conv2d_backward(d, conv_inputs[k], params["w" + k])
    return loss, {key: grads[key] for key in params}
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="cnn_loss"
# **Nudge.** Write the forward pass out with a name for every intermediate result (z1, a1, z2, a2, p1,
# ...). The backward pass then is one line for each forward line, in reverse. Print the shapes next to
# each other if something does not fit.
#
# **Formula.** $\text{dw}_5 = \text{flat}^T\,\text{dlogits}$, $\text{db}_5 = \sum_n \text{dlogits}$,
# $\text{d(flat)} = \text{dlogits}\,w_5^T$, reshaped to the pooled map. Then, from the back: pool (needs
# the map before pooling), relu (needs z), conv (needs its input and w; gives dw, db and the next d);
# twice in each block.
#
# **Worked example.** The dense layer with N = 2, D = 3, two classes:
#
#     flat  1  2  0     dlogits   0.5  -0.5     w5  1  0
#           0  4  6              -0.5   0.5         0  1
#                                                   2  2
#     dw5 = flatᵀ @ dlogits     0.5  -0.5
#                              -1.0   1.0     -1 = 2·0.5 + 4·(-0.5)
#                              -3.0   3.0
#     d(flat) = dlogits @ w5ᵀ   0.5  -0.5   0     db5   0  0
#                              -0.5   0.5   0

# %% [markdown]
# ## What to remember
#
# - A typical stack: (conv + ReLU) × 2, pool, again with more filters, flatten, dense, logits. Shapes:
#   narrower and deeper.
# - Softmax and cross-entropy together have the gradient (p − onehot)/N. Subtract each row's maximum, and
#   never take the log of a probability.
# - Backpropagation is the forward pass in reverse; keep what each layer was given.
# - The network learns its filters: nobody told it that edges matter.

# %% [markdown]
# ## Capstone: does it work?
#
# When the checks of this chapter pass, let your network learn. In a terminal, in this folder,
# `python capstone.py`; in the notebook, in a new cell:
#
# ```python
# from capstone import run
# run()
# ```
#
# It trains your CNN on 2,000 digits with your `cnn_loss`, and an MLP beside it that has ten times as many
# parameters (with your `relu`, `relu_backward` and `softmax_loss` inside). Both get the same batches and the
# same optimiser, Adam: a step rule that gives each weight a step size of its own; plain gradient steps would
# need many more of them. With im2col it takes well under two minutes. If your layers are loops, it tells you
# how long it would take, and offers a smaller run.
#
# Look at four things:
#
# - **The score on held-out digits.** Which model reads better, and with how many parameters?
# - **The same digits, moved** by one, two and three pixels. Both models saw only centred digits. Which one
#   falls faster, and why? And why does the CNN fall at all? Think of what the dense layer is tied to.
# - **Few images.** Train on 100 or 500 in place of 2,000. A shared filter meets every patch of every image,
#   so it has seen a lot even then.
# - **The pictures** in `capstone.svg`: the learned filters, and the maps of a digit and of the same digit
#   moved. The maps move along: that is equivariance, in your own numbers. Some filters may look like edges;
#   3×3 is small, and not every filter has a name.
#
# With our solution, the mean of five seeds: 93.6 % for the CNN with 2,358 parameters against 89.3 % for the
# MLP with 25,450; moved by two pixels, 78.1 % against 58.2 %. Yours should be close; try other seeds with
# `run(seed=1)`. (These digits come from the *training* part of the MNIST collection, so never call the score an
# MNIST test accuracy.)

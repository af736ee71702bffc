# %% [markdown]
# # Backward through time
#
# **Time:** about 120 minutes: 40 to read, 80 to write four functions. Take a break after the second.
#
# Forward, the network reads. To learn, it has to know for each weight: *had this been a little larger,
# would the loss be larger or smaller, and by how much?* A recurrent network makes that question
# interesting, because one weight was used in every step, and a mistake at the end may have its cause at
# the beginning.

# %%
import numpy as np

from cell import rnn_forward

# %% [markdown]
# ## One step, backward
#
# One step takes five things and gives one. Write its sum with a name of its own:
#
#     s = x wx + h wh + b      h_next = tanh(s)
#
# The step is handed `dnext`: for each number of h_next, how fast the loss grows with it. It shall
# hand back the same for its own five things.
#
# **First through the tanh.** The slope of tanh is 1 − tanh², and we have tanh(s) already: it is
# h_next. So nothing has to be computed again:
#
#     dsum = dnext · (1 − h_next²)
#
# ```text
#    h_next     0     0.5    0.9    1.0
#    slope      1     0.75   0.19   0          near ±1 the tanh is flat: hardly any gradient gets through
# ```
#
# **Then through the sum.** Ask of each number: *which met which, and in which sum did they end up?* In
# the sum of sequence n, column k,
#
# ```text
#    x[n, i] met wx[i, k]      so   x[n, i]  gets  dsum[n, k] · wx[i, k]    added up over k
#                                   wx[i, k] gets  dsum[n, k] · x[n, i]     added up over n
#    h[n, j] met wh[j, k]      so   h[n, j]  gets  dsum[n, k] · wh[j, k]    added up over k
#                                   wh[j, k] gets  dsum[n, k] · h[n, j]     added up over n
#    b[k] met a 1              so   b[k]     gets  dsum[n, k]               added up over n
# ```
#
# Where a number met many, its shares add up. Each of these sums is a matrix product; which one has to be
# transposed follows from the shapes, and from nothing else. dx is like x, (N, D); dsum is (N, H); wx is
# (D, H). Only `dsum @ wx.T` gives that.
#
# **Pitfalls.**
#
# - The slope belongs to what came *out*: `1 - h_next**2`, not `1 - h**2`. And h_next is a tanh already:
#   `1 - tanh(h_next)**2` takes it twice.
# - Shapes tell you where the transpose goes, but for wh, which is square: `dsum @ wh` fits too, and is
#   wrong.
# - Gradients of weights are *sums* over the batch, not means. The loss divides, once.
# - `dh` is the gradient of the *old* state. It will be what the step before receives.

# %%
def rnn_step_backward(
    dnext: np.ndarray, x: np.ndarray, h: np.ndarray, h_next: np.ndarray, wx: np.ndarray, wh: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of one step, h_next = tanh(x wx + h wh + b).

    dnext: (N, H) the gradient of the loss with respect to h_next
    x: (N, D), h: (N, H), wx: (D, H), wh: (H, H) what the step was given
    h_next: (N, H) what it returned

    Returns (dx, dh, dwx, dwh, db), each with the shape of what it belongs to.

    >>> one = np.array([[1.0]])
    >>> dx, dh, dwx, dwh, db = rnn_step_backward(one, 3 * one, 2 * one, 0.5 * one, -4 * one, 6 * one)
    >>> dx, dh
    (array([[-3.]]), array([[4.5]]))
    >>> dwx, dwh, db
    (array([[2.25]]), array([[1.5]]), array([0.75]))
    """
    raise NotImplementedError("rnn_step_backward is not written yet")

# %% [markdown]
# ## The whole sequence, backward
#
# The backward pass is the forward pass read from the end, step by step: **backpropagation through time**.
# One thing is new. Each state was used *twice*: the loss looked at it, and the next step read it. So its
# gradient comes from two sides, and the two add up:
#
# ```text
#    forward     h0 --> [step 0] --> h1 --> [step 1] --> h2 --> [step 2] --> h3
#                                    |                   |                   |
#                                    v                   v                   v
#                                   loss                loss                loss
#
#    backward    dh0 <-- [step 0] <-- + <-- [step 1] <-- + <-- [step 2] <-- +   <-- 0, nothing comes after
#                                     ^                  ^                  ^
#                                     |                  |                  |
#                               dstates[:, 0]      dstates[:, 1]      dstates[:, 2]
# ```
#
# (In the drawing h1 is the state after step 0: it is `states[:, 0]`.)
#
# **Weights add up over time.** `wh` was used in every step. So each step sends it a gradient, and all of
# them are added: the same rule as for a filter, which collects from every place it lay on. With T
# steps,
#
#     dwh = Σ(t = 0 … T−1) dwh from step t
#
# By hand, with D = H = 1: the docstring's example. Two steps, `wx` = 2, `wh` = 4, h₀ = 0, the states
# are 0.5 and 0, and the loss looks at the last state only.
#
# ```text
#    step   arrives at the state   slope            dsum   dx            on to the state before
#     1     1 + 0 = 1              1 - 0²   = 1      1     1·2 = 2       1·4 = 4
#     0     0 + 4 = 4              1 - 0.5² = 0.75   3     3·2 = 6       3·4 = 12 = dh0
#
#    dwx = 3·1 + 1·3 = 6        dwh = 0.5·1 + 0·3 = 0.5        db = 1 + 3 = 4
#           step 1  step 0
# ```
#
# The loss never looked at step 0, and still x[0] has the larger gradient: it came *through time*.
#
# **Trust, but check.** As for every gradient: move one number a little, both ways, and look at the loss.
# With L = Σ dstates · states,
#
#     ∂L/∂p ≈ (L(p + q) − L(p − q)) / 2q,      q = 10⁻⁵
#
# Here only small steps agree: tanh bends. Test with three steps or more, H ≠ D and a loss that looks
# at every state; many mistakes cannot be seen with one or two steps.
#
# **Pitfalls.**
#
# - **The gradient through time is cut**: only `dstates[:, t]` is passed to the step. Then each step
#   learns from its own guess alone, and nobody learns to remember.
# - **It is added once only**, at the last step: what comes back has to be passed on at *every* step.
# - `dwx = ...` in the loop keeps one step's share. `+=`, or add the lists up at the end.
# - The state *before* step t is `states[:, t - 1]`, and h0 for t = 0. For `t = 0` numpy takes
#   `states[:, -1]` without a word: that is the *last* state.
# - The loop runs from the last step to the first. Forward in time, what comes from later is not there
#   yet.
# - dh0 is what is left after step 0.
# - Do not write into `dstates`; it belongs to the caller.

# %%
def rnn_backward(
    dstates: np.ndarray, x: np.ndarray, h0: np.ndarray, states: np.ndarray, wx: np.ndarray, wh: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of a whole sequence: backpropagation through time.

    dstates: (N, T, H) the gradient of the loss with respect to every state, as far as the loss looks at that
        state itself; what comes back from later steps is not in it
    x: (N, T, D), h0: (N, H), wx: (D, H), wh: (H, H) what rnn_forward was given
    states: (N, T, H) what it returned

    Returns (dx, dh0, dwx, dwh, db), each with the shape of what it belongs to. The weights are the same in every
    step, so their gradients are sums over all steps.

    >>> one = np.array([[1.0]])
    >>> x, states = np.array([[[1.0], [3.0]]]), np.array([[[0.5], [0.0]]])
    >>> dstates = np.array([[[0.0], [1.0]]])  # the loss looks at the last state only
    >>> dx, dh0, dwx, dwh, db = rnn_backward(dstates, x, 0 * one, states, 2 * one, 4 * one)
    >>> dx
    array([[[6.],
            [2.]]])
    >>> dh0, dwx, dwh, db
    (array([[12.]]), array([[6.]]), array([[0.5]]), array([4.]))
    """
    raise NotImplementedError("rnn_backward is not written yet")

# %% [markdown]
# ## Gradients that explode, and how to hold them
#
# From step to step backward, the gradient is multiplied: by the slope of the tanh, and by `wh`. After
# fifty steps it was multiplied fifty times. Let H = 1 and the slope be 1:
#
# ```text
#    wh          0.9         1          1.1         1.5
#    wh^50       0.005       1          117         640 million
#                vanishes               grows       explodes
# ```
#
# One **exploding** gradient is enough to throw all weights far away, and everything learned is lost in a
# single step of training. The cure is crude, and works: if the gradient is too long, make it shorter. Its
# *direction* is still the best that we know, so keep that. Take all gradients of all weights as one long
# vector, and measure its length, the **global norm**:
#
#     norm = √(Σ(arrays) Σ(entries) g²)
#
# If it is above the limit, multiply *everything* by limit / norm; the length is then exactly the limit.
#
# ```text
#    w = (3, 0), b = 4       norm = √(9 + 0 + 16) = 5       limit 1:  all times 1/5
#
#          b
#        4 |        . before                           w = (0.6, 0), b = 0.8
#          |      .
#          |    .                                      the same direction, length 1
#      0.8 |  *  after
#          +--------- w
#            0.6  3
# ```
#
# **Pitfalls.**
#
# - Each array on its own: the small ones stay, the large ones shrink, and the direction is another one.
# - Each *entry* on its own (`np.clip`): another direction, too.
# - A gradient below the limit stays as it is. Multiplied by limit / norm anyway, it would *grow*.
# - The norm that is returned is the one before: whoever trains wants to see when it clipped.
# - New arrays. `grad *= factor` changes the caller's.

# %%
def clip_gradients(grads: dict[str, np.ndarray], limit: float) -> tuple[dict[str, np.ndarray], float]:
    """Gradients made shorter where all of them together are longer than a limit.

    grads: name → array, of any shapes; these arrays stay as they are
    limit: the largest norm that is left alone, above 0

    Returns (clipped, norm). norm is the length of all gradients as if they were one long vector: the root of the
    sum of all squares, before clipping. clipped has the same names and shapes: the same numbers where norm is at
    most limit, else all of them times limit / norm.

    >>> clipped, norm = clip_gradients({"w": np.array([[3.0, 0.0]]), "b": np.array([4.0])}, 1.0)
    >>> norm
    5.0
    >>> clipped["w"], clipped["b"]
    (array([[0.6, 0. ]]), array([0.8]))
    """
    raise NotImplementedError("clip_gradients is not written yet")

# %% [markdown]
# ## Gradients that vanish: measure it
#
# Clipping holds what explodes. The opposite is worse, because it is silent. If each step makes the
# gradient a little smaller, what comes from twenty steps ago arrives as nothing: the network cannot learn
# that the first character matters for the last. It does not fail. It only never learns it.
#
#     dhₜ = (dh[t+1] · (1 − h[t+1]²)) whᵀ
#
# Two factors in each step:
#
# - **The slope**, 1 − h², at most 1. Where states are near ±1, it is near 0. It can only make smaller.
# - **The matrix.** It stretches some directions and shrinks others. By how much at most, says its largest
#   *singular value*. If that is below 1, every gradient vanishes, whatever the sequence is. If it is
#   above 1, gradients *may* explode; whether they do depends on the direction, and on how flat the tanh
#   is.
#
# So there is a narrow path between vanishing and exploding, and training has no reason to stay on it. Do
# not believe it: measure it, with your own functions. Put a gradient on the last state, let it run back,
# and write down how long it is at every state.
#
# ```text
#    h0 -----> h1 -----> h2 -----> h3        wh = 0.5, states 0, slope 1
#
#    0.125 <-- 0.25 <--- 0.5 <---- 1         the norms, from h0 to the last state
# ```
#
# **Pitfalls.** There are T + 1 states and T + 1 norms: the first belongs to h0, the last to `dlast`
# itself. The loss looks at the last state only, so nothing is added on the way. The order is that of
# time, though you find the norms from the end. The norm is one over the whole batch, not a mean over its
# rows.

# %%
def gradient_norms(
    dlast: np.ndarray, x: np.ndarray, h0: np.ndarray, wx: np.ndarray, wh: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """How much of a gradient at the last state arrives at each state before it.

    dlast: (N, H) the gradient of the loss with respect to the last state, the only one that the loss looks at
    x: (N, T, D), h0: (N, H), wx: (D, H), wh: (H, H), b: (H,) as for rnn_forward

    Returns (T + 1,): entry T is the norm of dlast, entry t < T the norm of the gradient with respect to the state
    before step t, so that entry 0 belongs to h0. A norm is the root of the sum of all squares, over the batch too.

    >>> zero, one = np.zeros((1, 1)), np.ones((1, 1))
    >>> x = np.zeros((1, 3, 1))
    >>> gradient_norms(one, x, zero, one, 0.5 * one, np.zeros(1))
    array([0.125, 0.25 , 0.5  , 1.   ])
    """
    raise NotImplementedError("gradient_norms is not written yet")

# %% [markdown]
# ## Look at it
#
# When the checks of `gradient_norms` pass, run the next function: `show_gradient_norms()` in a new cell
# of the notebook, or in a terminal, in this folder:
#
# ```text
#    python -c "from through_time import show_gradient_norms; show_gradient_norms()"
# ```
#
# It makes networks with 20 numbers of state whose matrix turns every state and makes it longer by a
# factor, the same in each direction. They read 40 steps, once nothing but zeros and once loud noise.

# %%
def show_gradient_norms(steps: int = 40, size: int = 20) -> None:
    """Print how long a gradient still is, so many steps before the last state. This one is given."""
    rng = np.random.default_rng(0)
    turn, _ = np.linalg.qr(rng.normal(size=(size, size)))  # turns, and keeps every length
    noise = rng.normal(size=(1, steps, size))
    dlast = np.full((1, size), 1 / np.sqrt(size))  # of length 1
    back = [0, 1, 5, 10, 20, steps]
    print("steps back".rjust(24), *(f"{k:>9}" for k in back))
    for reads, x in [("nothing", 0 * noise), ("loud noise", noise)]:
        for factor in (0.5, 0.9, 1.0, 1.1, 1.5, 3.0):
            norms = gradient_norms(dlast, x, np.zeros((1, size)), np.eye(size), factor * turn, np.zeros(size))
            print(f"wh × {factor}, {reads}".rjust(24), *(f"{norms[steps - k]:9.2g}" for k in back))

# %% [markdown]
# While nothing is read, all states are 0 and every slope is 1. What is left is the factor to the power of
# the number of steps: 0.9⁴⁰ is 0.015, 1.5⁴⁰ is eleven million. That is vanishing and exploding
# in their purest form.
#
# With loud noise the tanh is flat nearly everywhere. Now even a matrix that makes every state longer by
# half lets only 0.00024 of the gradient arrive after 40 steps. And at 0.9, five steps back, 0.06 is left:
# what is read there is learned some sixteen times as slowly as what is read now. At 3 the matrix wins
# over the tanh, and the gradient explodes, noise or not. Between the two there is little room. So a plain
# recurrent network learns what is near, and hardly ever what is far. (Try a softer noise, `0.3 * noise`:
# which factors explode now?)

# %% [markdown]
# ## What to remember
#
# - The slope of tanh is 1 − h_next². Then ask which met which: dx = dsum wxᵀ, dwx = xᵀ dsum, and so on;
#   db sums over the batch.
# - Every state is used by the loss and by the next step: its gradient is the sum of both.
# - The weights are used in every step: their gradients are sums over time.
# - Backward, each step multiplies by slope and wh. Fifty times 0.9 is nothing, fifty times 1.5 is
#   everything.
# - Exploding can be cut by the global norm: one factor for all. Vanishing can not be mended afterwards;
#   it takes another kind of cell, the next chapter.

# %% [markdown]
# # The cell
#
# **Time:** about 60 minutes: 20 to read, 40 to write three functions.
#
# The heart of a recurrent network is small: one line of algebra, used again and again. It takes what it
# reads now and what it remembers, and makes of both what it will remember.

# %%
import numpy as np

# %% [markdown]
# ## A bounded memory: tanh
#
# The state runs round in a circle: what comes out of one step goes into the next. If a step could double
# a number, after fifty steps it would be 10¹⁵ times as large. So each step ends with a function that
# keeps every number between −1 and 1, the **hyperbolic tangent**:
#
#     tanh(x) = (e^x − e^(−x)) / (e^x + e^(−x))
#
# ```text
#      1 |                    ____-------
#        |                _--
#      0 |- - - - - - - /- - - - - - - -        slope 1 at 0: small numbers pass nearly unchanged
#        |           _--
#     -1 |-------____                           slope near 0 far out: large ones are cut off
#             -3   -1   0   1    3
# ```
#
# It is odd, tanh(−x) = −tanh(x), and so takes "against" as well as "for". (The sigmoid, its cousin
# from 0 to 1, comes in the chapter after the next.)
#
# **When numbers are large.** Copied from the formula, tanh(1000) is infinity over infinity: `nan`. And
# one `nan` in a state makes every later state `nan`. The cure is to take exponentials of *negative*
# numbers only. Divide above and below by e^x, for x ≥ 0:
#
#     tanh(x) = (1 − e^(−2x)) / (1 + e^(−2x))
#
# Now the largest power is e⁰ = 1, and the smallest fades away to 0, which is no harm. For negative
# x, take |x| and put the sign back at the end.
#
# **When numbers are tiny.** 1 − e^(−2x) takes two numbers apart that are nearly equal, and the first
# ten digits cancel. `np.expm1(y)` is e^y − 1, worked out without that loss. A nice touch, where you
# want every digit.
#
# **Pitfalls.** `np.where(x > 0, this, that)` computes *both* sides everywhere, so the bad side still
# overflows. An `if` cannot choose for a whole array. The *sigmoid* has the same S shape, but runs from 0
# to 1: a memory that can only say yes.

# %%
def tanh(x: np.ndarray) -> np.ndarray:
    """The hyperbolic tangent, entry by entry: (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), for numbers of any size.

    Written with exponentials, without np.tanh; whatever x is, nothing overflows.

    x: an array of any shape

    Returns an array of the same shape, with values from −1 to 1.

    >>> tanh(np.array([0.0, 0.5, -2.0]))
    array([ 0.      ,  0.462117, -0.964028])
    >>> tanh(np.array([-1000.0, 1000.0]))
    array([-1.,  1.])
    """
    raise NotImplementedError("tanh is not written yet")

# %% [markdown]
# ## One step
#
# A sequence is read one step at a time. In each step there come in: a row x with D numbers, what is
# read now, and the state h with H numbers, what is remembered. Out comes the next state, H numbers
# again:
#
#     h_next = tanh(x wx + h wh + b)
#
# ```text
#                     h  (N, H)                     from the step before
#                     |
#                     v
#                   [ wh ]  (H, H)
#                     |
#    x --> [ wx ] --> + --> tanh --> h_next         to the next step, and to whoever asks
#  (N, D)  (D, H)     ^              (N, H)
#                     |
#                     b  (H,)
# ```
#
# These letters stay the same through the lesson:
#
# | letter | counts | axis |
# |---|---|---|
# | N | sequences in the batch | the first |
# | T | steps of time | the second, where there is one |
# | D | numbers that are read in a step; V when it is one-hot characters | the last of `x` |
# | H | numbers of the state | the last of `h` |
#
# Each sequence has its own row of x and its own row of h; the rows never mix. All share the weights.
# The sum decides how much of the new and how much of the old goes on: `wx` says what a character is
# worth, `wh` what becomes of a memory.
#
# A case small enough for a pencil, D = 2 and H = 1: the character says 2, the memory says
# 0.5 · (−1) = −0.5, the bias takes off 1. The sum is 0.5, and tanh(0.5) = 0.462.
#
# **Pitfalls.**
#
# - Rows times matrix: `h @ wh`. The shapes of `h @ wh.T` fit as well, and `wh @ h` fits when N happens to
#   be H; both mean other weights.
# - `h * wh` multiplies entry by entry: no number of the state would learn of the others.
# - The tanh goes around the *whole* sum, bias included.
# - `h += ...` writes into the array that the caller still needs.

# %%
def rnn_step(x: np.ndarray, h: np.ndarray, wx: np.ndarray, wh: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The next state: tanh(x wx + h wh + b).

    x: (N, D) what each of the N sequences reads in this step
    h: (N, H) the state of each
    wx: (D, H), wh: (H, H), b: (H,) the weights

    Returns the next state of each, (N, H).

    >>> x, h = np.array([[1.0, 0.0]]), np.array([[0.5]])
    >>> rnn_step(x, h, np.array([[2.0], [4.0]]), np.array([[-1.0]]), np.array([-1.0]))
    array([[0.462117]])
    """
    raise NotImplementedError("rnn_step is not written yet")

# %% [markdown]
# ## Reading a whole sequence
#
# Now use that step on every column of the batch, from the first to the last, and pass the state along.
# Drawn with one box a step, the network is **unrolled**:
#
# ```text
#          x[:, 0]      x[:, 1]      x[:, 2]              x[:, T-1]
#             |            |            |                     |
#             v            v            v                     v
#    h0 --> [step] ----> [step] ----> [step] --> ... --> [step]
#             |            |            |                     |
#             v            v            v                     v
#         states[:, 0] states[:, 1] states[:, 2]       states[:, T-1]
# ```
#
# There are T boxes in the drawing and *one* set of weights: `wx`, `wh` and `b` are the same in each. That
# is why a recurrent network can read a word of three letters and a book with the same few hundred
# numbers, and why what it learned at one place serves at all others.
#
# The state after step t has seen x[0] to x[t] and nothing later. Look at the docstring's example: a
# 1 is read first, then nothing but zeros. A filter would have forgotten it by now; here the state goes on
# speaking of it, 0.46, 0.73, 0.90, because `wh` = 2 calls it up again each time. Memory is nothing but a
# number that goes in a circle.
#
# **Pitfalls.**
#
# - **The state is not carried on**: `rnn_step(x[:, t], h0, ...)` in each step. Every step then reads as
#   if nothing had come before it, and the network has no memory at all.
# - **Time runs backwards**, or along the wrong axis: `x[t]` is a *sequence*, `x[:, t]` is a step.
# - Entry t is the state *after* step t; the state before it, h0, is not in the result.
# - A new batch begins with its own h0. A state kept in a global variable would tell one batch about
#   another.
# - Where `states` is a list, `np.stack(states, axis=1)`: with axis 0 the shape is (T, N, H).

# %%
def rnn_forward(x: np.ndarray, h0: np.ndarray, wx: np.ndarray, wh: np.ndarray, b: np.ndarray) -> np.ndarray:
    """All states of a network that reads its sequences from the first to the last step.

    x: (N, T, D) N sequences of T steps
    h0: (N, H) the states before the first step
    wx: (D, H), wh: (H, H), b: (H,) the same weights in every step

    Returns (N, T, H): entry [n, t] is the state of sequence n after it has read x[n, t].

    >>> x = np.array([[[1.0], [0.0], [0.0]]])  # one sequence, three steps
    >>> rnn_forward(x, np.zeros((1, 1)), np.array([[0.5]]), np.array([[2.0]]), np.zeros(1))
    array([[[0.462117],
            [0.727894],
            [0.896832]]])
    """
    raise NotImplementedError("rnn_forward is not written yet")

# %% [markdown]
# ## What to remember
#
# - One step: h_next = tanh(x wx + h wh + b). What is read now and what is
#   remembered, added and squeezed.
# - tanh keeps the state between −1 and 1. Written with e^(−2|x|) it never overflows.
# - `x` is (N, T, D), the states are (N, T, H). Rows of a batch never mix.
# - The same weights in every step; the state is the only thing that passes from one step to the next.
# - Entry t of the states has seen everything up to t, and nothing after.

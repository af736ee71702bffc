# %% [markdown]
# # Gates
#
# **Time:** about 75 minutes: 30 to read, 45 to write two functions.
#
# The plain cell rewrites its whole memory in every step: all goes through a matrix, and through a tanh.
# So whatever it knows fades, and the gradient fades with it. The **LSTM** (long short-term memory) has a
# memory that stays as it is unless something decides to change it. What decides are **gates**, and they
# are learned.

# %%
import numpy as np

from cell import tanh


def sigmoid(x: np.ndarray) -> np.ndarray:
    """From 0 to 1, entry by entry: 1 / (1 + e⁻ˣ), as a squeezed tanh. This one is given."""
    return 0.5 + 0.5 * np.tanh(0.5 * x)

# %% [markdown]
# ## What each gate is for
#
# A gate is a number from 0 to 1 that something else is multiplied with: 0 is closed, 1 is open. The
# sigmoid, σ(x) = 1 / (1 + e^(−x)), makes one of any number. It is given above.
#
# An LSTM has two kinds of memory. The **state** h is what it says, to the next step and to whoever
# asks. The **memory** c is what it knows and need not say. Four parts, each with a weight of its own
# for all that is read and all that was said:
#
# | part | through | range | the question |
# |---|---|---|---|
# | i, the input gate | sigmoid | 0 to 1 | how much of what is new comes in? |
# | f, the forget gate | sigmoid | 0 to 1 | how much of the memory stays? (1 *keeps*) |
# | o, the output gate | sigmoid | 0 to 1 | how much of the memory is said? |
# | g, the candidate | tanh | −1 to 1 | what is it that would be new? |
#
#     c_next = f · c + i · g      h_next = o · tanh(c_next)
#
# All products are entry by entry: each number of the memory has its own three gates.
#
# ```text
#              forget               add
#    c ------->[× f]--------------->(+)------------+-----------> c_next
#                                    ^             |
#                                  [× i]           v
#                                    ^           tanh
#                                    |             |
#                                    g             v
#                                                [× o]---------> h_next
#
#    i, f, o, g: the four parts of  x wx + h wh + b,  (N, 4H)
# ```
#
# **The memory is a sum.** Look at the upper line: no matrix and no tanh on it, a product with f and an
# addition. So backward, from one step to the one before,
#
#     dc = dc_next · f
#
# Where the forget gate is open, f = 1, the gradient passes as it is, over a hundred steps as over one.
# The plain cell multiplied by its slope and by `wh` each time. (More paths lead back, through h and the
# gates; this is the one that lasts.)
#
# **Begin by remembering.** With small random weights f is about σ(0) = 0.5 and half of the
# memory is lost in each step: after ten, one part in a thousand is left. So the bias of the forget gate
# is often set to 1 at the beginning, σ(1) = 0.73, or to 2. The network is born remembering and has
# to learn to forget.
#
# **The order of the four parts.** One matrix holds all four, side by side: its columns 0 to H − 1 belong
# to i, the next H to f, then o, then g. That is *our* order, i f o g, with the three gates beside each
# other. PyTorch has i f g o, keeps its weights the other way round, and has two biases that are added.
# All of that is only a matter of order; but weights from there have to be put in order before they fit
# here.
#
# An LSTM has four times the weights of a plain cell with the same state, 4(DH + H² + H). A GRU is a
# younger cousin with two gates and no separate memory; the idea is the same.
#
# **Pitfalls.**
#
# - **Gates swapped.** With i and f exchanged, or o and g, everything runs, and learns, and is another
#   cell. Give each gate alone a bias of −50 and look what closes.
# - **Sigmoid for tanh** at the candidate: then nothing negative comes in, and the memory can speak for
#   but never against.
# - The four parts are *columns*: split along axis 1. Split along axis 0 they are sequences.
# - What is said comes from the *next* memory: `tanh(c_next)`, not `tanh(c)`. And no gate without its
#   sigmoid.
# - h first, then c, in what is returned.

# %%
def lstm_step(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, wx: np.ndarray, wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The next state and the next memory of an LSTM.

    x: (N, D) what each sequence reads, h: (N, H) its state, c: (N, H) its memory
    wx: (D, 4H), wh: (H, 4H), b: (4H,) the weights

    The sums x wx + h wh + b have four parts of H columns, in this order: input gate i, forget gate f, output gate o,
    and candidate g. The three gates go through the sigmoid, the candidate through tanh. Then
    c_next = f·c + i·g and h_next = o·tanh(c_next), entry by entry.

    Returns (h_next, c_next), each (N, H).

    >>> x, h, c = np.zeros((1, 1)), np.zeros((1, 1)), np.array([[3.0]])
    >>> b = np.array([-50.0, 50.0, 0.0, 1.0])  # nothing comes in, nothing is forgotten, half goes out
    >>> h_next, c_next = lstm_step(x, h, c, np.zeros((1, 4)), np.zeros((1, 4)), b)
    >>> h_next, c_next
    (array([[0.497527]]), array([[3.]]))
    """
    raise NotImplementedError("lstm_step is not written yet")

# %% [markdown]
# ## Reading with a memory
#
# The loop is the one of `rnn_forward`, with two things passed from step to step:
#
# ```text
#            x[:, 0]      x[:, 1]      x[:, 2]
#               |            |            |
#     0  ===> [step] =c==> [step] =c==> [step] ==>       c: kept to itself
#    h0  ---> [step] -h--> [step] -h--> [step] -->       h: read by the next step, and written down
#               |            |            |
#               v            v            v
#         states[:, 0]  states[:, 1]  states[:, 2]
# ```
#
# Only the states are returned: what comes after the LSTM sees what it *says*, never its memory.
#
# Look at the docstring's example. A 1 is read, then a 0. The 1 opens the input gate
# (50 · 1 − 25 = 25), and tanh(1) = 0.76 comes in; the 0 closes it (−25). So the memory keeps
# the 0.76 exactly, and the state is tanh(0.76) = 0.642 twice. It would still be that after a thousand
# zeros. Compare the plain cell, which had to call its number up again each time. And nobody has to work
# such weights out by hand: they are learned, by the gradient that the sum lets through.
#
# **Pitfalls.** The memory begins as 0 and is then *carried on*: with new zeros in every step an LSTM
# forgets more than a plain cell. It does not begin as h0. The memory is not a state: it may be 40, and
# `states` never leaves −1 to 1.

# %%
def lstm_forward(x: np.ndarray, h0: np.ndarray, wx: np.ndarray, wh: np.ndarray, b: np.ndarray) -> np.ndarray:
    """All states of an LSTM that reads its sequences from the first to the last step, from an empty memory on.

    x: (N, T, D) N sequences of T steps
    h0: (N, H) the states before the first step; the memory before it is 0
    wx: (D, 4H), wh: (H, 4H), b: (4H,) the same weights in every step

    Returns (N, T, H): entry [n, t] is the state of sequence n after it has read x[n, t].

    >>> x = np.array([[[1.0], [0.0]]])  # one sequence, two steps
    >>> wx = np.array([[50.0, 0.0, 0.0, 1.0]])  # the 1 opens the input gate, and is what comes in
    >>> b = np.array([-25.0, 25.0, 25.0, 0.0])
    >>> lstm_forward(x, np.zeros((1, 1)), wx, np.zeros((1, 4)), b)
    array([[[0.642015],
            [0.642015]]])
    """
    raise NotImplementedError("lstm_forward is not written yet")

# %% [markdown]
# ## What to remember
#
# - A gate is a number from 0 to 1, made by a sigmoid, that multiplies. It is worked out anew in every
#   step from what is read and what was said.
# - c_next = f · c + i · g: the memory is a sum, and so the gradient gets through.
#   h_next = o · tanh(c_next) is what is said of it.
# - i lets in, f *keeps*, o lets out; g, through tanh, is what would be new.
# - A forget bias of 1 or 2 makes a network that begins by remembering.
# - Order here: i f o g. PyTorch: i f g o.

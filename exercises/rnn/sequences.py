# %% [markdown]
# # Sequences
#
# **Time:** about 45 minutes: 15 to read, 30 to write three functions.
#
# *The dog bites the man. The man bites the dog.* The same words, as often, and yet another story: in a
# text the **order** is half of the meaning. The same holds for music, for the temperature of a year, for
# the steps of a dance. Such data are sequences, and three things make them different from a table of
# numbers or a picture:
#
# - **Order.** Shuffle a sequence, in the same way each time, and it is another one. What came before
#   decides what can come next.
# - **Length varies.** One word has three letters, the next has eleven. A dense layer has one weight for
#   each input and can take inputs of one size only.
# - **The same thing may happen anywhere.** The ending *-ing* means as much at place 5 as at place 50. A
#   weight of its own for each place would have to learn it at every place anew.
#
# A filter of a convolutional network uses the same weights at every place of a picture. A **recurrent
# network** (RNN) uses the same weights at every *step of time*. It reads one thing after the other and
# keeps what it knows so far in a small row of numbers, its **state**:
#
# ```text
#      t        i        d        e
#      |        |        |        |
#      v        v        v        v
#    [cell]-->[cell]-->[cell]-->[cell]-->      one cell, used four times: the arrow is the state
#      |        |        |        |
#      v        v        v        v
#      i?       d?       e?       _?           after each character, a guess at the next
# ```
#
# In this lesson it learns to read a small tale character by character and to guess how it goes on. The
# interactive figure, [figure.html](figure.html), has such a network on a word that you type; play with it
# for two minutes. Before anything can be read, though, characters have to become numbers, in arrays of
# one shape. That is this chapter.

# %%
from collections.abc import Sequence

import numpy as np

# %% [markdown]
# ## A character as a row
#
# First give each character of the alphabet a whole number, its **id**: a is 0, b is 1, c is 2. An id is a
# name, not an amount. To calculate with it would mean that c is twice as much as b and that b lies
# between a and c; nothing of that is true. So each id becomes a row of zeros with a single 1 in it,
# **one-hot**:
#
# ```text
#    alphabet a b c d, V = 4                       0  1  2  3
#
#    text   d  a  d                            d   0  0  0  1
#    ids    3  0  3         ---->              a   1  0  0  0
#                                              d   0  0  0  1
# ```
#
# Now any two characters are equally far apart, and no order is claimed. There is a second reason to like
# these rows: a one-hot row times a matrix picks *one row* of it.
#
#     onehot(k) W = row k of W
#
# So every character has a row of weights of its own, and the network is free to place similar characters
# near each other.
#
# **Pitfalls.** The row is as long as the *alphabet*, not as the largest id that happens to occur: another
# batch would get another shape. The new axis comes last; a batch of ids (N, T) becomes (N, T, V), a
# single id becomes (V,). Ids begin at 0.

# %%
def one_hot(ids: np.ndarray, size: int) -> np.ndarray:
    """Each id as a row of zeros with a single 1 at its place.

    ids: whole numbers from 0 to size − 1, an array of any shape, (N, T) for a batch of sequences
    size: how many different ids there are, V

    Returns an array of shape (..., V), the shape of ids with one axis more.

    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    >>> one_hot(np.array([[1, 1, 0, 3]]), 4).shape
    (1, 4, 4)
    """
    raise NotImplementedError("one_hot is not written yet")

# %% [markdown]
# ## A text, cut into exercises
#
# How do you teach a network to write? Show it a text, and let it guess each next character. Nobody has to
# label anything: the text brings its own answers. What the network reads are the **inputs**, what should
# come out are the **targets**, and those are the same text, *one place further on*:
#
# ```text
#    text       t  h  e  _  t  i  d  e
#    inputs     t  h  e  _  t  i  d
#    targets    h  e  _  t  i  d  e           below each character: the one that comes next
# ```
#
# The last character has no successor, so a text of L characters gives L − 1 questions. A whole book
# at a time would be too much for a step of training, so the text is cut into **windows** of T
# characters that lie side by side; many windows form a batch.
#
# ```text
#    L = 8, T = 3         0 1 2 3 4 5 6 7
#                         t h e _ t i d e
#    inputs  window 0     [t h e]
#    targets                [h e _]
#    inputs  window 1           [_ t i]
#    targets                      [t i d]       (8 - 1) // 3 = 2 windows, the e at the end is left out
# ```
#
# The last target of a window is the first input of the next: the windows of *inputs* touch, nothing is
# skipped and nothing is read twice.
#
# **Pitfalls.**
#
# - Targets equal to the inputs. The network then learns to copy. The loss falls to nothing, wonderfully
#   fast, and the network has learned nothing at all.
# - Targets one place *back*: the network learns to read from right to left.
# - `L // T` windows where L divides evenly: the last window would lack its last target.
# - The rows are windows and the columns are time. `reshape(T, M)` runs just as well, and shuffles time.

# %%
def text_windows(ids: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """A long text cut into windows that lie side by side, and what is to be predicted in each of them.

    ids: (L,) whole numbers, the characters of the text
    length: how long a window is, T

    Returns (inputs, targets), two arrays of shape (M, T) with M = (L − 1) // T. Window m holds the T ids from
    place m·T on; its targets are the ids one place further on. What is too short for a whole window at the end is
    left out.

    >>> inputs, targets = text_windows(np.array([5, 6, 7, 8, 9, 3]), 2)
    >>> inputs
    array([[5, 6],
           [7, 8]])
    >>> targets
    array([[6, 7],
           [8, 9]])
    """
    raise NotImplementedError("text_windows is not written yet")

# %% [markdown]
# ## Different lengths in one array
#
# An array has straight edges, words have not. To put sequences of different lengths into one batch, make
# all rows as long as the longest and fill up with zeros behind: **padding**. But 0 is the id of a real
# character. So a second array of the same shape says what is real: the **mask**.
#
# ```text
#    bad      1 0 3               ids   1 0 3 0 0          mask   1 1 1 0 0
#    a        0          ---->          0 0 0 0 0                 1 0 0 0 0
#    added    0 3 3 4 3                 0 3 3 4 3                 1 1 1 1 1
# ```
#
# Everything that later sums or averages has to ask the mask first. The network may well read the padding;
# what it says there must not count, neither in the loss nor in any gradient.
#
# Why behind, and not in front? The state begins with 0 and reads from the left. With the padding behind,
# the first real character meets a fresh state, and nothing that comes later can reach back to what was
# real.
#
# **Pitfalls.** A mask made of `ids != 0` loses every real 0 (the two a's above). The width is the length
# of the *longest* sequence, not of the first. An empty list is a sequence too: a row of zeros, with a
# mask of zeros.

# %%
def pad_batch(sequences: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Sequences of different lengths in one array, and a mask that says which places are real.

    sequences: N lists of ids, at least one of them not empty

    Returns (ids, mask), both (N, T) with T the length of the longest sequence. Row n of ids is sequence n, then
    zeros; row n of mask has a 1.0 for each of its ids, then 0.0.

    >>> ids, mask = pad_batch([[4, 2, 7], [5]])
    >>> ids
    array([[4, 2, 7],
           [5, 0, 0]])
    >>> mask
    array([[1., 1., 1.],
           [1., 0., 0.]])
    """
    raise NotImplementedError("pad_batch is not written yet")

# %% [markdown]
# ## What to remember
#
# - In a sequence, order matters and lengths differ. The answer: the same weights at every step, and a
#   state that carries on what was read.
# - An id is a name. One-hot makes a row of it, as long as the alphabet; one-hot times a matrix picks a
#   row.
# - Guess the next character: the targets are the text itself, one place further on. L characters give L −
#   1 targets.
# - Padding makes lengths equal, behind the sequence; the mask says what is real. Never read the mask off
#   the ids.
# - Axes in this lesson: N sequences, T steps, then what is in a step: V for one-hot.

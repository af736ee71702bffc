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
# $$\text{onehot}(k)\; W = \text{row } k \text{ of } W$$
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
    ### BEGIN SOLUTION
    return np.eye(size)[np.asarray(ids)]
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="one_hot"
# **Nudge.** Which matrix has all these rows, one below the other? Numpy makes it in one call, and
# indexing with an array of ids picks many of its rows at once.
#
# **Formula.** out[…, k] is 1 where ids[…] = k, and 0 elsewhere, for k from 0 to V − 1. The identity
# matrix of size V holds the row of id k in its row k. (`ids[..., np.newaxis] == np.arange(V)` is another
# way.)
#
# **Worked example.** Two sequences of two ids, V = 3:
#
#     ids  1 0        sequence 0    0 1 0      id 1
#          2 2                      1 0 0      id 0
#
#                     sequence 1    0 0 1      id 2
#                                   0 0 1      id 2
#
# Shape (2, 2) became (2, 2, 3). Each row adds up to 1. The 3 comes from V: with V = 5 every row would
# have two more zeros.
#
# **Question.** What shape comes out for an array with no ids in it at all, of shape (0,), with V = 3?

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
# The last character has no successor, so a text of $L$ characters gives $L - 1$ questions. A whole book
# at a time would be too much for a step of training, so the text is cut into **windows** of $T$
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
    ### BEGIN SOLUTION
    count = max(len(ids) - 1, 0) // length
    inputs = np.asarray(ids)[: count * length].reshape(count, length)
    targets = np.asarray(ids)[1 : count * length + 1].reshape(count, length)
    return inputs, targets
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="text_windows"
# **Nudge.** How many targets are there in the whole text? Divide that by T, rounding down. Then inputs
# and targets are two slices of the text of the same length, which begin at 0 and at 1.
#
# **Formula.** M = (L − 1) // T. inputs[m, t] = ids[m·T + t] and targets[m, t] = ids[m·T + t + 1], for m
# from 0 to M − 1. Numpy's `reshape` fills row after row, which is just the order of the text.
#
# **Worked example.** Ids 3 1 4 1 5 9 2 6, T = 3: L = 8, and (8 − 1) // 3 = 2 windows.
#
#     6 ids from 0   3 1 4 1 5 9      inputs  3 1 4      targets  1 4 1
#     6 ids from 1   1 4 1 5 9 2              1 5 9               5 9 2
#
# The 6 at the end is not used. With T = 7 there would be one window, and the 6 its last target; with T =
# 8 there is none: two arrays of shape (0, 8).
#
# **Question.** A text of 6 ids and T = 3: why is there one window, and not two?

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
    ### BEGIN SOLUTION
    longest = max(len(sequence) for sequence in sequences)
    ids = np.zeros((len(sequences), longest), dtype=int)
    mask = np.zeros((len(sequences), longest))
    for n, sequence in enumerate(sequences):
        ids[n, : len(sequence)] = sequence
        mask[n, : len(sequence)] = 1
    return ids, mask
    ### END SOLUTION


# %% [markdown] tags=["hints"] exercise="pad_batch"
# **Nudge.** Two arrays of zeros, N rows each and as wide as the longest list. Then go through the lists:
# which slice of its row does list n fill, in the one array and in the other?
#
# **Formula.** ids[n, t] = sequences[n][t] and mask[n, t] = 1 for t < len(sequences[n]); both 0 from there
# on. T is the maximum of the lengths. Ids are whole numbers: `dtype=int`.
#
# **Worked example.** Three lists, the longest of length 3:
#
#     [7]            ids  7 0 0        mask  1 0 0
#     [0, 3, 0]           0 3 0              1 1 1       its zeros are real
#     [2, 2]              2 2 0              1 1 0
#
# The ones of the mask add up to 6 = 1 + 3 + 2, the number of ids. With `ids != 0` it would be 4.
#
# **Question.** A fourth list is empty. What do its two rows look like, and does the width change?

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

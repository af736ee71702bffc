# %% [markdown]
# # Sequences
#
# TEXT

# %%
from collections.abc import Sequence

import numpy as np


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

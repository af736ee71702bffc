from itertools import zip_longest

import numpy as np


def one_hot(ids, size):
    return np.equal.outer(np.asarray(ids), range(size)) * 1


def text_windows(ids, length):
    ids = list(ids)
    starts = range(0, len(ids) - length, length)
    inputs = [ids[s : s + length] for s in starts]
    targets = [ids[s + 1 : s + 1 + length] for s in starts]
    return np.array(inputs, dtype=int).reshape(-1, length), np.array(targets, dtype=int).reshape(-1, length)


def pad_batch(sequences):
    columns = list(zip_longest(*sequences))
    ids = np.array([[0 if k is None else k for k in column] for column in columns], dtype=int).T
    mask = np.array([[k is not None for k in column] for column in columns]).T
    return ids, mask * 1.0

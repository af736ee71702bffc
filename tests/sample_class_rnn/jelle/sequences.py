from collections.abc import Sequence
import numpy as np


def one_hot(ids: np.ndarray, size: int) -> np.ndarray:
    return np.eye(size)[np.asarray(ids)]


def text_windows(ids: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    count = max(len(ids) - 1, 0) // length
    inputs = np.asarray(ids)[: count * length].reshape(count, length)
    targets = np.asarray(ids)[1 : count * length + 1].reshape(count, length)
    return inputs, targets


def pad_batch(sequences: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    longest = max(len(sequence) for sequence in sequences)
    ids = np.zeros((len(sequences), longest), dtype=int)
    mask = np.zeros((len(sequences), longest))
    for n, sequence in enumerate(sequences):
        ids[n, : len(sequence)] = sequence
        mask[n, : len(sequence)] = 1
    return ids, mask

"""Right variants: one-hot rows, windows of a text, padded batches and the table of pairs."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from pathlib import Path

import numpy as np

from grader.testing import variant

Array = np.ndarray


@variant("one_hot", name="compared")
def compared(ids: Array, size: int) -> Array:
    return (ids[..., np.newaxis] == np.arange(size)).astype(float)


@variant("one_hot", name="bools")
def bools(ids: Array, size: int) -> Array:
    return np.arange(size) == np.expand_dims(ids, -1)


@variant("one_hot", name="put-along-an-axis")
def put_along_an_axis(ids: Array, size: int) -> Array:
    rows = np.zeros((*ids.shape, size), dtype=np.float32)
    np.put_along_axis(rows, ids[..., None], 1, axis=-1)
    return rows


@variant("one_hot", name="loop-over-flat-ids")
def loop_over_flat_ids(ids: Array, size: int) -> Array:
    flat = np.zeros((ids.size, size), dtype=int)
    for row, k in zip(flat, ids.ravel(), strict=True):
        row[k] = 1
    return flat.reshape(*ids.shape, size)


@variant("one_hot", name="row-by-row")
def row_by_row(ids: Array, size: int) -> Array:
    if ids.ndim > 1:
        return np.array([row_by_row(part, size) for part in ids])
    return np.array([[1 if k == one else 0 for k in range(size)] for one in ids])


@variant("text_windows", name="loop")
def loop(ids: Array, length: int) -> tuple[Array, Array]:
    count = (len(ids) - 1) // length
    inputs = np.empty((count, length), dtype=int)
    targets = np.empty((count, length), dtype=int)
    for m in range(count):
        inputs[m] = ids[m * length : (m + 1) * length]
        targets[m] = ids[m * length + 1 : (m + 1) * length + 1]
    return inputs, targets


@variant("text_windows", name="sliding-view")
def sliding_view(ids: Array, length: int) -> tuple[Array, Array]:
    if len(ids) <= length:
        return np.zeros((0, length)), np.zeros((0, length))
    windows = np.lib.stride_tricks.sliding_window_view(ids, length + 1)[::length]
    return windows[:, :-1], windows[:, 1:]


@variant("text_windows", name="table-of-places")
def table_of_places(ids: Array, length: int) -> list[Array]:
    places = np.arange((len(ids) - 1) // length)[:, None] * length + np.arange(length)
    return [ids[places], ids[places + 1]]


@variant("text_windows", name="cut-to-fit")
def cut_to_fit(ids: Array, length: int) -> tuple[Array, Array]:
    rest = (len(ids) - 1) % length
    whole = ids[: len(ids) - rest]
    return whole[:-1].reshape(-1, length), whole[1:].reshape(-1, length)


@variant("pad_batch", name="lists")
def lists(sequences: list) -> tuple[list, list]:
    longest = max(map(len, sequences))
    ids = [list(s) + [0] * (longest - len(s)) for s in sequences]
    mask = [[1.0] * len(s) + [0.0] * (longest - len(s)) for s in sequences]
    return ids, mask


@variant("pad_batch", name="zipped")
def zipped(sequences: list) -> tuple[Array, Array]:
    columns = list(zip_longest(*sequences))
    ids = np.array([[0 if k is None else k for k in column] for column in columns]).T
    return ids, np.array([[k is not None for k in column] for column in columns]).T


@variant("pad_batch", name="mask-from-lengths")
def mask_from_lengths(sequences: list) -> tuple[Array, Array]:
    lengths = np.array([len(s) for s in sequences])
    mask = np.arange(lengths.max()) < lengths[:, None]
    ids = np.zeros(mask.shape)
    ids[mask] = np.concatenate([np.asarray(s, dtype=float) for s in sequences])
    return ids, mask.astype(np.float32)


@variant("pad_batch", name="np-pad")
def np_pad(sequences: list) -> tuple[Array, Array]:
    longest = max(len(s) for s in sequences)
    rows = [np.pad(np.array(s, dtype=int), (0, longest - len(s))) for s in sequences]
    mask = [np.pad(np.ones(len(s)), (0, longest - len(s))) for s in sequences]
    return np.stack(rows), np.stack(mask)


def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


@variant("bigram_table", name="counter")
def counter(path: str, alphabet: str) -> Array:
    text = _read(path)
    pairs = Counter(text[k : k + 2] for k in range(len(text) - 1))
    table = np.array([[pairs[a + b] + 1 for b in alphabet] for a in alphabet])
    return table / table.sum(axis=1)[:, None]


@variant("bigram_table", name="index-minus-one")
def index_minus_one(path: str, alphabet: str) -> Array:
    places = np.array([alphabet.find(character) for character in _read(path)])
    first, second = places[:-1], places[1:]
    both = (first >= 0) & (second >= 0)
    table = np.ones((len(alphabet), len(alphabet)))
    np.add.at(table, (first[both], second[both]), 1)
    return (table.T / table.sum(axis=1)).T


@variant("bigram_table", name="nested-lists")
def table_of_lists(path: str, alphabet: str) -> list:
    text, size = _read(path), len(alphabet)
    rows = []
    for a in alphabet:
        follows = [y for x, y in zip(text, text[1:]) if x == a and y in alphabet]  # noqa: B905, RUF007
        rows.append([(1 + follows.count(b)) / (size + len(follows)) for b in alphabet])
    return rows

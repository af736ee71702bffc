"""Known mistakes: one-hot rows, windows of a text and padded batches (one_hot, text_windows, pad_batch)."""

from __future__ import annotations

import numpy as np

from grader.testing import mistake
from sequences import one_hot, pad_batch, text_windows

Array = np.ndarray
Pair = tuple[Array, Array]


@mistake(
    "one_hot",
    name="size-from-ids",
    says="The rows are as long as the largest id asks for; V is given as size.",
    hint="Which ids occur is chance: the rows of every batch must have the same length.",
)
def size_from_ids(ids: Array, size: int) -> Array:
    return np.eye(ids.max() + 1)[ids]


@mistake(
    "one_hot",
    name="axis-in-front",
    says="The new axis comes first; it should come last.",
    hint="Print the shape. Where is V, and where should it be?",
)
def axis_in_front(ids: Array, size: int) -> Array:
    return np.moveaxis(one_hot(ids, size), -1, 0)


@mistake(
    "one_hot",
    name="batch-flattened",
    says="All rows come one after the other: the axes of ids are lost.",
    hint="Ids (N, T) become (N, T, V). What shape does your result have?",
)
def batch_flattened(ids: Array, size: int) -> Array:
    return one_hot(ids.ravel(), size)


@mistake(
    "one_hot",
    name="rows-added-up",
    says="The rows of a sequence are added up: who came when is lost.",
    hint="Every id has a row of its own, with a single 1 in it.",
)
def rows_added_up(ids: Array, size: int) -> Array:
    return one_hot(ids, size).sum(axis=-2)


@mistake(
    "one_hot",
    name="counted-from-one",
    says="The 1 stands one place too early: ids count from 0.",
    hint="Where should the 1 of id 0 stand?",
)
def counted_from_one(ids: Array, size: int) -> Array:
    return np.eye(size)[ids - 1]


@mistake(
    "one_hot",
    name="id-for-one",
    says="The id itself stands at its place; a 1 should.",
    hint="What does the row of id 0 look like?",
)
def id_for_one(ids: Array, size: int) -> Array:
    return one_hot(ids, size) * ids[..., np.newaxis]


@mistake(
    "text_windows",
    name="targets-are-inputs",
    says="The targets are the inputs themselves; they should be one place further on.",
    hint="What is a network to predict that reads the first character?",
)
def targets_are_inputs(ids: Array, length: int) -> Pair:
    inputs, _ = text_windows(ids, length)
    return inputs, inputs


@mistake(
    "text_windows",
    name="other-way-round",
    says="Inputs and targets have changed places: the targets come before the inputs.",
    hint="In the text, which of the two comes later?",
)
def other_way_round(ids: Array, length: int) -> Pair:
    inputs, targets = text_windows(ids, length)
    return targets, inputs


@mistake(
    "text_windows",
    name="windows-overlap",
    says="The windows overlap: each begins one place after the one before. They should lie side by side.",
    hint="Where does window 1 begin, for windows of length T?",
)
def windows_overlap(ids: Array, length: int) -> Pair:
    starts = range(len(ids) - length)
    inputs = np.array([ids[k : k + length] for k in starts]).reshape(-1, length)
    return inputs, np.array([ids[k + 1 : k + 1 + length] for k in starts]).reshape(-1, length)


@mistake(
    "text_windows",
    name="targets-a-window-later",
    says="The targets are the next window; they should be one place further on, not a whole window.",
    hint="Which character comes right after the first one of the window?",
)
def targets_a_window_later(ids: Array, length: int) -> Pair:
    count = max(len(ids) // length - 1, 0)
    whole = ids[: (count + 1) * length]
    return (
        whole[: count * length].reshape(count, length),
        whole[length : (count + 1) * length].reshape(count, length),
    )


@mistake(
    "text_windows",
    name="dealt-out",
    says="The characters are dealt out to the windows like cards; a window should hold T that stand together.",
    hint="Print the first window. Can you still read the text in it?",
)
def dealt_out(ids: Array, length: int) -> Pair:
    inputs, targets = text_windows(ids, length)
    shape = (length, len(inputs))
    return inputs.ravel().reshape(shape).T, targets.ravel().reshape(shape).T


@mistake(
    "text_windows",
    name="rest-kept",
    says="What is left at the end becomes a window filled up with zeros; it should be left out.",
    hint="How many whole windows with targets are there?",
)
def rest_kept(ids: Array, length: int) -> Pair:
    count = -(-(len(ids) - 1) // length)
    longer = np.concatenate([ids, np.zeros(length + 1, dtype=ids.dtype)])
    targets = np.concatenate([ids[1:], np.zeros(length + 1, dtype=ids.dtype)])
    size = count * length
    return longer[:size].reshape(count, length), targets[:size].reshape(count, length)


@mistake(
    "text_windows",
    name="last-window-lost",
    says="Where the text fits exactly the last window is missing.",
    hint="T + 1 characters are enough for one window with its targets.",
)
def last_window_lost(ids: Array, length: int) -> Pair:
    count = max(len(ids) - 2, 0) // length
    inputs, targets = text_windows(ids, length)
    return inputs[:count], targets[:count]


@mistake(
    "text_windows",
    name="last-target-wraps",
    says="The target of the last character is the first one of the text: nothing comes after it.",
    hint="The last character of the text is a target only. How many are left to be inputs?",
)
def last_target_wraps(ids: Array, length: int) -> Pair:
    count = len(ids) // length
    size = count * length
    return ids[:size].reshape(count, length), np.roll(ids, -1)[:size].reshape(count, length)


@mistake(
    "text_windows",
    name="one-target-a-window",
    says="There is one target for each window; every place of it should have one.",
    hint="The network predicts at each of the T places.",
)
def one_target_a_window(ids: Array, length: int) -> Pair:
    inputs, targets = text_windows(ids, length)
    return inputs, targets[:, -1]


@mistake(
    "text_windows",
    name="list-of-no-windows",
    says="A text too short for a window gives arrays of shape (0,); (0, T) is asked for.",
    hint="np.array of an empty list does not know how long a window would be.",
)
def list_of_no_windows(ids: Array, length: int) -> Pair:
    inputs, targets = text_windows(ids, length)
    return np.array(inputs.tolist()), np.array(targets.tolist())


@mistake(
    "pad_batch",
    name="zeros-in-front",
    says="The zeros stand in front of the sequences; they should stand behind them.",
    hint="At which place does every sequence begin?",
)
def zeros_in_front(sequences: list) -> Pair:
    longest = max(map(len, sequences))
    rows = [(longest - len(s)) * [0] + list(s) for s in sequences]
    mask = [(longest - len(s)) * [0.0] + len(s) * [1.0] for s in sequences]
    return np.array(rows), np.array(mask)


@mistake(
    "pad_batch",
    name="mask-inverted",
    says="The mask is 1 at padding and 0 at real places: it should be the other way round.",
    hint="The mask says what is real.",
)
def mask_inverted(sequences: list) -> Pair:
    ids, mask = pad_batch(sequences)
    return ids, 1 - mask


@mistake(
    "pad_batch",
    name="mask-where-id-is-not-zero",
    says="The mask takes each 0 for padding; but 0 is an id, too.",
    hint="What says which places are real: the ids, or the lengths?",
)
def mask_where_id_is_not_zero(sequences: list) -> Pair:
    ids, _ = pad_batch(sequences)
    return ids, (ids != 0).astype(float)


@mistake(
    "pad_batch",
    name="cut-to-the-shortest",
    says="All sequences are cut to the shortest one's length; none should lose an id.",
    hint="How wide must the array be for the longest sequence?",
)
def cut_to_the_shortest(sequences: list) -> Pair:
    ids, mask = pad_batch(sequences)
    shortest = min(map(len, sequences))
    return ids[:, :shortest], mask[:, :shortest]


@mistake(
    "pad_batch",
    name="lengths-for-a-mask",
    says="The lengths are returned where the mask is asked for.",
    hint="The mask has the shape of ids: one number for each place.",
)
def lengths_for_a_mask(sequences: list) -> Pair:
    return pad_batch(sequences)[0], np.array([len(s) for s in sequences])


@mistake(
    "pad_batch",
    name="padded-with-minus-one",
    says="The padding is −1; zeros are asked for.",
    hint="What would one_hot make of your padding?",
)
def padded_with_minus_one(sequences: list) -> Pair:
    ids, mask = pad_batch(sequences)
    return np.where(mask > 0, ids, -1), mask


@mistake(
    "pad_batch",
    name="mask-one-short",
    says="The mask ends one place too early: the last id of each sequence is real, too.",
    hint="How many ones has the row of a sequence with three ids?",
)
def mask_one_short(sequences: list) -> Pair:
    ids, mask = pad_batch(sequences)
    for row, sequence in zip(mask, sequences, strict=True):
        row[max(len(sequence) - 1, 0) :] = 0
    return ids, mask


@mistake(
    "pad_batch",
    name="a-column-each",
    says="Each sequence is a column; it should be a row: (N, T).",
    hint="Which axis counts the sequences?",
)
def a_column_each(sequences: list) -> Pair:
    ids, mask = pad_batch(sequences)
    return ids.T, mask.T


@mistake(
    "pad_batch",
    name="empty-ones-left-out",
    says="Empty sequences are left out; each has a row, of padding alone.",
    hint="How many rows has a batch of N sequences?",
)
def empty_ones_left_out(sequences: list) -> Pair:
    return pad_batch([sequence for sequence in sequences if len(sequence)])

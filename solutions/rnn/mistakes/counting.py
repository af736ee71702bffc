"""Known mistakes: counting pairs of characters (bigram_table)."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np

from grader.testing import mistake

Array = np.ndarray


def read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def counted(texts: list[str], alphabet: str, start: float = 1.0) -> Array:
    counts = np.full((len(alphabet), len(alphabet)), start)
    for text in texts:
        for first, second in pairwise(text):
            if first in alphabet and second in alphabet:
                counts[alphabet.index(first), alphabet.index(second)] += 1
    return counts


def normalised(counts: Array, axis: int | None = 1) -> Array:
    return counts / counts.sum(axis=axis, keepdims=True)


@mistake(
    "bigram_table",
    name="nothing-added",
    says="The 1 of every pair is missing: pairs that were not seen become impossible.",
    hint="What is the row of a character that does not occur?",
)
def nothing_added(path: str, alphabet: str) -> Array:
    with np.errstate(all="ignore"):
        return normalised(counted([read(path)], alphabet, 0.0))


@mistake(
    "bigram_table",
    name="unseen-rows-empty",
    says="A character that does not occur has a row of zeros; every pair gets its 1 there, too.",
    hint="Does every row add up to 1?",
)
def unseen_rows_empty(path: str, alphabet: str) -> Array:
    text = read(path)
    return normalised(counted([text], alphabet)) * np.array([[c in text] for c in alphabet])


@mistake(
    "bigram_table",
    name="transposed",
    says="Rows and columns have changed places: entry [a, b] is for b after a.",
    hint="Which axis holds the first character of a pair?",
)
def transposed(path: str, alphabet: str) -> Array:
    return normalised(counted([read(path)], alphabet)).T


@mistake(
    "bigram_table",
    name="columns-add-up",
    says="The columns add up to 1; the rows should.",
    hint="After one character, something comes: which numbers add up to 1?",
)
def columns_add_up(path: str, alphabet: str) -> Array:
    return normalised(counted([read(path)], alphabet), 0)


@mistake(
    "bigram_table",
    name="everything-adds-up",
    says="The whole table adds up to 1; every row should.",
    hint="After one character, something comes: which numbers add up to 1?",
)
def everything_adds_up(path: str, alphabet: str) -> Array:
    return normalised(counted([read(path)], alphabet), None)


@mistake(
    "bigram_table",
    name="numbers-not-divided",
    says="These are the numbers of pairs; they are to be divided by the sum of their row.",
    hint="A probability is at most 1.",
)
def numbers_not_divided(path: str, alphabet: str) -> Array:
    return counted([read(path)], alphabet)


@mistake(
    "bigram_table",
    name="others-cut-out-first",
    says="Other characters are cut out of the text first: then characters are neighbours that are none.",
    hint="In 'a-b', does b come right after a?",
)
def others_cut_out_first(path: str, alphabet: str) -> Array:
    return normalised(counted(["".join(c for c in read(path) if c in alphabet)], alphabet))


@mistake(
    "bigram_table",
    name="line-by-line",
    says="Pairs are counted in each line by itself: those over the end of a line are lost.",
    hint="Which character stands between two lines?",
)
def line_by_line(path: str, alphabet: str) -> Array:
    return normalised(counted(read(path).splitlines(), alphabet))


@mistake(
    "bigram_table",
    name="one-added-after-dividing",
    says="The 1 is added after dividing; it belongs to the number of pairs.",
    hint="Does every row add up to 1?",
)
def one_added_after_dividing(path: str, alphabet: str) -> Array:
    counts = counted([read(path)], alphabet, 0.0)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) + 1


@mistake(
    "bigram_table",
    name="divided-by-sum-without-ones",
    says="The numbers are divided by the sum without the added ones: the rows add up to more than 1.",
    hint="Does every row add up to 1?",
)
def divided_by_sum_without_ones(path: str, alphabet: str) -> Array:
    counts = counted([read(path)], alphabet, 0.0)
    return (counts + 1) / np.maximum(counts.sum(axis=1, keepdims=True), 1)


@mistake(
    "bigram_table",
    name="pairs-side-by-side",
    says="Only every second pair is counted: pairs overlap.",
    hint="How many pairs has 'abcd'?",
)
def pairs_side_by_side(path: str, alphabet: str) -> Array:
    text = read(path)
    pairs = [text[k : k + 2] for k in range(0, len(text) - 1, 2)]
    return normalised(counted(pairs, alphabet))


@mistake(
    "bigram_table",
    name="alphabet-sorted",
    says="The rows are in the order of the sorted characters; they should be in that of alphabet.",
    hint="Which character does row 0 belong to, where alphabet is 'ba'?",
)
def alphabet_sorted(path: str, alphabet: str) -> Array:
    return normalised(counted([read(path)], "".join(sorted(alphabet))))

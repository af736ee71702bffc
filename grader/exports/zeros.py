"""Leading zeros that a spreadsheet took from the ids of a roster: put back where the files tell, else left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.exports.pair import Pair
from grader.gradebook import Roster, Row
from grader.result import Result

_MEANINGS = ("sis", "login", "student")


def with_zeros(
    pairs: Sequence[Pair], without: Sequence[Row], roster: Roster
) -> tuple[list[Pair], list[Row], list[str]]:
    """The same with whole ids, and what is to be said. A shorter number, of which no file tells whether it is whole, is
    left out, since zeros are lost in its column.
    """
    pairs, without, remarks = list(pairs), list(without), []
    for meaning in _MEANINGS:
        whole = [_whole(pair, meaning) for pair in pairs]
        lost = [
            (pair.row.get(meaning), known)
            for pair, known in zip(pairs, whole, strict=True)
            if pair.row and known and known != pair.row.get(meaning)
        ]
        if not lost:
            continue
        width = max(len(known) for _, known in lost)
        for place, (pair, known) in enumerate(zip(pairs, whole, strict=True)):
            rows = tuple(_mended(row, meaning, known, width) for row in pair.rows)
            pairs[place] = replace(pair, row=rows[0] if rows else None, more=rows[1:])
        without = [_mended(row, meaning, "", width) for row in without]
        remarks.append(
            f"{roster.file}: a spreadsheet took leading zeros from the column {roster.columns[meaning]!r} "
            f"({lost[0][0]} is {lost[0][1]}); they are put back where the files tell, other short numbers are left out"
        )
    return pairs, without, remarks


def _whole(pair: Pair, meaning: str) -> str:
    """The id of a pair's row as the files have it; '' if they don't say."""
    own = pair.row.get(meaning) if pair.row and not pair.member else ""
    return next((name for name in _names(pair.result) if own and name.lstrip("0") == own.lstrip("0")), "")


def _names(result: Result) -> Iterator[str]:
    names = (result.lms.get("sid"), result.lms.get("login"), result.student)
    return (name for name in names if name and name.isdigit())


def _mended(row: Row, meaning: str, known: str, width: int) -> Row:
    cell = row.get(meaning)
    if not cell.isdigit() or (not known and len(cell) >= width):
        return row
    if known:
        return row.with_values({meaning: known})
    return row.without(meaning)

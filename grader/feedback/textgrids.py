"""A failing call's pictures as lines of text: numbers in brackets, ≠, a caret, bars around a window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from grader.feedback.compared import Seen, seen_in
from grader.feedback.grids import Cell, Drawing, Plane
from grader.result import TestResult

_GAP = "   "
_SIDES = (12, 10, 8, 6, 5, 4, 3)

#: Lines of a drawing as (text, style): plain strings, so that two drawings can stand side by side.
Lines = list[tuple[str, str]]


@dataclass(frozen=True)
class _Room:
    """How pictures are laid out. beside: from this crop on, expected stands beside got, as far as the width allows."""

    width: int
    planes: int = 2
    beside: int = 6


def evidence_text(test: TestResult, width: int) -> Iterator[Text]:
    """The pictures of one test in lines of at most `width` columns, where cropping can do that."""
    if sizes := _sizes(test):
        yield from _arguments(sizes, test, _Room(width))
        yield from _results(sizes, _Room(width))


def fitted_evidence(test: TestResult, width: int, rows: int) -> list[Text]:
    """The same in at most `rows` lines: fewer slices, cropped further, then without the arguments, then nothing."""
    sizes = _sizes(test)
    for with_arguments in (True, False):
        for planes in (2, 1):
            for largest in sizes:
                mine = {side: seen for side, seen in sizes.items() if side <= largest}
                room = _Room(width, planes, beside=min(sizes))
                lines = [*(_arguments(mine, test, room) if with_arguments else ()), *_results(mine, room)]
                if len(lines) <= rows:
                    return lines
    return []


def _sizes(test: TestResult) -> dict[int, Seen]:
    """Rows and columns of a plane → the pictures so cropped, the largest first."""
    return {side: seen for side in _SIDES if (seen := seen_in(test, max_side=side))}


def _arguments(sizes: dict[int, Seen], test: TestResult, room: _Room) -> Iterator[Text]:
    seen = next(iter(sizes.values()))
    arguments = [
        _fitting([_lines(found.arguments[number], room) for found in sizes.values()], room.width)
        for number in range(len(seen.arguments))
    ]
    for row in _rows(arguments, room.width):
        yield from _styled(row)
    if seen.plain and not test.example:
        yield Text("  ".join(f"{name} = {text}" for name, text in seen.plain))


def _results(sizes: dict[int, Seen], room: _Room) -> Iterator[Text]:
    for number in range(len(next(iter(sizes.values())).pairs)):
        yield from _pair(sizes, number, room)


def _pair(sizes: dict[int, Seen], number: int, room: _Room) -> Iterator[Text]:
    """Expected beside got where that fits, else one above the other, cropped alike."""
    drawn = {side: _halves(seen, number, room) for side, seen in sizes.items()}
    for side, (expected, got) in drawn.items():
        if (
            side >= room.beside
            and expected
            and got
            and _width(expected) + len(_GAP) + _width(got) <= room.width
        ):
            yield from _styled(_beside(expected, got))
            return
    yield from _styled(_fitting([expected + got for expected, got in drawn.values()], room.width))


def _halves(seen: Seen, number: int, room: _Room) -> tuple[Lines, Lines]:
    pair = seen.pairs[number]
    return (
        _lines(pair.expected, room) if pair.expected else [],
        _lines(pair.got, room, got=True) if pair.got else [],
    )


def _fitting(candidates: list[Lines], width: int) -> Lines:
    """The first, and so the largest, that fits; else the smallest."""
    return next((lines for lines in candidates if _width(lines) <= width), candidates[-1])


def _lines(drawing: Drawing, room: _Room, *, got: bool = False) -> Lines:
    head = drawing.label + (f" · shape {drawing.shape}" if drawing.shape else "")
    if drawing.shape_differs and got:
        head += " ≠"
    if not drawing.planes:
        return [(f"{head}: {'≠ ' if drawing.differs and got else ''}{drawing.text}", "")]
    lines: Lines = [(head, "dim")]
    if drawing.note:
        lines.append((f"in bars: {drawing.note}", "dim"))
    for plane in drawing.planes[: room.planes]:
        lines += _plane(plane, got)
    more = drawing.more_planes + max(0, len(drawing.planes) - room.planes)
    if more:
        lines.append((f"… and {more} more slice{'s' if more != 1 else ''}", "dim"))
    return lines


def _plane(plane: Plane, got: bool) -> Lines:
    """Rows of right-aligned values: ≠ before a differing value of `got`, a caret under the first, bars at the
    sides of a window.
    """
    rows = [cells for _, cells in plane.rows]
    columns = range(len(plane.columns))
    # A bar behind one number moves the others of its column, or they would not stand below each other.
    barred = [any("r" in row[column].edges for row in rows) for column in columns]
    texts = [[_value(row[column], got, barred[column]) for column in columns] for row in rows]
    widths = [max(cell_len(row[column]) for row in texts) for column in columns]
    lines: Lines = [(plane.where, "dim")] if plane.where else []
    for row, cells in zip(texts, rows, strict=True):
        lines.append(
            ("[" + "  ".join(" " * (w - cell_len(t)) + t for t, w in zip(row, widths, strict=True)) + "]", "")
        )
        for column, cell in enumerate(cells):
            if cell.mark == "first":
                end = 1 + sum(widths[: column + 1]) + 2 * column
                lines.append((" " * (end - 1) + "^", "bold red"))
    return lines


def _value(cell: Cell, got: bool, barred: bool) -> str:
    text = ("≠" if cell.mark in ("differs", "first") and got else "") + cell.text
    text = "│" + text if "l" in cell.edges else text
    return text + ("│" if "r" in cell.edges else " " if barred else "")


def _rows(blocks: list[Lines], width: int) -> Iterator[Lines]:
    """Blocks side by side as far as they fit."""
    row: Lines = []
    for block in blocks:
        if row and _width(row) + len(_GAP) + _width(block) <= width:
            row = _beside(row, block)
        else:
            if row:
                yield row
            row = block
    if row:
        yield row


def _beside(left: Lines, right: Lines) -> Lines:
    """Two blocks as one; a line has the style that its halves share."""
    room = _width(left)
    lines: Lines = []
    for index in range(max(len(left), len(right))):
        text, style = left[index] if index < len(left) else ("", "")
        other, other_style = right[index] if index < len(right) else ("", "")
        # Where the halves differ, plain: a dimmed number would look less important than its neighbour.
        shared = style if style == other_style or not other else other_style if not text else ""
        lines.append(((text + " " * (room - cell_len(text)) + _GAP + other).rstrip(), shared))
    return lines


def _styled(lines: Lines) -> Iterator[Text]:
    for text, style in lines:
        yield Text(text, style)


def _width(lines: Lines) -> int:
    return max((cell_len(text) for text, _ in lines), default=0)

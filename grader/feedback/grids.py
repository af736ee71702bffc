"""Evidence as pictures: packed values → planes of cells, with the differing ones marked.

A drawing is plain data; html.py and terminal.py turn the same drawing into a table or into text.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from grader.feedback.packed import literal, number, shape_text
from grader.result import Outline
from grader.testing import mapping_of, unpack
from grader.text import visible

Mark = Literal["", "differs", "first", "window"]
Index = tuple[int, ...]

MAX_SIDE = 12
MAX_PLANES = 4
_LEVELS = 4


@dataclass(frozen=True)
class Cell:
    """One value. level: -4 … 4, its size relative to the largest of the drawing, for a tint.

    edges: the sides (of "trbl") on which a window ends here.
    """

    text: str
    mark: Mark = ""
    level: int = 0
    gap: bool = False
    edges: str = ""


GAP = Cell("…", gap=True)


@dataclass(frozen=True)
class Plane:
    """A 2-D slice. where: the leading indices, as "slice [0, 1]", or "" where there are none."""

    where: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class Drawing:
    """One value to show: planes of cells, or text where it isn't an array (or is too big).

    note: what is outlined in it.
    """

    label: str
    text: str = ""
    shape: str = ""
    shape_differs: bool = False
    differs: bool = False
    planes: tuple[Plane, ...] = ()
    more_planes: int = 0
    note: str = ""


def draw(
    label: str,
    value: Any,
    *,
    marks: Mapping[Index, Mark] | None = None,
    first: Index | None = None,
    digits: int = 4,
    max_side: int = MAX_SIDE,
    largest: float | None = None,
    shape_differs: bool = False,
    note: str = "",
) -> Drawing:
    """The drawing of one packed value.

    marks: element index → how to mark it; first: the element every crop and the order of planes turn to.
    digits: significant digits. max_side: rows and columns of a plane. largest: what the strongest tint
    stands for.
    """
    array = value if isinstance(value, np.ndarray) else unpack(value)
    if array is None or array.ndim == 0:
        # A bare number has one cell: the mark belongs to the whole drawing.
        return Drawing(label, text=literal(value, digits), differs=bool(marks) and not note)
    shape = shape_text(array.shape)
    if array.size == 0:
        return Drawing(label, text="no values", shape=shape, shape_differs=shape_differs)
    marks = marks or {}
    scale = largest if largest else largest_of(array)
    leading = list(np.ndindex(array.shape[:-2]))
    marked = {index[:-2] for index in marks}
    home = first[:-2] if first is not None else None
    leading.sort(key=lambda index: (index != home, index not in marked))
    planes = [
        _plane(array, index, marks, first if index == home else None, digits, max_side, scale)
        for index in leading[:MAX_PLANES]
    ]
    return Drawing(
        label,
        shape=shape,
        shape_differs=shape_differs,
        differs=bool(marks) and not note,
        planes=tuple(planes),
        more_planes=max(0, len(leading) - MAX_PLANES),
        note=note,
    )


def draw_arguments(
    arguments: Mapping[str, Any],
    *,
    max_side: int = MAX_SIDE,
    outlines: Mapping[str, Outline] | None = None,
) -> tuple[list[tuple[str, str]], list[Drawing]]:
    """A call's arguments: what fits a line as (name, text), arrays as drawings; a mapping by its keys.

    outlines: argument name → what is outlined in it; the drawing is cropped so that this is seen.
    """
    plain: list[tuple[str, str]] = []
    drawings: list[Drawing] = []
    for name, value in arguments.items():
        mapping = mapping_of(value)
        parts = [(name, value)] if not mapping else [(f"{name}[{key!r}]", part) for key, part in mapping]
        for label, part in parts:
            window = (outlines or {}).get(label)
            marks: dict[Index, Mark] = dict.fromkeys(_elements(window, part), "window") if window else {}
            drawing = draw(
                visible(label, 60),
                part,
                marks=marks,
                first=min(marks, default=None),
                max_side=max_side,
                note=visible(window.note, 200) if window and marks else "",
            )
            if drawing.planes:
                drawings.append(drawing)
            else:
                plain.append((visible(label, 60), literal(part)))
    return plain, drawings


def _elements(outline: Outline, value: Any) -> Iterator[Index]:
    """The places in an argument that an outline names; none where the two do not fit."""
    array = unpack(value)
    if array is None or array.ndim != len(outline.spans) or any(len(span) != 3 for span in outline.spans):
        return
    spans = [
        range(max(0, start), min(stop, side), max(1, step))
        for (start, stop, step), side in zip(outline.spans, array.shape, strict=True)
    ]
    yield from itertools.product(*spans)


def _plane(
    array: NDArray[np.float64],
    leading: Index,
    marks: Mapping[Index, Mark],
    first: Index | None,
    digits: int,
    max_side: int,
    scale: float,
) -> Plane:
    flat = array.ndim == 1
    plane = array[None, :] if flat else array[leading]
    turn = first or next((index for index in sorted(marks) if index[:-2] == leading), None)
    row_at, column_at = ((0, turn[0]) if flat else turn[-2:]) if turn else (0, 0)
    rows = _crop(plane.shape[0], row_at, max_side)
    columns = _crop(plane.shape[1], column_at, max_side)

    def cell(row: int | None, column: int | None) -> Cell:
        if row is None or column is None:
            return GAP
        value = float(plane[row, column])
        index = (column,) if flat else (*leading, row, column)
        mark = marks.get(index, "")
        edges = _edges(index, marks) if mark == "window" else ""
        return Cell(number(value, digits), mark, _level(value, scale), edges=edges)

    return Plane(
        where=f"slice {list(leading)}" if leading else "",
        columns=tuple("…" if column is None else str(column) for column in columns),
        rows=tuple(
            ("" if flat else "…" if row is None else str(row), tuple(cell(row, column) for column in columns))
            for row in rows
        ),
    )


def _edges(index: Index, marks: Mapping[Index, Mark]) -> str:
    """The sides on which the neighbour is not of the window."""
    *leading, column = index
    sides = {"l": (*leading, column - 1), "r": (*leading, column + 1)}
    if len(index) > 1:
        *outer, row = leading
        sides |= {"t": (*outer, row - 1, column), "b": (*outer, row + 1, column)}
    return "".join(side for side in "trbl" if side not in sides or marks.get(sides[side]) != "window")


def _crop(length: int, turn: int, most: int) -> list[int | None]:
    """The indices of one side that are shown, None for a gap, with `turn` among them."""
    if length <= most:
        return list(range(length))
    start = max(0, min(turn - most // 2, length - most))
    shown: list[int | None] = list(range(start, start + most))
    return ([None] if start else []) + shown + ([None] if start + most < length else [])


def largest_of(array: NDArray[np.float64]) -> float:
    """The largest size of a finite value; 0 where there is none."""
    finite = array[np.isfinite(array)]
    return float(np.abs(finite).max(initial=0.0))


def _level(value: float, scale: float) -> int:
    if not math.isfinite(value) or scale <= 0 or value == 0:
        return 0
    size = min(_LEVELS, math.ceil(_LEVELS * min(1.0, abs(value) / scale)))
    return size if value > 0 else -size

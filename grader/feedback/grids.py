"""Evidence as pictures: packed values → planes of cells, with the differing ones marked.

A drawing is plain data; html.py and terminal.py turn the same drawing into a table or into text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from grader.compare import TOLERANCE
from grader.feedback.packed import is_array, items_of, literal, mapping_of, number, shape_text, unpack
from grader.text import visible

Mark = Literal["", "differs", "first", "window"]
Index = tuple[int, ...]

MAX_SIDE = 12
MAX_PLANES = 4
_LEVELS = 4
_TEXT_LIMIT = 400
_RAISED = re.compile(r"[A-Za-z_][\w.]* raised")


@dataclass(frozen=True)
class Cell:
    """One value. level: -4 … 4, its size relative to the largest of the drawing, for a tint."""

    text: str
    mark: Mark = ""
    level: int = 0
    gap: bool = False


GAP = Cell("…", gap=True)


@dataclass(frozen=True)
class Plane:
    """A 2-D slice. where: the leading indices, as "[0, 1]", or "" where there are none."""

    where: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class Drawing:
    """One value to show: planes of cells, or text where it isn't an array (or is too big)."""

    label: str
    text: str = ""
    shape: str = ""
    shape_differs: bool = False
    differs: bool = False
    planes: tuple[Plane, ...] = ()
    more_planes: int = 0


@dataclass(frozen=True)
class Pair:
    """What was expected beside what came; either may be missing."""

    expected: Drawing | None
    got: Drawing | None

    @property
    def columns(self) -> int:
        """Columns of the wider of the two, as drawn."""
        drawings = [drawing for drawing in (self.expected, self.got) if drawing]
        return max((len(plane.columns) for drawing in drawings for plane in drawing.planes), default=0)

    @property
    def differs(self) -> bool:
        """Whether the two are drawn as different: in a value, in shape, or in kind."""
        if self.expected is None or self.got is None:
            return self.expected is not self.got
        mine, right = self.got, self.expected
        return mine.differs or mine.shape_differs or (mine.shape, mine.text) != (right.shape, right.text)


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
) -> Drawing:
    """The drawing of one packed value.

    marks: element index → how to mark it; first: the element every crop and the order of planes turn to.
    digits: significant digits. max_side: rows and columns of a plane. largest: what the strongest tint
    stands for.
    """
    array = value if isinstance(value, np.ndarray) else unpack(value)
    if array is None or array.ndim == 0:
        # A bare number has one cell: the mark belongs to the whole drawing.
        return Drawing(label, text=literal(value, digits), differs=bool(marks))
    shape = shape_text(array.shape)
    if array.size == 0:
        return Drawing(label, text="no values", shape=shape, shape_differs=shape_differs)
    marks = marks or {}
    scale = largest if largest else _largest(array)
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
        differs=bool(marks),
        planes=tuple(planes),
        more_planes=max(0, len(leading) - MAX_PLANES),
    )


def draw_arguments(
    arguments: Mapping[str, Any], *, max_side: int = MAX_SIDE
) -> tuple[list[tuple[str, str]], list[Drawing]]:
    """A call's arguments: what fits a line as (name, text), arrays as drawings; a mapping by its keys."""
    plain: list[tuple[str, str]] = []
    drawings: list[Drawing] = []
    for name, value in arguments.items():
        mapping = mapping_of(value)
        parts = [(name, value)] if not mapping else [(f"{name}[{key!r}]", part) for key, part in mapping]
        for label, part in parts:
            drawing = draw(visible(label, 60), part, max_side=max_side)
            if drawing.planes:
                drawings.append(drawing)
            else:
                plain.append((visible(label, 60), literal(part)))
    return plain, drawings


def draw_pairs(
    expected: Any, got: Any, first_difference: Sequence[int] | None = None, *, max_side: int = MAX_SIDE
) -> list[Pair]:
    """Expected beside got, with the differing elements of both marked.

    A tuple of arrays, or a mapping, gives a pair for each of its parts that differ.
    """
    right, mine = _parts(expected), _parts(got)
    if right is not None and mine is not None and list(right) == list(mine):
        pairs = [_pair(f" · {name}", right[name], mine[name], None, max_side) for name in right]
        differing = [pair for pair in pairs if pair.differs]
        if differing:
            return differing
    return [_pair("", expected, got, first_difference, max_side)]


def _pair(
    suffix: str, expected: Any, got: Any, first_difference: Sequence[int] | None, max_side: int
) -> Pair:
    names = f"expected{suffix}", f"got{suffix}"
    right, mine = unpack(expected), unpack(got)
    # A list of numbers is drawn as an array only beside an array: `[3, 4]` reads better as it is.
    if right is None or mine is None or not (is_array(expected) or is_array(got) or right.ndim == 0):
        return Pair(_alone(names[0], expected, max_side), _alone(names[1], got, max_side, other=expected))
    if right.shape != mine.shape:
        return Pair(
            draw(names[0], right if right.ndim else expected, max_side=max_side, shape_differs=True),
            draw(names[1], mine if mine.ndim else got, max_side=max_side, shape_differs=True),
        )
    wrong = _differing(mine, right)
    where: list[Index] = [tuple(int(i) for i in index) for index in np.argwhere(wrong)]
    first = tuple(first_difference or ())
    if first not in where:
        first = where[0] if where else ()
    marks: dict[Index, Mark] = {index: "first" if index == first else "differs" for index in where}
    digits = _digits(mine[wrong], right[wrong])
    scale = max(_largest(right), 1e-300)
    home = first if where else None
    right_value: Any = right if right.ndim else expected
    mine_value: Any = mine if mine.ndim else got
    return Pair(
        draw(names[0], right_value, marks=marks, first=home, digits=digits, max_side=max_side, largest=scale),
        draw(names[1], mine_value, marks=marks, first=home, digits=digits, max_side=max_side, largest=scale),
    )


def _parts(value: Any) -> dict[str, Any] | None:
    """The parts of a tuple that holds an array, or of a mapping, by name; None for anything else."""
    mapping = mapping_of(value)
    if mapping is not None:
        return dict(mapping)
    items = items_of(value)
    if items is None or not any(is_array(item) for item in items):
        return None
    return {f"part {number}": item for number, item in enumerate(items)}


def _alone(label: str, value: Any, max_side: int, other: Any = None) -> Drawing | None:
    if value is None:
        # No value where one was expected: the call raised, or never came back. The message says which.
        return Drawing(label, text="no value") if other is not None else None
    if isinstance(value, str) and _RAISED.fullmatch(value):
        return Drawing(label, text=visible(value, _TEXT_LIMIT))
    if is_array(value):
        return draw(label, value, max_side=max_side)
    return Drawing(label, text=literal(value))


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
        return Cell(number(value, digits), marks.get(index, ""), _level(value, scale))

    return Plane(
        where=str(list(leading)) if leading else "",
        columns=tuple("…" if column is None else str(column) for column in columns),
        rows=tuple(
            ("" if flat else "…" if row is None else str(row), tuple(cell(row, column) for column in columns))
            for row in rows
        ),
    )


def _crop(length: int, turn: int, most: int) -> list[int | None]:
    """The indices of one side that are shown, None for a gap, with `turn` among them."""
    if length <= most:
        return list(range(length))
    start = max(0, min(turn - most // 2, length - most))
    shown: list[int | None] = list(range(start, start + most))
    return ([None] if start else []) + shown + ([None] if start + most < length else [])


def _differing(mine: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where the two differ by the same bound as `compare.agree`; NaN and infinities always differ."""
    finite = right[np.isfinite(right)]
    bound = TOLERANCE * max(1.0, float(np.abs(finite).max(initial=0.0)))
    with np.errstate(invalid="ignore"):
        return ~(np.abs(mine - right) <= bound)


def _digits(mine: NDArray[np.float64], right: NDArray[np.float64]) -> int:
    """The fewest digits with which no differing pair looks equal."""
    for digits in (4, 7, 12):
        if all(
            number(float(a), digits) != number(float(b), digits) for a, b in zip(mine, right, strict=True)
        ):
            return digits
    return 17


def _largest(array: NDArray[np.float64]) -> float:
    finite = array[np.isfinite(array)]
    return float(np.abs(finite).max(initial=0.0))


def _level(value: float, scale: float) -> int:
    if not math.isfinite(value) or scale <= 0 or value == 0:
        return 0
    size = min(_LEVELS, math.ceil(_LEVELS * min(1.0, abs(value) / scale)))
    return size if value > 0 else -size

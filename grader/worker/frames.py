"""The frames of an exception that stand in the student's own code, as plain numbers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from types import CodeType, TracebackType
from typing import Any

#: Of endless recursion only so many are kept: the outermost and the innermost.
_OUTERMOST, _INNERMOST = 4, 6
_MOST_STEPS = 100_000


def frames_of(error: BaseException, own: Callable[[CodeType], bool]) -> list[list[Any]]:
    """[file, line, last line, column, end column] a frame, the outermost first; -1 for a column that is unknown."""
    steps: list[TracebackType] = []
    step, count = error.__traceback__, 0
    while step is not None and count < _MOST_STEPS:
        if own(step.tb_frame.f_code):
            steps.append(step)
        step, count = step.tb_next, count + 1
    if len(steps) > _OUTERMOST + _INNERMOST:
        steps = steps[:_OUTERMOST] + steps[-_INNERMOST:]
    return [_of(step) for step in steps]


def _of(step: TracebackType) -> list[Any]:
    code = step.tb_frame.f_code
    where = next(islice(code.co_positions(), step.tb_lasti // 2, None), (None,) * 4)
    line, end_line, column, end_column = where
    if line is None or line != step.tb_lineno:
        line, end_line, column, end_column = step.tb_lineno, step.tb_lineno, None, None
    return [
        code.co_filename,
        line or 0,
        end_line or line or 0,
        -1 if column is None else column,
        -1 if end_column is None else end_column,
    ]

"""What a test does with an object where it lives, and how a call is watched. Both ends use this file: what is done to a
student's object in the worker is done to the reference's in the grader's process.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import itertools
import operator
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

#: Characters that are kept of what a watched call prints.
_MOST_PRINTED = 100_000


def _call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _take(values: Any, most: int) -> list[Any]:
    return list(itertools.islice(values, most))


#: No exercise can have one of these names.
OPERATIONS: dict[str, Callable[..., Any]] = {
    ".call": _call,
    ".get": getattr,
    ".set": setattr,
    ".item": operator.getitem,
    ".put": operator.setitem,
    ".take": _take,
    ".next": next,
    ".len": len,
    ".str": str,
    ".bool": bool,
    ".in": operator.contains,
    ".neg": operator.neg,
    ".abs": abs,
    ".+": operator.add,
    ".-": operator.sub,
    ".*": operator.mul,
    "./": operator.truediv,
    ".//": operator.floordiv,
    ".%": operator.mod,
    ".**": operator.pow,
    ".@": operator.matmul,
    ".==": operator.eq,
    ".!=": operator.ne,
    ".<": operator.lt,
    ".<=": operator.le,
    ".>": operator.gt,
    ".>=": operator.ge,
}


def subject_of(args: Sequence[Any]) -> str:
    """The class of the object that an operation has to do with, or of which it is a method."""
    owner = args[0].__self__ if isinstance(args[0], types.MethodType) else args[0]
    return type(owner).__name__


def watched(
    function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], typed: Sequence[str]
) -> tuple[Any, list[Any], str]:
    """The result of a call, its arguments as they are afterwards, and what it printed. typed: lines for `input()`."""
    with _heard(typed) as printed:
        result = function(*args, **kwargs)
    return result, list(args), "".join(printed)


@contextlib.contextmanager
def _heard(typed: Sequence[str]) -> Iterator[list[str]]:
    """While the block runs, `input()` reads from `typed`, and what is printed is kept; a prompt is not printed."""
    lines = io.StringIO("".join(f"{line}\n" for line in typed))
    output = _Heard(sys.stdout)

    def asked(prompt: object = "") -> str:
        line = lines.readline()
        if not line:
            raise EOFError(f"input() is called more often than the {len(typed)} lines that are typed here")
        return line[:-1]

    before = builtins.input, sys.stdin, sys.stdout
    reading: Any = asked
    stream: Any = output
    builtins.input, sys.stdin, sys.stdout = reading, lines, stream
    try:
        yield output.kept
    finally:
        builtins.input, sys.stdin, sys.stdout = before


class _Heard:
    """Stands where sys.stdout stood, which gets everything as before."""

    def __init__(self, behind: Any) -> None:
        self._behind = behind
        self._left = _MOST_PRINTED
        self.kept: list[str] = []

    def write(self, text: str) -> int:
        kept = str(text)[: self._left]
        self._left -= len(kept)
        self.kept.append(kept)
        self._behind.write(text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)

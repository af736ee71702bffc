"""What a test can only hold: objects of classes, functions and generators that code gives back. And code kept quiet."""

from __future__ import annotations

import contextlib
import datetime
import io
import numbers
import sys
from collections import deque
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

_PLAIN = frozenset([type(None), bool, int, float, complex, str, bytes, np.ndarray])
_VALUES = (
    *(str, bytes, bytearray, memoryview, range, set, frozenset, deque, np.ndarray, np.generic),
    *(numbers.Number, datetime.date, datetime.time, datetime.timedelta, BaseException),
)
_CONVERTS = ("__index__", "__array__", "__float__", "__dataclass_fields__")


def living(value: Any, classes: Collection[type] = ()) -> bool:
    """Whether `value` is, or holds, something that can't be sent: only what it does can be looked at.

    classes: those that are exercises, whose objects are held whatever they could be converted to.
    """
    kind = type(value)
    if kind in _PLAIN:
        return False
    if kind in classes:
        return True
    if isinstance(value, list | tuple):
        return not _PLAIN.issuperset(map(type, value)) and any(living(item, classes) for item in value)
    if isinstance(value, dict):
        return living(list(value.values()), classes)
    if callable(value) or hasattr(kind, "__next__"):
        return True
    return not isinstance(value, _VALUES) and not any(hasattr(kind, name) for name in _CONVERTS)


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """While the block runs, what the course's own code prints is not seen, and nobody is there to answer `input()`."""
    before, sys.stdin = sys.stdin, io.StringIO()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        sys.stdin = before

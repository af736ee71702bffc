"""What takes the place of something that a chapter asked for and that is not there: it says so when it is used."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn


class Unavailable(Exception):
    """A function of another chapter was called that is not there."""


def placeholder(name: str, reason: str) -> Callable[..., Any]:
    """A function of another chapter that is not there."""

    def unavailable(*args: Any, **kwargs: Any) -> Any:
        raise Unavailable(f"needs {name}, but {reason}")

    unavailable.__name__ = name
    return unavailable


def found_later(chapter: str, name: str) -> Callable[..., Any]:
    """A function of a chapter that is still being loaded, because the two import each other: found when called."""

    def later(*args: Any, **kwargs: Any) -> Any:
        function = getattr(sys.modules[chapter], name)
        return function(*args, **kwargs)

    later.__name__ = name
    return later


class Refused:
    """Something that was imported and is not available here. Every use of it raises ImportError with the reason."""

    def __init__(self, reason: str) -> None:
        object.__setattr__(self, "_reason", reason)

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ImportError(object.__getattribute__(self, "_reason"))

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what inspects an object asks for these, and takes AttributeError for a no
            raise AttributeError(name)
        self._refuse()

    __call__ = __getitem__ = __iter__ = __setattr__ = __enter__ = _refuse
    __add__ = __radd__ = __sub__ = __mul__ = __rmul__ = __truediv__ = __matmul__ = _refuse
    __mro_entries__ = _refuse


class Quiet:
    """`get_ipython()` where there is no IPython: whatever is asked of it, nothing happens."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return nothing


def nothing(*args: Any, **kwargs: Any) -> None:
    """Takes everything, does nothing."""

"""An autograder for numerical Python exercises: student code never shares a process with the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.home import check as check

__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    # Only a notebook asks for `check`: nothing else should pay for it, nor get its import hook.
    if name == "check":
        from grader.home import check, install

        install()
        return check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

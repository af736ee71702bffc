"""An autograder for numerical Python exercises: student code never shares a process with the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.home import check as check
    from grader.home import example as example

__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    # Only a notebook asks for these: nothing else should pay for them, nor get their import hook.
    if name in ("check", "example"):
        from grader import home

        home.install()
        return getattr(home, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

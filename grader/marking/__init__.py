"""A local page on which people mark free text: one question across all students, by keyboard, several people at once.

In: a RESULTS folder and its course. Out: points and comments in the gradebook, one commit each. Needs the extra `mark`.
guard.py decides which requests are answered at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.doors import opened_late

if TYPE_CHECKING:
    from grader.marking.desk import Desk
    from grader.marking.server import serve

__all__ = ["Desk", "serve"]

# Late: the server alone needs the extra.
__getattr__ = opened_late(__name__, {"desk": "Desk", "server": "serve"})

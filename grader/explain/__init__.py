"""Why code stopped, in plain words: exceptions, syntax errors, and a static look. Nothing of a student's is run here.

In: what a worker said of it (not trusted), and the grader's own copy of the source. Out: a `Fault`: one sentence about
this code, and the lines, marked. A sentence that may be wrong is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.doors import opened_late

if TYPE_CHECKING:
    from grader.explain.look import look_at
    from grader.explain.raised import explain_raised
    from grader.explain.rules import Unread, uncalled, used, written_with
    from grader.explain.syntax import explain_syntax

__all__ = ["Unread", "explain_raised", "explain_syntax", "look_at", "uncalled", "used", "written_with"]

# Where all is right, nothing of it is needed.
__getattr__ = opened_late(
    __name__,
    {
        "look": "look_at",
        "raised": "explain_raised",
        "rules": "Unread uncalled used written_with",
        "syntax": "explain_syntax",
    },
)

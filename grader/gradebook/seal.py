"""A line that a student can show later, and that whoever has the course can verify without anything else.

Its end is an HMAC of the rest, keyed by the assignment's secret (FIPS 198-1).
"""

from __future__ import annotations

import hashlib
import hmac
import re

from grader.result import Result
from grader.text import visible

_SHOWN = 24
_SEAL = re.compile(r"^(.{1,900}) · seal ([0-9a-f]{24})$")


def receipt_line(result: Result, secret: bytes) -> str:
    """Who got how many points for which work, when, and the seal. '' where nothing was read that could be named."""
    if not (result.work_sha256 and secret):
        return ""
    facts = " · ".join(
        [
            visible(result.assignment, 100).replace("·", " "),
            visible(result.student, 300).replace("·", " "),
            f"{result.score:g} of {result.max_score:g} points",
            f"graded {result.run.finished[:19]}",
            f"work {result.work_sha256[:_SHOWN]}",
        ]
    )
    return f"{facts} · seal {_seal(facts, secret)}"


def is_genuine(line: str, secret: bytes) -> bool | None:
    """Whether a receipt's line was written with this secret; None for a text that is no such line."""
    found = _SEAL.match(line.strip())
    return hmac.compare_digest(_seal(found[1], secret), found[2]) if found else None


def _seal(facts: str, secret: bytes) -> str:
    return hmac.new(b"grader receipt 1 " + secret, facts.encode(), hashlib.sha256).hexdigest()[:_SHOWN]

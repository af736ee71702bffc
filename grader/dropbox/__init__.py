"""A drop-box on one machine: students hand in on a page, are graded within seconds, and read their page.

In: uploads over HTTP, from people who hold a token. Out: a RESULTS folder as `grader grade` writes it, and pages under
a login. Needs the extra `serve`. guard.py decides which requests are answered at all, uploads.py what is accepted,
grading.py what reaches the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.doors import opened_late

if TYPE_CHECKING:
    from grader.dropbox.box import Box
    from grader.dropbox.grading import Graders
    from grader.dropbox.people import INSTRUCTOR, Person
    from grader.dropbox.server import Place, serve
    from grader.dropbox.uploads import Room

__all__ = ["INSTRUCTOR", "Box", "Graders", "Person", "Place", "Room", "serve"]

# Late: the server alone needs the extra.
__getattr__ = opened_late(
    __name__,
    {
        "box": "Box",
        "grading": "Graders",
        "people": "INSTRUCTOR Person",
        "server": "Place serve",
        "uploads": "Room",
    },
)

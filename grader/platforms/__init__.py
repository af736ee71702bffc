"""Other people's systems that take the kit in: Gradescope here, nbgrader in a folder with a door of its own.

In: a course, or a submission as that system lays it out. Out: what that system wants to read.
"""

from __future__ import annotations

from grader.platforms.gradescope_package import gradescope_zip

__all__ = [
    "gradescope_zip",
]

"""Other people's systems that take the kit in. nbgrader has a folder with a door of its own.

In: a course, or a submission as that system lays it out. Out: what that system wants to read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.course import Course
from grader.platforms.container import container_zip
from grader.platforms.forges import github_zip, gitlab_zip
from grader.platforms.gradescope_package import gradescope_zip
from grader.platforms.prairielearn import prairielearn_zip


@dataclass(frozen=True)
class Package:
    """What `grader package --for` writes. then: what to do with it, as the end of a sentence."""

    zip: Callable[[Course, str], bytes]
    then: str


#: One line a system that runs the kit itself.
PACKAGES: Mapping[str, Package] = {
    "gradescope": Package(gradescope_zip, "upload it, and hand it to nobody"),
    "container": Package(
        container_zip, "unpack it, build the image, and keep that where no student can pull it"
    ),
    "github": Package(github_zip, "unpack it into a private repository that no student can read"),
    "gitlab": Package(gitlab_zip, "unpack it into a private project that no student can read"),
    "prairielearn": Package(
        prairielearn_zip,
        "image/ in it has none and may be public, questions/ belongs into your course's private repository",
    ),
}

__all__ = [
    "PACKAGES",
    "Package",
]

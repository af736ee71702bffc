"""A container that grades: the kit, one assignment of a course, and the text of the image's Dockerfile.

In: a course. Out: a zip to build the image from. The container's own command is `grader`.
"""

from __future__ import annotations

from grader.platforms.container.package import container_zip

__all__ = [
    "container_zip",
]

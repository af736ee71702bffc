"""A course → the folder from which a container's image is built, as a zip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.course import Course
from grader.platforms.packing import File, kit, python_version, requirements, zipped

_TEMPLATES = Path(__file__).parent / "templates"


def container_zip(course: Course, name: str) -> bytes:
    """Dockerfile, the script that it starts, requirements.txt, and under kit/ the package and the course."""
    return zipped(_files(course, name))


def _files(course: Course, name: str) -> Iterator[File]:
    text = (_TEMPLATES / "Dockerfile").read_text(encoding="utf-8")
    yield "Dockerfile", text.replace("@PYTHON@", python_version()).encode(), 0o644
    yield "start", (_TEMPLATES / "start").read_bytes(), 0o755
    yield "requirements.txt", requirements(course, name), 0o644
    yield from kit(course, name)

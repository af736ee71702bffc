"""A course → the files of its own private repository on GitHub or GitLab, as a zip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.course import Course
from grader.platforms.packing import File, kit, python_version, requirements, zipped

_TEMPLATES = Path(__file__).parent / "templates"
_STUDENTS = b"student,repository\n"
#: What a run makes: students' work and their results, which belong into no commit.
_IGNORED = b"work/\nstate/\n"

_GITHUB = {
    ".github/workflows/grade.yml": "github-grade.yml",
    "for-students/.github/workflows/autograding.yml": "github-practice.yml",
}
_GITLAB = {".gitlab-ci.yml": "gitlab-grade.yml", "for-students/practice.yml": "gitlab-practice.yml"}


def github_zip(course: Course, name: str) -> bytes:
    """The private repository that grades a class on GitHub."""
    return zipped(_files(course, name, _GITHUB))


def gitlab_zip(course: Course, name: str) -> bytes:
    """The private project that grades a class on GitLab."""
    return zipped(_files(course, name, _GITLAB))


def _files(course: Course, name: str, workflows: dict[str, str]) -> Iterator[File]:
    for file, template in workflows.items():
        text = (_TEMPLATES / template).read_text(encoding="utf-8")
        yield file, text.replace("@PYTHON@", python_version()).encode(), 0o644
    yield "run", (_TEMPLATES / "run").read_bytes(), 0o755
    yield ".gitignore", _IGNORED, 0o644
    yield "students.csv", _STUDENTS, 0o644
    yield "requirements.txt", requirements(course, name), 0o644
    yield from kit(course, name)

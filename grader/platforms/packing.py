"""What every package holds: the kit, one assignment of a course, and what has to be installed for them."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from grader.course import COURSE_FILE, Course
from grader.wall import installed_versions

#: What grading needs; numpy and Hypothesis decide the drawn inputs, so exactly these versions are installed.
_PINNED = ("numpy", "hypothesis")
_NEEDED = (
    "pytest>=8.2",
    "pydantic>=2.7",
    "pyyaml>=6",
    "typer>=0.12",
    "rich>=13.7",
    "jinja2>=3.1",
    "platformdirs>=4",
)
_CLUTTER = ("__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".hypothesis", ".grader", ".mypy_cache")

#: A file of a package: its path there, its bytes, its permissions.
File = tuple[str, bytes, int]


def zipped(files: Iterable[File]) -> bytes:
    """The files as a zip; the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, data, mode in files:
            entry = zipfile.ZipInfo(file, date_time=(2020, 1, 1, 0, 0, 0))
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return packed.getvalue()


def kit(course: Course, name: str, prefix: str = "kit") -> Iterator[File]:
    """The kit's own source, and of the course all that grading the assignment takes, secrets included."""
    yield from own_source(prefix)
    yield from secrets_of(course, name, prefix)


def own_source(prefix: str) -> Iterator[File]:
    """The kit's own source: nothing of any course."""
    for file, path in _tree(Path(__file__).parents[1], "grader"):
        yield f"{prefix}/{file}", path.read_bytes(), 0o644


def secrets_of(course: Course, name: str, prefix: str) -> Iterator[File]:
    """Of the course all that grading the assignment takes: hidden tests, reference, key and handout."""
    yield f"{prefix}/assignment.txt", f"{name}\n".encode(), 0o644
    yield f"{prefix}/{COURSE_FILE}", (course.root / COURSE_FILE).read_bytes(), 0o644
    for folder in (course.solutions(name), course.hidden_tests(name), course.root / "exercises" / name):
        if folder.is_dir():
            for file, path in _tree(folder, folder.relative_to(course.root).as_posix()):
                yield f"{prefix}/{file}", path.read_bytes(), 0o644


def requirements(course: Course, name: str) -> bytes:
    """The lines of requirements.txt."""
    lines = [*_pins(), *_own(course.assignments[name].imports), *_NEEDED, ""]
    return "\n".join(lines).encode()


def python_version() -> str:
    """The version that the inputs are drawn with here, as 3.12."""
    return f"3.{sys.version_info.minor}"


def _pins() -> Iterator[str]:
    for package in _PINNED:
        try:
            yield f"{package}=={version(package)}"
        except PackageNotFoundError:
            yield package


def _own(imports: Iterable[str]) -> Iterator[str]:
    """What the assignment allows, in the versions that are installed here."""
    for package, installed in installed_versions(imports).items():
        yield f"{package}=={installed}" if installed else package


def _tree(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and not set(inside.parts) & set(_CLUTTER):
            yield f"{prefix}/{inside.as_posix()}", path

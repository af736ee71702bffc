"""The kit and a course → the zip that Gradescope makes its autograder of.

It holds the hidden tests and the reference: upload it, hand it to nobody. In Gradescope's container the submitted code
runs behind the same wall as in `grader grade`; where there is none, nothing is graded and nobody gets a zero.
"""

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

SETUP = """\
#!/usr/bin/env bash
# Runs once, when Gradescope builds the image.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"

new_enough() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in PREFERRED python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null && new_enough "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

if ! python="$(find_python)"; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install -y PREFERRED PREFERRED-venv || apt-get install -y python3.11 python3.11-venv \\
        || apt-get install -y python3 python3-venv
    python="$(find_python)"
fi

"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install -q -r "$root/source/requirements.txt"

# Shown in the build's log. The wall is tried again before every grading, where it counts.
cd "$root/source/kit"
"$root/venv/bin/python" -m grader.cli doctor || echo "No wall while building; see above."

# Drawing the tests' inputs takes seconds; from here on they are there.
export GRADER_CACHE="$root/cache"
"$root/venv/bin/python" -c "from grader.platforms.gradescope import get_ready; get_ready()" \\
    || echo "Nothing kept; see above."
"""

RUN = """\
#!/usr/bin/env bash
# Runs once a submission. Whatever goes wrong is written to results.json without a score, and details to the log that
# only instructors see.
root="${AUTOGRADER_ROOT:-/autograder}"
python="${AUTOGRADER_PYTHON:-$root/venv/bin/python}"
export OPENBLAS_NUM_THREADS=1
export GRADER_CACHE="$root/cache"
cd "$root/source/kit" || exit 1
exec "$python" -m grader.platforms.gradescope "$root"
"""


def gradescope_zip(course: Course, name: str) -> bytes:
    """The autograder's zip: setup.sh, run_autograder, requirements.txt, and under kit/ the package and the course."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, data, mode in _files(course, name):
            # A fixed date: the same course packs to the same bytes.
            entry = zipfile.ZipInfo(file, date_time=(2020, 1, 1, 0, 0, 0))
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return packed.getvalue()


def _files(course: Course, name: str) -> Iterator[tuple[str, bytes, int]]:
    python = f"python3.{sys.version_info.minor}"
    yield "setup.sh", SETUP.replace("PREFERRED", python).encode(), 0o755
    yield "run_autograder", RUN.encode(), 0o755
    required = [*_pins(), *_own(course.assignments[name].imports), *_NEEDED, ""]
    yield "requirements.txt", "\n".join(required).encode(), 0o644
    yield "kit/assignment.txt", f"{name}\n".encode(), 0o644
    for file, path in _tree(Path(__file__).parents[1], "grader"):
        yield f"kit/{file}", path.read_bytes(), 0o644
    yield f"kit/{COURSE_FILE}", (course.root / COURSE_FILE).read_bytes(), 0o644
    for folder in (course.solutions(name), course.hidden_tests(name), course.root / "exercises" / name):
        if folder.is_dir():
            for file, path in _tree(folder, folder.relative_to(course.root).as_posix()):
                yield f"kit/{file}", path.read_bytes(), 0o644


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

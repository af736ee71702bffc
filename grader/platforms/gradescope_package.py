"""The kit and a course → the zip that Gradescope makes its autograder of.

It holds the hidden tests and the reference: upload it, hand it to nobody. In Gradescope's container the submitted code
runs behind the same wall as in `grader grade`; where there is none, nothing is graded and nobody gets a zero.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.course import Course
from grader.platforms.packing import File, kit, python_version, requirements, zipped

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
"$root/venv/bin/python" -c "from grader.platforms.one import get_ready; get_ready()" \\
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
    return zipped(_files(course, name))


def _files(course: Course, name: str) -> Iterator[File]:
    yield "setup.sh", SETUP.replace("PREFERRED", f"python{python_version()}").encode(), 0o755
    yield "run_autograder", RUN.encode(), 0o755
    yield "requirements.txt", requirements(course, name), 0o644
    yield from kit(course, name)

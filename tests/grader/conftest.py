"""A tiny course of two chapters, made in a temporary folder: quick, and independent of the real lesson.

Alpha holds `double` (3 points) and `total` (2), beta `scaled` (4, needs `double`) and `clip` (1): ten in all.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.course.models import Assignment, Course, load_course
from grader.grading.grader import Grader
from grader.intake import Source, Submission
from grader.result import Result
from grader.wall.launcher import can_fork_workers

# Any number of courses are collected in one process; importlib mode remembers modules by name, so each course's
# test files get names of their own.
_NUMBER = itertools.count()

COURSE = """\
schema: 1
title: A tiny course
assignments:
  tiny:
    title: Two small chapters
    limits:
      call: {cpu: 0.4, wall: 2}
      exercise: {cpu: 3, wall: 12}
      submission: {cpu: 10, wall: 30}
      memory_mb: 512
      output_kb: 4
      submission_mb: 1
    chapters:
      - name: alpha
        title: Alpha
        minutes: 10
        exercises:
          - {name: double, points: 3}
          - {name: total, points: 2}
      - name: beta
        title: Beta
        minutes: 5
        exercises:
          - {name: scaled, points: 4, needs: [double]}
          - {name: clip, points: 1}
"""

ALPHA = '''\
# %% [markdown]
# # Alpha
# Two functions.

# %%
import numpy as np

# %%
def double(x):
    """Return 2 * x."""
    ### BEGIN SOLUTION
    return 2 * np.asarray(x, dtype=float)
    ### END SOLUTION

# %% [markdown] tags=["hints"] exercise="double"
# **Nudge.** Twice as much.
#
# **Formula.** y = 2 x
#
# **Worked example.** 3 becomes 6.

# %%
def total(x):
    """Return the sum of x as an int; ValueError if x is empty."""
    ### BEGIN SOLUTION
    if len(x) == 0:
        raise ValueError("x is empty")
    return int(sum(x))
    ### END SOLUTION

# %% [markdown] tags=["hints"] exercise="total"
# **Nudge.** Add them.
#
# **Formula.** x[0] + x[1] + ...
#
# **Worked example.** 1, 2 and 3 give 6.
'''

BETA = '''\
# %% [markdown]
# # Beta

# %%
import numpy as np
from alpha import double

# %%
### BEGIN SOLUTION
def _helper(x):
    return double(x)
### END SOLUTION

# %%
def scaled(x, factor=4):
    """Return factor * x; factor is even."""
    ### BEGIN SOLUTION
    return _helper(x) * (factor // 2)
    ### END SOLUTION

# %% [markdown] tags=["hints"] exercise="scaled"
# **Nudge.** Use double.
#
# **Formula.** y = 2 x (factor / 2)
#
# **Worked example.** 1 by 4 becomes 4.

# %%
def clip(x):
    """Return x with negative values replaced by 0."""
    ### BEGIN SOLUTION
    return np.maximum(x, 0)
    ### END SOLUTION

# %% [markdown] tags=["hints"] exercise="clip"
# **Nudge.** Negative values become 0.
#
# **Formula.** max(x, 0)
#
# **Worked example.** -1, 2 become 0, 2.
'''

HIDDEN_ALPHA = '''\
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.testing.compare import agree, agree_integer, must_raise

numbers = st.lists(st.integers(-5, 5), min_size=1, max_size=4).map(lambda v: np.array(v, dtype=float))


@pytest.mark.exercise("double", points=1)
@given(x=numbers)
@example(x=np.array([3.0, -1.0]))
def test_doubles_anything(student, reference, x):
    """Any numbers are doubled"""
    agree(student.double(x), reference.double(x))


@pytest.mark.exercise("double", points=1)
def test_doubles_nothing(student, reference):
    """An empty array stays empty"""
    agree(student.double(np.zeros(0)), reference.double(np.zeros(0)))


@pytest.mark.exercise("double", points=1)
@pytest.mark.parametrize("shape", [(2, 3)])
def test_keeps_the_shape(student, reference, shape):
    """A matrix stays a matrix"""
    x = np.arange(6.0).reshape(shape)
    agree(student.double(x), reference.double(x))


@pytest.mark.exercise("total", points=1.5)
@given(x=st.lists(st.integers(-9, 9), min_size=1, max_size=5))
def test_sums(student, reference, x):
    """Any list is summed"""
    agree_integer(student.total(x), reference.total(x))


@pytest.mark.exercise("total", points=0.5)
def test_sum_of_nothing(student):
    """An empty list is refused"""
    must_raise(ValueError, student.total, [])
    agree_integer(student.total([1]), 1)
'''

HIDDEN_BETA = '''\
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.testing.compare import agree


@pytest.mark.exercise("scaled", points=3)
@given(x=st.integers(-5, 5), factor=st.sampled_from([2, 4, 6]))
def test_scales(student, reference, x, factor):
    """Any even factor"""
    agree(student.scaled(np.array([float(x)]), factor=factor), reference.scaled(np.array([float(x)]), factor))


@pytest.mark.exercise("scaled", points=1)
def test_default_factor(student):
    """The default factor is 4"""
    agree(student.scaled(np.ones(2)), [4.0, 4.0])


@pytest.mark.exercise("clip", points=1)
def test_clips(student):
    """Negative values become 0"""
    agree(student.clip(np.array([-1.0, 2.0])), [0.0, 2.0])
'''

CHECKS_ALPHA = '''\
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.testing.compare import agree, agree_integer


@pytest.mark.exercise("double")
def test_three(student):
    """double of 3 is 6"""
    agree(student.double(3.0), 6.0)


@pytest.mark.exercise("double")
@settings(max_examples=5, deadline=None, database=None)
@given(n=st.integers(0, 9))
def test_twice(student, n):
    """double adds a number to itself"""
    agree(student.double(float(n)), n + n)


@pytest.mark.exercise("total")
def test_one_two_three(student):
    """1 + 2 + 3 is 6"""
    agree_integer(student.total([1, 2, 3]), 6)
'''

CHECKS_BETA = '''\
import numpy as np
import pytest

from grader.testing.compare import agree


@pytest.mark.exercise("scaled")
def test_by_four(student):
    """1 by 4 is 4"""
    agree(student.scaled(np.ones(1)), [4.0])


@pytest.mark.exercise("clip")
def test_clip(student):
    """-1 becomes 0"""
    agree(student.clip(np.array([-1.0, 2.0])), [0.0, 2.0])
'''

CHECKS_CONFTEST = '"""Nothing to set up."""\n'

GOOD = {
    "alpha": "import numpy as np\n"
    "def double(x):\n    return np.asarray(x) + np.asarray(x)\n"
    "def total(x):\n    if not len(x):\n        raise ValueError('nothing to add')\n    return sum(x)\n",
    "beta": "import numpy as np\nfrom alpha import double\n"
    "def scaled(x, factor=4):\n    return double(x) * factor / 2\n"
    "def clip(x):\n    return np.where(x < 0, 0, x)\n",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow tests run only where `-m` is given: the rest is quick enough to run on every save."""
    if config.option.markexpr:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


def write_tree(root: Path, files: Mapping[str, str]) -> Path:
    """Write `files` (relative path → text, dedented) below `root`."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return root


@dataclass(frozen=True)
class TinyCourse:
    """A course on disk. `submit` and `grade` speak of sources by chapter name."""

    root: Path
    good: Mapping[str, str]

    @property
    def course(self) -> Course:
        return load_course(self.root / "course.yaml")

    @property
    def assignment(self) -> Assignment:
        return self.course.assignment("tiny")[1]

    @property
    def exercises(self) -> Path:
        return self.root / "exercises" / "tiny"

    @property
    def hidden(self) -> Path:
        return self.root / "tests" / "hidden" / "tiny"

    @property
    def solutions(self) -> Path:
        return self.root / "solutions" / "tiny"


def submission(sources: Mapping[str, str], *, student: str = "ada", **more: Any) -> Submission:
    """A Submission of `.py` chapters, as intake makes it."""
    return Submission(
        student=student,
        sources={
            name: Source(name, f"{name}.py", "py", (textwrap.dedent(text),)) for name, text in sources.items()
        },
        answers=None,
        notebook_answers={},
        problems=tuple(more.get("problems", ())),
        ignored=(),
        readable=more.get("readable", True),
        sha256="0" * 64,
        examples=more.get("examples"),
    )


def wait_until(condition: Callable[[], Any], what: str, *, seconds: float = 30) -> Any:
    """What `condition` returns as soon as it is true. Fails, naming `what`, after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.005)
    raise AssertionError(f"waited {seconds:g} s in vain: {what}")


@pytest.fixture(scope="session")
def make_course(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., TinyCourse]:
    """make_course(files, course=text) → a TinyCourse; `files` replace or add to its own, None removes one."""

    def make(files: Mapping[str, str | None] | None = None, *, course: str = COURSE) -> TinyCourse:
        root = tmp_path_factory.mktemp("course")
        number = next(_NUMBER)
        own: dict[str, str | None] = {
            "course.yaml": course,
            "solutions/tiny/alpha.py": ALPHA,
            "solutions/tiny/beta.py": BETA,
            "solutions/tiny/checks/conftest.py": CHECKS_CONFTEST,
            "solutions/tiny/checks/test_alpha.py": CHECKS_ALPHA,
            "solutions/tiny/checks/test_beta.py": CHECKS_BETA,
            "tests/hidden/tiny/seed.txt": "a secret line\n",
            "tests/hidden/tiny/test_alpha.py": HIDDEN_ALPHA,
            "tests/hidden/tiny/test_beta.py": HIDDEN_BETA,
            **(files or {}),
        }
        kept = {name: text for name, text in own.items() if text is not None}
        renamed = {
            name.replace("/test_", f"/test_{number}_") if name.startswith("tests/hidden/") else name: text
            for name, text in kept.items()
        }
        write_tree(root, renamed)
        return TinyCourse(root, GOOD)

    return make


@pytest.fixture(scope="session")
def tiny(make_course: Callable[..., TinyCourse]) -> TinyCourse:
    """The tiny course as it is. Not to be changed."""
    return make_course()


@pytest.fixture(scope="module")
def grader(tiny: TinyCourse) -> Iterator[Grader]:
    """A Grader of the tiny course with a warm launcher: confined on Linux."""
    with Grader(tiny.course, "tiny", confined=can_fork_workers()) as made:
        yield made


@pytest.fixture
def grade(grader: Grader) -> Callable[..., Result]:
    """grade(alpha=..., beta=...) → Result; a chapter not given is the good one, None leaves it out."""

    def run(**sources: str | None) -> Result:
        wanted = {name: text for name, text in {**GOOD, **sources}.items() if text is not None}
        return grader.grade(submission(wanted))

    return run


@dataclass(frozen=True)
class Ran:
    """A finished command."""

    code: int
    out: str
    err: str


def command(*arguments: object) -> list[str]:
    """`grader ARGUMENTS` with this Python."""
    return [sys.executable, "-m", "grader.cli", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    """This environment without what would change how output looks."""
    unwanted = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "PYTEST_CURRENT_TEST")
    return {name: value for name, value in os.environ.items() if name not in unwanted} | more


@pytest.fixture(scope="session")
def submit() -> Callable[..., Submission]:
    """submit({"alpha": text}) → a Submission."""
    return submission


@pytest.fixture(scope="session")
def grade_command() -> Callable[..., list[str]]:
    """The words that run `grader ARGUMENTS`."""
    return command


@pytest.fixture(scope="session")
def surroundings() -> dict[str, str]:
    """The environment in which `cli` runs."""
    return environment()


@pytest.fixture(scope="session")
def wait_for() -> Callable[..., Any]:
    """wait_for(condition, what) returns as soon as the condition holds."""
    return wait_until


@pytest.fixture
def cli(tmp_path: Path) -> Callable[..., Ran]:
    """cli("grade", ..., cwd=..., env={...}) → Ran: the real command in a process of its own."""

    def run(
        *arguments: object,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        seconds: float = 90,
    ) -> Ran:
        done = subprocess.run(
            command(*arguments),
            cwd=cwd or tmp_path,
            env=environment(**(env or {})),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """started(...) → a running command of a session of its own, killed at the end of the test whatever happens."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: object, cwd: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command(*arguments),
            cwd=cwd,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def write_class() -> Callable[..., Path]:
    """write_class(folder, ada={"alpha": text}, ...) → the folder, one entry a student."""

    def write(folder: Path, **students: Mapping[str, str]) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for student, sources in students.items():
            write_tree(folder / student, {f"{name}.py": text for name, text in sources.items()})
        return folder

    return write

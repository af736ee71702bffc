"""A scheduler and workers started with Dask's own commands, each in a folder of its own; and a small course."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from grader.course.models import Course, load_course
from grader.wall.launcher import can_fork_workers

from .started import Cluster

needs_dask = pytest.mark.skipif(
    find_spec("distributed") is None or not can_fork_workers(),
    reason="needs Linux and Dask: pip install 'cnn-grader[cluster]'",
)

COURSE = """\
schema: 1
title: A course for a cluster
assignments:
  small:
    title: One chapter
    limits:
      call: {cpu: 0.4, wall: 20}
      exercise: {cpu: 1.5, wall: 60}
      submission: {cpu: 10, wall: 120}
      memory_mb: 512
    chapters:
      - name: alpha
        title: Alpha
        minutes: 10
        exercises:
          - {name: double, points: 3}
          - {name: total, points: 2}
"""

ALPHA = '''\
import numpy as np


def double(x):
    """Twice as much."""
    return 2 * np.asarray(x, dtype=float)


def total(x):
    """The sum."""
    return float(np.sum(x))
'''

HIDDEN = '''\
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.testing.compare import agree


@pytest.mark.exercise("double", points=3)
@given(x=st.lists(st.integers(-5, 5), min_size=1, max_size=4))
def test_doubles(student, reference, x):
    """Any numbers are doubled"""
    agree(student.double(np.array(x, dtype=float)), reference.double(x))


@pytest.mark.exercise("total", points=2)
def test_sums(student):
    """Numbers are added"""
    got = student.total(np.ones(3))
    if got == -666:  # a grader that crashes, on one submission
        os.kill(os.getpid(), signal.SIGKILL)
    agree(got, 3.0)
'''

SECRET = "a secret line that belongs to this course alone\n"

GOOD = "def double(x):\n    return x + x\ndef total(x):\n    return sum(x)\n"
KINDS = (
    GOOD,
    "def double(x):\n    return x\ndef total(x):\n    return sum(x)\n",
    "def double(x):\n    return x + x\n",
    "def double(x:\n",
    "def double(x):\n    while True: pass\ndef total(x):\n    return 3\n",
)
SLOW = "import time\ntime.sleep(0.1)\n" + GOOD
FATAL = "def double(x):\n    return x + x\ndef total(x):\n    return -666\n"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here that starts a cluster needs one to be installed."""
    for item in items:
        item.add_marker(needs_dask)


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The small course. Not to be changed."""
    root = tmp_path_factory.mktemp("course")
    files = {
        "course.yaml": COURSE,
        "solutions/small/alpha.py": ALPHA,
        "tests/hidden/small/seed.txt": SECRET,
        "tests/hidden/small/test_cluster_alpha.py": HIDDEN,
        "exercises/small/alpha.py": "def double(x):\n    raise NotImplementedError\n",
        "exercises/small/data/numbers.csv": "1,2\n",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return load_course(root / "course.yaml")


@pytest.fixture(scope="session")
def write_class() -> Callable[..., Path]:
    """write_class(folder, {"ada": text of alpha.py}) → the folder."""

    def write(folder: Path, students: Mapping[str, str]) -> Path:
        for student, text in students.items():
            (folder / student).mkdir(parents=True)
            (folder / student / "alpha.py").write_text(textwrap.dedent(text))
        return folder

    return write


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers, for tests that leave them as they are."""
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        made.start_scheduler()
        made.start_worker("one")
        made.start_worker("two")
        made.wait_for("one", "two")
        yield made
    finally:
        made.stop()


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler, for tests that break things; they start the workers."""
    made = Cluster(tmp_path / "cluster")
    made.root.mkdir()
    try:
        made.start_scheduler()
        yield made
    finally:
        made.stop()

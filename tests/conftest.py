"""What all the tests share: a cache folder of their own, so that none reads or fills the user's."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

# The suite keeps every core busy by itself; more threads, for arrays as small as these, only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# It starts hundreds of processes: each would compile the package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

FOLDER_VARIABLE = "GRADER_CACHE"
_MADE = pytest.StashKey[str]()
#: The longest files come first, so that no process works on one of them while the others have nothing left to do.
#: test_dropin.py leads: it draws the lesson's inputs and makes the nbgrader course, for which others would wait.
LONGEST = (
    "grader/platforms/nbgrader/test_dropin.py",
    "grader/home/test_terminals.py",
    "grader/batch/test_batch.py",
    "grader/wall/test_scripts.py",
    "grader/home/test_watch.py",
    "grader/batch/test_sample_class.py",
    "grader/diagnosis/test_diagnosis.py",
    "grader/commands/test_readme.py",
    "grader/authoring/test_validate.py",
    "grader/batch/cluster/test_cluster.py",
    "grader/lesson/test_lesson.py",
    "grader/diagnosis/test_written_otherwise.py",
    "grader/authoring/test_student_zip.py",
    "grader/authoring/test_notebooks.py",
    "grader/commands/test_cli.py",
    "grader/platforms/nbgrader/test_course.py",
    "grader/lesson/test_capstone.py",
    "grader/testing/test_input_cache.py",
)


def pytest_configure(config: pytest.Config) -> None:
    # The processes of pytest-xdist inherit it: what one has drawn, the others need not.
    if FOLDER_VARIABLE not in os.environ:
        config.stash[_MADE] = os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="grader-cache-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(_MADE, None):
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop(FOLDER_VARIABLE, None)


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("sampled"):
            indices: dict[str, int] = getattr(item, "callspec").indices  # noqa: B009 - of parametrized tests only
            if any(index % 5 for index in indices.values()):
                item.add_marker(pytest.mark.slow)
    order = {str(Path(__file__).parent / name): number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(str(item.path), len(order)))


@pytest.hookimpl(optionalhook=True)  # the grader collects hidden tests without pytest-xdist
def pytest_xdist_auto_num_workers() -> int:
    """One process more than cores: a good part of the suite waits (for deadlines, browsers, killed processes)."""
    return (os.cpu_count() or 1) + 1

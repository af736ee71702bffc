"""What all the tests share: a cache folder of their own, so that none reads or fills the user's."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

FOLDER_VARIABLE = "GRADER_CACHE"
_MADE = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    # The processes of pytest-xdist inherit it: what one has drawn, the others need not.
    if FOLDER_VARIABLE not in os.environ:
        config.stash[_MADE] = os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="grader-cache-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(_MADE, None):
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop(FOLDER_VARIABLE, None)


@pytest.hookimpl(optionalhook=True)  # the grader collects hidden tests without pytest-xdist
def pytest_xdist_auto_num_workers() -> int:
    """One process more than cores: a good part of the suite waits (for deadlines, browsers, killed processes)."""
    return (os.cpu_count() or 1) + 1

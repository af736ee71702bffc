"""Lets plain pytest run the hidden tests on the submission in SUBMISSION, and writes its points to POINTS_FILE."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import harness
import pytest

#: No test may take longer: there are endless loops in a class.
SECONDS = 4.0

harness.use_settings(explain=os.environ.get("WITH_EXPLAIN") == "1")


@pytest.fixture(scope="session")
def reference() -> SimpleNamespace:
    return harness.reference()


@pytest.fixture(scope="session")
def student() -> SimpleNamespace:
    return harness.submitted(Path(os.environ["SUBMISSION"]))


@pytest.fixture(autouse=True)
def _limit() -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "exercise(name, points=0): what a test belongs to, and is worth")
    config.stash[_PASSED] = set()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        mark = item.get_closest_marker("exercise")
        if mark and isinstance(item, pytest.Function):
            harness.limit(item.obj, mark.kwargs.get("examples"))


_PASSED = pytest.StashKey[set[str]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call" and report.passed:
        item.config.stash[_PASSED].add(item.nodeid)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    total = 0.0
    for item in session.items:
        mark = item.get_closest_marker("exercise")
        if mark and item.nodeid in session.config.stash[_PASSED]:
            total += mark.kwargs["points"]
    Path(os.environ["POINTS_FILE"]).write_text(json.dumps(total))

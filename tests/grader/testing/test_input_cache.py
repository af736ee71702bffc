"""Drawn inputs are kept from run to run, come back exactly, and are nobody else's business."""

from __future__ import annotations

import contextlib
import dataclasses
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from grader import files
from grader.grading import grader as grader_file
from grader.grading.grader import Grader
from grader.result import without_times
from grader.testing.hidden import HiddenTest
from grader.testing.input_cache import _alone, cache_folder
from grader.testing.kept_inputs import KeptInputs
from grader.wall.launcher import can_fork_workers

from ..conftest import GOOD, submission

STRATEGIES = """\
from dataclasses import dataclass
import numpy as np
from hypothesis import strategies as st

@dataclass(frozen=True)
class Row:
    x: np.ndarray
    sides: tuple

rows = st.builds(Row, st.integers(0, 9).map(lambda n: np.full((2, n), -0.0)), st.tuples(st.integers(), st.text()))
"""
OF_ROWS = '''\
import pytest
from hypothesis import given
from hypothesis import strategies as st
from grader.testing.compare import agree
from .strategies import rows

@pytest.mark.exercise("clip", points=1)
@given(row=rows, more=MORE)
def test_rows(student, reference, row, more):
    """Any row"""
    assert type(row.sides) is tuple
    agree(student.clip(row.x), reference.clip(row.x))
'''


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("GRADER_CACHE", str(folder))
    return folder


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The property tests whose inputs were drawn, one after the other."""
    found: list[str] = []
    draw = HiddenTest.draw

    def noted(test: HiddenTest, *args: Any, **kwargs: Any) -> None:
        if test.is_property:
            found.append(test.function.__name__)
        draw(test, *args, **kwargs)

    monkeypatch.setattr(HiddenTest, "draw", noted)
    return found


def inputs_of(course: Any) -> dict[str, list[dict[str, Any]]]:
    with Grader(course, "tiny", confined=False) as grader:
        return {test.function.__name__: test.inputs for test in grader.tests}


def with_rows(make_course: Callable[..., Any], more: str = "st.integers()") -> Any:
    course = make_course(
        {
            "tests/hidden/tiny/__init__.py": "",
            "tests/hidden/tiny/strategies.py": STRATEGIES,
            "tests/hidden/tiny/test_rows.py": OF_ROWS.replace("MORE", more),
        }
    )
    (page,) = course.hidden.glob("test_*_beta.py")
    page.write_text(page.read_text().replace('"clip", points=1', '"clip", points=0'))
    return course


def test_the_second_run_draws_nothing_and_has_the_same_inputs(
    make_course: Callable[..., Any], cache: Path, drawn: list[str]
) -> None:
    course = make_course().course
    first = inputs_of(course)
    assert len(drawn) == 3
    assert repr(inputs_of(course)) == repr(first)
    assert len(drawn) == 3


def test_objects_of_the_tests_own_classes_come_back_as_such(
    make_course: Callable[..., Any], cache: Path, drawn: list[str]
) -> None:
    course = with_rows(make_course).course
    first = inputs_of(course)["test_rows"]
    count = len(drawn)
    again = inputs_of(course)["test_rows"]
    assert len(drawn) == count
    assert repr(again) == repr(first)
    row = again[0]["row"]
    assert row.x.dtype == first[0]["row"].x.dtype
    assert type(row).__module__.endswith("strategies")


def test_where_pytest_was_started_makes_no_difference(tmp_path: Path) -> None:
    """A test's file has another full name there, and so has a class in it."""
    draws: list[str] = []

    def filled(package: str) -> Any:
        module = ModuleType(f"{package}strategies")
        module.Row = dataclasses.make_dataclass("Row", ["x"])  # type: ignore[attr-defined]
        module.Row.__module__ = module.__name__

        def draw(*_: Any, **__: Any) -> None:
            draws.append(package)
            test.inputs, test.pool = [{"row": module.Row(3)}], []

        test: Any = SimpleNamespace(
            id="one", is_property=True, modules=[module], inputs=[], pool=[], draw=draw
        )
        kept = KeptInputs(tmp_path / "inputs-1.bin", b"-" * 32, seed=1, examples=1, pool=True)
        kept.fill(test)
        kept.keep()
        assert type(test.inputs[0]["row"]) is module.Row
        return test.inputs[0]["row"].x

    assert [filled("cnn."), filled("hidden.cnn."), filled("")] == [3, 3, 3]
    assert draws == ["cnn."]


def test_what_would_not_come_back_is_drawn_every_time(
    make_course: Callable[..., Any], cache: Path, drawn: list[str]
) -> None:
    course = with_rows(make_course, more="st.frozensets(st.integers())").course
    first = inputs_of(course)
    assert repr(inputs_of(course)) == repr(first)
    assert drawn.count("test_rows") == 2
    assert drawn.count("test_sums") == 1


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders whose tests were collected with pytest for grading, one after the other."""
    found: list[Path] = []
    collect = grader_file.collect

    def noted(folder: Path, *args: Any) -> list[HiddenTest]:
        found.append(folder)
        return collect(folder, *args)

    monkeypatch.setattr(grader_file, "collect", noted)
    return found


CONFTEST = "import sys\nfrom hypothesis import settings\nsettings.register_profile('x', max_examples=3)\nsys.seen = 1\n"


def test_the_second_run_collects_nothing_and_has_the_same_tests(
    make_course: Callable[..., Any], cache: Path, collected: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = with_rows(make_course)
    (made.hidden / "conftest.py").write_text(CONFTEST)
    monkeypatch.setattr(sys, "seen", 0, raising=False)

    def tests() -> list[Any]:
        with Grader(made.course, "tiny", confined=False) as grader:
            return [
                (t.id, t.exercise, t.title, t.points, t.parameters, t.inputs, t.pool) for t in grader.tests
            ]

    first = tests()
    left = set(made.hidden.rglob("*"))
    assert len(collected) == 1
    sys.seen = 0  # type: ignore[attr-defined]
    real = {name: sys.modules.get(name) for name in ("pytest", "hypothesis", "hypothesis.strategies")}
    assert repr(tests()) == repr(first)
    assert len(collected) == 1
    assert set(made.hidden.rglob("*")) == left  # no bytecode in the author's folder
    assert sys.seen == 1  # type: ignore[attr-defined]  # what a conftest does is done every time
    assert {name: sys.modules.get(name) for name in real} == real
    assert not [n for n, m in sys.modules.items() if str(made.hidden) in (getattr(m, "__file__", "") or "")]


def test_tests_collected_before_give_the_same_result(
    make_course: Callable[..., Any], cache: Path, collected: list[Path]
) -> None:
    course = make_course().course
    wrong = GOOD | {"alpha": GOOD["alpha"].replace("np.asarray(x) + np.asarray(x)", "2 * np.abs(x)")}
    assert wrong != GOOD

    def result() -> dict[str, Any]:
        with Grader(course, "tiny", confined=can_fork_workers()) as grader:
            return without_times(grader.grade(submission(wrong)))

    first = result()
    assert result() == first
    assert len(collected) == 1
    double = first["exercises"][0]
    assert double["status"] == "partly"
    assert double["behaviour"]  # the calls for that are drawn, from tests that were collected for it


@pytest.mark.parametrize("change", ["page", "note", "inputs"])
def test_what_is_not_as_it_was_is_collected_again(
    change: str, make_course: Callable[..., Any], cache: Path, collected: list[Path]
) -> None:
    made = make_course()
    first = inputs_of(made.course)
    (note,) = cache.glob("tests-*.json")
    if change == "page":
        (page,) = made.hidden.glob("test_*_alpha.py")
        page.write_text(page.read_text() + "\n")
    elif change == "note":
        note.write_text(note.read_text().replace('"tests": [[', '"tests": [["", "", '))
    else:
        next(cache.glob("*.bin")).unlink()
    assert repr(inputs_of(made.course)) == repr(first)
    assert len(collected) == 2
    assert repr(inputs_of(made.course)) == repr(first)
    assert len(collected) == 2


def test_a_chapter_that_was_opened_since_has_its_tests(
    make_course: Callable[..., Any], cache: Path, collected: list[Path]
) -> None:
    course = make_course().course
    whole = course.assignments["tiny"]
    first = [c.model_copy(update={"available": c.name == "alpha"}) for c in whole.chapters]
    early = whole.model_copy(update={"chapters": tuple(first)})
    for assignment in (early, whole, early, early):
        now = course.model_copy(update={"assignments": {"tiny": assignment}})
        with Grader(now, "tiny", confined=False) as grader:
            assert {test.exercise for test in grader.tests} == set(assignment.chapter_of())
    assert len(collected) == 3


def test_another_seed_has_other_inputs(make_course: Callable[..., Any], cache: Path) -> None:
    course = make_course()
    first = inputs_of(course.course)
    (course.hidden / "seed.txt").write_text("another secret")
    assert repr(inputs_of(course.course)) != repr(first)
    assert len(list(cache.glob("*.bin"))) == 2


@pytest.mark.parametrize(
    "spoiled", [b"", "tail", *(pytest.param(x, marks=pytest.mark.slow) for x in (b"\0" * 64, "head"))]
)
def test_a_spoiled_file_means_drawing_again(
    spoiled: bytes | str, make_course: Callable[..., Any], cache: Path
) -> None:
    course = make_course().course
    first = inputs_of(course)
    (file,) = cache.glob("*.bin")
    whole = file.read_bytes()
    parts = {"head": whole[: len(whole) // 2], "tail": whole[:32] + b"\xff" * 99}
    file.write_bytes(parts[spoiled] if isinstance(spoiled, str) else spoiled)
    assert repr(inputs_of(course)) == repr(first)
    assert file.read_bytes() == whole


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_nobody_else_can_read_it(make_course: Callable[..., Any], cache: Path) -> None:
    inputs_of(make_course().course)
    files = [*cache.glob("inputs-*.bin"), *cache.glob("tests-*.json")]
    assert len(files) == 2
    assert [file.stat().st_mode & 0o077 for file in (cache, *files)] == [0, 0, 0]


@pytest.mark.skipif(not can_fork_workers(), reason="there is no wall on this system")
def test_no_worker_can_read_it(make_course: Callable[..., Any], cache: Path) -> None:
    course = make_course().course
    with Grader(course, "tiny") as grader:
        (file,) = cache.glob("*.bin")
        spying = GOOD | {
            "alpha": GOOD["alpha"].replace(
                "    return np.asarray(x) + np.asarray(x)",
                f"    open({str(file)!r}, 'rb').read()\n    return np.asarray(x) + np.asarray(x)",
            )
        }
        double = grader.grade(submission(spying)).exercises[0]
    assert double.name == "double"
    assert double.score == 0
    assert any(word in double.tests[0].message for word in ("Permission", "No such file", "not allowed"))


@pytest.mark.slow
def test_old_files_are_forgotten(
    make_course: Callable[..., Any], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "FILES_KEPT", 4)
    course = make_course()
    for number in range(6):
        (course.hidden / "seed.txt").write_text(f"secret {number}")
        inputs_of(course.course)
    assert len(list(cache.glob("*.bin"))) == 4


@pytest.mark.slow
def test_what_is_in_use_is_not_forgotten(
    make_course: Callable[..., Any], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "FILES_KEPT", 3)
    course = make_course()
    inputs_of(course.course)
    (file,) = cache.glob("*.bin")
    secret = (course.hidden / "seed.txt").read_text()
    for number in range(4):
        # the oldest of all, were it not for its use
        os.utime(file, ns=(number, 1_700_000_000_123_456_789))
        (course.hidden / "seed.txt").write_text(secret)
        inputs_of(course.course)
        (course.hidden / "seed.txt").write_text(f"secret {number}")
        inputs_of(course.course)
    assert file.exists()
    assert file.stat().st_mtime_ns == 1_700_000_000_123_456_789, "it was read and not written"


def test_who_draws_for_another_course_keeps_nobody_waiting(cache: Path) -> None:
    mine, others = bytes([1] * 32), bytes([2] * 32)
    with _drawing(cache, others, stays=True):
        assert _finishes(cache, mine)
        assert not _finishes(cache, others)
    assert _finishes(cache, others), "nobody draws any more"


@contextlib.contextmanager
def _drawing(cache: Path, key: bytes, *, stays: bool) -> Iterator[BaseProcess]:
    """Another process that draws for `key`, or waits until it may."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_draw, args=(cache, key, there, stays))
    process.start()
    try:
        if stays:
            assert here.poll(30)
        yield process
    finally:
        process.kill()
        process.join()


def _finishes(cache: Path, key: bytes) -> bool:
    with _drawing(cache, key, stays=False) as process:
        process.join(1)
        return process.exitcode == 0


def _draw(cache: Path, key: bytes, says: Connection, stays: bool) -> None:
    with _alone(cache, key):
        says.send("begun")
        while stays:
            time.sleep(1)


def test_a_folder_that_can_not_be_made_costs_time_only(
    make_course: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "file" / "below"))
    assert inputs_of(make_course().course)


def test_the_place_can_be_chosen_and_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_CACHE", "")
    assert cache_folder() is None
    monkeypatch.delenv("GRADER_CACHE")
    found = cache_folder()
    assert found is not None
    assert "grader" in found.parts

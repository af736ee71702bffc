"""A worker goes from exercise to exercise while all goes well; no exercise gains or loses by it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.grading.exercises import Exercises
from grader.grading.grader import Grader
from grader.result import ExerciseResult, Result
from grader.wall.launcher import Launcher

from ..conftest import GOOD

#: Not even a timer stops it.
DEAF = "\nimport signal\nfor n in 14, 27: signal.signal(n, signal.SIG_IGN)\nwhile True: pass\n"


@pytest.fixture
def spawned(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The workers that were started, by their process numbers."""
    found: list[int] = []
    spawn = type(grader.launcher).spawn

    def noted(launcher: Launcher) -> object:
        worker = spawn(launcher)  # type: ignore[arg-type]
        found.append(worker.pid)
        return worker

    monkeypatch.setattr(type(grader.launcher), "spawn", noted)
    return found


def by_name(result: Result) -> dict[str, ExerciseResult]:
    return {exercise.name: exercise for exercise in result.exercises}


def statuses(result: Result) -> dict[str, str]:
    return {exercise.name: exercise.status for exercise in result.exercises}


def test_work_without_a_mistake_needs_one_worker(grade: Callable[..., Result], spawned: list[int]) -> None:
    assert grade().score == 10
    assert len(spawned) == 1


@pytest.fixture
def with_pictures(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny course with a picture of what `double` makes."""

    def pictures(exercise: str, function: Callable[..., Any], handout: Path) -> list[tuple[str, str, Any]]:
        return [("twice", "", function(np.eye(3)))]

    plugin = SimpleNamespace(EXERCISES=("double",), ABOUT="", NOTE="", pictures=pictures)
    monkeypatch.setattr(grader._showcase, "_plugin", plugin)


@pytest.mark.usefixtures("with_pictures")
def test_a_picture_is_made_in_the_worker_that_is_loaded(
    grade: Callable[..., Result], spawned: list[int]
) -> None:
    result = grade()
    assert [picture.title for picture in by_name(result)["double"].pictures] == ["twice"]
    assert len(spawned) == 1
    with pytest.raises(OSError, match="No such process"):
        os.kill(spawned[0], 0)


@pytest.mark.usefixtures("with_pictures")
def test_where_that_worker_broke_the_picture_is_the_same(grade: Callable[..., Result]) -> None:
    # `total` comes after `double`, and ends the process in which both are loaded
    ending = GOOD["alpha"].replace("    return sum(x)", "    import os\n    os._exit(0)")
    assert by_name(grade(alpha=ending))["double"].pictures == by_name(grade())["double"].pictures != []


def test_what_one_exercise_breaks_is_whole_for_the_next(grade: Callable[..., Result]) -> None:
    # right itself, it breaks numpy for all that comes after it in the same process
    vandal = GOOD["alpha"].replace(
        "    return sum(x)", "    np.where = np.asarray = lambda *a: None\n    return sum(x)"
    )
    assert statuses(grade(alpha=vandal)) == dict.fromkeys(("double", "total", "scaled", "clip"), "passed")


def test_an_exercise_that_ends_the_process_costs_its_own_points(grade: Callable[..., Result]) -> None:
    ending = GOOD["alpha"].replace("    return sum(x)", "    import os\n    os._exit(0)")
    assert statuses(grade(alpha=ending)) == {
        "double": "passed",
        "total": "error",
        "scaled": "passed",
        "clip": "passed",
    }


def test_a_failure_reads_the_same_as_with_a_worker_of_its_own(
    grade: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = GOOD["alpha"].replace("np.asarray(x) + np.asarray(x)", "np.asarray(x) * 3")
    shared = grade(alpha=wrong)
    monkeypatch.setattr(Exercises, "_run_in_passing", lambda *_: "unknown")
    alone = grade(alpha=wrong)
    for result in (shared, alone):
        for exercise in result.exercises:
            for test in exercise.tests:
                test.seconds = 0
    assert shared.exercises == alone.exercises


def test_what_each_exercise_prints_is_its_own(grade: Callable[..., Result]) -> None:
    loud = {
        name: text.replace("    return ", "    print('x' * 3000)\n    return ", 1)
        for name, text in GOOD.items()
    }
    found = by_name(grade(**loud))
    assert found["double"].printed.startswith("xxx")
    assert found["scaled"].printed.startswith("xxx")
    assert found["total"].printed == ""
    assert found["clip"].printed == ""


def test_no_time_of_one_exercise_is_taken_off_another(grade: Callable[..., Result]) -> None:
    # each call stays below its limit of 0.4 s, but not below the part of it that is allowed in passing
    slow = "    import time\n    end = time.process_time() + 0.15\n    while time.process_time() < end:\n        pass\n"
    late = GOOD["beta"].replace("def clip(x):\n", f"def clip(x):\n{slow}")
    assert statuses(grade(beta=late))["clip"] == "passed"


@pytest.mark.parametrize("where", ["alpha", pytest.param("beta", marks=pytest.mark.slow)])
def test_a_chapter_that_never_ends_loading_costs_the_others_nothing(
    where: str, grade: Callable[..., Result]
) -> None:
    found = statuses(grade(**{where: GOOD[where] + DEAF}))
    right = ("double", "total") if where == "beta" else ("scaled", "clip")  # the grader answers for double
    assert {name for name, status in found.items() if status == "passed"} == set(right)

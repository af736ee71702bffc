"""Rules about the source, declared in course.yaml: graded as results of their own, and shown by `grader check`."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from rich.console import Console

from grader.authoring.default_readme import default_readme
from grader.course import load_course
from grader.errors import CourseError
from grader.grading import Grader
from grader.home import check_text, self_check
from grader.result import ExerciseResult
from grader.wall import can_fork_workers

from ..conftest import submission, write_tree
from ..scratch import COURSE, case, scratch_course

RULES = COURSE.replace(
    "{name: f, points: 2}",
    "{name: f, points: 3, rules: [{never_calls: [sum], points: 1, because: you write the sum yourself}]}",
)
LOOP = "def f(x):\n    total = 0\n    for y in x:\n        total += y\n    return total\n"
SUM = "def f(x):\n    return sum(x)\n"
TEST = case("agree(student.f([1, 2]), 3)\nagree(student.f([]), 0)")


def results(root: Path, codes: Mapping[str, str]) -> dict[str, ExerciseResult]:
    scratch_course(root, TEST, LOOP, {"course.yaml": RULES})
    course = load_course(root / "course.yaml")
    with Grader(course, "scratch", confined=can_fork_workers()) as grader:
        return {name: grader.grade(submission({"one": code})).exercises[0] for name, code in codes.items()}


def test_a_rule_has_points_of_its_own_and_says_what_it_saw(tmp_path: Path) -> None:
    stub = "def f(x):\n    raise NotImplementedError('f is not written yet')\n"
    wrong = "def f(x):\n    return 1\n"
    found = results(tmp_path, {"loop": LOOP, "sum": SUM, "stub": stub, "wrong": wrong})
    assert {name: (one.score, one.max_score, one.status) for name, one in found.items()} == {
        "loop": (3, 3, "passed"),
        "sum": (2, 3, "partly"),
        "stub": (0, 3, "missing"),
        "wrong": (0, 3, "failed"),
    }
    rule = found["sum"].tests[-1]
    assert rule.title == "Does without sum: you write the sum yourself"
    assert (
        rule.message
        == "sum is used in line 2. This looks at the source alone, not at what the function does."
    )
    for word in ("cheat", "honest", "plagiar", "forbidden"):
        assert word not in rule.title + rule.message


def test_a_student_hears_of_it_at_home(tmp_path: Path) -> None:
    scratch_course(tmp_path, TEST, LOOP, {"course.yaml": RULES})
    check = (
        '@pytest.mark.exercise("f")\ndef test_f(student):\n    """Sums"""\n    assert student.f([1]) == 1\n'
    )
    write_tree(tmp_path, {"exercises/scratch/checks/test_one.py": f"import pytest\n\n\n{check}"})
    course = load_course(tmp_path / "course.yaml")
    said = "Does without sum: you write the sum yourself"
    write_tree(tmp_path, {"exercises/scratch/one.py": "def f(x):\n    raise NotImplementedError\n"})
    report = self_check(course, "scratch", tmp_path / "exercises" / "scratch")
    assert report.exercises[0].rules == (said,), "before anything is written"
    console = Console(width=100, record=True, file=io.StringIO())
    for part in check_text(report, course.assignments["scratch"], width=100):
        console.print(part)
    assert f"Rule: {said}" in console.export_text()
    for code, status in ((SUM, "failed"), (LOOP, "passed")):
        write_tree(tmp_path, {"exercises/scratch/one.py": code})
        (found,) = self_check(course, "scratch", tmp_path / "exercises" / "scratch").exercises
        assert found.status == status
        assert (found.failure.title if found.failure else "") == ("" if status == "passed" else said)


def test_the_handout_says_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {"course.yaml": RULES})
    text = default_readme(load_course(tmp_path / "course.yaml").assignments["scratch"]).decode()
    assert "- `f`: Does without sum: you write the sum yourself (1 point)\n" in text
    write_tree(tmp_path, {"course.yaml": COURSE})
    assert (
        "source" not in default_readme(load_course(tmp_path / "course.yaml").assignments["scratch"]).decode()
    )


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("{points: 1, because: why not}", "has one of"),
        ("{points: 1, because: why not, calls: g, without: [for]}", "has one of"),
        ("{points: 1, because: why not, without: [loops]}", "loops is none of for, while"),
        ("{points: 3, because: why not, without: [for]}", "leave some for the hidden tests"),
        ("{points: 1, calls: g}", "because"),
        ("{points: 1, because: why not, never_call: [sum]}", "did you mean 'never_calls'"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(rule: str, why: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {"course.yaml": COURSE.replace("points: 2}", f"points: 3, rules: [{rule}]}}")})
    with pytest.raises(CourseError, match=why):
        load_course(tmp_path / "course.yaml")


def test_points_of_tests_and_rules_add_up(tmp_path: Path) -> None:
    scratch_course(tmp_path, TEST, LOOP, {"course.yaml": RULES.replace("points: 3", "points: 4")})
    with pytest.raises(CourseError, match="hidden tests and rules of f are worth 3 points"):
        Grader(load_course(tmp_path / "course.yaml"), "scratch")

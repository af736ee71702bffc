"""Late work: what is taken off, by which clock, and that nothing is taken off where the time is not known."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from grader.batch.pool import Graded
from grader.batch.run import Options, grade_class
from grader.course.duedates import LatePolicy
from grader.course.models import Assignment, load_course
from grader.errors import CourseError
from grader.gradebook.confirmations import Confirmation, answer_sha256
from grader.gradebook.database import FILE_NAME, Gradebook
from grader.gradebook.late import count_late, days_late
from grader.grading.grader import Grader, fingerprint_of_tests
from grader.intake import open_bundle
from grader.intake.receipt import Receipt
from grader.result import QuestionResult, Result
from grader.times import parse_time
from grader.wall.launcher import can_fork_workers

DUE = datetime(2025, 6, 1, 22, 0, tzinfo=UTC)
CHAPTERS = [{"name": "one", "title": "One", "minutes": 5, "exercises": [{"name": "f", "points": 80}]}]


def assignment(**fields: Any) -> Assignment:
    return Assignment.model_validate({"title": "A", "chapters": CHAPTERS, "due": DUE, **fields})


def result(score: float = 80, student: str = "ada") -> Result:
    return Result(assignment="tiny", student=student, status="graded", score=score, max_score=100)


def late_by(**after: float) -> Receipt:
    return Receipt((DUE + timedelta(**after)).isoformat(), "roster")


@pytest.mark.parametrize(
    ("after", "days"),
    [
        ({"days": -3}, 0),
        ({}, 0),
        ({"minutes": 30}, 0),
        ({"minutes": 30, "seconds": 1}, 1),
        ({"days": 1, "minutes": 30}, 1),
        ({"days": 1, "minutes": 31}, 2),
        ({"days": 40}, 40),
    ],
)
def test_days_are_counted_as_they_begin_after_due_date_and_grace(after: dict[str, float], days: int) -> None:
    assert days_late(DUE + timedelta(**after), DUE, 30) == days


@pytest.mark.parametrize(
    ("days", "percent", "score"), [(0, 0, 80), (1, 10, 72), (3, 30, 56), (5, 45, 44), (99, 45, 44)]
)
def test_percent_a_day_up_to_the_cap(days: int, percent: float, score: float) -> None:
    rules = assignment(late={"percent_a_day": 10, "cap_percent": 45})
    counted = count_late(result(), rules, late_by(days=days))
    assert counted.late is not None
    assert (counted.late.days, counted.late.penalty_percent, counted.score) == (days, percent, score)
    assert counted.late.score_before == 80
    assert counted.late.source == "roster"


def test_counting_twice_takes_off_once() -> None:
    rules = assignment(late={"percent_a_day": 10})
    once = count_late(result(), rules, late_by(days=2))
    assert count_late(once, rules, late_by(days=2)).score == 64
    assert count_late(once, assignment(late={"percent_a_day": 20}), late_by(days=2)).score == 48


@pytest.mark.parametrize("note", ["", "Canvas marked it late and says no time"])
def test_an_unknown_time_costs_nothing_and_says_so(note: str) -> None:
    counted = count_late(result(), assignment(late={"percent_a_day": 100}), Receipt(note=note))
    assert counted.score == 80
    assert counted.late is not None
    assert counted.late.note.endswith("so nothing is taken off")
    assert note in counted.late.note


def test_without_a_due_date_nothing_is_late() -> None:
    counted = count_late(result(), assignment(due=None), late_by(days=9))
    assert (counted.late, counted.score) == (None, 80)


@pytest.mark.parametrize("name", ["ada", "ADA", "Ada Øre", "ada@example.org", "4711"])
def test_an_extension_may_name_a_student_as_the_lms_does(name: str) -> None:
    rules = assignment(late={"percent_a_day": 10}, extensions={name: DUE + timedelta(days=2)})
    lms = {"system": "moodle", "name": "Ada Øre", "email": "ada@example.org", "id": "4711"}
    receipt = Receipt((DUE + timedelta(days=3)).isoformat(), "Moodle", lms=lms)
    counted = count_late(result(), rules, receipt)
    assert counted.late is not None
    assert (counted.late.extended, counted.late.days, counted.score) == (True, 1, 72)


# ---------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-06-01T22:00:00Z", DUE),
        ("2025-06-02T00:00:00+02:00", DUE),
        ("2025-06-01 22:00:00.5 UTC", DUE + timedelta(seconds=0.5)),
        ("2025-06-01 22:00:00.1234567 UTC", DUE + timedelta(microseconds=123456)),
        ("2025-06-01 15:00:00 -0700", DUE),
        ("2025-06-02 00:00 Europe/Berlin", DUE),
        ("2025-06-01 22:00", None),
        ("2025-06-01", None),
        ("01/06/2025 22:00 UTC", None),
        ("2025-13-01 22:00 UTC", None),
        ("2025-06-01 22:00 Mars/Phobos", None),
        ("Sunday, 1 June 2025, 10:00 PM", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_time_is_understood_for_certain_or_not_at_all(text: str, expected: datetime | None) -> None:
    assert parse_time(text) == expected


def test_a_time_without_a_zone_is_read_in_the_zone_that_the_course_names() -> None:
    zone = LatePolicy(timezone="Europe/Berlin").zone
    assert parse_time("Monday, 2 June 2025, 12:00 AM", zone) == DUE
    assert parse_time("Sunday, 1 June 2025, 12:00 PM", zone) == DUE - timedelta(hours=12)
    assert parse_time("2025-06-02 00:00", zone) == DUE
    assert parse_time("2025-06-01 22:00 UTC", zone) == DUE
    assert parse_time("Sunday, 1 June 2025, 13:00 PM", zone) is None


# ---------------------------------------------------------------- course.yaml

POLICY = """\
    due: 2025-06-01T23:59:00+02:00
    late: {grace_minutes: 15, percent_a_day: 10, cap_percent: 50, timezone: Europe/Berlin}
    extensions:
      ada: 2025-06-08T23:59:00+02:00
      4711: 2025-06-09 21:59:00Z
"""


@pytest.fixture
def with_policy(make_course: Callable[..., Any]) -> Callable[[str], Any]:
    """with_policy(yaml) → the tiny course with these lines in its assignment."""

    def make(text: str) -> Any:
        course = make_course()
        file = course.root / "course.yaml"
        file.write_text(file.read_text().replace("    limits:\n", f"{text}    limits:\n", 1))
        return course

    return make


def test_the_policy_is_read_with_its_zones(with_policy: Callable[[str], Any]) -> None:
    rules = with_policy(POLICY).assignment
    assert rules.due == datetime(2025, 6, 1, 21, 59, tzinfo=UTC)
    assert rules.late.cap_percent == 50
    assert rules.extensions["4711"] == datetime(2025, 6, 9, 21, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("due: 2025-06-01T23:59:00+02:00", "due: 2025-06-01", 6, "a date alone"),
        ("due: 2025-06-01T23:59:00+02:00", "due: 2025-06-01 23:59:00", 6, "zone"),
        ("due: 2025-06-01T23:59:00+02:00", "due: next week", 6, "zone"),
        ("percent_a_day: 10", "percent_a_day: 101", 7, "100"),
        ("percent_a_day", "percentaday", 7, "did you mean 'percent_a_day'"),
        ("Europe/Berlin", "Europe/Atlantis", 7, "no time zone"),
        ("ada: 2025-06-08T23:59:00+02:00", "ada: 2025-05-08T23:59:00+02:00", 9, "before the work is due"),
        ("ada: 2025-06-08T23:59:00+02:00", "ada: 2025-06-08", 9, "a date alone"),
        ("    due: 2025-06-01T23:59:00+02:00\n", "", 6, "without `due`"),
    ],
)
def test_a_mistake_in_the_policy_is_found_at_its_line(
    with_policy: Callable[[str], Any], old: str, new: str, line: int, says: str
) -> None:
    course = with_policy(POLICY.replace(old, new))
    with pytest.raises(CourseError) as error:
        load_course(course.root / "course.yaml")
    assert f"course.yaml:{line}:" in str(error.value)
    assert says in str(error.value)


def test_another_due_date_is_no_reason_to_grade_again(with_policy: Callable[[str], Any]) -> None:
    course = with_policy("")
    before = fingerprint_of_tests(course.course, "tiny")
    file = course.root / "course.yaml"
    plain = file.read_text()
    for policy in (POLICY, POLICY.replace("ada", "bob"), "    due: 2025-07-01T00:00:00Z\n"):
        file.write_text(plain.replace("    limits:\n", f"{policy}    limits:\n", 1))
        assert fingerprint_of_tests(course.course, "tiny") == before
    file.write_text(plain.replace("points: 3", "points: 2"))
    assert fingerprint_of_tests(course.course, "tiny") != before


def test_students_do_not_learn_of_others_extensions(with_policy: Callable[[str], Any]) -> None:
    from grader.authoring.release import _course_of_one

    text = _course_of_one(with_policy(POLICY).course, "tiny").decode()
    assert "2025-06-01" in text
    assert "4711" not in text


# ---------------------------------------------------------------- the gradebook


def test_a_confirmed_answer_counts_before_the_penalty(
    with_policy: Callable[[str], Any], tmp_path: Path
) -> None:
    given = result(10)
    given.questions = [
        QuestionResult(name="why", score=0, max_score=4, provisional=2, needs_manual=True, answer="so")
    ]
    given.exercises = []
    given.score = 0
    given.submission_sha256 = "s1"
    with Gradebook(tmp_path / FILE_NAME, course=with_policy(POLICY).course) as book:
        book.add(given)
        book.receive("tiny", "ada", "s1", Receipt("2025-06-11T00:00:00+02:00", "roster"))
        book.confirm("tiny", Confirmation("ada", "why", answer_sha256("so"), 4, "me", "now"))
        (counted,) = book.results("tiny")
    assert counted.late is not None
    assert (counted.late.days, counted.late.score_before, counted.score) == (2, 4, 3.2)


def test_a_run_that_is_told_no_time_does_not_forget_the_known_one(tmp_path: Path) -> None:
    known = Receipt("2025-06-01T00:00:00+00:00", "roster", lms={"system": "canvas", "id": "7"})
    with Gradebook(tmp_path / FILE_NAME) as book:
        book.receive("tiny", "ada", "s1", known)
        book.receive("tiny", "ada", "s1", Receipt())
        assert book.receipt("tiny", "ada", "s1") == known
        assert book.receipt("tiny", "ada", "s2") == Receipt(), "another submission has a time of its own"
        later = Receipt("2025-06-03T00:00:00+00:00", "roster", lms=known.lms)
        book.receive("tiny", "ada", "s1", later)
        assert book.receipt("tiny", "ada", "s1") == later


class Here:
    """An executor in this process that remembers whom it graded."""

    def __init__(self, grader: Any) -> None:
        self.grader = grader
        self.graded: list[str] = []

    def run(self, bundles: Any) -> Any:
        for bundle in bundles:
            self.graded.append(bundle.student)
            graded = self.grader.grade(open_bundle(bundle, self.grader.assignment, {}))
            yield Graded(bundle, result_json=graded.to_json())

    def close(self) -> None: ...


def test_a_changed_policy_changes_scores_without_grading_anybody_again(
    with_policy: Callable[[str], Any], write_class: Callable[..., Path], tmp_path: Path, tiny: Any
) -> None:
    folder = write_class(tmp_path / "class", ada=tiny.good, bob=tiny.good)
    (folder / "ada" / "timestamp.txt").write_text("2025-06-10 20:00:00.0 UTC")
    os.utime(folder / "bob" / "alpha.py", (2e9, 2e9))  # long after the due date, and of no consequence
    course = with_policy(POLICY)
    file = course.root / "course.yaml"
    confined = can_fork_workers()

    def run() -> tuple[list[str], dict[str, float], list[str]]:
        with Grader(course.course, "tiny", confined=confined) as grader:
            here = Here(grader)
            options = Options(jobs=1, confined=confined)
            summary = grade_class(course.course, "tiny", folder, tmp_path / "out", options, here)
        results = [
            Result.from_json((tmp_path / "out" / student / "result.json").read_text())
            for student in ("ada", "bob")
        ]
        return here.graded, {result.student: result.score for result in results}, summary.remarks

    graded, scores, remarks = run()
    assert graded == ["ada", "bob"]
    assert scores == {"ada": 8, "bob": 10}  # ada's extension had ended, two days begun
    assert any("4711" in line for line in remarks), "an extension of nobody is named"
    page = (tmp_path / "out" / "ada" / "feedback.html").read_text()
    assert "2 days late" in page
    assert "20 % off, from 10 to 8 points" in page
    assert "nothing is taken off" in (tmp_path / "out" / "bob" / "feedback.html").read_text()
    file.write_text(file.read_text().replace("percent_a_day: 10", "percent_a_day: 20"))
    graded, scores, _ = run()
    assert graded == []
    assert scores == {"ada": 6, "bob": 10}
    assert '"ada","graded","6"' in (tmp_path / "out" / "grades.csv").read_text()

"""What the report says of tests and questions that are odd, who is absent, and what the last run changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.course import Question
from grader.course.models import Assignment
from grader.gradebook import Moved, News, read_roster
from grader.report import More, class_statistics, report_html
from grader.report.choices import choice_tables
from grader.report.items import fifths_of
from grader.report.odd import odd_tests
from grader.result import ExerciseResult, QuestionResult, Result
from grader.result import TestResult as Ended

COURSE = Assignment.model_validate(
    {
        "title": "Small nets",
        "pass_percent": 50,
        "chapters": [
            {
                "name": "convolution",
                "exercises": [{"name": f"e{n}", "points": 4} for n in range(4)],
                "questions": [
                    {
                        "name": "why",
                        "kind": "choice",
                        "points": 2,
                        "ask": "Which of these is it?",
                        "options": {"a": "the stride", "b": "the padding", "c": "the kernel"},
                    }
                ],
            }
        ],
    }
)
QUESTION: Question = COURSE.chapters[0].questions[0]


def a_class(students: int, **outcomes: str) -> list[Result]:
    """Exercises e0 … e3 with a test each; the later the student, the better. outcomes: exercise → `nobody`, say."""
    return [_student(n, students, outcomes) for n in range(students)]


def _student(n: int, students: int, outcomes: dict[str, str]) -> Result:
    exercises = []
    for place in range(4):
        kind = outcomes.get(f"e{place}", "")
        passed = {"nobody": False, "everybody": True, "reversed": n < students / 2}.get(
            kind, n > (place + 1) * students / 6
        )
        test = Ended(
            id=f"e{place}-0",
            title=f"Title {place}",
            outcome="passed" if passed else "failed",
            points=4.0 * passed,
            max_points=4,
            own_input=kind == "own" and not passed,
        )
        exercises.append(
            ExerciseResult(
                name=f"e{place}",
                score=test.points,
                max_score=4,
                status="passed" if passed else "failed",
                tests=[test],
            )
        )
    score = sum(exercise.score for exercise in exercises)
    return Result(
        assignment="a",
        student=f"name-{n:02}",
        status="graded",
        score=score,
        max_score=18,
        exercises=exercises,
    )


def words(page: str) -> str:
    body = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", body))


def test_what_nobody_passes_is_named_with_strong_submissions_to_look_at() -> None:
    results = a_class(12, e2="nobody")
    (odd,) = odd_tests(results, class_statistics(results).tests)
    assert odd.says == "Nobody of 12 who tried passes “Title 2” (e2)."
    assert "taught" in odd.do
    assert odd.look == (9, 10)  # the first two of those with the most points
    text = words(report_html(results, "a", COURSE, links={}))
    assert "Look at strong submissions that fail it: name-09, name-10." in text


def test_what_everybody_passes_is_one_sentence_and_comes_last() -> None:
    results = a_class(12, e0="everybody", e1="nobody", e3="everybody")
    first, last = odd_tests(results, class_statistics(results).tests)
    assert first.says.startswith("Nobody of 12")
    assert last.says == "Everybody who tried passes “Title 0” (e0), “Title 3” (e3)."


def test_a_test_that_strong_students_fail_is_named_where_that_is_hardly_chance() -> None:
    results = a_class(12, e3="reversed")
    (odd,) = odd_tests(results, class_statistics(results).tests)
    assert odd.says.startswith("Who does well elsewhere fails “Title 3” (e3) more often")
    assert odd.look == (7, 8)  # 8 points each, more than whoever else fails it
    few = a_class(5, e3="reversed")
    assert not odd_tests(few, [item for item in class_statistics(few).tests if not item.clearly_negative])


def test_many_who_fail_only_on_their_own_inputs_are_a_gap_of_the_test_not_copying() -> None:
    results = a_class(12, e0="own")
    (odd,) = odd_tests(results, class_statistics(results).tests)
    assert odd.says.startswith("3 of 12 pass “Title 0” (e0) on the inputs that everybody gets")
    assert "add an example" in odd.do
    one = a_class(12)
    one[0].exercises[0].tests[0].own_input = True
    assert odd_tests(one, class_statistics(one).tests) == []


def test_a_usual_class_has_nothing_odd() -> None:
    results = a_class(12)
    assert odd_tests(results, class_statistics(results).tests) == []
    assert "Tests to look at" not in report_html(results, "a", COURSE, links={})


def answering(letters: str) -> list[Result]:
    results = a_class(len(letters))
    for result, letter in zip(results, letters, strict=True):
        answer = {"x": "", "?": "a or b"}.get(letter, f"({letter})")
        result.questions = [
            QuestionResult(name="why", score=2.0 * (letter == "c"), max_score=2, answer=answer)
        ]
    return results


def test_letters_are_counted_by_fifth() -> None:
    results = answering("aab?xaabbccccccccccc")
    (table,) = choice_tables(results, fifths_of(results), [QUESTION])
    found = {option.letter: option for option in table.options}
    assert {letter: option.total for letter, option in found.items()} == {
        "a": 4, "b": 3, "c": 11, "no clear letter": 1, "no answer": 1,
    }  # fmt: skip
    assert found["a"].counts[-1] == 0
    assert found["c"].counts[-1] > found["c"].counts[0]
    assert [option.letter for option in table.options if option.right] == ["c"]
    assert table.odd == ()
    text = words(report_html(results, "a", COURSE, links={}))
    assert "c: the kernel ✓right" in text


@pytest.mark.parametrize(
    ("letters", "said"),
    [
        ("ccccccccccccccbbbbbb", "chose b and"),
        ("aaaaaaaaaabbbbbbbbbb", "is the key right, and was it taught"),
        ("aaaaaaaccccccccccccc", "Nobody chose b"),
    ],
)
def test_what_is_odd_about_letters_is_said(letters: str, said: str) -> None:
    results = answering(letters)
    (table,) = choice_tables(results, fifths_of(results), [QUESTION])
    assert len(table.odd) >= 1
    assert any(said in line for line in table.odd)


def test_who_is_on_the_roster_without_a_result_is_listed_unless_removed(tmp_path: Path) -> None:
    file = tmp_path / "class.csv"
    file.write_text("name\nname-00\nAbsent Ada\nGone Gus\nname-01\n", encoding="utf-8")
    more = More(roster=read_roster(file), removed={"Gone Gus"})
    results = a_class(2)
    text = words(report_html(results, "a", COURSE, links={}, more=more))
    assert "1 of class.csv without a submission here" in text
    assert "Absent Ada" in text
    assert "Gone Gus" not in text
    anonymous = report_html(results, "a", COURSE, links={}, more=more, anonymous=True)
    assert "Absent Ada" not in anonymous
    assert "On the roster, nothing handed in" in anonymous
    assert "nothing handed in" not in report_html(results, "a", COURSE, links={})


NEWS = News(
    at="2026-11-29T16:00:00+00:00",
    previous="2026-11-22T16:00:00+00:00",
    first=False,
    new=("name-00",),
    moved=(
        Moved("name-01", 8, 4, 18, ("e1: 0 of 4 points, 4 before.",)),
        Moved("name-02", 0, 4, 18, ()),
    ),
    same=7,
    gone=("name-03",),
)


def test_the_report_says_what_the_last_run_changed() -> None:
    text = words(report_html(a_class(12), "a", COURSE, links={}, more=More(news=NEWS)))
    assert (
        "1 new, 1 up, 1 down, 7 graded again with the same score, 1 not among the submissions any more"
        in text
    )
    assert "name-01: 8 → 4 of 18e1: 0 of 4 points, 4 before." in text
    assert "29 16:00 UTC, against the one of 2026-11-22 16:00 UTC" in text
    anonymous = report_html(a_class(12), "a", COURSE, links={}, more=More(news=NEWS), anonymous=True)
    assert "name-" not in anonymous
    assert "8 → 4 of 18" in words(anonymous)


def test_the_page_names_who_is_within_luck_of_the_pass_mark() -> None:
    results = a_class(40)
    text = words(report_html(results, "a", COURSE, links={}))
    assert "± " in text
    assert re.search(r"stand within ± \d\.\d points of the pass mark, 9 \(50 %\): name-", text)
    few = words(report_html(results[:8], "a", COURSE, links={}))
    assert "With fewer than 10 students" in few
    assert "pass mark" not in few

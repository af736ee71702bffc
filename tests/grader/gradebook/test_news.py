"""What a run changed, as the gradebook tells it afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.gradebook import FILE_NAME, Gradebook, news_of
from grader.result import Result


@pytest.fixture
def book(tmp_path: Path) -> Gradebook:
    return Gradebook(tmp_path / FILE_NAME)


def grade(book: Gradebook, tests: str = "t1", **scores: float) -> None:
    for student, score in scores.items():
        book.add(
            Result(
                assignment="a",
                student=student,
                status="graded",
                score=score,
                max_score=8,
                submission_sha256=f"of {student}",
                tests_sha256=tests,
            )
        )


def run(book: Gradebook, gone: tuple[str, ...] = (), tests: str = "t1", **scores: float) -> None:
    book.runs.begin("a")
    grade(book, tests, **scores)
    book.runs.end("a", gone)


def news(book: Gradebook) -> dict[str, object]:
    found = news_of(book, "a", {result.student: result for result in book.results("a")})
    assert found is not None
    return {
        "first": found.first,
        "new": found.new,
        "up": tuple(one.student for one in found.up),
        "down": tuple(one.student for one in found.down),
        "same": found.same,
        "gone": found.gone,
    }


def test_a_run_is_compared_with_what_counted_before_it(book: Gradebook) -> None:
    run(book, ada=4, bo=4, cy=4, di=1)
    assert news(book)["first"]
    run(book, ("di",), "t2", ada=6, bo=2, cy=4, eve=8)
    assert news(book) == {
        "first": False, "new": ("eve",), "up": ("ada",), "down": ("bo",), "same": 1, "gone": ("di",),
    }  # fmt: skip


def test_a_run_that_graded_nothing_hides_no_changes(book: Gradebook) -> None:
    run(book, ada=4)
    run(book, (), "t2", ada=6)
    run(book)
    assert news(book)["up"] == ("ada",)


def test_a_killed_run_and_the_one_that_goes_on_are_one(book: Gradebook) -> None:
    run(book, ada=4, bo=4)
    book.runs.begin("a")
    grade(book, "t2", ada=6)
    run(book, (), "t2", bo=3)
    assert (news(book)["up"], news(book)["down"]) == (("ada",), ("bo",))


def test_a_gradebook_from_before_runs_were_kept_has_no_news(book: Gradebook) -> None:
    grade(book, ada=4)
    assert news_of(book, "a", {}) is None

"""The gradebook keeps every attempt, one commit each, and says clearly when it can't."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.gradebook.database import FILE_NAME, Gradebook
from grader.result import ExerciseResult, Result, Run, without_times


def result(student: str, score: float = 1, *, assignment: str = "tiny", sha: str = "s1") -> Result:
    return Result(
        assignment=assignment,
        student=student,
        status="graded",
        score=score,
        max_score=10,
        exercises=[ExerciseResult(name="double", score=score, max_score=10, status="partly")],
        submission_sha256=sha,
        tests_sha256="t1",
        run=Run(finished="2024-01-01T00:00:00"),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


def test_what_was_added_comes_back_as_it_was(path: Path) -> None:
    given = result("ada", 2.25)
    given.problems = ["ünïcode \u202e and \x1b escapes"]
    with Gradebook(path) as book:
        number = book.add(given)
    with Gradebook(path, create=False) as book:
        assert without_times(book.result(number)) == without_times(given)
        assert [without_times(r) for r in book.results("tiny")] == [without_times(given)]


def test_every_attempt_is_kept_and_the_latest_counts(path: Path) -> None:
    with Gradebook(path) as book:
        numbers = [book.add(result("ada", score, sha=f"s{score}")) for score in (1, 5, 3)]
        assert [attempt.score for attempt in book.attempts("tiny", "ada")] == [1, 5, 3]
        latest = book.latest("tiny")["ada"]
        assert (latest.id, latest.score, latest.submission_sha256) == (numbers[2], 3, "s3")
        assert [r.score for r in book.results("tiny")] == [3]
        assert book.result(numbers[0]).score == 1


def test_students_come_by_name_and_assignments_apart(path: Path) -> None:
    with Gradebook(path) as book:
        for student in ("eve", "ada", "bob"):
            book.add(result(student))
        book.add(result("ada", 7, assignment="other"))
        assert [r.student for r in book.results("tiny")] == ["ada", "bob", "eve"]
        assert book.latest("tiny")["ada"].score == 1
        assert book.latest("other")["ada"].score == 7
        assert book.assignments() == ["other", "tiny"]
        assert book.latest("none") == {}
        assert list(book.results("none")) == []


@pytest.mark.parametrize(
    "name", ["", "Robert'); DROP TABLE attempts;--", "../..", "a\0b", "ж" * 300, "=cmd()", "\n"]
)
def test_any_name_a_student_can_have_is_kept(path: Path, name: str) -> None:
    with Gradebook(path) as book:
        book.add(result("plain"))
        book.add(result(name))
        assert set(book.latest("tiny")) == {"plain", name}
        assert [attempt.student for attempt in book.attempts("tiny", name)] == [name]
        assert {r.student for r in book.results("tiny")} == {"plain", name}


def test_an_attempt_is_committed_when_add_returns(path: Path) -> None:
    with Gradebook(path) as book:
        book.add(result("ada"))
        other = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            assert other.execute("SELECT COUNT(*) FROM attempts").fetchone() == (1,)
        finally:
            other.close()


def test_a_reader_is_not_kept_waiting_by_the_run_that_writes(path: Path) -> None:
    with Gradebook(path) as writer, Gradebook(path, create=False) as reader:
        for number in range(3):
            writer.add(result(f"s{number}"))
            assert len(reader.latest("tiny")) == number + 1


def test_a_gradebook_that_is_not_there_is_asked_for(path: Path) -> None:
    with pytest.raises(GraderError, match="grade something first"):
        Gradebook(path, create=False)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be taken for one" * 40])
def test_another_file_of_that_name_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(GraderError, match=r"gradebook\.db"):
        Gradebook(path)
    assert path.read_bytes() == content


def test_a_path_that_is_no_file_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match="can't be used"):
        Gradebook(tmp_path)
    with pytest.raises(GraderError, match="can't be used"):
        Gradebook(tmp_path / "no" / "such" / "folder" / FILE_NAME)


def test_a_gradebook_of_a_later_version_is_refused(path: Path) -> None:
    Gradebook(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 999")
    db.commit()
    db.close()
    with pytest.raises(GraderError, match="newer grader"):
        Gradebook(path)


def test_a_gradebook_that_can_not_be_written_is_one_clear_message(path: Path) -> None:
    with Gradebook(path) as book:
        book.add(result("ada"))
        breaker = sqlite3.connect(path)
        breaker.execute(
            "CREATE TRIGGER full BEFORE INSERT ON attempts BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
        breaker.commit()
        breaker.close()
        with pytest.raises(GraderError, match=r"(?s)disk is full.*run the same command again"):
            book.add(result("bob"))
        assert set(book.latest("tiny")) == {"ada"}

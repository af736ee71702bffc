"""Failures without a name: what makes a cluster, and whom a comment on one reaches."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError
from grader.exports.gradescope import gradescope_results
from grader.feedback import feedback_html, feedback_text
from grader.gradebook import Gradebook, clusters_csv, clusters_of, left_apart, reached, read_clusters_csv
from grader.report import report_html
from grader.result import Diagnosis, ExerciseResult, Result
from grader.result import TestResult as Ended

from ..report.test_report import COURSE

SIDEWAYS, UPSIDE = "probe . aaaa !bbbb", "probe . aaaa cccc"
SAID = "Look at <b>row 2</b>."


def failing(student: str, behaviour: str = SIDEWAYS, *, example: str = "conv2d(1)", **more: Any) -> Result:
    test = Ended(id="t", title="T", outcome="failed", points=0, max_points=8, message="no", example=example)
    given = {"status": "failed", "score": 0, "tests": [test], "chapter": "convolution"} | more
    exercise = ExerciseResult(name="conv2d", max_score=8, behaviour=behaviour, **given)
    return Result(
        assignment="small", student=student, status="graded", score=0, max_score=8, exercises=[exercise],
        submission_sha256=f"of-{student}", tests_sha256="t",
    )  # fmt: skip


@pytest.fixture
def book(tmp_path: Path) -> Any:
    with Gradebook(tmp_path / "gradebook.db") as opened:
        yield opened


def say(book: Gradebook, text: str, behaviour: str = SIDEWAYS, exercise: str = "conv2d") -> None:
    book.comments.say("small", exercise, behaviour, text, "Ada")


def comments(book: Gradebook) -> dict[str, str]:
    return {result.student: result.exercises[0].comment for result in book.results("small")}


def test_equal_behaviour_makes_a_cluster_and_nothing_less() -> None:
    found = clusters_of([failing("ada", UPSIDE), failing("ben"), failing("cleo")])
    assert [one.students for one in found] == [("ben", "cleo"), ("ada",)]
    assert found[0].id != found[1].id
    assert clusters_of([failing("x")])[0].id == found[0].id


def test_the_shortest_example_of_all_members_is_shown() -> None:
    (one,) = clusters_of([failing("ada", example="conv2d(100)"), failing("ben", example="conv2d(2)")])
    assert one.example is not None
    assert one.example.example == "conv2d(2)"


def test_what_has_a_name_or_no_answers_is_in_no_cluster() -> None:
    named = Diagnosis(mistake="flipped", says="It is flipped.")
    seen = Diagnosis(mistake="order", says="The order differs.", kind="observation")
    class_ = [
        failing("ada", diagnosis=named), failing("ben", diagnosis=seen), failing("cleo", ""),
        failing("dan", "", status="missing"),
    ]  # fmt: skip
    (one,) = clusters_of(class_)
    assert (one.students, one.says) == (("ben",), "The order differs.")
    assert left_apart(class_) == {"conv2d": 1}


def test_a_comment_reaches_who_was_graded_before_and_who_comes_after(book: Gradebook) -> None:
    book.add(failing("ada"))
    say(book, SAID)
    book.add(failing("ben"))
    book.add(failing("cleo", UPSIDE))
    assert comments(book) == {"ada": SAID, "ben": SAID, "cleo": ""}


def test_the_last_word_counts_and_an_empty_one_takes_it_back(book: Gradebook) -> None:
    book.add(failing("ada"))
    for text in ("first", "second"):
        say(book, text)
        assert comments(book) == {"ada": text}
    (last,) = book.comments.last("small").values()
    assert (last.text, last.who) == ("second", "Ada")
    say(book, " ")
    assert comments(book) == {"ada": ""}


def test_a_comment_is_about_one_exercise_of_one_assignment(book: Gradebook) -> None:
    book.add(failing("ada"))
    say(book, SAID, exercise="maxpool")
    book.comments.say("other", "conv2d", SIDEWAYS, SAID, "Ada")
    assert comments(book) == {"ada": ""}


def test_a_student_who_repaired_it_reads_no_comment_any_more(book: Gradebook) -> None:
    book.add(failing("ada"))
    say(book, SAID)
    book.add(failing("ada", "", status="passed").model_copy(update={"submission_sha256": "new"}))
    assert comments(book) == {"ada": ""}
    (count,) = reached(book.results("small"), book.comments.last("small").values()).values()
    assert count == 0


def test_a_comment_goes_on_to_who_has_a_name_for_the_mistake_by_now(book: Gradebook) -> None:
    say(book, SAID)
    book.add(failing("ada", diagnosis=Diagnosis(mistake="flipped", says="It is flipped.")))
    assert list(reached(book.results("small"), book.comments.last("small").values()).values()) == [1]


def test_what_a_terminal_would_obey_is_shown_instead(book: Gradebook) -> None:
    book.add(failing("ada"))
    say(book, "one\x1b[2Jtwo\nthree")
    assert "\x1b" not in comments(book)["ada"]
    assert comments(book)["ada"].endswith("two\nthree")


@pytest.mark.parametrize("reveal", ["title", "hint", "example"])
def test_a_comment_is_on_the_page_at_every_level(reveal: str) -> None:
    rules = COURSE.model_copy(update={"reveal": reveal})
    one = failing("ada", comment=SAID)
    page = feedback_html(one, rules)
    assert "Look at &lt;b&gt;row 2&lt;/b&gt;." in page
    assert SIDEWAYS not in page
    (test,) = gradescope_results(one, rules)["tests"]
    assert SAID in test["output"]
    from rich.console import Console

    console = Console(width=80, record=True, file=io.StringIO())
    console.print(feedback_text(one, rules))
    assert f"comment: {SAID}" in console.export_text()


def test_the_report_shows_clusters_and_the_anonymous_one_no_texts() -> None:
    class_ = [failing("ada"), failing("ben", comment="Ben knows."), failing("cleo", UPSIDE)]
    for result in class_[:2]:
        result.exercises[0].comment = "Ada and Ben know."
    page = report_html(class_, "small", COURSE, links={"ada": "ada/feedback.html"})
    section = page[page.index('id="clusters"') :]
    section = section[: section.index("</section>")]
    assert section.index("2 students") < section.index("1 student<")
    assert '<a href="ada/feedback.html">ada</a>' in section
    assert "conv2d(1)" in section
    assert "Ada and Ben know." in section
    anonymous = report_html(class_, "small", COURSE, links={}, anonymous=True)
    assert "2 students" in anonymous
    assert "conv2d(1)" not in anonymous
    assert "Ben" not in anonymous


def test_a_report_without_clusters_has_no_such_section() -> None:
    assert 'id="clusters"' not in report_html([failing("ada", "")], "small", COURSE, links={})


class Sheet:
    """A sheet of the class, as it was written, and edited."""

    def __init__(self, book: Gradebook, path: Path) -> None:
        self.book, self.path = book, path
        self.found = clusters_of(book.results("small"))
        self.rows = list(csv.DictReader(io.StringIO(clusters_csv(self.found, self.said))))

    @property
    def said(self) -> Any:
        return self.book.comments.last("small")

    def read(self) -> tuple[dict[str, str], list[str]]:
        with self.path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.rows[0])
            writer.writeheader()
            writer.writerows(self.rows)
        return read_clusters_csv(self.path, self.found, self.said)


@pytest.fixture
def sheet(book: Gradebook, tmp_path: Path) -> Sheet:
    book.add(failing("ada"))
    book.add(failing("ben", UPSIDE, example="=cmd()"))
    say(book, SAID)
    return Sheet(book, tmp_path / "clusters.csv")


def row(sheet: Sheet, behaviour: str) -> dict[str, str]:
    name = next(one.id for one in sheet.found if one.behaviour == behaviour)
    return next(row for row in sheet.rows if row["cluster"] == name)


def test_a_sheet_that_nobody_edited_says_nothing(sheet: Sheet) -> None:
    assert row(sheet, UPSIDE)["example"] == "'=cmd()"
    assert row(sheet, SIDEWAYS)["comment"] == SAID
    assert sheet.read() == ({}, [])


def test_a_sheet_gives_changes_and_takes_back(sheet: Sheet) -> None:
    row(sheet, UPSIDE)["comment"] = "New."
    row(sheet, SIDEWAYS)["comment"] = ""
    taken, refused = sheet.read()
    assert refused == []
    assert taken == {row(sheet, UPSIDE)["cluster"]: "New.", row(sheet, SIDEWAYS)["cluster"]: ""}


def test_an_old_sheet_overwrites_no_newer_comment(sheet: Sheet) -> None:
    say(sheet.book, "Newer.")
    say(sheet.book, "Newer, too.", UPSIDE)
    row(sheet, SIDEWAYS)["comment"] = "Edited."
    taken, refused = sheet.read()  # the other line has no comment: nobody has written one into it
    assert taken == {}
    assert len(refused) == 1
    assert "another comment since" in refused[0]


def test_a_line_about_no_cluster_is_refused(sheet: Sheet) -> None:
    row(sheet, UPSIDE).update(cluster="conv2d-000000", comment="x")
    taken, (refused,) = sheet.read()
    assert taken == {}
    assert "no cluster 'conv2d-000000'" in refused


def test_another_file_is_no_sheet(sheet: Sheet, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("student,score\nada,1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="needs the columns cluster"):
        read_clusters_csv(tmp_path / "x.csv", sheet.found, sheet.said)

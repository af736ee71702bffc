"""Marking as calls: what is shown, saved, undone, and not overwritten; comments on their way to the student."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from grader.commands.answers import run as answers
from grader.commands.mark import write_pages
from grader.course import Course
from grader.errors import UsageError
from grader.feedback import Screen
from grader.gradebook import FILE_NAME, Gradebook, by_key, confirmation
from grader.marking.alike import Alike, plain
from grader.marking.desk import Desk, Mark, Marking, Undoing
from grader.result import Result

from .conftest import add

Make = Callable[[Sequence[str]], Path]
ANSWERS = ["Blue is scattered.", "blue  is scattered", "Because of the sea", "The sea is blue!", "No idea"]


@pytest.fixture
def open_desk(course: Course) -> Callable[[Path], Desk]:
    return lambda folder: Desk(folder, course, "words", lambda: "")


def result_of(folder: Path, course: Course, student: str) -> Result:
    with Gradebook(folder / FILE_NAME, course=course) as book:
        return next(result for result in book.results("words") if result.student == student)


def key_of(desk: Desk, text: str) -> str:
    return next(a["key"] for a in desk.question("why", "me")["answers"] if a["text"] == text)


def give(
    desk: Desk, key: str, score: float, *, after: int = 0, who: str = "ada", **more: Any
) -> dict[str, Any]:
    return desk.mark("why", Marking(key=key, after=after, score=score, who=who, **more))


def test_an_answer_is_shown_with_question_rubric_and_reasons_and_without_its_writer(
    results: Make, open_desk: Callable[[Path], Desk]
) -> None:
    desk = open_desk(results(ANSWERS))
    shown = desk.question("why", "ada")
    first = shown["answers"][0]
    assert (shown["max"], shown["sketch"]) == (4, "Blue light is scattered more.")
    assert [(p["id"], p["points"]) for p in shown["rubric"]] == [("scattered", 3), ("way", 1)]
    assert (first["found"], first["provisional"]) == (["scattered"], 3)
    assert "Not found: the way is long." in first["why"]
    assert "Answer sketch" not in first["why"]
    students = {f'"s{number}"' for number in range(len(ANSWERS))}
    assert not [name for name in students if name in json.dumps([shown, desk.marks("why"), desk.questions()])]
    assert set(desk.names()["names"].values()) == {name.strip('"') for name in students}


def test_a_mark_is_in_the_gradebook_at_once_with_who_when_and_its_comment(
    results: Make, open_desk: Callable[[Path], Desk], course: Course
) -> None:
    folder = results(ANSWERS)
    desk = open_desk(folder)
    done = give(desk, key_of(desk, "No idea"), 1.5, comment="Try <b>again</b>\n\u202eevil", items=("way",))
    assert len(done["saved"]) == 1
    result = result_of(folder, course, "s4")
    (question,) = result.questions
    assert (question.score, question.confirmed_by, question.needs_manual) == (1.5, "ada", False)
    assert question.comment == "Try <b>again</b>\n<U+202E>evil"
    assert question.confirmed_at.startswith("20")
    assert result.score == 1.5
    again = open_desk(folder).marks("why")["marks"][key_of(desk, "No idea")]
    assert (again["items"], again["comment"]) == (["way"], question.comment)


def test_who_comes_second_is_told_and_overwrites_only_what_they_have_seen(
    results: Make, open_desk: Callable[[Path], Desk], course: Course
) -> None:
    folder = results(ANSWERS)
    desk, other = open_desk(folder), open_desk(folder)
    key = key_of(desk, "No idea")
    give(desk, key, 1, who="ada")
    late = give(other, key, 4, who="ben")
    assert late["saved"] == []
    assert (late["marks"][key]["who"], late["marks"][key]["score"]) == ("ada", 1)
    assert result_of(folder, course, "s4").questions[0].score == 1
    assert give(other, key, 4, who="ben", after=late["marks"][key]["id"])["saved"]
    assert result_of(folder, course, "s4").questions[0].confirmed_by == "ben"


def test_undo_puts_back_what_counted_before_but_not_what_somebody_has_changed_since(
    results: Make, open_desk: Callable[[Path], Desk], course: Course
) -> None:
    folder = results(ANSWERS)
    desk = open_desk(folder)
    key = key_of(desk, "No idea")
    first = give(desk, key, 1, comment="hm")["saved"][0]["id"]
    second = give(desk, key, 2, after=first)["saved"][0]["id"]
    desk.undo("why", Undoing(marks=(Mark(key=key, id=second),), who="ada"))
    question = result_of(folder, course, "s4").questions[0]
    assert (question.score, question.comment) == (1, "hm")
    third = desk.marks("why")["marks"][key]["id"]
    assert desk.undo("why", Undoing(marks=(Mark(key=key, id=second),), who="ada"))["kept"] == [key]
    fourth = give(desk, key, 3, after=third)["saved"][0]["id"]
    desk.undo("why", Undoing(marks=(Mark(key=key, id=fourth),), who="ada"))
    assert result_of(folder, course, "s4").questions[0].score == 1


def test_undo_of_the_first_mark_lets_the_answer_wait_again(
    results: Make, open_desk: Callable[[Path], Desk], course: Course
) -> None:
    folder = results(ANSWERS)
    desk = open_desk(folder)
    key = key_of(desk, "No idea")
    saved = give(desk, key, 1)["saved"][0]
    desk.undo("why", Undoing(marks=(Mark(**saved),), who="ada"))
    result = result_of(folder, course, "s4")
    assert (result.needs_manual, result.questions[0].needs_manual, result.questions[0].score) == (
        True,
        True,
        0,
    )
    assert desk.questions()["questions"][0]["marked"] == 0
    last = desk.marks("why")["marks"][key]["id"]
    assert give(desk, key, 2, after=last)["saved"]


def test_identical_answers_are_marked_together_those_already_marked_left_alone(
    results: Make, open_desk: Callable[[Path], Desk], course: Course
) -> None:
    folder = results([*ANSWERS, "BLUE is scattered"])
    desk = open_desk(folder)
    give(desk, key_of(desk, "BLUE is scattered"), 1, who="ben")
    done = give(desk, key_of(desk, "Blue is scattered."), 3, together=True)
    assert len(done["saved"]) == 2
    scores = {name: result_of(folder, course, name).questions[0].score for name in ("s0", "s1", "s5")}
    assert scores == {"s0": 3, "s1": 3, "s5": 1}


def test_of_two_who_mark_at_the_same_moment_one_is_saved_and_the_other_told(
    results: Make, open_desk: Callable[[Path], Desk], course: Course
) -> None:
    folder = results([f"answer {number}" for number in range(25)])
    keys = [answer["key"] for answer in open_desk(folder).question("why", "me")["answers"]]

    def all_of_them(who: str) -> list[bool]:
        desk = open_desk(folder)
        return [bool(give(desk, key, 1, who=who)["saved"]) for key in keys]

    with ThreadPoolExecutor(2) as pool:
        ada, ben = pool.map(all_of_them, ("ada", "ben"))
    assert [one != other for one, other in zip(ada, ben, strict=True)] == [True] * 25
    marks = open_desk(folder).marks("why")["marks"]
    assert [marks[key]["who"] for key in keys] == ["ada" if mine else "ben" for mine in ada]


@pytest.mark.parametrize("score", [-1, 4.5, 1e300])
def test_points_out_of_range_are_refused(
    results: Make, open_desk: Callable[[Path], Desk], score: float
) -> None:
    desk = open_desk(results(ANSWERS))
    with pytest.raises(UsageError, match="between 0 and 4"):
        give(desk, key_of(desk, "No idea"), score)


def test_a_new_answer_is_seen_without_a_restart_and_waits(
    results: Make, open_desk: Callable[[Path], Desk], course: Course
) -> None:
    folder = results(ANSWERS)
    desk = open_desk(folder)
    old = key_of(desk, "No idea")
    give(desk, old, 1)
    with Gradebook(folder / FILE_NAME, course=course) as book:
        add(book, "s4", "I have one now")
    assert key_of(desk, "I have one now") not in desk.marks("why")["marks"]
    with pytest.raises(UsageError, match="handed in again"):
        give(desk, old, 2)


def test_two_who_begin_do_not_begin_at_the_same_answer(
    results: Make, open_desk: Callable[[Path], Desk]
) -> None:
    desk = open_desk(results([f"answer {number}" for number in range(60)]))
    starts = {desk.question("why", who)["start"] for who in ("ada", "ben", "cleo", "dan")}
    assert len(starts) == 4


def test_alike_are_answers_of_the_same_rare_words() -> None:
    texts = {"a": "the filter is shared", "b": "a shared filter, the same one", "c": "the cat is the cat"}
    texts |= {"d": "The filter is shared", "e": "x < y", "f": "x > y"}
    alike = Alike(texts)
    assert alike.same("a") == ["d"]
    assert alike.same("e") == []
    assert next(key for key, _ in alike.near("a")) == "b"
    assert "d" not in dict(alike.near("a"))
    assert plain("  It  Slides. ") == "it slides"


def test_the_comment_is_on_the_page_and_in_result_json_whatever_is_revealed(
    results: Make, open_desk: Callable[[Path], Desk], course: Course
) -> None:
    folder = results(ANSWERS)
    desk = open_desk(folder)
    assert write_pages(folder, course, "words").startswith("5 students' pages written")
    give(desk, key_of(desk, "No idea"), 1, comment="Look at <i>Rayleigh</i>.")
    assert write_pages(folder, course, "words").startswith("1 students' pages written")
    page = (folder / "s4" / "feedback.html").read_text(encoding="utf-8")
    assert "Look at &lt;i&gt;Rayleigh&lt;/i&gt;." in page
    assert "Answer sketch" not in page
    assert "until a person" not in page
    (question,) = json.loads((folder / "s4" / "result.json").read_text(encoding="utf-8"))["questions"]
    assert question["comment"] == "Look at <i>Rayleigh</i>."
    assert "until a person" in (folder / "s3" / "feedback.html").read_text(encoding="utf-8")


def test_a_score_given_without_a_comment_keeps_the_comment_that_is_there(
    results: Make, open_desk: Callable[[Path], Desk], course: Course
) -> None:
    folder = results(ANSWERS)
    desk = open_desk(folder)
    give(desk, key_of(desk, "No idea"), 1, comment="hm")
    with Gradebook(folder / FILE_NAME, course=course) as book:
        item = by_key(book, "words")["s4", "why"]
        book.confirm("words", confirmation(item, 2, "sheet"))
    question = result_of(folder, course, "s4").questions[0]
    assert (question.score, question.comment, question.confirmed_by) == (2, "hm", "sheet")


def test_a_gradebook_of_format_2_gets_comments_and_keeps_its_points(
    results: Make, open_desk: Callable[[Path], Desk], course: Course
) -> None:
    folder = results(ANSWERS)
    desk = open_desk(folder)
    give(desk, key_of(desk, "No idea"), 1)
    database = sqlite3.connect(folder / FILE_NAME)
    for column in ("comment", "items", "withdrawn"):
        database.execute(f"ALTER TABLE confirmations DROP COLUMN {column}")
    # Two people in one row: format 1 did not know better and is mended; in format 2 somebody has said so.
    for number in (104, 105):
        database.execute(
            "INSERT INTO receipts VALUES ('words', 's1', ?, '', '', '', ?)",
            (str(number), json.dumps({"system": "canvas", "id": str(number), "name": "s1"})),
        )
    database.execute("PRAGMA user_version = 2")
    database.commit()
    database.close()
    with Gradebook(folder / FILE_NAME, course=course) as book:
        assert book.remarks == []
        assert by_key(book, "words")["s4", "why"].question.score == 1
    assert give(desk, key_of(desk, "Because of the sea"), 2, comment="c")["saved"]
    assert result_of(folder, course, "s2").questions[0].comment == "c"


def test_results_that_others_can_write_are_refused(
    results: Make, open_desk: Callable[[Path], Desk], course: Course
) -> None:
    folder = results(ANSWERS)
    desk = open_desk(folder)
    folder.chmod(0o777)
    with pytest.raises(UsageError, match="other users"):
        desk.marks("why")


def test_the_terminal_does_not_overwrite_what_was_marked_while_it_asked(
    results: Make, open_desk: Callable[[Path], Desk], course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = results(["No idea"])
    desk = open_desk(folder)

    def somebody_is_faster(*_: object) -> str:
        give(desk, key_of(desk, "No idea"), 4)
        return "1"

    monkeypatch.setattr(Screen, "input", somebody_is_faster)
    ask = {"sheet": None, "read": None, "everything": False, "from_nbgrader": None, "assignment": None}
    assert answers(folder, who="ben", course_path=course.root, **ask) == 0
    question = result_of(folder, course, "s0").questions[0]
    assert (question.score, question.confirmed_by) == (4, "ada")

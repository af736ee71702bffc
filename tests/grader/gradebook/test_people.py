"""Who is who in a gradebook: people of earlier versions, namesakes, who dropped or was renamed, extensions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from grader.batch.entries import as_called_now, as_known
from grader.batch.run import Options, grade_class
from grader.errors import UsageError
from grader.gradebook import merge, remove, rename, restore, split
from grader.gradebook.confirmations import Confirmation, answer_sha256
from grader.gradebook.database import FILE_NAME, Gradebook
from grader.gradebook.people import changes
from grader.intake import discover, result_folder
from grader.intake.receipt import Receipt
from grader.result import QuestionResult, Result

from ..batch.partial_runs import in_order
from ..conftest import GOOD, TinyCourse, write_tree


def canvas(number: str, name: str = "doejane") -> dict[str, str]:
    return {"system": "canvas", "id": number, "name": name}


def hand_in(
    book: Gradebook, student: str, score: float, lms: Mapping[str, str], sha: str = "", answer: str = ""
) -> None:
    sha = sha or f"{lms.get('id')} {score}"
    book.receive("tiny", student, sha, Receipt(lms=lms))
    questions = (
        [QuestionResult(name="why", score=0, max_score=9, answer=answer, provisional=1)] if answer else []
    )
    book.add(
        Result(
            assignment="tiny", student=student, status="graded", score=score, max_score=10,
            submission_sha256=sha, questions=questions,
        )
    )  # fmt: skip


def scores(book: Gradebook) -> dict[str, float]:
    return {result.student: result.score for result in book.results("tiny")}


def of_version_1(path: Path, fill: Callable[[Gradebook], None]) -> None:
    """A gradebook as 0.1 left it: its tables and its number, and nothing that came later."""
    with Gradebook(path) as book:
        fill(book)
    database = sqlite3.connect(path)
    database.executescript("DROP TABLE people; PRAGMA user_version = 1;")
    database.close()


# ---------------------------------------------------------------- gradebooks of 0.1


def test_a_namesake_who_took_the_row_gets_an_own_one(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME

    def fill(book: Gradebook) -> None:
        hand_in(book, "doejane", 3, canvas("104"))
        hand_in(book, "doejane", 8, canvas("105"))

    of_version_1(path, fill)
    with Gradebook(path) as book:
        assert scores(book) == {"doejane": 3, "doejane (105)": 8}
        (change,) = changes(book, "tiny")
        assert (change.student, change.new, change.who) == ("doejane", "doejane (105)", "grader")
        assert "105" in change.reason
    with Gradebook(path) as book:
        assert len(changes(book, "tiny")) == 1, "done once"


def test_one_person_under_two_names_is_one_again(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME

    def fill(book: Gradebook) -> None:
        hand_in(book, "doejane", 3, canvas("104"))
        hand_in(book, "doejane (104)", 5, canvas("104"))
        hand_in(book, "doejane (105)", 8, canvas("105"))
        hand_in(book, "doejane", 9, canvas("105"))

    of_version_1(path, fill)
    with Gradebook(path) as book:
        assert scores(book) == {"doejane": 5, "doejane (105)": 9}
        assert [len(book.attempts("tiny", who)) for who in ("doejane", "doejane (105)")] == [2, 2]


def test_points_given_by_a_person_go_with_the_answer(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME

    def fill(book: Gradebook) -> None:
        for number, answer, points in (("104", "because", 4), ("105", "so", 7), ("106", "because", 4)):
            hand_in(book, "doejane", 0, canvas(number), answer=answer)
            said = Confirmation("doejane", "why", answer_sha256(answer), points, "me", "now")
            book.confirm("tiny", said)

    of_version_1(path, fill)
    with Gradebook(path) as book:
        assert scores(book) == {"doejane": 4, "doejane (105)": 7, "doejane (106)": 4}


def test_a_team_with_a_participant_s_number_is_not_that_participant(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME

    def fill(book: Gradebook) -> None:
        hand_in(book, "Team Red", 5, {"system": "moodle", "id": "57", "name": "Team Red"})
        hand_in(book, "Ann Other", 9, {"system": "moodle", "id": "57", "name": "Ann Other"})

    of_version_1(path, fill)
    with Gradebook(path) as book:
        assert scores(book) == {"Team Red": 5, "Ann Other": 9}


def test_a_gradebook_without_namesakes_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME

    def fill(book: Gradebook) -> None:
        hand_in(book, "doejane", 3, canvas("104"))
        hand_in(book, "doejane", 4, canvas("104"))
        hand_in(book, "ada", 5, {})
        hand_in(book, "Jane Doe", 6, {"system": "gradescope", "id": "submission_1", "email": "j@u"})
        hand_in(book, "Jane Doe", 7, {"system": "gradescope", "id": "submission_2", "email": "j@u"})

    of_version_1(path, fill)
    with Gradebook(path) as book:
        assert scores(book) == {"doejane": 4, "ada": 5, "Jane Doe": 7}
        assert changes(book, "tiny") == []


def test_gradescope_s_namesakes_are_told_by_their_address(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME

    def fill(book: Gradebook) -> None:
        hand_in(book, "Jane Doe", 6, {"system": "gradescope", "id": "submission_1", "email": "j@u"})
        hand_in(book, "Jane Doe", 7, {"system": "gradescope", "id": "submission_2", "email": "k@u"})

    of_version_1(path, fill)
    with Gradebook(path) as book:
        assert scores(book) == {"Jane Doe": 6, "Jane Doe (k@u)": 7}


def test_work_without_a_number_under_a_namesake_s_row_is_told_and_can_be_parted(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME

    def fill(book: Gradebook) -> None:
        hand_in(book, "doejane", 3, {}, sha="folder")
        hand_in(book, "doejane", 8, canvas("105"))

    of_version_1(path, fill)
    with Gradebook(path) as book:
        (change,) = changes(book, "tiny")
        assert change.action == "doubtful"
        assert "--split" in change.reason
        split(book, "tiny", "doejane", "Jane D", "me")
        assert scores(book) == {"doejane": 8, "Jane D": 3}
        with pytest.raises(UsageError, match="no attempt"):
            split(book, "tiny", "doejane", "x", "me")


@pytest.mark.slow
def test_pages_follow_when_rows_are_parted(tiny: TinyCourse, tmp_path: Path) -> None:
    out = tmp_path / "out"
    jane = {"doejane_104_900_alpha.py": GOOD["alpha"], "doejane_104_901_beta.py": GOOD["beta"]}
    other = {"doejane_105_950_alpha.py": GOOD["alpha"]}
    write_tree(tmp_path / "one", jane)
    write_tree(tmp_path / "two", other)
    grade_class(tiny.course, "tiny", tmp_path / "one", out, Options(jobs=1))
    grade_class(tiny.course, "tiny", tmp_path / "two", out, Options(jobs=1))
    database = sqlite3.connect(out / FILE_NAME)
    for table in ("attempts", "receipts", "confirmations"):
        database.execute(f"UPDATE OR REPLACE {table} SET student = 'doejane'")
    database.executescript("DROP TABLE people; PRAGMA user_version = 1;")
    database.close()
    summary = grade_class(tiny.course, "tiny", tmp_path / "two", out, Options(jobs=1))
    assert summary.kept == 1
    assert '"score": 10' in (out / "doejane" / "result.json").read_text()
    assert '"score": 5' in (out / result_folder("doejane (105)") / "result.json").read_text()
    assert any("doejane (105)" in line and "0.1" in line for line in summary.remarks)


# ---------------------------------------------------------------- said by a person


def test_everything_can_be_said_again_without_harm(tmp_path: Path) -> None:
    with Gradebook(tmp_path / FILE_NAME) as book:
        hand_in(book, "ada", 3, {})
        hand_in(book, "ben", 4, {})
        for _ in range(2):
            remove(book, "tiny", "ben", "me", "left")
        assert scores(book) == {"ada": 3}
        for _ in range(2):
            restore(book, "tiny", "ben", "me", "came back")
        for _ in range(2):
            rename(book, "tiny", "ada", "Ada King", "me", "married")
        assert scores(book) == {"Ada King": 3, "ben": 4}
        for _ in range(2):
            rename(book, "tiny", "Ada King", "ada", "me")
        assert scores(book) == {"ada": 3, "ben": 4}
        rename(book, "tiny", "ada", "ada", "me")
        assert [(c.student, c.action, c.who, c.reason) for c in changes(book, "tiny")] == [
            ("ben", "removed", "me", "left"), ("ben", "restored", "me", "came back"),
            ("ada", "renamed", "me", "married"), ("Ada King", "renamed", "me", ""),
        ]  # fmt: skip
        for wrong in (lambda: remove(book, "tiny", "x", "me"), lambda: restore(book, "tiny", "ada", "me")):
            with pytest.raises(UsageError):
                wrong()


def test_who_is_removed_stays_so_under_a_new_name(tmp_path: Path) -> None:
    with Gradebook(tmp_path / FILE_NAME) as book:
        hand_in(book, "ada", 3, {})
        hand_in(book, "ben", 4, {})
        remove(book, "tiny", "ben", "me")
        rename(book, "tiny", "ben", "Ben K", "me")
        assert scores(book) == {"ada": 3}
        restore(book, "tiny", "Ben K", "me")
        assert scores(book) == {"ada": 3, "Ben K": 4}


@pytest.mark.slow
def test_the_listing_says_who_when_and_why(tiny: TinyCourse, tmp_path: Path, cli: Callable[..., Any]) -> None:
    out = tmp_path / "out"
    write_tree(tmp_path / "in", {"ada/alpha.py": GOOD["alpha"], "ben/alpha.py": GOOD["alpha"]})
    grade_class(tiny.course, "tiny", tmp_path / "in", out, Options(jobs=1))
    course = ("--course", str(tiny.root / "course.yaml"))
    for _ in range(2):
        done = cli("people", out, "--remove", "ben", "--by", "me", "--reason", "left\x1b[1m", *course)
        assert done.code == 0
    assert done.out.count("ben: removed, by me (left") == 1
    assert "\x1b" not in done.out
    listed = cli("people", out, *course)
    assert "ben: removed, by me (left" in listed.out
    assert '"ben"' not in (out / "grades.csv").read_text()
    assert cli("people", out, "--restore", "ben", *course).code == 0
    assert cli("people", out, "--rename", "ada", "Ada", *course).code == 0
    assert cli("people", out, "--rename", "ada", "Ada", *course).code == 0
    assert cli("people", out, "--same", "ben", "Ada", *course).code == 0
    assert (out / result_folder("Ada") / "feedback.html").is_file()
    assert not (out / "ben").exists()


def test_a_table_of_people_without_reasons_gets_the_column(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with Gradebook(path) as book:
        hand_in(book, "ada", 3, {})
    database = sqlite3.connect(path)
    database.executescript(
        "DROP TABLE people; CREATE TABLE people (id INTEGER PRIMARY KEY, assignment TEXT NOT NULL, student TEXT NOT"
        " NULL, action TEXT NOT NULL, new TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL);"
        "INSERT INTO people VALUES (1, 'tiny', 'ada', 'removed', '', 'me', 'then'); PRAGMA user_version = 1;"
    )
    database.close()
    with Gradebook(path) as book:
        assert scores(book) == {}
        restore(book, "tiny", "ada", "me", "a mistake")
        assert [c.reason for c in changes(book, "tiny")] == ["", "a mistake"]


# ---------------------------------------------------------------- newcomers


def called(
    book: Gradebook, tiny: TinyCourse, folder: Path, files: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """The names under which `files` are graded, and the remarks."""
    entries = discover(write_tree(folder, files), "tiny", tiny.assignment).entries
    remarks: list[str] = []
    known = as_known(entries, book.people("tiny"))
    return [e.student for e in as_called_now(known, book, tiny.assignment, "tiny", remarks)], remarks


def test_a_newcomer_with_the_old_name_gets_an_own_row(tiny: TinyCourse, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_tree(tmp_path / "in", {"ada/alpha.py": GOOD["alpha"], "ben/alpha.py": GOOD["alpha"]})
    grade_class(tiny.course, "tiny", tmp_path / "in", out, Options(jobs=1))
    with Gradebook(out / FILE_NAME) as book:
        rename(book, "tiny", "ada", "Ada King", "me")
        names, remarks = called(book, tiny, tmp_path / "same", {"ada/alpha.py": GOOD["alpha"]})
        assert (names, remarks) == (["Ada King"], []), "the same files are hers"
        names, remarks = called(book, tiny, tmp_path / "new", {"ada/alpha.py": "x = 1"})
        assert names == ["ada"]
        (said,) = remarks
        assert "Ada King" in said
        assert "--same ada" in said
        names, _ = called(
            book, tiny, tmp_path / "both", {"ada/alpha.py": "x = 1", "Ada King/alpha.py": GOOD["alpha"]}
        )
        assert sorted(names) == ["Ada King", "ada"]
        merge(book, "tiny", "ada", "Ada King", "me", "handed in again")
        names, remarks = called(book, tiny, tmp_path / "then", {"ada/alpha.py": "x = 2"})
        assert (names, remarks) == (["Ada King"], [])


def test_two_may_change_names_with_each_other(tiny: TinyCourse, tmp_path: Path) -> None:
    files = {"ada/alpha.py": "# points: 3", "ben/alpha.py": "# points: 4"}
    runs = [files, files]
    in_order(tiny.course, "tiny", runs[:1], tmp_path)
    with Gradebook(tmp_path / "out" / FILE_NAME) as book:
        for old, new in (("ada", "x"), ("ben", "ada"), ("x", "ben")):
            rename(book, "tiny", old, new, "me")
    results = in_order(tiny.course, "tiny", runs, tmp_path)
    assert {one.student: one.score for one in results} == {"ben": 3, "ada": 4}


def test_a_newcomer_with_a_number_gets_an_own_row(tiny: TinyCourse, tmp_path: Path) -> None:
    with Gradebook(tmp_path / FILE_NAME) as book:
        hand_in(book, "doejane", 3, canvas("104"))
        rename(book, "tiny", "doejane", "Jane Roe", "me")
        files = {"doejane_104_900_alpha.py": "x = 2", "doejane_105_950_alpha.py": "x = 1"}
        names, _ = called(book, tiny, tmp_path / "both", files)
        assert names == ["Jane Roe", "doejane (105)"]
        names, _ = called(book, tiny, tmp_path / "alone", {"doejane_105_950_alpha.py": "x = 1"})
        assert names == ["doejane"]
        names, _ = called(book, tiny, tmp_path / "hers", {"doejane_104_950_alpha.py": "x = 1"})
        assert names == ["Jane Roe"]


def test_one_person_with_two_rows_is_made_one(tmp_path: Path) -> None:
    with Gradebook(tmp_path / FILE_NAME) as book:
        hand_in(book, "doejane", 3, canvas("104"))
        hand_in(book, "roejane", 5, canvas("104", "roejane"))
        merge(book, "tiny", "doejane", "roejane", "me", "married")
        assert scores(book) == {"roejane": 5}
        assert len(book.attempts("tiny", "roejane")) == 2
        with pytest.raises(UsageError):
            merge(book, "tiny", "roejane", "nobody", "me")
        merge(book, "tiny", "doejane", "roejane", "me", "married")
        assert len(changes(book, "tiny")) == 1


def test_a_number_with_another_name_is_told(tiny: TinyCourse, tmp_path: Path) -> None:
    with Gradebook(tmp_path / FILE_NAME) as book:
        hand_in(book, "doejane", 3, canvas("104"))
        names, remarks = called(book, tiny, tmp_path / "x", {"roejane_104_900_alpha.py": "x = 2"})
        assert names == ["roejane"]
        (said,) = remarks
        assert "104" in said
        assert "--same doejane roejane" in said


# ---------------------------------------------------------------- extensions

DUE = datetime(2025, 6, 1, 22, 0, tzinfo=UTC)


def with_extension(tiny: TinyCourse, name: str) -> Any:
    late = {"due": DUE, "extensions": {name: DUE + timedelta(days=9)}}
    model = tiny.assignment.model_validate(
        {**tiny.assignment.model_dump(exclude={"due", "extensions"}), **late}
    )
    return tiny.course.model_copy(update={"assignments": {"tiny": model}})


@pytest.mark.parametrize("name", ["doejane", "DOEJANE"])
def test_an_extension_of_a_name_that_two_have_is_refused(name: str, tiny: TinyCourse, tmp_path: Path) -> None:
    course = with_extension(tiny, name)
    with Gradebook(tmp_path / "a.db") as book:
        hand_in(book, "doejane", 3, canvas("104"))
        hand_in(book, "doejane (105)", 8, canvas("105"))
    with Gradebook(tmp_path / "a.db", course=course) as book, pytest.raises(UsageError) as refused:
        list(book.results("tiny"))
    for part in ("doejane (105)", "number", "104", "105"):
        assert part in str(refused.value)
    write_tree(tmp_path / "in", {"doejane_104_900_alpha.py": "x = 2", "doejane_105_950_alpha.py": "x = 1"})
    with pytest.raises(UsageError, match="the extension of"):
        grade_class(course, "tiny", tmp_path / "in", tmp_path / "out", Options(jobs=1))


@pytest.mark.parametrize(("name", "who"), [("104", "doejane"), ("doejane (105)", "doejane (105)")])
def test_an_extension_by_number_is_one_person_s(
    name: str, who: str, tiny: TinyCourse, tmp_path: Path
) -> None:
    with Gradebook(tmp_path / FILE_NAME, course=with_extension(tiny, name)) as book:
        hand_in(book, "doejane", 3, canvas("104"))
        hand_in(book, "doejane (105)", 8, canvas("105"))
        extended = [r.student for r in book.results("tiny") if r.late and r.late.extended]
        assert extended == [who]


def test_who_was_renamed_keeps_the_extension(tiny: TinyCourse, tmp_path: Path) -> None:
    with Gradebook(tmp_path / FILE_NAME, course=with_extension(tiny, "ada")) as book:
        hand_in(book, "ada", 3, {})
        rename(book, "tiny", "ada", "Ada King", "me")
        assert [r.late.extended for r in book.results("tiny") if r.late] == [True]

"""Rosters as people and systems write them: columns by their names, and nobody matched by guessing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.gradebook.roster import Roster, read_roster
from grader.intake.receipt import Receipt

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Lesson (99)
,,,,,Manual Posting
    Points Possible,,,,,100
"Doe, Jane",11,S1,jdoe1,A,
"Li, Bo",12,S2,bli,A,3
"Doe, Jane",13,S3,jdoe2,B,
"""
MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"Last modified (submission)",\
"Last modified (grade)","Feedback comments"
"Participant 501","Jane Doe",jane@example.org,"Submitted for grading",,100.00,Yes,"Sunday, 1 June 2025, 10:00 PM",-,
"Participant 502","Bo Li",bo@example.org,"No submission",,100.00,Yes,-,-,
"""


@pytest.fixture
def roster(tmp_path: Path) -> Callable[[str], Roster]:
    """roster(text) → what is read of it."""

    def read(text: str) -> Roster:
        path = tmp_path / "students.csv"
        path.write_bytes(text.encode())
        return read_roster(path)

    return read


def line(roster: Roster, student: str, **lms: str) -> int | None:
    row = roster.find(student, lms).row
    return row.line if row else None


@pytest.mark.parametrize(
    ("header", "student"),
    [
        ("student", "ada"),
        ("STUDENT", "ada"),
        ("User Name", "ada"),
        ("user_name", "ADA"),
        ("SIS Login ID", "ada"),
        ("NetID", " ada "),
        ("E-Mail", "ada"),
        ("Student ID", "ada"),
        ("Full name", "Ada"),
    ],
)
def test_columns_have_many_spellings(roster: Callable[[str], Roster], header: str, student: str) -> None:
    assert line(roster(f"{header},points\nbob,1\nada,2\n"), student) == 3


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_ways_in_which_spreadsheets_write_csv(
    roster: Callable[[str], Roster], mark: str, start: str, end: str
) -> None:
    text = (
        start
        + end.join(mark.join(cells) for cells in (["login", "name"], ["ada", "美咲"], ["bo", "Ünal"]))
        + end
    )
    found = roster(text)
    assert [row.name for row in found.rows] == ["美咲", "Ünal"]
    assert line(found, "美咲") == 2


@pytest.mark.parametrize(
    ("student", "expected"),
    [
        ("Li, Bo", 5),
        ("Bo Li", 5),
        ("bo  LI", 5),
        ("libo", 5),
        ("bli", 5),
        ("S2", 5),
        ("nobody", None),
        ("", None),
    ],
)
def test_a_canvas_gradebook_is_a_roster(
    roster: Callable[[str], Roster], student: str, expected: int | None
) -> None:
    found = roster(CANVAS)
    assert len(found.rows) == 3
    assert line(found, student) == expected


def test_whoever_fits_two_lines_fits_none_unless_a_number_decides(roster: Callable[[str], Roster]) -> None:
    found = roster(CANVAS)
    match = found.find("doejane", {})
    assert match.row is None
    assert "several lines" in match.problem
    assert "4, 6" in match.problem
    assert line(found, "doejane (13)", system="canvas", id="13", name="doejane") == 6
    assert line(found, "x", system="moodle", id="13") is None, "a number of another system says nothing"


def test_a_moodle_worksheet_is_a_roster(roster: Callable[[str], Roster]) -> None:
    found = roster(MOODLE)
    assert line(found, "anybody", system="moodle", id="502", name=found.rows[1].name) == 3
    assert line(found, "Team Blue", system="moodle", id="502", name="Team Blue") is None, (
        "a team's own number"
    )
    assert line(found, "Jane Doe") == 2
    assert line(found, "x", system="gradescope", email="BO@example.org") == 3


def test_first_and_last_name_may_stand_in_two_columns(roster: Callable[[str], Roster]) -> None:
    found = roster("Last Name,First Name\nO'Hara,Zoë Ann\n")
    for student in ("Zoë Ann O'Hara", "O'Hara, Zoë Ann", "oharazoëann"):
        assert line(found, student) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("points,grade\n1,2\n", "no column says who"),
        ("login,user name\na,b\n", "mean the same"),
        ('login\n"ada\n', "CSV"),
    ],
)
def test_what_can_not_be_used_is_refused_with_a_reason(
    roster: Callable[[str], Roster], text: str, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        roster(text)


def test_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("login\nzoë\n".encode("latin-1"))
    with pytest.raises(UsageError, match="UTF-8"):
        read_roster(tmp_path / "latin.csv")
    with pytest.raises(UsageError, match="can't be read"):
        read_roster(tmp_path / "missing.csv")


def test_the_roster_s_time_goes_before_the_others(roster: Callable[[str], Roster]) -> None:
    found = roster("student,submitted\nada,2025-06-01T22:00:00Z\nbo,-\ncy,sometime\n")
    known = Receipt("2025-01-01T00:00:00+00:00", "timestamp.txt", lms={"id": "7"})
    receipt, problem = found.receipt("ada", known, None)
    assert (receipt.submitted, problem) == ("2025-06-01T22:00:00+00:00", "")
    assert "students.csv" in receipt.source
    assert receipt.lms == {"id": "7"}
    assert found.receipt("bo", known, None) == (known, "")
    unclear, _ = found.receipt("cy", known, None)
    assert unclear.submitted == ""
    assert "'sometime'" in unclear.note
    assert found.receipt("dot", known, None) == (known, "dot: not in students.csv")


def test_moodles_time_needs_the_zone_of_the_course(roster: Callable[[str], Roster]) -> None:
    found = roster(MOODLE)
    assert found.receipt("Jane Doe", Receipt(), None)[0].submitted == ""
    assert found.receipt("Jane Doe", Receipt(), UTC)[0].submitted == "2025-06-01T22:00:00+00:00"

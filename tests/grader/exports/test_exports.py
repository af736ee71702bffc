"""Scores on their way into other systems: in their importers' form, with nobody dropped and nobody mistaken."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from grader.cli import app
from grader.course.models import Assignment
from grader.errors import UsageError
from grader.exports.canvas import canvas_csv
from grader.exports.gradescope import gradescope_results
from grader.exports.moodle import moodle_csv
from grader.exports.pairing import pair_up
from grader.exports.plain_csv import class_csv
from grader.gradebook.database import FILE_NAME, Gradebook
from grader.gradebook.roster import Roster, read_roster
from grader.intake.receipt import Receipt
from grader.result import Evidence, ExerciseResult, Late, QuestionResult, Result, TestResult

ASSIGNMENT = Assignment.model_validate(
    {
        "title": "Lesson",
        "chapters": [
            {"name": "one", "title": "One", "minutes": 5, "exercises": [{"name": "f", "points": 100}]}
        ],
    }
)
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Lesson (99),Other (98)
    Points Possible,,,,,100,5
"Doe, Jane",11,S1,jdoe,A & B,,
"Li, Bo",12,S2,bli,A,3,
"Student, Test",13,,,A,,
"""
MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (grade),\
Feedback comments
Participant 501,Jane Doe,jane@example.org,Submitted for grading,,100.00,Yes,"Sunday, 1 June 2025, 10:00 PM",- well
Participant 502,Bo Li,bo@example.org,No submission,7.00,100.00,Yes,-,
"""


def result(student: str, score: float = 50, **fields: Any) -> Result:
    return Result(
        assignment="tiny", student=student, score=score, max_score=100, **{"status": "graded", **fields}
    )


@pytest.fixture
def roster(tmp_path: Path) -> Callable[[str], Roster]:
    """roster(text) → what is read of it."""

    def read(text: str) -> Roster:
        path = tmp_path / "students.csv"
        path.write_text(text, encoding="utf-8")
        return read_roster(path)

    return read


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


# ---------------------------------------------------------------- Canvas


def test_canvas_gets_its_own_columns_ids_and_the_points_row(roster: Callable[[str], Roster]) -> None:
    people = roster(CANVAS)
    pairing = pair_up([result("jdoe", 71.5), result("libo", 0)], people)
    text, remarks = canvas_csv(pairing, ASSIGNMENT, people)
    header, points, *rows = table(text)
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lesson (99)"]
    assert points == ["    Points Possible", "", "", "", "", "100"]
    assert rows == [
        ["Doe, Jane", "11", "S1", "jdoe", "A & B", "71.5"],
        ["Li, Bo", "12", "S2", "bli", "A", "0"],
    ]
    assert remarks == []
    assert text.splitlines()[2].endswith(",71.5"), "a score is a number, not a quoted text"
    assert any("Student, Test" in line and "handed in nothing" in line for line in pairing.remarks)


def test_canvas_gets_no_empty_cell_that_would_wipe_out_a_score(roster: Callable[[str], Roster]) -> None:
    people = roster(CANVAS)
    broken = result("bli", 0, status="grader error")
    pairing = pair_up([result("jdoe"), broken], people)
    rows = table(canvas_csv(pairing, ASSIGNMENT, people)[0])[2:]
    assert [row[0] for row in rows] == ["Doe, Jane"]
    assert any("bli: grader error" in line for line in pairing.remarks)


def test_a_canvas_download_needs_no_roster_and_a_column_may_be_named() -> None:
    lms = {"system": "canvas", "id": "11", "name": "doejane"}
    text, remarks = canvas_csv(pair_up([result("doejane", lms=lms)], None), ASSIGNMENT, None)
    assert table(text)[2] == ["doejane", "11", "", "", "", "50"]
    assert any("--column" in line for line in remarks)
    text, remarks = canvas_csv(pair_up([result("doejane", lms=lms)], None), ASSIGNMENT, None, "Lesson (99)")
    assert (table(text)[0][-1], remarks) == ("Lesson (99)", [])


# ---------------------------------------------------------------- matching


def test_who_is_on_one_side_only_is_listed_with_what_would_be_lost(roster: Callable[[str], Roster]) -> None:
    people = roster("login,name\nada,Ada\nbo,Bo\n")
    pairing = pair_up([result("ada"), result("stranger", 88.25)], people)
    said = "\n".join(pairing.remarks)
    assert "stranger: not in students.csv; score 88.25 of 100" in said
    assert "Bo: in students.csv (line 3), handed in nothing" in said
    assert "ada" not in said.casefold().replace("handed", "")
    students = [row[0] for row in table(class_csv(pairing, ASSIGNMENT))]
    assert students == ["student", "ada", "stranger", ""]


def test_two_results_never_share_a_line(roster: Callable[[str], Roster]) -> None:
    people = roster("login,name\nada,Ada L\n")
    pairing = pair_up([result("ada", 10), result("Ada L", 90)], people)
    assert [pair.row for pair in pairing.pairs] == [None, None]
    assert sum("fits ada and Ada L" in line for line in pairing.remarks) == 2
    assert len(table(canvas_csv(pairing, ASSIGNMENT, people)[0])) == 2, "Canvas must not choose by the name"


def test_scores_that_are_not_final_are_mentioned() -> None:
    late = Late(due="2025-06-01T22:00:00+00:00", score_before=5, note="the time is unknown")
    said = pair_up([result("ada", needs_manual=True), result("bo", late=late)], None).remarks
    assert any("1 of the scores still lack" in line for line in said)
    assert any("time of submission unknown" in line and "bo" in line for line in said)


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", " =1", "\n=1"])
def test_no_name_becomes_a_formula(name: str, roster: Callable[[str], Roster]) -> None:
    cell = '"' + name.replace('"', '""') + '"'
    people = roster(f"Identifier,login,name,ID\nParticipant 1,ada,{cell},{cell}\n")
    pairing = pair_up([result("ada"), result(name)], people)
    for text in (
        class_csv(pairing, ASSIGNMENT),
        canvas_csv(pairing, ASSIGNMENT, people)[0],
        moodle_csv(pairing, ASSIGNMENT, people)[0],
    ):
        cells = [cell for row in table(text) for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]


def test_names_in_any_script_come_through(roster: Callable[[str], Roster]) -> None:
    people = roster('login,name\nm,美咲 山田\nz,"Zoë ""O\'Hara"", jr"\nv,Владимир; Ж\n')
    pairing = pair_up([result(student) for student in "mzv"], people)
    names = [row[0] for row in table(canvas_csv(pairing, ASSIGNMENT, people)[0])[2:]]
    assert names == ["美咲 山田", 'Zoë "O\'Hara", jr', "Владимир; Ж"]


# ---------------------------------------------------------------- Moodle


def test_moodle_gets_its_worksheet_back_with_the_grades(roster: Callable[[str], Roster]) -> None:
    people = roster(MOODLE)
    text, remarks = moodle_csv(pair_up([result("Jane Doe", 71.5)], people), ASSIGNMENT, people)
    header, jane, bo = table(text)
    assert header[:3] == ["Identifier", "Full name", "Email address"]
    assert (jane[0], jane[header.index("Grade")]) == ("Participant 501", "71.5")
    assert jane[header.index("Last modified (grade)")] == "Sunday, 1 June 2025, 10:00 PM"
    assert (bo[0], bo[header.index("Grade")]) == ("Participant 502", ""), "Moodle passes over an empty grade"
    assert "Feedback comments" not in header, "a column that is not there is left alone"
    assert remarks == []


def test_a_moodle_download_needs_no_roster() -> None:
    lms = {"system": "moodle", "id": "501", "name": "Jane Doe"}
    text, remarks = moodle_csv(pair_up([result("Jane Doe", lms=lms), result("bo")], None), ASSIGNMENT, None)
    assert [row[0] for row in table(text)] == ["Identifier", "Participant 501"]
    assert [line.startswith("bo: ") and "score 50" in line for line in remarks] == [True]


def test_grades_that_moodle_would_pass_over_in_silence_are_not_sent_in_silence(
    roster: Callable[[str], Roster],
) -> None:
    people = roster(MOODLE.replace("100.00", "10.00"))
    with pytest.raises(UsageError, match=r"maximum grade is 10\.00"):
        moodle_csv(pair_up([result("Jane Doe")], people), ASSIGNMENT, people)
    people = roster(MOODLE.replace("Yes", "No"))
    remarks = moodle_csv(pair_up([result("Jane Doe")], people), ASSIGNMENT, people)[1]
    assert any("locked" in line for line in remarks)


# ---------------------------------------------------------------- Gradescope


def with_tests(**fields: Any) -> Result:
    test = TestResult(
        id="t", title="Doubles", outcome="failed", points=0, max_points=3, message="is \x1b[31m\u202ewrong",
        example="double(x=[1])", evidence=Evidence(),
    )  # fmt: skip
    exercise = ExerciseResult(
        name="double", score=0, max_score=3, status="failed", tests=[test], chapter="alpha"
    )
    questions = [
        QuestionResult(
            name="why", score=0, max_score=4, needs_manual=True, provisional=2, feedback="2 of 4?"
        ),
        QuestionResult(name="size", score=1, max_score=1, feedback="right"),
    ]
    return result("ada", 64, exercises=[exercise], questions=questions, needs_manual=True, **fields)


def test_gradescope_gets_a_test_for_each_test_and_question() -> None:
    late = Late(
        due="2025-06-01T22:00:00+00:00", submitted="2025-06-03T00:00:00+00:00", days=2, penalty_percent=20,
        score_before=80,
    )  # fmt: skip
    data = gradescope_results(with_tests(late=late), ASSIGNMENT)
    assert data["score"] == 64, "the score after the penalty, not the sum of the tests"
    assert "2 days late: 20 % taken off 80 points" in data["output"]
    test, free, size = data["tests"]
    assert (test["score"], test["max_score"], test["status"]) == (0, 3, "failed")
    assert "double(x=[1])" in test["output"]
    assert "\x1b" not in test["output"]
    assert "\u202e" not in test["output"]
    assert "score" not in free, "nobody has read it yet, so it is not a zero"
    assert "2 of 4" not in free["output"]
    assert (size["score"], size["status"]) == (1, "passed")
    json.dumps(data, allow_nan=False)


@pytest.mark.parametrize(("reveal", "message", "example"), [("title", False, False), ("hint", True, False)])
def test_gradescope_shows_only_what_the_course_reveals(reveal: str, message: bool, example: bool) -> None:
    rules = ASSIGNMENT.model_copy(update={"reveal": reveal})
    output = gradescope_results(with_tests(), rules)["tests"][0]["output"]
    assert ("wrong" in output, "double(x=" in output) == (message, example)


def test_a_grader_error_is_no_zero_in_gradescope() -> None:
    data = gradescope_results(result("ada", 0, status="grader error"), ASSIGNMENT)
    assert "score" not in data
    assert data["tests"] == []
    assert "not you" in data["output"]


# ---------------------------------------------------------------- the command


@pytest.fixture
def graded(tiny: Any, tmp_path: Path) -> Path:
    """A RESULTS folder with two students."""
    out = tmp_path / "results"
    out.mkdir()
    with Gradebook(out / FILE_NAME) as book:
        for student, number in (("Jane Doe", "501"), ("Bo Li", "502")):
            given = result(student, 7)
            given.max_score, given.submission_sha256 = 10, student
            book.add(given)
            lms = {"system": "moodle", "id": number, "name": student}
            book.receive("tiny", student, student, Receipt(lms=lms))
    return out


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("to", "file", "holds"),
    [
        ("csv", "results/class.csv", '"Bo Li"'),
        ("canvas", "results/canvas.csv", "    Points Possible"),
        ("moodle", "results/moodle.csv", "Participant 502"),
        ("gradescope", "results-gradescope/*/results.json", '"score": 7'),
    ],
)
def test_the_command_writes_each_format(
    cli: Callable[..., Any], tiny: Any, graded: Path, to: str, file: str, holds: str
) -> None:
    done = cli("export", graded, "--to", to, "--course", tiny.root)
    assert done.code == 0, done.err
    written = sorted(graded.parent.glob(file))
    assert len(written) == (2 if "*" in file else 1)
    assert holds in written[0].read_text(encoding="utf-8")


def test_the_command_lists_whom_it_can_not_place(cli: Callable[..., Any], tiny: Any, graded: Path) -> None:
    students = graded.parent / "students.csv"
    students.write_text("Full name,e-mail\nJane Doe,j@example.org\nCy Ng,c@example.org\n")
    out = graded.parent / "out.csv"
    done = cli("export", graded, "--to", "csv", "--roster", students, "--out", out, "--course", tiny.root)
    assert (done.code, done.out.strip()) == (0, str(out))
    assert "Bo Li: not in students.csv; score 7 of 10" in done.err
    assert "Cy Ng" in done.err
    assert cli("export", graded, "--to", "excel", "--course", tiny.root).code == 2


# ---------------------------------------------------------------- the page for instructors

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "instructors.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"^grader (.+)$", PAGE, re.MULTILINE)))


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_on_the_page_is_understood(line: str) -> None:
    command, *arguments = shlex.split(line)
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    group.commands[command].make_context(
        command, arguments
    )  # raises on an unknown option or a missing argument


def test_what_the_page_says_of_course_yaml_is_taken_there(make_course: Callable[..., Any]) -> None:
    policy = "".join(re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
    course = make_course()
    file = course.root / "course.yaml"
    # The page names an exercise of the lesson.
    policy = policy.replace("conv2d", "double")
    file.write_text(file.read_text().replace("    limits:\n", f"{policy}    limits:\n", 1))
    assert course.assignment.late.percent_a_day == 10
    assert course.assignment.extensions
    assert (course.assignment.reveal, course.assignment.reveal_answers) == ("example", "when right")

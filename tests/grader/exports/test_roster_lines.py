"""Lines of a roster as classes and spreadsheets make them: two of one person, ids spoilt, foreign worksheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.course.models import Assignment
from grader.errors import UsageError
from grader.exports import canvas_csv, class_csv, moodle_csv, pair_up
from grader.gradebook.roster import Roster, read_roster
from grader.result import Result

LESSON = Assignment.model_validate(
    {
        "title": "Lesson",
        "chapters": [
            {"name": "one", "title": "One", "minutes": 5, "exercises": [{"name": "f", "points": 10}]}
        ],
    }
)
CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section\n"


def result(student: str, score: float = 5, **lms: str) -> Result:
    return Result(assignment="tiny", student=student, status="graded", score=score, max_score=10, lms=lms)


def from_canvas(number: str, name: str, score: float = 5) -> Result:
    return result(name, score, system="canvas", id=number, name=name)


def from_moodle(number: str, name: str, score: float = 5) -> Result:
    return result(name, score, system="moodle", id=number, name=name)


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.fixture
def roster(tmp_path: Path) -> Callable[..., Roster]:
    def read(text: str) -> Roster:
        (tmp_path / "students.csv").write_text(text, encoding="utf-8")
        return read_roster(tmp_path / "students.csv")

    return read


def canvas(results: list[Result], people: Roster | None) -> tuple[dict[tuple[str, ...], str], list[str]]:
    """(name, ID, SIS id, login) → score, and everything said."""
    pairing = pair_up(results, people)
    text, remarks = canvas_csv(pairing, LESSON, people)
    return {tuple(row[:4]): row[-1] for row in table(text)[2:]}, [*pairing.remarks, *remarks]


# ---------------------------------------------------------------- one person on two lines


@pytest.mark.parametrize(
    "lines",
    [
        '"Doe, Jane",104,s1,jd,Section 1\n"Doe, Jane",104,s1,jd,Section 2\n',
        '"Doe, Jane",104,s1,jd,Section 1\nJane Doe,104,,,Section 2\n',
        '"Doe, Jane",104,,,Section 1\n"Roe, Rick",105,s2,rr,A\n"Doe, Jane",104,s1,jd,Section 2\n',
    ],
)
@pytest.mark.parametrize("graded", [from_canvas("104", "doejane"), result("Jane Doe"), result("Doe, Jane")])
def test_a_student_of_two_sections_is_one_person_on_both_lines(
    lines: str, graded: Result, roster: Any
) -> None:
    people = roster(CANVAS + lines)
    pairing = pair_up([graded], people)
    rows = table(canvas_csv(pairing, LESSON, people)[0])[2:]
    assert [(row[1], row[4], row[5]) for row in rows] == [
        ("104", "Section 1", "5"),
        ("104", "Section 2", "5"),
    ]
    assert not any("Doe" in line for line in pairing.remarks)
    mine = [row for row in table(class_csv(pairing, LESSON)) if "Doe" in row[1]]
    assert len(mine) == 1


def test_who_handed_in_nothing_in_two_sections_is_said_once(roster: Any) -> None:
    people = roster(CANVAS + '"Doe, Jane",104,s1,jd,A\n"Doe, Jane",104,s1,jd,B\n"Roe, Rick",105,s2,rr,A\n')
    pairing = pair_up([from_canvas("105", "roerick")], people)
    assert sum("handed in nothing" in line for line in pairing.remarks) == 1
    assert len(table(class_csv(pairing, LESSON))) == 3


def test_sections_in_one_cell_are_one_line(roster: Any) -> None:
    people = roster(CANVAS + '"Doe, Jane",104,s1,jd,"Section 1; Section 2"\n')
    rows, said = canvas([from_canvas("104", "doejane")], people)
    assert rows == {("Doe, Jane", "104", "s1", "jd"): "5"}
    assert not any("Doe" in line for line in said)


MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade)\n"
)


def test_a_moodle_participant_on_two_lines_gets_the_grade_on_both(roster: Any) -> None:
    line = "Participant 11,Jane Doe,j@u.edu,Submitted,,10.00,Yes,-,-\n"
    people = roster(MOODLE + line + line)
    pairing = pair_up([from_moodle("11", "Jane Doe")], people)
    rows = table(moodle_csv(pairing, LESSON, people)[0])[1:]
    assert [row[4] for row in rows] == ["5", "5"]
    assert pairing.remarks == ()


def test_two_lines_with_one_number_and_two_names_are_not_one_person(roster: Any) -> None:
    people = roster(CANVAS + '"Doe, Jane",104,s1,jd,A\n"Roe, Rick",104,s2,rr,A\n')
    rows, _ = canvas([from_canvas("104", "doejane")], people)
    assert [key[0] for key in rows] in ([], ["Doe, Jane"])


def test_a_group_s_member_in_two_sections_gets_the_grade_on_both_lines(roster: Any) -> None:
    people = roster(
        "Student,ID,Section,Group\nJane Doe,104,A,Team 1\nJane Doe,104,B,Team 1\nBo Li,105,A,Team 1\n"
    )
    pairing = pair_up([from_canvas("201", "team_1", 7)], people)
    rows = table(canvas_csv(pairing, LESSON, people)[0])[2:]
    assert [(row[1], row[4], row[5]) for row in rows] == [
        ("104", "A", "7"), ("104", "B", "7"), ("105", "A", "7"),
    ]  # fmt: skip
    assert len(table(class_csv(pairing, LESSON))) == 3


# ---------------------------------------------------------------- ids that a spreadsheet spoilt

ROUNDED = ["1.7E+16", "1,7E+16", "1.7e16", "1,7E16", "1.70E16", "1.7E16", "1.70e+16", "17000000000012300"]


@pytest.mark.parametrize("cell", ROUNDED)
def test_a_rounded_id_is_told_from_the_files_or_refused(cell: str, roster: Any) -> None:
    people = roster(
        CANVAS + f'"Doe, Jane","{cell}",,,A\n"Roe, Rick","{cell}",,,A\n"Li, Bo","{cell}",s3,bl,A\n'
    )
    rows, said = canvas(
        [from_canvas("17000000000012345", "doejane"), result("Rick Roe", 2), result("Bo Li", 3)], people
    )
    assert rows == {("Doe, Jane", "17000000000012345", "", ""): "5", ("Li, Bo", "", "s3", "bl"): "3"}
    assert any("Roe, Rick" in line and "not in the file" in line for line in said)


@pytest.mark.parametrize("cell", ["1.7E+16", "17000000000012300"])
def test_a_rounded_id_that_is_somebody_else_s_is_not_taken(cell: str, roster: Any) -> None:
    people = roster(CANVAS + f'"Doe, Jane",{cell},,,A\n')
    rows, said = canvas([from_canvas("31000000000012345", "doejane")], people)
    assert not any("31000000000012345" in key and "Doe, Jane" in key for key in rows)
    assert any("another number" in line for line in said)


@pytest.mark.parametrize("column", ["SIS User ID", "SIS Login ID"])
def test_rounded_sis_ids_are_not_exported(column: str, roster: Any) -> None:
    people = roster(f"Student,ID,{column}\nJane Doe,104,1.70E+15\n")
    rows, _ = canvas([from_canvas("104", "doejane")], people)
    assert not any("E+" in cell for key in rows for cell in key)


def test_a_login_that_looks_like_a_number_is_a_login(roster: Any) -> None:
    people = roster("Student,ID,Login\nJane Doe,104,5e12\n")
    rows, _ = canvas([result("5e12")], people)
    assert list(rows) == [("Jane Doe", "104", "", "5e12")]


def test_a_number_that_a_program_gave_a_point_is_that_number(roster: Any) -> None:
    people = roster("Student,ID\nJane Doe,104.0\n")
    rows, _ = canvas([from_canvas("104", "doejane")], people)
    assert list(rows) == [("Jane Doe", "104", "", "")]


# ---------------------------------------------------------------- leading zeros


@pytest.mark.parametrize("column", ["SIS User ID", "SIS Login ID"])
def test_zeros_that_excel_took_are_told_from_the_files(column: str, roster: Any) -> None:
    people = roster(f"Student,{column}\nJane Doe,123\nRick Roe,4567\nBo Li,89\nAnn Other,12345\n")
    graded = [result("00123", 1), result("04567", 2), result("Bo Li", 3), result("Ann Other", 4)]
    rows, said = canvas(graded, people)
    where = 2 if column == "SIS User ID" else 3
    assert {(key[0], key[where]): score for key, score in rows.items()} == {
        ("Jane Doe", "00123"): "1", ("Rick Roe", "04567"): "2", ("Ann Other", "12345"): "4",
    }  # fmt: skip
    assert any("zeros" in line and column in line for line in said)
    assert any(line.startswith("Bo Li") and "not in the file" in line for line in said)


def test_zeros_are_told_from_gradescope_s_number_too(roster: Any) -> None:
    people = roster("Name,Email,SIS User ID\nJane Doe,j@u.edu,123\n")
    graded = result("Jane Doe", 5, system="gradescope", id="submission_1", email="j@u.edu", sid="00123")
    rows, _ = canvas([graded], people)
    assert list(rows) == [("Jane Doe", "", "00123", "")]


def test_two_numbers_that_differ_in_zeros_are_two_people(roster: Any) -> None:
    people = roster("Student,SIS User ID\nJane Doe,123\n")
    rows, said = canvas([result("00123", 1), result("123", 2)], people)
    assert not any("123" in key for key in rows)
    assert any("fits" in line for line in said)


def test_where_nothing_was_lost_nothing_is_left_out(roster: Any) -> None:
    people = roster("Student,SIS User ID\nJane Doe,00123\nBo Li,89\n")
    rows, said = canvas([result("00123", 1), result("Bo Li", 3)], people)
    assert {key[2]: score for key, score in rows.items()} == {"00123": "1", "89": "3"}
    assert not any("zeros" in line for line in said)


# ---------------------------------------------------------------- worksheets of other languages

HEADS = {
    "German": "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert werden,"
    "Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),Feedback als Kommentar",
    "Italian": "Identificativo,Nome completo,Indirizzo email,Stato,Valutazione,Punteggio massimo,Modificabile,"
    "Ultima modifica (consegna),Ultima modifica (valutazione),Commento",
    "unheard of": "Kdo,Jmeno,Mejl,Stav,Znamka,Nejvyse,Lze menit,Odevzdano,Znamkovano,Slovo",
}
WORDS = {"German": "Teilnehmer/in", "Italian": "Partecipante ", "unheard of": "Ucastnik "}


@pytest.mark.parametrize("language", HEADS)
@pytest.mark.parametrize(
    "grades", [("", ""), ("-", "-"), ("8,00", "8,00"), ("8,00", ""), ("10,00", "10,00"), ("0,00", "0,00")]
)
@pytest.mark.parametrize("changeable", [("Ja", "Ja"), ("Ja", "Nein")])
def test_the_maximum_is_told_from_a_grade_that_everybody_has(
    language: str, grades: tuple[str, str], changeable: tuple[str, str], roster: Any
) -> None:
    word = WORDS[language]
    lines = [
        f'{word}{number},{name},x@u.de,Abgegeben,"{grade}","10,00",{may},-,-,'
        for number, name, grade, may in zip((11, 12), ("Jane Doe", "Bo Li"), grades, changeable, strict=True)
    ]
    people = roster("\n".join([HEADS[language], *lines]) + "\n")
    text, _ = moodle_csv(pair_up([from_moodle("12", "Bo Li", 7.5)], people), LESSON, people)
    _, jane, bo = table(text)
    assert bo[4:7] == ["7,5", "10,00", changeable[1]]
    assert jane[4:6] == ["" if grades[0] == "-" else grades[0], "10,00"]


def test_a_maximum_that_can_not_be_told_is_refused_in_words(roster: Any) -> None:
    head = "Kdo,Jmeno,Mejl,Stav,A,B,C,D\n"
    people = roster(
        head + "Ucastnik 11,Jane Doe,x@u.cz,ano,3,10,4,10\nUcastnik 12,Bo Li,y@u.cz,ano,3,10,4,10\n"
    )
    with pytest.raises(UsageError) as refused:
        moodle_csv(pair_up([from_moodle("12", "Bo Li")], people), LESSON, people)
    for part in ("students.csv", "Kdo", "Jmeno", "English", "download"):
        assert part in str(refused.value)


def test_logins_with_numbers_make_no_worksheet_of_a_roster(roster: Any) -> None:
    people = roster("Login,Name,Email,Section,Team\nstud1,Jane Doe,j@u.edu,A,\nstud2,Bo Li,b@u.edu,A,\n")
    assert not people.foreign
    assert [row.get("login") for row in people.rows] == ["stud1", "stud2"]
    other = roster("Konto,Name,Email,Section,Team\njd1,Jane Doe,j@u.edu,A,\nbl2,Bo Li,b@u.edu,A,\n")
    assert not other.foreign


def test_a_german_worksheet_says_when_it_came(roster: Any) -> None:
    from datetime import UTC

    from grader.intake.receipt import Receipt

    people = roster(
        HEADS["German"]
        + '\nTeilnehmer/in11,Jane Doe,x@u.de,ja,,"10,00",Ja,"Dienstag, 12. März 2024, 22:15",-,\n'
    )
    receipt, _ = people.receipt("Jane Doe", Receipt(), UTC)
    assert receipt.submitted == "2024-03-12T22:15:00+00:00"


def test_long_numbers_that_differ_a_little_are_two_people(roster: Any) -> None:
    people = roster(CANVAS + '"Doe, Jane",17000000000012346,,,A\n')
    assert (
        people.find("doejane", {"system": "canvas", "id": "17000000000012345", "name": "doejane"}).row is None
    )


# ---------------------------------------------------------------- names as Canvas and Moodle write them


@pytest.mark.parametrize(
    ("name", "row", "same"),
    [
        ("mllerjrg", "Müller, Jörg", True),
        ("muellerjoerg", "Müller, Jörg", True),
        ("mullerjorg", "Müller, Jörg", True),
        ("doejane", "Roe, Jane", True),
        ("doeliz", "Doe, Elizabeth", True),
        ("vanderbergjan", "van der Berg, Jan", True),
        ("山田美咲", "山田, 美咲", True),
        ("madonna", "Madonna", True),
        ("blue", "Blue, Ben", False),
        ("blue", "Ben Blue", False),
        ("team_1", "Doe, Jane", False),
        ("tigers", "Doe, Jane", False),
    ],
)
def test_canvas_s_number_counts_where_the_name_can_be_theirs(
    name: str, row: str, same: bool, roster: Any
) -> None:
    people = roster(CANVAS + f'"{row}",7,,jm,A\n')
    assert (people.find(name, {"system": "canvas", "id": "7", "name": name}).row is not None) is same


@pytest.mark.parametrize(
    ("head", "word"),
    [
        ("Identifier,Status,Grade,Maximum Grade,Grade can be changed", "Participant "),
        ("ID,Status,Bewertung,Bestwertung,Bewertung kann geändert werden", "Teilnehmer/in"),
    ],
)
def test_a_worksheet_that_is_marked_anonymously_has_no_names(head: str, word: str, roster: Any) -> None:
    people = roster(f"{head}\n{word}11,ja,,10,Ja\n{word}12,ja,,10,Ja\n")
    text, _ = moodle_csv(pair_up([from_moodle("11", "Participant 11", 8)], people), LESSON, people)
    head, first, second = table(text)
    place = next(i for i, name in enumerate(head) if name in ("Grade", "Bewertung"))
    assert [first[place], second[place]] == ["8", ""]
    assert "line 2" not in text


def test_of_two_addresses_the_one_that_is_there_is_shown(roster: Any) -> None:
    people = roster("Name,Email,Email\nJane Doe,,x@u.edu\n")
    (row,) = people.rows
    assert row.get("email") == "x@u.edu"

"""Sheets as spreadsheets save them, and what they did to names and numbers on the way."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.csvcells import read_sheet, safe_cell, unsafe_again
from grader.errors import UsageError
from grader.gradebook.answers import Waiting, keyed, read_csv, to_csv
from grader.gradebook.roster import Roster, read_roster
from grader.result import QuestionResult


@pytest.fixture
def roster(tmp_path: Path) -> Callable[[str], Roster]:
    def read(text: str) -> Roster:
        (tmp_path / "students.csv").write_text(text, encoding="utf-8")
        return read_roster(tmp_path / "students.csv")

    return read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "sep={}\r\n", '"sep={}"\r\n', "SEP={}\n"])
def test_one_reader_for_all_that_spreadsheets_write(
    tmp_path: Path, encoding: str, mark: str, start: str
) -> None:
    text = start.format(mark) + f'"name, full"{mark}score\r\nZoë{mark}"1,5"\r\n'
    (tmp_path / "x.csv").write_bytes(text.encode(encoding))
    lines = [cells for cells in read_sheet(tmp_path / "x.csv") if cells]
    assert lines == [["name, full", "score"], ["Zoë", "1,5"]]


def test_a_roster_says_its_separator(roster: Callable[[str], Roster]) -> None:
    (row,) = roster("sep=;\nname;login\nDoe, Jane;jd\n").rows
    assert (row.name, row.get("login")) == ("Doe, Jane", "jd")
    assert row.line == 3


def test_a_separator_alone_is_an_empty_file(roster: Callable[[str], Roster]) -> None:
    with pytest.raises(UsageError, match="empty"):
        roster("sep=;\n")


@pytest.mark.parametrize("second", ["E-Mail", "Email", "mail"])
def test_two_columns_of_e_mail_refuse_no_file(roster: Callable[[str], Roster], second: str) -> None:
    found = roster(f"name,Email,{second}\nJane Doe,jane@home.org,jd@u.edu\nJane Doe,x@home.org,jd2@u.edu\n")
    for address, line in (("JD@u.edu", 2), ("jane@home.org", 2), ("jd2@u.edu", 3)):
        row = found.find("Jane Doe", {"system": "gradescope", "email": address}).row
        assert row is not None
        assert row.line == line
    assert found.rows[0].get("email") == "jane@home.org"
    (said,) = found.remarks
    assert "Email" in said
    assert second in said


@pytest.mark.parametrize("name", ["=x", "-Doe", "+1", "@home", "'=x", "007", "Doe, J"])
@pytest.mark.parametrize("excel", ["as it is", "apostrophe gone"])
def test_rows_of_odd_names_come_back_as_themselves(name: str, excel: str, tmp_path: Path) -> None:
    items = [waiting(name, "because"), waiting("Jörg", "why not")]
    rows = list(csv.reader(io.StringIO(to_csv(items))))
    rows[1][2], rows[2][2] = "1,5", "2"
    if excel == "apostrophe gone":
        rows[1] = [cell.removeprefix("'") for cell in rows[1]]
    taken, refused = read_csv(write(tmp_path, rows), keyed(items), "me")
    assert ([(one.student, one.score) for one in taken], refused) == ([(name, 1.5), ("Jörg", 2)], [])


def test_of_two_names_that_look_alike_in_a_sheet_the_answer_says_which(tmp_path: Path) -> None:
    items = [waiting("=x", "first"), waiting("'=x", "second")]
    rows = list(csv.reader(io.StringIO(to_csv(items))))
    rows[1][2], rows[2][2] = "1", "2"
    taken, refused = read_csv(write(tmp_path, rows), keyed(items), "me")
    assert ([(one.student, one.score) for one in taken], refused) == ([("=x", 1), ("'=x", 2)], [])
    same = [waiting("=x", "same"), waiting("'=x", "same")]
    rows = list(csv.reader(io.StringIO(to_csv(same))))
    rows[1][2] = "1"
    taken, refused = read_csv(write(tmp_path, rows), keyed(same), "me")
    assert taken == []
    assert "may be" in refused[0]


@pytest.mark.parametrize("cell", ["7", "7.0", "7,0"])
def test_an_answer_is_found_though_zeros_are_lost(cell: str, tmp_path: Path) -> None:
    items = [waiting("007", "because")]
    rows = list(csv.reader(io.StringIO(to_csv(items))))
    rows[1][0], rows[1][2] = cell, "3"
    taken, refused = read_csv(write(tmp_path, rows), keyed(items), "me")
    assert ([(one.student, one.score) for one in taken], refused) == ([("007", 3)], [])
    both = [*items, waiting("07", "because")]
    taken, refused = read_csv(write(tmp_path, rows), keyed(both), "me")
    assert taken == []
    assert "may be" in refused[0]


def test_lines_refused_are_counted_as_the_sheet_has_them(tmp_path: Path) -> None:
    items = [waiting("ada", "a")]
    (tmp_path / "a.csv").write_text("sep=,\n\nstudent,question,score\n\nada,why,9\n,,\nnobody,why,1\n")
    _, refused = read_csv(tmp_path / "a.csv", keyed(items), "me")
    assert [line.split(": ")[0] for line in refused] == ["a.csv:5", "a.csv:7"]


@pytest.mark.parametrize("text", ["=1+1", "'=x", "it's", "-", "'tis", "", "'"])
def test_a_cell_made_safe_can_be_made_itself_again(text: str) -> None:
    assert text in (unsafe_again(safe_cell(text)), safe_cell(text))
    assert unsafe_again("'tis") == "'tis"


def test_a_class_csv_of_ours_is_a_roster(roster: Callable[[str], Roster]) -> None:
    found = roster('"student","name"\n"\'-Doe","\'=x"\n')
    assert found.find("-Doe", {}).row is not None
    assert found.find("=x", {}).row is not None


def waiting(student: str, answer: str) -> Waiting:
    return Waiting(
        student,
        QuestionResult(name="why", chapter="alpha", score=0, max_score=4, answer=answer, provisional=1.0),
    )


def write(folder: Path, rows: list[list[str]]) -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    (folder / "answers.csv").write_bytes(out.getvalue().encode("utf-8-sig"))
    return folder / "answers.csv"

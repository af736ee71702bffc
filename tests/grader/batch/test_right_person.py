"""Nobody's score moves to anybody else, whatever the order in which runs happen."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from grader.batch.run import Options, grade_class
from grader.errors import UsageError
from grader.exports import canvas_csv, moodle_csv, pair_up
from grader.gradebook.answers import Waiting, read_csv, to_csv
from grader.gradebook.database import FILE_NAME, Gradebook
from grader.gradebook.late import days_late
from grader.gradebook.roster import read_roster
from grader.intake.bundle import discover
from grader.result import QuestionResult, Result
from grader.times import parse_time

from ..conftest import GOOD, TinyCourse, write_tree
from .partial_runs import by_person, in_order

ALPHA = {n: GOOD["alpha"].replace("np.asarray(x) + np.asarray(x)", f"x * {n}") for n in range(5)}


def result(student: str, score: float = 1, most: float = 10, **lms: str) -> Result:
    return Result.model_validate(
        {
            "assignment": "tiny", "student": student, "status": "graded", "score": score, "max_score": most,
            "exercises": [], "questions": [], "checkpoints": [], "lms": lms,
            "submission_sha256": "", "tests_sha256": "", "grader_version": "",
            "run": {"started": "", "finished": "", "seconds": 0},
        }
    )  # fmt: skip


def by_number(
    tiny: TinyCourse, runs: tuple[dict[str, str], ...], folder: Path
) -> dict[tuple[str, ...], float]:
    """Canvas's number → score, after these downloads were graded into one folder, one after the other."""
    return by_person(in_order(tiny.course, "tiny", runs, folder), "id")


def test_a_later_namesake_changes_nothing(tiny: TinyCourse, tmp_path: Path) -> None:
    jane = {"doejane_104_900_alpha.py": "# points: 9", "doejane_104_901_beta.py": ""}
    other = {"doejane_105_950_alpha.py": "# points: 4", "doejane_105_951_beta.py": ""}
    third = {"roerick_106_960_alpha.py": "# points: 1"}
    wanted = by_number(tiny, ({**jane, **other, **third},), tmp_path / "at once")
    assert len(set(wanted.values())) == 3
    for number, order in enumerate(((other, third, jane),)):
        growing = tuple(
            {**order[0], **(order[1] if n else {}), **(order[2] if n > 1 else {})} for n in range(3)
        )
        assert by_number(tiny, growing, tmp_path / f"growing{number}") == wanted
        assert by_number(tiny, order[:2], tmp_path / f"alone{number}").items() <= wanted.items()


@pytest.mark.parametrize("files", ["alpha beta", "alpha"])
def test_a_group_with_a_number_in_its_name_spoils_no_download(
    files: str, tiny: TinyCourse, tmp_path: Path
) -> None:
    counter = itertools.count(5000)
    names = [
        f"{who}_{next(counter)}_{f}.py"
        for who in ("team_1_201", "team_2_202", "doejane_203")
        for f in files.split()
    ]
    write_tree(tmp_path, dict.fromkeys(names, ""))
    entries = discover(tmp_path, "tiny", tiny.assignment).entries
    assert [(e.student, e.receipt.lms["id"]) for e in entries] == [
        ("doejane", "203"), ("team_1", "201"), ("team_2", "202"),
    ]  # fmt: skip


WORKSHEET = """Identifier,Full name,Email address,Status,Group,Grade,Maximum Grade,Grade can be changed
Participant 11,Jane Doe,j@u.edu,Submitted,Team Red,,10,Yes
Participant 12,Rick Roe,r@u.edu,Submitted,Team Blue,,10,Yes
Participant 57,Ann Other,a@u.edu,Submitted,Team Blue,,10,Yes
"""


def test_a_team_s_number_is_nobody_s_and_members_get_the_grade(tiny: TinyCourse, tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text(WORKSHEET)
    roster = read_roster(tmp_path / "w.csv")
    teams = [
        result("Team Blue", 8, system="moodle", id="11", name="Team Blue"),
        result("Team Red", 5, system="moodle", id="57", name="Team Red"),
    ]
    text, _ = moodle_csv(pair_up(teams, roster), tiny.assignment, roster)
    grades = {line.split(",")[1].strip('"'): line.split(",")[4] for line in text.splitlines()[1:]}
    assert grades == {"Jane Doe": "5", "Rick Roe": "8", "Ann Other": "8"}
    without = [line.split(",")[:4] + line.split(",")[5:] for line in WORKSHEET.splitlines()]
    (tmp_path / "w.csv").write_text("\n".join(map(",".join, without)))
    roster = read_roster(tmp_path / "w.csv")
    text, remarks = moodle_csv(pair_up(teams, roster), tiny.assignment, roster)
    assert [line.split(",")[4] for line in text.splitlines()[1:]] == ['""'] * 3
    assert sum("is not in the file" in remark for remark in remarks) == 2


GERMAN = """\ufeffID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Änderbar,Abgabe,Bewertet,Feedback
Teilnehmer/in11,Jane Doe,x@u.de,Abgegeben,,"10,00",Ja,-,-,gut
Teilnehmer/in12,Jörg Müller,y@u.de,Abgegeben,,"10,00",Ja,-,-,
"""


def test_a_worksheet_of_another_language_comes_back_as_it_was(tiny: TinyCourse, tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text(GERMAN, encoding="utf-8")
    roster = read_roster(tmp_path / "w.csv")
    graded = [result("Jörg Müller", 7.5, system="moodle", id="12", name="Jörg Müller")]
    text, remarks = moodle_csv(pair_up(graded, roster), tiny.assignment, roster)
    head, jane, joerg = text.splitlines()
    assert head.replace('"', "").split(",") == GERMAN.lstrip("\ufeff").split("\n")[0].split(",")[:9]
    assert joerg.startswith('"Teilnehmer/in12","Jörg Müller","y@u.de","Abgegeben","7,5","10,00"')
    assert '"Jane Doe","x@u.de","Abgegeben","",' in jane
    assert remarks == []


CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Group\n"


def test_numbers_that_a_spreadsheet_rounded_are_never_exported(tiny: TinyCourse, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(CANVAS + '"Doe, Jane",1.7E+16,s1,jd,S,,\n"Roe, Rick",1.7E+16,,,S,,\n')
    roster = read_roster(tmp_path / "r.csv")
    known = [
        result("doejane", 3, system="canvas", id="17000000000012345", name="doejane"),
        result("Rick Roe", 2),
    ]
    text, remarks = canvas_csv(pair_up(known, roster), tiny.assignment, roster)
    assert "E+16" not in text
    assert '"Doe, Jane","17000000000012345"' in text
    assert any("Roe, Rick: no number and no login is known" in remark for remark in remarks)


def test_a_namesake_who_is_not_on_the_roster_is_nobody_there(tiny: TinyCourse, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text('Student,ID\n"Doe, Jane",104\n')
    roster = read_roster(tmp_path / "r.csv")
    assert roster.find("doejane", {"system": "canvas", "id": "104", "name": "doejane"}).row is not None
    match = roster.find("doejane (105)", {"system": "canvas", "id": "105", "name": "doejane"})
    assert match.row is None
    assert "another number" in match.problem


def test_a_group_s_number_does_not_go_to_canvas_as_a_person_s(tiny: TinyCourse) -> None:
    groups = [result("team_1", 3, system="canvas", id="201", name="team_1")]
    text, _ = canvas_csv(pair_up(groups, None), tiny.assignment, None)
    assert "201" not in text


@pytest.mark.parametrize(
    ("team", "system", "row"),
    [
        ("Blue", "moodle", "Ben Blue"),
        ("Participants A", "moodle", "Ben Blue"),
        ("team_1", "canvas", "Ben Blue"),
    ],
)
def test_a_group_with_a_person_s_number_is_not_that_person(
    team: str, system: str, row: str, tmp_path: Path
) -> None:
    (tmp_path / "r.csv").write_text(f"Identifier,ID,Name\nParticipant 58,58,{row}\n")
    roster = read_roster(tmp_path / "r.csv")
    assert roster.find(team, {"system": system, "id": "58", "name": team}).row is None
    assert roster.find(row, {"system": "moodle", "id": "58", "name": row}).row is not None


def test_two_columns_of_groups_refuse_no_file(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(CANVAS + '"O\'Brien, Séan",101,s,sob,A,,Team 3\n', encoding="utf-8")
    (row,) = read_roster(tmp_path / "r.csv").rows
    assert (row.get("section"), row.get("group")) == ("A", "Team 3")


def test_a_student_on_two_lines_is_one_person(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("name,login,section\nJane Doe,jd,A\nJane Doe,jd,B\n")
    assert read_roster(tmp_path / "r.csv").find("jd", {}).row is not None
    (tmp_path / "r.csv").write_text("name,login,section\nJane Doe,jd,A\nJane Doe,jd2,B\n")
    assert read_roster(tmp_path / "r.csv").find("Jane Doe", {}).row is None


@pytest.mark.parametrize(
    ("encoding", "sign"), [("utf-8", ";"), ("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-8", ",")]
)
def test_sheets_are_read_as_spreadsheets_save_them(encoding: str, sign: str, tmp_path: Path) -> None:
    question = QuestionResult(
        name="why", chapter="alpha", score=0, max_score=4, answer="a; b\nc", provisional=1.0
    )
    waiting = Waiting("Jörg", question)
    text = (
        to_csv([waiting])
        .replace('"Jörg","why",""', f'"Jörg"{sign}"why"{sign}"1,5"')
        .replace('","', f'"{sign}"')
    )
    (tmp_path / "a.csv").write_bytes(text.replace("\n", "\r\n").encode(encoding))
    taken, refused = read_csv(tmp_path / "a.csv", {("Jörg", "why"): waiting}, "me")
    assert ([one.score for one in taken], refused) == ([1.5], [])


@pytest.mark.parametrize(
    ("submitted", "days"),
    [
        ("2025-10-25T20:00:00+02:00", 0), ("2025-10-25T20:00:30+02:00", 1), ("2025-10-26T19:30:00+01:00", 1),
        ("2025-10-26T20:00:00+01:00", 1), ("2025-10-26T20:00:01+01:00", 2), ("2025-10-25T20:30:00+02:00", 1),
    ],
)  # fmt: skip
def test_days_of_lateness_are_those_of_the_course_s_clock(submitted: str, days: int) -> None:
    due = datetime.fromisoformat("2025-10-25T20:00:00+02:00")
    assert days_late(datetime.fromisoformat(submitted), due, 0, ZoneInfo("Europe/Berlin")) == days


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("25.10.2025 23:00", "2025-10-25T23:00:00+02:00"),
        ("10/26/2025 10:15 PM", "2025-10-26T22:15:00+01:00"),
        ("Dienstag, 12. März 2024, 22:15", "2024-03-12T22:15:00+01:00"),
        ("mardi 12 mars 2024, 22:15", "2024-03-12T22:15:00+01:00"),
        ("martes, 12 de marzo de 2024, 22:15", "2024-03-12T22:15:00+01:00"),
        ("03/04/2025 10:00", None),
        ("yesterday", None),
    ],
)
def test_times_that_are_clear_are_read_and_no_other(text: str, wanted: str | None) -> None:
    found = parse_time(text, ZoneInfo("Europe/Berlin"))
    assert (found.isoformat() if found else None) == wanted


def test_results_of_another_assignment_are_not_mixed(make_course: Callable[..., Any], tmp_path: Path) -> None:
    tiny = make_course()
    write_tree(tmp_path / "in", {"ada/alpha.py": GOOD["alpha"]})
    grade_class(tiny.course, "tiny", tmp_path / "in", tmp_path / "out", Options(jobs=1))
    both = tiny.course.model_copy(
        update={"assignments": {"other": tiny.assignment, **tiny.course.assignments}}
    )
    with pytest.raises(UsageError, match="holds results of tiny"):
        grade_class(both, "other", tmp_path / "in", tmp_path / "out", Options(jobs=1))


def test_a_class_without_a_single_chapter_is_refused(tiny: TinyCourse, tmp_path: Path) -> None:
    write_tree(tmp_path / "in", {f"{who}/hw9/essay.docx": "x" for who in ("ada", "ben", "cleo")})
    with pytest.raises(UsageError, match="none of the 3 submissions has a file of tiny"):
        grade_class(tiny.course, "tiny", tmp_path / "in", tmp_path / "out", Options(jobs=1))


def test_who_handed_in_only_another_assignment_is_no_submission(tiny: TinyCourse, tmp_path: Path) -> None:
    files = {"ada/tiny/alpha.py": GOOD["alpha"], "ben/hw2/x.ipynb": "{}"}
    write_tree(
        tmp_path, {"nbgrader_config.py": "", **{f"submitted/{name}": text for name, text in files.items()}}
    )
    found = discover(tmp_path, "tiny", tiny.assignment)
    assert [entry.student for entry in found.entries] == ["ada"]
    assert any(line.startswith("ben (handed in nothing for tiny") for line in found.skipped)


def test_people_are_removed_and_renamed_and_the_record_is_kept(
    make_course: Callable[..., Any], tmp_path: Path
) -> None:
    from grader.commands.people import run

    tiny = make_course()
    write_tree(
        tmp_path / "in", {"ada/alpha.py": GOOD["alpha"], "ben/alpha.py": ALPHA[3], "eve/alpha.py": ALPHA[3]}
    )
    out = tmp_path / "out"

    def people(**how: Any) -> set[str]:
        plain = {"removed": None, "restored": None, "renamed": ("", ""), "who": "me", "assignment": None}
        assert run(out, **{**plain, **how}, course_path=tiny.root / "course.yaml") == 0
        grade_class(tiny.course, "tiny", tmp_path / "in", out, Options(jobs=1))
        return {line.split(",")[0].strip('"') for line in (out / "grades.csv").read_text().splitlines()[1:]}

    grade_class(tiny.course, "tiny", tmp_path / "in", out, Options(jobs=1))
    assert people(removed="ben") == {"ada", "eve"}
    assert not (out / "ben").exists()
    assert people(renamed=("ada", "Ada King")) == {"Ada King", "eve"}
    assert people(restored="ben") == {"Ada King", "ben", "eve"}
    assert people(renamed=("Ada King", "ada")) == {"ada", "ben", "eve"}
    with Gradebook(out / FILE_NAME, create=False, course=tiny.course) as gradebook:
        assert [len(gradebook.attempts("tiny", who)) for who in ("ada", "ben", "eve")] == [1, 1, 1]
        assert [(row.student, row.action) for row in gradebook.people_log("tiny")] == [
            ("ben", "removed"), ("ada", "renamed"), ("ben", "restored"), ("Ada King", "renamed"),
        ]  # fmt: skip
    for wrong in ({"removed": "nobody"}, {"renamed": ("ada", "ben")}, {"restored": "ada"}):
        with pytest.raises(UsageError):
            people(**wrong)

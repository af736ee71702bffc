"""Nobody's score moves to anybody else, whatever the order of partial runs: real layouts of four systems."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.batch.pages import take_away
from grader.course.models import Course
from grader.exports import canvas_csv, moodle_csv, pair_up
from grader.gradebook.database import FILE_NAME, Gradebook
from grader.gradebook.people import rename
from grader.gradebook.roster import read_roster

from .partial_runs import by_person, in_order

ORDERS = [*itertools.permutations(range(3)), (0, 1, 0, 2, 1, 2)]
COURSE = """\
schema: 1
title: Two assignments
assignments:
  one: &it
    title: One
    chapters:
      - {name: alpha, title: Alpha, minutes: 5, exercises: [{name: f, points: 10}]}
  two: *it
"""


@pytest.fixture(scope="module")
def course(make_course: Callable[..., Any]) -> Course:
    test = 'import pytest\n\n\n@pytest.mark.exercise("f", points=10)\ndef test_it(student):\n    """It is one"""\n'
    test += "    assert student.f() == 1\n"
    files = dict.fromkeys(
        [f"solutions/tiny/{name}" for name in ("beta.py", "checks/test_alpha.py", "checks/test_beta.py")]
        + ["tests/hidden/tiny/test_alpha.py", "tests/hidden/tiny/test_beta.py"]
    )
    hidden = {f"tests/hidden/{name}/test_f.py": test for name in ("one", "two")}
    solved = '# %%\ndef f():\n    """One."""\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n'
    hidden |= {f"tests/hidden/{name}/seed.txt": "a secret line\n" for name in ("one", "two")}
    hidden |= {f"solutions/{name}/alpha.py": solved for name in ("one", "two")}
    return make_course({**files, **hidden}, course=COURSE).course  # type: ignore[no-any-return]


def worth(points: int) -> str:
    return f"# points: {points}\n"


def folder(name: str, points: int) -> dict[str, str]:
    return {f"{name}assignsubmission_file_/alpha.py": worth(points)}


MOODLE = """\
Identifier,Full name,Email address,Status,Group,Grade,Maximum Grade,Grade can be changed
Participant 11,Jane Doe,j@u.edu,Submitted,Team Red,,10,Yes
Participant 12,Rick Roe,r@u.edu,Submitted,Team Blue,,10,Yes
Participant 57,Ann Other,a@u.edu,Submitted,,,10,Yes
Participant 61,Mia Wu,m1@u.edu,Submitted,,,10,Yes
Participant 62,Mia Wu,m2@u.edu,Submitted,,,10,Yes
"""


@pytest.mark.parametrize("order", ORDERS)
def test_moodle_s_teams(order: tuple[int, ...], course: Course, tmp_path: Path) -> None:
    """The teams' numbers are participants' too, and two participants have one name."""
    one = {**folder("Team Blue_11_", 2), **folder("Mia Wu_61_", 5)}
    two = {**folder("Team Red_57_", 3), **folder("Mia Wu_62_", 6)}
    runs = [one, {**two, **folder("Ann Other_57_", 4)}, {**one, **two, **folder("Ann Other_57_", 4)}]
    results = in_order(course, "one", [runs[number] for number in order], tmp_path)
    assert by_person(results, "id", "name") == {
        ("11", "Team Blue"): 2, ("57", "Team Red"): 3, ("57", "Ann Other"): 4,
        ("61", "Mia Wu"): 5, ("62", "Mia Wu"): 6,
    }  # fmt: skip
    (tmp_path / "w.csv").write_text(MOODLE)
    roster = read_roster(tmp_path / "w.csv")
    text, remarks = moodle_csv(pair_up(results, roster), course.assignments["one"], roster)
    grades = {line.split(",")[0].strip('"'): line.split(",")[4] for line in text.splitlines()[1:]}
    assert {name.split()[1]: grade for name, grade in grades.items()} == {
        "11": "3", "12": "2", "57": "4", "61": "5", "62": "6",
    }  # fmt: skip
    assert remarks == []


def listed(*handed: tuple[str, int, list[tuple[str, str]]]) -> dict[str, str]:
    """A Gradescope export: (folder, points, its submitters' names and addresses)."""
    lines, files = [], {}
    for entry, points, people in handed:
        lines += [f"{entry}:", "  :submitters:"]
        lines += [f"  - :name: {name}\n    :email: {email}" for name, email in people]
        lines.append("  :created_at: 2025-06-01 21:00:00.000 Z")
        files[f"{entry}/alpha.py"] = worth(points)
    return {"submission_metadata.yml": "\n".join(lines) + "\n", **files}


@pytest.mark.parametrize("order", ORDERS)
def test_gradescope_s_groups(order: tuple[int, ...], course: Course, tmp_path: Path) -> None:
    """Two of one name in different groups; the number of a submission is another one in each export."""
    jane, other = ("Jane Doe", "j1@u.edu"), ("Jane Doe", "J2@u.edu")
    bo, cy = ("Bo Li", "b@u.edu"), ("Cy Ng", "c@u.edu")
    runs = [
        listed(("submission_1", 4, [jane, bo])),
        listed(("submission_1", 7, [other]), ("submission_2", 4, [jane, bo])),
        listed(("submission_9", 7, [other]), ("submission_8", 4, [bo, jane]), ("submission_1", 9, [cy])),
    ]
    results = in_order(course, "one", [runs[number] for number in order], tmp_path)
    assert by_person(results, "email") == {
        ("j1@u.edu",): 4, ("b@u.edu",): 4, ("J2@u.edu",): 7, ("c@u.edu",): 9,
    }  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_nbgrader_s_two_assignments(order: tuple[int, ...], course: Course, tmp_path: Path) -> None:
    def handed(**points: int) -> Mapping[str, str]:
        who = {f"submitted/{name.replace('_', '/')}/alpha.py": worth(value) for name, value in points.items()}
        return {"nbgrader_config.py": "", **who}

    runs = [
        handed(ada_one=3, ben_two=5),
        handed(ben_one=4, ben_two=5, ada_two=6),
        handed(ada_one=3, ada_two=6, ben_one=4, ben_two=5, eve_one=9),
    ]
    wanted = {"one": {"ada": 3, "ben": 4, "eve": 9}, "two": {"ada": 6, "ben": 5}}
    for name, table in wanted.items():
        results = in_order(course, name, [runs[number] for number in order], tmp_path / name)
        assert {one.student: one.score for one in results} == table


CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Group
"Doe, Jane",104,s1,jd,A,
"Doe, Jane",104,s1,jd,B,
"Doe, Jane",105,s2,jd2,A,
"Roe, Rick",106,s3,rr,A,Team 1
"Li, Bo",201,s4,bl,A,"Team 1, Lab"
"""


@pytest.mark.parametrize("order", ORDERS)
def test_canvas_namesakes_and_groups(order: tuple[int, ...], course: Course, tmp_path: Path) -> None:
    jane, other = {"doejane_104_900_alpha.py": worth(3)}, {"doejane_105_950_alpha.py": worth(8)}
    team = {"team_1_201_960_alpha.py": worth(5)}
    runs = [{**jane, **team}, {**other, **team}, {**jane, **other, **team}]
    results = in_order(course, "one", [runs[number] for number in order], tmp_path)
    assert by_person(results, "id") == {("104",): 3, ("105",): 8, ("201",): 5}
    (tmp_path / "r.csv").write_text(CANVAS)
    roster = read_roster(tmp_path / "r.csv")
    text, _ = canvas_csv(pair_up(results, roster), course.assignments["one"], roster)
    rows = [line.rsplit(",", 5) for line in text.splitlines()[2:]]
    assert {(row[1].strip('"'), row[4].strip('"'), row[5]) for row in rows} == {
        ("104", "A", "3"), ("104", "B", "3"), ("105", "A", "8"), ("106", "A", "5"), ("201", "A", "5"),
    }  # fmt: skip
    assert len(rows) == 5


@pytest.mark.parametrize("order", ORDERS)
def test_what_was_said_of_people_holds_in_every_order(
    order: tuple[int, ...], course: Course, tmp_path: Path
) -> None:
    """Renamed after the first run: the newcomer of the old name never gets the row."""
    jane, other = {"doejane_104_900_alpha.py": worth(3)}, {"doejane_105_950_alpha.py": worth(8)}
    runs = [jane, other, {**jane, **other}]
    first, *rest = [runs[number] for number in order]
    in_order(course, "one", [first], tmp_path)
    with Gradebook(tmp_path / "out" / FILE_NAME) as book:
        old = sorted(book.latest("one"))[0]
        rename(book, "one", old, "Somebody Else", "me")
        take_away(tmp_path / "out", old)
    results = in_order(course, "one", rest, tmp_path)
    assert by_person(results, "id") == {("104",): 3, ("105",): 8}


@pytest.mark.slow
@pytest.mark.parametrize("order", ORDERS)
def test_graded_for_good(order: tuple[int, ...], course: Course, tmp_path: Path) -> None:
    """The same through grading processes and the wall."""
    right, wrong = "def f():\n    return 1\n", "def f():\n    return 2\n"
    jane, other = {"doejane_104_900_alpha.py": right}, {"doejane_105_950_alpha.py": wrong}
    runs = [jane, other, {**jane, **other}]
    results = in_order(course, "one", [runs[number] for number in order], tmp_path, really=True)
    assert by_person(results, "id") == {("104",): 10, ("105",): 0}

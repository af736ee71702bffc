"""After a class is graded: again, late, by a grader that fails, an assignment of somebody else's, and pushed over."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader_classroom import NAME, ROOT, Nbgrader, copied

from grader.authoring.release import _course_of_one
from grader.course.models import Course
from grader.errors import UsageError
from grader.platforms.nbgrader.dropin import GradeConfined
from grader.platforms.nbgrader.pushing import push

#: Whole runs of nbgrader, again and again: see CONTRIBUTING, what the quick suite leaves out.
pytestmark = pytest.mark.slow

WHY = ("answer-why-share", "sharing", NAME, "amira")
#: The day before the time that classroom.TIMESTAMP has.
DUE = "    due: 2026-02-28T12:00:00Z\n    late: {grace_minutes: 0, percent_a_day: 10, cap_percent: 50}\n"


def test_where_the_grader_fails_the_submission_fails_and_is_no_zero(released: Any, tmp_path: Path) -> None:
    nbgrader = copied(released, tmp_path / "course")
    page = nbgrader.released("pooling")
    nbgrader.submit("newcomer", {"pooling": page})
    config = nbgrader.folder / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.GradeConfined.course = 'nowhere'\n")
    said = nbgrader.run("autograde", NAME, "--student=newcomer", "--create", check=False)
    assert "nowhere" in said
    assert "error processing assignment 'cnn' for student 'newcomer'" in said
    assert not (nbgrader.folder / "autograded" / "newcomer" / NAME).exists()
    with Gradebook(nbgrader.db) as gradebook:
        grade = gradebook.find_grade("check-relu", "pooling", NAME, "newcomer")
        assert (grade.auto_score, grade.needs_manual_grade) == (None, True)


def test_an_assignment_that_the_course_does_not_have_is_not_executed_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed: list[str] = []

    def execute(self: Any, nb: Any, resources: Any) -> tuple[Any, Any]:
        executed.append(resources["nbgrader"]["assignment"])
        return nb, resources

    monkeypatch.setattr("grader.platforms.nbgrader.dropin.Execute.preprocess", execute)
    autograde = Autograde(coursedir=CourseDirectory(root=str(tmp_path)))
    where = {"nbgrader": {"assignment": "other", "student": "amira", "notebook": "pooling"}}
    dropin = GradeConfined(parent=autograde, course=str(ROOT))
    with pytest.raises(UsageError, match="execute_other_assignments"):
        dropin.preprocess({}, where)
    assert executed == []
    dropin.execute_other_assignments = True
    assert dropin.preprocess({}, where) == ({}, where)
    assert executed == ["other"]


@pytest.fixture(scope="module")
def again(graded: Any, course: Course, tmp_path_factory: pytest.TempPathFactory) -> Nbgrader:
    """amira's chapter on sharing autograded once more, late by now, after a person has looked at it."""
    home = tmp_path_factory.mktemp("again")
    nbgrader = copied(graded.nbgrader, home / "course")
    with Gradebook(nbgrader.db) as gradebook:
        grade = gradebook.find_grade(*WHY)
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        gradebook.find_comment(*WHY).manual_comment = "well said"
        gradebook.db.commit()
    kit = with_due_date(course, home / "kit")
    options = ("--student=amira", "--notebook=sharing", "--force", f"--GradeConfined.course={kit}")
    nbgrader.run("autograde", NAME, *options)
    return nbgrader


def with_due_date(course: Course, folder: Path) -> Path:
    """The course in `folder`, with a due date."""
    for path in (course.solutions(NAME), course.hidden_tests(NAME), course.handout(NAME)):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(path, folder / path.relative_to(course.root), ignore=ignored)
    text = _course_of_one(course, NAME).decode()
    title = f"    title: {course.assignments[NAME].title}\n"
    assert title in text
    (folder / "course.yaml").write_text(text.replace(title, title + DUE), encoding="utf-8")
    return folder / "course.yaml"


def test_a_manual_score_survives_autograding_again(again: Nbgrader) -> None:
    with Gradebook(again.db) as gradebook:
        assert gradebook.find_grade(*WHY).manual_score == 2.5
        assert gradebook.find_comment(*WHY).comment == "well said"


def test_late_work_costs_in_nbgrader_what_course_yaml_says(again: Nbgrader) -> None:
    with Gradebook(again.db) as gradebook:
        notebook = gradebook.find_submission_notebook("sharing", NAME, "amira")
        assert notebook.score > 10
        assert notebook.late_submission_penalty == pytest.approx(notebook.score / 10)
        other = gradebook.find_submission_notebook("pooling", NAME, "amira")
        assert other.late_submission_penalty is None


def test_pushing_over_the_drop_ins_grades_changes_no_score(
    graded: Any, course: Course, tmp_path: Path
) -> None:
    nbgrader = copied(graded.nbgrader, tmp_path / "course")

    def grades() -> list[Any]:
        database = sqlite3.connect(nbgrader.folder / "gradebook.db")
        wanted = "SELECT id, auto_score, manual_score, needs_manual_grade FROM grade ORDER BY id"
        rows = database.execute(wanted).fetchall()
        database.close()
        return rows

    before = grades()
    push(graded.results_folder, nbgrader.db, course, NAME)
    assert grades() == before
    page = json.dumps(nbgrader.notebook("autograded", "amira", "convolution"))
    assert "--submissions" not in page

"""RESULTS pushed into nbgrader, and what a person gave there pulled back."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader_classroom import NAME, SAMPLES, Nbgrader, cell_of, copied

from grader.batch import Options, grade_class
from grader.course import Course
from grader.errors import GraderError
from grader.gradebook import FILE_NAME
from grader.gradebook import Gradebook as Kit
from grader.nbgrader.pull import pull
from grader.nbgrader.push import push
from grader.result import Result

WHY = ("answer-why-share", "sharing", NAME)


@dataclass
class Both:
    """The kit's RESULTS and an nbgrader course, empty at first."""

    results: Path
    nbgrader: Nbgrader
    course: Course
    submissions: Path

    def push(self, **options: Any) -> Any:
        return push(self.results, self.nbgrader.db, self.course, NAME, **options)

    def pull(self) -> Any:
        return pull(self.results, self.nbgrader.db, self.course, NAME)

    def kit(self, student: str) -> Result:
        with Kit(self.results / FILE_NAME) as gradebook:
            return gradebook.result(gradebook.latest(NAME)[student].id)

    def confirmed(self, student: str) -> Result:
        with Kit(self.results / FILE_NAME) as gradebook:
            return gradebook.confirmed(gradebook.result(gradebook.latest(NAME)[student].id))

    def give(self, student: str, score: float) -> None:
        """What formgrader does when a person types a score and a comment."""
        with Gradebook(self.nbgrader.db) as gradebook:
            grade = gradebook.find_grade(*WHY, student)
            grade.manual_score, grade.needs_manual_grade = score, False
            gradebook.find_comment(*WHY, student).manual_comment = "by hand"
            gradebook.db.commit()

    def everything(self) -> tuple[dict[str, list[Any]], dict[str, bytes]]:
        database = sqlite3.connect(self.nbgrader.folder / "gradebook.db")
        tables = [
            row[0]
            for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        rows = {table: sorted(map(repr, database.execute(f'SELECT * FROM "{table}"'))) for table in tables}
        database.close()
        home = self.nbgrader.folder / "autograded"
        return rows, {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def two_students(tmp_path_factory: pytest.TempPathFactory, course: Course) -> tuple[Path, Path]:
    """amira and rosa, in files, graded: (submissions, results)."""
    home = tmp_path_factory.mktemp("two")
    (home / "submissions").mkdir()
    for student in ("amira", "rosa"):
        (home / "submissions" / student).mkdir()
        for path in (SAMPLES / student).iterdir():
            (home / "submissions" / student / path.name).write_bytes(path.read_bytes())
    grade_class(course, NAME, home / "submissions", home / "results", Options(jobs=1))
    return home / "submissions", home / "results"


@pytest.fixture(scope="module")
def pushed_once(
    two_students: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory, course: Course
) -> Path:
    """A folder with RESULTS and the nbgrader course they were pushed to."""
    home = tmp_path_factory.mktemp("pushed")
    (home / "results").mkdir()
    with Kit(two_students[1] / FILE_NAME) as old, Kit(home / "results" / FILE_NAME) as new:
        for result in old.results(NAME):
            new.add(result)
    (home / "course").mkdir()
    done = push(home / "results", Nbgrader(home / "course").db, course, NAME)
    assert done.students == ["amira", "rosa"]
    return home


@pytest.fixture
def both(two_students: tuple[Path, Path], pushed_once: Path, tmp_path: Path, course: Course) -> Both:
    shutil.copytree(pushed_once, tmp_path / "both")
    home = tmp_path / "both"
    return Both(home / "results", Nbgrader(home / "course"), course, two_students[0])


def test_all_scores_arrive_and_free_text_waits(both: Both) -> None:
    result = both.kit("amira")
    with Gradebook(both.nbgrader.db) as gradebook:
        submission = gradebook.find_submission(NAME, "amira")
        assert (submission.score, submission.max_score, submission.needs_manual_grade) == (
            result.score,
            100,
            True,
        )
        for exercise in result.exercises:
            grade = gradebook.find_grade(f"check-{exercise.name}", exercise.chapter, NAME, "amira")
            assert (grade.auto_score, grade.needs_manual_grade) == (exercise.score, False)
        assert gradebook.find_grade(*WHY, "amira").auto_score is None


def test_pushing_twice_changes_nothing(both: Both) -> None:
    both.push(submissions=both.submissions)
    before = both.everything()
    assert both.push(submissions=both.submissions).changed_files == 0
    assert both.everything() == before


def test_the_notebooks_show_code_answer_score_and_what_is_wrong(both: Both) -> None:
    both.push(submissions=both.submissions)
    page = both.nbgrader.notebook("autograded", "rosa", "sharing")
    assert "def param_count(" in cell_of(page, "param_count")["source"]
    (output,) = cell_of(page, "check-param_count")["outputs"]
    assert output["data"]["text/plain"] == "1.75"
    answer = cell_of(both.nbgrader.notebook("autograded", "amira", "sharing"), "answer-why-share")["source"]
    assert answer == next(q.answer for q in both.kit("amira").questions if q.name == "why-share")


def test_without_the_submissions_the_notebooks_say_so(both: Both) -> None:
    page = both.nbgrader.notebook("autograded", "rosa", "sharing")
    assert "--submissions" in cell_of(page, "param_count")["source"]


def test_what_a_person_gave_stays_when_pushed_again(both: Both) -> None:
    both.give("amira", 2.5)
    both.push()
    with Gradebook(both.nbgrader.db) as gradebook:
        grade = gradebook.find_grade(*WHY, "amira")
        assert (grade.manual_score, grade.needs_manual_grade) == (2.5, False)
        assert gradebook.find_comment(*WHY, "amira").comment == "by hand"


def test_a_score_given_in_formgrader_counts_in_the_kit_and_pulling_twice_changes_nothing(both: Both) -> None:
    both.give("amira", 2.5)
    before = both.kit("amira").score
    done = both.pull()
    assert (done.students, done.confirmed, done.refused) == ({"amira"}, 1, [])
    question = next(q for q in both.confirmed("amira").questions if q.name == "why-share")
    assert (question.score, question.confirmed_by, question.needs_manual) == (2.5, "nbgrader", False)
    assert both.confirmed("amira").score == before + 2.5
    assert both.pull().confirmed == 0
    both.push()
    assert both.pull().confirmed == 0


def test_a_score_for_an_answer_that_has_changed_since_is_refused_and_looked_at_again(both: Both) -> None:
    both.give("amira", 4)
    with Kit(both.results / FILE_NAME) as gradebook:
        result = both.kit("amira")
        next(q for q in result.questions if q.name == "why-share").answer = "another answer"
        gradebook.add(result)
    assert "not the one in these results" in both.pull().refused[0]
    assert both.confirmed("amira").needs_manual
    both.push()
    with Gradebook(both.nbgrader.db) as gradebook:
        grade = gradebook.find_grade(*WHY, "amira")
        assert (grade.manual_score, grade.needs_manual_grade) == (4, True)
    both.push()
    with Gradebook(both.nbgrader.db) as gradebook:
        assert gradebook.find_grade(*WHY, "amira").needs_manual_grade


def test_points_beyond_the_questions_are_refused(both: Both) -> None:
    both.give("amira", 40)
    assert both.pull().refused == ["amira, why-share: 40 points are not between 0 and 4"]


def test_a_grader_error_is_not_pushed_as_a_zero(both: Both) -> None:
    with Kit(both.results / FILE_NAME) as gradebook:
        result = both.kit("rosa")
        result.status = "grader error"
        gradebook.add(result)
    done = both.push()
    assert done.students == ["amira"]
    assert done.refused == ["rosa: grader error: grade again, then push"]


def test_names_that_are_no_folder_of_their_own_are_listed_and_write_nothing(both: Both) -> None:
    with Kit(both.results / FILE_NAME) as gradebook:
        result = both.kit("rosa")
        for name in (".", "..", "a/b", " a"):
            result.student = name
            gradebook.add(result)
    done = both.push()
    assert sorted(line.split(":")[0] for line in done.refused) == [" a", ".", "..", "a/b"]
    assert sorted(path.name for path in (both.nbgrader.folder / "autograded").iterdir()) == ["amira", "rosa"]


def test_a_gradebook_of_another_course_is_refused(both: Both) -> None:
    with Gradebook(both.nbgrader.db) as gradebook:
        gradebook.remove_submission(NAME, "amira")
        gradebook.remove_submission(NAME, "rosa")
        gradebook.add_notebook("something", NAME)
    with pytest.raises(GraderError, match="generate_assignment"):
        both.push()


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

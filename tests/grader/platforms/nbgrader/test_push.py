"""RESULTS pushed into nbgrader, and what a person gave there pulled back."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader_classroom import NAME, SAMPLES, Nbgrader, cell_of, copied

from grader.batch.run import Options, grade_class
from grader.course.duedates import LatePolicy
from grader.course.models import Course
from grader.errors import GraderError, UsageError
from grader.gradebook.database import FILE_NAME
from grader.gradebook.database import Gradebook as Kit
from grader.intake.receipt import Receipt
from grader.platforms.nbgrader.pulling import pull
from grader.platforms.nbgrader.pushing import push
from grader.result import Result

#: Whole runs of nbgrader, again and again: see CONTRIBUTING, what the quick suite leaves out.
pytestmark = pytest.mark.slow

WHY = ("answer-why-share", "sharing", NAME)


@dataclass
class Both:
    """The kit's RESULTS and an nbgrader course that has them."""

    results: Path
    nbgrader: Nbgrader
    course: Course
    submissions: Path

    def push(self, **options: Any) -> Any:
        return push(self.results, self.nbgrader.db, self.course, NAME, **options)

    def pull(self, **options: Any) -> Any:
        return pull(self.results, self.nbgrader.db, self.course, NAME, **options)

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
        home = self.nbgrader.folder / "autograded"
        files = {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}
        return tables(self.nbgrader.folder / "gradebook.db"), files


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
    two_students: tuple[Path, Path], released: Any, tmp_path_factory: pytest.TempPathFactory, course: Course
) -> Path:
    """A folder with RESULTS and the nbgrader course they were pushed to."""
    home = tmp_path_factory.mktemp("pushed")
    (home / "results").mkdir()
    with Kit(two_students[1] / FILE_NAME) as old, Kit(home / "results" / FILE_NAME) as new:
        for result in old.results(NAME):
            new.add(result)
    done = push(home / "results", copied(released, home / "course").db, course, NAME)
    assert done.students == ["amira", "rosa"]
    return home


@pytest.fixture
def both(two_students: tuple[Path, Path], pushed_once: Path, tmp_path: Path, course: Course) -> Both:
    shutil.copytree(pushed_once, tmp_path / "both")
    home = tmp_path / "both"
    return Both(home / "results", Nbgrader(home / "course"), course, two_students[0])


def tables(path: Path) -> dict[str, list[Any]]:
    """Every row of an SQLite database."""
    database = sqlite3.connect(path)
    named = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    rows = {table: sorted(map(repr, database.execute(f'SELECT * FROM "{table}"'))) for (table,) in named}
    database.close()
    return rows


def due(course: Course, moment: str) -> Course:
    """The course with a due date, and 10 % off a day."""
    late = LatePolicy(grace_minutes=0, percent_a_day=10, cap_percent=50)
    changes = {"due": datetime.fromisoformat(moment), "late": late}
    changed = course.assignments[NAME].model_copy(update=changes)
    return course.model_copy(update={"assignments": {NAME: changed}})


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
    done = both.push(submissions=both.submissions)
    assert (done.students, done.unseen, done.changed_files) == (["amira", "rosa"], [], 0)
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
    assert both.push().unseen == ["amira", "rosa"]


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
    before = both.everything()
    for work in (both.push, both.pull):
        with pytest.raises(GraderError, match=r"something.*generate_assignment"):
            work()
    assert both.everything() == before


def test_a_gradebook_without_the_assignment_is_refused_and_named(both: Both) -> None:
    db = f"sqlite:///{shutil.copy(both.nbgrader.folder / 'gradebook.db', both.nbgrader.folder / 'other.db')}"
    with Gradebook(db) as gradebook:
        gradebook.remove_assignment(NAME)
        gradebook.add_assignment("ps1")
    for work in (push, pull):
        with pytest.raises(GraderError, match=r"other\.db has no assignment cnn \(it has: ps1\)"):
            work(both.results, db, both.course, NAME)
    with Gradebook(db) as gradebook:
        assert [assignment.name for assignment in gradebook.assignments] == ["ps1"]


def test_the_kits_own_gradebook_is_not_nbgraders_and_stays_as_it_is(both: Both) -> None:
    path = both.results / FILE_NAME
    before = tables(path)
    for work in (push, pull):
        with pytest.raises(UsageError, match="is not nbgrader's"):
            work(both.results, f"sqlite:///{path}", both.course, NAME)
    assert tables(path) == before


@pytest.mark.parametrize(
    ("db", "said"),
    [
        ("sqlite:///{home}/gradebok.db", "no database is there"),
        ("sqlite:///{home}", "no database is there"),
        ("sqlite:///{home}/nbgrader_config.py", "file is not a database"),
        ("{home}/gradebook.db", "that of a file is sqlite:///"),
        ("nonsense://here/gradebook", "can't be opened"),
    ],
)
def test_what_is_no_database_is_one_line_and_makes_no_file(both: Both, db: str, said: str) -> None:
    home = both.nbgrader.folder
    before = sorted(home.rglob("*"))
    for work in (push, pull):
        with pytest.raises(UsageError, match=said) as caught:
            work(both.results, db.format(home=home), both.course, NAME, course_dir=home)
        assert "\n" not in str(caught.value)
    assert sorted(home.rglob("*")) == before


def test_a_course_folder_that_is_not_there_is_not_made(both: Both) -> None:
    missing = both.nbgrader.folder / "nowhere"
    for work in (both.push, both.pull):
        with pytest.raises(UsageError, match=r"--course-dir .*nowhere is not a folder"):
            work(course_dir=missing)
    assert not missing.exists()


def test_a_database_that_fails_underway_is_no_traceback(both: Both) -> None:
    database = sqlite3.connect(both.nbgrader.folder / "gradebook.db")
    database.execute("ALTER TABLE grade RENAME COLUMN auto_score TO score_of_another_version")
    database.close()
    with pytest.raises(GraderError, match=r"no such column.*nbgrader db upgrade"):
        both.push()


def test_late_work_costs_in_nbgrader_what_it_costs_here_and_pushing_twice_changes_nothing(both: Both) -> None:
    course = due(both.course, "2026-02-28T12:00:00+00:00")
    with Kit(both.results / FILE_NAME) as gradebook:
        for student, day in (("amira", "2026-03-02"), ("rosa", "2026-02-27")):
            handed_in = Receipt(submitted=f"{day}T11:00:00+00:00", source="by hand")
            gradebook.receive(NAME, student, both.kit(student).submission_sha256, handed_in)
    with Kit(both.results / FILE_NAME, course=course) as gradebook:
        scores = {result.student: result.score for result in gradebook.results(NAME)}
    assert scores == {"amira": both.kit("amira").score * 0.8, "rosa": both.kit("rosa").score}
    both.course = course
    both.push()
    before = both.everything()
    both.push()
    assert both.everything() == before
    with Gradebook(both.nbgrader.db) as gradebook:
        for student, score in scores.items():
            submission = gradebook.find_submission(NAME, student)
            assert submission.score == both.kit(student).score
            assert submission.score - submission.late_submission_penalty == pytest.approx(score)


def test_a_later_due_date_takes_the_penalty_back_and_no_due_date_leaves_nbgraders_own(both: Both) -> None:
    with Gradebook(both.nbgrader.db) as gradebook:
        notebook = gradebook.find_submission_notebook("sharing", NAME, "amira")
        notebook.late_submission_penalty = 3.0
        gradebook.db.commit()

    def penalty() -> float | None:
        with Gradebook(both.nbgrader.db) as gradebook:
            found: float | None = gradebook.find_submission_notebook(
                "sharing", NAME, "amira"
            ).late_submission_penalty
            return found

    both.push()
    assert penalty() == 3.0
    both.course = due(both.course, "2026-06-01T12:00:00+00:00")
    both.push()
    assert penalty() is None

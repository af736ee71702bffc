"""The drop-in: preprocessors for `Autograde.autograde_preprocessors`, in place of nbgrader's `Execute`.

Before all of nbgrader's own, OwnMarks puts back the marks that tell cells apart. Then, one after the other:
GradeConfined gets the result from the kit's workers and writes it into the check cells' outputs,
nbgrader's own SaveAutoGrades reads the scores there, RecordGrades adds what nbgrader has no cell for (questions graded
automatically, comments, check cells that a student deleted), DefuseMarkup makes the notebook safe to look at,
LatePenalties takes off what course.yaml says of late work.
Nothing that a student wrote runs in this process or in a kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbformat import from_dict
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import AssignLatePenalties, Execute, NbGraderPreprocessor
from traitlets import Bool, Unicode

from grader.course import Chapter
from grader.errors import CourseError, UsageError
from grader.feedback import reveal
from grader.intake import ANSWERS
from grader.platforms.nbgrader.cells import fill_outputs, mark_answers
from grader.platforms.nbgrader.markup import defuse
from grader.platforms.nbgrader.record import record_chapter, record_penalty
from grader.platforms.nbgrader.session import Session, sessions_of
from grader.result import Result

_RESULT = "cnn_grader_result"
_SHOWN = "cnn_grader_shown"
_CHAPTERS = "cnn_grader_chapters"
_FILE = "cnn_grader_answers_file"


class OwnMarks(NbGraderPreprocessor):  # type: ignore[misc]
    """Gives cells the marks that the release has. What a student made of them, or added, counts for nothing.

    On marks that nbgrader can't understand it fails, and for those of another version it stops the run for everybody.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Replace known marks by the gradebook's, remove others. Of two cells of one name the last keeps it."""
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            known = _marks(gradebook, where["notebook"], where["assignment"])
        for cell in reversed(nb.cells):
            marks = cell.metadata.pop("nbgrader", None)
            name = marks.get("grade_id") if isinstance(marks, Mapping) else None
            own = known.pop(name, None) if isinstance(name, str) else None
            if own is not None:
                cell.metadata["nbgrader"] = from_dict(own)  # type: ignore[no-untyped-call]
        return nb, resources


class GradeConfined(NbGraderPreprocessor):  # type: ignore[misc]
    """Grades the submission in confined workers; its check cells get their scores as outputs."""

    course = Unicode("", help="The kit's course.yaml, or the folder it stands in.").tag(config=True)
    confined = Bool(True, help="Whether workers are confined. Only trusted code may go without.").tag(
        config=True
    )
    execute_other_assignments = Bool(
        False,
        help="Let nbgrader execute assignments that course.yaml does not have, in a kernel, without a wall.",
    ).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Grade, and replace all outputs. Raises GraderError: nbgrader then marks the submission as failed."""
        where = resources["nbgrader"]
        name, student, notebook = where["assignment"], where["student"], where["notebook"]
        sessions = sessions_of(_converter(self), self.course, confined=self.confined)
        if name not in sessions.course.assignments:
            return self._other(name, nb, resources)
        chapter = _chapter(sessions.course.assignments[name].open_chapters, name, notebook)
        session = sessions.session(name)
        directory = sessions.directory
        folder = Path(directory.format_path(directory.submitted_directory, student, name))
        result = session.grade(student, folder)
        for problem in result.problems:
            self.log.info("%s: %s", student, problem)
        fill_outputs(nb.cells, chapter, result, session.assignment)
        nb.cells = [from_dict(cell) for cell in nb.cells]  # type: ignore[no-untyped-call]
        resources[_RESULT] = result
        resources[_SHOWN] = reveal(result, session.assignment)
        resources[_CHAPTERS] = [chapter, *_not_submitted(session, folder)]
        resources[_FILE] = (folder / ANSWERS).is_file()
        return nb, resources

    def _other(self, name: str, nb: Any, resources: Any) -> tuple[Any, Any]:
        if not self.execute_other_assignments:
            raise UsageError(
                f"{self.course} has no assignment {name}; to let nbgrader execute such assignments as before, "
                "without a wall: c.GradeConfined.execute_other_assignments = True"
            )
        done: tuple[Any, Any] = Execute(parent=self.parent).preprocess(nb, resources)
        return done


class RecordGrades(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes scores and comments of the graded chapter into nbgrader's gradebook. Manual scores stay."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Record, where GradeConfined has graded."""
        result: Result | None = resources.get(_RESULT)
        if result is not None:
            where = resources["nbgrader"]
            with Gradebook(where["db_url"]) as gradebook:
                for chapter in resources[_CHAPTERS]:
                    record_chapter(
                        gradebook, chapter, resources[_SHOWN], where["student"], show_answers=resources[_FILE]
                    )
                gradebook.db.commit()
            mark_answers(nb.cells, result)
        return nb, resources


class DefuseMarkup(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes HTML and the like out of a student's text, after nbgrader has compared checksums."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Defuse, where GradeConfined has graded."""
        if resources.get(_RESULT) is not None:
            defuse(nb)
        return nb, resources


class LatePenalties(AssignLatePenalties):  # type: ignore[misc]
    """Late work: course.yaml's rules where it has a due date, nbgrader's own where it has none."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Write the penalty into the gradebook."""
        result: Result | None = resources.get(_RESULT)
        if result is None or result.late is None:
            done: tuple[Any, Any] = super().preprocess(nb, resources)
            return done
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            record_penalty(gradebook, resources[_CHAPTERS], result, where["student"])
            gradebook.db.commit()
        return nb, resources


def _marks(gradebook: Any, notebook: str, assignment: str) -> dict[str, dict[str, Any]]:
    """Cell name → its marks, as `nbgrader generate_assignment` wrote them."""
    page = gradebook.find_notebook(notebook, assignment)
    points = {cell.name: cell.max_score for cell in page.grade_cells}
    tasks = {cell.name: cell.max_score for cell in page.task_cells}
    solutions = {cell.name for cell in page.solution_cells}
    found: dict[str, dict[str, Any]] = {}
    for cell in page.source_cells:
        found[cell.name] = {
            "schema_version": MetadataValidator.schema_version,
            "grade_id": cell.name,
            "grade": cell.name in points,
            "solution": cell.name in solutions,
            "locked": cell.locked,
            "task": cell.name in tasks,
            "cell_type": cell.cell_type,
            "checksum": cell.checksum,
        }
        if cell.name in points or cell.name in tasks:
            found[cell.name]["points"] = points.get(cell.name, tasks.get(cell.name))
    return found


def _chapter(chapters: tuple[Chapter, ...], assignment: str, notebook: str) -> Chapter:
    for chapter in chapters:
        if chapter.name == notebook:
            return chapter
    raise CourseError(
        f"{notebook}.ipynb is no open chapter of {assignment}: take it out of source/ and release/"
    )


def _not_submitted(session: Session, folder: Path) -> list[Chapter]:
    """Chapters whose notebook nbgrader never converts, because it was not handed in: their answers may be there."""
    chapters = session.assignment.open_chapters
    return [chapter for chapter in chapters if not (folder / f"{chapter.name}.ipynb").is_file()]


def _converter(preprocessor: Any) -> Any:
    """nbgrader's Autograde, which owns the exporter that owns this preprocessor."""
    owner = preprocessor.parent
    while owner is not None and getattr(owner, "coursedir", None) is None:
        owner = owner.parent
    if owner is None:
        raise UsageError("GradeConfined works inside `nbgrader autograde` only")
    return owner

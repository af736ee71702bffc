"""The notebook twins: what they hold, that they run, and that a submission may consist of them alone."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.authoring import release
from grader.authoring.notebooks import notebook
from grader.authoring.release import _course_of_one
from grader.batch import read_handout
from grader.course.models import Assignment, Chapter, Course, load_course
from grader.errors import CourseError, GraderError
from grader.grading.grader import Grader
from grader.intake import folder_bundle, open_bundle
from grader.questions import read_answers
from grader.result import Result
from grader.wall.launcher import can_fork_workers

nbformat: Any = pytest.importorskip("nbformat")
jupytext: Any = pytest.importorskip("jupytext")

ROOT = Path(__file__).parents[3]
HANDOUT = ROOT / "exercises" / "cnn"
CHAPTERS = ["convolution", "pooling", "sharing", "backward", "network"]
QUICK = "network"  # imports from all the others

every_chapter = pytest.mark.parametrize("name", CHAPTERS)
both = pytest.mark.parametrize("solution", [False, True], ids=["handout", "reference"])


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT / "course.yaml")


@pytest.fixture(scope="module")
def assignment(course: Course) -> Assignment:
    return course.assignments["cnn"]


def chapter_of(course: Course, name: str) -> Chapter:
    return next(chapter for chapter in course.assignments["cnn"].chapters if chapter.name == name)


def made(course: Course, name: str, *, solution: bool = False) -> bytes:
    return notebook(course.solutions("cnn") / f"{name}.py", chapter_of(course, name), solution=solution)


def read(data: bytes) -> Any:
    return nbformat.reads(data.decode(), as_version=4)


def cells_by_id(data: bytes) -> dict[str, Any]:
    return {cell.id: cell for cell in read(data).cells}


# --- form -------------------------------------------------------------------------------------------------


@every_chapter
@both
def test_a_notebook_is_valid_for_jupyter_and_for_nbgrader(course: Course, name: str, solution: bool) -> None:
    page = read(made(course, name, solution=solution))
    assert (page.nbformat, page.nbformat_minor) == (4, 5)
    nbformat.validate(page)
    nbgrader = pytest.importorskip("nbgrader.nbgraderformat")
    nbgrader.MetadataValidator().validate_nb(page)
    assert all(
        cell.metadata.nbgrader.schema_version == nbgrader.SCHEMA_VERSION == 3
        for cell in page.cells
        if "nbgrader" in cell.metadata
    )


@every_chapter
@both
def test_the_same_source_gives_the_same_bytes(course: Course, name: str, solution: bool) -> None:
    assert made(course, name, solution=solution) == made(course, name, solution=solution)


@every_chapter
def test_handout_and_reference_have_the_same_cells(course: Course, name: str) -> None:
    """nbgrader finds a student's cell by its id."""
    handout, reference = cells_by_id(made(course, name)), cells_by_id(made(course, name, solution=True))
    assert list(handout) == list(reference)
    assert [c.metadata for c in handout.values()] == [c.metadata for c in reference.values()]


@every_chapter
def test_each_exercise_is_a_students_cell_a_locked_check_and_folded_hints(course: Course, name: str) -> None:
    cells = cells_by_id(made(course, name))
    order = list(cells)
    for exercise in chapter_of(course, name).exercises:
        mine, check, hints = order[order.index(exercise.name) :][:3]
        assert (check, hints) == (f"check-{exercise.name}", f"hints-{exercise.name}")
        written = cells[mine].metadata.nbgrader
        assert (written.grade_id, written.solution, written.grade, written.locked) == (
            exercise.name,
            True,
            False,
            False,
        )
        graded = cells[check].metadata.nbgrader
        assert (graded.grade_id, graded.solution, graded.grade, graded.locked) == (check, False, True, True)
        assert graded.points == exercise.points
        assert cells[check].source == f'check("{exercise.name}")'
        assert cells[hints].source.count("<details><summary>Hint ") == 3
        assert "<details open" not in cells[hints].source


@every_chapter
def test_points_add_up_to_the_course_s(course: Course, name: str) -> None:
    chapter = chapter_of(course, name)
    cells = cells_by_id(made(course, name)).values()
    points = sum(c.metadata.nbgrader.get("points", 0) for c in cells if "nbgrader" in c.metadata)
    assert points == sum(e.points for e in chapter.exercises) + sum(q.points for q in chapter.questions)


@every_chapter
def test_lesson_text_is_locked_and_check_comes_first(course: Course, name: str) -> None:
    page = read(made(course, name))
    answers = {f"answer-{question.name}" for question in chapter_of(course, name).questions}
    for cell in page.cells:
        if cell.cell_type == "markdown" and cell.id not in answers:
            assert cell.metadata.nbgrader.locked
            assert not cell.metadata.nbgrader.grade
    first = next(cell for cell in page.cells if cell.cell_type == "code")
    assert first.source.startswith("from grader import check\n\nimport numpy as np")


@every_chapter
def test_the_code_is_the_stub_s(course: Course, name: str) -> None:
    """Jupytext, reading the .py twin, sees the same code."""
    stub = jupytext.reads(release.stub_text(course.solutions("cnn") / f"{name}.py"), fmt="py:percent")
    code = [cell.source for cell in stub.cells if cell.cell_type == "code"]
    cells = read(made(course, name)).cells
    mine = [
        cell.source.removeprefix("from grader import check\n\n")
        for cell in cells
        if cell.cell_type == "code" and not cell.id.startswith("check-")
    ]
    assert mine == code
    assert not any("BEGIN SOLUTION" in cell.source for cell in cells)


@every_chapter
def test_the_chapter_s_questions_stand_at_its_end_unanswered(
    course: Course, assignment: Assignment, name: str
) -> None:
    questions = chapter_of(course, name).questions
    cells = cells_by_id(made(course, name))
    expected = [cell for q in questions for cell in (f"question-{q.name}", f"answer-{q.name}")]
    assert list(cells)[-len(expected) - 1 :] == ["checkpoint", *expected]
    for question in questions:
        shown = cells[f"question-{question.name}"].source
        assert question.ask.strip() in shown
        assert all(text in shown for text in question.options.values())
        answer = cells[f"answer-{question.name}"]
        form = answer.metadata.nbgrader
        assert (answer.cell_type, form.solution, form.grade, form.locked) == ("markdown", True, True, False)
        assert form.points == question.points
    texts = {q.name: cells[f"answer-{q.name}"].source for q in questions}
    assert read_answers(None, texts, assignment).values == {}


# --- sources that do not fit ------------------------------------------------------------------------------


def tiny_notebook(make_course: Callable[..., Any], alpha: str, *, solution: bool = False) -> list[Any]:
    tiny = make_course({"solutions/tiny/alpha.py": alpha})
    data = notebook(tiny.solutions / "alpha.py", tiny.assignment.chapters[0], solution=solution)
    cells: list[Any] = read(data).cells
    return cells


def test_a_chapter_without_imports_gets_the_cell_with_check(make_course: Callable[..., Any]) -> None:
    cells = tiny_notebook(make_course, "# %%\ndef double(x):\n    pass\n\n# %%\ndef total(x):\n    pass\n")
    assert [cell.id for cell in cells][:2] == ["imports", "double"]
    assert cells[0].source == "from grader import check"


def test_private_helpers_are_the_reference_s_alone(make_course: Callable[..., Any]) -> None:
    source = (
        "# %%\nimport math\n\n# %%\n### BEGIN SOLUTION\ndef _helper():\n    pass\n### END SOLUTION\n\n"
        "# %%\ndef double(x):\n    pass\n\n# %%\ndef total(x):\n    pass\n"
    )
    handout = tiny_notebook(make_course, source)
    reference = tiny_notebook(make_course, source, solution=True)
    assert "helpers" not in [cell.id for cell in handout]
    helpers = next(cell for cell in reference if cell.id == "helpers")
    # nbgrader refuses a solution block in a cell that is not one.
    assert helpers.metadata.nbgrader.solution


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("# %%\ndef double(x):\n    pass\ndef total(x):\n    pass\n", "double and total stand in one cell"),
        ("# %%\ndef double(x):\n    pass\n", "no cell defines total"),
    ],
)
def test_a_chapter_that_can_not_become_a_notebook_is_refused(
    make_course: Callable[..., Any], source: str, message: str
) -> None:
    with pytest.raises(CourseError, match=message):
        tiny_notebook(make_course, source)


def test_without_the_extra_the_message_says_what_to_install(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jupytext", None)
    with pytest.raises(GraderError, match="cnn-grader\\[notebooks\\]"):
        made(course, QUICK)


# --- a kernel ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def student_folder(course: Course, assignment: Assignment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's folder with the reference in the notebooks; the .py twins are as they were handed out."""
    folder = tmp_path_factory.mktemp("student") / "cnn"
    shutil.copytree(HANDOUT, folder)  # test_readme.py sees to it that it is what a release writes
    (folder / "course.yaml").write_bytes(_course_of_one(course, "cnn"))
    for name in CHAPTERS:
        (folder / f"{name}.ipynb").write_bytes(made(course, name, solution=True))
    return folder


def executed(page: Any, folder: Path) -> Any:
    client = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    where = {"metadata": {"path": str(folder)}}
    client.NotebookClient(page, timeout=300, kernel_name="python3", resources=where).execute()
    return page


def outputs_of(page: Any, kind: str) -> list[str]:
    """The ids of the cells that have such an output."""
    return [cell.id for cell in page.cells for out in cell.get("outputs", ()) if out.output_type == kind]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == QUICK else pytest.mark.slow) for name in CHAPTERS]
)
def test_the_reference_runs_top_to_bottom(course: Course, student_folder: Path, name: str) -> None:
    page = executed(read(made(course, name, solution=True)), student_folder)
    assert outputs_of(page, "error") == []
    checks = [f"check-{exercise.name}" for exercise in chapter_of(course, name).exercises]
    assert [cell for cell in outputs_of(page, "display_data") if cell.startswith("check-")] == checks
    # nbgrader takes a cell's value for a number of points
    assert not set(outputs_of(page, "execute_result")) & set(checks)
    for cell in page.cells:
        if cell.id in checks:
            assert cell.outputs[0].data["text/plain"].startswith("✓")
            assert 'class="grader-check"' in cell.outputs[0].data["text/html"]


def test_plain_nbgrader_gives_what_passes_its_points_and_the_rest_nothing(
    course: Course, student_folder: Path
) -> None:
    """A right function that makes numpy warn, a wrong one, and stubs: each cell is run, whatever came before."""
    utils = pytest.importorskip("nbgrader.utils")
    page = read(made(course, "pooling"))
    cells = {cell.id: cell for cell in page.cells}
    cells["relu"].source = "def relu(x):\n    np.ones(1) / 0\n    return np.maximum(x, 0)"
    cells["maxpool"].source = "def maxpool(x, size=2, stride=2):\n    return x"
    executed(page, student_folder)
    scores = {name: utils.determine_grade(cells[f"check-{name}"]) for name in ("relu", "maxpool", "flatten")}
    assert scores == {"relu": (1, 1), "maxpool": (0, 7), "flatten": (0, 2)}
    kinds = [out.output_type for out in cells["check-maxpool"].outputs]
    assert kinds == ["display_data", "error"]
    assert len(cells["check-maxpool"].outputs[1].traceback) == 1


# --- graded -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graded(
    course: Course, assignment: Assignment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[dict[str, bytes]], Result]]:
    """graded(files) → Result of a submission of these files, in the real course."""
    handout = read_handout(course, "cnn")
    with Grader(course, "cnn", confined=can_fork_workers()) as grader:

        def run(files: dict[str, bytes]) -> Result:
            folder = tmp_path_factory.mktemp("submissions") / "ada"
            folder.mkdir()
            for name, data in files.items():
                (folder / name).write_bytes(data)
            return grader.grade(open_bundle(folder_bundle(folder, assignment), assignment, handout))

        yield run


def test_reference_notebooks_alone_get_every_point(
    course: Course, graded: Callable[[dict[str, bytes]], Result]
) -> None:
    result = graded({f"{name}.ipynb": made(course, name, solution=True) for name in CHAPTERS})
    assert sum(exercise.score for exercise in result.exercises) == 85
    assert {exercise.status for exercise in result.exercises} == {"passed"}
    assert result.status == "graded"
    assert result.problems == []


@pytest.mark.slow
def test_untouched_notebooks_get_nothing_and_no_error(
    course: Course, graded: Callable[[dict[str, bytes]], Result]
) -> None:
    result = graded({f"{name}.ipynb": made(course, name) for name in CHAPTERS})
    assert result.score == 0
    assert {exercise.status for exercise in result.exercises} == {"missing"}
    assert {question.answer for question in result.questions} == {""}
    assert result.status == "graded"
    assert result.problems == []


def test_beside_untouched_scripts_the_notebooks_count(
    course: Course, assignment: Assignment, graded: Callable[[dict[str, bytes]], Result]
) -> None:
    handout = read_handout(course, "cnn")
    files = {f"{name}.py": handout[f"{name}.py"] for name in CHAPTERS}
    files |= {f"{name}.ipynb": made(course, name, solution=True) for name in CHAPTERS}
    result = graded(files)
    assert sum(exercise.score for exercise in result.exercises) == 85
    assert result.problems == []

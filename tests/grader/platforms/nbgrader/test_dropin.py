"""The drop-in, run by nbgrader's own commands: the scores of `grader grade`, and nothing for anybody's tricks."""

from __future__ import annotations

import csv
import html
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from nbgrader.api import Gradebook
from nbgrader_classroom import (
    FORGING,
    LOOPING,
    NAME,
    ROOT,
    SAMPLED,
    SCRIPT,
    STUDENTS,
    UNTOUCHED,
    Nbgrader,
    at_once,
    cell_of,
    copied,
    submit_a_loop,
    submit_class,
)

from grader.course.models import Course
from grader.gradebook.database import FILE_NAME
from grader.gradebook.database import Gradebook as Kit
from grader.result import Result

EXPECTED = yaml.safe_load(
    (ROOT / "tests" / "grader" / "batch" / "data" / "sample_class.yaml").read_text(encoding="utf-8")
)


def nbgraders(nbgrader: Nbgrader, result: Result) -> dict[str, tuple[float | None, bool]]:
    """Exercise and question → (automatic score, whether it waits for a person), as nbgrader's gradebook has them."""
    found = {}
    with Gradebook(nbgrader.db) as gradebook:
        for exercise in result.exercises:
            grade = gradebook.find_grade(f"check-{exercise.name}", exercise.chapter, NAME, result.student)
            found[exercise.name] = (grade.auto_score, grade.needs_manual_grade)
        for question in result.questions:
            grade = gradebook.find_grade(f"answer-{question.name}", question.chapter, NAME, result.student)
            found[question.name] = (grade.auto_score, grade.needs_manual_grade)
    return found


def kits(result: Result) -> dict[str, tuple[float | None, bool]]:
    found: dict[str, tuple[float | None, bool]] = {e.name: (e.score, False) for e in result.exercises}
    for question in result.questions:
        found[question.name] = (None, True) if question.needs_manual else (question.score, False)
    return found


@pytest.mark.parametrize("student", STUDENTS)
def test_every_score_is_the_one_that_grader_grade_gives(graded: Any, student: str) -> None:
    result = graded.results()[student]
    assert nbgraders(graded.nbgrader, result) == kits(result)


@pytest.mark.parametrize("student", SAMPLED)
def test_the_sample_class_gets_in_notebooks_what_it_gets_in_files(graded: Any, student: str) -> None:
    result, costs = graded.results()[student], EXPECTED[student].get("costs", {})
    exercises = [exercise for exercise in result.exercises if exercise.chapter in SAMPLED[student]]
    assert exercises
    for exercise in exercises:
        assert exercise.score == costs.get(exercise.name, [None, exercise.max_score])[1]


def test_free_text_waits_for_a_person_and_is_not_counted(graded: Any) -> None:
    results = graded.results()
    waiting = {
        student: {n for n, (_, waits) in nbgraders(graded.nbgrader, results[student]).items() if waits}
        for student in SAMPLED
    }
    assert waiting == {"hugo": {"plain-language"}, "amira": {"why-share", "what-flattening-loses"}}


def test_the_untouched_release_gets_nothing_and_keeps_nobody_waiting(graded: Any) -> None:
    assert set(nbgraders(graded.nbgrader, graded.results()[UNTOUCHED]).values()) == {(0.0, False)}


def test_forged_outputs_sources_and_missing_cells_earn_nothing(graded: Any) -> None:
    scores = nbgraders(graded.nbgrader, graded.results()[FORGING])
    assert [scores[name] for name in ("relu", "maxpool", "flatten")] == [(0.0, False)] * 3


def test_marks_that_a_student_changed_or_added_are_the_releases_again(graded: Any) -> None:
    """Nor do they stop nbgrader, which would grade nobody after marks of a version to come."""
    expected, found = (
        [cell["metadata"]["nbgrader"] for cell in page["cells"] if "nbgrader" in cell["metadata"]]
        for page in (
            graded.nbgrader.released("pooling"),
            graded.nbgrader.notebook("autograded", FORGING, "pooling"),
        )
    )
    kept = ("grade_id", "grade", "solution", "locked", "points", "schema_version")
    marks = {tuple(cell.get(key) for key in kept) for cell in found}
    assert len(marks) == len(found)
    assert marks <= {tuple(cell.get(key) for key in kept) for cell in expected}
    assert {"relu", "maxpool", "flatten", "check-maxpool"} <= {cell["grade_id"] for cell in found}


def test_no_cell_of_a_student_runs_outside_the_wall(graded: Any) -> None:
    assert not graded.canary.exists()


def test_the_notebook_shows_the_score_and_says_what_is_wrong(graded: Any) -> None:
    page = graded.nbgrader.notebook("autograded", "hugo", "convolution")
    (output,) = cell_of(page, "check-conv2d")["outputs"]
    assert float("".join(output["data"]["text/plain"])) == 5
    assert "of 12 points" in "".join(output["data"]["text/html"])
    failing = [t for t in graded.results()["hugo"].exercise("conv2d").tests if t.outcome != "passed"]
    assert failing
    for test in failing:
        assert test.message in html.unescape("".join(output["data"]["text/html"]))


def test_only_our_own_outputs_are_in_the_graded_notebook(graded: Any) -> None:
    for cell in graded.nbgrader.notebook("autograded", FORGING, "pooling")["cells"]:
        for output in cell.get("outputs", []):
            assert "12.0" not in json.dumps(output)
            assert output["output_type"] != "error"


@pytest.mark.parametrize("folder", ["autograded", "feedback"])
def test_a_students_markup_is_text_in_the_graded_notebook_and_on_the_feedback_page(
    graded: Any, folder: str
) -> None:
    (path,) = (graded.nbgrader.folder / folder / FORGING / NAME).glob("pooling.*")
    text = path.read_text(encoding="utf-8")
    if folder == "autograded":
        text = "\n".join("".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] != "code")
    assert SCRIPT not in text
    assert html.escape(SCRIPT, quote=False).replace("&gt;", "") in text.replace("&gt;", "").replace(">", "")
    assert "\\href" not in text
    assert 'a"><script' not in text


def test_feedback_shows_no_hidden_test_and_no_solution(graded: Any, course: Course) -> None:
    hidden = (course.hidden_tests(NAME) / "test_convolution.py").read_text(encoding="utf-8")
    secret = [line.strip() for line in hidden.splitlines() if "reference." in line]
    page = (graded.nbgrader.folder / "feedback" / "hugo" / NAME / "convolution.html").read_text(
        encoding="utf-8"
    )
    assert secret
    assert not [line for line in secret if line in html.unescape(page)]


def exported(nbgrader: Nbgrader) -> dict[str, float]:
    """Student → the score in what `nbgrader export` wrote."""
    with (nbgrader.folder / "grades.csv").open(encoding="utf-8") as file:
        return {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}


def test_export_gives_the_same_totals(graded: Any) -> None:
    results = graded.results()
    assert exported(graded.nbgrader) == {
        name: pytest.approx(result.score) for name, result in results.items()
    }


@pytest.mark.slow  # 23 students; the loop alone takes its six seconds of limits, here and in `grader grade`
def test_the_whole_sample_class_is_graded_alike(graded: Any, course: Course, tmp_path: Path) -> None:
    nbgrader = copied(graded.nbgrader, tmp_path / "course")
    submit_class(nbgrader, course)
    submit_a_loop(nbgrader)
    at_once(lambda: nbgrader.run("autograde", NAME), lambda: nbgrader.grade(tmp_path / "results"))
    at_once(lambda: nbgrader.run("generate_feedback", NAME), lambda: nbgrader.run("export"))
    with Kit(tmp_path / "results" / FILE_NAME) as gradebook:
        results = list(gradebook.results(NAME))
    assert len(results) == 23
    for result in results:
        if result.student in EXPECTED:
            coding = sum(exercise.score for exercise in result.exercises)
            assert coding == pytest.approx(EXPECTED[result.student]["coding"])
    hostile = nbgraders(nbgrader, next(result for result in results if result.student == "mallory"))
    assert set(hostile.values()) == {(0.0, False)}
    assert {r.student: nbgraders(nbgrader, r) for r in results} == {r.student: kits(r) for r in results}
    assert exported(nbgrader) == {r.student: pytest.approx(r.score) for r in results}
    pages = {path.parts[-3] for path in nbgrader.folder.glob("feedback/*/*/*.html")}
    assert pages == {result.student for result in results}
    looping = next(result for result in results if result.student == LOOPING)
    assert looping.exercise("flatten").status == "timeout"
    scores = nbgraders(nbgrader, looping)
    assert (scores["relu"], scores["flatten"]) == ((1.0, False), (0.0, False))

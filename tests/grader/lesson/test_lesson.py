"""The real lesson, graded: the reference gets everything, the handout nothing, one broken exercise costs itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from grader.authoring.notebooks import notebook
from grader.course.models import load_course
from grader.gradebook.answers import confirmation, free_text
from grader.gradebook.database import Gradebook
from grader.grading.grader import Grader, answer_key
from grader.intake import folder_bundle, open_bundle
from grader.questions import model_answers
from grader.result import Result

ROOT = Path(__file__).resolve().parents[3]
COURSE = load_course(ROOT / "course.yaml")
NAME, ASSIGNMENT = COURSE.assignment("cnn")
EXERCISES = list(ASSIGNMENT.chapter_of())
# The others are as slow to grade and show the same; they run with -m slow.
QUICK = {"zero_pad", "maxpool_backward"}


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(COURSE, NAME) as made:
        yield made


def grade(grader: Grader, folder: Path) -> Result:
    return grader.grade(open_bundle(folder_bundle(folder, ASSIGNMENT), ASSIGNMENT, {}))


def reference_files(folder: Path) -> None:
    for chapter in ASSIGNMENT.chapters:
        shutil.copy(ROOT / "solutions" / "cnn" / f"{chapter.name}.py", folder)


def test_the_lesson_has_18_exercises_and_10_questions_worth_100_points() -> None:
    questions = [question for chapter in ASSIGNMENT.chapters for question in chapter.questions]
    points = sum(exercise.points for _, exercise in ASSIGNMENT.exercises())
    assert (len(EXERCISES), len(questions), points) == (18, 10, 85)
    assert ASSIGNMENT.max_score == 100


def test_the_reference_with_its_key_gets_100_once_a_person_confirms(grader: Grader, tmp_path: Path) -> None:
    reference_files(tmp_path)
    answers = model_answers(answer_key(COURSE, NAME), COURSE.assignments[NAME])
    (tmp_path / "answers.yaml").write_text(yaml.safe_dump(answers, allow_unicode=True), encoding="utf-8")
    result = grade(grader, tmp_path)
    assert sum(exercise.score for exercise in result.exercises) == 85
    assert result.problems == []
    assert result.score == 85 + 8, "free text is not counted before a person has seen it"
    with Gradebook(tmp_path / "gradebook.db") as gradebook:
        gradebook.add(result)
        for item in list(free_text(gradebook.results(NAME))):
            assert item.question.provisional == item.question.max_score
            gradebook.confirm(NAME, confirmation(item, item.question.provisional, "ada"))
        confirmed = next(iter(gradebook.results(NAME)))
    assert confirmed.score == 100
    assert not confirmed.needs_manual
    when = next(question.confirmed_at for question in confirmed.questions if question.confirmed_by == "ada")
    assert datetime.fromisoformat(when).tzinfo == UTC


def test_the_reference_as_notebooks_alone_gets_85(grader: Grader, tmp_path: Path) -> None:
    for chapter in ASSIGNMENT.chapters:
        source = ROOT / "solutions" / "cnn" / f"{chapter.name}.py"
        (tmp_path / f"{chapter.name}.ipynb").write_bytes(notebook(source, chapter, solution=True))
    result = grade(grader, tmp_path)
    assert (result.score, result.status, result.problems) == (85, "graded", [])


@pytest.mark.parametrize("suffix", ["py", "ipynb"])
def test_the_untouched_handout_gets_nothing_and_no_error(grader: Grader, tmp_path: Path, suffix: str) -> None:
    for file in [
        *(ROOT / "exercises" / "cnn").glob(f"*.{suffix}"),
        ROOT / "exercises" / "cnn" / "answers.yaml",
    ]:
        shutil.copy(file, tmp_path)
    result = grade(grader, tmp_path)
    assert (result.score, result.status, result.problems) == (0, "graded", [])
    assert {exercise.status for exercise in result.exercises} == {"missing"}
    assert not result.needs_manual


@pytest.mark.parametrize(
    "broken", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in EXERCISES]
)
def test_a_broken_exercise_alone_loses_points(grader: Grader, tmp_path: Path, broken: str) -> None:
    reference_files(tmp_path)
    file = tmp_path / f"{ASSIGNMENT.chapter_of()[broken]}.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        f"{text}\n\ndef {broken}(*args, **kwargs):\n    raise RuntimeError('broken')\n", encoding="utf-8"
    )
    result = grade(grader, tmp_path)
    lost = {
        exercise.name: exercise.score for exercise in result.exercises if exercise.score < exercise.max_score
    }
    assert lost == {broken: 0}

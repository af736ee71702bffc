"""The second lesson, graded: the reference gets everything, the handout nothing, one broken exercise costs itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from grader.authoring.notebooks import notebook
from grader.authoring.release import stub_text
from grader.batch import Options, grade_class
from grader.course import load_course
from grader.gradebook.answers import confirmation, free_text
from grader.gradebook.database import Gradebook
from grader.grading.grader import Grader, answer_key
from grader.intake import folder_bundle, open_bundle
from grader.questions import model_answers
from grader.result import Result
from grader.wall import can_fork_workers

ROOT = Path(__file__).resolve().parents[3]
COURSE = load_course(ROOT / "course.yaml")
NAME, ASSIGNMENT = COURSE.assignment("rnn")
SOLUTIONS = ROOT / "solutions" / NAME
HANDOUT = ROOT / "exercises" / NAME
SAMPLES = ROOT / "tests" / "sample_class_rnn"
EXERCISES = list(ASSIGNMENT.chapter_of())


def test_the_lesson_has_17_exercises_and_10_questions_worth_100_points() -> None:
    questions = [question for chapter in ASSIGNMENT.chapters for question in chapter.questions]
    points = sum(exercise.points for _, exercise in ASSIGNMENT.exercises())
    assert (len(EXERCISES), len(questions), points) == (17, 10, 87)
    assert ASSIGNMENT.max_score == 100


def test_the_handout_has_the_stubs_the_scripts_and_the_texts() -> None:
    """All of it, more slowly: `grader release --check`."""
    for chapter in ASSIGNMENT.chapters:
        stub = (HANDOUT / f"{chapter.name}.py").read_text(encoding="utf-8")
        assert stub == stub_text(SOLUTIONS / f"{chapter.name}.py"), chapter.name
    shipped = {
        file.relative_to(folder): file
        for folder in (SOLUTIONS / "handout", SOLUTIONS)
        for file in (*folder.glob("*.svg"), *folder.glob("capstone*.py"), *folder.glob("data/*"))
        if file.name != "capstone_aims.py"
    }
    assert {Path("data/tale.txt"), Path("data/tale_end.txt"), Path("capstone.py")} <= shipped.keys()
    for place, file in shipped.items():
        assert (HANDOUT / place).read_bytes() == file.read_bytes(), place


def test_no_solution_and_no_key_is_in_the_handout() -> None:
    names = {file.name for file in HANDOUT.rglob("*")}
    assert names.isdisjoint({"key.yaml", "capstone_aims.py", "make_tale.py", "mistakes", "variants"})


def test_the_comparison_with_torch_says_in_one_line_that_torch_is_missing(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('none here')\n", encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "benchmarks" / "torch_rnn.py")],
        env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert "pip install torch" in ended.stderr


@dataclass(frozen=True)
class Expected:
    """What a student of the sample class gets. costs: exercise → its status, of those without full points.

    How many points are left of an exercise that is `partly` right is a matter of the hidden tests alone.
    """

    why: str
    questions: float = 0
    provisional: float = 0
    costs: dict[str, str] = field(default_factory=dict)
    status: str = "graded"


def _from(chapter: str, status: str) -> dict[str, str]:
    """Every exercise of this chapter and those behind it."""
    names = [one.name for one in ASSIGNMENT.chapters]
    late = names[names.index(chapter) :]
    return {name: status for name, of in ASSIGNMENT.chapter_of().items() if of in late}


CLASS = {
    "anouk": Expected("all right, and all questions answered", 9, 4),
    "bela": Expected(
        "right in an unusual style: lists, einsum, accumulate; answers in YAML's short forms", 9
    ),
    "chloe": Expected(
        "the state is not carried on, in either loop, nor in the Reader",
        8,
        costs={"rnn_forward": "partly", "lstm_forward": "partly", "Reader": "partly"},
    ),
    "diego": Expected(
        "the gradient through time is cut; each array is clipped alone",
        8.67,
        4,
        {"rnn_backward": "partly", "clip_gradients": "partly"},
    ),
    "esra": Expected(
        "the mask is read off the ids, and the loss is a mean over padding, too",
        7.5,
        2,
        {"pad_batch": "partly", "temporal_softmax_loss": "partly"},
    ),
    "finn": Expected(
        "takes the most probable, overflows, and counts pairs after deleting",
        8,
        2,
        {"tanh": "partly", "bigram_table": "failed", "sample": "failed"},
    ),
    "goran": Expected("the parts of the LSTM in PyTorch's order", 8.5, 4, {"lstm_step": "partly"}),
    "hanne": Expected("two chapters done, three as they were", 5, costs=_from("through_time", "missing")),
    "ines-maria": Expected(
        "notebooks, with magics, a plot and a loop without data; wh is not transposed in one gradient",
        4.25,
        1.5,
        {"rnn_step_backward": "partly"},
    ),
    "jelle": Expected(
        "a bracket too many costs the function that it stands in, no other",
        8,
        4,
        {"lstm_forward": "error"},
        "partly unreadable",
    ),
    "kim": Expected("the handout as it was", costs=_from("sequences", "missing")),
    "mallory": Expected("attacks, in every function; any status, no point"),
}


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(COURSE, NAME) as made:
        yield made


def grade(grader: Grader, folder: Path) -> Result:
    return grader.grade(open_bundle(folder_bundle(folder, ASSIGNMENT), ASSIGNMENT, {}))


def reference_files(folder: Path) -> None:
    for chapter in ASSIGNMENT.chapters:
        shutil.copy(SOLUTIONS / f"{chapter.name}.py", folder)


@pytest.mark.slow
def test_the_reference_with_its_key_gets_100_once_a_person_confirms(grader: Grader, tmp_path: Path) -> None:
    reference_files(tmp_path)
    answers = model_answers(answer_key(COURSE, NAME), ASSIGNMENT)
    (tmp_path / "answers.yaml").write_text(yaml.safe_dump(answers, allow_unicode=True), encoding="utf-8")
    result = grade(grader, tmp_path)
    assert (result.score, result.problems) == (87 + 9, [])
    with Gradebook(tmp_path / "gradebook.db") as gradebook:
        gradebook.add(result)
        for item in list(free_text(gradebook.results(NAME))):
            gradebook.confirm(NAME, confirmation(item, item.question.provisional or 0, "ada"))
        assert next(iter(gradebook.results(NAME))).score == 100


@pytest.mark.slow
def test_the_reference_as_notebooks_alone_gets_87(grader: Grader, tmp_path: Path) -> None:
    for chapter in ASSIGNMENT.chapters:
        page = notebook(SOLUTIONS / f"{chapter.name}.py", chapter, solution=True)
        (tmp_path / f"{chapter.name}.ipynb").write_bytes(page)
    result = grade(grader, tmp_path)
    assert (result.score, result.status, result.problems) == (87, "graded", [])


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["py", "ipynb"])
def test_the_untouched_handout_gets_nothing_and_no_error(grader: Grader, tmp_path: Path, suffix: str) -> None:
    for file in (*HANDOUT.glob(f"*.{suffix}"), HANDOUT / "answers.yaml"):
        shutil.copy(file, tmp_path)
    result = grade(grader, tmp_path)
    assert (result.score, result.status, result.problems) == (0, "graded", [])
    assert {exercise.status for exercise in result.exercises} == {"missing"}
    assert not result.needs_manual


@pytest.mark.slow
@pytest.mark.parametrize("broken", EXERCISES)
def test_a_broken_exercise_alone_loses_points(grader: Grader, tmp_path: Path, broken: str) -> None:
    reference_files(tmp_path)
    with (tmp_path / f"{ASSIGNMENT.chapter_of()[broken]}.py").open("a", encoding="utf-8") as file:
        file.write(f"\n\ndef {broken}(*args, **kwargs):\n    raise RuntimeError('broken')\n")
    result = grade(grader, tmp_path)
    lost = {e.name: e.score for e in result.exercises if e.score < e.max_score}
    assert lost == {broken: 0}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    if not can_fork_workers():
        pytest.skip("the hostile sample needs a wall (Linux)")
    out = tmp_path_factory.mktemp("results")
    grade_class(COURSE, NAME, SAMPLES, out, Options(jobs=2))
    results = [Result.from_json(path.read_text(encoding="utf-8")) for path in out.glob("*/result.json")]
    return {result.student: result for result in results}


def test_the_sample_class_is_the_one_that_is_expected() -> None:
    assert {folder.name for folder in SAMPLES.iterdir()} == set(CLASS)


@pytest.mark.slow
@pytest.mark.parametrize("student", CLASS)
def test_the_sample_class_gets_what_it_deserves(graded: dict[str, Result], student: str) -> None:
    expected, result = CLASS[student], graded[student]
    assert result.status == expected.status
    assert sum(q.score for q in result.questions) == pytest.approx(expected.questions)
    assert sum(q.provisional or 0 for q in result.questions) == pytest.approx(expected.provisional)
    if student == "mallory":
        assert result.score == 0
        assert not any("LOOT" in exercise.printed for exercise in result.exercises)
        return
    lost = {e.name: e.status for e in result.exercises if e.score < e.max_score}
    assert lost == expected.costs
    for exercise in result.exercises:
        if expected.costs.get(exercise.name, "passed") in ("missing", "failed", "error"):
            assert exercise.score == 0

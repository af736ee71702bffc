"""The sample class, graded for real: tests/sample_class in, what data/sample_class.yaml says out."""

from __future__ import annotations

import html
import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.batch.run import Options, Summary, grade_class
from grader.course.models import Course, load_course
from grader.intake import result_folder
from grader.result import ExerciseResult, Result, without_times
from grader.wall.launcher import can_fork_workers

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "tests" / "sample_class"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "sample_class.yaml").read_text(encoding="utf-8")
)
UNTOUCHED = "untouched"

#: Those in whom a second grading might see something else: timeouts, a dying process, prints, rounding, attacks.
DELICATE = ("dmitri", "jonas", "liam", "mallory", "maya", "quinn")

pytestmark = pytest.mark.skipif(not can_fork_workers(), reason="the hostile sample needs a wall (Linux)")


@dataclass(frozen=True)
class Graded:
    """One run: where it wrote, and what its result.json files hold."""

    out: Path
    summary: Summary
    results: dict[str, Result]

    def page(self, student: str) -> str:
        return (self.out / result_folder(student) / "feedback.html").read_text(encoding="utf-8")

    def exercise(self, student: str, name: str) -> ExerciseResult:
        return self.results[student].exercise(name)


def grade(course: Course, submissions: Path, out: Path) -> Graded:
    summary = grade_class(course, "cnn", submissions, out, Options(jobs=2))
    results = {}
    for path in sorted(out.glob("*/result.json")):
        result = Result.from_json(path.read_text(encoding="utf-8"))
        results[result.student] = result
    return Graded(out, summary, results)


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT / "course.yaml")


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory, course: Course) -> Path:
    """The sample class, and the whole of today's handout as one more student."""
    folder = tmp_path_factory.mktemp("class") / "submissions"
    shutil.copytree(SAMPLES, folder)
    shutil.copytree(course.handout("cnn"), folder / UNTOUCHED)
    return folder


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, course: Course, submissions: Path) -> Graded:
    return grade(course, submissions, tmp_path_factory.mktemp("results"))


def expected_exercises(student: str, course: Course) -> dict[str, tuple[str, float]]:
    """Exercise → (status, points), all 18, from the short form in the data file."""
    entry = EXPECTED[student]
    others, passed = entry.get("others", "passed"), entry.get("passed", [])
    wanted: dict[str, tuple[str, float]] = {}
    for _, exercise in course.assignments["cnn"].exercises():
        if exercise.name in entry.get("costs", {}):
            status, points = entry["costs"][exercise.name]
            wanted[exercise.name] = (status, points)
        elif others == "passed" or exercise.name in passed:
            wanted[exercise.name] = ("passed", exercise.points)
        else:
            wanted[exercise.name] = (others, 0)
    return wanted


def test_every_entry_is_expected_and_yields_a_result(graded: Graded) -> None:
    stems = {path.name if path.is_dir() else path.stem for path in SAMPLES.iterdir()}
    assert stems == set(EXPECTED)
    assert set(graded.results) == {*EXPECTED, UNTOUCHED}
    assert graded.summary.graded == len(EXPECTED) + 1
    assert graded.summary.grader_errors == []
    assert graded.summary.skipped == ()


@pytest.mark.parametrize("student", EXPECTED)
def test_exercises_get_the_status_and_points_they_deserve(
    graded: Graded, course: Course, student: str
) -> None:
    got = {e.name: (e.status, e.score) for e in graded.results[student].exercises}
    assert got == expected_exercises(student, course)


@pytest.mark.parametrize("student", EXPECTED)
def test_status_score_and_problems_of_the_submission(graded: Graded, student: str) -> None:
    entry, result = EXPECTED[student], graded.results[student]
    assert result.status == entry["status"]
    assert sum(exercise.score for exercise in result.exercises) == pytest.approx(entry["coding"])
    assert sum(question.score for question in result.questions) == pytest.approx(entry.get("questions", 0))
    assert result.score == pytest.approx(entry["coding"] + entry.get("questions", 0))
    assert entry.get("problem", "") in "\n".join(result.problems)
    for name, text in entry.get("remark", {}).items():
        exercise = result.exercise(name)
        assert text in "\n".join([exercise.message, *exercise.remarks])


def test_free_text_waits_for_a_person_and_is_not_counted(graded: Graded) -> None:
    amira = graded.results["amira"]
    assert amira.needs_manual
    assert sum(question.provisional or 0 for question in amira.questions) > 0
    assert amira.score == 85 + 8
    assert not graded.results["jonas"].needs_manual


@pytest.mark.slow
def test_grading_the_delicate_ones_again_gives_the_same_results(
    tmp_path: Path, course: Course, submissions: Path, graded: Graded
) -> None:
    few = tmp_path / "few"
    for name in DELICATE:
        shutil.copytree(submissions / name, few / name)
    again = grade(course, few, tmp_path / "again")
    for name in DELICATE:
        assert without_times(again.results[name]) == without_times(graded.results[name]), name


@pytest.mark.slow
def test_grading_the_whole_class_twice_gives_the_same_results(
    tmp_path: Path, course: Course, submissions: Path, graded: Graded
) -> None:
    again = grade(course, submissions, tmp_path / "again")
    assert set(again.results) == set(graded.results)
    for student, result in graded.results.items():
        assert without_times(again.results[student]) == without_times(result), student
    table = "grades.csv"
    assert (again.out / table).read_text(encoding="utf-8") == (graded.out / table).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("student", "broken"), [("jonas", {"maxpool"}), ("liam", {"conv_matrix", "shape_trace"})]
)
def test_a_loop_and_a_crash_cost_their_own_exercise_alone(
    graded: Graded, course: Course, student: str, broken: set[str]
) -> None:
    for _, exercise in course.assignments["cnn"].exercises():
        got = graded.exercise(student, exercise.name)
        assert got.score == (0 if exercise.name in broken else exercise.points), exercise.name
        assert (got.status == "passed") == (exercise.name not in broken)
    assert graded.results[student].status == "graded"


def test_a_loop_is_called_a_loop(graded: Graded) -> None:
    messages = {test.message for test in graded.exercise("jonas", "maxpool").tests}
    assert any("loop that never ends" in message for message in messages)


@pytest.mark.parametrize("student", [UNTOUCHED, "pavel"])
def test_the_untouched_handout_gets_nothing_and_a_friendly_page(graded: Graded, student: str) -> None:
    result = graded.results[student]
    assert (result.status, result.score, result.problems) == ("graded", 0, [])
    assert {exercise.status for exercise in result.exercises} == {"missing"}
    assert not any(checkpoint.passed for checkpoint in result.checkpoints)
    text = text_of(graded.page(student))
    assert "written yet" in text
    assert "Write output_size" in re.sub(r"\s+", " ", text)
    assert not re.search(r"\b(traceback|failed|wrong|error|exception)\b", text, re.IGNORECASE)


def test_slow_python_loops_get_full_marks_within_the_limits(graded: Graded, course: Course) -> None:
    assert all(exercise.status == "passed" for exercise in graded.results["bruno"].exercises)
    spent = sum(t.seconds for e in graded.results["bruno"].exercises for t in e.tests)
    # Wall time on a busy machine, against the limit in CPU seconds: there must be room.
    assert spent < course.assignments["cnn"].limits.submission.cpu


def test_printed_text_is_shown_and_bounded(graded: Graded) -> None:
    assert "winner" in graded.exercise("quinn", "maxpool_backward").printed
    assert "All 85 tests passed" in graded.exercise("mallory", "conv_at").printed
    for result in graded.results.values():
        assert all(len(exercise.printed) < 2500 for exercise in result.exercises)


def test_the_hostile_one_finds_nothing_and_leaves_nothing(graded: Graded) -> None:
    for exercise in graded.results["mallory"].exercises:
        assert "LOOT" not in exercise.printed, exercise.name
    places = (
        Path.cwd(),
        Path.cwd().parent,
        Path("/"),
        Path(tempfile.gettempdir()),
        Path("/dev/shm"),
        Path.home(),
    )
    assert [place for place in places if (place / "mallory-was-here").exists()] == []
    page = graded.page("mallory")
    assert "<script>document.title" not in page
    assert '<script>alert("4 of 4")' not in page
    assert "\x1b" not in page
    assert "\u202e" not in page


def text_of(page: str) -> str:
    """What a reader sees of a page: no styles, scripts or tags."""
    page = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL | re.IGNORECASE)
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def code_lines(path: Path) -> set[str]:
    """Lines of code long enough to be nobody else's; titles (first lines of docstrings) are meant to be seen."""
    found: set[str] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if len(line) >= 30 and not line.startswith(("#", '"""', "def ", "from ", "import ", ">>>")):
            found.add(line)
    return found


def secret_lines() -> set[str]:
    """Code of the hidden tests, and what stands between the solution markers of the reference."""
    secret: set[str] = set()
    for path in sorted((ROOT / "tests" / "hidden" / "cnn").glob("*.py")):
        secret |= code_lines(path)
    for path in sorted((ROOT / "solutions" / "cnn").glob("*.py")):
        inside = re.findall(
            r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", path.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        secret |= code_lines(path) & {line.strip() for block in inside for line in block.splitlines()}
    return secret


def test_no_page_shows_tests_reference_or_a_path_of_this_machine(graded: Graded) -> None:
    secrets = {squeezed(line) for line in secret_lines()}
    assert len(secrets) > 200
    seed = (ROOT / "tests" / "hidden" / "cnn" / "seed.txt").read_text(encoding="utf-8").strip()
    forbidden = [str(ROOT), str(ROOT.resolve()), "tests/hidden", "solutions/cnn", seed]
    for student in graded.results:
        raw = graded.page(student)
        both = html.unescape(raw) + raw
        page = squeezed(both)
        assert [line for line in secrets if line in page] == [], student
        assert [text for text in forbidden if text in both] == [], student


def test_every_page_stands_on_its_own(graded: Graded) -> None:
    for student in graded.results:
        page = graded.page(student)
        assert student in html.unescape(page)
        assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page), student


def test_results_are_strict_json(graded: Graded) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    for student in graded.results:
        path = graded.out / result_folder(student) / "result.json"
        data = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
        assert data["schema"] == 1
        assert (len(data["exercises"]), len(data["questions"])) == (18, 10)

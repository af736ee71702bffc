"""The package for PrairieLearn, unpacked into an empty folder, and jobs run as its grader host runs them."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.course.models import load_course
from grader.errors import UsageError, WallError
from grader.platforms import PACKAGES
from grader.platforms.prairielearn.limits import in_time
from grader.platforms.prairielearn.results import MOST_BYTES, as_text, fitting, not_graded, results_json
from grader.platforms.prairielearn.run import main
from grader.result import ExerciseResult, Picture, QuestionResult, Result
from grader.testing.hidden import HiddenTest
from grader.wall.launcher import can_fork_workers

from .prairielearn_job import Documented, Graded, InfoQuestion, entry, graded, job, unpacked

needs_a_wall = pytest.mark.skipif(not can_fork_workers(), reason="needs a wall")


@pytest.fixture(scope="module")
def package(tiny: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the tiny course, unpacked."""
    return unpacked(PACKAGES["prairielearn"].zip(tiny.course, "tiny"), tmp_path_factory.mktemp("package"))


@pytest.fixture
def run(package: Path, tmp_path: Path) -> Callable[[dict[str, str]], Graded]:
    """run(files) → what a submission of these files gives."""

    def submit(files: dict[str, str], **more: str) -> Graded:
        submitted = tmp_path / "submitted"
        submitted.mkdir()
        for name, text in files.items():
            (submitted / name).write_text(text)
        return graded(
            package / "image", job(tmp_path / "grade", package / "questions" / "tiny", submitted), **more
        )

    return submit


def test_the_image_holds_the_kit_and_nothing_of_the_course(package: Path, tiny: Any) -> None:
    image = package / "image"
    files = {path.relative_to(image).as_posix(): path for path in image.rglob("*") if path.is_file()}
    assert {
        "Dockerfile",
        "requirements.txt",
        "kit/grade.sh",
        "kit/grader/platforms/prairielearn/run.py",
    } <= set(files)
    assert files["kit/grade.sh"].stat().st_mode & 0o111
    secret = [path.read_text() for path in tiny.hidden.rglob("*.py")] + [
        path.read_text() for path in tiny.solutions.glob("*.py")
    ]
    for name, path in files.items():
        assert not name.endswith((".pyc", "course.yaml", "seed.txt")), name
        assert path.read_text(encoding="utf-8") not in secret, name
    docker = files["Dockerfile"].read_text()
    for line in docker.splitlines():
        if line.startswith("COPY "):
            assert (image / line.split()[1]).exists(), line
    assert subprocess.run(["sh", "-n", str(files["kit/grade.sh"])], check=False).returncode == 0


def test_the_question_is_as_prairielearns_schema_has_it(package: Path, tiny: Any) -> None:
    question = package / "questions" / "tiny"
    info = InfoQuestion.model_validate(json.loads((question / "info.json").read_text()))
    assert info.gradingMethod == "External"
    assert info.externalGradingOptions.enabled
    assert not info.externalGradingOptions.enableNetworking
    assert info.externalGradingOptions.entrypoint == "/kit/grade.sh"
    assert info.externalGradingOptions.timeout == 30 + 60
    page = (question / "question.html").read_text()
    assert (
        'optional-file-names="alpha.py, alpha.ipynb, beta.py, beta.ipynb, answers.yaml, examples.yaml"'
        in page
    )
    assert "<pl-external-grader-results>" in page
    with zipfile.ZipFile(question / "clientFilesQuestion" / "tiny.zip") as handout:
        assert "tiny/alpha.py" in handout.namelist()
        assert not [name for name in handout.namelist() if "hidden" in name or "seed" in name]


def test_the_same_course_gives_the_same_package(tiny: Any) -> None:
    first, second = (PACKAGES["prairielearn"].zip(tiny.course, "tiny") for _ in range(2))
    assert first == second


def test_a_title_is_text_and_no_template(make_course: Callable[..., Any]) -> None:
    course = make_course()
    file = course.root / "course.yaml"
    file.write_text(file.read_text().replace("Two small chapters", "'<b> {{params.x}} & more'"))
    with zipfile.ZipFile(io.BytesIO(PACKAGES["prairielearn"].zip(course.course, "tiny"))) as archive:
        page = archive.read("questions/tiny/question.html").decode()
        info = json.loads(archive.read("questions/tiny/info.json"))
    assert "{{" not in page
    assert "&lt;b&gt;" in page
    assert info["title"] == "<b> {{params.x}} & more"


def test_limits_are_kept_within_what_prairielearn_allows(make_course: Callable[..., Any]) -> None:
    course = make_course()
    file = course.root / "course.yaml"
    text = file.read_text()
    file.write_text(text.replace("submission: {cpu: 10, wall: 30}", "submission: {cpu: 90, wall: 900}"))
    kept, timeout = in_time(load_course(file), "tiny")
    assert timeout == 600
    assert kept.assignments["tiny"].limits.submission.wall == 540
    file.write_text(text.replace("submission: {cpu: 10, wall: 30}", "submission: {cpu: 300, wall: 900}"))
    with pytest.raises(UsageError, match=r"limits\.submission\.cpu of tiny is 300 s: .* 270 s"):
        PACKAGES["prairielearn"].zip(load_course(file), "tiny")


@needs_a_wall
def test_a_job_is_graded_behind_the_wall_into_the_documented_form(
    run: Any, tiny: Any, tmp_path: Path
) -> None:
    spy = (
        "import glob, os\n"
        f"FOLDERS = ['/', *({str(tmp_path)!r} + part for part in ('', '/grade/tests', '/grade/data'))]\n"
        "FOUND = []\n"
        "for folder in FOLDERS:\n"
        "    try:\n        FOUND += os.listdir(folder)\n"
        "    except OSError:\n        pass\n"
        "try:\n    FOUND += open('tests/course/tests/hidden/tiny/seed.txt').readlines()\n"
        "except OSError:\n    pass\n"
        "def clip(x):\n    raise ValueError(f'found {len(FOUND)} files')\n"
        "from alpha import double\n"
        "def scaled(x, factor=4):\n    return double(x) * factor / 2\n"
    )
    found = run({"alpha.py": tiny.good["alpha"], "beta.py": spy, "notes.txt": "x"})
    assert (found.code, found.log) == (0, "")
    results = found.results
    assert (results.gradable, results.succeeded, results.score) == (True, True, 0.9)
    assert sum(test.points for test in results.tests) == 9
    assert sum(test.max_points for test in results.tests) == 10
    clip = next(test for test in results.tests if test.name.startswith("clip"))
    assert "found 0 files" in (clip.message or "")
    assert str(tmp_path) not in json.dumps(found.data), "no path of the container is shown"


@needs_a_wall
def test_what_has_no_file_of_the_assignment_is_not_gradable_and_costs_no_attempt(run: Any) -> None:
    results = run({"notes.txt": "x"}).results
    assert (results.gradable, results.succeeded, results.score) == (False, True, None)
    assert results.format_errors


def test_what_goes_wrong_is_no_zero_and_tells_the_instructor(run: Any, package: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    (broken / "tests" / "course").mkdir(parents=True)
    (broken / "tests" / "course" / "course.yaml").write_text("schema: 1\n")
    submitted = tmp_path / "work"
    submitted.mkdir()
    found = graded(package / "image", job(tmp_path / "grade", broken, submitted))
    assert found.code == 0, "PrairieLearn shows no message of a job that ended otherwise"
    assert "course.yaml" in found.log
    assert "Traceback" not in found.log
    results = found.results
    assert (results.gradable, results.succeeded, results.score) == (False, False, None)
    assert "not your fault" in (results.message or "")
    assert "course.yaml" not in json.dumps(found.data)


def test_without_a_wall_nothing_is_graded(
    package: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tiny: Any,
) -> None:
    def no_wall(*_: object, **how: object) -> None:
        assert how["wall"] is True, "the wall was not even asked for"
        raise WallError("no layer is in force here")

    monkeypatch.setattr("grader.grading.grader.launch", no_wall)
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "unused"))
    folder = job(tmp_path / "grade", package / "questions" / "tiny", tiny.solutions)
    assert main(folder) == 0
    assert "No wall" in capsys.readouterr().out
    results = Documented.model_validate(json.loads((folder / "results" / "results.json").read_text()))
    assert (results.gradable, results.score, results.tests) == (False, None, [])


def _result(**more: Any) -> Result:
    picture = Picture(title="an edge", text="bright left", height=2, width=2, levels="AH9/AA==")
    exercise = ExerciseResult(
        name="double", score=3, max_score=3, status="passed", chapter="alpha",
        tests=[{"id": "a", "title": "Doubles", "outcome": "passed", "points": 3, "max_points": 3}],
        pictures=[picture],
    )  # fmt: skip
    waiting = QuestionResult(name="why", score=0, max_score=1, needs_manual=True, provisional=1)
    data: dict[str, Any] = {
        "assignment": "tiny",
        "student": "x",
        "status": "graded",
        "score": 3,
        "max_score": 4,
    }
    return Result(**{**data, "exercises": [exercise], "questions": [waiting], **more})


def test_pictures_are_data_urls_and_an_answer_that_waits_lifts_nobodys_score(tiny: Any) -> None:
    results = Documented.model_validate(results_json(_result(), tiny.assignment))
    assert results.tests[0].images[0].label == "an edge: bright left"
    assert results.tests[1].name == "question: why (waits for a person)"
    assert (results.tests[1].points, results.tests[1].max_points) == (0, 1)
    assert results.score == 0.75, (
        "counted against all points, or whoever writes what nobody can mark gained by it"
    )
    assert results.message == "1 answer waits for a person; it is not counted yet."


def test_a_grader_error_is_no_zero(tiny: Any) -> None:
    results = Documented.model_validate(
        results_json(
            _result(status="grader error", score=0, problems=["a secret of the grader"]), tiny.assignment
        )
    )
    assert not results.gradable
    assert "secret" not in results.model_dump_json()
    assert Documented.model_validate(not_graded("x")).score is None


def test_what_is_too_long_for_prairielearn_loses_words_and_no_points() -> None:
    test = {"name": "a", "points": 1, "max_points": 2, "message": "m" * 3000, "output": "é" * 6000}
    tests = [test | {"images": [{"label": "x", "url": "data:image/png;base64,AAAA"}]} for _ in range(100)]
    results = fitting({"gradable": True, "score": 0.5, "message": "hello", "tests": tests})
    assert len(as_text(results).encode()) <= MOST_BYTES
    assert [entry["points"] for entry in results["tests"]] == [1] * 100
    assert all("message" in entry and "output" not in entry for entry in results["tests"])
    assert results["message"] == "hello\nToo much to show it all: images, output left out below."


@needs_a_wall
@pytest.mark.slow
def test_inputs_drawn_beforehand_are_found_by_every_job(
    package: Path, tmp_path: Path, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted = tmp_path / "work"
    submitted.mkdir()
    (submitted / "alpha.py").write_text(tiny.good["alpha"])
    folder = job(tmp_path / "grade", package / "questions" / "tiny", submitted)
    code, log = entry(package / "image", "ready", folder)
    assert code == 0, log
    # Whoever PrairieLearn's files belong to: they are copied, and not refused as somebody else's.
    (folder / "tests" / "cache").chmod(0o777)
    draw = HiddenTest.draw

    def not_again(test: HiddenTest, *args: Any, **kwargs: Any) -> None:
        assert not test.is_property, "drawn again"
        draw(test, *args, **kwargs)

    monkeypatch.setattr(HiddenTest, "draw", not_again)
    monkeypatch.setenv("GRADER_CACHE", "restored afterwards")
    assert main(folder) == 0
    results = Documented.model_validate(json.loads((folder / "results" / "results.json").read_text()))
    assert results.score == 0.5
    assert len(list((folder / "tests" / "cache").glob("inputs-*"))) == 1

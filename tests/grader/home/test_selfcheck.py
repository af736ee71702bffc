"""A student's self-check: what passes, what waits for what, the first failure explained, and an exit code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from grader.authoring.release import build_handout, write_handout
from grader.course.models import load_course
from grader.errors import UsageError, WallError
from grader.home.folders import find_folder
from grader.home.report import CheckReport
from grader.home.selfcheck import self_check
from grader.testing import run_test
from grader.wall.launcher import ZygoteLauncher, can_fork_workers

GOOD = {
    "alpha": "import numpy as np\ndef double(x):\n    return 2 * np.asarray(x)\n"
    "def total(x):\n    if not len(x): raise ValueError\n    return sum(x)\n",
    "beta": "import numpy as np\nfrom alpha import double\n"
    "def scaled(x, factor=4):\n    return double(x) * factor / 2\n"
    "def clip(x):\n    return np.maximum(x, 0)\n",
}
NOTHING: Mapping[str, str] = MappingProxyType({})
WRONG = {**GOOD, "alpha": GOOD["alpha"].replace("2 * np", "3 * np")}


@pytest.fixture(scope="session")
def handout(make_course: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a student unpacks: the handout with course.yaml beside it, no solutions, no hidden tests."""
    course = make_course()
    folder = tmp_path_factory.mktemp("handout") / "tiny"
    write_handout(build_handout(course.course, "tiny", course.assignment), folder)
    shutil.copy(course.root / "course.yaml", folder)
    return folder


@pytest.fixture
def own(handout: Path, tmp_path: Path) -> Callable[..., Path]:
    """own(alpha=text, ...) → a student's copy with those chapters filled in."""

    def make(sources: Mapping[str, str] = NOTHING) -> Path:
        folder = tmp_path / "mine"
        shutil.copytree(handout, folder)
        if sources:
            for page in folder.glob("*.ipynb"):
                page.unlink()
        for name, text in sources.items():
            (folder / f"{name}.py").write_text(text)
        return folder

    return make


@pytest.fixture
def check(own: Callable[..., Path]) -> Callable[..., CheckReport]:
    """check({"alpha": text, ...}) → the report on a copy with those chapters."""

    def run(sources: Mapping[str, str] = NOTHING, only: str | None = None) -> CheckReport:
        folder = own(sources)
        return self_check(load_course(folder / "course.yaml"), "tiny", folder, only=only)

    return run


def statuses(report: CheckReport) -> dict[str, str]:
    return {exercise.name: exercise.status for exercise in report.exercises}


def test_the_untouched_handout_is_not_started_and_says_where_to_begin(check: Any) -> None:
    report = check()
    assert statuses(report) == dict.fromkeys(("double", "total", "scaled", "clip"), "not started")
    assert not report.all_passed
    assert report.next.name == "double"
    assert report.problems == ()


def test_everything_right_passes(check: Any) -> None:
    report = check(GOOD)
    assert statuses(report) == dict.fromkeys(("double", "total", "scaled", "clip"), "passed")
    assert report.all_passed
    assert report.next is None
    assert [(e.passed, e.total) for e in report.exercises] == [(2, 2), (1, 1), (1, 1), (1, 1)]


def test_an_exercise_whose_prerequisite_fails_is_blocked_by_it(check: Any) -> None:
    report = check(WRONG)
    assert statuses(report) == {"double": "failed", "total": "passed", "scaled": "blocked", "clip": "passed"}
    scaled = report.exercises[2]
    assert scaled.needs == ("double",)
    assert "needs double" in scaled.message
    assert report.next.name == "double"


def test_an_exercise_that_passes_is_not_blocked_by_a_failing_prerequisite(check: Any) -> None:
    beta = GOOD["beta"].replace("double(x) * factor / 2", "factor * x")
    assert statuses(check({**WRONG, "beta": beta}))["scaled"] == "passed"


def test_the_first_failure_says_what_was_called_expected_and_got(check: Any) -> None:
    failure = check(WRONG).exercises[0].failure
    assert failure.title == "double of 3 is 6"
    assert failure.example == "double(x=3.0)"
    assert failure.message == "got 9.0, expected 6.0"
    assert (failure.evidence.expected, failure.evidence.got) == (6.0, 9.0)


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise KeyError('oh')", "raised KeyError"),
        ("while True: pass", "did not finish"),
        ("import os; os._exit(0)", "ended"),
        ("return None", "returned None"),
    ],
)
def test_whatever_goes_wrong_in_one_function_the_others_are_checked(
    check: Any, body: str, words: str
) -> None:
    report = check({**GOOD, "alpha": GOOD["alpha"].replace("return 2 * np.asarray(x)", body)})
    assert statuses(report)["double"] == "failed"
    assert words in report.exercises[0].failure.message
    assert (statuses(report)["total"], statuses(report)["clip"]) == ("passed", "passed")


def test_an_endless_loop_is_waited_for_once_and_what_needs_it_is_not_tried(
    check: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def counted(test: Any, *more: Any, **options: Any) -> Any:
        tried.append(test.id)
        return run_test(test, *more, **options)

    monkeypatch.setattr("grader.home.one_exercise.run_test", counted)
    body = "while True: pass"
    report = check({**GOOD, "alpha": GOOD["alpha"].replace("return 2 * np.asarray(x)", body)})
    assert statuses(report) == {"double": "failed", "total": "passed", "scaled": "blocked", "clip": "passed"}
    double, _, scaled, _ = report.exercises
    assert double.failure.outcome == "timeout"
    assert double.message == "never finished; 1 more check was not tried"
    assert scaled.message == "not tried: double never finished"
    # One of double's two, beside others and alone; total's and clip's.
    assert len(tried) == 4
    assert report.next.name == "double"


def test_a_syntax_error_is_named_with_its_line_and_the_other_chapter_is_checked(check: Any) -> None:
    report = check({**GOOD, "alpha": "x = 1\ndef double(:\n"})
    assert statuses(report)["clip"] == "passed"
    assert "alpha.py" in report.problems[0]
    assert "line 2" in report.problems[0]
    assert not report.all_passed
    double = report.exercises[0]
    assert double.fault.places[0].code == "def double(:"
    assert double.to_data()["fault"]["places"][0]["line"] == 2


def test_one_exercise_can_be_checked_alone_with_what_it_needs(check: Any) -> None:
    report = check(WRONG, only="scaled")
    assert statuses(report) == {"scaled": "blocked"}
    assert report.exercises[0].needs == ("double",)


def test_one_exercise_alone_can_pass(check: Any) -> None:
    assert check({**WRONG}, only="total").all_passed


def test_work_in_the_notebook_counts_where_the_script_is_untouched(own: Any) -> None:
    folder = own()
    page = folder / "alpha.ipynb"
    if not page.is_file():
        pytest.skip("this handout has no notebooks")
    notebook = json.loads(page.read_text())
    cell = next(
        c for c in notebook["cells"] if c["cell_type"] == "code" and "def double" in "".join(c["source"])
    )
    cell["source"] = ["def double(x):\n", "    return 2 * np.asarray(x)\n"]
    page.write_text(json.dumps(notebook))
    report = self_check(load_course(folder / "course.yaml"), "tiny", folder)
    assert statuses(report)["double"] == "passed"


@pytest.mark.skipif(not can_fork_workers(), reason="elsewhere there is no wall to begin with")
def test_a_machine_without_a_wall_checks_its_owners_code_all_the_same(
    check: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(launcher: ZygoteLauncher) -> None:
        raise WallError("neither Landlock nor seccomp")

    monkeypatch.setattr(ZygoteLauncher, "layers", none)
    assert check(GOOD).all_passed


# ---------------------------------------------------------------- finding the folder


def test_the_folder_is_found_from_a_file_from_within_and_from_the_course(
    own: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = own(GOOD)
    course = load_course(folder / "course.yaml")
    assert find_folder(course, "tiny", folder / "alpha.py") == folder
    monkeypatch.chdir(folder)
    assert find_folder(course, "tiny", None).resolve() == folder.resolve()
    monkeypatch.chdir(tmp_path)
    assert find_folder(course, "tiny", None).resolve() == folder.resolve()


@pytest.mark.parametrize("path", ["nowhere", "empty", "mine/checks"])
def test_a_folder_without_chapters_is_refused(own: Any, tmp_path: Path, path: str) -> None:
    folder = own(GOOD)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError):
        find_folder(load_course(folder / "course.yaml"), "tiny", tmp_path / path)


def test_missing_checks_are_asked_for(own: Any) -> None:
    folder = own(GOOD)
    shutil.rmtree(folder / "checks")
    with pytest.raises(UsageError, match="checks is missing"):
        self_check(load_course(folder / "course.yaml"), "tiny", folder)


# ---------------------------------------------------------------- the command


def test_the_exit_code_is_0_only_if_everything_passes(own: Any, cli: Any) -> None:
    folder = own(GOOD)
    done = cli("check", cwd=folder)
    assert (done.code, done.err) == (0, "")
    (folder / "beta.py").write_text("")
    assert cli("check", folder).code == 1


def test_json_is_all_that_is_on_stdout_and_holds_every_exercise(own: Any, cli: Any) -> None:
    folder = own(WRONG)
    done = cli("check", folder, "--json")
    assert done.code == 1
    data = json.loads(done.out)
    assert (data["schema"], data["assignment"], data["passed"], data["next"]) == (1, "tiny", False, "double")
    assert [e["status"] for e in data["exercises"]] == ["failed", "passed", "blocked", "passed"]
    assert data["exercises"][0]["failure"]["message"] == "got 9.0, expected 6.0"
    assert data["checkpoints"] == [{"name": "alpha", "passed": False}, {"name": "beta", "passed": False}]


def test_a_mistyped_exercise_gets_a_suggestion(own: Any, cli: Any) -> None:
    done = cli("check", own(GOOD), "-e", "duoble")
    assert done.code == 2
    assert "did you mean 'double'?" in done.err
    assert len(done.err.splitlines()) == 1


def test_the_page_names_status_failure_and_next_step(own: Any, cli: Any) -> None:
    done = cli("check", own(WRONG), env={"COLUMNS": "120", "NO_COLOR": "1"})
    for words in ("double", "double of 3 is 6", "got 9.0, expected 6.0", "needs double"):
        assert words in done.out
    assert "\x1b" not in done.out

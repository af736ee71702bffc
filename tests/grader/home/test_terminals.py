"""Terminals as they are: other encodings, 24 rows, links that can be clicked, and a failing call as a script."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from grader.authoring.release import build_handout, write_handout
from grader.course.models import Assignment, load_course
from grader.feedback import height_of
from grader.home.report import CheckReport, ExerciseCheck
from grader.home.repro import write_repro
from grader.home.selfcheck import self_check
from grader.home.terminal import check_text
from grader.home.watch import keys
from grader.home.watch.machine import State, View
from grader.home.watch.screen import screen
from grader.result import Diagnosis, Evidence
from grader.result import TestResult as Ended
from grader.testing.evidence import pack
from grader.text import encode_anyhow

from ..conftest import command, environment, wait_until

ALPHA = (
    "import numpy as np\n\ndef double(x):\n    return 3 * np.asarray(x)\n\ndef total(x):\n    return x[9]\n"
)
ROWS, WIDTH = 24, 80


@pytest.fixture(scope="module")
def handout(make_course: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = make_course()
    folder = tmp_path_factory.mktemp("handout") / "tiny"
    write_handout(build_handout(course.course, "tiny", course.assignment), folder)
    shutil.copy(course.root / "course.yaml", folder)
    return folder


@pytest.fixture
def own(handout: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    shutil.copytree(handout, folder)
    (folder / "alpha.py").write_text(ALPHA)
    return folder


# ---------------------------------------------------------------- encodings


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", ("check",)),
        ("ascii", ("hint", "double")),
        ("cp437", ("pack",)),
        *(
            pytest.param(encoding, words, marks=pytest.mark.slow)
            for encoding in ("cp1252", "ascii", "cp437")
            for words in [("check",), ("hint", "double"), ("pack",), ("--help",), ("check", "nowhere")]
        ),
    ],
)
def test_output_that_an_encoding_lacks_becomes_plain_signs(
    own: Path, words: tuple[str, ...], encoding: str
) -> None:
    done = subprocess.run(
        command(*words),
        cwd=own,
        env=environment(PYTHONIOENCODING=encoding, PYTHONUTF8="0", COLUMNS="80"),
        capture_output=True,
        timeout=90,
        check=False,
    )
    shown = (done.stdout + done.stderr).decode(encoding)
    assert "Traceback" not in shown
    assert "UnicodeEncodeError" not in shown
    assert "?" not in shown.replace("Stuck?", "") or words == ("--help",)
    assert done.returncode == {("check",): 1, ("check", "nowhere"): 2}.get(words, 0)


def test_a_sign_keeps_its_meaning_without_its_character() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    encode_anyhow(stream, None)
    stream.write("✓ ✗ ○ … ≠3 x₀² é Σ ≤ 字")
    stream.flush()
    assert raw.getvalue() == b"+ x o . !3 x02 e sum <= ?"


# ---------------------------------------------------------------- 24 rows


def failing(side: int, *, printed: str = "", remarks: int = 0) -> ExerciseCheck:
    x = np.arange(float(side * side * 2)).reshape(2, 1, side, side)
    return ExerciseCheck(
        "double",
        "alpha",
        "failed",
        0,
        2,
        printed=printed,
        remarks=("changes an argument",) * remarks,
        diagnosis=Diagnosis(
            mistake="m", says="Everything is shifted by one.", hint="Where do you begin to count?"
        ),
        failure=Ended(
            id="test_alpha.py::test_three",
            title="double of 3 is 6",
            outcome="failed",
            points=0,
            max_points=0,
            message="first differs at [0, 0, 0, 0]: got 1.0, expected 0.0",
            example=f"double(x=np.zeros(({side}, {side})))",
            evidence=Evidence(
                arguments={"x": pack(x)}, expected=pack(x), got=pack(x + 1), first_difference=[0] * 4
            ),
        ),
        place="alpha.py:3",
    )


def shown(parts: Any, width: int = WIDTH) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    for part in parts:
        console.print(part)
    return console.file.getvalue().rstrip("\n").split("\n")  # type: ignore[attr-defined]


def report_of(found: ExerciseCheck, assignment: Assignment, folder: Path) -> CheckReport:
    return CheckReport("tiny", folder, assignment.open_chapters, (found,), ())


@pytest.fixture(scope="module")
def assignment(handout: Path) -> Assignment:
    return load_course(handout / "course.yaml").assignments["tiny"]


@pytest.mark.parametrize("side", [2, 4, 8, 12])
@pytest.mark.parametrize("printed", ["", "a line\n" * 50])
def test_the_last_24_rows_hold_verdict_name_and_call(
    assignment: Assignment, tmp_path: Path, side: int, printed: str
) -> None:
    report = report_of(failing(side, printed=printed, remarks=2), assignment, tmp_path)
    last = shown(check_text(report, assignment, width=WIDTH, rows=ROWS))[-(ROWS - 1) :]
    text = "\n".join(last)
    places = [text.index(words) for words in (
        "double  0 of 2 checks pass", "Everything is shifted by one.", "first differs at", "double(x=", "Mend double",
    )]  # fmt: skip
    assert places == sorted(places)
    assert "≠" in text  # there is room for something of the grids
    assert text.index("≠") < places[0]


def test_without_a_terminal_nothing_is_cropped_for_rows(assignment: Assignment, tmp_path: Path) -> None:
    report = report_of(failing(12), assignment, tmp_path)
    assert sum(line.lstrip().startswith("[") for line in shown(check_text(report, assignment))) >= 24


@pytest.mark.parametrize("view", [View.EXERCISE, View.LIST])
@pytest.mark.parametrize("side", [2, 12])
def test_a_watched_screen_fits_24_rows(assignment: Assignment, tmp_path: Path, view: View, side: int) -> None:
    found = failing(side)
    state = State(
        ("double",), {"double": found}, focus="double", view=view, note="✗ double: 0 of 2 checks pass"
    )
    report = report_of(found, assignment, tmp_path)
    parts = screen(state, report, assignment, file="alpha.py", keys=True, width=WIDTH, rows=ROWS)
    assert height_of(parts, WIDTH) < ROWS
    assert "double" in "\n".join(shown(parts))


def test_the_list_of_the_real_lesson_fits_24_rows(tmp_path: Path) -> None:
    lesson = load_course(Path(__file__).parents[3] / "course.yaml").assignments["cnn"]
    found = tuple(ExerciseCheck(e.name, c.name, "blocked", 0, 3) for c, e in lesson.exercises())
    report = CheckReport("cnn", tmp_path, lesson.open_chapters, found, ())
    state = State(tuple(e.name for e in found), {e.name: e for e in found}, focus="relu", view=View.LIST)
    parts = screen(state, report, lesson, file="pooling.py", keys=True, width=WIDTH, rows=ROWS)
    assert height_of(parts, WIDTH) < ROWS
    assert all(e.name in "\n".join(shown(parts)) for e in found)


# ---------------------------------------------------------------- places, and the script


@pytest.mark.slow
def test_the_line_and_the_check_are_named_so_that_they_can_be_clicked(
    own: Path, cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = self_check(load_course(own / "course.yaml"), "tiny", own)
    # Where the function begins, where a value is wrong; the line itself, where it raised.
    assert [found.place for found in report.exercises[:2]] == ["alpha.py:3", "alpha.py:7"]
    assert "alpha.py:3 · checks/test_alpha.py::test_three" in cli("check", cwd=own).out
    assert "mine/alpha.py:3 · mine/checks/test_alpha.py::test_three" in cli("check", own, cwd=own.parent).out


def test_a_syntax_error_can_be_clicked(own: Path, cli: Any) -> None:
    (own / "beta.py").write_text("x = 1\ndef clip(:\n")
    assert re.search(r"^! beta\.py:2: invalid syntax", cli("check", cwd=own).out, re.MULTILINE)


@pytest.mark.slow
def test_the_failing_call_is_written_as_a_script_that_shows_it(own: Path, cli: Any) -> None:
    done = cli("check", "--repro", cwd=own)
    assert done.code == 1
    script = own / "repro_double.py"
    assert script.name in done.err
    ran = subprocess.run([sys.executable, script], cwd=own, capture_output=True, text=True, check=True)
    assert ran.stdout == "got:\n9.0\nexpected:\n6.0\n"
    # It is no chapter, and no problem.
    assert cli("check", cwd=own).out.startswith("Alpha")
    (own / "alpha.py").write_text(ALPHA.replace("3 *", "2 *"))
    assert "repro_total.py" in cli("check", "--repro", cwd=own).err


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ("double(x=3.0)", 6.0),
        ("double(x=np.array([[1., 2.], [3., 4.]]), factor=2)", [[1.0, 2.0], [3.0]]),
        (f"double(x=np.array({np.arange(40.0).reshape(2, 20).tolist()}))", np.arange(60.0).reshape(3, 20)),
        (f"double(x=np.array({np.arange(72.0).reshape(2, 3, 12).tolist()}), np=3)", np.ones((40, 40))),
        ("double(x='it is \"so\"', y=np.array([inf, nan]), z={'a': [1, 2], 'b': (3,)})", "ValueError raised"),
        (f"double({list(range(60))}, 'text', longer_name={'word ' * 30!r})", None),
        ("double(x=[('conv', 4, 3, 1, 0), ('relu',), ('maxpool', 2, 2), ('flatten',), ('dense', 10)], y=(1, 8, 8))",
         [(1, 2), (3, 4)]),
    ],
)  # fmt: skip
def test_the_script_is_laid_out_as_a_person_would(
    tmp_path: Path, assignment: Assignment, example: str, expected: object
) -> None:
    found = failing(2)
    assert found.failure is not None
    failure = found.failure.model_copy(
        update={
            "example": example,
            "evidence": Evidence(expected=None if expected is None else pack(expected)),
        }
    )
    path = write_repro(replace(found, failure=failure), tmp_path, assignment.chapter_of())
    text = path.read_text(encoding="utf-8")
    compile(text, path.name, "exec")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--check", "--diff", path],
        capture_output=True,
        text=True,
        check=False,
    )
    if "No module named" in done.stderr:
        pytest.skip("ruff is not installed")
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_the_script_finds_a_function_that_stands_in_a_notebook(own: Path, handout: Path, cli: Any) -> None:
    shutil.copy(handout / "alpha.py", own)
    page = own / "alpha.ipynb"
    text = page.read_text(encoding="utf-8")
    stub = 'raise NotImplementedError(\\"double is not written yet\\")'
    assert stub in text
    page.write_text(text.replace(stub, "return np.nan * np.asarray(x)"), encoding="utf-8")
    cli("check", "--repro", cwd=own)
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    ran = subprocess.run(
        [sys.executable, own / "repro_double.py"],
        cwd=own,
        env=here,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "nan" in ran.stdout, ran.stderr


# ---------------------------------------------------------------- Windows, as far as it can be played here


def test_keys_come_from_msvcrt_where_there_is_no_termios(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = list("n\xe0HQ")
    console = types.SimpleNamespace(kbhit=lambda: bool(typed), getwch=lambda: typed.pop(0))
    monkeypatch.setitem(sys.modules, "msvcrt", console)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(isatty=lambda: True))
    source = Path(keys.__file__)
    module = types.ModuleType("keys_on_windows")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(source.read_text(encoding="utf-8"), source.name, "exec"), module.__dict__)
    pressed: list[str] = []
    with module.reading_keys(lambda key: pressed.append(key.name)) as there:
        assert there
        wait_until(lambda: len(pressed) == 3, "three keys")
    assert pressed == ["NEXT", "OTHER", "QUIT"]  # the arrow's second half is no key

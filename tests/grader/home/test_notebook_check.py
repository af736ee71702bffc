"""`check(...)` on the functions of a kernel, and chapters imported from notebooks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.authoring import release
from grader.home.card import LiveCheck
from grader.home.chapter_imports import NotebookChapters
from grader.home.notebook_check import CheckFailed, check
from grader.home.own_examples import example
from grader.intake.twins import touched, untouched_twins

Define = Callable[[str], None]


@pytest.fixture(scope="module")
def handout(make_course: Callable[..., Any]) -> Path:
    """The tiny course's handout, where a student would have it."""
    tiny = make_course()
    release.write_handout(release.build_handout(tiny.course, "tiny", tiny.assignment), tiny.exercises)
    return tiny.exercises


@pytest.fixture
def define(handout: Path, monkeypatch: pytest.MonkeyPatch) -> Define:
    """define(source): run a cell in a fresh `__main__`, standing in the handout's folder."""
    main = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.chdir(handout)

    def run(source: str) -> None:
        exec(textwrap.dedent(source), main.__dict__)

    return run


def failing(exercise: str) -> str:
    """The one line that a failing check leaves as its traceback."""
    with pytest.raises(CheckFailed) as caught:
        check(exercise)
    lines = caught.value._render_traceback_()
    assert lines == [str(caught.value)]
    return lines[0]


# --- check ------------------------------------------------------------------------------------------------


def test_a_right_function_passes_and_gives_a_card(define: Define) -> None:
    define("def double(x): return 2 * x")
    found = check("double")
    assert isinstance(found, LiveCheck)
    assert found.status == "passed"
    assert repr(found) == "✓ double: all 2 checks pass"
    assert "double of 3 is 6" in found._repr_html_()


def test_a_wrong_function_is_shown_and_raises(define: Define, capsys: pytest.CaptureFixture[str]) -> None:
    define("def double(x): return 3 * x")
    assert failing("double") == "double: 0 of 2 checks pass"
    shown = capsys.readouterr().out
    assert "got 9.0, expected 6.0" in shown
    assert "double(x=3.0)" in shown


def test_the_last_definition_counts(define: Define) -> None:
    define("def double(x): return 0")
    failing("double")
    define("def double(x): return x + x")
    assert check("double").status == "passed"


def test_a_stub_is_not_started(define: Define) -> None:
    define('def double(x):\n    raise NotImplementedError("double is not written yet")')
    assert failing("double") == "double: not written yet"


def test_a_cell_that_was_not_run_is_named(define: Define) -> None:
    define("x = 1")
    assert failing("double") == "double: not defined yet: run the cell that defines double, then this one"


def test_an_error_names_its_function_and_line(define: Define, capsys: pytest.CaptureFixture[str]) -> None:
    define("def helper(x):\n    return x.nothing\ndef double(x):\n    return helper(x)")
    failing("double")
    assert "raised AttributeError: 'float' object has no attribute 'nothing' (in helper, line 2)" in " ".join(
        capsys.readouterr().out.split()
    )


def test_a_failing_prerequisite_is_named(define: Define) -> None:
    define("def double(x): return x\ndef scaled(x, factor=4): return double(x) * factor / 2")
    assert failing("scaled") == "scaled: 0 of 1 checks pass; it needs double, which does not pass yet"


def test_an_unwritten_prerequisite_is_named(define: Define, capsys: pytest.CaptureFixture[str]) -> None:
    define(
        "def double(x): raise NotImplementedError('double is not written yet')\n"
        "def scaled(x, factor=4): return double(x) * factor / 2"
    )
    assert "it needs double" in failing("scaled")
    assert "needs double, which is not written yet" in capsys.readouterr().out


def test_a_mistake_elsewhere_is_not_blamed_on_what_passes(define: Define) -> None:
    define("def double(x): return 2 * x\ndef scaled(x, factor=4): return x")
    assert failing("scaled") == "scaled: 0 of 1 checks pass"


def test_what_the_code_prints_stays_in_the_card(define: Define, capfd: pytest.CaptureFixture[str]) -> None:
    define(
        """
        import sys
        def double(x):
            print("looking at", x, file=sys.stderr)
            return 2 * x
        """
    )
    found = check("double")
    assert capfd.readouterr() == ("✓ double: all 2 checks pass\n", "")
    assert "looking at 3.0" in found.printed
    assert "looking at 3.0" in found._repr_html_()


def test_endless_printing_does_not_fill_the_memory(define: Define) -> None:
    define("def double(x):\n    for _ in range(100): print('x' * 10_000)\n    return 2 * x")
    assert len(check("double").printed) <= 20_000


def test_an_interrupt_passes_through(define: Define) -> None:
    define("def double(x): raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        check("double")


def test_leaving_the_program_is_a_failure_and_no_end(define: Define) -> None:
    define("import sys\ndef double(x): sys.exit(3)")
    assert failing("double") == "double: 0 of 2 checks pass"


def test_changing_an_argument_earns_a_remark_and_spoils_nothing(define: Define) -> None:
    define("import numpy as np\ndef clip(x):\n    out = np.maximum(x, 0)\n    x[...] = 7\n    return out")
    found = check("clip")
    assert found.status == "passed"
    assert "changes one of its arguments" in found.remarks[0]


def test_an_unknown_exercise_is_suggested(define: Define) -> None:
    define("")
    assert "did you mean 'double'" in failing("duoble")


def test_a_notebook_outside_the_course_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "open it in the folder that you unpacked" in failing("double")


def test_the_function_itself_may_be_given(define: Define) -> None:
    define("def double(x): return 2 * x")
    double = sys.modules["__main__"].__dict__["double"]
    assert check(double).summary == check("double").summary
    with pytest.raises(CheckFailed, match="by its name"):
        check(3)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_lone_notebook_in_a_bare_kernel_gets_there_by_the_zip(
    make_course: Callable[..., Any], tmp_path: Path
) -> None:
    """As docs/students.md says it for Colab: nothing but the notebook, a kernel with the kit, and the zip."""
    client, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    course = make_course()
    (tmp_path / "tiny.zip").write_bytes(release.handout_zip(course.course, "tiny", course.assignment))
    cells = [
        "from grader import check",
        "try:\n    check('double')\nexcept AssertionError as error:\n    print(error)",
        "!python -m zipfile -e tiny.zip .",
        "%cd tiny",
        "def double(x):\n    return 2 * x",
        "check(double)",
    ]
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    client.NotebookClient(
        page, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    said = ["".join(out.get("text", "") or str(out.get("data", "")) for out in c.outputs) for c in page.cells]
    assert "!python -m zipfile -e NAME.zip ." in said[1]
    assert "all 2 checks pass" in said[5]


def test_without_checks_the_message_says_what_to_do(
    define: Define, handout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "course.yaml").write_bytes((handout.parents[1] / "course.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    define("def double(x): return 2 * x")
    assert "unpack the exercise again" in failing("double")


def test_the_card_escapes_what_the_code_says(define: Define) -> None:
    define("def double(x):\n    print('<script>1</script>')\n    raise ValueError('<img src=x>')")
    with pytest.raises(CheckFailed) as caught:
        check("double")
    assert caught.value.found is not None
    card = caught.value.found._repr_html_()
    assert "<script" not in card
    assert "<img" not in card
    assert "&lt;img src=x&gt;" in card


def test_the_card_styles_nothing_but_itself(define: Define) -> None:
    define("def double(x): return 2 * x")
    page = check("double")._repr_html_()
    css = re.sub(r"/\*.*?\*/", "", re.findall(r"<style>(.*?)</style>", page, re.DOTALL)[0], flags=re.DOTALL)
    selectors = [s.strip() for block in re.findall(r"([^{}]+)\{", css) for s in block.split(",")]
    assert len(selectors) > 20
    assert [s for s in selectors if ".grader-check" not in s] == []
    assert not re.search(r"https?:|@import|url\(", page)


# --- importing grader -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import grader", ["numpy", "pydantic", "pytest", "grader.home.chapter_imports"]),
        ("from grader import check", ["pytest", "hypothesis", "grader.testing.hidden"]),
    ],
)
def test_importing_stays_light(statement: str, absent: list[str]) -> None:
    program = f"import sys\n{statement}\nprint([name for name in {absent!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_grader_has_no_other_surprises() -> None:
    import grader

    with pytest.raises(AttributeError):
        grader.chekc  # noqa: B018


# --- chapters from notebooks ------------------------------------------------------------------------------

STUB = 'def double(x):\n    """Twice."""\n    raise NotImplementedError("double is not written yet")\n'
FROM_PY = "def double(x):\n    return 'py'\n"
FROM_PAGE = "def double(x):\n    return 'ipynb'\n"


def page(*cells: str) -> str:
    """A notebook with these code cells."""
    made = [
        {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
        for text in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


@pytest.fixture
def folder(handout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of the tiny course in which chapters are imported."""
    (tmp_path / "course.yaml").write_bytes((handout.parents[1] / "course.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    others = [finder for finder in sys.meta_path if not isinstance(finder, NotebookChapters)]
    monkeypatch.setattr(sys, "meta_path", [NotebookChapters(), *others])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    for name in ("alpha", "beta", "notes"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield tmp_path
    for name in ("alpha", "beta", "notes"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("script", "notebook", "expected"),
    [
        (STUB, page(FROM_PAGE), "ipynb"),
        (None, page(FROM_PAGE), "ipynb"),
        (FROM_PY, page(FROM_PAGE), "py"),
        (FROM_PY, page(STUB), "py"),
        (FROM_PY, None, "py"),
    ],
)
def test_the_twin_that_was_worked_on_is_imported(
    folder: Path, script: str | None, notebook: str | None, expected: str
) -> None:
    if script is not None:
        (folder / "alpha.py").write_text(script)
    if notebook is not None:
        (folder / "alpha.ipynb").write_text(notebook)
    from alpha import double

    assert double(1) == expected


def test_two_untouched_twins_give_the_stub(folder: Path) -> None:
    (folder / "alpha.py").write_text(STUB)
    (folder / "alpha.ipynb").write_text(page(STUB))
    from alpha import double

    with pytest.raises(NotImplementedError):
        double(1)


def test_a_script_that_does_not_parse_is_not_passed_over(folder: Path) -> None:
    (folder / "alpha.py").write_text("def double(x:\n")
    (folder / "alpha.ipynb").write_text(page(FROM_PAGE))
    with pytest.raises(SyntaxError):
        import alpha  # noqa: F401


def test_importing_a_notebook_runs_no_check_and_no_experiment(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "alpha.ipynb").write_text(
        page(
            "from grader import check\nimport math",
            "%matplotlib inline\nSCALE = 2\ndef double(x):\n    return SCALE * x",
            'check("double")',
            "print(double(4))\n1 / 0",
            "for _ in range(2):\n    check('double')",
        )
    )
    from alpha import double

    assert double(4) == 8
    assert capsys.readouterr().out == ""


def test_a_broken_cell_costs_only_itself_and_is_named(folder: Path) -> None:
    (folder / "alpha.ipynb").write_text(page(FROM_PAGE, "y = undefined_name", "def total(x:\n", "z = 3"))
    with pytest.warns(RuntimeWarning, match=r"alpha\.ipynb, cell [23]") as caught:
        import alpha
    assert len(caught) == 2
    assert alpha.double(1) == "ipynb"
    assert alpha.z == 3


def test_notebooks_import_each_other(folder: Path) -> None:
    (folder / "alpha.ipynb").write_text(page(FROM_PAGE))
    (folder / "beta.py").write_text("def scaled(x):\n    raise NotImplementedError\n")
    (folder / "beta.ipynb").write_text(
        page("from alpha import double", "def scaled(x):\n    return double(x) * 2")
    )
    from beta import scaled

    assert scaled(1) == "ipynbipynb"


def test_running_the_first_cell_again_sees_what_was_saved(folder: Path) -> None:
    (folder / "alpha.ipynb").write_text(page(FROM_PAGE))
    namespace: dict[str, Any] = {}
    cell = "from grader import check\nfrom alpha import double"
    exec(cell, namespace)
    (folder / "alpha.ipynb").write_text(page("def double(x):\n    return 'later'"))
    exec(cell, namespace)
    assert namespace["double"](1) == "later"
    assert sum(isinstance(finder, NotebookChapters) for finder in sys.meta_path) == 1


def test_a_notebook_that_is_no_chapter_is_left_alone(folder: Path) -> None:
    (folder / "notes.ipynb").write_text(page("x = 1"))
    with pytest.raises(ModuleNotFoundError):
        import notes  # noqa: F401


def test_an_unreadable_notebook_says_so(folder: Path) -> None:
    (folder / "alpha.ipynb").write_text("no json")
    with pytest.raises(ImportError, match=r"alpha\.ipynb can't be read"):
        import alpha  # noqa: F401


def test_a_traceback_shows_the_notebook_s_line(folder: Path) -> None:
    import traceback

    (folder / "alpha.ipynb").write_text(page("x = 1", "def double(x):\n    return x.nothing"))
    from alpha import double

    with pytest.raises(AttributeError) as caught:
        double(1)
    text = "".join(traceback.format_tb(caught.value.__traceback__))
    assert "alpha.ipynb, cell 2" in text
    assert "return x.nothing" in text


# --- which twin was worked on -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (STUB, False),
        ("", False),
        ("x = 1", False),
        ("half a line", False),
        (FROM_PY, True),
        ("def double(x):\n    return (\n", True),
        ("def double(x):\n    y = 2\n    raise NotImplementedError", True),
    ],
)
def test_a_notebook_is_touched_once_an_exercise_is_more_than_its_stub(cell: str, expected: bool) -> None:
    assert touched("alpha.ipynb", page(cell).encode(), ["double"]) is expected


def test_the_handout_as_it_is_counts_as_untouched(handout: Path, make_course: Callable[..., Any]) -> None:
    assignment = make_course().assignment
    files = {file.name: file.read_bytes() for file in handout.iterdir() if file.is_file()}
    assert sorted(untouched_twins(files, assignment)) == ["alpha.ipynb", "alpha.py", "beta.ipynb", "beta.py"]


# --- what is to blame --------------------------------------------------------------------------------------


def test_only_what_a_function_uses_is_to_blame(define: Define) -> None:
    define("def scaled(x, factor=4): return 7")
    assert failing("scaled") == "scaled: 0 of 1 checks pass"
    define(
        "def double(x): return 7\ndef helper(x): return double(x)\ndef scaled(x, factor=4): return helper(x)"
    )
    assert failing("scaled") == "scaled: 0 of 1 checks pass; it needs double, which does not pass yet"


# --- one clear message -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        "check()",
        "check(3)",
        "check(lambda x: x)",
        "check('double', 'total')",
        "check('double', loud=True)",
        "check(exercise='double', loud=True)",
        "check('')",
    ],
)
def test_a_check_that_is_called_wrongly_says_how(define: Define, call: str) -> None:
    define("def double(x): return 2 * x")
    with pytest.raises(CheckFailed, match=r'check\("its_name"\)'):
        eval(call, {"check": check})


@pytest.mark.parametrize(
    "call", ["example()", "example(3, expect=4)", "example('double', 3)", "example('', 3)"]
)
def test_an_example_that_is_called_wrongly_says_how(define: Define, call: str) -> None:
    define("def double(x): return 2 * x")
    with pytest.raises(CheckFailed, match=r'example\("its_name", its, arguments, expect=…\)'):
        eval(call, {"example": example})


def test_a_script_prints_what_passes(define: Define, capsys: pytest.CaptureFixture[str]) -> None:
    define("def double(x): return 2 * x")
    check("double")
    assert capsys.readouterr().out == "✓ double: all 2 checks pass\n"


def test_a_warning_of_numpys_is_no_print(handout: Path) -> None:
    """In a process of its own: pytest keeps warnings to itself."""
    code = "import numpy as np\ndef double(x): return np.log(np.zeros(1))\nfrom grader import check\ncheck(double)\n"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=handout, capture_output=True, encoding="utf-8", check=False
    )
    shown = " ".join(ran.stdout.split())
    assert "warning: this notebook, line 2: numpy warns of a logarithm of 0" in shown
    assert "your code printed" not in shown


def test_an_error_that_is_explained_needs_no_following_by_hand(
    define: Define, capsys: pytest.CaptureFixture[str]
) -> None:
    define("def double(x):\n    return x.nothing")
    failing("double")
    assert "by hand" not in capsys.readouterr().out

"""One exercise goes back to how it was handed out; the rest of the file stays, and nothing is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.release import build_handout, write_handout
from grader.errors import UsageError
from grader.home.resetting import reset_exercise

STUB = 'raise NotImplementedError("double is not written yet")'


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
    text = (folder / "alpha.py").read_text()
    text = text.replace(STUB, "y = 3 * x\n\n    return y  # mine").replace(
        'raise NotImplementedError("total is not written yet")', "return sum(x)"
    )
    (folder / "alpha.py").write_text(text)
    return folder


def test_only_that_function_goes_back_and_the_file_is_kept(own: Path, handout: Path) -> None:
    before = (own / "alpha.py").read_text()
    kept = reset_exercise("double", "alpha.py", own, own / "checks")
    after = (own / "alpha.py").read_text()
    assert (own / kept).read_text() == before
    assert "return sum(x)" in after
    assert (
        after.replace("return sum(x)", 'raise NotImplementedError("total is not written yet")')
        == (handout / "alpha.py").read_text()
    )


def test_it_goes_back_where_python_can_not_read_the_file(own: Path) -> None:
    text = (own / "alpha.py").read_text().replace("return y  # mine", "return (y")
    (own / "alpha.py").write_text(text)
    reset_exercise("double", "alpha.py", own, own / "checks")
    after = (own / "alpha.py").read_text()
    compile(after, "alpha.py", "exec")
    assert STUB in after
    assert "return sum(x)" in after


def test_of_several_definitions_one_is_left(own: Path) -> None:
    with (own / "alpha.py").open("a") as file:
        file.write("\n\ndef double(x):\n    return x\n")
    reset_exercise("double", "alpha.py", own, own / "checks")
    after = (own / "alpha.py").read_text()
    assert after.count("def double") == 1
    assert STUB in after


def test_the_cell_of_a_notebook_goes_back(own: Path, handout: Path) -> None:
    page = own / "alpha.ipynb"
    given = page.read_text(encoding="utf-8")
    page.write_text(given.replace(json.dumps(STUB)[1:-1], "return 7"), encoding="utf-8")
    reset_exercise("double", "alpha.ipynb", own, own / "checks")
    assert [c["source"] for c in json.loads(page.read_text(encoding="utf-8"))["cells"]] == [
        c["source"] for c in json.loads(given)["cells"]
    ]


def test_a_function_that_is_gone_is_refused_and_nothing_changes(own: Path) -> None:
    (own / "alpha.py").write_text("x = 1\n")
    with pytest.raises(UsageError, match="no function double"):
        reset_exercise("double", "alpha.py", own, own / "checks")
    assert (own / "alpha.py").read_text() == "x = 1\n"


def test_the_command_resets_an_exercise_or_a_chapter(own: Path, handout: Path, cli: Any) -> None:
    done = cli("reset", "double", cwd=own)
    assert done.code == 0, done.err
    assert ".grader/kept/alpha-1.py" in done.out
    assert "return sum(x)" in (own / "alpha.py").read_text()
    assert cli("reset", "alpha", cwd=own).code == 0
    assert (own / "alpha.py").read_bytes() == (handout / "alpha.py").read_bytes()
    assert "did you mean 'double'?" in cli("reset", "doubel", cwd=own).err

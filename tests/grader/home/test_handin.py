"""The whole assignment at home: questions, capstone and hand-in are told, and `grader pack` makes the zip."""

from __future__ import annotations

import hashlib
import io
import json
import queue
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from grader.authoring.release import build_handout, write_handout
from grader.course.models import load_course
from grader.errors import UsageError
from grader.home.folders import checks_folder
from grader.home.handin import Packed, default_zip, pack
from grader.home.selfcheck import Checker, self_check
from grader.home.watch.files import Signature
from grader.home.watch.loop import Loop
from grader.intake import collect, discover, open_bundle

from ..conftest import COURSE

QUESTIONS = """\
        questions:
          - {name: twice-two, kind: numeric, points: 1, ask: "How much is two and two?", parts: [sum]}
          - {name: a-letter, kind: choice, points: 1, ask: "Which letter comes first?", options: {a: one, b: "no"}}
"""
ALPHA = "import numpy as np\ndef double(x):\n    return 2 * np.asarray(x)\ndef total(x):\n    return sum(x)\n"


@pytest.fixture(scope="module")
def handout(make_course: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = make_course(course=COURSE + QUESTIONS)
    folder = tmp_path_factory.mktemp("handout") / "tiny"
    write_handout(build_handout(course.course, "tiny", course.assignment), folder)
    shutil.copy(course.root / "course.yaml", folder)
    return folder


@pytest.fixture
def own(handout: Path, tmp_path: Path) -> Path:
    """A student's copy, with clutter in it, and alpha written in the script."""
    folder = tmp_path / "mine"
    shutil.copytree(handout, folder)
    (folder / "alpha.py").write_text(ALPHA, encoding="utf-8")
    for clutter in ("__pycache__/alpha.pyc", ".venv/lib/x.py", "notes.txt", ".ipynb_checkpoints/beta.ipynb"):
        (folder / clutter).parent.mkdir(parents=True, exist_ok=True)
        (folder / clutter).write_text("nothing")
    return folder


def packed(folder: Path, out: Path | None = None) -> Packed:
    course = load_course(folder / "course.yaml")
    checks = checks_folder(course, "tiny", folder)
    return pack("tiny", course.assignments["tiny"], folder, checks, out or default_zip(folder, "tiny"))


def names_in(file: Path) -> list[str]:
    with zipfile.ZipFile(file) as archive:
        return sorted(archive.namelist())


def test_the_zip_has_what_counts_and_no_clutter(own: Path) -> None:
    found = packed(own)
    assert names_in(found.file) == ["tiny/alpha.py", "tiny/answers.yaml", "tiny/beta.py"]
    assert "notes.txt" in found.left_out
    assert "alpha.py" not in found.left_out
    assert found.missing == (
        "beta.py: not written yet: scaled, clip",
        "questions not answered: twice-two, a-letter",
    )


def test_the_receipt_is_true_of_the_file(own: Path, cli: Any) -> None:
    done = cli("pack", own)
    file = own.parent / "tiny-handin.zip"
    assert done.code == 0, done.err
    assert hashlib.sha256(file.read_bytes()).hexdigest() in done.out
    for words in (str(file), "alpha.py: 2 of 2 written", "questions: 0 of 2 answered"):
        assert words in done.out.replace("\n", "")
    assert json.loads((own / ".grader" / "receipt.json").read_text())["file"] == str(file)


def test_the_same_work_gives_the_same_digest(own: Path, tmp_path: Path) -> None:
    assert packed(own).sha256 == packed(own, tmp_path / "again.zip").sha256


def test_the_grader_reads_the_zip_as_it_was_promised(own: Path, tmp_path: Path) -> None:
    (own / "answers.yaml").write_text("twice-two: 4\n")
    inbox = tmp_path / "submissions"
    inbox.mkdir()
    packed(own, inbox / "ada.zip")
    course = load_course(own / "course.yaml")
    (entry,) = discover(inbox, "tiny", course.assignments["tiny"]).entries
    read = open_bundle(collect(entry, course.assignments["tiny"]), course.assignments["tiny"], {})
    assert (read.student, read.answers, read.problems) == ("ada", "twice-two: 4\n", ())
    assert read.sources["alpha"].cells == (ALPHA,)


def test_a_notebook_that_counts_is_packed_and_its_untouched_twin_is_not(own: Path, handout: Path) -> None:
    shutil.copy(handout / "alpha.py", own)
    page = own / "alpha.ipynb"
    notebook = json.loads(page.read_text(encoding="utf-8"))
    cell = next(c for c in notebook["cells"] if "def double" in "".join(c["source"]))
    cell["source"] = ["def double(x):\n", "    return 2 * x\n"]
    page.write_text(json.dumps(notebook), encoding="utf-8")
    found = packed(own)
    assert "tiny/alpha.ipynb" in names_in(found.file)
    assert "tiny/alpha.py" not in names_in(found.file)


def test_answers_in_a_notebook_without_any_code_are_seen_and_packed(own: Path) -> None:
    page = own / "beta.ipynb"
    notebook = json.loads(page.read_text(encoding="utf-8"))
    cell = next(c for c in notebook["cells"] if "twice-two" in "".join(c["source"]) and c["cell_type"] == "markdown"
                and "<!--" in "".join(c["source"]))  # fmt: skip
    cell["source"] = [*cell["source"], "\n4"]
    page.write_text(json.dumps(notebook), encoding="utf-8")
    found = packed(own)
    assert found.questions.unanswered == ("a-letter",)
    assert "tiny/beta.ipynb" in names_in(found.file)


def test_a_syntax_error_is_told_and_packed_all_the_same(own: Path) -> None:
    (own / "beta.py").write_text("def clip(x:\n    return x\n")
    found = packed(own)
    assert any(line.startswith("beta.py: ") and "line 1" in line for line in found.problems)
    assert "tiny/beta.py" in names_in(found.file)


@pytest.mark.parametrize("out", ["mine/work.zip", "work.tar", "nowhere/work.zip"])
def test_a_place_that_will_not_do_is_refused_with_a_reason(own: Path, tmp_path: Path, out: str) -> None:
    with pytest.raises(UsageError, match=r"--out|can't be written"):
        packed(own, tmp_path / out)
    assert not (own / ".grader" / "receipt.json").exists()


def test_a_file_too_large_to_be_handed_in_is_named(own: Path) -> None:
    (own / "beta.py").write_text("# " + "x" * 2**20)
    found = packed(own)
    assert any(line.startswith("beta.py: too large") for line in found.problems)
    assert "tiny/beta.py" not in names_in(found.file)
    assert "beta.py" in found.left_out
    assert "beta.ipynb: not written yet: scaled, clip" in found.missing


# ---------------------------------------------------------------- what `grader check` tells


def test_check_tells_questions_and_the_hand_in(own: Path) -> None:
    (own / "answers.yaml").write_text("# mine\ntwice-two: four\na-letter: a\n")
    course = load_course(own / "course.yaml")
    besides = self_check(course, "tiny", own).besides
    assert (besides.questions.answered, besides.handin, besides.capstone) == (1, "not packed", "none")
    assert besides.questions.remarks == ("answers.yaml line 2: `four` is not one number (sum)",)
    packed(own)
    assert self_check(course, "tiny", own).besides.handin == "packed"
    (own / "alpha.py").write_text(ALPHA + "# more\n")
    assert self_check(course, "tiny", own).besides.handin == "changed"


@pytest.mark.slow
def test_the_page_shows_them_and_json_has_them(own: Path, cli: Any) -> None:
    (own / "answers.yaml").write_text("a-letter: e\n")
    (own / "capstone.py").write_text("")
    out = cli("check", own).out
    assert "questions: 0 of 2 answered" in out
    assert "answers.yaml line 1: `e` is none of a–b" in out
    assert "capstone: run `python capstone.py`" in out
    assert "`grader pack`" in out
    data = json.loads(cli("check", own, "--json").out)
    assert data["questions"]["unanswered"] == ["twice-two", "a-letter"]
    assert data["handin"] == "not packed"
    assert "questions" not in cli("check", own, "-e", "double").out


def test_watch_tells_what_a_save_of_the_answers_did(own: Path) -> None:
    course = load_course(own / "course.yaml")
    with Checker(course, "tiny", own) as checker:
        signature = Signature(own, checker.checks_folder, checker.assignment)
        loop = Loop(course, checker, Console(file=io.StringIO()), signature, queue.SimpleQueue(), keys=False)
        loop.settle()
        (own / "answers.yaml").write_text("twice-two: 5\na-letter: e\n")
        loop.settle()
    assert loop.state.note == "questions: 1 of 2 answered · ! answers.yaml line 2: `e` is none of a–b"

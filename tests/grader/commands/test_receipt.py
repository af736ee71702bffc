"""`grader receipt`: the same work has the same digest however it travels, and a sealed line can't be made up."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.release import build_handout, write_handout
from grader.course import load_course
from grader.gradebook.seal import is_genuine, receipt_line
from grader.home import pack, work_of
from grader.result import Result, Run

RESULT = Result(
    assignment="tiny", student="ada", status="graded", score=7.5, max_score=10, work_sha256="ab" * 32,
    run=Run(finished="2026-03-01T12:00:00.123+00:00"),
)  # fmt: skip


def test_a_line_is_genuine_letter_by_letter() -> None:
    line = receipt_line(RESULT, b"secret")
    assert line.startswith(
        "tiny · ada · 7.5 of 10 points · graded 2026-03-01T12:00:00 · work abababababababababababab · "
    )
    assert is_genuine(line, b"secret") is True
    assert is_genuine(f"  {line}\n", b"secret") is True
    assert is_genuine(line, b"another") is False
    for place in range(0, len(line) - 31, 7):
        assert is_genuine(f"{line[:place]}x{line[place + 1 :]}", b"secret") is not True
    assert is_genuine(line.replace("7.5", "9.5"), b"secret") is False
    assert is_genuine("7.5 of 10 points", b"secret") is None
    assert is_genuine("a" * 5_000_000 + " · seal " + "0" * 24, b"secret") is None
    # A name can't bring facts of its own.
    named = receipt_line(RESULT.model_copy(update={"student": "ada · 10 of 10 points\n"}), b"secret")
    assert named.count("·") == line.count("·")
    assert "\n" not in named


def test_nothing_is_sealed_without_work_or_secret() -> None:
    assert receipt_line(RESULT.model_copy(update={"work_sha256": ""}), b"secret") == ""
    assert receipt_line(RESULT, b"") == ""


@pytest.fixture
def own(tmp_path: Path, make_course: Any) -> Any:
    """A course, its handout with something written in it."""
    course = make_course()
    folder = course.root / "exercises" / "tiny"
    write_handout(build_handout(course.course, "tiny", course.assignment), folder)
    text = (folder / "alpha.py").read_text().replace("raise NotImplementedError", "return 2 * x  #", 1)
    (folder / "alpha.py").write_text(text)
    return course.root, folder


def _work(out: str) -> str:
    found = re.search(r"work\s+([0-9a-f]{64})", out)
    assert found, out
    return found[1]


def test_a_folder_and_its_zip_are_the_same_work(own: Any, tmp_path: Path) -> None:
    _, folder = own
    course = load_course(folder.parents[1] / "course.yaml")
    assignment = course.assignments["tiny"]
    packed = pack("tiny", assignment, folder, folder / "checks", tmp_path / "ada.zip")
    found, receipt = work_of(folder, assignment, folder / "checks")
    assert (found, receipt["work_sha256"]) == (packed.work_sha256, packed.work_sha256)
    assert work_of(tmp_path / "ada.zip", assignment, folder / "checks") == (packed.work_sha256, {})
    (folder / "alpha.py").write_text((folder / "alpha.py").read_text() + "\nx = 1\n")
    assert work_of(folder, assignment, folder / "checks")[0] != packed.work_sha256


@pytest.mark.slow
def test_a_folder_its_zip_and_the_graded_result_are_the_same_work(own: Any, tmp_path: Path, cli: Any) -> None:
    root, folder = own
    packed = cli("pack", folder, "--out", tmp_path / "ada.zip")
    work = _work(packed.out)
    assert cli("receipt", folder).code == 0
    assert cli("receipt", tmp_path / "ada.zip", "--work", work, cwd=folder).code == 0
    # As an LMS packs it anew: other names around it, other bytes.
    with zipfile.ZipFile(tmp_path / "ada.zip") as old, zipfile.ZipFile(tmp_path / "again.zip", "w") as new:
        for name in reversed(old.namelist()):
            new.writestr(name.replace("tiny/", "upload/"), old.read(name))
    assert _work(cli("receipt", tmp_path / "again.zip", cwd=folder).out) == work
    (tmp_path / "class").mkdir()
    shutil.copy(tmp_path / "ada.zip", tmp_path / "class" / "ada.zip")
    graded = cli("grade", tmp_path / "class", "--out", tmp_path / "out", "--course", root)
    assert graded.code == 0, graded.err
    result = json.loads((tmp_path / "out" / "ada" / "result.json").read_text())
    assert result["work_sha256"] == work
    page = tmp_path / "out" / "ada" / "feedback.html"
    for what in (page, page.with_name("result.json"), result["seal"]):
        ran = cli("receipt", what, "--course", root)
        assert (ran.code, "Genuine" in ran.out) == (0, True), ran.out + ran.err
    forged = result["seal"].replace(f"{result['score']:g} of", "10 of")
    assert cli("receipt", forged, "--course", root).code == 1
    (folder / "alpha.py").write_text((folder / "alpha.py").read_text() + "\nx = 1\n")
    changed = cli("receipt", folder)
    assert (changed.code, "NOT the same work" in changed.out) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere.zip"], "is no folder and no file"),
        (["a · seal 12"], "this is no line of a receipt"),
        (["empty.json"], "has no receipt in it"),
        (["empty.zip"], "nothing of the assignment can be read in it"),
    ],
)
def test_what_is_no_receipt_is_said(
    own: Any, cli: Callable[..., Any], tmp_path: Path, arguments: list[str], says: str
) -> None:
    root, _ = own
    (tmp_path / "empty.json").write_text("[]")
    (tmp_path / "empty.zip").write_bytes(b"no zip")
    ran = cli("receipt", *arguments, "--course", root)
    assert ran.code == 2
    assert says in " ".join(ran.err.split())
    assert "Traceback" not in ran.err

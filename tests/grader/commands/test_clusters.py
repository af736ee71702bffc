"""Comments on clusters, and a catalogue entry out of one, by the real commands on the sample class."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.gradebook import FILE_NAME, Gradebook, clusters_of
from grader.wall.launcher import can_fork_workers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not can_fork_workers(), reason="needs a wall"),
]

ROOT = Path(__file__).parents[3]
SAID = "Print the shape of the window."
#: rosa's, in another hand: the flattened size again for a second dense layer, and no pooling.
TWIN = """
def param_count(layers, input_shape):
    channels, rows, cols = input_shape
    parts = []
    for kind, *numbers in layers:
        if kind == "conv":
            filters, side = numbers[0], numbers[1]
            parts.append(filters * channels * side * side + filters)
            channels = filters
        elif kind == "dense":
            parts.append(numbers[0] + numbers[0] * channels * rows * cols)
    return sum(parts)
"""


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """The course and a class of two."""
    for part in ("solutions/cnn", "tests/hidden/cnn", "exercises/cnn"):
        shutil.copytree(ROOT / part, tmp_path / part)
    shutil.copy(ROOT / "course.yaml", tmp_path)
    for student in ("rosa", "hugo"):
        shutil.copytree(ROOT / "tests/sample_class" / student, tmp_path / "class" / student)
    return tmp_path


def test_a_comment_reaches_the_same_mistake_in_another_hand_that_comes_later(
    room: Path, cli: Callable[..., Any]
) -> None:
    def run(*arguments: str) -> Any:
        done = cli(*arguments, "--assignment", "cnn", cwd=room, seconds=200)
        assert done.code == 0, done.err
        return done.out

    def page(student: str) -> str:
        return (room / "out" / student / "feedback.html").read_text(encoding="utf-8")

    grade = ("grade", "class", "--out", "out", "--jobs", "1")
    run(*grade)
    with Gradebook(room / "out" / FILE_NAME, create=False) as book:
        found = clusters_of(book.results("cnn"))
    cluster = next(one.id for one in found if one.exercise == "param_count" and "rosa" in one.students)
    assert cluster in run("clusters", "out")
    assert f"{cluster}: read by 1 student" in run("clusters", "out", "--comment", cluster, SAID)
    assert SAID in page("rosa")
    assert SAID not in page("hugo")

    shutil.copytree(room / "class/rosa", room / "class/sven")
    for chapter in (room / "class/sven").rglob("*.py"):
        if "def param_count" in (text := chapter.read_text(encoding="utf-8")):
            chapter.write_text(f"{text}\n{TWIN}", encoding="utf-8")
    run(*grade)
    assert SAID in page("sven")
    assert "2 students" in run("clusters", "out")

    made = run(
        "mistake", "new", "class", "--from", "out", cluster, "--name", "pools-forgotten",
        "--says", "Pools are forgotten.", "--hint", "Follow the sizes.",
    )  # fmt: skip
    assert "it does what all 2 of the cluster do" in made
    (entry,) = (room / "solutions/cnn/mistakes").glob("*.unread")
    entry.rename(entry.with_suffix(""))
    run(*grade, "--regrade")
    for student in ("rosa", "sven"):
        assert "Pools are forgotten." in page(student)
        assert SAID in page(student)
    assert f"{cluster}  2 students, whose mistake has a name now" in run("clusters", "out")
    shutil.rmtree(room / "class/sven")

    done = cli(
        "mistake", "new", "class", "--from", "out", cluster, "--name", "again", "--says", "x", "--hint", "y",
        "--assignment", "cnn", cwd=room,
    )  # fmt: skip
    assert done.code == 2
    assert "no cluster" in done.err

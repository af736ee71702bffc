"""docs/kinds.md: every example is a chapter and a hidden test; the right code passes, the handout's stub does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.course import load_course, stub_text
from grader.grading.grader import Grader
from grader.wall.launcher import can_fork_workers

from ..conftest import submission, write_tree
from ..scratch import COURSE

PAGE = (Path(__file__).parents[3] / "docs" / "kinds.md").read_text(encoding="utf-8")
EXAMPLES = {
    section.partition("\n")[0]: blocks
    for section in PAGE.split("\n## ")[1:]
    if (blocks := re.findall(r"```python\n(.*?)```", section, re.DOTALL))
}


def test_every_kind_has_an_example() -> None:
    assert len(EXAMPLES) == 7
    assert {len(blocks) for blocks in EXAMPLES.values()} == {2}


@pytest.mark.sampled
@pytest.mark.parametrize("kind", EXAMPLES)
def test_an_example_grades(kind: str, tmp_path: Path) -> None:
    chapter, test = EXAMPLES[kind]
    ((name, points),) = re.findall(r'exercise\("(\w+)", points=(\d)\)', test)
    write_tree(
        tmp_path,
        {
            "course.yaml": COURSE.replace("{name: f, points: 2}", f"{{name: {name}, points: {points}}}"),
            "solutions/scratch/one.py": f"# %%\n{chapter}",
            "tests/hidden/scratch/seed.txt": "secret\n",
            "tests/hidden/scratch/test_one.py": test,
        },
    )
    stub = stub_text(tmp_path / "solutions/scratch/one.py")
    with Grader(load_course(tmp_path / "course.yaml"), "scratch", confined=can_fork_workers()) as grader:
        right, missing = (grader.grade(submission({"one": text})) for text in (chapter, stub))
    assert right.score == int(points)
    assert right.exercise(name).remarks == []
    assert (missing.score, missing.exercise(name).status) == (0, "missing")

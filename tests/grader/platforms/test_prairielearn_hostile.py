"""Hostile submissions as PrairieLearn jobs, as root and as an ordinary user: nothing gained, nothing leaked.

The arena's course (tests/attacks/arena.py), a canary in each of its secrets, is packed and unpacked; each attack is a
job of its own, with the hidden tests in /grade/tests beside it, as PrairieLearn copies them.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from grader.course.models import load_course
from grader.platforms import PACKAGES
from grader.wall.launcher import can_fork_workers

from ..wall.test_attacks import EARNED
from ..wall.test_attacks import _user as user_of
from .prairielearn_job import MOST_BYTES, Graded, entry, graded, job, unpacked

ROOT = Path(__file__).parents[3]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not can_fork_workers(), reason="needs a wall"),
]

#: The hostile one of tests/sample_class, under a name that no attack has.
SAMPLE = "of-the-sample-class"


def _arena() -> ModuleType:
    path = ROOT / "tests" / "attacks" / "arena.py"
    if "attack_arena" not in sys.modules:
        spec = importlib.util.spec_from_file_location("attack_arena", path)
        assert spec
        assert spec.loader
        sys.modules["attack_arena"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["attack_arena"])
    return sys.modules["attack_arena"]


@dataclass
class Fought:
    """The arena afterwards, and what each entry of the class got: student → its job."""

    arena: Any
    jobs: dict[str, Graded] = field(default_factory=dict)
    owner: dict[str, str] = field(default_factory=dict)
    #: Trees that are deeper than a path may be long: PrairieLearn could not write them either.
    left_out: list[str] = field(default_factory=list)


@pytest.fixture(scope="module", params=["root", "user"])
def fought(request: pytest.FixtureRequest) -> Iterator[Fought]:
    arena = _arena()
    user = user_of(request.param)
    with arena.arena(user, None) as made, pytest.MonkeyPatch.context() as patch:
        # The arena's course is not whole, and what students download is not attacked here.
        patch.setattr("grader.authoring.handout_zip", lambda *_: b"")
        found = Fought(made)
        _fight(found, arena, _names(request.param, arena))
        yield found


def _names(who: str, arena: ModuleType) -> list[str]:
    """All attacks as PrairieLearn runs them, as root; as an ordinary user those that look for something."""
    every: list[str] = arena.attack_names()
    return every if who == "root" else [n for n in every if n.split("/")[0] in ("oracle", "persistence")]


def _fight(found: Fought, arena: ModuleType, names: list[str]) -> None:
    made = found.arena
    arena.plant(made)
    package = unpacked(
        PACKAGES["prairielearn"].zip(load_course(made.course / "course.yaml"), "cnn"), made.root / "package"
    )
    question = package / "questions" / "cnn"
    more = {"TMPDIR": str(made.tmp), "HOME": str(made.home), "GRADER_SECRET": made.tokens["environment"]}
    words = tuple(arena.as_user(made.user))
    shutil.copytree(ROOT / "tests/sample_class/mallory", made.submissions / SAMPLE)
    ready = job(made.root / "ready", question, made.submissions / SAMPLE)
    arena.hand_over(made)
    code, log = entry(package / "image", "ready", ready, as_user=words, **more)
    assert code == 0, log
    shutil.copytree(ready / "tests" / "cache", question / "tests" / "cache")
    made.watched += [package]
    with arena.watching(made):
        arena.enlist(made, names, arena.load_builders().BUILDERS)
        found.owner = {student: name for name in names for student in made.students[name]} | {SAMPLE: ""}
        with arena.running(made):
            for number, submitted in enumerate(sorted(made.submissions.iterdir())):
                student = next(
                    (s for s in found.owner if submitted.name in (s, f"{s}.zip", f"{s}.ipynb")), ""
                )
                folder = made.root / "jobs" / str(number)
                if not student:
                    continue
                try:
                    job(folder, question, submitted)
                except subprocess.CalledProcessError:
                    found.left_out.append(student)
                    continue
                if made.user is not None:
                    subprocess.run(["chown", "-R", "-h", f"{made.user}:{made.user}", str(folder)], check=True)
                found.jobs[student] = graded(package / "image", folder, as_user=words, **more)
                subprocess.run(["chmod", "-R", "u+rwx", str(folder)], capture_output=True, check=False)
                subprocess.run(["rm", "-rf", str(folder)], check=True)
    made.strays = arena.marked_outside(made)


def test_every_attack_that_can_come_has_a_gradable_or_a_refused_result(fought: Fought) -> None:
    assert len(fought.jobs) >= (100 if fought.arena.user is None else 30)
    assert set(fought.left_out) <= {"intake-crowded-folder-deep"}
    for student, done in fought.jobs.items():
        assert done.code == 0, (student, done.log)
        assert "Traceback" not in done.log, student  # numpy may warn there: only instructors see it
        assert done.size < MOST_BYTES, student
        assert done.results.succeeded, student


def test_no_point_is_unearned(fought: Fought) -> None:
    for student, done in fought.jobs.items():
        earned = sum(test.points for test in done.results.tests)
        assert earned == EARNED.get(fought.owner[student], 0), student
        assert (done.results.score or 0) * sum(t.max_points for t in done.results.tests) == pytest.approx(
            earned
        )


def test_nothing_secret_is_in_results_or_log(fought: Fought) -> None:
    for student, done in fought.jobs.items():
        assert not fought.arena.leaks(str(done.data) + done.log), student


def test_nothing_is_changed_sent_or_left(fought: Fought) -> None:
    assert fought.arena.changed == []
    assert fought.arena.strays == []
    assert fought.arena.survivors == []
    assert fought.arena.heard == []


def test_table(fought: Fought, capsys: pytest.CaptureFixture[str]) -> None:
    who = "an ordinary user" if fought.arena.user is not None or os.geteuid() else "root"
    attacks = {name for name in fought.owner.values() if name}
    gradable = sum(done.results.gradable for done in fought.jobs.values())
    with capsys.disabled():
        print(
            f"\nPrairieLearn, as {who}: {len(attacks)} attacks, {len(fought.jobs)} jobs, {gradable} gradable; "
            f"largest results.json {max(done.size for done in fought.jobs.values())} bytes"
        )

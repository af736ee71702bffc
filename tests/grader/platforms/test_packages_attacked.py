"""Every hostile submission, graded by each package as its platform runs it: nothing gained, nothing leaked.

It takes minutes, so it is slow: `-m slow -s` prints the figures. What acts on a platform is tried in the quick suite by
test_forges.py.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from grader.course import load_course
from grader.intake import result_folder
from grader.platforms.container import container_zip
from grader.platforms.forges import github, github_zip, gitlab, gitlab_zip
from grader.platforms.forges.places import remarks
from grader.platforms.forges.summary import summary
from grader.result import Result
from grader.wall.launcher import can_fork_workers

from ..wall.test_attacks import EARNED, NAMES, arena
from .forge import TOKEN, markdown_problems, serving, step, taken_by_the_runner, unpack
from .test_container import USER, lay_out, make_ready, start

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not can_fork_workers(), reason="needs a wall")]

SAMPLE_CLASS = Path(__file__).parents[2] / "sample_class"
#: What is earned by whoever is hostile in the sample class: nothing.
#: An attack's file may say that it has more bytes than there are.
_MOST_BYTES = 20 << 20
MALLORY = "mallory-of-the-class"


@dataclass
class Figures:
    """Of one platform: entries graded, points beyond what is earned, texts in which a canary stands, what acted."""

    platform: str
    entries: int = 0
    gained: float = 0
    texts: int = 0
    leaked: list[str] = field(default_factory=list)
    acted: list[str] = field(default_factory=list)

    def read(self, made: Any, *texts: str) -> None:
        """Look for canaries in texts that a student may see."""
        self.texts += len(texts)
        self.leaked += [
            kind for text in texts for kind in [*made.leaks(text), *([TOKEN] if TOKEN in text else [])]
        ]

    def check(self, capsys: pytest.CaptureFixture[str]) -> None:
        with capsys.disabled():
            print(
                f"\n{self.platform}: {self.entries} entries, {self.gained:g} points gained, {self.texts} texts, "
                f"{len(self.leaked)} leaks, {len(self.acted)} acted"
            )
        assert self.entries
        assert self.gained == 0
        assert self.leaked == []
        assert self.acted == []


@dataclass
class Graded:
    """Attack → students; where they handed in; student → result; where those are."""

    students: dict[str, list[str]]
    submissions: Path
    results: dict[str, Result]
    folder: Path


@pytest.fixture(scope="module")
def planted() -> Iterator[Any]:
    """An arena whose course has canaries; `own_course` is that course."""
    with arena.arena(None, None) as made:
        arena.plant(made)
        made.own_course = load_course(made.course / "course.yaml")
        with arena.listeners(made) as heard:
            yield made
            assert heard() == []
        assert arena.marked_outside(made) == []


def enlist(made: Any, kit: str) -> None:
    """A new folder with the attacks, which are told where the package's secrets lie, and the sample class's own."""
    made.submissions = made.root / f"submissions-{len(list(made.root.glob('submissions-*')))}"
    made.submissions.mkdir()
    made.students = {}
    arena.enlist(made, NAMES, arena.load_builders().BUILDERS)
    shutil.copytree(SAMPLE_CLASS / "mallory", made.submissions / MALLORY)
    made.students["sample-class/mallory"] = [MALLORY]
    for path in made.submissions.glob("*/*.py"):
        if path.is_file() and not path.is_symlink() and path.stat().st_size < _MOST_BYTES:
            path.write_bytes(path.read_bytes().replace(str(made.course).encode(), kit.encode()))


def expected(name: str) -> float:
    """What an attack's honest part earns."""
    return EARNED.get(name, 0)


@pytest.fixture(scope="module")
def contained(planted: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Graded, str]:
    """The class, graded in the container's stead, and what was printed."""
    folder = tmp_path_factory.mktemp("container")
    package = unpack(container_zip(planted.own_course, "cnn"), folder / "package")
    root = folder / "image"
    env = lay_out(package, root)
    make_ready(root)
    secrets = "".join(
        path.read_text("utf-8") for path in (root / "kit").rglob("*") if path.suffix in (".py", ".txt")
    )
    assert {"reference", "tests", "seed"} <= set(planted.leaks(secrets)), "there is something to leak"
    results = folder / "results"
    results.mkdir()
    if os.geteuid() == 0:
        os.chown(results, USER, USER)
    enlist(planted, "/opt/grader/kit")
    (folder / "submissions").symlink_to(planted.submissions)
    done = start(root, env, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    found = [Result.from_json(path.read_text("utf-8")) for path in results.glob("*/result.json")]
    graded = Graded(
        planted.students, planted.submissions, {result.student: result for result in found}, results
    )
    return planted, graded, done.stdout + done.stderr


def test_the_container(contained: Any, capsys: pytest.CaptureFixture[str]) -> None:
    made, graded, printed = contained
    figures = Figures("container")
    figures.read(made, printed)
    for name, students in graded.students.items():
        for student in students:
            figures.entries += 1
            figures.gained += max(0, graded.results[student].score - expected(name))
            for file in ("result.json", "feedback.html"):
                figures.read(made, (graded.folder / result_folder(student) / file).read_text("utf-8"))
    figures.check(capsys)


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_what_each_forge_would_be_told_of_every_entry(
    contained: Any,
    forge: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made, graded, _ = contained
    assignment = made.own_course.assignments["cnn"]
    figures = Figures(f"{forge}, as it would be told")
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name, students in graded.students.items():
        for student in students:
            result = graded.results[student]
            figures.entries += 1
            figures.gained += max(0, result.score - expected(name))
            found = remarks(result, assignment, graded.submissions / student)
            page = summary(result, assignment, github.FIELD_BYTES)
            figures.acted += markdown_problems(page)
            if forge == "github":
                capsys.readouterr()
                github.report_step(result, assignment, found)
                out = capsys.readouterr().out
                acted = taken_by_the_runner(out)
                points = [a.data for a in acted if a.properties.get("title") == "Autograding complete"]
                figures.acted += [a.command for a in acted if a.command not in ("error", "notice")]
                figures.acted += [] if points == [f"Points {result.score:g}/{result.max_score:g}"] else points
                check = json.dumps(github.check_run(result, assignment, found, "a" * 40))
                figures.read(made, page, out, check, github.runner_result(result))
            else:
                texts = (gitlab.code_quality(found), gitlab.junit(result, assignment))
                figures.read(made, page, *texts, json.dumps(gitlab.commit_comment(result, assignment)))
    figures.check(capsys)


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_a_class_of_repositories(
    planted: Any, forge: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every attack that can be pushed: fetched by git, graded, and told to the forge's API."""
    package = {"github": github_zip, "gitlab": gitlab_zip}[forge]
    root = unpack(package(planted.own_course, "cnn"), tmp_path / "course")
    enlist(planted, str(root / "kit"))
    figures = Figures(f"{forge}, the class")
    with serving(tmp_path / "forge") as server:
        rows = ["student,repository"]
        names: dict[str, str] = {}
        for name, students in planted.students.items():
            for student in students:
                number = f"s{len(names)}"
                if _pushed(server, f"class/{number}", planted.submissions / student):
                    names[number] = name
                    rows.append(f"{number},class/{number}")
        (root / "students.csv").write_text("\n".join(rows) + "\n")
        env = {
            "GRADER_CACHE": str(tmp_path / "cache"),
            "GITHUB_API_URL": server.url, "GITHUB_SERVER_URL": f"file://{server.folder}",
            "CI_API_V4_URL": server.url, "CI_SERVER_URL": f"file://{server.folder}",
        }  # fmt: skip
        out = ""
        for word in ("fetch", "grade", "post"):
            token = {} if word == "grade" else {"GRADER_TOKEN": TOKEN}
            done = step(root, "classroom", forge, word, env=env | token, seconds=570)
            assert done.returncode in (0, 1), done.stdout
            out += done.stdout
        figures.acted += [acted.command for acted in taken_by_the_runner(out)] if forge == "github" else []
        figures.read(planted, out)
        for path, _, body in server.posted:
            number = path.split("class%2F" if forge == "gitlab" else "class/")[1].split("/")[0]
            figures.read(planted, json.dumps(body))
            page = body["output"]["summary"] if forge == "github" else body.get("note", "")
            figures.acted += markdown_problems(page) if page else []
            title = body["output"]["title"] if forge == "github" else body.get("description", "")
            if title:
                figures.entries += 1
                figures.gained += max(0, float(title.split()[0]) - expected(names[number]))
    assert figures.entries > 150
    figures.check(capsys)


def _pushed(server: Any, repository: str, folder: Path) -> bool:
    """Whether git takes such a folder at all: archives, pipes, closed and endless trees can't be pushed."""
    if not folder.is_dir() or folder.is_symlink():
        return False
    sizes = (path.lstat().st_size for path in folder.rglob("*"))
    try:
        if max(sizes, default=0) > _MOST_BYTES:
            return False
        server.push(repository, folder)
    except (subprocess.SubprocessError, OSError):
        return False
    return True


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_pushes_for_practice(
    planted: Any, forge: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those that try what a page or a log shows, each as a push of its own."""
    package = {"github": github_zip, "gitlab": gitlab_zip}[forge]
    root = unpack(package(planted.own_course, "cnn"), tmp_path / "course")
    enlist(planted, str(root / "kit"))
    figures = Figures(f"{forge}, pushes")
    env = {name: str(tmp_path / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GRADER_CACHE")}
    chosen = [name for name in planted.students if name.startswith(("feedback/", "sample-class/"))]
    for name in chosen:
        for student in planted.students[name][:1]:
            folder = tmp_path / "student"
            shutil.rmtree(folder, ignore_errors=True)
            if not (planted.submissions / student).is_dir():
                continue
            shutil.copytree(planted.submissions / student, folder, symlinks=True)
            for file in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
                (tmp_path / file).write_text("")
            done = step(root, "push", forge, folder, env=env)
            assert done.returncode in (0, 1), done.stdout
            figures.entries += 1
            if forge == "github":
                acted = taken_by_the_runner(done.stdout)
                (points,) = [a.data for a in acted if a.properties.get("title") == "Autograding complete"]
                figures.gained += max(0, float(points.split()[1].split("/")[0]) - expected(name))
                figures.acted += [a.command for a in acted if a.command not in ("error", "notice")]
                page = (tmp_path / "GITHUB_STEP_SUMMARY").read_text("utf-8")
                figures.read(planted, done.stdout, page, (tmp_path / "GITHUB_OUTPUT").read_text())
            else:
                page = (folder / gitlab.REPORTS / "feedback.md").read_text("utf-8")
                figures.gained += max(0, float(page.split()[1]) - expected(name))
                texts = [path.read_text("utf-8") for path in (folder / gitlab.REPORTS).iterdir()]
                figures.read(planted, done.stdout, *texts)
            figures.acted += markdown_problems(page)
    figures.check(capsys)


def test_the_figures_notice_a_leak_and_what_acts(planted: Any) -> None:
    figures = Figures("none")
    figures.read(planted, f"x {planted.tokens['tests']} {TOKEN}")
    assert figures.leaked == ["tests", TOKEN]

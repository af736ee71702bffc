"""What a student downloads: everything that is needed, nothing that is secret, and it works where it is unpacked."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.authoring import release
from grader.authoring.notebooks import notebook
from grader.course.models import Course, load_course
from grader.questions import KEY_FILE, load_key, model_answers

ROOT = Path(__file__).parents[3]
CHAPTERS = ["convolution", "pooling", "sharing", "backward", "network"]

Cli = Callable[..., Any]


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT / "course.yaml")


@pytest.fixture(scope="module")
def packed(course: Course) -> bytes:
    return release.handout_zip(course, "cnn", course.assignments["cnn"])


@pytest.fixture(scope="module")
def files(packed: bytes) -> dict[str, bytes]:
    """Path inside the zip → content."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def texts(files: dict[str, bytes]) -> dict[str, str]:
    """The same as text; a notebook as its cells."""

    def text(name: str, data: bytes) -> str:
        if name.endswith(".npz"):
            return data.decode("latin-1")
        if name.endswith(".ipynb"):
            return "\n".join("".join(cell["source"]) for cell in json.loads(data)["cells"])
        return data.decode()

    return {name: text(name, data) for name, data in files.items()}


@pytest.fixture
def unpacked(packed: bytes, tmp_path: Path) -> Path:
    """The zip unpacked in an otherwise empty folder."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "cnn"


# --- what is inside ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_same_course_gives_the_same_bytes(course: Course, packed: bytes) -> None:
    assert release.handout_zip(course, "cnn", course.assignments["cnn"]) == packed


def test_everything_stands_in_one_folder(files: dict[str, bytes]) -> None:
    expected = {f"{name}.{end}" for name in CHAPTERS for end in ("py", "ipynb")}
    expected |= {f"checks/test_{name}.py" for name in CHAPTERS} | {
        "checks/conftest.py",
        "checks/digests.json",
        "checks/examples.json",
    }
    expected |= {"README.md", "answers.yaml", "hints.yaml", "course.yaml", ".vscode/tasks.json"}
    expected |= {"capstone.py", "capstone_training.py", "capstone_pictures.py"}
    expected |= {"figure.html", "figure.svg", "data/digits.npz", "data/NOTICE.md"}
    plugins = ROOT / "solutions/cnn/plugins"
    expected |= {f"checks/plugins/{path.relative_to(plugins)}" for path in plugins.rglob("*.py")}
    expected |= {f"checks/original/{name}.{end}.txt" for name in CHAPTERS for end in ("py", "ipynb")}
    assert set(files) == {f"cnn/{name}" for name in expected}


def test_the_readme_speaks_of_what_is_there(texts: dict[str, str]) -> None:
    named = set(re.findall(r"`([\w./-]+\.(?:py|ipynb|yaml|html|svg|npz|md))`", texts["cnn/README.md"]))
    assert len(named) > 8
    assert [name for name in sorted(named) if f"cnn/{name}" not in texts] == []


def test_no_line_of_a_solution_is_in_it(course: Course, texts: dict[str, str]) -> None:
    handed_out = {line.strip() for text in texts.values() for line in text.splitlines()}
    lines = {line for name in CHAPTERS for line in solution_lines(course.solutions("cnn") / f"{name}.py")}
    assert len(lines) > 60
    assert sorted(lines & handed_out) == []
    assert not any("BEGIN SOLUTION" in text for text in texts.values())


def solution_lines(path: Path) -> Iterator[str]:
    """Whole lines of the marked blocks that say more than `return out` does."""
    inside = False
    for line in path.read_text(encoding="utf-8").splitlines():
        if "### BEGIN SOLUTION" in line or "### END SOLUTION" in line:
            inside = "BEGIN" in line
        elif inside and len(line.strip()) >= 24:
            yield line.strip()


def test_no_answer_of_the_key_is_in_it(course: Course, texts: dict[str, str]) -> None:
    key = load_key(course.solutions("cnn") / KEY_FILE, course.assignments["cnn"])
    everything = squeezed("\n".join(texts.values()))
    for name, answer in model_answers(key, course.assignments["cnn"]).items():
        question = key.questions[name]
        if question.kind == "structured":
            assert squeezed("\n".join(question.model)) not in everything
        if question.kind == "free":
            assert squeezed(str(answer)) not in everything
        assert squeezed(question.sketch) not in everything
    template = yaml.safe_load(texts["cnn/answers.yaml"])
    blank = {
        name: set(value.values()) if isinstance(value, dict) else value for name, value in template.items()
    }
    assert set(blank) == set(key.questions)
    assert all(value in (None, "", {None}) for value in blank.values())


def squeezed(text: str) -> str:
    return " ".join(text.lower().split())


def test_no_hidden_test_is_in_it(course: Course, texts: dict[str, str]) -> None:
    hidden = course.hidden_tests("cnn")
    lines = {line.strip() for text in texts.values() for line in text.splitlines()}
    secret: set[str] = set()
    for path in sorted(hidden.glob("*.py")):
        body = {line.strip() for line in path.read_text(encoding="utf-8").splitlines()}
        secret |= {line for line in body if "reference." in line or line.startswith(("@example", "@given"))}
    assert len(secret) > 40
    assert secret & lines == set()


def test_no_seed_is_in_it(course: Course, files: dict[str, bytes]) -> None:
    seed = (course.hidden_tests("cnn") / "seed.txt").read_bytes().strip()
    assert len(seed) > 4
    assert [name for name, data in files.items() if seed in data] == []


def test_nothing_of_this_machine_is_in_it(files: dict[str, bytes]) -> None:
    assert [name for name, data in files.items() if str(ROOT).encode() in data] == []


def test_the_course_in_it_knows_this_assignment_alone(make_course: Callable[..., Any]) -> None:
    tiny = make_course()
    text = (tiny.root / "course.yaml").read_text(encoding="utf-8")
    (tiny.root / "course.yaml").write_text(
        text
        + "  other:\n    title: Another\n    chapters: [{name: gamma, title: G, minutes: 1, exercises: []}]\n",
        encoding="utf-8",
    )
    course = tiny.course
    assert set(course.assignments) == {"tiny", "other"}
    with zipfile.ZipFile(io.BytesIO(release.handout_zip(course, "tiny", tiny.assignment))) as archive:
        archive.extract("tiny/course.yaml", tiny.root)
    only = load_course(tiny.root / "tiny" / "course.yaml")
    assert list(only.assignments) == ["tiny"]
    assert only.assignments["tiny"].model_dump() == tiny.assignment.model_dump()


# --- what has to be there ---------------------------------------------------------------------------------


def test_a_course_may_do_without_extras(make_course: Callable[..., Any]) -> None:
    tiny = make_course()
    built = release.build_handout(tiny.course, "tiny", tiny.assignment)
    assert b"# Two small chapters" in built["README.md"], "one is made"
    assert not any(name.startswith("data/") for name in built)


# --- where it is unpacked ---------------------------------------------------------------------------------


def hand_in_scripts(course: Course, folder: Path, chapters: list[str]) -> None:
    for name in chapters:
        (folder / f"{name}.py").write_bytes((course.solutions("cnn") / f"{name}.py").read_bytes())


def test_check_guides_from_the_first_exercise(cli: Cli, unpacked: Path) -> None:
    done = cli("check", cwd=unpacked)
    assert (done.code, done.err) == (1, "")
    assert "next: output_size" in squeezed(done.out)
    assert "grader hint output_size" in squeezed(done.out)
    assert not re.search(r"^!", done.out, re.MULTILINE)


@pytest.mark.slow
def test_check_guides_on_to_the_next_chapter(cli: Cli, course: Course, unpacked: Path) -> None:
    hand_in_scripts(course, unpacked, CHAPTERS[:1])
    done = cli("check", "--json", cwd=unpacked)
    found = json.loads(done.out)
    assert (done.code, found["next"]) == (1, "relu")
    assert {c["name"]: c["passed"] for c in found["checkpoints"]}["convolution"]


@pytest.mark.slow
def test_check_passes_when_all_is_done(cli: Cli, course: Course, unpacked: Path) -> None:
    hand_in_scripts(course, unpacked, CHAPTERS)
    done = cli("check", cwd=unpacked)
    assert (done.code, done.err) == (0, "")


def test_check_sees_work_in_the_notebooks_alone(cli: Cli, course: Course, unpacked: Path) -> None:
    """The .py twins are still there, as they were handed out."""
    for chapter in course.assignments["cnn"].chapters:
        source = course.solutions("cnn") / f"{chapter.name}.py"
        (unpacked / f"{chapter.name}.ipynb").write_bytes(notebook(source, chapter, solution=True))
    done = cli("check", "--json", cwd=unpacked)
    found = json.loads(done.out)
    assert found["problems"] == []
    assert (done.code, found["passed"]) == (0, True)


def test_hint_works_there(cli: Cli, unpacked: Path) -> None:
    done = cli("hint", "conv2d", cwd=unpacked)
    assert done.code == 0
    assert "Nudge" in done.out

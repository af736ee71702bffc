"""The sample class as nbgrader has it: its code and answers in the notebooks that nbgrader released."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course.models import Assignment, Course
from grader.intake import Submission, collect, discover, open_bundle
from grader.questions import read_answers

ROOT = Path(__file__).parents[4]
SAMPLES = ROOT / "tests" / "sample_class"
NAME = "cnn"
UNTOUCHED, LOOPING, FORGING = "untouched", "looping", "forging"
SCRIPT = "<script>document.title = 1</script>"
#: Of the sample class in every run, with these chapters (each takes nbgrader seconds); all of it in the slow tests.
SAMPLED = {"hugo": ("pooling", "convolution"), "amira": ("sharing",)}
STUDENTS = (*SAMPLED, UNTOUCHED, FORGING)
TIMESTAMP = "2026-03-01 12:00:00 UTC"


@dataclass(frozen=True)
class Nbgrader:
    """An nbgrader course folder, and nbgrader's own commands run in it."""

    folder: Path

    @property
    def db(self) -> str:
        return f"sqlite:///{self.folder / 'gradebook.db'}"

    def run(self, *arguments: str, check: bool = True) -> str:
        """Run one command; returns what it printed. Raises AssertionError where it fails and must not."""
        return self._python("-m", "nbgrader", *arguments, check=check)

    def grade(self, results: Path, *, jobs: int = 1) -> str:
        """`grader grade` on the same submissions."""
        options = ("--out", str(results), "--course", str(ROOT / "course.yaml"), "--jobs", str(jobs))
        return self._python("-m", "grader", "grade", "submitted", *options)

    def _python(self, *arguments: str, check: bool = True) -> str:
        # nbgrader calls alembic by name
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
        return done.stdout + done.stderr

    def notebook(self, step: str, student: str, chapter: str) -> dict[str, Any]:
        path = self.folder / step / student / NAME / f"{chapter}.ipynb"
        page: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return page

    def submit(self, student: str, pages: Mapping[str, dict[str, Any]]) -> Path:
        """Put notebooks (chapter → notebook) where nbgrader collects them."""
        folder = self.folder / "submitted" / student / NAME
        folder.mkdir(parents=True, exist_ok=True)
        for chapter, page in pages.items():
            (folder / f"{chapter}.ipynb").write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
        (folder / "timestamp.txt").write_text(TIMESTAMP, encoding="utf-8")
        return folder

    def released(self, chapter: str) -> dict[str, Any]:
        return self.notebook("release", ".", chapter)


def at_once(*steps: Callable[[], object]) -> None:
    """Run steps that do not need each other beside each other. Raises what one of them raises."""
    with ThreadPoolExecutor(len(steps)) as pool:
        for step in [pool.submit(step) for step in steps]:
            step.result()


def sample_submissions(assignment: Assignment) -> dict[str, Submission]:
    """Everybody of the sample class who handed in something that can be read."""
    entries = discover(SAMPLES, NAME, assignment).entries
    found = {entry.student: open_bundle(collect(entry, assignment), assignment, {}) for entry in entries}
    return {student: submission for student, submission in found.items() if submission.readable}


def as_notebooks(
    nbgrader: Nbgrader, assignment: Assignment, submission: Submission
) -> dict[str, dict[str, Any]]:
    """Chapter → released notebook with the student's code and answers in its solution cells."""
    values = read_answers(submission.answers, submission.notebook_answers, assignment).values
    pages: dict[str, dict[str, Any]] = {}
    for chapter in assignment.open_chapters:
        source = submission.sources.get(chapter.name)
        if source is None:
            continue
        page = nbgrader.released(chapter.name)
        texts = arranged(source.cells, [exercise.name for exercise in chapter.exercises])
        first = next(cell for cell in page["cells"] if cell["cell_type"] == "code")
        for cell in page["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if cell is first:
                cell["source"] = f"{''.join(cell['source'])}\n{texts['']}"
            elif name in texts:
                cell["source"] = texts[name]
            elif name.removeprefix("answer-") in values:
                instruction = "".join(cell["source"]).split("\n")[0]
                cell["source"] = f"{instruction}\n{as_text(values[name.removeprefix('answer-')])}"
        pages[chapter.name] = page
    return pages


def arranged(cells: Iterable[str], exercises: list[str]) -> dict[str, str]:
    """Exercise → its function and what follows it; "" → what stands before the first one. Nothing is left out."""
    texts: dict[str, str] = {"": ""}
    current = ""
    for cell in cells:
        try:
            steps = ast.parse(cell).body
        except SyntaxError:
            current = next((name for name in exercises if f"def {name}(" in cell), current)
            texts[current] = texts.get(current, "") + cell + "\n"
            continue
        lines = cell.split("\n")
        start = 0
        for step in steps:
            if isinstance(step, ast.FunctionDef) and step.name in exercises:
                texts[current] += "\n".join(lines[start : step.lineno - 1]) + "\n"
                start, current = step.lineno - 1, step.name
                texts.setdefault(current, "")
        texts[current] += "\n".join(lines[start:]) + "\n"
    return texts


def as_text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {part}" for key, part in value.items())
    return "\n".join(map(as_text, value)) if isinstance(value, list) else str(value)


def submit_class(
    nbgrader: Nbgrader, course: Course, parts: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Submit the sample class; with `parts` only those who are named there, with their chapters there."""
    assignment = course.assignments[NAME]
    for student, submission in sample_submissions(assignment).items():
        if parts is None or student in parts:
            pages = as_notebooks(nbgrader, assignment, submission)
            nbgrader.submit(student, pages if parts is None else {c: pages[c] for c in parts[student]})


def submit_the_rest(nbgrader: Nbgrader, canary: Path) -> None:
    """A chapter of the untouched release, and a notebook that forges what nbgrader trusts.

    canary: a file that appears if the forger's code runs outside the wall.
    """
    nbgrader.submit(UNTOUCHED, {"pooling": nbgrader.released("pooling")})
    nbgrader.submit(FORGING, {"pooling": forged(nbgrader.released("pooling"), canary)})


def submit_a_loop(nbgrader: Nbgrader) -> None:
    """A loop that never ends, beside a function that is right."""
    looping = nbgrader.released("pooling")
    cell_of(looping, "flatten")["source"] = "def flatten(x):\n    while True:\n        pass\n"
    cell_of(looping, "relu")["source"] = "def relu(x):\n    return np.maximum(x, 0)\n"
    nbgrader.submit(LOOPING, {"pooling": looping})


def forged(page: dict[str, Any], canary: Path) -> dict[str, Any]:
    """A notebook that has its outputs, its cells and its Markdown say what its code does not earn."""
    own = f"open({str(canary)!r}, 'w').write('ran')\nimport numpy as np\nprint('12.0')\n"
    page["cells"].insert(0, code_cell("first", own))
    cell_of(page, "relu")["source"] = f"{own}def relu(x):\n    raise ValueError('{SCRIPT}`')\n"
    full = {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"text/plain": "7.0"},
    }
    cell_of(page, "check-maxpool")["outputs"] = [full]
    cell_of(page, "check-maxpool")["source"] = "7.0"
    page["cells"] = [cell for cell in page["cells"] if cell is not cell_of(page, "check-flatten")]
    answer = cell_of(page, "answer-plain-language")
    answer["source"] = f"{SCRIPT} a < b, ![x](attachment:x) $\\href{{javascript:alert(1)}}{{x}}$"
    answer["attachments"] = {"x": {'a"><script>alert(1)</script>': "x"}}
    page["cells"].append(
        {"cell_type": "raw", "id": "raw", "metadata": {"raw_mimetype": "text/html"}, "source": SCRIPT}
    )
    page["metadata"]["title"] = SCRIPT
    spoil_marks(page)
    return page


def spoil_marks(page: dict[str, Any]) -> None:
    """Marks of a version to come, of an old one, in other types, twice, and of cells that the course does not have.

    nbgrader alone stops the whole run at the first, and fails on the others.
    """
    cell_of(page, "flatten")["metadata"]["nbgrader"]["schema_version"] = 99
    cell_of(page, "maxpool")["metadata"]["nbgrader"] = {
        "grade_id": "maxpool",
        "schema_version": 1,
        "points": "x",
    }
    cell_of(page, "check-maxpool")["metadata"]["nbgrader"] |= {"points": 85, "solution": True}
    mine = {"grade_id": "check-mine", "grade": True, "points": 85}
    strange: list[Any] = ["x", ["x"], {}, {"grade_id": ["x"]}, mine]
    twice = cell_of(page, "relu")["metadata"]["nbgrader"]
    for number, marks in enumerate([*strange, twice]):
        page["cells"].insert(1, code_cell(f"strange-{number}", "1") | {"metadata": {"nbgrader": marks}})


def code_cell(identity: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code", "id": identity, "metadata": {}, "source": source, "outputs": [], "execution_count": None
    }  # fmt: skip


def cell_of(page: Mapping[str, Any], grade_id: str) -> dict[str, Any]:
    """The cell of a notebook with this nbgrader id."""
    for cell in page["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id:
            found: dict[str, Any] = cell
            return found
    raise KeyError(grade_id)


def copied(nbgrader: Nbgrader, folder: Path) -> Nbgrader:
    """A copy of an nbgrader course for a test that changes it."""
    shutil.copytree(nbgrader.folder, folder)
    return Nbgrader(folder)

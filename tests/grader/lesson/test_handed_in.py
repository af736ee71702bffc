"""What people really hand in, each built from the reference: what must come out of it, to the point.

The kinds have quick tests with small courses in intake/, grading/ and batch/. Here the lesson itself is handed in, as
real classes did it. Slow: run with `-m slow`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.notebooks import notebook
from grader.batch import read_handout
from grader.course.models import load_course
from grader.grading.grader import Grader
from grader.intake import collect, discover, open_bundle
from grader.result import Result

from ..conftest import write_tree

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
COURSE = load_course(ROOT / "course.yaml")
_, CNN = COURSE.assignment("cnn")
SOLUTIONS, EXERCISES = COURSE.solutions("cnn"), ROOT / "exercises" / "cnn"
CHAPTERS = [chapter.name for chapter in CNN.open_chapters]
PY = {name: (SOLUTIONS / f"{name}.py").read_text() for name in CHAPTERS}
GIVEN = {path.name: path.read_text() for path in EXERCISES.iterdir() if path.suffix in (".py", ".ipynb")}
FIRST = "convolution"
Files = dict[str, str]
Page = dict[str, Any]


def page(chapter: str = FIRST) -> Page:
    model = next(one for one in CNN.open_chapters if one.name == chapter)
    made = notebook(SOLUTIONS / f"{chapter}.py", model, solution=True)
    return json.loads(made if isinstance(made, str) else made.decode())  # type: ignore[no-any-return]


def text_of(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def changed(change: Callable[[list[dict[str, Any]]], None], chapter: str = FIRST) -> Files:
    made = page(chapter)
    change(made["cells"])
    return {f"{chapter}.ipynb": json.dumps(made)}


def code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}


def defining(cells: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(c for c in cells if c["cell_type"] == "code" and f"def {name}(" in text_of(c))


def above(name: str, line: str) -> Files:
    def change(cells: list[dict[str, Any]]) -> None:
        cell = defining(cells, name)
        cell["source"] = f"{line}\n{text_of(cell)}"

    return changed(change)


def below(name: str, line: str) -> Files:
    def change(cells: list[dict[str, Any]]) -> None:
        cell = defining(cells, name)
        cell["source"] = f"{text_of(cell)}\n{line}\n"

    return changed(change)


def in_main(name: str) -> Files:
    def change(cells: list[dict[str, Any]]) -> None:
        cell = defining(cells, name)
        cell["source"] = "if __name__ == '__main__':\n" + "\n".join(
            f"    {ln}" for ln in text_of(cell).split("\n")
        )

    return changed(change)


def with_answers(place: Callable[[list[dict[str, Any]], int, str], None]) -> Files:
    """All notebooks, solved, with a right answer to the choice and numeric questions of the first chapter."""

    def change(cells: list[dict[str, Any]]) -> None:
        for name, answer in {"filter-shape": "c", "strided-size": "width: 16"}.items():
            number = next(n for n, c in enumerate(cells) if c.get("id") == f"answer-{name}")
            place(cells, number, answer)

    return changed(change)


def in_a_cell_below(cells: list[dict[str, Any]], number: int, answer: str) -> None:
    cells.insert(number + 1, {"cell_type": "markdown", "metadata": {}, "source": answer})


def without_metadata(cells: list[dict[str, Any]], number: int, answer: str) -> None:
    cells[number]["source"] = f"{text_of(cells[number])}\n{answer}"
    for cell in cells:
        cell["metadata"] = {}


def in_the_question(cells: list[dict[str, Any]], number: int, answer: str) -> None:
    cells[number - 1]["source"] = f"{text_of(cells[number - 1])}\n\n{answer}"


def slow_tail(seconds: float) -> str:
    return f"\nimport time\n_end = time.process_time() + {seconds}\nwhile time.process_time() < _end:\n    pass\n"


def scripts(*chapters: str, **changes: Callable[[str], str]) -> Files:
    return {f"{n}.py": changes.get(n, lambda text: text)(PY[n]) for n in chapters or CHAPTERS}


FULL = sum(c.points for chapter in CNN.open_chapters for c in chapter.exercises)
OF_FIRST = sum(exercise.points for exercise in CNN.open_chapters[0].exercises)
FIRST_PAGE = json.dumps(page())
BELOW = {f"work/{name}": text for name, text in scripts().items()}


def on_top(line: str) -> Files:
    return scripts(FIRST, convolution=lambda text: f"{line}\n{text}")


CASES: dict[str, tuple[Files, float]] = {
    "an import that is not there, in line 1": (on_top("import matplotlib.pyplot as plt"), OF_FIRST),
    "the same above numpy in a notebook": (
        above("output_size", "import matplotlib.pyplot as plt\nimport numpy as np"),
        OF_FIRST,
    ),
    "torch above a function": (above("conv2d", "import torch\nimport torch.nn as nn"), OF_FIRST),
    "input() in line 1": (on_top("name = input('name? ')"), OF_FIRST),
    "an own assert that fails": (below("output_size", "assert output_size(5, 3) == 99, 'mine'"), OF_FIRST),
    "await below a function": (below("output_size", "import asyncio\nawait asyncio.sleep(0)"), OF_FIRST),
    "a function in if __name__": (in_main("output_size"), OF_FIRST),
    "a name given to a number": (below("conv2d", "output_size = output_size(6, 3)"), OF_FIRST - 4),
    "copies of a browser": ({"convolution (1).py": PY[FIRST], **scripts(*CHAPTERS[1:])}, FULL),
    "a copy of an editor": ({"Convolution-2.ipynb": FIRST_PAGE}, OF_FIRST),
    "stubs on top, work below": ({**GIVEN, **BELOW}, FULL),
    "answers on top, code below": ({"answers.yaml": "filter-shape: c\n", **BELOW}, FULL + 1),
    "a name written on an untouched twin": (
        {"convolution.py": "# Jane Doe\n" + GIVEN["convolution.py"], "convolution.ipynb": FIRST_PAGE},
        OF_FIRST,
    ),
    "answers in a cell below": (with_answers(in_a_cell_below), OF_FIRST + 2),
    "answers without metadata": (with_answers(without_metadata), OF_FIRST + 2),
    "answers in the question's cell": (with_answers(in_the_question), OF_FIRST + 2),
    "the answer on the next line": (
        {**scripts(FIRST), "answers.yaml": "strided-size:\n  width:\n    16\n"},
        OF_FIRST + 1,
    ),
    "a training cell of 40 s": (
        changed(lambda cells: cells.append(code(slow_tail(40))), CHAPTERS[-1]),
        sum(exercise.points for exercise in CNN.open_chapters[-1].exercises),
    ),
    "own tests of 4 s in each file": ({n: t + slow_tail(4) for n, t in scripts().items()}, FULL),
    "an environment packed along": (
        {f"{env}/lib/f{n}.py": "1" for env in ("venv", ".venv") for n in range(1200)} | scripts(),
        FULL,
    ),
}


@pytest.fixture(scope="module")
def lesson() -> Iterator[Grader]:
    with Grader(COURSE, "cnn") as made:
        yield made


def graded(lesson: Grader, files: Files, folder: Path) -> Result:
    write_tree(folder / "x", files)
    (entry,) = discover(folder, "cnn", CNN).entries
    return lesson.grade(open_bundle(collect(entry, CNN), CNN, read_handout(COURSE, "cnn")))


@pytest.mark.parametrize("case", CASES)
def test_right_work_counts(case: str, lesson: Grader, tmp_path: Path) -> None:
    files, points = CASES[case]
    result = graded(lesson, files, tmp_path)
    assert result.score == points, [e.message for e in result.exercises if e.status != "passed"]

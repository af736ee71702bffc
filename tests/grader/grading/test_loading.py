"""What Jupyter runs is run; what is not there says why."""

from __future__ import annotations

import pytest

from grader.grading.grader import Grader
from grader.intake import Source, Submission
from grader.intake.magics import neutralised
from grader.result import ExerciseResult, Result
from grader.worker.statements import only_tries_out, statements_of

from ..conftest import GOOD

HEAD, _, REST = GOOD["alpha"].partition("def total")
TOTAL = f"def total{REST}"


def graded(grader: Grader, *cells: str, beta: str = GOOD["beta"]) -> Result:
    sources = {
        "alpha": Source("alpha", "alpha.ipynb", "ipynb", tuple(map(neutralised, cells))),
        "beta": Source("beta", "beta.py", "py", (beta,)),
    }
    return grader.grade(Submission("ada", sources, None, {}, (), (), True, ""))


def exercise(result: Result, name: str) -> ExerciseResult:
    return next(one for one in result.exercises if one.name == name)


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param((HEAD, f"{TOTAL}import asyncio\nawait asyncio.sleep(0)\n"), id="await"),
        pytest.param((HEAD, f"{TOTAL}import asyncio\nawait asyncio.sleep(3)\n"), id="await that waits"),
        pytest.param((indented(HEAD), indented(TOTAL)), id="indented cells"),
        pytest.param((HEAD, f"if __name__ == '__main__':\n{indented(TOTAL)}"), id="main"),
        pytest.param(
            ("from __future__ import annotations\n", HEAD, TOTAL.replace("(x)", "(x: Unknown)", 1)),
            id="future",
        ),
        pytest.param((HEAD, "%%time\n" + TOTAL), id="timed cell"),
        pytest.param((HEAD, "!pip install torch\n%matplotlib inline\n" + TOTAL + "total?\n"), id="magics"),
        pytest.param(
            (
                HEAD,
                "\n".join(
                    (">>> " if not line.startswith(" ") else "... ") + line for line in TOTAL.splitlines()
                ),
            ),
            id="prompts",
        ),
        pytest.param((HEAD, "In [3]: " + TOTAL.rstrip().replace("\n", "\n   ...: ")), id="numbered prompts"),
    ],
)
def test_what_jupyter_runs_is_run(cells: tuple[str, ...], grader: Grader) -> None:
    assert graded(grader, *cells).score == 10


def test_a_name_given_to_a_value_is_said_to_be_one(grader: Grader) -> None:
    found = exercise(graded(grader, HEAD, TOTAL, "total = total([1, 2])"), "total")
    assert (found.status, found.score) == ("error", 0)
    assert found.message == "total is a number now, not a function: a line below its def gives its name to it"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("import torch\n@torch.compile\n" + TOTAL, "ImportError: torch comes from torch (line 1)"),
        ("def total(x, size=undefined):\n    return 0\n", "NameError: name 'undefined' is not defined"),
        ("def total(x:\n    return 0\n", "'(' was never closed"),
        (TOTAL.replace("def total", "def totl"), "is totl meant to be it?"),
        ("", "total is not defined"),
    ],
)
def test_why_a_function_is_not_there(cell: str, said: str, grader: Grader) -> None:
    found = exercise(graded(grader, HEAD, "x = 1\n" + cell if said.startswith("'(") else cell), "total")
    assert found.score == 0
    assert "not written yet" not in found.message
    assert said in found.message or said in " ".join(graded(grader, HEAD, cell).problems)


def test_only_a_stub_is_not_written_yet(grader: Grader) -> None:
    found = exercise(graded(grader, HEAD, "def total(x):\n    raise NotImplementedError\n"), "total")
    assert (found.status, found.message) == ("missing", "not written yet")


def test_a_refused_import_says_why_where_it_is_used(grader: Grader) -> None:
    found = exercise(
        graded(grader, HEAD, "import torch\ndef total(x):\n    return torch.tensor(x).sum()\n"), "total"
    )
    assert found.score == 0
    assert "torch comes from torch (line 1), which is not available here" in found.tests[0].message


def test_chapters_that_import_each_other_work(grader: Grader) -> None:
    alpha = f"from beta import clip\n{HEAD}"
    assert graded(grader, alpha, TOTAL).score == 10


def test_slow_code_outside_the_functions_is_run_once(grader: Grader) -> None:
    tries = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end:\n    double(np.ones(3))\n"
    result = graded(grader, HEAD, TOTAL, tries)
    assert result.score == 10
    assert result.problems == []


@pytest.mark.parametrize(
    ("text", "tried"),
    [
        ("def f(x):\n    return x\nfor i in range(3):\n    print(f(i))\n", {1}),
        ("TABLE = {}\nfor i in range(3):\n    TABLE[i] = i\ndef f(x):\n    return TABLE[x]\n", set()),
        ("TABLE = {}\ndef fill():\n    TABLE[1] = 2\nfill()\ndef f(x):\n    return TABLE[x]\n", set()),
        ("CACHE = []\ndef f(x):\n    CACHE.append(x)\n    return x\nf(3)\n", set()),
        ("import numpy as np\ndef f(x):\n    return x\nnp.dot.x = 3\n", set()),
        ("def f(x):\n    y = x\n    return y\ny = 3\nassert f(y) == 4\n", {2}),
        ("SCALE = 2\ndef f(x):\n    return SCALE * x\nprint(f(4))\n", {2}),
        ("LOG = []\ndef note(x):\n    print(LOG)\ndef f(x):\n    return LOG\nnote(3)\n", set()),
        ("import sys\ndef f(x):\n    return x\nsys.setrecursionlimit(9999)\n", set()),
        ("if True:\n    def f(x):\n        return x\n", set()),
    ],
)
def test_what_functions_need_is_never_taken_for_a_trial(text: str, tried: set[int]) -> None:
    assert only_tries_out(statements_of(text)) == tried


def test_a_function_whose_cell_became_text_is_not_called_unwritten(grader: Grader) -> None:
    sources = {
        "alpha": Source("alpha", "alpha.ipynb", "ipynb", (HEAD,), frozenset(["total"])),
        "beta": Source("beta", "beta.py", "py", (GOOD["beta"],)),
    }
    result = grader.grade(Submission("ada", sources, None, {}, (), (), True, ""))
    assert exercise(result, "total").message == (
        "total stands in a text cell of alpha.ipynb, which is not run: turn it into a code cell"
    )

"""Right functions among what people leave outside them: full points as .py, as .ipynb and by live `check()`.

One line outside the functions costs that line only.
"""

from __future__ import annotations

import contextlib
import io
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from grader.authoring import release
from grader.grading.grader import Grader
from grader.home.notebook_check import check
from grader.intake import Source, Submission

from ..conftest import GOOD

#: What is missing in these is missing in the grader's worker, too; some of it is there in this process.
CLUTTER = {
    "plot library unused": "import matplotlib.pyplot as plt",
    "plot": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "several packages": "import torch, pandas as pd\nfrom sklearn import metrics",
    "package's parts": "import torch.nn.functional as F\nfrom torch import nn\nx = nn.Linear(2, 3)",
    "a star": "from matplotlib.pyplot import *",
    "class from a missing base": "import torch\nclass Net(torch.nn.Module):\n    pass",
    "decorated helper": "from numba import njit\n@njit\ndef helper(x):\n    return x",
    "input": "name = input('Your name? ')",
    "print": "print('hello')",
    "own assert": "assert double(np.array([1.0]))[0] == 3, 'my own test'",
    "own test functions": "def test_mine():\n    assert False\ntest_mine()",
    "a file": "open('log.txt', 'w').write('started')",
    "a missing file": "data = np.load('data/mine.npz')",
    "an old name of numpy": "kind = np.float",
    "display": "display(np.eye(2))",
    "get_ipython": "get_ipython().run_line_magic('matplotlib', 'inline')",
    "exit": "exit()",
    "quit in a condition": "import sys\nif len(sys.argv) < 5:\n    sys.exit('usage')",
    "raise": "raise RuntimeError('not finished')",
    "keyboard interrupt": "raise KeyboardInterrupt",
    "shell": "import os\nos.system('ls')",
    "subprocess": "import subprocess\nsubprocess.run(['ls'])",
    "thread": "import threading\nthreading.Thread(target=print).start()",
    "processes": "import multiprocessing\nmultiprocessing.Pool(2)",
    "network": "import urllib.request\nurllib.request.urlopen('http://localhost:1')",
    "drive": "from google.colab import drive\ndrive.mount('/content/drive')",
    "progress bar": "from tqdm import tqdm\nfor i in tqdm(range(3)):\n    pass",
    "arguments": "import argparse\nargparse.ArgumentParser().parse_args(['--no-such'])",
    "unit tests": "import unittest\nclass T(unittest.TestCase):\n    def test(self): self.fail()\nunittest.main()",
    "doctests": "import doctest\ndoctest.testmod(verbose=False)",
    "logging": "import logging\nlogging.basicConfig(filename='x.log')",
    "recursion": "def deep(n):\n    return deep(n + 1)\ndeep(0)",
    "memory": "huge = np.ones((40000, 40000, 40))",
    "undefined name": "result = not_defined_anywhere + 1",
    "division": "ratio = 1 / 0",
    "deleted": "del something",
    "index": "values = [1, 2]\nprint(values[5])",
    "annotation": "x: 'Unknown' = undefined_too",
    "with": "with open('missing.txt') as file:\n    text = file.read()",
    "try without a net": "try:\n    import jax\nfinally:\n    print('tried')",
    "name on top": "__author__ = 'Ada Lovelace'\n__student_id__ = 12345",
    "warnings": "import warnings\nwarnings.simplefilter('error')",
    "training loop": "w = 0.0\nfor epoch in range(10):\n    w -= 0.1 * (w - 1)\nprint(w)",
}
#: Takes longer than a statement may.
SLOW = {
    "endless": "while True:\n    pass",
    "long training": "total_loss = 0\nfor step in range(10**9):\n    total_loss += step",
    "assigned": "losses = [i * i for i in range(10**9)][:3]",
    "swallowed": "while True:\n    try:\n        1 / 0\n    except Exception:\n        pass",
}
NAMES = [*CLUTTER, *SLOW]


#: What would do harm, or take long, in this process: a student's kernel is the student's own.
NOT_HERE = {"memory", "processes", "warnings", "unit tests", "thread", "logging", "drive", "network"}


def graded(grader: Grader, kind: Literal["py", "ipynb"], cells: tuple[str, ...]) -> dict[str, float]:
    sources = {
        "alpha": Source("alpha", f"alpha.{kind}", kind, cells),
        "beta": Source("beta", "beta.py", "py", (GOOD["beta"],)),
    }
    result = grader.grade(Submission("ada", sources, None, {}, (), (), True, ""))
    return {exercise.name: exercise.score for exercise in result.exercises}


FULL = {"double": 3, "total": 2, "scaled": 4, "clip": 1}


@pytest.mark.parametrize("name", NAMES)
def test_clutter_costs_no_function_its_points(name: str, grader: Grader) -> None:
    clutter = (CLUTTER | SLOW)[name]
    head, _, rest = GOOD["alpha"].partition("def total")
    functions = (head, f"def total{rest}")
    above = graded(grader, "py", (f"{clutter}\n{head}{functions[1]}",))
    page = graded(grader, "ipynb", (functions[0], clutter, functions[1]))
    assert above == page == FULL


@pytest.fixture(scope="module")
def handout(make_course: Callable[..., Any]) -> Path:
    tiny = make_course()
    release.write_handout(release.build_handout(tiny.course, "tiny", tiny.assignment), tiny.exercises)
    return Path(tiny.exercises)


@pytest.mark.sampled
@pytest.mark.parametrize("name", sorted(CLUTTER.keys() - NOT_HERE))
def test_live_checks_are_as_green(
    name: str, handout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.chdir(handout)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for cell in (GOOD["alpha"], CLUTTER[name]):
        with contextlib.suppress(BaseException):  # a kernel shows it and goes on with the next cell
            exec(cell, main.__dict__)
    assert check("double").status == "passed"
    assert check("total").status == "passed"

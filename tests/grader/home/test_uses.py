"""Only what a function uses can be why it fails."""

from __future__ import annotations

import pytest

from grader.home.uses import used_in_files, used_live

from ..conftest import submission

NEEDS = ("double", "total")


@pytest.mark.parametrize(
    ("beta", "used"),
    [
        pytest.param("def scaled(x):\n    return 7\n", (), id="nothing"),
        pytest.param("from alpha import double, total\ndef scaled(x):\n    return double(x)\n", ("double",), id="one"),
        pytest.param("import alpha as a\ndef scaled(x):\n    return a.total(x)\n", ("total",), id="by its module"),
        pytest.param("from alpha import double as d\ndef scaled(x):\n    return d(x)\n", ("double",),
                     id="under another name"),
        pytest.param("from alpha import *\ndef _h(x):\n    return double(x)\ndef scaled(x):\n    return _h(x)\n",
                     ("double",), id="by way of a helper"),
        pytest.param("from alpha import total\nadd = lambda x: total(x)\ndef scaled(x):\n    return add(x)\n",
                     ("total",), id="by way of a lambda"),
        pytest.param("def scaled(x:\n    return 7\n", NEEDS, id="nobody can tell"),
    ],
)  # fmt: skip
def test_what_a_function_of_a_file_uses(beta: str, used: tuple[str, ...]) -> None:
    alpha = "def double(x):\n    return x + x\ndef total(x):\n    return sum(x)\n"
    assert used_in_files(submission({"alpha": alpha, "beta": beta}).sources, "scaled", NEEDS) == used


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("def scaled(x): return 7", ()),
        ("def scaled(x): return [double(i) for i in x]", ("double",)),
        ("def h(x): return total(x)\ndef scaled(x): return h(x)", ("total",)),
        ("d = double\ndef scaled(x): return d(x)", ("double",)),
    ],
)
def test_what_a_function_of_a_kernel_uses(code: str, used: tuple[str, ...]) -> None:
    names: dict[str, object] = {}
    exec("def double(x): return x\ndef total(x): return x\n" + code, names)
    assert used_live(names, "scaled", NEEDS) == used

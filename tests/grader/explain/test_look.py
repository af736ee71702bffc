"""A static look: what is certain is said, and right code hears nothing."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest

from grader.explain import look_at

ROOT = Path(__file__).parents[3]

#: Code of `f` (and helpers) → a part of the first remark.
TABLE = {
    "def f(x):\n    return 1\n    y = 2\n": "Line 3 never runs, because of the `return` in line 2",
    "def f(x):\n    raise ValueError\n    return x\n": "Line 3 never runs, because of the `raise`",
    "def f(x):\n    raise NotImplementedError\n    return x\n": "Line 2 still raises NotImplementedError",
    "def f(x):\n    for v in x:\n        s = v\n        return s\n": "ends in its first round",
    "def f(x):\n    if x < 0:\n        return ValueError('no')\n    return x\n": "`raise` in place of `return`",
    "def f(x, pad):\n    pad = 1\n    return x\n": "Line 2 gives the argument `pad` another value",
    "def f(x, y):\n    for x in y:\n        print(x)\n    return y\n": "Line 2 gives the argument `x` another value",
    "def f(x):\n    print(x + 1)\n": "`f` prints (line 2) and never returns a value",
    "def f(x):\n    yield x\n": "a call gives a generator",
    "def f(x):\n    return (a for a in x)\n": "Line 2 returns a generator",
    "def f(x):\n    return x.sum\n": "the brackets are missing, `x.sum()`",
    "def f(x):\n    m = x.max\n    return x - m\n": "the brackets are missing, `x.max()`",
    "def f(x):\n    return f\n": "Line 2 returns the function `f` itself",
    "def f(x):\n    out = []\n    for i in x:\n        out = out.append(i)\n    return out\n": "gives None",
    "def f(x, out=[]):\n    out.append(x)\n    return out\n": "The default of `out` (line 1) is made once",
    "def f(x):\n    for i in range(3):\n        y = i\n        i += 2\n    return y\n": "Line 4 changes `i`",
    "def f(x):\n    np.pad(x, 1)\n    return x\n": "Line 2, `np.pad(x, 1)`, gives its result back",
    "def f(x):\n    x + 1\n    return x\n": "Line 2, `x + 1`, computes something that nobody takes",
    "def f(x):\n    sorted(x)\n    return x\n": "Line 2, `sorted(x)`, gives its result back",
    "def f(x):\n    x.reshape(3)\n    return x\n": "Line 2, `x.reshape(3)`, gives its result back",
    "def f(x):\n    y = 1\n    y == 3\n    return y\n": "is `=` meant?",
    "def f(x):\n    return x ^ 2\n": "is no power",
    "def f(x):\n    t = 0\n    t =+ x\n    return t\n": "`=+` stores a new value",
    "def f(x):\n    if x == 1 or 2:\n        return x\n    return 0\n": "`x == 1 or 2` always holds",
    "def f(x):\n    np = 3\n    return np\n": "Line 2 gives the name `np` another value",
    "sum = 3\ndef f(x):\n    return sum(x)\n": "Line 1, outside the functions, gives the name `sum` another value",
    "def f(x):\n    return x\ndef f(x):\n    return 2 * x\n": "`f` is defined 2 times (lines 1, 3)",
    "def f(x):\n    return x\ndef f(x):\n    raise NotImplementedError\n": "defines it again, as the stub",
    "def g(x):\n    return 1\n    z = 1\ndef f(x):\n    return g(x)\n": "Line 3 never runs",
}
#: Nothing to say: right, or not for certain wrong.
SILENT = [
    "def f(x):\n    return x\n    raise NotImplementedError\n",
    "def f(x):\n    raise NotImplementedError\n",
    "def f(x):\n    for v in x:\n        if v < 0:\n            continue\n        return v\n",
    "def f(x, pad=None):\n    if pad is None:\n        pad = 1\n    return x + pad\n",
    "def f(x):\n    x = np.asarray(x)\n    return x\n",
    "def f(x):\n    x = x + 1\n    return x\n",
    "def f(x):\n    xs = [x]\n    xs.sort()\n    xs.append(3)\n    return xs\n",
    "def f(x, out=[]):\n    return [*out, x]\n",
    "def f(x):\n    print(x)\n    return x\n",
    "def g(x):\n    print(x)\ndef f(x):\n    g(x)\n    return x\n",
    "def f(x):\n    for i in range(3):\n        i = i * 2\n        print(i)\n    return x\n",
    "def f(x):\n    np.add.at(x, [1], 2)\n    np.random.shuffle(x)\n    np.multiply(x, 2, out=x)\n    return x\n",
    "def f(x):\n    total = x.sum\n    return total()\n",
    "def f(x):\n    try:\n        x + 1\n    except TypeError:\n        return 0\n    return x\n",
    "def f(x):\n    '''What it does.'''\n    ...\n    return x.T\n",
    "def f(n):\n    return 1 if n < 2 else n * f(n - 1)\n",
]


@pytest.mark.parametrize("code", TABLE, ids=lambda code: repr(code[-30:]))
def test_what_is_certain_is_said(code: str) -> None:
    found = look_at("f", [code])
    assert found
    assert TABLE[code] in found[0]


@pytest.mark.parametrize("code", SILENT, ids=lambda code: repr(code[-30:]))
def test_what_is_right_or_only_perhaps_wrong_is_passed_over(code: str) -> None:
    assert look_at("f", [code]) == []


@pytest.mark.slow
def test_the_reference_and_every_right_variant_hear_nothing() -> None:
    files = [*(ROOT / "solutions").rglob("*.py")]
    heard = {}
    for file in files:
        text = file.read_text(encoding="utf-8")
        functions = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
        for name in functions:
            # A helper may be a generator, or print; a function of an exercise gives a value.
            if remarks := look_at(name, [text], functions - {name}):
                heard[f"{file.name}:{name}"] = [
                    remark for remark in remarks if "generator" not in remark and " prints (" not in remark
                ]
    assert len(files) > 20
    assert not any(heard.values()), heard


def test_cells_of_a_notebook_are_one_chapter() -> None:
    cells = ["def f(x):\n    return x\n", "x = 1\n", "def f(x):\n    raise NotImplementedError\n"]
    assert "as the stub" in look_at("f", cells)[0]


@pytest.mark.parametrize(
    "text",
    ["", "def f(:", "def f(x):\n    return " + "-" * 100_000 + "x", "def f(x):\n    return x" + ".a" * 30_000,
     "def f(x):\n    x + 1\n" * 9_000, "def f(x):\n" + "    x + 1\n" * 15_000,
     "def f(" + ",".join(f"a{n}=[]" for n in range(5_000)) + "):\n" + "    x\n" * 5_000,
     "def f(x):\n" + "    return f\n" * 9_000, "\0", "\ud800"],
    ids=lambda text: repr(text[-20:]),
)  # fmt: skip
def test_no_source_makes_it_raise_or_say_too_much(text: str) -> None:
    before = time.process_time()
    assert len(look_at("f", [text, text])) <= 3
    assert time.process_time() - before < 3

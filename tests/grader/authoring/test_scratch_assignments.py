"""Forty small assignments, each of one kind of exercise or test: released, validated and graded by the real commands.

Right code gets its points, wrong code gets fewer, the untouched handout none; or the course is refused by name. In no
case is a grade silently wrong.
"""

from __future__ import annotations

import csv
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader import cli

from ..scratch import HEAD, case, scratch_course

HINTS = """
# %% [markdown] tags=["hints"] exercise="f"
# **Nudge.** Think.
#
# **Formula.** f = f
#
# **Worked example.** None.
"""
CONFTEST = """\
from pathlib import Path

import pytest
from grader.testing import OwnFunctions


@pytest.fixture
def student():
    return OwnFunctions(Path(__file__).parents[1])
"""
POINT = "from dataclasses import dataclass\n\n@dataclass\nclass Point:\n    x: float\n    y: float = 0.0\n\n"


@dataclass(frozen=True)
class Scratch:
    """right: other right code than the reference. fit: whether `validate` has nothing against it, as it has where tests
    see tame numbers only. signature: the line above the code."""

    reference: str
    test: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    before: str = ""
    check: str = "student.f(3)"
    fit: bool = True
    signature: str = "def f(x):"


def body(text: str) -> str:
    return textwrap.indent(textwrap.dedent(text).strip(), "    ")


def scratch(
    reference: str, test: str, *, right: tuple[str, ...] = (), wrong: tuple[str, ...], **more: Any
) -> Scratch:
    return Scratch(
        reference, case(test, more.pop("strategy", ""), more.pop("names", "")), right, wrong, **more
    )


LAYER = """
import numpy as np
def __init__(self, n, m):
    import numpy as np
    self.W, self.b = np.zeros((n, m)), np.zeros(m)
def forward(self, x):
    import numpy as np
    self.x = x
    return x @ self.W + self.b
def backward(self, dout):
    self.dW = self.x.T @ dout
    return dout @ self.W.T
""".replace("\nimport numpy as np\n", "\n", 1)
LAYER_TEST = """
rng = np.random.default_rng(1)
x, w, d = 300 * rng.normal(size=(4, 3)), 1e-3 * rng.normal(size=(3, 2)), rng.normal(size=(4, 2))
layer = student.f(3, 2)
agree(layer.b, np.zeros(2))
layer.W, layer.b = w, np.array([1.5, -2.0])
agree(layer.forward(x), x @ w + [1.5, -2.0], scale=10)
agree(layer.backward(d), d @ w.T)
agree(layer.dW, x.T @ d, scale=10, what="dW")
""".strip()
VECTOR = """
def __init__(self, x, y):
    self.x, self.y = x, y
def __add__(self, other):
    return f(self.x + other.x, self.y + other.y)
def __eq__(self, other):
    return self.x == other.x and self.y == other.y
def __str__(self):
    return f"({self.x}, {self.y})"
def __len__(self):
    return 2
"""
GRADED = {
    "a number": scratch(
        "return x * x + 1", "for x in (0, 1, 2, 5, 300):\n    agree(student.f(x), x * x + 1)",
        right=("return x ** 2 + 1.0",), wrong=("return x * x", "return 2 * x + 1", "return [x * x + 1]"),
    ),
    "a number, drawn": scratch(
        "return 3 * x + 2", "agree(student.f(x), reference.f(x), scale=abs(x) + 1)",
        strategy="@given(x=st.floats(-1e6, 1e6) | st.floats(-1e-3, 1e-3))", names="x",
        right=("return x + x + x + 2",), wrong=("return 3 * x", "return 3 * int(x) + 2"),
    ),
    "an integer, exactly": scratch(
        "p = 1\nfor k in range(2, x + 1):\n    p *= k\nreturn p",
        "for x in (0, 1, 2, 5, 30, 200):\n    assert student.f(x) == reference.f(x), 'the factorial'",
        right=("import math\nreturn math.factorial(x)",),
        wrong=("import math\nreturn math.gamma(x + 1) if x < 100 else 0", "return x"),
    ),
    "a bool": scratch(
        "return x % 2 == 0", "for x in range(8):\n    agree_value(student.f(x), x % 2 == 0)",
        right=("return not x % 2", "import numpy as np\nreturn np.bool_(x % 2 == 0)"),
        wrong=("return True", "return x % 2", "return str(x % 2 == 0)"),
    ),
    "None where there is nothing": scratch(
        "return x[0] if x else None",
        "agree_value(student.f([]), None)\nagree_value(student.f([4, 5]), 4)\nagree_value(student.f([0]), 0)",
        check="student.f([1])", wrong=("return x[0] if x else 0", "return None", "return x[0]"),
    ),
    "a text": scratch(
        "return x.strip().title()",
        "for x in ('ada lovelace', ' x ', '', 'a-b c'):\n    agree_text(student.f(x), x.strip().title())",
        check="student.f('a')", right=("return str.title(x).strip()",),
        wrong=("return x.title()", "return x.strip()", "return x.strip().upper()", "return None"),
    ),
    "lines of text": scratch(
        "return '\\n'.join('*' * n for n in range(1, x + 1))",
        "for x in (1, 3, 6):\n    agree_printed(student.f(x), '\\n'.join('*' * n for n in range(1, x + 1)))",
        right=("return ''.join('*' * n + ' \\n' for n in range(1, x + 1))",),
        wrong=("return '\\n'.join('*' * n for n in range(x))", "return '*' * x", "print('*')"),
    ),
    "a long text": scratch(
        "return 'ab' * x", "for x in (1, 50_000):\n    assert student.f(x) == 'ab' * x",
        wrong=("return ('ab' * x)[:2000]", "return 'a' * 2 * x"),
    ),
    "a list of numbers": scratch(
        "return [n * 0.1 for n in range(x)]",
        "for x in (0, 1, 5, 200):\n    agree_value(student.f(x), [n * 0.1 for n in range(x)])",
        right=("return [n / 10 for n in range(x)]", "import numpy as np\nreturn list(np.arange(x) * 0.1)"),
        wrong=("return [n * 0.1 for n in range(x + 1)]", "return [n * 0.11 for n in range(x)]", "return x * [0.1]"),
    ),
    "a list, sorted": scratch(
        "return sorted(x)", "assert student.f(x) == sorted(x)", check="student.f([2, 1])",
        strategy="@given(x=st.lists(st.integers(-9, 9), max_size=6))", names="x",
        right=("x = list(x)\nx.sort()\nreturn x",),
        wrong=("return x", "return sorted(set(x))", "return sorted(x)[::-1]"),
    ),
    "a list of lists": scratch(
        "return [[r * c for c in range(x)] for r in range(x)]",
        "for x in (1, 2, 4):\n    agree_value(student.f(x), [[r * c for c in range(x)] for r in range(x)])",
        wrong=("return [[r + c for c in range(x)] for r in range(x)]", "return [[0] * x] * x"),
    ),
    "a tuple of two": scratch(
        "return x // 3, x % 3", "for x in (0, 4, 8, 11):\n    agree(student.f(x), divmod(x, 3), what='quotient, rest')",
        right=("return divmod(x, 3)", "return [x // 3, x % 3]"), wrong=("return x % 3, x // 3", "return x // 3"),
    ),
    "a dict that counts": scratch(
        "counts = {}\nfor c in x:\n    counts[c] = counts.get(c, 0) + 1\nreturn counts",
        "for x in ('', 'a', 'banana'):\n    agree_value(student.f(x), {c: x.count(c) for c in x})",
        check="student.f('a')", right=("return {c: x.count(c) for c in set(x)}",),
        wrong=("return dict.fromkeys(x, 1)", "return {c: x.count(c) for c in x[1:]}", "return len(x)"),
    ),
    "a dict with numbers as keys": scratch(
        "return {n: n * n for n in range(x)}",
        "for x in (0, 1, 4):\n    agree_value(student.f(x), {n: n * n for n in range(x)})",
        wrong=("return {str(n): n * n for n in range(x)}", "return {n: n for n in range(x)}"),
    ),
    "a dict with tuples as keys": scratch(
        "return {(a, b): a + b for a in range(x) for b in range(x)}",
        "for x in (1, 3):\n    assert student.f(x) == {(a, b): a + b for a in range(x) for b in range(x)}",
        wrong=("return {str((a, b)): a + b for a in range(x) for b in range(x)}", "return {}"),
    ),
    "a set": scratch(
        "return set(x)", "for x in ('', 'abca', 'zz'):\n    agree_value(student.f(x), set(x))", check="student.f('a')",
        right=("return {*x}",), wrong=("return list(x)", "return set(x[:2])", "return set(x.upper())"),
    ),
    "bytes": scratch(
        "return x.encode('utf-8')", "for x in ('', 'aé', '\\0'):\n    agree_value(student.f(x), x.encode())",
        check="student.f('a')", wrong=("return x", "return x.encode('latin-1')"),
    ),
    "a complex number": scratch(
        "return x * 1j + 1", "for x in (0.0, 2.0, -3.5):\n    agree(student.f(x), 1 + x * 1j)",
        right=("return complex(1, x)",), wrong=("return x + 1", "return complex(x, 1)", "return complex(1, -x)"),
    ),
    "a complex array": scratch(
        "import numpy as np\nreturn np.fft.fft(x)",
        "for n in (1, 4, 5):\n    x = np.arange(n) + 0.5\n    agree(student.f(x), np.fft.fft(x), scale=4.0 * n)",
        check="student.f([1.0])",
        wrong=("import numpy as np\nreturn np.fft.fft(x).real", "import numpy as np\nreturn np.fft.ifft(x)"),
    ),
    "an array with NaN": scratch(
        "import numpy as np\nreturn np.where(x > 0, x, np.nan)",
        "x = np.array([1.0, -2.0, 0.5])\nagree(student.f(x), np.where(x > 0, x, np.nan), finite=False)\n"
        "agree(student.f(-x), np.where(-x > 0, -x, np.nan), finite=False)",
        check="import numpy as np\n    student.f(np.ones(1))",
        fit=False, wrong=("return x", "import numpy as np\nreturn np.where(x > 0, x, 0)", "return x * float('nan')"),
    ),
    "an array": scratch(
        "return x - x.mean(axis=0)", "agree(student.f(x), reference.f(x), scale=3)",
        strategy="@given(x=st.integers(1, 9).map(lambda n: np.random.RandomState(n).rand(n, 2)))", names="x",
        check="import numpy as np\n    student.f(np.ones((2, 2)))",
        fit=False, wrong=("return x - x.mean()", "return x", "return x - x.mean(axis=1, keepdims=True)"),
    ),
    "a table": scratch(
        "return [{'n': n, 'root': n ** 0.5} for n in range(x)]",
        "for x in (0, 1, 4):\n    agree_table(student.f(x), [{'n': n, 'root': n ** 0.5} for n in range(x)])",
        wrong=("return [{'n': n, 'root': n} for n in range(x)]", "return [{'n': n} for n in range(x)]", "return []"),
    ),
    "rows in any order": scratch(
        "return [(n, n % 3) for n in range(x)]",
        "for x in (1, 5):\n    agree_table(student.f(x), [(n, n % 3) for n in range(x)], any_order=True)",
        right=("return [(n, n % 3) for n in range(x)][::-1]",), wrong=("return [(n % 3, n) for n in range(x)]",),
    ),
    "a date": scratch(
        "import datetime\nreturn x + datetime.timedelta(days=7)",
        "for x in (datetime.date(2024, 2, 25), datetime.date(2023, 12, 31)):\n"
        "    agree_value(student.f(x), x + datetime.timedelta(days=7))",
        check="import datetime\n    student.f(datetime.date(2024, 1, 1))",
        wrong=("return x", "import datetime\nreturn x + datetime.timedelta(days=6)", "return str(x)"),
    ),
    "a dataclass": scratch(
        "return Point(x.y, x.x)",
        "for x in (Point(1, 2), Point(0.5, -1)):\n    agree_value(student.f(x), Point(x.y, x.x))",
        strategy=POINT, before=POINT, check="import types\n    student.f(types.SimpleNamespace(x=1, y=2))",
        wrong=("return x", "return (x.y, x.x)", "return Point(x.y)"),
    ),
    "an error to be raised": scratch(
        "if x < 0:\n    raise ValueError('negative')\nreturn x ** 0.5",
        "must_raise(ValueError, student.f, -1)\nfor x in (0.0, 4.0, 30.25):\n    agree(student.f(x), x ** 0.5)",
        fit=False,
        wrong=("return abs(x) ** 0.5", "if x < 0:\n    raise KeyError(x)\nreturn x ** 0.5", "raise ValueError"),
    ),
    "nothing changed in place": scratch(
        "return [n + 1 for n in x]", "x = [1, 2]\nagree_value(student.f(x), [2, 3])\nagree_value(student.f([0]), [1])",
        check="student.f([1])", wrong=("return x", "return [n for n in x]", "x += [1]"),
    ),
    "parametrize": scratch(
        "return x * 7", "agree_integer(student.f(n), 7 * n)",
        strategy="@pytest.mark.parametrize('n', [3])", names="n",
        wrong=("return x + 7", "return 7"),
    ),
    "a plain assert": scratch(
        "return x + 0.1", "for x in (0.2, 1.3, 5.0):\n    assert student.f(x) == pytest.approx(x + 0.1)",
        fit=False, wrong=("return x", "return x + 0.11"),
    ),
    "np.testing": scratch(
        "return x * 2.5",
        "for n in (2, 3):\n    x = np.arange(1.0, n)\n    np.testing.assert_allclose(student.f(x), 2.5 * x)",
        check="import numpy as np\n    student.f(np.ones(1))", fit=False, wrong=("return x * 2.4", "return [2.5]"),
    ),
    "pytest.fail": scratch(
        "return x + x", "for x in (1, 'a'):\n    if student.f(x) != x + x:\n        pytest.fail('doubled')",
        right=("return 2 * x",), wrong=("return x", "return None"),
    ),
    "random inputs": scratch(
        "return x - 1", "for _ in range(5):\n    n = random.randint(5, 99)\n    assert student.f(n) == n - 1",
        wrong=("return x", "return 4"),
    ),
    "a property": scratch(
        "return x[::-1]", "require(student.f(student.f(x)) == x, 'twice is nothing')\nassert student.f(x) == x[::-1]",
        strategy="@given(x=st.text(alphabet='abc', max_size=5))", names="x", check="student.f('a')",
        right=("return ''.join(reversed(x))",), wrong=("return x", "return x[::-1].upper()"),
    ),
    "a class": scratch(
        LAYER, LAYER_TEST, signature="class f:", check="student.f(2, 3)",
        right=(LAYER.replace("x @ self.W + self.b", "np.dot(x, self.W) + self.b"),),
        wrong=(
            LAYER.replace("x @ self.W + self.b", "x @ self.W"),
            LAYER.replace("self.x.T @ dout", "2 * self.x.T @ dout"),
            LAYER.replace("self.dW", "self.grad"),
            "pass", "def __getattr__(self, name):\n    return 0", "def __init__(self, n, m):\n    pass",
        ),
    ),
    "a class with operators": scratch(
        VECTOR, "v = student.f(1, 2) + student.f(3, 5)\nagree_value([v.x, v.y], [4, 7])\n"
        "agree_text(str(student.f(3, -1)), '(3, -1)')\nassert student.f(1, 2) == student.f(1, 2)\n"
        "assert student.f(1, 2) != student.f(2, 1)\nassert len(student.f(1, 2)) == 2\n"
        "assert not student.f(1, 2) == student.f(1, 3)\nassert not student.f(1, 2) == student.f(0, 2)",
        signature="class f:", check="student.f(2, 3)",
        wrong=(
            VECTOR.replace("self.y + other.y", "self.y"), VECTOR.replace("self.x == other.x", "True"),
            VECTOR.replace("self.y == other.y", "True"), VECTOR.replace("return 2", "return True"),
            VECTOR.replace("__str__", "__text__"),
        ),
    ),
    "functions as arguments": scratch(
        "for _ in range(50):\n    x = x - g(x) / dg(x)\nreturn x",
        "a = 2.0\nagree(student.f(lambda x: x * x - a, lambda x: 2 * x, 1.0), 2 ** 0.5)\n"
        "agree(student.f(np.cos, lambda x: -np.sin(x), 1.0), np.pi / 2)\n"
        "agree(student.f(cubed, lambda x: 3 * x * x, 3.0), 30 ** (1 / 3))",
        strategy="def cubed(x):\n    return cube(x) - 30\n\ndef cube(x):\n    return x ** 3\n",
        signature="def f(g, dg, x):", check="student.f(lambda x: x - 1, lambda x: 1, 0)", fit=False,
        right=("old = None\nwhile x != old and abs(g(x)) > 1e-13:\n    old, x = x, x - g(x) / dg(x)\nreturn x",),
        wrong=("return x", "return x - g(x) / dg(x)", "return 2 ** 0.5", "return g"),
    ),
    "a function that is returned": scratch(
        "return lambda y: x + y", "add = student.f(3)\nagree_integer(add(4), 7)\nagree_integer(student.f(-1)(1), 0)",
        right=("def add(y):\n    return y + x\nreturn add",),
        wrong=("return lambda y: x - y", "return x", "return lambda y: 7", "return lambda: 7"),
    ),
    "a generator": scratch(
        "a, b = 0, 1\nwhile True:\n    yield a\n    a, b = b, a + b",
        "agree_value(take(student.f(), 8), [0, 1, 1, 2, 3, 5, 8, 13])\nassert next(student.f()) == 0",
        signature="def f():", check="student.f()", fit=False,
        right=("from itertools import count\na, b = 0, 1\nfor _ in count():\n    yield a\n    a, b = b, a + b",),
        wrong=("yield from range(20)", "return [0]", "yield 0", "while True:\n    yield 1", "yield from ()"),
    ),
    "an argument changed in place": scratch(
        "for i in range(1, len(x)):\n    x[:i + 1] = sorted(x[:i + 1])",
        "for given in ([3, 1, 2], [], [2, 2, 1]):\n    seen = observe(student.f, given)\n"
        "    agree_value(seen.arguments[0], sorted(given))\n    agree_value(seen.result, None)",
        check="student.f([1])", right=("x.sort()",),
        wrong=("return sorted(x)", "x = sorted(x)", "x.sort()\nreturn x", "x[:] = [1, 2, 3]"),
    ),
    "printed output and input()": scratch(
        "name = input('Name? ')\nfor _ in range(x):\n    print('Hello', name)",
        "for n in (0, 1, 3):\n    seen = observe(student.f, n, typed=['Ada'])\n"
        "    agree_printed(seen.printed, n * 'Hello Ada\\n')",
        check="observe(student.f, 1, typed=['Ada'])",
        right=("import sys\nname = sys.stdin.readline().strip()\nsys.stdout.write(x * f'Hello {name}\\n')",),
        wrong=(
            "print('Hello Ada')", "name = input()\nprint('Hello', name)", "return x * 'Hello Ada\\n'",
            "input(input())",
        ),
    ),
    "a seeded generator of random numbers": scratch(
        "return x.normal(size=3).cumsum()",
        "for n in (1, 2):\n    rng = np.random.default_rng(n)\n    agree(student.f(rng), reference.f(rng), scale=9)",
        check="import numpy as np\n    student.f(np.random.default_rng(1))",
        right=("import numpy as np\nreturn np.cumsum(x.normal(0, 1, 3))",),
        wrong=("return x.normal(size=3)", "return x.random(3).cumsum()", "import numpy as np\nreturn np.zeros(3)"),
    ),
}  # fmt: skip
AGREE = "agree(student.f(3), 6)"
FIXTURE = "@pytest.fixture{}\ndef made():\n    return 3\n"
REFUSED = {
    "a fixture": (case("agree(student.f(made), 6)", FIXTURE.format(""), "made"), "the fixture made"),
    "capsys": (case(AGREE, "", "capsys"), "the fixture capsys"),
    "pytest.raises": (case("with pytest.raises(ValueError):\n    student.f(-1)"), "pytest.raises"),
    "assume": (case("assume(n > 1)\nagree(student.f(n), 2 * n)", "@given(n=st.integers(0, 9))", "n"), "assume"),
    "st.data": (case("agree(student.f(data.draw(st.just(3))), 6)", "@given(data=st.data())", "data"), "st.data()"),
    "luck": (case("n = np.random.default_rng().random()\nagree(student.f(n), 2 * n)"), "different calls"),
    "a Fraction": (case("assert student.f(Fraction(1, 3)) * 3 == 2"), "a Fraction does not cross"),
    "skipif": (case(AGREE, "@pytest.mark.skipif(True, reason='no')"), "mark.skipif"),
    "a class": (
        f"{HEAD}\nclass TestF:\n    @pytest.mark.exercise('f', points=2)\n"
        "    def test_f(self, student):\n        '''It doubles'''\n        agree(student.f(3), 6)\n",
        "classes",
    ),
}  # fmt: skip


def command(
    *words: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    """Exit code and output of `grader WORDS`."""
    monkeypatch.setattr("sys.argv", ["grader", *map(str, words)])
    with pytest.raises(SystemExit) as done:
        cli.main()
    said = capsys.readouterr()
    return int(done.value.code or 0), " ".join((said.out + said.err).split())


def written(root: Path, one: Scratch) -> Path:
    """The course in `root`, and beside it the class: `right-N`, `wrong-N`."""
    solution = (
        f"{one.before}{one.signature}\n    ### BEGIN SOLUTION\n{body(one.reference)}\n    ### END SOLUTION\n"
    )
    check = (
        'import pytest\nfrom grader.testing import observe\n\n\n@pytest.mark.exercise("f")\n'
        f'def test_f(student):\n    """It runs"""\n    {one.check}\n'
    )
    checks = {"test_one.py": check, "conftest.py": CONFTEST}
    files = {f"solutions/scratch/checks/{name}": text for name, text in checks.items()}
    scratch_course(root / "course", one.test, f"# %%\n{solution}{HINTS}", files)
    for kind, codes in (("right", (one.reference, *one.right)), ("wrong", one.wrong)):
        for number, code in enumerate(codes):
            folder = root / "class" / f"{kind}-{number}"
            folder.mkdir(parents=True)
            text = f"{one.before}{one.signature}\n{body(code)}\n"
            (folder / "one.py").write_text(text, encoding="utf-8")
    return root / "course"


def scores(out: Path) -> dict[str, float]:
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: float(row["score"]) for row in csv.DictReader(file)}


def check_grading(
    name: str, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tools: Any = {"monkeypatch": monkeypatch, "capsys": capsys}
    course = written(root, GRADED[name])
    code, said = command("release", "--course", course, **tools)
    assert code == 0, said
    stub = root / "class" / "stub"
    stub.mkdir()
    (stub / "one.py").write_bytes((course / "exercises" / "scratch" / "one.py").read_bytes())
    code, said = command(
        "grade", root / "class", "--out", root / "out", "--jobs", 1, "--course", course, **tools
    )
    assert code == 0, said
    found = scores(root / "out")
    assert {who: found[who] for who in found if who.startswith("right")} == {
        who: 2 for who in found if who.startswith("right")
    }
    assert {who for who, score in found.items() if score >= 2 and not who.startswith("right")} == set()
    assert found["stub"] == 0
    assert len(found) == 2 + len(GRADED[name].right) + len(GRADED[name].wrong)


@pytest.mark.slow
@pytest.mark.parametrize("name", GRADED)
def test_right_code_gets_all_points_and_wrong_code_fewer(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check_grading(name, tmp_path, monkeypatch, capsys)
    if GRADED[name].fit:
        code, said = command(
            "validate", "--course", tmp_path / "course", monkeypatch=monkeypatch, capsys=capsys
        )
        assert (code, "scratch: fit to grade with" in said) == (0, True), said


@pytest.mark.parametrize("name", ["a dict that counts"])
def test_an_assignment_is_released_and_graded(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check_grading(name, tmp_path, monkeypatch, capsys)


@pytest.mark.sampled
@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_graded_is_refused_by_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    test, words = REFUSED[name]
    course = written(tmp_path, Scratch("return 2 * x", test, (), ("return x",)))
    for arguments in (("grade", tmp_path / "class", "--out", tmp_path / "out"), ("validate",)):
        code, said = command(*arguments, "--course", course, monkeypatch=monkeypatch, capsys=capsys)
        assert code in (1, 2)
        assert words in said
        assert "test_one.py" in said
        assert "Traceback" not in said
    assert not (tmp_path / "out" / "grades.csv").exists()


def test_they_are_forty() -> None:
    assert len(GRADED) + len(REFUSED) >= 40

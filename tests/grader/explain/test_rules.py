"""Rules about the source: what counts as a call, as a loop, and what can't be looked at."""

from __future__ import annotations

import time

import pytest

from grader.explain import Unread, uncalled, used, written_with

CALLS = {
    "def f(x):\n    return g(x)": True,
    "def f(x):\n    return help_me(x)\ndef help_me(x):\n    return g(x)": True,
    "import other\ndef f(x):\n    return other.g(x)": True,
    "from other import g as h\ndef f(x):\n    return h(x)": True,
    "def f(x):\n    return k(x)\ndef k(x):\n    return g(x)": False,  # k is another exercise
    "def f(x):\n    'g(x)'\n    return g": False,
    "def f(x):\n    return x  # g(x)\ndef unused(x):\n    return g(x)": False,
}


@pytest.mark.parametrize("source", CALLS)
def test_what_counts_as_a_call(source: str) -> None:
    assert (uncalled("f", [source], ["f", "g", "k"], "g") == "") is CALLS[source]


USES = {
    "import numpy as np\ndef f(x):\n    return np.convolve(x, x)": "line 3",
    "import numpy\ndef f(x):\n    c = numpy.convolve\n    return c(x, x)": "line 3",
    "from numpy import convolve\ndef f(x):\n    return convolve(x, x)": "line 3",
    "from numpy import convolve as c\ndef f(x):\n    return c(x, x)": "line 3",
    "def f(x):\n    import numpy as n\n    return n.convolve(x, x)": "line 3",
    "import numpy as np\ndef f(x):\n    return np.dot(x, x)": "",
    "def f(x):\n    return x.convolve()": "",
    "def f(x):\n    return 'np.convolve'": "",
}


@pytest.mark.parametrize("source", USES)
def test_what_counts_as_use_of_a_function_of_a_package(source: str) -> None:
    assert USES[source] in used("f", [source], ["f"], ["np.convolve"])
    assert bool(used("f", [source], ["f"], ["np.convolve"])) is bool(USES[source])


def test_a_bare_name_is_also_a_method() -> None:
    assert "sort is used in line 2" in used("f", ["def f(x):\n    x.sort()"], ["f"], ["sorted", "sort"])
    assert used("f", ["def f(x):\n    return sorted_by_me(x)"], ["f"], ["sorted"]) == ""


@pytest.mark.parametrize(
    ("body", "construct", "holds"),
    [
        ("for _ in x:\n        pass", "for", False),
        ("while x:\n        x = 0", "while", False),
        ("return [y for y in x]", "for", True),
        ("return [y for y in x]", "comprehension", False),
        ("return f(x - 1)", "recursion", False),
        ("return g(x - 1)", "recursion", True),
        ("return x + x", "for", True),
    ],
)
def test_constructs(body: str, construct: str, holds: bool) -> None:
    assert (written_with("f", [f"def f(x):\n    {body}"], ["f"], [construct]) == "") is holds


@pytest.mark.parametrize(
    "source", ["", "def g(x): pass", "def f(", "x" * 200_000, "(" * 5000 + "\ndef f(x):"]
)
def test_what_can_not_be_looked_at_is_said(source: str) -> None:
    with pytest.raises(Unread):
        used("f", [source], ["f"], ["sorted"])


@pytest.mark.parametrize(
    "texts",
    [
        ["def f(x):\n" + "    x = x + [0]\n" * 6000],
        ["def f(x):\n    return x\n", *(f"y{number} = 1\n" * 9000 for number in range(100))],
    ],
)
def test_a_source_of_any_length_takes_little_time(texts: list[str]) -> None:
    started = time.process_time()
    with pytest.raises(Unread, match="too long"):
        used("f", texts, ["f"], ["sorted"])
    assert time.process_time() - started < 2

"""Syntax errors: the line, what is marked, the function it stands in, and the plain sentence."""

from __future__ import annotations

import warnings

import pytest

from grader.explain import explain_syntax
from grader.result import Fault
from grader.wall import Broken, statements_of

ABOVE = "import numpy as np\n\ndef a(x):\n    return x\n\n"
F = "def f(x):\n"

#: Code below ABOVE → (line, what is marked, a part of what is said).
TABLE = {
    "def f(x)\n    return x\n": (6, "f(x)"[-1:], "A `:` is missing"),
    F + "    for i in range(3)\n        pass\n": (7, ")", "A `:` is missing"),
    F + "    if x = 3:\n        pass\n": (7, "x = 3", "two values are compared with `==`"),
    F + "    y = g(x, (1, 2)\n    return y\n": (7, "(", "This `(` is never closed"),
    F + "    y = [1, 2\n\n    return y\n\ndef g(y):\n    return y\n": (7, "[", "This `[` is never closed"),
    F + "    y = x)\n": (7, ")", "one `)` too many"),
    F + "    y = [x)\n": (7, ")", "A `[` is open, and `)` does not close it"),
    F + "    for i in x:\n    y = 1\n": (8, "y", "inside the `for` of line 7"),
    F + "return x\n": (7, "return", "inside the function of line 6"),
    F + "    y = 1\n      z = 2\n": (8, "z", "further to the right than the one above"),
    F + "        y = 1\n    z = 2\n": (8, "2", "no line above it begins"),
    F + "    if x:\n\ty = 2\n        z = 3\n": (8, "y", "Tabs and spaces are mixed"),
    F + "    return “a”\n": (7, "“", "The quote “ is one of a text program's"),
    F + "    return x – 1\n": (7, "–", "write a plain minus"),
    F + "    return x\u00a0+ 1\n": (7, "\u00a0", "an invisible character"),
    F + "    return x ≤ 3\n": (7, "≤", "write `<=`"),
    F + "    return 'abc\n": (7, "'", "the second quote is missing"),
    F + '    """abc\n    return x\n': (7, '"', "three quotes open here"),
    F + "    print x\n": (7, "print x", "`print(...)`"),
    F + "    g(x) = 3\n": (7, "g(x)", "On the left of `=`"),
    F + "    None = 3\n": (7, "None", "a word of Python's own"),
    F + "    lambda = 3\n": (7, "=", "`lambda` is a word of Python's own"),
    F + "    y = np.zeros(3 4)\n": (7, "3 4", "a comma, an operator"),
    F + "    y = 2 x\n": (7, "x", "An operator is missing"),
    F + "    y = 2x\n": (7, "2", "A name can't begin with a digit"),
    F + "    y = x *\n": (7, "*", "Something is missing here"),
    F + "    return g(a=1, 2)\n": (7, ")", "come after those without"),
    "def f(a=1, b):\n    pass\n": (6, "b", "come after those without"),
    "def f:\n    pass\n": (6, ":", "round brackets"),
    "function f(x):\n    pass\n": (6, "f", "begins with `def`"),
    F + "    else if x:\n        pass\n": (7, "else", "written `elif`"),
    F + "    else:\n        pass\n": (7, "else", "belongs to no block above"),
    F + "    if x && y:\n        pass\n": (7, "&", "`and`, not `&&`"),
    F + "    if !x:\n        pass\n": (7, "!", "`not`, not `!`"),
    F + "    if x => 3:\n        pass\n": (7, "=", "written `>=`"),
    F + "    x++\n": (7, "+", "no `++`"),
    F + "    retrun x\n": (7, "x", "Is `return` meant"),
    F + "    y = f'{x'\n": (7, "'", "Something is wrong between the { }"),
    F + "    y = 012\n": (7, "0", "does not begin with 0"),
    F + "    x = 3 if x\n": (7, "3 if x", "needs both"),
    F + "    try:\n        y = 1\n    return y\n": (9, "return", "`except …:`"),
}


def fault_of(text: str) -> Fault | None:
    """As a worker says it: of the first piece that is no Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = next(step for step in statements_of(text) if isinstance(step, Broken))
            message, line, columns = found.message, found.line, found.columns
        except SyntaxError as error:
            message, line, columns = str(error.msg), error.lineno, (error.offset, None)
    return explain_syntax(message, text, file="alpha.py", line=line, column=columns[0], end_column=columns[1])


@pytest.mark.parametrize("code", TABLE, ids=lambda code: repr(code[-30:]))
def test_each_mistake_gets_its_line_and_sentence(code: str) -> None:
    fault = fault_of(ABOVE + code)
    assert fault is not None
    (place,) = fault.places
    line, marked, said = TABLE[code]
    assert (place.line, place.code[place.start : place.end]) == (line, marked)
    assert place.function == ("" if code.startswith("function") else "f")
    assert said in fault.says


def test_a_line_outside_the_functions_belongs_to_none() -> None:
    fault = fault_of(f"{ABOVE}{F}    return x\n\ny = [1, 2\n")
    assert fault is not None
    assert fault.places[0].function == ""


@pytest.mark.parametrize("line", [None, 0, -3, 10**6])
def test_a_line_that_is_not_there_shows_nothing(line: int | None) -> None:
    assert explain_syntax("invalid syntax", "x = 1\n", file="alpha.py", line=line) is None


@pytest.mark.parametrize(
    "message", ["", "invalid syntax", "'(' was never closed", "\x1b[31m", "expected ':'" * 50]
)
@pytest.mark.parametrize("column", [None, 0, -1, 3, 10**6])
def test_whatever_a_worker_says_a_line_is_shown_safely(message: str, column: int | None) -> None:
    text = "def f(x):\n    y = \x1b[31m“„\u202e" + "z" * 5000
    fault = explain_syntax(message, text, file="alpha.py", line=2, column=column, end_column=column)
    assert fault is not None
    (place,) = fault.places
    assert len(place.code) <= 150
    assert 0 <= place.start <= place.end <= len(place.code)

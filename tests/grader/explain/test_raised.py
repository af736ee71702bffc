"""Beginners' errors that raise: the sentence that each gets, and what a hostile worker or source can't do to it."""

from __future__ import annotations

import math
import re
import time
from pathlib import Path

import numpy as np
import pytest

from grader.errors import Frame, StudentRaised
from grader.explain import explain_raised
from grader.result import Fault
from grader.wall import frames_of

#: Read it with fresh eyes: a name, the code (below two imports and an empty line), the call, and what a student reads.
TABLE = Path(__file__).with_name("raised.txt").read_text(encoding="utf-8")
IMPORTS = "import math\nimport numpy as np\n\n"


def cases() -> list[tuple[str, str, str, str]]:
    found = []
    for block in TABLE.split("## ")[1:]:
        head, _, rest = block.partition("\n")
        code, _, rest = rest.partition(">>> ")
        call, _, said = rest.strip().partition("\n")
        found.append((head, code, call, said))
    return found


def raised_by(source: str, call: str) -> StudentRaised:
    names = {"np": np, "math": math}
    exec(compile(source, "alpha.py", "exec", dont_inherit=True), names)
    try:
        eval(call, {**names, "np": np})
    except BaseException as error:
        frames = frames_of(error, lambda code: code.co_filename == "alpha.py")
        kinds = tuple(kind.__name__ for kind in type(error).__mro__)
        text = str(error)[:300]
        return StudentRaised(
            kinds[0], text, lineage=kinds, frames=tuple(Frame(file, *numbers) for file, *numbers in frames)
        )
    raise AssertionError("it does not raise")


def explained(source: str, call: str) -> Fault:
    return explain_raised(raised_by(source, call), {"alpha.py": source}, "f")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("code", "call", "said"), [pytest.param(*case[1:], id=case[0]) for case in cases()])
def test_each_beginners_error_gets_its_sentence(code: str, call: str, said: str) -> None:
    fault = explained(IMPORTS + code, call)
    kind, _, sentence = said.partition(": ")
    assert (fault.kind, fault.says) == (kind, sentence)
    if "hands over" not in sentence or fault.places:
        assert all(place.code.strip() in code for place in fault.places)


def test_the_table_is_long_and_every_sentence_is_one_that_ends() -> None:
    table = cases()
    assert len(table) >= 100
    assert len({name for name, *_ in table}) == len(table)
    assert all(said.rstrip()[-1] in ".?" for *_, said in table)


def marked(fault: Fault) -> list[tuple[int, str, str]]:
    return [(place.line, place.function, place.code[place.start : place.end]) for place in fault.places]


def test_the_line_in_the_exercise_comes_first_and_the_innermost_last() -> None:
    source = "def h(y):\n    return y[3] + 1\ndef g(y):\n    return h(y) * 2\ndef f(x):\n    a = 1\n    return g([x])\n"
    assert marked(explained(source, "f(1)")) == [(7, "f", "g([x])"), (4, "g", "h(y)"), (2, "h", "y[3]")]


def test_endless_recursion_is_shown_by_a_few_lines() -> None:
    fault = explained("def f(x):\n    return f(x) + 1\n", "f(1)")
    assert marked(fault) == [(2, "f", "f(x)")]


def test_what_is_marked_is_right_behind_letters_of_several_bytes() -> None:
    assert marked(explained("def f(x):\n    return 'äöü€' + x[3]\n", "f([1])")) == [(2, "f", "x[3]")]


def test_a_helper_that_spoils_its_argument_itself_is_not_blamed_on_the_caller() -> None:
    source = "def g(x):\n    x = x[0]\n    n, m = x.shape\ndef f(x):\n    return g(x)\n"
    assert "hands over" not in explained(source, "f(np.ones((2, 3)))").says
    assert "hands over" in explained(source.replace("x = x[0]", "y = 0"), "f(np.ones(3))").says


def test_that_a_method_is_handed_its_object_is_no_question() -> None:
    source = (
        "class f:\n    def a(self):\n        return self._b()\n    def c(self):\n        return self.a()\n"
    )
    says = explained(source, "f().c()").says
    assert "`f`, which has no `._b`" in says
    assert "hands over" not in says


def test_a_source_broken_elsewhere_is_read_as_far_as_it_goes() -> None:
    source = "def f(x):\n    return x[3]\n"
    fault = explain_raised(raised_by(source, "f([1])"), {"alpha.py": f"{source}def g(:\n    pass\n"}, "f")
    assert fault.says.startswith("The list `x` has no element `3`")


HOSTILE_FRAMES = [
    Frame("alpha.py", 1, 1, -1, -1),
    Frame("alpha.py", 99999, 99999, 0, 5),
    Frame("alpha.py", 2, 1, 900000, 3),
    Frame("alpha.py", -1, -1, -1, -1),
    Frame("/etc/passwd", 1, 1, 0, 3),
    Frame("alpha.py", 2, 9999999, 0, 9999999),
]
HOSTILE_SOURCES = [
    "",
    "\0",
    "(" * 5000,
    "-" * 100_000 + "1",
    "def f(x):\n    return " + "+".join("x" * 3000),
    "def f(x):\n    return x" + ".a" * 20_000,
    "def f(x):\n" + "    if x: pass\n    elif x: pass\n" * 20_000,
    "def f(x):\n    return x\n" * 5_000,
    "def f(x):\n" + "    a, b = c, d\n" * 6_000,
    "def f(" + ",".join(f"a{n}=[]" for n in range(5_000)) + "):\n" + "    x\n" * 5_000,
    "def f(x):\n    y = " + "+".join(f"n{n}/2" for n in range(500)) + "\n" + "    x\n" * 9_000,
    "\ud800",
]


@pytest.mark.parametrize("source", HOSTILE_SOURCES, ids=lambda source: repr(source[:20]))
def test_no_source_and_no_frame_makes_it_raise_or_take_long(source: str) -> None:
    before = time.process_time()
    for frame in HOSTILE_FRAMES:
        for kind, text in (
            ("NameError", "name 'f' is not defined"),
            ("IndexError", "list index out of range"),
        ):
            raised = StudentRaised(kind, text, lineage=(kind,), frames=(frame, frame))
            fault = explain_raised(raised, {"alpha.py": source}, "f")
            assert len(fault.places) <= 3
            assert all(len(place.code) <= 150 for place in fault.places)
    assert time.process_time() - before < 3


def test_no_text_of_an_exception_is_read_for_long_or_shown_unchecked() -> None:
    source = "def f(x):\n    return x[0, 1] + x\n"
    frame = Frame("alpha.py", 2, 2, 11, 18)
    kinds = ("ValueError", "TypeError", "IndexError", "KeyError", "AttributeError", "ZeroDivisionError")
    openings = sorted(set(re.findall(r"^\w+Error: ", TABLE, re.M)))
    texts = [
        "(" * 300,
        "shapes " + "(1," * 100,
        "'" * 300,
        "operands could not be broadcast together with shapes " + "(9" * 90,
    ]
    texts += [
        "cannot reshape array of size 1 into shape (" + "9," * 90,
        "<b>\x1b[31m\u202e" * 20,
        "9" * 300,
        *openings,
    ]
    before = time.process_time()
    for kind in kinds:
        for text in texts:
            raised = StudentRaised(kind, text, lineage=(kind,), frames=(frame,))
            said = explain_raised(raised, {"alpha.py": source}, "f").says
            assert "\x1b" not in said
            assert "\u202e" not in said
            assert len(said) < 500
    assert time.process_time() - before < 2

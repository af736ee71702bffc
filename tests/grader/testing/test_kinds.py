"""Objects, functions as arguments, generators, printed output: what tests may do with them, and what students read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.course import Reference, stub_text
from grader.errors import CourseError
from grader.grading import Grader
from grader.testing import (
    Mismatch,
    agree,
    agree_integer,
    agree_shapes,
    agree_table,
    agree_text,
    agree_value,
    observe,
    take,
)
from grader.wall import InProcess

from ..conftest import submission
from ..scratch import case, graded, scratch_course

LAYER = """
import numpy as np
class f:
    def __init__(self, n):
        self.W, self.sum = np.ones(n), 0.0
    def forward(self, x):
        self.sum = self.sum + x.sum()
        return x * self.W / 3.0
"""
ENDLESS = "def f():\n    while True:\n        yield 1\n"


def message(root: Path, test: str, reference: str, code: str) -> str:
    (result,) = graded(root, test, code, reference=reference)
    assert result.score == 0
    return result.exercise("f").tests[0].message


def example(root: Path, test: str, reference: str, code: str) -> str:
    (result,) = graded(root, test, code, reference=reference)
    return str(result.exercise("f").tests[0].example)


def test_what_is_shown_of_an_object_is_all_that_led_there(tmp_path: Path) -> None:
    body = "layer = student.f(2)\nlayer.W = np.arange(2.0)\nlayer.forward(np.ones(2))\nagree(layer.sum, 2.0)"
    code = LAYER.replace("self.sum + x", "self.sum - x")
    assert example(tmp_path, case(body), LAYER, code) == (
        "it = f(n=2)\nit.W = np.array([0., 1.])\nit.forward(x=np.array([1., 1.]))\nit.sum"
    )


def test_of_many_calls_the_first_and_the_last_are_shown(tmp_path: Path) -> None:
    body = "layer = student.f(1)\nfor n in range(99):\n    layer.W = np.ones(1) * n\nagree(layer.sum, 0.0)"
    lines = example(tmp_path, case(body), LAYER, LAYER.replace("0.0", "1.0")).splitlines()
    assert lines[0] == "it = f(n=1)"
    assert lines[12] == "# … 77 more lines"
    assert lines[-1] == "it.sum"
    assert len(lines) == 25


def test_a_result_that_is_put_in_again_counts_once(tmp_path: Path) -> None:
    """A forward pass that differs in its last bits leads to other calls: nothing may have been called ahead."""
    body = "layer = student.f(2)\nlayer.forward(layer.forward(np.ones(2)))\nagree(layer.sum, 2 + 2 / 3)"
    other = LAYER.replace("x * self.W / 3.0", "x * (self.W / 3.0 + 1e-16)")
    for result in graded(tmp_path, case(body), LAYER, other, reference=LAYER):
        assert result.score == 2


def test_two_tests_have_objects_of_their_own(tmp_path: Path) -> None:
    one = case("layer = student.f(2)\nlayer.forward(np.ones(2))\nagree(layer.sum, 2.0)", points=1)
    two = one.partition("@pytest.mark")[2].replace("test_f", "test_again")
    (result,) = graded(tmp_path, f"{one}\n\n@pytest.mark{two}", LAYER, reference=LAYER)
    assert result.score == 2


def test_drawn_inputs_reach_objects_and_a_small_one_is_shown(tmp_path: Path) -> None:
    test = case(
        "layer, right = student.f(len(x)), reference.f(len(x))\n"
        "agree(layer.forward(np.array(x)), right.forward(np.array(x)), scale=100)",
        "@given(x=st.lists(st.integers(-9, 9).map(float), min_size=1, max_size=6))",
        "x",
    )
    wrong = LAYER.replace("/ 3.0", "/ 3.0 + (x > 4)")
    right, failed = graded(tmp_path, test, LAYER, wrong, reference=LAYER)
    assert right.score == 2
    shown = failed.exercise("f").tests[0]
    assert shown.example.startswith("it = f(n=1)\nit.forward(x=np.array([")
    assert shown.evidence is not None


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("reference", "body", "words"),
    [
        (ENDLESS, "for value in student.f():\n    pass", "take"),
        (LAYER, "layer = student.f(2)\nlayer.W[0] = 3.0\nagree(layer.W, [3.0, 1.0])", "read-only"),
        (
            LAYER,
            "reference.f(student.f(2))\nagree(student.f(2).sum, 0.0)",
            "another run, or is the student's",
        ),
        (LAYER, "kept.append(student.f(2))\nagree(kept[0].sum, 0.0)", "another run"),
        (LAYER, "student.f(2)", "looks at nothing"),
        (LAYER, "agree(student.f(2)._sum, 0.0)", "_sum"),
        ("def f(g):\n    return g(2)\n", "agree(student.f(lambda x: reference.f(abs)), 2)", "uses reference"),
        ("def f(g):\n    return g(2)\n", "agree(student.f(lambda x: Own() and 3), 3)", "a type does not"),
    ],
)
def test_what_can_not_be_meant_is_refused_when_the_course_is_loaded(
    reference: str, body: str, words: str, tmp_path: Path
) -> None:
    names = "class Own:\n    pass\n\nkept = []"
    with pytest.raises(CourseError, match=words):
        graded(tmp_path, case(body, names), reference, reference=reference)


def test_a_number_in_the_place_of_an_object_is_said(tmp_path: Path) -> None:
    said = message(
        tmp_path, case("agree(student.f(3)(4), 7)"), "def f(n):\n    return lambda x: x + n\n", "f = abs"
    )
    assert said == "returned int 3, where something is asked for that can be used further"


def test_an_object_in_the_place_of_a_number_is_an_answer_like_before(tmp_path: Path) -> None:
    said = message(
        tmp_path, case("agree(student.f(3), 6)"), "def f(x):\n    return 6\n", "def f(x):\n    return f\n"
    )
    assert said == "returned a value of type function"


def test_a_method_that_is_not_written_is_said_and_another_ones_is_named(tmp_path: Path) -> None:
    stub = LAYER.replace("self.sum = self.sum + x.sum()", "raise NotImplementedError")
    (result,) = graded(
        tmp_path, case("agree(student.f(2).forward(np.ones(2)), 1 / 3 * np.ones(2))"), stub, reference=LAYER
    )
    assert result.exercise("f").status == "missing"
    assert result.exercise("f").tests[0].message == "f.forward is not written yet"


def test_given_functions_are_shown_with_what_they_name(tmp_path: Path) -> None:
    before = 'A = 2.0\ndef g(x):\n    """Its words."""\n    return h(x) - A\n\ndef h(x):\n    return x * x\n'
    reference = "def f(g, dg):\n    return g(1) + dg(1)\n"
    shown = example(
        tmp_path, case("agree(student.f(g, lambda x: 2 * x), 1.0)", before), reference, reference[:-9]
    )
    assert shown == (
        "def g(x):\n    return h(x) - A\ndef h(x):\n    return x * x\nA = 2.0\nf(g=g, dg=lambda x: 2 * x)"
    )


def test_nothing_that_the_reference_prints_is_seen(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    reference = "def f(x):\n    print('solution')\n    return 2 * x\n"
    seen = "agree_text(observe(student.f, 3).printed, observe(reference.f, 3).printed)"
    body = f"agree(student.f(3), reference.f(3))\n{seen}"
    (result,) = graded(tmp_path, case(body), reference, reference=reference)
    assert result.score == 2
    assert "solution" not in "".join(capfd.readouterr())


def test_in_a_plain_pytest_run_functions_are_watched_here(capsys: pytest.CaptureFixture[str]) -> None:
    def ask(values: list[int]) -> None:
        values.append(int(input("? ")))
        print(values)

    mine = [1]
    seen = observe(ask, mine, typed=["7"])
    assert (seen.result, seen.arguments, seen.printed) == (None, [[1, 7]], "[1, 7]\n")
    assert take(iter(range(99)), 2) == take(range(9), 2) == [0, 1]


@pytest.mark.parametrize(
    "compare",
    [
        lambda got: agree(got, np.ones(3)),
        lambda got: agree_integer(got, 3),
        lambda got: agree_value(got, [1.0, 1.0, 1.0]),
        lambda got: agree_value([got], [3]),
        lambda got: agree_text(got, "x"),
        lambda got: agree_table(got, [{"a": 1}]),
        lambda got: agree_shapes(got, [(1,)]),
    ],
)
def test_no_comparison_asks_an_object_anything(compare: Callable[[Any], None]) -> None:
    asked: list[str] = []

    class Hostile:
        def __getattribute__(self, name: str) -> Any:
            asked.append(name)
            return 3

        def __eq__(self, other: object) -> bool:
            asked.append("==")
            return True

        __len__ = __str__ = __array__ = __getitem__ = __getattribute__  # type: ignore[assignment]
        __hash__ = None  # type: ignore[assignment]

    made = InProcess(Reference({"Hostile": Hostile})).Hostile()
    asked.clear()
    with pytest.raises(Mismatch) as caught:
        compare(made)
    assert asked == []
    assert "an object, a function or a generator" in caught.value.message


def test_objects_of_the_reference_take_and_give_copies() -> None:
    class Keeps:
        def __init__(self, x: np.ndarray) -> None:
            self.x = x

        def double(self) -> None:
            self.x *= 2

    handle = InProcess(Reference({"Keeps": Keeps}))
    given = np.ones(2)
    made = handle.Keeps(given)
    before = made.x
    made.double()
    agree(given, np.ones(2))
    agree(before, np.ones(2))
    agree(made.x, 2 * np.ones(2))
    assert repr(made) == "<Keeps()>"


def test_the_handout_of_a_class_has_stubs(tmp_path: Path) -> None:
    chapter = tmp_path / "one.py"
    begin, end = "### BEGIN SOLUTION", "### END SOLUTION"
    chapter.write_text(
        f"# %%\nclass A:\n    def __init__(self):\n        self.n = 1\n\n    def more(self):\n        {begin}\n"
        f"        return self.n\n        {end}\n\n# %%\nclass B:\n    {begin}\n    def __init__(self, x):\n"
        f"        self.x = x\n    {end}\n\n# %%\nclass C:\n    {begin}\n    def other(self):\n"
        f"        return 1\n    {end}\n",
        encoding="utf-8",
    )
    text = stub_text(chapter)
    assert 'raise NotImplementedError("A.more is not written yet")' in text
    assert (
        'def __init__(self, *args, **kwargs):\n        raise NotImplementedError("B is not written yet")'
        in text
    )
    assert "class C:\n    pass" in text
    compile(text, "one.py", "exec")


def test_random_generators_draw_alike_on_both_sides(tmp_path: Path) -> None:
    body = (
        "for rng in (np.random.default_rng(3), np.random.RandomState(4), random.Random(5)):\n"
        "    rng.uniform(0, 1)\n"
        "    agree(student.f(rng), reference.f(rng))\n"
        "    agree(student.f(rng), rng.uniform(0, 1))"
    )
    reference = "def f(rng):\n    return rng.uniform(0, 1)\n"
    (result,) = graded(tmp_path, case(body), reference, reference=reference)
    assert result.score == 2


def test_what_an_object_answered_is_not_remembered(tmp_path: Path) -> None:
    """Once it was: by the object's place in memory, which the next one may have, and what it answered was another's."""
    source = "class f:\n    x = 0\n    def add(self, n):\n        self.x += n\n        return self.x\n"
    body = (
        "c = student.f()\nassert (c.x, c.x) == (0, 0)\nassert (c.add(2), c.add(2), c.x, c.x) == (2, 4, 4, 4)"
    )
    course = scratch_course(tmp_path, case(body), source)
    with Grader(course, "scratch") as grader:
        repeated = grader._material.repeated["f"]
        assert not [call for call in repeated.values() if call.name != "f"]
        assert all(call.identity == identity for identity, call in repeated.items())
        result = grader.grade(submission({"one": source}))
    assert result.score == result.max_score

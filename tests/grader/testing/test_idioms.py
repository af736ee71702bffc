"""What an author may write in a hidden test: it means what pytest means by it, or is refused by name.

Each idiom is a scratch assignment of its own, graded by the real Grader: right code gets its points, wrong code less.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from grader.errors import CourseError

from ..scratch import CONSTANT, HEAD, RIGHT, WRONG, case, graded

PLAIN = "agree(student.f(3), 6)"
GIVEN = "@given(n=st.integers(1, 9))"
WORKS = {
    "a plain assert": case("assert student.f(3) == 6"),
    "an assert with a message": case("assert student.f(3) == 6, 'three is doubled'"),
    "pytest.approx": case("assert student.f(0.3) == pytest.approx(0.6)"),
    "np.testing": case("np.testing.assert_allclose(student.f(np.arange(3.0)), [0, 2, 4])"),
    "pytest.fail": case("if student.f(3) != 6:\n    pytest.fail('three is not doubled')"),
    "require": case("require(student.f(3) == 6, 'three is doubled')"),
    "agree": case(PLAIN),
    "parametrize": case("assert student.f(n) == 2 * n", "@pytest.mark.parametrize('n', [3])", "n"),
    "parametrize, two names": case(
        "assert student.f(n) == m", "@pytest.mark.parametrize('n, m', [(3, 6)])", "n, m"
    ),
    "given": case("assert student.f(n) == reference.f(n)", GIVEN, "n"),
    "given, filtered": case(
        "assert student.f(n) == 2 * n", "@given(n=st.integers(1, 9).filter(lambda n: n % 2))", "n"
    ),
    "given, composite": case(
        "assert student.f(n) == 2 * n",
        "@st.composite\ndef odd(draw):\n    return 2 * draw(st.integers(0, 4)) + 1\n\n@given(n=odd())",
        "n",
    ),
    "random": case("n = random.randint(1, 99)\nassert student.f(n) == 2 * n"),
    "np.random": case("n = float(np.random.rand())\nassert abs(student.f(n) - 2 * n) < 1e-9"),
    "a seeded generator": case("x = np.random.default_rng(1).random(4)\nagree(student.f(x), 2 * x)"),
    "a helper that asserts": case(
        "doubled(student.f(3))", "def doubled(value):\n    assert value == 6, 'three is doubled'\n"
    ),
    "a loop": case("for n in range(4):\n    assert student.f(n) == 2 * n"),
}
#: Values that come back as what they were: what the right code returns, and one that is nearly that.
KINDS = {
    "keys that are numbers": ("{x: 'a', 2.5: 'b'}", "{str(x): 'a', '2.5': 'b'}"),
    "keys that are tuples": ("{(x, 1): 2}", "{str((x, 1)): 2}"),
    "a key that is None or a bool": ("{None: x, True: 1}", "{'None': x, 'True': 1}"),
    "a set": ("{x, 'b'}", "[x, 'b']"),
    "a set, one missing": ("{x, 4, 5}", "{x, 4}"),
    "a frozenset": ("frozenset({x})", "{x}"),
    "bytes": ("b'ab\\x00'", "'ab'"),
    "a complex number": ("complex(x, 1)", "x"),
    "a large integer": ("10**30 + x", "10**30"),
    "a list": ("[x, None, 'a', True]", "[x, None, 'a', False]"),
    "a tuple": ("(x, 1)", "[x, 1]"),
    "a text": ("'ab' * x", "'ab'"),
    "a long text": ("'ab' * 50_000 + str(x)", "'ab' * 50_000"),
    "a long list": ("[x] * 100_000", "[x] * 99_999 + [x + 1]"),
    "a long list of lists": ("[[0.5] * 300] * 300", "[[0.5] * 300] * 299 + [[0.5] * 299 + [0.25]]"),
    "a list that is no array": ("[x] * 500", "np.array([x] * 500)"),
    "a complex number in an array": ("[complex(x, 1), 1j]", "[complex(x, -1), 1j]"),
    "a date": ("datetime.date(2024, 2, x)", "datetime.date(2024, 2, x + 1)"),
    "a date as text": ("datetime.date(2024, 2, x)", "'2024-02-03'"),
    "a time": ("datetime.datetime(2024, 2, x, 12, 30)", "datetime.datetime(2024, 2, x, 12)"),
    "a duration": ("datetime.timedelta(days=x)", "x"),
    "dates as keys": ("{datetime.date(2024, 2, x): 1}", "{'2024-02-03': 1}"),
    "a large integer, of many digits": ("10**3000 + x", "10**3000"),
    "a dict of dicts": ("{'a': {'b': [x, {'c': None}]}}", "{'a': {'b': [x, {'c': False}]}}"),
}
IMPORTS = "import datetime\nimport numpy as np\n"
#: What a test passes on, and what of it the student's code looks at.
ARGUMENTS = {
    "a number of numpy's": ("np.arange(3.0)[1]", "type(x).__name__ == 'float64'"),
    "a date": ("datetime.date(2024, 2, 29)", "x.day == 29"),
    "a set": ("{1, 'a'}", "x == {1, 'a'}"),
    "a dict with tuples as keys": ("{(1, 2): 3}", "x[1, 2] == 3"),
    "many keys": ("{n: n for n in range(6000)}", "x[5999] == 5999"),
    "bytes": ("b'ab'", "x == b'ab'"),
    "a complex array": ("np.array([1j, np.nan])", "x.dtype == complex"),
    "a long list": ("list(range(70_000))", "type(x) is list and x[-1] == 69_999"),
    "large arrays": ("np.ones(1_000_000)", "x.sum() == 1_000_000"),
    "a list of lists": ("[[0.5] * 100 for _ in range(700)]", "len(x) == 700 and x[-1][-1] == 0.5"),
    "a large integer": ("10**1000", "x == 10**1000"),
    "a text": ("'ä' * 10_000", "len(x) == 10_000"),
}
ANY = "def f(x):\n    return str(x)\n"
#: What can't cross: as argument, and as what the reference returns.
CAN_NOT_CROSS = {
    "a Fraction as argument": (RIGHT, "agree(student.f(Fraction(1, 3)), 2 / 3)", "a Fraction does not cross"),
    "an object as argument": (ANY, "assert student.f(Path('a'))", "argument can't be sent.*PosixPath"),
    "a dataclass that the chapter does not have": (
        ANY,
        "assert student.f(Point(1))",
        "its chapter has no class Point",
    ),
    "a part of a function as argument": (
        ANY,
        "import functools\nassert student.f(functools.partial(len))",
        "argument can't be sent.*partial",
    ),
    "too large an array": (
        "import numpy as np\ndef f(x):\n    return np.zeros(1_000_000)\n",
        "assert student.f(3).sum() == 0",
        "what f returns does not come back.*a result of 7 MB",
    ),
    "an array of texts": (
        "import numpy as np\ndef f(x):\n    return np.array(['a'])\n",
        "assert student.f(3)[0] == 'a'",
        "what f returns does not come back.*not of numbers",
    ),
    "a text that is too long": (
        "def f(x):\n    return 'a' * 300_000\n",
        "assert student.f(3)",
        "a text of 300000",
    ),
    "a named tuple": (
        "from collections import namedtuple\nP = namedtuple('P', 'x')\ndef f(x):\n    return P(x)\n",
        "assert student.f(3).x == 3",
        "f returns a P, which reaches a test as a tuple",
    ),
    "a fraction as result": (
        "from fractions import Fraction\ndef f(x):\n    return Fraction(1, x)\n",
        "assert student.f(3).denominator == 3",
        "f returns a Fraction, which reaches a test as a float",
    ),
}
POINT = """\
from dataclasses import dataclass

@dataclass(frozen=True)
class Point:
    x: float
    at: object = None

"""
DATACLASSES = {
    "as argument": ("x.x + 1", "x.x", "student.f(Point(3.0)) == 4"),
    "in a list": ("sum(p.x for p in x)", "x[0].x", "student.f([Point(1), Point(2)]) == 3"),
    "in a dict": ("x['a'].x", "0", "student.f({'a': Point(2)}) == 2"),
    "in another": ("x.at.x", "x.x", "student.f(Point(2, Point(3))) == 3"),
    "with an array": ("x.at.sum()", "x.at.mean()", "student.f(Point(2, np.ones(3))) == 3"),
    "as result": ("Point(x, 1)", "Point(x, 2)", "student.f(3) == Point(3, 1)"),
    "its fields": ("Point(x, 1)", "Point(1, x)", "student.f(3).x == 3"),
    "a list of results": ("[Point(x), Point(x)]", "[Point(x)]", "student.f(3) == [Point(3), Point(3)]"),
    "no other class": ("Point(x, 1)", "(x, 1)", "Point(3, 1) == student.f(3)"),
}
FIXTURE = "@pytest.fixture{}\ndef made():\n    {}return 3\n"
REFUSED = {
    "a fixture": (case("assert student.f(made) == 6", FIXTURE.format("", ""), "made"), "the fixture made"),
    "a fixture with params": (
        case(
            "assert student.f(made) == 2 * made",
            "@pytest.fixture(params=[0, 1])\ndef made(request):\n    return request.param + 3\n",
            "made",
        ),
        "the fixture made",
    ),
    "an autouse fixture": (case(PLAIN, FIXTURE.format("(autouse=True)", "")), "the fixture made"),
    "a scoped fixture": (case(PLAIN, FIXTURE.format("(scope='module')", ""), "made"), "the fixture made"),
    "indirect parametrize": (
        case(
            "assert student.f(made) == 2 * made",
            "@pytest.fixture\ndef made(request):\n    return request.param\n"
            "@pytest.mark.parametrize('made', [3], indirect=True)",
            "made",
        ),
        "the fixture made",
    ),
    **{
        name: (case(PLAIN, "", name), f"the fixture {name}") for name in ("capsys", "tmp_path", "monkeypatch")
    },
    "usefixtures": (case(PLAIN, "@pytest.mark.usefixtures('tmp_path')"), "usefixtures"),
    "st.data": (
        case("assert student.f(data.draw(st.just(3))) == 6", "@given(data=st.data())", "data"),
        r"st\.data\(\)",
    ),
    "assume": (case("assume(n > 3)\nassert student.f(n) == 2 * n", GIVEN, "n"), r"hypothesis\.assume"),
    "pytest.raises": (
        case("agree(student.f(3), 6)\nwith pytest.raises(TypeError):\n    student.f(None)"),
        r"pytest\.raises.*must_raise",
    ),
    "pytest.raises in a helper": (
        case("refuses(student.f)", "def refuses(f):\n    with pytest.raises(TypeError):\n        f(None)\n"),
        r"pytest\.raises",
    ),
    "pytest.warns": (
        case("with pytest.warns(UserWarning):\n    student.f(3)"),
        r"pytest\.warns",
    ),
    "pytest.skip": (case("if student.f(3) != 6:\n    pytest.skip('no')"), r"pytest\.skip"),
    "skipif": (case(PLAIN, "@pytest.mark.skipif(False, reason='no')"), r"mark\.skipif"),
    "xfail": (case(PLAIN, "@pytest.mark.xfail"), r"mark\.xfail"),
    "setup_function": (case(PLAIN, "def setup_function():\n    pass\n"), "setup_function"),
    "async": (case(PLAIN).replace("def test_f", "async def test_f"), "async"),
    "a class": (
        f"{HEAD}\nclass TestF:\n    @pytest.mark.exercise('f', points=2)\n"
        "    def test_f(self, student):\n        '''It doubles'''\n        agree(student.f(3), 6)\n",
        "classes",
    ),
    "no call": (case("assert True"), "calls nothing"),
    "luck": (
        case("x = np.random.default_rng().random(3)\nagree(student.f(x), 2 * x)"),
        "two runs of it make different calls",
    ),
}


@pytest.mark.sampled
@pytest.mark.parametrize("idiom", WORKS)
def test_right_code_gets_its_points_and_wrong_code_none(idiom: str, tmp_path: Path) -> None:
    results = graded(tmp_path, WORKS[idiom], RIGHT, WRONG, CONSTANT, RIGHT)
    assert [result.score for result in results] == [2, 0, 0, 2]


@pytest.mark.sampled
@pytest.mark.parametrize("kind", KINDS)
def test_values_come_back_as_what_they_are(kind: str, tmp_path: Path) -> None:
    right, wrong = (f"{IMPORTS}def f(x):\n    return {value}\n" for value in KINDS[kind])
    test = case(
        f"x = 3\ngot = student.f(x)\nassert type(got) is type({KINDS[kind][0]})\nassert got == {KINDS[kind][0]}"
    )
    results = graded(tmp_path, test, right, wrong, reference=right)
    assert [result.score for result in results] == [2, 0]
    assert results[1].exercise("f").tests[0].outcome == "failed"


@pytest.mark.sampled
@pytest.mark.parametrize("kind", ARGUMENTS)
def test_arguments_arrive_as_what_they_are(kind: str, tmp_path: Path) -> None:
    value, holds = ARGUMENTS[kind]
    right, wrong = (f"{IMPORTS}def f(x):\n    return {text}\n" for text in (holds, f"not ({holds})"))
    test = case(f"assert student.f({value}) == True")
    assert [result.score for result in graded(tmp_path, test, right, wrong, reference=right)] == [2, 0]


@pytest.mark.sampled
@pytest.mark.parametrize("kind", DATACLASSES)
def test_dataclasses_of_the_chapter_cross_with_their_fields(kind: str, tmp_path: Path) -> None:
    right, wrong, condition = DATACLASSES[kind]
    codes = [f"{POINT}def f(x):\n    return {value}\n" for value in (right, wrong)]
    test = case(f"assert {condition}", POINT)
    results = graded(tmp_path, test, *codes, "def f(x):\n    return 3\n", reference=codes[0])
    assert [result.score for result in results] == [2, 0, 0]


def test_a_dataclass_that_the_student_took_out_is_said(tmp_path: Path) -> None:
    right = f"{POINT}def f(x):\n    return x.x\n"
    (result,) = graded(
        tmp_path,
        case("assert student.f(Point(3)) == 3", POINT),
        "def f(x):\n    return x.x\n",
        reference=right,
    )
    assert result.score == 0
    assert "needs the class Point, which is not in its chapter" in result.exercise("f").tests[0].message


@pytest.mark.sampled
@pytest.mark.parametrize("kind", CAN_NOT_CROSS)
def test_what_can_not_cross_is_named_when_the_course_is_loaded(kind: str, tmp_path: Path) -> None:
    reference, body, words = CAN_NOT_CROSS[kind]
    with pytest.raises(CourseError, match=words) as caught:
        graded(tmp_path, case(body, POINT), reference, reference=reference)
    assert "test_f" in str(caught.value)


@pytest.mark.sampled
@pytest.mark.parametrize("idiom", REFUSED)
def test_what_would_mean_something_else_is_refused_by_name(idiom: str, tmp_path: Path) -> None:
    test, words = REFUSED[idiom]
    with pytest.raises(CourseError, match=words) as caught:
        graded(tmp_path, test, RIGHT)
    assert "test_f" in str(caught.value)


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("a plain assert", "what the title says does not hold: the last call returned 7, right is 6"),
        ("an assert with a message", "three is doubled: the last call returned 7, right is 6"),
        ("pytest.fail", "three is not doubled: the last call returned 7, right is 6"),
        ("a helper that asserts", "three is doubled: the last call returned 7, right is 6"),
    ],
)
def test_a_failed_assert_says_its_message_and_both_values(test: str, message: str, tmp_path: Path) -> None:
    (result,) = graded(tmp_path, WORKS[test], WRONG)
    assert result.exercise("f").tests[0].message == message
    assert "test_f" not in message
    assert "assert " not in message


def test_chance_in_tests_leaves_the_readers_own_chance_alone(tmp_path: Path) -> None:
    random.seed(5)
    expected = random.random()
    random.seed(5)
    graded(tmp_path, WORKS["random"], RIGHT)
    assert random.random() == expected

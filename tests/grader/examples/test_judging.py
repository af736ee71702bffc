"""A tiny course with small inputs: examples judged at home, by digests, and when graded, by functions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.authoring import build_handout
from grader.course.models import load_course
from grader.errors import CourseError, UsageError
from grader.examples import Example, Found, Home, judge_all, judges_of, read_tables, sentences, tables_file
from grader.examples.judging import Judges
from grader.examples.table import TABLE
from grader.grading.grader import Grader
from grader.intake import Submission
from grader.wall.launcher import can_fork_workers


@pytest.fixture(scope="module")
def checks(course: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checks")
    (folder / TABLE).write_bytes(tables_file(course, "tiny") or b"")
    return folder


@pytest.fixture
def home(course: Any, checks: Path) -> Home:
    return Home(course.assignments["tiny"], checks)


def call(exercise: str, *args: Any, expect: Any, **named: Any) -> Example:
    return Example(exercise, args, named, expect, "line 7")


def one(found: list[Found]) -> Any:
    return found[0].verdicts[0]


EXAMPLES = [
    (call("scaled", [1.0, 2.0], expect=[4.0, 8.0]), "valid", {1, 2}),
    (call("scaled", [1.0, 2.0], factor=6.0, expect=[6.0, 12.0]), "valid", {0, 1, 2}),
    (call("scaled", x=[1.0], factor=4.0, expect=[4.0]), "valid", {2}),
    (call("scaled", [1.0, 2.0], expect=[4.0, 9.0]), "wrong", set()),
    (call("scaled", [1.0, 2.0], expect=[[4.0, 8.0]]), "wrong", set()),
    (call("total", [], expect="raises ValueError"), "valid", set()),
    (call("total", [], expect=0.0), "wrong", set()),
    (call("total", [1.0], expect="raises ValueError"), "wrong", set()),
]


@pytest.mark.parametrize(("example", "kind", "caught"), EXAMPLES)
def test_home_and_grading_agree(
    course: Any, home: Home, example: Example, kind: str, caught: set[int]
) -> None:
    for found in (home.judge([example]), judge_all([example], judges_of(course, "tiny"))):
        verdict = one(found)
        assert (verdict.kind, verdict.caught) == (kind, caught)


def test_other_inputs_are_answered_when_graded(course: Any, home: Home) -> None:
    example = call("scaled", [5.0], expect=[20.0])
    assert one(home.judge([example])).kind == "outside"
    assert one(judge_all([example], judges_of(course, "tiny"))).kind == "valid"
    assert one(home.judge([call("double", [1.0], expect=[2.0])])).kind == "outside"


def test_where_right_functions_differ_there_is_no_example(course: Any, home: Home) -> None:
    for expect in (0.0, 1.0):
        example = call("total", [-1.0, 2.0], expect=expect)
        assert one(home.judge([example])).kind == "outside"
        assert one(judge_all([example], judges_of(course, "tiny"))).kind == "open"


@pytest.mark.parametrize(
    ("example", "problem"),
    [
        (call("scaled", [1.0], facto=2.0, expect=1.0), "no argument 'facto' (did you mean 'factor'?)"),
        (call("scaled", [1.0], 2.0, 3.0, expect=1.0), "takes 2 arguments, here are 3"),
        (call("scaled", factor=2.0, expect=1.0), "needs x, too"),
        (call("scaled", [1.0], x=[1.0], expect=1.0), "x is given twice"),
    ],
)
def test_arguments_that_do_not_fit(course: Any, home: Home, example: Example, problem: str) -> None:
    for found in (home.judge([example]), judge_all([example], judges_of(course, "tiny"))):
        assert one(found).kind == "unjudged"
        assert problem in one(found).problem


@pytest.mark.parametrize(
    "arguments",
    [
        ([1.0] * 401,),
        ([1e300],),
        ([1.0] * 300, 1e5),
        ([[1.0], [1.0, 2.0]],),
        ("text",),
        (None,),
        ({"a": 1.0},),
    ],
)
def test_no_arguments_make_judging_raise_or_take_long(course: Any, arguments: tuple[Any, ...]) -> None:
    verdict = one(judge_all([call("scaled", *arguments, expect=1.0)], judges_of(course, "tiny")))
    assert verdict.kind in ("wrong", "open", "unjudged")
    assert not verdict.caught


def test_an_example_that_takes_the_functions_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(x: float) -> float:
        while True:
            x += 1

    monkeypatch.setattr("grader.examples.judging.CPU_SECONDS", 0.2)
    judges = {"f": Judges("f", endless, [], [], [(1,)])}
    found = judge_all([call("f", 1.0, expect=1.0), call("f", 2.0, expect=1.0)], judges)
    assert [verdict.kind for verdict in found[0].verdicts] == ["unjudged", "unjudged"]
    assert "took too long" in found[0].verdicts[0].problem


def test_what_is_said(home: Home) -> None:
    (found,) = home.judge([EXAMPLES[0][0], EXAMPLES[3][0], call("scaled", [5.0], expect=[1.0])])
    assert sentences(found) == [
        "1 valid example, catching 2 of 3 known mistakes.",
        "Line 7 is not what scaled should give. Work it out again, by hand.",
        "Line 7 is answered when graded: the results known here are of other inputs.",
    ]
    (alone,) = home.judge([EXAMPLES[2][0]])
    assert sentences(alone) == [
        "1 valid example, catching 1 of 3 known mistakes.",
        "None of yours has different numbers in x or more than 1 along the first axis of x.",
    ]


def test_nothing_of_the_course_can_be_read_from_the_table(course: Any, checks: Path) -> None:
    text = (checks / TABLE).read_text(encoding="utf-8")
    assert "canary" not in text
    data = json.loads(text)["exercises"]["scaled"]
    assert set(data) == {"about", "defaults", "facts", "known", "parameters", "traps"}
    assert len(data["known"]) == 9
    assert all(set(key + value) <= set("0123456789abcdef") for key, value in data["known"].items())
    # What an input catches is sealed with its result: inputs that catch the same do not look the same.
    assert len({value[17:] for value in data["known"].values()}) > 6


def test_the_same_course_gives_the_same_table(course: Any, checks: Path) -> None:
    assert tables_file(course, "tiny") == (checks / TABLE).read_bytes()


def test_the_handout_has_the_table_only_where_the_course_has_small_inputs(course: Any, tiny: Any) -> None:
    assert f"checks/{TABLE}" in build_handout(course, "tiny", course.assignments["tiny"])
    assert f"checks/{TABLE}" not in build_handout(tiny.course, "tiny", tiny.assignment)


def test_a_damaged_table_is_said_in_one_line(tmp_path: Path) -> None:
    assert read_tables(tmp_path) == {}
    for text in ("", "[]", '{"schema": 2}', '{"schema": 1, "exercises": {"scaled": {}}}'):
        (tmp_path / TABLE).write_text(text)
        with pytest.raises(UsageError, match="unpack the exercise again"):
            read_tables(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('@small_inputs("scald")\ndef f():\n    "x."\n    yield 1,', "there is no exercise 'scald'"),
        ('@small_inputs("scaled")\ndef f():\n    yield 1,', "has to tell students"),
        ('@small_inputs("scaled")\ndef f():\n    "x."\n    while True:\n        yield 1,', "more than 2000"),
        ('@small_inputs("scaled")\ndef f():\n    "x."\n    yield None,', "none of its small inputs"),
    ],
)
def test_small_inputs_that_are_not_fit(make_course: Callable[..., Any], text: str, message: str) -> None:
    made = make_course(
        {"solutions/tiny/examples/small.py": f"from grader.testing import small_inputs\n\n{text}\n"}
    )
    if "none of" in message:
        (made.root / "solutions/tiny/variants").mkdir()
        (made.root / "solutions/tiny/variants/one.py").write_text(
            "from grader.testing import variant\n\n@variant('scaled', name='other')\n"
            "def other(x, factor=4):\n    return 1\n"
        )
    with pytest.raises(CourseError, match=message):
        tables_file(made.course, "tiny")


TEXT = "scaled:\n  - {x: [1, 2], factor: 6, expect: [6, 12]}\n  - {x: [1], expect: [5]}\n  - {x: [1]}\n"


def graded(made: Any, submission: Submission) -> Any:
    with Grader(made.course, "tiny", confined=can_fork_workers()) as grader:
        return grader.grade(submission)


def test_examples_are_graded_and_worth_nothing_by_default(
    make_course: Callable[..., Any], files: dict[str, str], submit: Callable[..., Submission]
) -> None:
    made = make_course(files)
    result = graded(made, submit(made.good, examples=TEXT))
    own = result.exercise("scaled").examples
    assert (own.valid, own.wrong, own.caught, own.traps, own.score, own.max_score) == (1, 1, 3, 3, 0, 0)
    assert result.score == result.max_score == 10
    assert result.exercise("clip").examples is None
    assert result.problems == ["examples.yaml line 4: scaled: `expect` is missing: what should come back"]


def test_examples_count_where_the_course_says_so(
    make_course: Callable[..., Any], files: dict[str, str], submit: Callable[..., Submission]
) -> None:
    text = (make_course().root / "course.yaml").read_text(encoding="utf-8")
    text = text.replace("points: 4, needs", "points: 4, examples: 2, needs")
    made = make_course(files, course=text)
    with Grader(made.course, "tiny", confined=can_fork_workers()) as grader:
        results = {
            examples: grader.grade(submit(made.good, examples=examples))
            for examples in (TEXT, "scaled:\n  - {x: [1], expect: [4]}\n", None)
        }
    assert [result.max_score for result in results.values()] == [12, 12, 12]
    assert [result.score for result in results.values()] == [12, 11.33, 10]
    assert [result.exercise("scaled").max_score for result in results.values()] == [6, 6, 6]
    assert results[None].exercise("scaled").examples.says == ["None were handed in."]
    assert load_course(made.root / "course.yaml").assignments["tiny"].max_score == 12

"""One submission in, one Result out: a mistake costs what it should and nothing else, in every grading."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from grader.errors import CourseError
from grader.grading.grader import Grader
from grader.intake import Source, Submission
from grader.result import Result, without_times
from grader.testing import collecting, fresh
from grader.wall.launcher import can_fork_workers

Grade = Callable[..., Result]

DOUBLE = "def double(x):\n    return 2 * x\n"
#: Not even a timer stops it.
DEAF = "import signal\nfor n in 14, 27: signal.signal(n, signal.SIG_IGN)\nwhile True: pass\n"
TOTAL = "def total(x):\n    if not len(x): raise ValueError\n    return sum(x)\n"
NUMPY = "import numpy as np\n"


def scores(result: Result) -> dict[str, float]:
    return {exercise.name: exercise.score for exercise in result.exercises}


def statuses(result: Result) -> dict[str, str]:
    return {exercise.name: exercise.status for exercise in result.exercises}


def outcomes(result: Result, exercise: str) -> list[str]:
    return [test.outcome for test in result.exercise(exercise).tests]


def with_total(body: str) -> str:
    """A chapter alpha whose `double` is right and whose `total` has this body."""
    return f"{NUMPY}{DOUBLE}def total(x):\n    {body}\n"


def with_double(body: str, before: str = "") -> str:
    """A chapter alpha whose `total` is right and whose `double` has this body."""
    return f"{NUMPY}{before}\n{TOTAL}def double(x):\n    {body}\n"


# ---------------------------------------------------------------- what counts


def test_correct_code_gets_everything(grade: Grade) -> None:
    result = grade()
    assert scores(result) == {"double": 3, "total": 2, "scaled": 4, "clip": 1}
    assert (result.score, result.max_score, result.status) == (10, 10, "graded")
    assert [checkpoint.passed for checkpoint in result.checkpoints] == [True, True]


def test_the_reference_gets_everything(grader: Grader, tiny: Any, grade: Grade) -> None:
    texts = {name: (tiny.solutions / f"{name}.py").read_text() for name in ("alpha", "beta")}
    assert grade(**texts).score == 10


def test_one_test_of_three_costs_its_own_points(grade: Grade) -> None:
    result = grade(alpha=with_double("return 2 * x if len(x) else None"))
    assert outcomes(result, "double") == ["passed", "failed", "passed"]
    assert scores(result) == {"double": 2, "total": 2, "scaled": 4, "clip": 1}
    assert statuses(result)["double"] == "partly"
    assert [checkpoint.passed for checkpoint in result.checkpoints] == [False, True]
    assert "double" in result.checkpoints[0].feedback


@pytest.mark.parametrize(
    ("body", "status", "outcome"),
    [
        ("return sum(x) + 1", "failed", "failed"),
        ("return None", "failed", "failed"),
        ("raise TypeError('oh')", "failed", "failed"),
        ("raise NotImplementedError", "missing", "failed"),
        ("import os; os._exit(0)", "error", "error"),
        ("import time; time.sleep(1000)", "timeout", "timeout"),
        ("while True: pass", "timeout", "timeout"),
        ("import os; os.write(4, b'HTTP/1.1 200 OK ' * 9)", "error", "error"),
        ("from beta import nothing", "failed", "failed"),
        ("import beta; return beta.clip(x)", "blocked", "blocked"),
    ],
)
def test_whatever_goes_wrong_in_one_function_costs_that_function_alone(
    grade: Grade, body: str, status: str, outcome: str
) -> None:
    began = time.monotonic()
    beta = f"{NUMPY}from alpha import double\ndef scaled(x, factor=4):\n    return double(x) * factor / 2\n"
    result = grade(alpha=with_total(body), beta=beta)
    assert scores(result) == {"double": 3, "total": 0, "scaled": 4, "clip": 0}
    assert statuses(result)["total"] == status
    assert set(outcomes(result, "total")) == {outcome}
    assert all(test.message for test in result.exercise("total").tests)
    assert result.status == "graded"
    assert time.monotonic() - began < 60


def test_a_function_that_is_not_there_is_missing(grade: Grade) -> None:
    result = grade(alpha=NUMPY + DOUBLE)
    assert statuses(result) == {"double": "passed", "total": "missing", "scaled": "passed", "clip": "passed"}
    assert result.exercise("total").message


def test_a_chapter_that_was_not_submitted_costs_its_own_exercises(grade: Grade) -> None:
    result = grade(beta=None)
    assert statuses(result) == {"double": "passed", "total": "passed", "scaled": "missing", "clip": "missing"}
    assert "beta.py is missing" in result.exercise("clip").message
    assert result.score == 5


def test_nothing_submitted_is_a_zero_with_every_exercise_listed(grade: Grade) -> None:
    result = grade(alpha=None, beta=None)
    assert result.score == 0
    assert set(statuses(result).values()) == {"missing"}


def test_a_syntax_error_costs_the_function_it_stands_in_and_says_where(grade: Grade) -> None:
    result = grade(alpha=f"{DOUBLE}def total(x:\n    return 0\n")
    assert result.status == "partly unreadable"
    assert statuses(result)["clip"] == "passed"
    assert scores(result)["double"] == 3
    assert scores(result)["total"] == 0
    assert any("alpha.py" in problem and "line 3" in problem for problem in result.problems)
    assert "line 3" in result.exercise("total").message


def test_a_string_that_never_ends_costs_the_file_because_nobody_can_tell_where_it_should(
    grade: Grade,
) -> None:
    result = grade(alpha=f'{DOUBLE}TEXT = """open\n{TOTAL}')
    assert result.status == "partly unreadable"
    assert scores(result)["double"] == scores(result)["total"] == 0
    assert "line 3" in result.exercise("double").message


def test_a_loop_outside_the_functions_is_stopped_and_the_rest_is_loaded(grade: Grade) -> None:
    result = grade(alpha=f"{NUMPY}{DOUBLE}while True: pass\n{TOTAL}")
    assert result.score == 10
    (problem,) = result.problems
    assert problem == "alpha.py: line 4: took long and was stopped; everything else was loaded"


def test_a_chapter_that_never_finishes_loading_costs_that_chapter(grade: Grade) -> None:
    result = grade(
        alpha=f"{DOUBLE}{DEAF}",
        beta=f"{NUMPY}def clip(x):\n    return np.maximum(x, 0)\n",
    )
    assert scores(result) == {"double": 0, "total": 0, "scaled": 0, "clip": 1}
    assert any("does not finish loading" in problem for problem in result.problems)


@pytest.mark.parametrize("text", ["exit()", "1 / 0", "import torch", "raise KeyboardInterrupt"])
def test_what_stands_before_a_failing_line_still_counts(grade: Grade, text: str) -> None:
    result = grade(alpha=f"{NUMPY}{DOUBLE}{TOTAL}{text}\n")
    assert result.score == 10
    assert len(result.problems) == 1


def test_a_broken_cell_of_a_notebook_costs_what_it_defines(grader: Grader) -> None:
    cells = (DOUBLE, "def total(x:", "1 / 0", "print('end')")
    submission = Submission(
        student="ada", sources={"alpha": Source("alpha", "alpha.ipynb", "ipynb", cells)}, answers=None,
        notebook_answers={}, problems=(), ignored=(), readable=True, sha256="",
    )  # fmt: skip
    result = grader.grade(submission)
    assert scores(result)["double"] == 3
    assert statuses(result)["total"] == "error"
    assert result.exercise("total").message == "total is not there: '(' was never closed, line 1"
    assert len(result.problems) == 2


def test_a_mistake_in_a_prerequisite_costs_its_own_points_only(grade: Grade) -> None:
    result = grade(alpha=with_double("return 3 * x"))
    assert scores(result)["double"] == 0 or statuses(result)["double"] == "partly"
    assert scores(result)["scaled"] == 4
    assert "double" in result.exercise("scaled").message


def test_a_prerequisite_answered_by_the_grader_does_not_mend_other_mistakes(grade: Grade) -> None:
    beta = "from alpha import double\ndef scaled(x, factor=4):\n    return double(x) + factor\n"
    assert scores(grade(alpha=with_double("return 3 * x"), beta=beta))["scaled"] == 0


def test_an_unreadable_submission_says_so(grader: Grader) -> None:
    submission = Submission(
        student="x", sources={}, answers=None, notebook_answers={}, problems=("x.zip: not a zip file",),
        ignored=("notes.txt",), readable=False, sha256="5",
    )  # fmt: skip
    result = grader.grade(submission)
    assert (result.status, result.score, result.problems) == ("unreadable", 0, ["x.zip: not a zip file"])
    assert result.ignored == ["notes.txt"]
    assert len(result.exercises) == 4


# ---------------------------------------------------------------- no way round


@pytest.mark.parametrize(
    "body",
    [
        "return type('Liar', (float,), {'__eq__': lambda s, o: True, '__sub__': lambda s, o: s})(0)",
        "return type('Liar', (), {'__array__': lambda s, dtype=None, copy=None: np.full(np.shape(x), np.nan)})()",
        "return np.full_like(np.asarray(x, float), np.nan)",
        "return np.full_like(np.asarray(x, float), np.inf)",
        "return np.float64(0)",
        "return 'everything passed'",
        "return {'value': 2 * x}",
        "return (2 * x, )",
        "return 2j * x",
        "return [[None]]",
        "import sys; sys.exit(0)",
        "raise AssertionError('passed')",
        "raise type('Skipped', (BaseException,), {})('passed')",
    ],
)
def test_what_is_not_the_value_never_passes(grade: Grade, body: str) -> None:
    result = grade(alpha=with_double(body))
    # An empty array has no value that could be wrong.
    numbers, _, matrix = outcomes(result, "double")
    assert "passed" not in (numbers, matrix)
    assert scores(result)["total"] == 2


@pytest.mark.parametrize(
    "body",
    [
        "return [2 * v for v in x]",
        "return tuple((2 * np.asarray(x)).tolist())",
        "return (2 * x).astype(np.float32)",
        "return np.asfortranarray(2 * x)",
        "return np.asarray(2 * x, dtype=object)",
        "return (2 * np.asarray(x)).astype(int)",
    ],
)
def test_correct_values_pass_in_any_style(grade: Grade, body: str) -> None:
    chapter = with_double(body.replace("[2 * v for v in x]", "[2 * v for v in x] if x.size else np.zeros(0)"))
    assert outcomes(grade(alpha=chapter), "double") == ["passed"] * 3


def test_state_of_one_exercise_does_not_reach_the_next(grade: Grade) -> None:
    text = "import math\ndef double(x):\n    math.poisoned = True\n    return 2 * x\n"
    text += TOTAL.replace("sum(x)", "sum(x) + hasattr(math, 'poisoned')")
    assert scores(grade(alpha=text))["total"] == 2


def test_changing_an_argument_costs_nothing_and_is_remarked(grade: Grade) -> None:
    result = grade(alpha=with_double("x *= 2; return x"))
    assert result.score == 10
    (remark,) = result.exercise("double").remarks
    assert "double changes one of its arguments in place" in remark
    assert result.exercise("total").remarks == []


def test_an_array_that_is_given_back_each_time_costs_nothing_and_is_remarked(grade: Grade) -> None:
    kept = "m = globals().setdefault('kept', {}); o = m.setdefault(x.shape, np.zeros(x.shape)); o[:] = 2 * x; return o"
    result = grade(alpha=with_double(kept))
    assert any(
        "double gives back an array that it gave back before" in r for r in result.exercise("double").remarks
    )
    assert result.exercise("total").remarks == []


# ---------------------------------------------------------------- always the same

MESSY = f"""{NUMPY}
import random
def double(x):
    print("double of", {{"a", "b", "c"}}, object(), random.random(), np.random.rand())
    if len(x) > 1:
        raise ValueError(f"can't double {{object()}} {{ {{'a', 'b'}} }}")
    return 2 * x
def total(x):
    return sum(x) + (max(map(abs, x)) > 3)
"""


def test_two_gradings_are_equal_save_the_times(tiny: Any, grade: Grade, submit: Any) -> None:
    beta = "def scaled(x, factor=4):\n    return x\ndef clip(x):\n    while True: pass\n"
    first = without_times(grade(alpha=MESSY, beta=beta))
    assert first == without_times(grade(alpha=MESSY, beta=beta))
    assert first["score"] < 8
    with Grader(tiny.course, "tiny", confined=can_fork_workers()) as another:
        again = another.grade(submit({"alpha": MESSY, "beta": beta}))
    assert without_times(again) == first


def test_the_order_of_gradings_does_not_matter(grade: Grade) -> None:
    wrong, other = with_double("return 2 * x + (len(x) > 1)"), with_double("return x + (len(x) > 2)")
    before = without_times(grade(alpha=wrong))
    grade(alpha=other)
    grade()
    assert without_times(grade(alpha=wrong)) == before


def test_code_that_answers_differently_each_time_is_graded_all_the_same(grade: Grade) -> None:
    flaky = (
        "count = 0\ndef double(x):\n    global count\n    count += 1\n    return 2 * x + (count % 3 == 2)\n"
    )
    result = grade(alpha=flaky + TOTAL)
    assert statuses(result)["double"] in ("failed", "partly")
    assert scores(result)["total"] == 2
    assert without_times(grade(alpha=flaky + TOTAL)) == without_times(result)


def test_code_that_looks_at_the_clock_is_graded_all_the_same(grade: Grade) -> None:
    text = "import time, secrets\ndef double(x):\n    return 2 * x + (secrets.randbelow(2) or time.time_ns() % 2)\n"
    result = grade(alpha=text + TOTAL)
    assert scores(result)["total"] == 2


def test_a_run_of_timeouts_ends_soon(grade: Grade) -> None:
    began = time.monotonic()
    result = grade(alpha=with_double("while len(x) != 2: pass\n    return 2 * x"))
    assert "timeout" in outcomes(result, "double")
    assert time.monotonic() - began < 30


# ---------------------------------------------------------------- what is printed


def test_printing_never_changes_a_score_and_is_kept_up_to_a_cap(grade: Grade) -> None:
    noisy = with_double("print('noise', x.shape); return 2 * x", before="print('while loading')")
    result = grade(alpha=noisy)
    assert result.score == 10
    assert "noise" in result.exercise("double").printed
    assert "while loading" not in result.exercise("double").printed
    assert result.exercise("total").printed == ""


def test_a_flood_of_output_is_cut_and_costs_nothing(grade: Grade) -> None:
    result = grade(alpha=with_double("print('x' * 10**5)\n    return 2 * x"))
    assert result.score == 10
    assert 0 < len(result.exercise("double").printed) <= 2100


def test_control_characters_in_output_and_messages_are_made_visible(grade: Grade) -> None:
    body = "print('\\x1b]0;title\\x07\\u202e')\n    raise ValueError('\\x1b[2J\\u202e\\nsecond line')"
    result = grade(alpha=with_double(body))
    shown = result.exercise("double").printed + "".join(t.message for t in result.exercise("double").tests)
    assert "second line" in shown
    assert not any(sign in shown for sign in "\x1b\x07\u202e")


def test_a_printed_result_is_only_text(grade: Grade) -> None:
    body = 'print(\'{"outcome": "passed", "score": 100}\')\n    return 0'
    assert "passed" not in outcomes(grade(alpha=with_double(body)), "double")


# ---------------------------------------------------------------- evidence


def test_a_failure_is_shown_on_a_small_input(grade: Grade) -> None:
    result = grade(alpha=with_double("return 2 * x + (np.abs(x).max(initial=0) >= 3)"))
    test = result.exercise("double").tests[0]
    assert test.outcome == "failed"
    assert test.example in ("double(x=np.array([3.]))", "double(x=np.array([-3.]))")
    assert test.evidence is not None
    assert test.evidence.arguments["x"]["shape"] == [1]
    assert test.evidence.got["values"][0] - test.evidence.expected["values"][0] == 1
    assert test.evidence.first_difference == [0]
    assert "first differs at [0]" in test.message


def test_an_exception_is_shown_with_its_line_and_what_was_expected(grade: Grade) -> None:
    result = grade(alpha=f"{NUMPY}{TOTAL}def double(x):\n    raise KeyError('missing')\n")
    test = result.exercise("double").tests[0]
    assert test.message == "raised KeyError: 'missing' (alpha.py, line 6)"
    assert test.evidence is not None
    assert test.evidence.expected["kind"] == "array"


def test_arguments_given_by_keyword_are_named_too(grade: Grade) -> None:
    result = grade(beta="def scaled(x, factor=4):\n    return x\n")
    assert "factor=" in result.exercise("scaled").tests[0].example
    assert result.exercise("scaled").tests[1].example == "scaled(x=np.array([1., 1.]))"


@pytest.mark.parametrize(
    "body",
    [
        "return np.zeros(10**6)",
        "return [0.5] * 10**5",
        pytest.param("return [[[[[[[0]]]]]]] * 5000", marks=pytest.mark.slow),
        "return 'x' * 10**6",
        "return {str(i): 'x' * 1000 for i in range(1000)}",
        "return 10**4000",
        "raise ValueError('x' * 10**6)",
        "raise type('X' * 10**6, (Exception,), {})",
        "return type('Y' * 10**6, (), {})()",
    ],
)
def test_a_result_stays_small_whatever_comes_back(grade: Grade, body: str) -> None:
    result = grade(alpha=with_double(body))
    text = result.to_json()
    assert len(text) < 60_000
    assert "passed" not in outcomes(result, "double")
    assert json.loads(text)["score"] == result.score


def test_a_message_never_shows_the_source_of_a_test_or_a_path_of_the_machine(grade: Grade, tiny: Any) -> None:
    text = grade(alpha=MESSY + "\n1 / 0").to_json() + grade(alpha="def double(").to_json()
    assert str(tiny.root) not in text
    assert "/grader/" not in text
    assert "reference.double" not in text


# ---------------------------------------------------------------- the author's mistakes

HEAD = """\
import numpy as np
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from grader.testing.compare import agree
"""
OTHERS = '''
@pytest.mark.exercise("total", points=2)
def test_total(student):
    """Sums"""
    assert student.total([1, 2]) == 3
'''


def double_test(
    body: str, *, points: str = ", points=3", title: str = '"""Doubles"""', given: str = ""
) -> str:
    arguments = "student, reference, x" if given else "student, reference"
    return (
        f'{HEAD}{OTHERS}\n@pytest.mark.exercise("double"{points})\n{given}\n'
        f"def test_double({arguments}):\n    {title}\n    {body}\n"
    )


RIGHT = "agree(student.double(np.ones(1)), [2.0])"

ALPHA = "solutions/tiny/alpha.py"
AT_THE_START: dict[str, tuple[Mapping[str, str | None], str]] = {
    "the reference fails": ({"test": double_test(RIGHT.replace("2.0", "3.0"))}, "reference does not pass"),
    "the reference raises": ({"test": double_test("student.double()")}, "reference does not pass"),
    "skip": ({"test": double_test(f"{RIGHT}; pytest.skip('later')")}, "test_double"),
    "fail": ({"test": double_test(f"{RIGHT}; pytest.fail('no')")}, "test_double"),
    "exit": ({"test": double_test(f"{RIGHT}; pytest.exit('no')")}, "test_double"),
    "nothing drawn": ({"test": double_test(RIGHT, given="@given(x=st.nothing())")}, "test_double"),
    "too few points": ({"test": double_test(RIGHT, points=", points=2")}, "worth 2 points, course.yaml says 3"),
    "no points": ({"test": double_test(RIGHT, points="")}, "double"),
    "points as text": ({"test": double_test(RIGHT, points=", points='three'")}, "points"),
    "negative points": ({"test": double_test(RIGHT, points=", points=-3")}, "points"),
    "no title": ({"test": double_test(RIGHT, title="pass")}, "docstring"),
    "no test": ({"test": HEAD + OTHERS}, "double has no hidden test"),
    "unknown exercise": ({"test": double_test(RIGHT).replace('"double"', '"doubel"')}, "doub"),
    "no marker": ({"test": double_test(RIGHT) + '\ndef test_more(student):\n    """More"""\n'}, "exercise"),
    "import error": ({"test": "import no_such_module\n"}, "no_such_module"),
    "syntax error": ({"test": "def test_double(:\n"}, "test"),
    "unknown fixture": ({"test": double_test(RIGHT).replace("student, reference", "student, refrence")}, "test_double"),
    "every call raises": (
        {"test": double_test("from grader.testing import must_raise; must_raise(ValueError, student.double, 'a')")},
        "always raises",
    ),
    "no reference": (
        {"test": double_test(RIGHT), ALPHA: "def total(x):\n    return sum(x)\n"}, "no function or class double"
    ),
    "broken reference": ({"test": double_test(RIGHT), ALPHA: "1 / 0\n"}, "ZeroDivisionError"),
    "reference exits": ({"test": double_test(RIGHT), ALPHA: "raise SystemExit(0)\n"}, "alpha"),
}  # fmt: skip

ONE_CHAPTER = """\
schema: 1
title: One chapter
assignments:
  tiny:
    title: One chapter
    limits:
      call: {cpu: 0.5, wall: 3}
    chapters:
      - name: alpha
        title: Alpha
        minutes: 10
        exercises:
          - {name: double, points: 3}
          - {name: total, points: 2}
"""


def course_with(make_course: Callable[..., Any], files: Mapping[str, str | None]) -> Any:
    own = {
        ("tests/hidden/tiny/test_alpha.py" if name == "test" else name): text for name, text in files.items()
    }
    return make_course({"tests/hidden/tiny/test_beta.py": None, **own}, course=ONE_CHAPTER)


@pytest.mark.sampled
@pytest.mark.parametrize("name", AT_THE_START)
def test_an_author_hears_of_a_mistake_before_anything_is_graded(
    make_course: Callable[..., Any], name: str
) -> None:
    files, words = AT_THE_START[name]
    broken = course_with(make_course, files)
    with pytest.raises(CourseError) as caught:
        Grader(broken.course, "tiny")
    assert words in str(caught.value)


WHILE_GRADING = {
    "never calls the student": "agree(reference.double(np.ones(1)), [2.0])",
    "skips on an answer": "if student.double(np.ones(1))[0] == 5: pytest.skip('odd')",
    "exits on an answer": "if student.double(np.ones(1))[0] == 5: pytest.exit('odd')",
    "assumes something of an answer": "assume(student.double(np.ones(1))[0] != 5)",
    "rejects an answer": "student.double(np.ones(1))[0] != 5 or reject()",
}


@pytest.mark.parametrize("name", WHILE_GRADING)
def test_a_test_that_does_not_test_is_an_error_of_the_course_not_points(
    make_course: Callable[..., Any], submit: Any, name: str
) -> None:
    course = course_with(make_course, {"test": double_test(WHILE_GRADING[name])})
    odd = submit({"alpha": f"def double(x):\n    return x + 4\n{TOTAL}"})

    def begin_and_grade() -> None:
        with Grader(course.course, "tiny", confined=can_fork_workers()) as grader:
            grader.grade(odd)

    with pytest.raises(CourseError, match="test_double"):
        begin_and_grade()


def test_two_folders_with_files_of_the_same_names_keep_their_own_tests(
    make_course: Callable[..., Any],
) -> None:
    titles = []
    for title in ("First", "Second"):
        text = double_test(RIGHT, title=f'"""{title}"""')
        course = make_course({"other/hidden/test_same_name.py": text})
        tests = collecting.collect(course.root / "other" / "hidden", course.assignment.chapter_of())
        titles += [test.title for test in tests if test.exercise == "double"]
    assert titles == ["First", "Second"]


def test_tests_that_were_imported_before_are_collected_with_their_modules(
    make_course: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    course = make_course()
    folder, exercises = course.course.hidden_tests("tiny"), course.assignment.chapter_of()
    first = collecting.collect(folder, exercises)[0].modules
    assert first
    for module in first:
        monkeypatch.setitem(sys.modules, module.__name__, module)
    again = collecting.collect(folder, exercises)[0].modules
    assert [module.__name__ for module in again] == [module.__name__ for module in first]
    assert all(sys.modules[module.__name__] is module for module in first)


def test_a_test_that_a_student_s_answer_breaks_is_a_failure_not_a_crash(
    make_course: Callable[..., Any],
    submit: Any,
) -> None:
    course = course_with(
        make_course, {"test": double_test("assert student.double(np.ones(1)).shape == (1,)")}
    )
    with Grader(course.course, "tiny", confined=can_fork_workers()) as grader:
        result = grader.grade(submit({"alpha": f"def double(x):\n    return 3\n{TOTAL}"}))
    assert result.score == 2
    assert "can't be used" in result.exercise("double").tests[0].message


# ---------------------------------------------------------------- fingerprints


def test_the_fingerprint_changes_with_anything_that_decides_a_score(make_course: Callable[..., Any]) -> None:
    from grader.grading.grader import fingerprint_of_tests

    course = course_with(make_course, {"test": double_test(RIGHT)})
    before = fingerprint_of_tests(course.course, "tiny")
    assert before == fingerprint_of_tests(course.course, "tiny")
    seen = {before}
    for file in (course.hidden / "seed.txt", course.solutions / "alpha.py", course.root / "course.yaml"):
        file.write_text(file.read_text() + "\n# changed\n")
        seen.add(fingerprint_of_tests(course.course, "tiny"))
    assert len(seen) == 4


def test_another_seed_draws_other_inputs_and_the_same_seed_the_same(
    make_course: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fresh, "POOL_FOR_EACH", 1)

    def inputs(seed: str) -> str:
        course = make_course({"tests/hidden/tiny/seed.txt": seed})
        with Grader(course.course, "tiny") as made:
            return repr([test.inputs for test in made.tests])

    assert inputs("one") == inputs("one")
    assert inputs("one") != inputs("two")

"""Answers that were written for the grader, not for a reader: traps of numbers, bets on several letters, bombs."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grader.course.models import Assignment, load_course
from grader.errors import CourseError
from grader.questions import KEY_FILE, AnswerKey, Answers, grade_questions, load_key, marking, read_answers
from grader.questions.choice import read_choice
from grader.questions.numeric import labelled_parts, read_number
from grader.result import QuestionResult

ROOT = Path(__file__).parents[3]
LETTERS = {"a": "Neither moves.", "b": "(3, 8, 3, 3)", "c": "(8, 3, 3, 3)", "d": "Both move by 2."}


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    _, found = load_course(ROOT / "course.yaml").assignment("cnn")
    chapters = tuple(chapter.model_copy(update={"available": True}) for chapter in found.chapters)
    return found.model_copy(update={"chapters": chapters})


@pytest.fixture(scope="module")
def key(assignment: Assignment) -> AnswerKey:
    return load_key(ROOT / "solutions" / "cnn" / KEY_FILE, assignment)


@contextmanager
def ends_within(seconds: float) -> Iterator[None]:
    """What hangs fails, and does not keep the suite busy: the regular expression engine looks at signals, too."""

    def too_late(*_: object) -> None:
        raise AssertionError(f"not done after {seconds:g} s of CPU time")

    before = signal.signal(signal.SIGPROF, too_late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def one(assignment: Assignment, key: AnswerKey, name: str, value: Any) -> QuestionResult:
    results = grade_questions(assignment, key, Answers({name: value}))
    return next(result for result in results if result.name == name)


# ---- time --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a    " * 12 + "9",
        "a-" + " " * 60 + "9",
        "a, " * 20 + "(",
        "option " * 9 + "a. " * 200,
        "a\n" * 30_000,
    ],
    ids=["60 characters", "blanks", "commas", "wordy", "long"],
)
def test_a_choice_is_read_at_once(text: str) -> None:
    with ends_within(1):
        assert read_choice(text, LETTERS) in (None, "a")


@pytest.mark.parametrize(
    "text", ["9" * 10**6, "1," * 10**5, "-" * 10**6, "1 x " * 10**5, "1e" * 10**5, "½" * 10**5, "(" * 10**6]
)
def test_a_number_is_read_at_once(text: str) -> None:
    with ends_within(1):
        assert read_number(text) == set()


def test_runs_of_brackets_are_refused_before_they_are_parsed(assignment: Assignment) -> None:
    with ends_within(1.5):
        answers = read_answers(f"why-share: {'[' * 1000}\n" * 60, {}, assignment)
    assert not answers.cut_short
    assert "too deep" in answers.problems[0]


def test_many_answers_to_what_nobody_asked_make_no_endless_list(assignment: Assignment) -> None:
    cells = {f"why-shar{number}": "x" for number in range(2000)}
    with ends_within(5):
        assert len(read_answers(None, cells, assignment).problems) <= 20


# ---- numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0.016", {0.016}), ("0,016", {0.016}), (".5", {0.5}), ("016", {16}), ("16.0", {16}), ("1e3", {1000}),
        ("1.5E3", {1500}), ("1,0000", {1}), ("1,000.5", {1000.5}), ("1.000,5", {1000.5}), ("1 000,5", {1000.5}),
        ("1'234'567", {1234567}), ("1_000", {1000}), ("1,234", {1.234, 1234}), ("451\u2009584", {451584}),
        ("451\u202f584", {451584}), ("\u221212", {-12}), ("\u201312", {-12}), ("-12", {-12}), ("+12", {12}),
        ("12 px", {12}), ("12px", {12}), ("12%", {12, 0.12}), ("12 %", {12, 0.12}), ("\u0661\u0662", {12}),
        ("24 / 2 = 12", {12}), ("28 - 5 + 1 = 24", {24}), ("28 - 5 + 1 \u2192 24", {24}), ("W = 12", {12}),
        ("the width is 12.", {12}), ("about 12", {12}), ("~12", {12}), ("12 (24 halved)", {12}), ("12 (24/2)", {12}),
     ("**12**", {12}),
        ("`12`", {12}), ("5 x 5 + 1", {26}),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_written(text: str, meant: set[float]) -> None:
    assert read_number(text) == meant


@pytest.mark.parametrize(
    "text",
    ["12 or 24", "12 (or 24)", "12 (maybe 24)", "12 (/24)", "12 (24)", "15 so = 12", "24 or = 12", "12±1",
     "12-13", "12–13", "12 to 24", "between 12 and 13", "12; 13",
     "12 24", "12 = 24", "not 12", "isn't 12", "at least 12", "12 or more", "more than 12", "less than 13",
     "> 12",
     "<12", ">=12", "≤ 12", "≠12", "12+", "12?", "12/13", "½", "12½", "1/2", "10³", "x₁₂", "10^3", "√144",
     "sqrt 144",
     "log 12", "half of 24", "0x10", "0b10", "0o14", "1:30", "2024-01-12", "1.2.3", "1,2,3", "1_0",
     "0,000,016", "nan", "inf", "-inf", "1e400", "9e999", "12e", "1e99999", "12k", "12 k", "2M", "2 million",
     "2 dozen",
     "-", "", "twelve", "true", "null", "12 | 13", "12 minus 1", "w12", "3-12", "12e3e4",
     "1" * 100, "0." + "1" * 100,
     "all", "any number except 12"],
)  # fmt: skip
def test_what_is_no_single_number_is_none(text: str) -> None:
    assert read_number(text) == set()


@pytest.mark.parametrize(
    "text", ["12 x 13", "12 or 12 x 12", "12 x 12 or 13 x 13", "12 x", "x 12 x 12", "0x12", "12 x 12 x 12"]
)
def test_no_side_is_read_out_of_a_bet(text: str) -> None:
    assert read_number(text, square=True) == set()


@pytest.mark.parametrize(
    "value",
    ["width: 16\nwidth: 17", {"width": "16", "Width": "17"}, [{"width": "16"}, {"width": "17"}], ["16", "17"],
     {"width": ["16", "17"]}, "16, 17", "16\n17", "16 17", "0.016", "16 or 17", "x" * 5000 + " 16"],
)  # fmt: skip
def test_two_answers_to_one_part_are_none(assignment: Assignment, key: AnswerKey, value: Any) -> None:
    result = one(assignment, key, "strided-size", value)
    assert result.score == 0, result.feedback


def test_a_part_that_is_given_twice_alike_counts(assignment: Assignment, key: AnswerKey) -> None:
    assert one(assignment, key, "strided-size", "width: 16\nwidth: 16").score == 1
    assert labelled_parts("width: 16\nwidth:\n", ("width",)) == {"width": "16"}


# ---- letters -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["c", "C", "(c)", "c)", "C.", "[c]", "**c**", "`c`", '"c"', "c,", "c, c", "option c", "Option C.", "Answer: c",
     "answer = c", "The answer is c.", "The answer is option (c)", "My answer: c", "I think c", "I choose c",
     "it's c", "\uff23", "c: (8, 3, 3, 3)", "c (8, 3, 3, 3)", "(8, 3, 3, 3)", "c) because of RGB",
     "c - filters first",
     "c because d is wrong", "c because d isn't right", "c, not d", "c: not d", "c; a, b and d are wrong",
     "c rather than d", "c because a filter reads all channels", "c. I think a filter has three axes",
     "c: no padding is needed", "c is right", "c is correct because of RGB", "c since 8 filters come first",
     "c: 3 D input", "c, not a or b", "c because it is not d"],
)  # fmt: skip
def test_one_clear_letter_is_an_answer(text: str) -> None:
    assert read_choice(text, LETTERS) == "c"


@pytest.mark.parametrize(
    "text",
    ["c: no, d", "option c, option d", "c or d", "not a, b", "c / d", "c/d", "first c then d",
     "I think c but maybe d",
     "all", "a-d", "a–d", "cd", "a b c d", "c, d", "c; d", "c and d", "c & d", "c | d", "c + d", "c > d",
     "both c and d", "either c or d", "c, or d", "c (or d)", "c (d)", "c\nd", "c. d.", "c then d",
     "c, maybe d", "c? d", "c?", "not c",
     "c is wrong", "c isn't it", "c is not right", "c: wrong", "c: no", "c - no, wait, d",
     "c or the other one", "!c",
     "¬c", "everything but c", "any of them", "none", "c because d is not wrong", "c because d is right",
     "c, (3, 8, 3, 3)",
     "c: no, Both move by 2.", "answer c, answer d", "The answer is c or d", "e", "1", "", "?", "c" * 3000,
     "a filter of its own", "a and c", "c or a", "c. a", "c a", "c = d", "c → d", "c,d is possible too",
     "option: c, letter: d", "c because b", "c not", "c and all others", "x c",
     "(8, 3, 3, 3) or (3, 8, 3, 3)", "(8, 3)", "the letter",
     "c" + "\u200b" + "d", "c\u2028d", "С",  # the last one is Cyrillic
     ],
)  # fmt: skip
def test_a_bet_is_no_letter(text: str) -> None:
    assert read_choice(text, LETTERS) is None


@pytest.mark.parametrize("value", [["c", "d"], {"c": "no, d"}, {"c": "", "d": ""}, [["c"], ["d"]]])
def test_a_list_of_letters_is_no_letter(assignment: Assignment, key: AnswerKey, value: Any) -> None:
    result = one(assignment, key, "filter-shape", value)
    assert result.score == 0, result.feedback


# ---- sketches ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bet",
    [("dense -> 10", "dense -> 100 or 10"), ("dense -> 10", "dense -> 10?"), ("dense -> 10", "dense 10 / 100"),
     ("(8, 26, 26)", "(8, 26, 26) or (8, 25, 25)"), ("1352", "1153 or 1352"), ("1352", "1153, maybe 1352")],
)  # fmt: skip
def test_a_bet_on_two_shapes_is_no_shape(
    assignment: Assignment, key: AnswerKey, bet: tuple[str, str]
) -> None:
    sketch = "conv 3x3 -> (8, 26, 26)\nrelu\npool -> (8, 13, 13)\nflatten -> 1352\ndense -> 10"
    assert one(assignment, key, "sketch-a-stack", sketch).score == 2
    assert one(assignment, key, "sketch-a-stack", sketch.replace(*bet)).score < 2


# ---- YAML --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [("1:30", "1:30"), ("0o17", "0o17"), ("017", "017"), ("0x10", "0x10"), ("1_000", "1_000"),
     ("2024-01-01", "2024-01-01"), ("yes", "yes"), (".inf", ".inf"), (".nan", ".nan"), ("1e3", "1e3"),
     ("'16'", "16"), ("1" * 5000, "1" * 5000)],
)  # fmt: skip
def test_yaml_makes_nothing_of_a_scalar(assignment: Assignment, text: str, value: str) -> None:
    answers = read_answers(f"strided-size: {text}\n", {}, assignment)
    assert answers.values["strided-size"] == value
    assert answers.problems == ()


@pytest.mark.parametrize(
    "text",
    ["strided-size: &a 16\nfilter-shape: *a", "<<: {filter-shape: c}", "base: &b {filter-shape: c}\n<<: *b"],
)
def test_no_anchor_alias_or_merge_carries_an_answer(
    assignment: Assignment, key: AnswerKey, text: str
) -> None:
    results = grade_questions(assignment, key, read_answers(text, {}, assignment))
    assert next(result for result in results if result.name == "filter-shape").score == 0


# ---- the budget --------------------------------------------------------------------------------------------


def _busy(*_: object) -> Any:
    start = time.thread_time()
    while time.thread_time() - start < 30:
        pass


def test_an_answer_over_the_budget_waits_for_a_person_and_costs_no_other(
    assignment: Assignment, key: AnswerKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "CPU_SECONDS", 0.3)
    monkeypatch.setattr(marking, "grade_numeric", _busy)
    start = time.process_time()
    answers = Answers({"conv-then-pool": "24, 12", "filter-shape": "c"})
    results = {result.name: result for result in grade_questions(assignment, key, answers)}
    assert time.process_time() - start < 10  # left alone, _busy takes thirty
    for name in answers.values:
        assert (results[name].score, results[name].provisional, results[name].needs_manual) == (0, 0, True)
        assert "a person" in results[name].feedback
    assert results["shift-by-two"].feedback == "not answered yet"
    assert results["filter-shape"].answer == "c"


def test_an_answer_that_breaks_the_marking_waits_for_a_person(
    assignment: Assignment, key: AnswerKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Any:
        raise RecursionError

    monkeypatch.setattr(marking, "grade_numeric", broken)
    results = grade_questions(assignment, key, Answers({"conv-then-pool": "24, 12", "filter-shape": "c"}))
    assert (results[0].needs_manual, results[0].provisional) == (True, 0)
    assert sum(result.score for result in results) == 1


def test_a_key_that_lacks_a_question_is_the_instructors_error(assignment: Assignment) -> None:
    with pytest.raises(CourseError, match="nothing for the question"):
        grade_questions(assignment, AnswerKey(schema=1, questions={}), Answers({"filter-shape": "c"}))

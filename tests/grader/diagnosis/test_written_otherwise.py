"""Mistakes in the forms in which students write them are named; what is said of others is true."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.course import Mistake, StyleDecides
from grader.course.mistakes import load_mistakes
from grader.course.models import load_course
from grader.course.reference import Reference, load_functions
from grader.diagnosis import Diagnoser, Topic, kept_tables, topics_of
from grader.diagnosis.alike import Known, marked, same_mistake
from grader.diagnosis.match import outcomes_of
from grader.diagnosis.outcomes import Outcome

#: Functions that are wrong on purpose divide by zero, too.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

ROOT = Path(__file__).parents[3]

#: What the lesson's plug-in knows of each exercise.
LESSON = topics_of(load_course(ROOT / "course.yaml").assignments["cnn"])


def topic_of(exercise: str) -> Topic:
    found = LESSON(exercise)
    assert found
    return found


sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))

from truth import Examiner  # noqa: E402
from wrong_functions import Wrong, wrong_functions  # noqa: E402

WRONG = {wrong.name: wrong for wrong in wrong_functions()}

#: The frequent ones of public student code: exercise and words of the heading → the name that each must get.
FREQUENT = {
    ("conv2d", "pads with a fixed 1, sizes from pad"): "frame-always-one",
    ("conv2d", "x written into [pad:-pad]"): "minus-zero-slice",
    ("conv2d", "height used for the width"): "square-image-assumed",
    ("conv2d", "an assert on the remainder"): "rest-refused",
    ("conv2d", "vertical end computed from the stride"): "window-end-from-the-stride",
    ("conv2d", "windows from range(0, H, stride)"): "window-at-every-start",
    ("maxpool", "windows at range(0, H, stride)"): "window-at-every-start",
    ("maxpool", "range(0, H, stride) into a result"): "window-at-every-start",
    ("maxpool", "window end from the stride"): "window-end-from-the-stride",
    ("maxpool", "H used for W"): "square-image-assumed",
    ("maxpool", "sized by W alone"): "rows-from-the-width",
    ("maxpool", "an assert on the remainder"): "rest-refused",
    ("maxpool_backward", "the whole window is assigned"): "whole-window-overwritten",
    ("maxpool_backward", "whole window assigned, columns outside"): "whole-window-overwritten",
    ("maxpool_backward", "assigned where windows overlap"): "overwritten-in-overlaps",
    ("conv2d_backward", "dx sliced [pad:-pad]"): "minus-zero-crop",
    ("conv2d_backward", "[pad:-pad] assigned into"): "minus-zero-crop",
    ("conv2d_backward", "the same, added into dx"): "minus-zero-crop",
    ("conv2d_backward", "dx[:] = crop with [pad:-pad]"): "minus-zero-crop",
    ("conv2d_backward", "dx assigned instead of added"): "overwritten-in-overlaps",
    ("conv2d_backward", "dx assigned image by image"): "overwritten-in-overlaps",
    ("conv2d_backward", "pad hard-coded to 1"): "frame-always-one",
    ("conv2d_backward", "output height used for the width"): "square-maps-assumed",
    ("conv2d_backward", "loops over the image"): "window-at-every-start",
}


class Lesson:
    """The lesson's diagnoser, and what is right."""

    def __init__(self) -> None:
        course = load_course(ROOT / "course.yaml")
        assignment = course.assignments["cnn"]
        self.right = load_functions(course.solutions("cnn"), assignment.chapter_of())
        self.mistakes = load_mistakes(course, "cnn")
        self._diagnoser = Diagnoser(
            assignment, Reference(self.right), self.mistakes, kept_tables(course, "cnn")
        )

    def say(self, exercise: str, function: Callable[..., Any]) -> Any:
        return self._diagnoser.diagnose(exercise, SimpleNamespace(**{exercise: function}))

    def about(self, wrong: Wrong) -> Any:
        return self.say(wrong.exercise, wrong.load(self.right))


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return Lesson()


@pytest.mark.parametrize(("exercise", "words"), sorted(FREQUENT))
def test_the_frequent_mistakes_get_their_names_in_every_form(
    lesson: Lesson, exercise: str, words: str
) -> None:
    found = [wrong for wrong in WRONG.values() if wrong.exercise == exercise and words in wrong.what]
    assert len(found) == 1
    diagnosis = lesson.about(found[0])
    assert diagnosis is not None
    assert (diagnosis.kind, diagnosis.mistake) == ("mistake", FREQUENT[exercise, words])


def always(value: Any) -> Callable[..., Any]:
    return lambda *args: value


@pytest.mark.parametrize(
    "exercise", ["conv2d", "conv2d_backward", "maxpool", "softmax_loss", "cnn_loss", "flatten"]
)
@pytest.mark.parametrize("value", [None, "text", {"a": 1}, 3.0, (1, 2), NotImplemented], ids=repr)
def test_what_is_never_usable_has_no_name(lesson: Lesson, exercise: str, value: Any) -> None:
    found = lesson.say(exercise, always(value))
    assert found is None or found.kind == "observation"


@pytest.mark.parametrize("kind", [ValueError, IndexError, AssertionError, ZeroDivisionError])
def test_what_always_raises_has_no_name(lesson: Lesson, kind: type[Exception]) -> None:
    def fails(*args: Any) -> Any:
        raise kind

    for exercise in lesson.right:
        found = lesson.say(exercise, fails)
        assert found is None or found.kind == "observation", exercise


def test_every_observation_says_first_how_often(lesson: Lesson) -> None:
    words = ("Wrong on ", "Filter ", "The result is")  # filters are looked at, not called
    for wrong in WRONG.values():
        found = lesson.about(wrong)
        if found and found.kind == "observation" and found.mistake != "state":
            said = found.says if not found.mistake.startswith("right:") else found.says.split("not. ")[-1]
            assert said.startswith(words) or "wrong on " in said.lower()[:160], (wrong.name, found.says)


@pytest.mark.slow
def test_no_observation_can_be_read_as_false(lesson: Lesson) -> None:
    for wrong in WRONG.values():
        found = lesson.about(wrong)
        for words in ("outside row 0", "sometimes", "invalid", "One such call", "the smallest such call"):
            assert not found or found.kind == "mistake" or words not in found.says + found.hint, wrong.name


@pytest.mark.slow
def test_a_call_that_is_cited_is_shown_and_is_wrong(lesson: Lesson) -> None:
    cited = 0
    for wrong in WRONG.values():
        found = lesson.about(wrong)
        if not found or "line by line: " not in found.hint:
            continue
        call = found.hint.split("line by line: ")[1].split(", where yours gives")[0]
        answers = []
        for function in (wrong.load(lesson.right), lesson.right[wrong.exercise]):
            try:
                answers.append(repr(eval(call, {"np": np, wrong.exercise: function})))
            except Exception as error:
                answers.append(f"raised {type(error).__name__}")
        assert answers[0] != answers[1], (wrong.name, call)
        cited += 1
    assert cited > 30


def test_a_function_that_remembers_is_said_to(lesson: Lesson) -> None:
    for words in ("added to and never reset", "a default-argument cache"):
        found = lesson.about(next(wrong for wrong in WRONG.values() if words in wrong.what))
        assert found.mistake == "state"
        assert "the same arguments" in found.says


@pytest.mark.slow
def test_no_name_is_false_on_fresh_calls(lesson: Lesson) -> None:
    examiner = Examiner(lesson.right, lesson.mistakes, count=120)
    for wrong in WRONG.values():
        found = lesson.about(wrong)
        if found and found.kind == "mistake":
            assert not examiner.examine(wrong.exercise, wrong.load(lesson.right), found), (wrong.name, found)


def known(exercise: str, *forms: Callable[..., Any]) -> Known:
    entry = Mistake("a-name", exercise, "Says.", "Hint.", forms[0], forms[1:])
    return Known(entry, tuple(marked(outcomes_of(topic_of(exercise), form)) for form in forms))


def answers(exercise: str, function: Callable[..., Any]) -> list[Outcome]:
    return outcomes_of(topic_of(exercise), function)


def test_where_style_decides_nothing_is_compared(lesson: Lesson) -> None:
    right = lesson.right["zero_pad"]

    def mistake(x: Any, pad: int) -> Any:
        if pad > 2:
            raise StyleDecides
        return right(x, 2 * pad)

    def written(x: Any, pad: int) -> Any:
        return right(x, 2 * pad) if pad <= 2 else right(x, pad)[..., :1]

    wanted = answers("zero_pad", right)
    assert same_mistake([known("zero_pad", mistake)], answers("zero_pad", written), wanted)
    assert (
        same_mistake(
            [known("zero_pad", lambda x, pad: right(x, 2 * pad))], answers("zero_pad", written), wanted
        )
        is None
    )


def test_a_name_needs_the_rest_to_be_right_and_no_other_name_that_fits_as_well(lesson: Lesson) -> None:
    right = lesson.right["zero_pad"]

    def twice(x: Any, pad: int) -> Any:
        return right(x, 2 * pad)

    def twice_or_raised(x: Any, pad: int) -> Any:
        if x.ndim == 3 and pad:
            raise ValueError
        return right(x, 2 * pad)

    def wrong_elsewhere(x: Any, pad: int) -> Any:
        return right(x, 2 * pad) if pad else right(x, 1)

    wanted, one = answers("zero_pad", right), known("zero_pad", twice)
    assert same_mistake([one], answers("zero_pad", twice_or_raised), wanted)
    assert same_mistake([one], answers("zero_pad", wrong_elsewhere), wanted) is None
    assert same_mistake([one], wanted, wanted) is None
    assert same_mistake([one, known("zero_pad", twice)], answers("zero_pad", twice), wanted) is None

"""The second lesson's questions: shapes, a kind of its own, and the rubrics for free text.

`pytest tests/grader/questions/test_rnn_questions.py -k table -s` prints what the rubrics find.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.course import Assignment, load_course
from grader.questions import (
    KEY_FILE,
    AnswerKey,
    Answers,
    answers_template,
    grade_questions,
    load_key,
    look_over,
    model_answers,
)
from grader.questions.freetext import find
from grader.questions.key import FreeKey
from grader.result import QuestionResult

ROOT = Path(__file__).parents[3]
SAMPLES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "rnn_free_text_answers.yaml").read_text(encoding="utf-8")
)
SHAPES = "shapes-of-a-network"
RIGHT = {
    "x": "(16, 40, 27)",
    "step": "(16, 27)",
    "h0": "(16, 32)",
    "wx": "(27, 32)",
    "wh": "(32, 32)",
    "b": "(32,)",
    "next": "(16, 32)",
    "states": "(16, 40, 32)",
}


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    return load_course(ROOT / "course.yaml").assignments["rnn"]


@pytest.fixture(scope="module")
def key(assignment: Assignment) -> AnswerKey:
    return load_key(ROOT / "solutions" / "rnn" / KEY_FILE, assignment)


def graded(assignment: Assignment, key: AnswerKey, name: str, value: Any) -> QuestionResult:
    return next(r for r in grade_questions(assignment, key, Answers({name: value})) if r.name == name)


def shapes(assignment: Assignment, key: AnswerKey, value: Any) -> QuestionResult:
    return graded(assignment, key, SHAPES, value)


def lines(**changed: str) -> str:
    return "\n".join(f"{name}: {shape}" for name, shape in (RIGHT | changed).items())


def test_the_questions_are_worth_13_points_and_the_key_earns_them(
    assignment: Assignment, key: AnswerKey
) -> None:
    results = grade_questions(assignment, key, Answers(model_answers(key, assignment)))
    assert [result.max_score for result in results] == [1, 1, 2, 1, 1, 2, 1, 2, 1, 1]
    assert all(max(result.score, result.provisional or 0) == result.max_score for result in results)
    assert sum(result.score for result in results) == 9, "the rest waits for a person"


def test_every_kind_of_question_is_asked(assignment: Assignment) -> None:
    kinds = {question.kind for chapter in assignment.chapters for question in chapter.questions}
    assert kinds == {"numeric", "choice", "free", "shapes"}


def test_an_untouched_template_earns_nothing(assignment: Assignment, key: AnswerKey) -> None:
    answers = yaml.safe_load(answers_template(assignment))
    values = {name: "" if value is None else value for name, value in answers.items()}
    values = {
        name: dict.fromkeys(value, "") if isinstance(value, dict) else value for name, value in values.items()
    }
    results = grade_questions(assignment, key, Answers(values))
    assert {(result.score, result.feedback) for result in results} == {(0, "not answered yet")}


@pytest.mark.parametrize(
    "value",
    [
        lines(),
        RIGHT,
        lines().replace("(", "[").replace(")", "]"),
        lines().replace(" ", ""),
        lines().replace("(", "").replace(")", ""),
        lines().upper(),
        "x: (N, T, V)\nstep: n, d\nh0: (N, H)\nwx: (V, 32)\nwh: (H, H)\nb: (H)\nnext: N,H\nstates: (N,T,H).",
        "Here they are:\n\n" + lines() + "\n\nThat is all",
    ],
)
def test_shapes_are_read_in_letters_numbers_and_both(
    assignment: Assignment, key: AnswerKey, value: Any
) -> None:
    assert shapes(assignment, key, value).score == 2


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"wx": "(32, 27)"}, "wx: “(32, 27)” is not right. Rows times matrix"),
        ({"wx": "(H, V)"}, "wx: “(H, V)” is not right. Rows times matrix"),
        ({"b": "(H, 1)"}, "b: “(H, 1)” is not right."),
        ({"states": ""}, "states: not answered."),
        ({"wx": "(27, 32) or (32, 27)"}, "can't be read as one shape"),
        ({"wx": "(27, 32"}, "can't be read as one shape"),
        ({"wx": "27 x 32"}, "can't be read as one shape"),
        ({"wx": "(27, Q)"}, "can't be read as one shape"),
        ({"wx": "(-27, 32)"}, "can't be read as one shape"),
        ({"wx": "(²7, 32)"}, "can't be read as one shape"),
        ({"wx": "(٢٧, 32)"}, "can't be read as one shape"),
        ({"wx": "(27, 32)\nwx: (32, 27)"}, "can't be read as one shape"),
        ({"wx": "(27, 32, 1, 1, 1, 1, 1)"}, "can't be read as one shape"),
    ],
)
def test_one_wrong_line_costs_its_share_alone(
    assignment: Assignment, key: AnswerKey, changed: dict[str, str], says: str
) -> None:
    found = shapes(assignment, key, lines(**changed))
    assert found.score == 1.75
    assert says in found.feedback


def test_a_line_that_says_the_same_twice_is_no_bet(assignment: Assignment, key: AnswerKey) -> None:
    assert shapes(assignment, key, lines() + "\nwx: (V, H)").score == 2


def test_half_an_answer_brings_no_sketch_and_a_whole_one_does(assignment: Assignment, key: AnswerKey) -> None:
    half = shapes(assignment, key, "x: (N, T, V)\nwh: (3, 3)")
    assert (half.score, half.key) == (0.25, "")
    assert "x (16, 40, 27)" in shapes(assignment, key, lines(wh="(3, 3)")).key


def test_an_unknown_name_is_said(assignment: Assignment, key: AnswerKey) -> None:
    found = shapes(assignment, key, lines() + "\nwy: (H, V)")
    assert (found.score, "No array `wy` is asked for." in found.feedback) == (2, True)


def test_what_is_no_line_of_shapes_is_said_at_home(assignment: Assignment) -> None:
    seen = look_over(Answers({SHAPES: "three by four"}, lines={SHAPES: 3}), assignment)
    assert "no shape was recognised" in seen.remarks[0]
    assert look_over(Answers({SHAPES: "x: (2, 3)"}, lines={SHAPES: 3}), assignment).remarks == ()


@pytest.mark.parametrize(
    "text",
    ["x:" * 100_000, "x: " + "(" * 100_000, "x: " + "9" * 100_000, "x: 1\n" * 50_000, ":", "x: ,", "x: ()"],
)
def test_hostile_lines_earn_nothing_and_take_no_time(
    assignment: Assignment, key: AnswerKey, text: str
) -> None:
    began = time.process_time()
    assert shapes(assignment, key, text).score == 0
    assert time.process_time() - began < 0.5


@pytest.fixture(scope="module")
def rubrics(key: AnswerKey) -> dict[str, FreeKey]:
    return {name: mine for name, mine in key.questions.items() if isinstance(mine, FreeKey)}


def test_both_free_questions_have_right_and_wrong_answers(rubrics: dict[str, FreeKey]) -> None:
    assert SAMPLES.keys() == rubrics.keys()
    for name, mine in SAMPLES.items():
        ids = {point.id for point in rubrics[name].rubric}
        assert {point for sample in mine for point in sample["points"]} == ids
        assert sum(not sample["points"] for sample in mine) >= 5


@pytest.mark.parametrize("name", SAMPLES)
def test_the_rubric_finds_what_a_person_would(rubrics: dict[str, FreeKey], name: str) -> None:
    for sample in SAMPLES[name]:
        if not sample.get("fresh"):
            found = find(rubrics[name], sample["answer"])
            assert set(found.points) == set(sample["points"]), sample["answer"]
            assert list(found.misconceptions) == sample.get("remarks", []), sample["answer"]


def test_the_table_of_fresh_answers_reaches_its_floors(rubrics: dict[str, FreeKey]) -> None:
    hit = false = missed = 0
    for name, mine in SAMPLES.items():
        for sample in mine:
            if sample.get("fresh"):
                found, deserved = set(find(rubrics[name], sample["answer"]).points), set(sample["points"])
                print(f"{name}: found {sorted(found)}, deserved {sorted(deserved)}")
                hit += len(found & deserved)
                false += len(found - deserved)
                missed += len(deserved - found)
    print(f"hit {hit}, false {false}, missed {missed}")
    assert hit / (hit + false) >= 0.8
    assert hit / (hit + missed) >= 0.5

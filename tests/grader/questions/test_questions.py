"""Reading answers and grading them: numeric, choice, structured. (Free text by rubric: test_free_text.py.)"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.course.models import Assignment, Question, load_course
from grader.errors import CourseError
from grader.questions import (
    KEY_FILE,
    AnswerKey,
    Answers,
    answer_cell,
    answers_template,
    grade_questions,
    load_key,
    model_answers,
    read_answers,
)
from grader.questions.choice import read_choice
from grader.questions.numeric import read_number
from grader.result import QuestionResult

ROOT = Path(__file__).parents[3]
KEY = ROOT / "solutions" / "cnn" / KEY_FILE


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    """The assignment with every chapter switched on: 10 questions, 15 points."""
    _, found = load_course(ROOT / "course.yaml").assignment("cnn")
    chapters = tuple(chapter.model_copy(update={"available": True}) for chapter in found.chapters)
    return found.model_copy(update={"chapters": chapters})


@pytest.fixture(scope="module")
def key(assignment: Assignment) -> AnswerKey:
    return load_key(KEY, assignment)


def question(assignment: Assignment, name: str) -> Question:
    return next(q for chapter in assignment.chapters for q in chapter.questions if q.name == name)


def graded(assignment: Assignment, key: AnswerKey, name: str, value: Any) -> QuestionResult:
    results = grade_questions(assignment, key, Answers({name: value}))
    return next(result for result in results if result.name == name)


def filled_in(assignment: Assignment, answers: Mapping[str, Any]) -> str:
    """The handout's answers.yaml with its blanks filled in, as a student with an editor would."""
    text = answers_template(assignment)
    for name, value in answers.items():
        if isinstance(value, dict):
            for part, number in value.items():
                text = text.replace(f"\n  {part}:\n", f"\n  {part}: {number}\n")
                text = text.replace(f"\n{name}:\n\n", f"\n{name}: {number}\n\n")
        elif f"\n{name}: |\n" in text:
            lines = value if isinstance(value, list) else value.strip().split("\n")
            body = "".join(f"  {line}\n" for line in lines)
            text = text.replace(f"\n{name}: |\n", f"\n{name}: |\n{body}")
        else:
            text = text.replace(f"\n{name}:\n", f"\n{name}: {value}\n")
    return text


def check_full_marks(results: list[QuestionResult]) -> None:
    automatic = sum(result.score for result in results)
    provisional = sum(result.provisional or 0 for result in results)
    assert (automatic, provisional) == (8, 7)
    assert sum(result.max_score for result in results) == 15
    assert [r.name for r in results if r.needs_manual] == [
        "plain-language",
        "why-share",
        "what-flattening-loses",
    ]
    assert all(result.score == 0 for result in results if result.needs_manual)


# ---- the key answers itself; the untouched handout answers nothing ------------------------------------------


def test_the_keys_own_answers_are_worth_all_points(assignment: Assignment, key: AnswerKey) -> None:
    check_full_marks(grade_questions(assignment, key, Answers(model_answers(key, assignment))))


def test_a_filled_in_answers_file_is_worth_all_points(assignment: Assignment, key: AnswerKey) -> None:
    answers = read_answers(filled_in(assignment, model_answers(key, assignment)), {}, assignment)
    assert answers.problems == ()
    check_full_marks(grade_questions(assignment, key, answers))


def test_answers_in_notebook_cells_are_worth_all_points(assignment: Assignment, key: AnswerKey) -> None:
    cells = {}
    for name, value in model_answers(key, assignment).items():
        if isinstance(value, dict):
            cells[name] = "\n".join(value.values())
        else:
            cells[name] = "\n".join(value) if isinstance(value, list) else value
    answers = read_answers(None, cells, assignment)
    assert answers.problems == ()
    check_full_marks(grade_questions(assignment, key, answers))


def test_an_answer_cell_shows_what_is_to_be_filled_in(assignment: Assignment) -> None:
    """A comment alone shows as nothing, and lines below each other as one."""
    markdown = pytest.importorskip("markdown_it").MarkdownIt()
    for question in (q for chapter in assignment.chapters for q in chapter.questions if q.kind != "free"):
        shown = markdown.render(answer_cell(question))
        parts = question.parts or ("letter",) * (question.kind == "choice")
        assert [f"<p>{part}:</p>" in shown for part in parts] == [True] * len(parts)
    letter = read_answers(None, {"filter-shape": "<!-- filter-shape: … -->\nletter: c"}, assignment)
    assert letter.values == {"filter-shape": "c"}


def test_the_untouched_handout_is_all_unanswered_without_a_problem(
    assignment: Assignment, key: AnswerKey
) -> None:
    questions = [q for chapter in assignment.chapters for q in chapter.questions]
    cells = {q.name: answer_cell(q) for q in questions}
    answers = read_answers(answers_template(assignment), cells, assignment)
    assert answers == Answers()
    for result in grade_questions(assignment, key, answers):
        assert (result.score, result.provisional, result.needs_manual) == (0, None, False)
        assert result.feedback == "not answered yet"


def test_the_template_asks_every_question_of_the_open_chapters_only(assignment: Assignment) -> None:
    half = assignment.model_copy(
        update={
            "chapters": (
                assignment.chapters[0],
                assignment.chapters[4].model_copy(update={"available": False}),
            )
        }
    )
    text = answers_template(half)
    assert "\nfilter-shape:\n" in text
    assert "(8, 3, 3, 3)" in text
    assert "sketch-a-stack" not in text


def test_a_closed_chapters_question_is_neither_graded_nor_a_problem(
    assignment: Assignment, key: AnswerKey
) -> None:
    closed = assignment.model_copy(
        update={
            "chapters": tuple(
                c.model_copy(update={"available": i == 0}) for i, c in enumerate(assignment.chapters)
            )
        }
    )
    answers = read_answers("pool-gradient: b\nfilter-shape: c\n", {}, closed)
    assert answers.problems == ()
    assert [r.name for r in grade_questions(closed, key, answers)] == [
        "conv-then-pool",
        "strided-size",
        "filter-shape",
    ]


@pytest.mark.parametrize(
    ("name", "answer"),
    [("filter-shape", "c or d"), ("strided-size", "16 or 17"), ("sketch-a-stack", "later")],
)
def test_what_is_no_answer_brings_no_sketch(
    assignment: Assignment, key: AnswerKey, name: str, answer: str
) -> None:
    result = graded(assignment, key, name, answer)
    assert result.score == 0
    assert "Answer sketch" not in result.key + result.feedback


def test_the_answer_sketch_goes_along_once_the_answer_is_in(assignment: Assignment, key: AnswerKey) -> None:
    """Apart from what is said of the answer: feedback/disclosure.py decides who sees it."""
    part = {"after the convolution": "24"}
    assert graded(assignment, key, "conv-then-pool", part).key == ""
    whole = graded(assignment, key, "conv-then-pool", part | {"after the pooling": "9"})
    assert whole.key.startswith("Answer sketch: ")
    assert "Answer sketch" not in whole.feedback


# ---- reading answers.yaml ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "conv-then-pool: [24, 12]",
        "conv-then-pool: {after the convolution: 24, after the pooling: 12}",
        "conv-then-pool: 24, 12",
        "conv-then-pool: 24 and 12",
        "conv-then-pool:\n  - 24\n  - 12",
        "conv-then-pool:\n  - after the convolution: 24\n  - after the pooling: 12",
        "conv-then-pool: |\n  24 x 24\n  12 × 12",
        "conv-then-pool:\nafter the convolution: 24\nafter the pooling: 12",
        "conv-then-pool:\n\tafter the convolution: 24\n\tafter the pooling: 12",
        "Conv_then_pool:\n  After the convolution: 28 - 5 + 1 = 24\n  pooling: 3\n  after the pooling: 12 pixels",
        "\ufeff---\r\nconv-then-pool: '24;12'\r\n",
        "  conv-then-pool: [24, 12]\n  filter-shape: c",
    ],
)
def test_numbers_are_read_in_any_reasonable_layout(assignment: Assignment, key: AnswerKey, text: str) -> None:
    answers = read_answers(text, {}, assignment)
    assert answers.problems == ()
    result = graded(assignment, key, "conv-then-pool", answers.values["conv-then-pool"])
    assert result.score == 1


def test_a_broken_answer_costs_no_other_and_its_line_is_named(assignment: Assignment, key: AnswerKey) -> None:
    text = "filter-shape: c\nwhy-share: [unclosed\nshift-by-two: b\nconv-then-pool: [24, 12]\n"
    answers = read_answers(text, {}, assignment)
    assert answers.values["filter-shape"] == "c"
    assert answers.values["shift-by-two"] == "b"
    assert answers.values["conv-then-pool"] == ["24", "12"]
    assert len(answers.problems) == 1
    assert answers.problems[0].startswith(
        "answers.yaml line 2: a `[` is not closed: `]` is missing. The answer is read"
    )


def test_text_with_a_colon_or_without_indentation_still_counts(assignment: Assignment) -> None:
    text = (
        "filter-shape: c\n"
        "why-share: Because: there are fewer weights\n"
        "\n# the next question\n"
        "what-flattening-loses: |\n"
        "The neighbourhood: who is\nnext to whom\n"
    )
    answers = read_answers(text, {}, assignment)
    assert answers.values["why-share"] == "Because: there are fewer weights"
    assert answers.values["what-flattening-loses"] == "The neighbourhood: who is\nnext to whom"
    assert answers.problems[0].startswith("answers.yaml line 2: ")


def test_an_unknown_question_is_reported_with_a_suggestion(assignment: Assignment) -> None:
    answers = read_answers("filter-shap: c\n", {"why-shar": "x"}, assignment)
    assert not answers.values
    assert answers.problems == (
        "answers.yaml line 1: there is no question 'filter-shap'; did you mean filter-shape?",
        "notebook: there is no question 'why-shar'; did you mean why-share?",
    )


def test_of_two_answers_the_last_counts_and_an_empty_one_never(assignment: Assignment) -> None:
    answers = read_answers("filter-shape: a\nfilter-shape: c\nfilter-shape:\n", {}, assignment)
    assert answers.values["filter-shape"] == "c"
    assert answers.problems == (
        "answers.yaml line 2: filter-shape is answered twice; this one counts, not the one in line 1",
    )


def test_the_file_counts_before_the_notebook_but_not_where_it_is_empty(assignment: Assignment) -> None:
    answers = read_answers(
        "filter-shape: c\nshift-by-two:\n", {"filter-shape": "a", "shift-by-two": "b"}, assignment
    )
    assert answers.values == {"filter-shape": "c", "shift-by-two": "b"}
    assert answers.problems == (
        "filter-shape is answered in answers.yaml and, differently, in the notebook; the file counts",
    )


def test_a_billion_laughs_is_read_as_the_few_lines_it_is(assignment: Assignment) -> None:
    lines = ["why-share: &a [lol, lol]"]
    lines += [
        f"what-flattening-loses: &{chr(98 + i)} [{', '.join(f'*{chr(97 + i)}' for _ in range(9))}]"
        for i in range(9)
    ]
    answers = read_answers("\n".join(lines), {}, assignment)
    assert sum(len(str(value)) for value in answers.values.values()) < 200
    assert any("line 1" in problem for problem in answers.problems)


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.getcwd []", "!!timestamp 2020-01-01", "!x y"])
def test_tags_make_no_objects(assignment: Assignment, tag: str) -> None:
    answers = read_answers(f"why-share: {tag}\n", {}, assignment)
    assert answers.values["why-share"] == tag
    assert "has a meaning in YAML" in answers.problems[0]


def test_scalars_stay_what_was_typed(assignment: Assignment) -> None:
    answers = read_answers("why-share: yes\nstrided-size: 0x10\nfilter-shape: 1:30\n", {}, assignment)
    assert dict(answers.values) == {"why-share": "yes", "strided-size": "0x10", "filter-shape": "1:30"}


def test_a_file_above_64_kib_is_read_up_to_there(assignment: Assignment) -> None:
    answers = read_answers("filter-shape: c\nwhy-share: " + "word " * 20_000, {}, assignment)
    assert answers.values["filter-shape"] == "c"
    assert len(answers.values["why-share"]) <= 64 * 1024
    assert answers.problems[0] == "answers.yaml: larger than 64 KiB, only the first 64 KiB were read"


def test_the_shown_answer_is_capped_and_defused(assignment: Assignment, key: AnswerKey) -> None:
    result = graded(assignment, key, "why-share", "\x1b[2J\u202e" + "x" * 50_000)
    assert "\x1b" not in result.answer
    assert "\u202e" not in result.answer
    assert len(result.answer) < 4500


NASTY = st.sampled_from(
    ["why-share", "filter-shape", "sketch-a-stack", "conv-then-pool", ": ", "|\n", "\n", "  ", "- ", "[", "]", "{", "}",
     "&a ", "*a", "!", "'", '"', "#", "\t", "conv", "relu", "->", "(8, 26, 26)", "24", "1,000", " x ", "not", "weights",
     "fewer", "fewer weights", "<<", "?", "%", "\\U", "\x00", "\ud800", "\u2028", "é", "---\n", "9" * 400, "pooling"]
)  # fmt: skip


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(text=st.one_of(st.text(), st.lists(NASTY, max_size=60).map("".join)))
@example(text="[" * 20_000)
@example(text="{a: " * 5_000)
@example(text='why-share: "\\UFFFFFFFF"')
@example(text="why-share: [\n" * 500)
@example(text="- " * 20_000)
def test_no_text_makes_reading_or_grading_raise(assignment: Assignment, key: AnswerKey, text: str) -> None:
    names = list(key.questions)
    as_file = read_answers(text, {}, assignment)
    as_cells = read_answers(None, {**dict.fromkeys(names, text), text: text}, assignment)
    every_value = Answers({name: [text, {text: [text]}] for name in names})
    for answers in (as_file, as_cells, every_value):
        for result in grade_questions(assignment, key, answers):
            assert 0 <= result.score <= result.max_score
            assert 0 <= (result.provisional or 0) <= result.max_score
            result.model_dump_json()


# ---- numeric -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["12", "12.0", "12,0", " 12 ", "12 x 12", "12×12", "12*12", "12 by 12", "12x12 pixels", "= 12",
             "24 / 2 = 12", "12 px", "about 12", "12 (24 halved)", "１２", "+12"]
)  # fmt: skip
def test_a_side_may_be_spelled_in_many_ways(text: str) -> None:
    assert read_number(text, square=True) == {12.0}


@pytest.mark.parametrize(
    "text", ["11 or 12", "12 x 11", "12 11", "not 12", "twelve", "", "12?", "11/12", "12 x 12 x 12"]
)
def test_no_side_is_read_out_of_a_bet_or_a_contradiction(text: str) -> None:
    assert read_number(text, square=True) == set()


@pytest.mark.parametrize(
    "text", ["451584", "451,584", "451 584", "451.584", "451'584", "451_584", "784 x 576", "784·576"]
)
def test_large_numbers_with_thousands_or_worked_out(text: str) -> None:
    assert 451584.0 in read_number(text)


def test_each_part_is_worth_its_share(assignment: Assignment, key: AnswerKey) -> None:
    assert graded(assignment, key, "count-weights", "224, 451,584, 25, 452,160, 27").score == 0.8
    assert graded(assignment, key, "count-weights", ["224", "451584", "25", "452160", "26"]).score == 1
    result = graded(
        assignment, key, "conv-then-pool", {"after the convolution": "23", "after the pooling": "12"}
    )
    assert result.score == 0.5
    assert "the first place counts too" in result.feedback


def test_too_many_numbers_are_no_answer(assignment: Assignment, key: AnswerKey) -> None:
    result = graded(assignment, key, "strided-size", "15, 16, 17")
    assert result.score == 0
    assert graded(assignment, key, "conv-then-pool", "24, 12, 13").score == 0


# ---- choice ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["c", "C", "(c)", "c)", "c.", "c: (8, 3, 3, 3)", "c) because of RGB", "answer c", "The answer is c.",
             "(8, 3, 3, 3)", "(8,3,3,3)", "c - filters first"]
)  # fmt: skip
def test_a_choice_is_a_letter_or_the_options_text(assignment: Assignment, text: str) -> None:
    assert read_choice(text, question(assignment, "filter-shape").options) == "c"


@pytest.mark.parametrize(
    "text", ["b or c", "a, c", "e", "a filter of its own", "", "abcd", "c/d", "all", "a b c d", "(8, 3)"]
)
def test_no_letter_is_read_out_of_several_or_none(assignment: Assignment, text: str) -> None:
    assert read_choice(text, question(assignment, "filter-shape").options) is None


def test_a_wrong_letter_gets_its_remark(assignment: Assignment, key: AnswerKey) -> None:
    result = graded(assignment, key, "shift-by-two", "a")
    assert result.score == 0
    assert "equivariant, not invariant" in result.feedback


# ---- the sketch of a stack ---------------------------------------------------------------------------------

GOOD_STACKS: list[Any] = [
    "conv 8 filters 3x3 → (8, 26, 26)\nrelu\npool 2x2 → (8,13,13)\nflatten → 1352\ndense → 10",
    "Input (1, 28, 28)\nConv2d + ReLU: 8x26x26\nMaxPool: 8 × 13 × 13\nConv2d + ReLU: 16x11x11\nMaxPool: 16x5x5\n"
    "Flatten: 400\nFully connected: 10 logits",
    "Conv (26,26,8) -> relu (26,26,8) -> maxpool (13,13,8) -> flatten (1352) -> dense 10",
    [
        ["conv", "(8, 26, 26)"],
        ["relu", "(8, 26, 26)"],
        ["maxpool", ["8", "13", "13"]],
        ["flatten", "1352"],
        ["dense", "10"],
    ],
    [
        ["conv 3x3", "(8", "26", "26)"],
        ["relu"],
        ["pool", "(8", "13", "13)"],
        ["flatten", "(1352", ")"],
        ["dense", "(10", ")"],
    ],
    '("conv", 8, 3, 1, 0) -> (8, 26, 26)\n("relu",) -> (8, 26, 26)\n("maxpool", 2, 2) -> (8, 13, 13)\n'
    '("flatten",) -> (1352,)\n("dense", 10) -> (10,)',
    "Conv2d(1, 8, 3), ReLU → (N, 8, 26, 26)\nMaxPool2d(2) → (N, 8, 13, 13)\n"
    "Flatten → (N, 1352)\nLinear(1352, 10) → (N, 10)",
    "conv 28x28x1 -> 26x26x8\nrelu\npool 26x26x8 -> 13x13x8\nflatten 13x13x8 -> 1352\ndense 1352 -> 128\nrelu\n"
    "dense 128 -> 10\nlogits: 10",
    {"conv1": "(8, 26, 26)", "relu1": "(8,26,26)", "pool1": "(8, 13, 13)", "flatten": "1352", "fc": "10"},
    "1. convolution + ReLU, 16 filters 5x5, same padding, gives 16 maps of 28x28\n"
    "2. convolution 16 3x3, stride 2, padding 1 and relu: 16@14x14\n3. flatten: 16*14*14 = 3136\n4. dense layer: 10",
    [
        {"layer": "conv + relu", "shape": "(4, 26, 26)"},
        {"layer": "max pooling", "shape": "(4, 13, 13)"},
        "flatten (676,)",
        "dense 10",
    ],
]


@pytest.mark.parametrize("sketch", GOOD_STACKS)
def test_a_right_sketch_is_worth_all_points_in_any_notation(
    assignment: Assignment, key: AnswerKey, sketch: Any
) -> None:
    result = graded(assignment, key, "sketch-a-stack", sketch)
    assert result.score == 2, result.feedback


@pytest.mark.parametrize(
    ("sketch", "score", "says"),
    [
        (
            "conv -> (8, 25, 25)\nrelu -> (8, 25, 25)\npool -> (8, 12, 12)\nflatten -> 1152\ndense -> 10",
            1.9,
            "(8, 26, 26) would",
        ),
        ("conv -> (8, 26, 26)\npool -> (8, 13, 13)\nflatten -> 1352\ndense -> 10", 1.8, "ReLU"),
        ("conv -> (8, 26, 26)\nrelu\npool -> (8, 13, 13)\nflatten -> 1352\ndense -> 100", 1.5, "10 outputs"),
        (
            "conv -> (8, 26, 26)\nrelu\npool -> (8, 13, 13)\nflatten -> 1352\ndense -> 10\nsoftmax",
            1.75,
            "probabilities",
        ),
        (
            "conv -> (8, 26, 26)\nrelu\npool -> (8, 13, 13)\nflatten -> 1352\ndense -> 10\nrelu",
            1.3,
            "negative ones",
        ),
        ("conv, relu, pool, flatten, dense", 1, "which shape comes out"),
        ("dense, flatten, relu, pool, conv", 0, "come first"),
        ("flatten -> 784\ndense -> 128\nrelu\ndense -> 10", 0, "none was found"),
        ("I would use a neural network.", 0, "No layers were recognised"),
    ],
)
def test_order_shapes_and_logits_earn_their_own_points(
    assignment: Assignment, key: AnswerKey, sketch: str, score: float, says: str
) -> None:
    result = graded(assignment, key, "sketch-a-stack", sketch)
    assert result.score == pytest.approx(score), result.feedback
    assert says in result.feedback


# ---- the key -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    answer: c\n", "    answer: e\n", "questions.filter-shape.answer: there is no option 'e'"),
        ("  strided-size:\n", "  strided-sice:\n", "did you mean 'strided-size'?"),
        ("        accept: [16]\n", "        acept: [16]\n", "unknown key (did you mean 'accept'?)"),
        ("points: {order: 1,", "points: {order: 2,", "these are 3 points, course.yaml says 2"),
        ("[<fewer>, <weights>]", "[<fewer>, <weight>]", "there is no word set <weight> (did you mean 'weights'?)"),
        ("      after the pooling:\n", "      after pooling:\n", "course.yaml asks for after the convolution,"),
        ("    classes: 10\n", "    classes: ten\n", "questions.sketch-a-stack.classes: Input should be"),
        ("schema: 1\n", "schema: 1\nschema: 1\n", "stands here twice"),
        ("schema: 1\n", "schema: [\n", "is not closed"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_refused_with_file_line_and_field(
    assignment: Assignment, tmp_path: Path, old: str, new: str, says: str
) -> None:
    text = KEY.read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / KEY_FILE
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        load_key(broken, assignment)
    message = str(caught.value)
    assert says in message
    line = message.removeprefix(f"{broken}:").partition(":")[0]
    assert line.isdecimal()


def test_an_answer_without_a_question_waits_only_where_a_question_has_none(assignment: Assignment) -> None:
    names = [q.name for chapter in assignment.open_chapters for q in chapter.questions]
    all_but_one = "".join(f"{name}: x\n" for name in names[1:])
    assert read_answers(f"{all_but_one}my-answer: b\n", {}, assignment).unmatched
    assert read_answers(all_but_one, {"another": "b"}, assignment).unmatched
    assert not read_answers(all_but_one, {}, assignment).unmatched
    assert not read_answers(f"name: Jane\n{all_but_one}{names[0]}: x\n", {}, assignment).unmatched

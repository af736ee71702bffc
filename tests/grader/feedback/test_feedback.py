"""Results built by hand, one for each way a test can end: what page and terminal must show, and must not."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from rich.console import Console

from grader.course.models import Assignment
from grader.feedback import feedback_html, feedback_text, reveal
from grader.feedback.compared import draw_pairs
from grader.feedback.grids import draw
from grader.feedback.packed import literal
from grader.result import CheckpointResult, Diagnosis, Evidence, ExerciseResult, QuestionResult, Result
from grader.result import TestResult as Ended

VOID = {"meta", "link", "br", "hr", "img", "input", "rect", "line"}


def assignment(level: str = "example") -> Assignment:
    chapters = [
        {
            "name": "convolution",
            "title": "Convolution",
            "minutes": 90,
            "exercises": [
                {"name": "conv_at", "points": 4},
                {"name": "conv2d", "points": 6, "needs": ["conv_at"]},
            ],
            "questions": [
                {"name": "size", "kind": "free", "points": 2, "ask": "How wide is the feature map?"}
            ],
        },
        {
            "name": "backward",
            "title": "Backward passes",
            "minutes": 60,
            "available": False,
            "exercises": [{"name": "relu_backward", "points": 2}],
        },
    ]
    return Assignment.model_validate({"title": "Small nets", "reveal": level, "chapters": chapters})


def array(values: list[Any], *shape: int) -> dict[str, Any]:
    return {"kind": "array", "shape": list(shape), "values": values, "dtype": "float64", "truncated": False}


def failing(**changes: Any) -> Ended:
    given = {"id": "t1", "title": "Not square", "outcome": "failed", "points": 0, "max_points": 3} | changes
    return Ended.model_validate(given)


def result_of(*tests: Ended, **changes: Any) -> Result:
    """A submission whose conv_at passed and whose conv2d ended as `tests` did."""
    exercise: dict[str, Any] = {
        "name": "conv2d",
        "score": 3,
        "max_score": 6,
        "status": "partly",
        "chapter": "convolution",
    }
    exercise |= changes.pop("exercise", {})
    passed = Ended(id="t0", title="One product", outcome="passed", points=4, max_points=4)
    given: dict[str, Any] = {
        "assignment": "small",
        "student": "ada",
        "status": "graded",
        "score": 7,
        "max_score": 12,
    }
    return Result(
        exercises=[
            ExerciseResult(
                name="conv_at", score=4, max_score=4, status="passed", chapter="convolution", tests=[passed]
            ),
            ExerciseResult(tests=list(tests), **exercise),
        ],
        checkpoints=[CheckpointResult(name="convolution", passed=False, feedback="conv_at works.")],
        **(given | changes),
    )


WRONG_VALUE = failing(
    message="first differs at [1, 0]: got 7.0, expected 3.0 (1 of 4 values differ)",
    example="conv2d(x=np.array([[1., 2.]]), stride=2)",
    evidence=Evidence(
        arguments={"x": array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 3), "stride": 2},
        expected=array([1.0, 2.0, 3.0, 4.0], 2, 2),
        got=array([1.0, 2.0, 7.0, 4.0], 2, 2),
        first_difference=[1, 0],
    ),
)


class Balance(HTMLParser):
    """Checks that every element is closed in order, and keeps what a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += attrs
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open[-1:] == [tag]
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text.append(data)


def parsed(page: str) -> Balance:
    balance = Balance()
    balance.feed(page)
    balance.close()
    assert balance.open == []
    assert len(balance.ids) == len(set(balance.ids))
    return balance


def words(page: str) -> str:
    return re.sub(r"\s+", " ", "".join(parsed(page).text))


def terminal(result: Result, course: Assignment, *, width: int = 80, **options: Any) -> str:
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(
        feedback_text(result, course, width=width, **options)
    )
    return out.getvalue()


def both(result: Result, course: Assignment | None = None, **options: Any) -> list[str]:
    course = course or assignment()
    flat = re.sub(r"\s+", " ", terminal(result, course, **options))
    return [words(feedback_html(result, course, **options)), flat]


def test_a_wrong_value_is_shown_with_its_call_and_marked_in_the_grid() -> None:
    page = feedback_html(result_of(WRONG_VALUE), assignment())
    text = words(page)
    for shown in (
        "7 of 12 points",
        "Not square",
        "first differs at [1, 0]",
        "stride=2",
        "shape (2, 2)",
        "conv_at works.",
    ):
        assert shown in text
    assert '<td class="p4 first"><span class="ne" aria-hidden="true">≠</span>' in page
    assert "first difference: 7" in text
    assert text.count("differs: ") == 0


def test_the_terminal_points_a_caret_at_the_first_difference() -> None:
    lines = terminal(result_of(WRONG_VALUE), assignment()).splitlines()
    row = next(i for i, line in enumerate(lines) if "≠7" in line)
    assert lines[row].endswith("[≠7  4]")
    assert lines[row + 1].rindex("^") == lines[row].index("≠7") + 1
    assert lines[row + 1].index("^") == lines[row].index("3")


def test_a_wrong_shape_is_shown_with_both_shapes() -> None:
    test = failing(
        message="shape (2, 2), expected (2, 3)",
        evidence=Evidence(expected=array([0.0] * 6, 2, 3), got=array([0.0] * 4, 2, 2)),
    )
    for text in both(result_of(test)):
        assert "expected · shape (2, 3)" in text
        assert "got · shape (2, 2) ≠" in text


def test_an_exception_is_shown_with_no_value_beside_what_was_expected() -> None:
    test = failing(
        message="raised IndexError: index 5 is out of bounds (convolution.py, line 61)",
        evidence=Evidence(arguments={"stride": 2}, expected=array([1.0], 1, 1), got=None),
    )
    for text in both(result_of(test)):
        assert "raised IndexError: index 5 is out of bounds (convolution.py, line 61)" in text
        assert "no value" in text


def test_a_missing_exception_names_the_wanted_one_without_quotes() -> None:
    test = failing(message="returned int 0", evidence=Evidence(expected="ValueError raised", got=0))
    for text in both(result_of(test)):
        assert "ValueError raised" in text
        assert "'ValueError raised'" not in text


@pytest.mark.parametrize(
    ("status", "said"),
    [("timeout", "ran out of time"), ("error", "stopped by an error"), ("blocked", "could not be tried")],
)
def test_other_endings_are_said_in_words(status: str, said: str) -> None:
    test = failing(outcome=status, message="it used up 2 CPU seconds")
    for text in both(result_of(test, exercise={"status": status, "score": 0})):
        assert said in text
        assert "it used up 2 CPU seconds" in text


def test_nan_and_infinity_are_drawn_as_differing() -> None:
    test = failing(
        message="nan at [0], expected 1.0",
        evidence=Evidence(expected=array([1.0, 2.0, 3.0], 3), got=array(["nan", 2.0, "-inf"], 3)),
    )
    for text in both(result_of(test)):
        assert re.search(r"≠(first difference: )?nan", text)
        assert re.search(r"≠(differs: )?-inf", text)


def test_a_missing_exercise_says_not_started_and_opens_nothing() -> None:
    text = words(
        feedback_html(result_of(failing(), exercise={"status": "missing", "score": 0}), assignment())
    )
    assert "not started" in text
    assert "What is tested" in text


def test_a_closed_chapter_opens_later_even_if_a_result_holds_it() -> None:
    result = result_of(WRONG_VALUE)
    result.exercises.append(ExerciseResult(name="relu_backward", score=0, max_score=2, status="missing"))
    for text in both(result):
        assert "opens later" in text
        assert "relu_backward" not in text


def test_an_untouched_handout_gets_a_page_that_says_where_to_start() -> None:
    exercises = [
        ExerciseResult(name=name, score=0, max_score=5, status="missing", tests=[failing()])
        for name in ("conv_at", "conv2d")
    ]
    result = Result(
        assignment="small", student="ada", status="graded", score=0, max_score=12, exercises=exercises
    )
    for text in both(result):
        assert "Nothing written yet" in text
        assert "convolution.py" in text
        assert "grader check -e conv_at" in text
        assert "failed" not in text
        assert "Not square" not in text


def test_an_answered_question_is_not_an_untouched_handout() -> None:
    result = Result(
        assignment="small",
        student="ada",
        status="graded",
        score=0,
        max_score=12,
        exercises=[ExerciseResult(name="conv_at", score=0, max_score=4, status="missing")],
        questions=[
            QuestionResult(name="size", score=0, max_score=2, answer="24", needs_manual=True, provisional=1)
        ],
    )
    text = words(feedback_html(result, assignment()))
    assert "Nothing written yet" not in text
    assert "How wide is the feature map?" in text
    assert "waits for a person" in text
    assert "Provisionally 1 of 2" in text


def test_an_unreadable_submission_says_what_happened_and_what_to_do() -> None:
    result = Result(
        assignment="small",
        student="ada",
        status="unreadable",
        score=0,
        max_score=12,
        problems=["ada.zip: not a zip file"],
    )
    for text in both(result):
        assert "ada.zip: not a zip file" in text
        assert "could not be read" in text
        assert "grader check" in text
        assert "points" not in text


def test_a_partly_unreadable_submission_lists_the_problem_and_the_score() -> None:
    for text in both(
        result_of(WRONG_VALUE, status="partly unreadable", problems=["backward.py: invalid syntax, line 12"])
    ):
        assert "backward.py: invalid syntax, line 12" in text
        assert "7 of 12 points" in text


def test_a_grader_error_blames_nobody_and_keeps_its_cause_to_the_instructor() -> None:
    result = result_of(WRONG_VALUE, status="grader error", problems=["worker died in /srv/secret"])
    for text in both(result):
        assert "The grader stumbled, not you" in text
        assert "/srv/secret" not in text
        assert "7 of 12" not in text
    for text in both(result, student_view=False):
        assert "/srv/secret" in text


def full_result() -> Result:
    test = WRONG_VALUE.model_copy(
        update={"message": "MESSAGE", "example": "EXAMPLE(1)", "later_field": "LATER"}
    )
    return result_of(
        test,
        exercise={
            "diagnosis": Diagnosis(mistake="flipped-kernel", hint="DIAGNOSIS"),
            "printed": "PRINTED x = [[9]]",
            "remarks": ["REMARK"],
            "message": "ABOUT",
        },
    )


@pytest.mark.parametrize(
    ("level", "shown", "hidden"),
    [
        (
            "title",
            ["Not square"],
            ["MESSAGE", "DIAGNOSIS", "REMARK", "EXAMPLE", "PRINTED", "shape (2, 3)", "ABOUT"],
        ),
        ("hint", ["Not square", "MESSAGE", "DIAGNOSIS", "REMARK"], ["EXAMPLE", "PRINTED", "shape (2, 3)"]),
        (
            "example",
            ["Not square", "MESSAGE", "DIAGNOSIS", "REMARK", "EXAMPLE", "shape (2, 3)"],
            ["PRINTED"],
        ),
    ],
)
def test_reveal_decides_what_is_seen(level: str, shown: list[str], hidden: list[str]) -> None:
    for text in both(full_result(), assignment(level)):
        assert [word for word in shown if word not in text] == []
        assert [word for word in hidden if word in text] == []
    for text in both(full_result(), assignment(level), student_view=False):
        assert "EXAMPLE" in text
        assert "PRINTED" in text


@pytest.mark.parametrize("level", ["title", "hint", "example"])
def test_what_was_printed_is_shown_only_where_the_course_wishes(level: str) -> None:
    wishes = assignment(level).model_copy(update={"reveal_printed": True})
    for text in both(full_result(), wishes):
        assert ("PRINTED" in text) == (level == "example")


def test_reveal_drops_fields_it_does_not_know_and_keeps_what_loading_said() -> None:
    assert "LATER" not in reveal(full_result(), assignment("hint")).to_json()
    blocked = result_of(exercise={"status": "blocked", "message": "convolution.py did not load", "score": 0})
    assert "convolution.py did not load" in words(feedback_html(blocked, assignment("title")))


HOSTILE = "</style></pre><script>alert(1)</script><img src=x onerror=y>\x1b[2J\x1b]0;x\x07\u202egnp.[red]bold[/red]\r"


def hostile_result() -> Result:
    test = failing(
        title=HOSTILE,
        message=HOSTILE,
        example=HOSTILE,
        evidence=Evidence(
            arguments={HOSTILE: HOSTILE, "x": {"kind": "other", "text": HOSTILE}, "d": {HOSTILE: HOSTILE}},
            expected=HOSTILE,
            got={"kind": "tuple", "items": [HOSTILE]},
        ),
    )
    result = result_of(
        test,
        student=HOSTILE,
        problems=[HOSTILE],
        ignored=[HOSTILE],
        exercise={
            "printed": HOSTILE,
            "remarks": [HOSTILE],
            "message": HOSTILE,
            "diagnosis": Diagnosis(mistake=HOSTILE, hint=HOSTILE),
        },
    )
    result.questions.append(
        QuestionResult(name="size", score=0, max_score=2, answer=HOSTILE, feedback=HOSTILE)
    )
    return result


@pytest.mark.parametrize("status", ["graded", "partly unreadable", "unreadable", "grader error"])
def test_hostile_text_is_inert_on_the_page(status: str) -> None:
    page = feedback_html(
        hostile_result().model_copy(update={"status": status}), assignment(), student_view=False
    )
    found = parsed(page)
    assert "script" not in found.seen
    assert "img" not in found.seen
    assert found.seen.count("style") == 1
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert not [char for char in page if (ord(char) < 32 and char != "\n") or char == "\u202e"]
    assert "<U+202E>" in "".join(found.text)


@pytest.mark.parametrize("status", ["graded", "partly unreadable", "unreadable", "grader error"])
def test_hostile_text_is_inert_in_the_terminal(status: str) -> None:
    shown = terminal(hostile_result().model_copy(update={"status": status}), assignment(), student_view=False)
    assert not [char for char in shown if (ord(char) < 32 and char != "\n") or char == "\u202e"]
    assert "[red]" in shown


def test_long_output_is_capped_and_says_so() -> None:
    result = result_of(WRONG_VALUE, exercise={"printed": "line\n" * 5000})
    wishes = assignment().model_copy(update={"reveal_printed": True})
    page = feedback_html(result, wishes)
    assert "(4880 more lines)" in page
    assert page.count("line\n") < 200
    assert "(4992 more lines)" in terminal(result, wishes)


def test_the_page_asks_nothing_of_the_network_and_is_well_formed() -> None:
    page = feedback_html(full_result(), assignment())
    found = parsed(page)
    assert page.lstrip().startswith("<!doctype html>")
    assert "default-src 'none'" in page
    assert not [
        value
        for name, value in found.attributes
        if name in ("src", "href") and not (value or "").startswith("#")
    ]
    assert not re.search(r"url\(|@import|https?:", page)
    for tag in ("main", "header", "nav", "h1"):
        assert found.seen.count(tag) == 1
    assert found.seen.count("table") == found.seen.count("caption") > 0
    headings = [int(tag[1]) for tag in found.seen if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(headings))


def test_the_terminal_keeps_to_its_width() -> None:
    wide = failing(
        message="first differs at [0, 30]",
        evidence=Evidence(
            arguments={"x": array([0.123456] * 400, 20, 20)},
            expected=array([0.5] * 40, 1, 40),
            got=array([0.5] * 30 + [0.75] + [0.5] * 9, 1, 40),
            first_difference=[0, 30],
        ),
    )
    for width in (40, 60, 80, 120):
        shown = terminal(result_of(wide), assignment(), width=width)
        assert max(map(len, shown.splitlines())) <= width
        assert "≠0.75" in shown
        assert "^" in shown


def test_the_terminal_uses_no_colour_codes_when_asked_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = io.StringIO()
    Console(file=out, width=80, force_terminal=True).print(feedback_text(full_result(), assignment()))
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", out.getvalue())


def test_a_crop_always_holds_the_first_difference_and_marks_what_it_leaves_out() -> None:
    got = [0.0] * 900
    got[25 * 30 + 28] = 1.0
    pair = draw_pairs(array([0.0] * 900, 30, 30), array(got, 30, 30))[0]
    assert pair.got is not None
    (plane,) = pair.got.planes
    assert "28" in plane.columns
    assert "25" in [label for label, _ in plane.rows]
    assert [cell.text for _, cells in plane.rows for cell in cells if cell.mark == "first"] == ["1"]
    assert len([label for label, _ in plane.rows if label != "…"]) == 12
    assert plane.columns[0] == "…"


def test_slices_that_differ_come_first_and_at_most_four_are_drawn() -> None:
    expected, got = [0.0] * 24, [0.0] * 24
    got[4 * 4 + 1] = got[3 * 4] = 5.0
    pair = draw_pairs(array(expected, 6, 2, 2), array(got, 6, 2, 2), [4, 0, 1])[0]
    assert pair.got is not None
    assert pair.expected is not None
    assert [plane.where for plane in pair.got.planes] == ["slice [4]", "slice [3]", "slice [0]", "slice [1]"]
    assert [plane.where for plane in pair.expected.planes] == [
        "slice [4]",
        "slice [3]",
        "slice [0]",
        "slice [1]",
    ]
    assert pair.got.more_planes == 2


def test_values_that_differ_late_are_shown_with_enough_digits() -> None:
    pair = draw_pairs(array([1.00001, 2.0], 2), array([1.00002, 2.0], 2))[0]
    assert pair.expected is not None
    assert pair.got is not None
    cells = [drawing.planes[0].rows[0][1][0].text for drawing in (pair.expected, pair.got)]
    assert cells == ["1.00001", "1.00002"]


def test_differences_within_the_graders_tolerance_are_not_marked() -> None:
    pair = draw_pairs(array([0.1, 2.0], 2), array([0.1 + 1e-12, 2.0], 2))[0]
    assert not pair.differs


def test_only_the_parts_of_a_tuple_that_differ_are_drawn() -> None:
    expected = {"kind": "tuple", "items": [array([1.0], 1), array([2.0], 1), array([3.0], 1)]}
    got = {"kind": "tuple", "items": [array([1.0], 1), array([9.0], 1), array([3.0], 1)]}
    assert [pair.got.label for pair in draw_pairs(expected, got) if pair.got] == ["got · part 1"]


def test_a_nested_list_is_compared_with_an_array_cell_by_cell() -> None:
    rows = [{"kind": "list", "items": [1, 2]}, {"kind": "list", "items": [3, 9]}]
    pair = draw_pairs(array([1.0, 2.0, 3.0, 4.0], 2, 2), {"kind": "list", "items": rows})[0]
    assert pair.got is not None
    assert [c.text for _, cells in pair.got.planes[0].rows for c in cells if c.mark] == ["9"]


@pytest.mark.parametrize(
    ("packed", "text"),
    [
        ({"kind": "tuple", "items": [3]}, "(3,)"),
        ({"kind": "list", "items": [1, {"kind": "tuple", "items": [2, 3]}]}, "[1, (2, 3)]"),
        (
            {"kind": "array", "shape": [99, 99], "values": [], "truncated": True},
            "array of shape (99, 99), too big to show",
        ),
        ({"kind": "other", "text": "a generator"}, "a generator"),
        ({"kind": "mapping", "items": [["w1", 2]]}, "{'w1': 2}"),
        (2.0, "2.0"),
        (0.1, "0.1"),
        ("nan", "nan"),
        ("text", "'text'"),
    ],
)
def test_packed_values_read_as_python(packed: Any, text: str) -> None:
    assert literal(packed) == text


@pytest.mark.parametrize(
    "packed",
    [
        {"kind": "array"},
        {"kind": "array", "shape": [2], "values": [1.0]},
        {"kind": "array", "shape": [-1, -1], "values": [1.0]},
        {"kind": "array", "shape": [10**12], "values": []},
        {"kind": "array", "shape": [1], "values": ["x"]},
        {"kind": "array", "shape": "x", "values": None},
        {"kind": "tuple", "items": None},
        {"kind": "mapping", "items": [1]},
        {"kind": 3},
        {},
        [],
        [[1, "x"]],
        10**4000,
        {"kind": "array", "shape": [0, 3], "values": []},
    ],
)
def test_malformed_evidence_never_breaks_a_page(packed: Any) -> None:
    assert draw("x", packed).label == "x"
    test = failing(evidence=Evidence.model_construct(arguments={"x": packed}, expected=packed, got=packed))
    test = test.model_copy(update={"evidence": test.evidence})
    result = result_of(test)
    assert "Not square" in words(feedback_html(result, assignment()))
    assert "Not square" in terminal(result, assignment())

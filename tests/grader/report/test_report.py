"""The class report: statistics of a class worked out by hand, and a page that stands any class and name."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from grader.course.models import Assignment
from grader.report import class_statistics, report_html
from grader.report.attention import signs
from grader.report.items import correlation, stumbling_blocks
from grader.report.rows import labels
from grader.report.statistics import histogram
from grader.result import Diagnosis, ExerciseResult, Late, QuestionResult, Result
from grader.result import TestResult as Ended

COURSE = Assignment.model_validate(
    {
        "title": "Small nets",
        "chapters": [
            {
                "name": "convolution",
                "title": "Convolution",
                "minutes": 9,
                "exercises": [{"name": "conv2d", "points": 8}],
            },
            {
                "name": "backward",
                "title": "Backward passes",
                "minutes": 9,
                "available": False,
                "exercises": [{"name": "relu_backward", "points": 2}],
            },
        ],
    }
)


def graded(student: str, a: float, b: float, other: float = 0.0, **changes: Any) -> Result:
    """conv2d with test a of 2 points and b of 6; `other`: points from elsewhere."""
    tests = [
        Ended(
            id=name,
            title=f"Title {name}",
            outcome="passed" if got == most else "failed",
            points=got,
            max_points=most,
        )
        for name, got, most in (("a", a, 2.0), ("b", b, 6.0))
    ]
    status = "passed" if a + b == 8 else "partly" if a + b else "failed"
    exercise: dict[str, Any] = {
        "name": "conv2d",
        "score": a + b,
        "max_score": 8,
        "status": status,
        "tests": tests,
    }
    exercise |= changes.pop("exercise", {})
    given: dict[str, Any] = {
        "assignment": "small",
        "student": student,
        "status": "graded",
        "score": a + b + other,
        "max_score": 10,
    }
    return Result(exercises=[ExerciseResult(**exercise)], **(given | changes))


def untouched(student: str) -> Result:
    return graded(student, 0, 0, exercise={"status": "missing"})


# Five who tried, one who did not. Title a: 2 2 0 0 2, rest 6 4 8 7 0; Title b: 6 3 6 6 0, rest 2 3 2 1 2.
CLASS = [
    graded("ada", 2, 6),
    graded("ben", 2, 3, 1),
    graded("cleo", 0, 6, 2),
    graded("dan", 0, 6, 1),
    graded("eve", 2, 0),
    untouched("fay"),
]


def render(results: list[Result], **links: str) -> str:
    return report_html(results, "small", COURSE, links=links)


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.script = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" in self.open:
            self.script += data
        elif "style" not in self.open:
            self.text.append(data)


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    found.close()
    assert found.open == []
    return found


def words(page: str) -> str:
    return re.sub(r"\s+", " ", "".join(outline(page).text))


def test_difficulty_is_the_mean_share_of_points() -> None:
    found = class_statistics(CLASS)
    a, b = found.tests
    # a: 6 points of 6·2, and of 5·2 among those who tried; b: 21 of 6·6, and of 5·6.
    assert (a.tried, b.tried) == (5, 5)
    assert a.share == pytest.approx(6 / 12)
    assert a.share_tried == pytest.approx(6 / 10)
    assert b.share == pytest.approx(21 / 36)
    assert b.share_tried == pytest.approx(21 / 30)
    assert found.exercises[0].share == pytest.approx(27 / 48)


def test_discrimination_is_the_corrected_item_rest_correlation() -> None:
    a, b = class_statistics(CLASS).tests
    # a less its mean 1.2: .8 .8 -1.2 -1.2 .8; rest less 5: 1 -1 3 2 -5.
    # Their products add up to -10, their squares to 4.8 and 40.
    assert a.discrimination == pytest.approx(-10 / (4.8 * 40) ** 0.5)
    assert a.flag == "stronger students do worse on it"
    # b less 4.2: 1.8 -1.2 1.8 1.8 -4.2; rest less 2: 0 1 0 -1 0.
    # Their products add up to -3, their squares to 28.8 and 2.
    assert b.discrimination == pytest.approx(-3 / (28.8 * 2) ** 0.5)


def test_those_who_wrote_nothing_do_not_hide_a_broken_test() -> None:
    many = CLASS + [untouched(f"n{i}") for i in range(50)]
    assert class_statistics(many).tests[0].discrimination == class_statistics(CLASS).tests[0].discrimination


def test_a_blocked_test_does_not_count_as_tried() -> None:
    blocked = graded("gus", 0, 0)
    blocked.exercises[0].tests[1].outcome = "blocked"
    a, b = class_statistics([*CLASS, blocked]).tests
    assert (a.tried, b.tried) == (6, 5)


@pytest.mark.parametrize(
    ("points", "flag"),
    [((0.0, 3.0), "nobody who tried gets it"), ((2.0, 3.0), "everybody who tried gets it")],
)
def test_a_test_that_tells_nobody_apart_is_flagged_from_five_on(
    points: tuple[float, float], flag: str
) -> None:
    alike = [graded(f"s{i}", *points, other=i / 4) for i in range(5)]
    first = class_statistics(alike).tests[0]
    assert (first.flag, first.discrimination) == (flag, None)
    assert class_statistics(alike[:4]).tests[0].flag == ""


def test_a_test_that_separates_well_is_not_flagged() -> None:
    good = [
        graded("a", 2, 6, 2),
        graded("b", 2, 6, 1),
        graded("c", 2, 3, 1),
        graded("d", 0, 0),
        graded("e", 0, 0, 1),
    ]
    for item in class_statistics(good).tests:
        assert item.flag == ""
        assert item.discrimination is not None
        assert item.discrimination > 0.5


def test_correlation_is_undefined_for_too_few_or_without_variation() -> None:
    assert correlation([], []) is None
    assert correlation([1, 2], [1, 2]) is None
    assert correlation([1, 1, 1], [1, 2, 3]) is None
    assert correlation([0.1] * 3, [0.1 + 0.2, 0.3, 0.3]) is None
    assert correlation([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
    assert correlation([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)


def test_mean_and_median_leave_out_what_could_not_be_graded() -> None:
    lost = graded("gus", 0, 0, status="unreadable")
    stumbled = graded("hal", 2, 6, status="grader error")
    found = class_statistics([*CLASS, lost, stumbled])
    # 8 6 8 7 2 0
    assert found.mean == pytest.approx(31 / 6)
    assert found.median == 6.5
    assert found.counts == {"graded": 6, "partly unreadable": 0, "unreadable": 1, "grader error": 1}
    assert found.total == 8


def test_histogram_bins_are_half_open_and_the_last_holds_full_marks() -> None:
    assert histogram([0, 0.05, 0.1, 0.3, 0.999, 1.0]) == (2, 1, 0, 1, 0, 0, 0, 0, 0, 2)
    assert histogram([0.1 + 0.2, 0.7, 0.6]) == (0, 0, 0, 1, 0, 0, 1, 1, 0, 0)


def test_common_mistakes_are_counted_by_student_commonest_first() -> None:
    def with_mistake(student: str, mistake: str) -> Result:
        return graded(
            student, 0, 3, exercise={"diagnosis": Diagnosis(mistake=mistake, hint=f"about {mistake}")}
        )

    found = class_statistics(
        [with_mistake("a", "late"), with_mistake("b", "flipped"), with_mistake("c", "flipped"), *CLASS]
    )
    assert [(m.mistake, m.students) for m in found.mistakes] == [("flipped", 2), ("late", 1)]
    text = words(render([with_mistake("a", "late"), with_mistake("b", "flipped")]))
    assert "flipped in conv2d" in text
    assert "about late" in text


def test_stumbling_blocks_rank_by_points_lost_of_those_who_tried() -> None:
    assert [item.title for item in stumbling_blocks(class_statistics(CLASS).tests)] == ["Title a", "Title b"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_report_of_a_tiny_class_is_whole_and_free_of_nan(count: int) -> None:
    text = words(render(CLASS[:count]))
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b", text)
    assert "Class report" in text
    assert ("No submissions." in text) == (count == 0)


@pytest.mark.parametrize("status", ["unreadable", "grader error"])
def test_a_class_without_a_readable_submission_has_a_report(status: str) -> None:
    text = words(render([graded("ada", 0, 0, status=status, problems=["ada.zip: not a zip file"])]))
    assert "ada.zip: not a zip file" in text
    assert "No submission could be scored yet." in text


def test_the_page_says_who_waits_for_a_person_and_links_students() -> None:
    waiting = graded("ada", 2, 6, needs_manual=True)
    waiting.questions.append(
        QuestionResult(name="why-share", score=0, max_score=4, needs_manual=True, provisional=3)
    )
    page = render([waiting, graded("ben", 0, 0)], ada="ada/feedback.html")
    assert "ada: why-share (provisionally 3 of 4)" in words(page)
    assert page.count('<a href="ada/feedback.html">ada</a>') == 2
    assert "why-share: 1 answer" in words(page)
    assert ">ben</a>" not in page
    assert 'data-state="graded manual"' in page


def test_closed_chapters_open_later_and_are_not_analysed() -> None:
    result = graded("ada", 2, 6)
    result.exercises.append(ExerciseResult(name="relu_backward", score=0, max_score=2, status="missing"))
    text = words(render([result]))
    assert "Opens later, so not part of these numbers: Backward passes." in text
    assert "relu_backward" not in text
    assert "1 of 1" in text


def test_the_chart_says_the_same_in_words() -> None:
    page = render(CLASS)
    assert "Students by share of points. 0–10 %: 1; 20–30 %: 1; 60–70 %: 1; 70–80 %: 1; 80–90 %: 2." in words(
        page
    )
    assert 'role="img" aria-labelledby="chart-title chart-text"' in page


HOSTILE = "</style></script><script>alert(1)</script>\x1b[2J\u202e<img src=x onerror=y>"


def test_hostile_names_and_problems_are_inert() -> None:
    result = graded(
        HOSTILE,
        0,
        3,
        problems=[HOSTILE],
        needs_manual=True,
        exercise={"diagnosis": Diagnosis(mistake=HOSTILE, hint=HOSTILE)},
    )
    result.exercises[0].tests[0].title = HOSTILE
    page = report_html([result], HOSTILE, COURSE, links={HOSTILE: "javascript:alert(1)"})
    found = outline(page)
    assert found.seen.count("script") == 1
    assert "img" not in found.seen
    assert found.seen.count("style") == 1
    assert "alert(1)" not in found.script
    assert not [char for char in page if (ord(char) < 32 and char != "\n") or char == "\u202e"]
    assert not [
        value for name, value in found.attributes if name == "href" and not (value or "").startswith("#")
    ]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://example.org/x", "//example.org/x", "data:text/html,x", ""]
)
def test_only_links_inside_the_results_are_made(link: str) -> None:
    assert ">ada</a>" not in render([CLASS[0]], ada=link)


def test_the_policy_admits_exactly_the_pages_own_script() -> None:
    page = render(CLASS)
    digest = base64.b64encode(hashlib.sha256(outline(page).script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert not re.search(r"url\(|@import|https?:", page)


def test_every_data_table_has_a_caption_and_sortable_headings_are_buttons() -> None:
    found = outline(render(CLASS))
    assert found.seen.count("table") == found.seen.count("caption") == 4
    assert found.attributes.count(("type", "button")) == 8


def test_standings_count_by_hand_and_time_those_who_tried() -> None:
    found = class_statistics(CLASS).standings[0]
    # ada passed, fay wrote nothing, the other four got some of the points.
    assert (found.passed, found.partly, found.failed, found.missing) == (1, 4, 0, 1)
    assert found.shares == (("passed", 1 / 6), ("partly", 4 / 6), ("missing", 1 / 6))
    slow = graded("gus", 2, 6)
    slow.exercises[0].tests[0].seconds = 3.0
    timed = class_statistics([*CLASS, slow]).standings[0]
    assert (timed.median_seconds, timed.longest_seconds) == (0.0, 3.0)


def test_a_late_penalty_does_not_make_a_test_look_bad() -> None:
    late = [
        result.model_copy(
            update={
                "late": Late(due="x", days=1, penalty_percent=50, score_before=result.score),
                "score": 0.0,
            }
        )
        for result in CLASS
    ]
    assert class_statistics(late).tests == class_statistics(CLASS).tests
    assert class_statistics(late).late == len(CLASS)
    assert "days late" in words(render(late))
    assert "days late" not in words(render(CLASS))


@pytest.mark.parametrize(
    ("message", "sign"),
    [
        ("broke the protocol: a frame is too large", "protocol"),
        ("the process ended in the middle of the call (os._exit, or out of memory)", "ended its own process"),
        ("raised PermissionError: [Errno 13] Permission denied (a.py, line 2)", "wall refuses"),
        ("raised SystemExit: 0 (backward.py, line 8)", "ends programs"),
        ("raised ModuleNotFoundError: importing torch is not allowed here", "not allowed"),
        ("first differs at [0]: got 1.0, expected 2.0", ""),
        ("raised IndexError: index 5 is out of bounds", ""),
    ],
)
def test_what_is_worth_a_look_is_read_off_the_messages(message: str, sign: str) -> None:
    result = graded("ada", 0, 6)
    result.exercises[0].tests[0].message = message
    found = list(signs(result))
    assert len(found) == bool(sign)
    assert all(sign in one and "conv2d" in one for one in found)
    text = words(render([result]))
    assert ("not verdicts" in text) == bool(sign)


def test_the_anonymous_report_holds_no_name_link_or_message() -> None:
    results = [
        graded(name, 2, 6, problems=[f"{name}.zip: odd"], lms={"name": name, "email": f"{name}@x"})
        for name in "pqr"
    ]
    for result in results:
        result.student = f"Name-{result.student}"
        result.problems = [f"{result.student}.zip: odd"]
    page = report_html(
        results,
        "small",
        COURSE,
        links={r.student: f"{r.student}/feedback.html" for r in results},
        anonymous=True,
    )
    assert "Name-" not in page
    assert "@x" not in page
    assert [f"Student {i}" in page for i in range(1, 5)] == [True, True, True, False]


def test_numbers_of_the_anonymous_follow_the_score_whatever_the_names() -> None:
    # 8 6 8 7 2 0 points; ties stay in order.
    assert labels(CLASS, anonymous=True) == [f"Student {n}" for n in (1, 4, 2, 3, 5, 6)]


def test_long_lists_end_with_how_many_more_there_are() -> None:
    many = [graded(f"s{i:03}", 0, 0, problems=["odd"]) for i in range(70)]
    text = words(render(many))
    assert text.count("odd") == 60
    assert "… and 10 more: choose “with problems” above the table." in text

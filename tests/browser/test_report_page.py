"""The class report in a browser: sorting, filtering, keyboard, every width, light and dark, axe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.course.models import Assignment, load_course
from grader.gradebook import Moved, News, read_roster
from grader.report import More, report_html
from grader.result import (
    AttemptLine,
    Attempts,
    CheckpointResult,
    Diagnosis,
    ExerciseResult,
    Late,
    QuestionResult,
    Result,
    Run,
)
from grader.result import TestResult as Ended

if TYPE_CHECKING:
    from playwright.sync_api import Page

Opener = Callable[..., "Page"]

ROOT = Path(__file__).parents[2]
NAMES = ["Åsa", "ben", "cleo", "Dan", "eve", "fay10", "fay9", "gus"]


def a_student(number: int, name: str, lesson: Assignment) -> Result:
    """Number 0 passes everything; the higher the number, the less; the last one could not be read."""
    exercises = []
    for place, (chapter, exercise) in enumerate(lesson.exercises()):
        passed = place < 18 - 2 * number
        exercises.append(
            ExerciseResult(
                name=exercise.name,
                chapter=chapter.name,
                score=exercise.points if passed else 0,
                max_score=exercise.points,
                status="passed" if passed else "failed",
                tests=[
                    Ended(
                        id=exercise.name,
                        title=f"All of {exercise.name}",
                        outcome="passed" if passed else "failed",
                        points=exercise.points if passed else 0,
                        max_points=exercise.points,
                        message=""
                        if passed
                        else "broke the protocol: not a frame"
                        if number == 6
                        else "wrong",
                        seconds=0.1 * number,
                    )
                ],
                diagnosis=Diagnosis(
                    mistake="flipped-kernel", says="The kernel is flipped.", hint="Look at [0, 0]."
                )
                if exercise.name == "conv2d" and number >= 6
                else None,
            )
        )
    score = sum(exercise.score for exercise in exercises)
    return Result(
        assignment="cnn",
        student=name,
        status="unreadable" if number == 7 else "graded",
        score=score,
        max_score=100,
        needs_manual=number == 2,
        late=Late(due="2030-01-01T12:00+00:00", days=number % 2, score_before=score),
        problems=["secret-name.zip: not a zip file"] if number == 7 else [],
        exercises=exercises,
        questions=[QuestionResult(name="why-share", score=0, max_score=4, needs_manual=True)]
        if number == 2
        else [],
        checkpoints=[CheckpointResult(name="convolution", passed=number < 7)],
        run=Run(seconds=1.5 + number),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lesson = load_course(ROOT / "course.yaml").assignments["cnn"]
    results = [a_student(number, name, lesson) for number, name in enumerate(NAMES)]
    links = {name: f"{name}/feedback.html" for name in NAMES}
    made = tmp_path_factory.mktemp("report")
    (made / "report.html").write_text(report_html(results, "cnn", lesson, links=links), encoding="utf-8")
    anonymous = report_html(results, "cnn", lesson, links=links, anonymous=True)
    (made / "anonymous.html").write_text(anonymous, encoding="utf-8")
    (made / "full.html").write_text(with_everything(lesson, made), encoding="utf-8")
    return made


def with_everything(lesson: Assignment, folder: Path) -> str:
    """The page of a larger class with what it says only where there is something to say."""
    results = [a_student(number % 7, f"student {number}", lesson) for number in range(28)]
    choice = next(q for c in lesson.open_chapters for q in c.questions if q.kind == "choice")
    for number, result in enumerate(results):
        answer = list(choice.options)[number % 2]
        result.questions = [QuestionResult(name=choice.name, score=number % 2, max_score=1, answer=answer)]
        line = AttemptLine(submission_sha256="x", status="graded", score=result.score, max_score=100)
        result.attempts = Attempts(says="The last one counts.", lines=[line, line])
    (folder / "class.csv").write_text("name\nAbsent Ada\nstudent 3\n", encoding="utf-8")
    news = News(
        at="2026-11-29T16:00:00+00:00", previous="2026-11-22T16:00:00+00:00", first=False, new=("student 1",),
        moved=(Moved("student 2", 80, 60, 100, ("conv2d: 0 of 20 points, 20 before.",)),
               Moved("student 4", 20, 60, 100, ())), same=3, gone=("student 5",),
    )  # fmt: skip
    more = More(news, read_roster(folder / "class.csv"))
    marked = lesson.model_copy(update={"pass_percent": 60.0})
    return report_html(results, "cnn", marked, links={}, more=more)


def names(page: Page) -> list[str]:
    return page.locator("#students tbody tr:visible th").all_inner_texts()


def heading(page: Page, name: str) -> None:
    page.locator("#students thead").get_by_text(name, exact=True).click()


def test_columns_sort_both_ways_names_as_people_do(open_page: Opener, folder: Path) -> None:
    page = open_page(folder / "report.html")
    heading(page, "student")
    assert names(page) == ["Åsa", "ben", "cleo", "Dan", "eve", "fay9", "fay10", "gus"]
    heading(page, "points")
    assert names(page)[:2] == ["gus", "fay9"]
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("points")
    heading(page, "points")
    assert names(page)[0] == "Åsa"
    heading(page, "seconds")
    assert names(page)[0] == "Åsa"


def test_filters_combine_and_say_how_many_are_left(open_page: Opener, folder: Path) -> None:
    page = open_page(folder / "report.html")
    shown = page.locator("#shown")
    assert shown.inner_text() == "8 of 8 students shown"
    page.get_by_label("Find a student").fill("FAY")
    assert sorted(names(page)) == ["fay10", "fay9"]
    page.get_by_label("Shares the mistake").select_option(index=1)
    assert names(page) == ["fay9"]
    assert shown.inner_text() == "1 of 8 students shown"
    page.get_by_label("Find a student").fill("")
    page.get_by_label("Shares the mistake").select_option("")
    for choice, expected in {
        "answers to mark": ["cleo"],
        "worth a look": ["fay9"],
        "unreadable": ["gus"],
        "late": ["ben", "Dan", "fay10", "gus"],
    }.items():
        page.locator("#filter-state").select_option(label=choice)
        assert names(page) == expected, choice
    page.locator("#filter-state").select_option("")
    page.get_by_label("Has not passed").select_option(label="cnn_loss")
    assert "Åsa" not in names(page)
    assert "ben" in names(page)


def test_a_mistake_leads_to_those_who_made_it(open_page: Opener, folder: Path) -> None:
    page = open_page(folder / "report.html")
    mistakes = page.locator("section[aria-labelledby=mistakes]")
    # The one that could not be read is not counted.
    assert "The kernel is flipped." in mistakes.inner_text()
    assert "1 student" in mistakes.inner_text()
    mistakes.get_by_role("button", name="show").focus()
    page.keyboard.press("Enter")
    assert "fay9" in names(page)
    assert page.evaluate("document.activeElement.id") == "students-heading"


def test_the_report_works_by_keyboard(open_page: Opener, folder: Path) -> None:
    page = open_page(folder / "report.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "students-heading"
    page.keyboard.press("Tab")
    page.keyboard.type("ben")
    assert names(page) == ["ben"]
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Table of students"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator("th[aria-sort]").inner_text().startswith("student")


def test_names_lead_to_their_pages(open_page: Opener, folder: Path) -> None:
    page = open_page(folder / "report.html")
    links = page.locator("#students tbody a").evaluate_all("n => n.map(a => a.getAttribute('href'))")
    assert links[1] == "ben/feedback.html"
    assert len(links) == len(NAMES)


def test_the_anonymous_report_holds_no_name(open_page: Opener, folder: Path) -> None:
    page = open_page(folder / "anonymous.html")
    source = page.content()
    assert [name for name in NAMES if f">{name}<" in source or f"{name}/" in source] == []
    assert "secret-name" not in source
    heading(page, "points")
    heading(page, "points")
    assert names(page)[0] == "Student 1"
    assert page.locator("#students a").count() == 0


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_violation_and_no_sideways_scrolling(
    open_page: Opener, folder: Path, axe: Callable[[Page], list[str]], width: int, scheme: str
) -> None:
    for file in ("report.html", "full.html"):
        page = open_page(folder / file, width=width, scheme=scheme)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert axe(page) == []


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_no_violation_elsewhere_either(
    open_page: Opener, folder: Path, axe: Callable[[Page], list[str]], width: int, scheme: str
) -> None:
    test_no_violation_and_no_sideways_scrolling(open_page, folder, axe, width, scheme)


def test_every_plot_has_its_numbers_in_words(open_page: Opener, folder: Path) -> None:
    page = open_page(folder / "report.html")
    for plot in page.locator("svg").all():
        assert plot.get_attribute("role") == "img"
        ids = (plot.get_attribute("aria-labelledby") or "").split()
        assert len(ids) == 2
        assert all(page.locator(f"[id='{one}']").text_content() for one in ids)
    bars = page.locator(".stacked")
    assert bars.count() == 18
    row = page.locator(".standing tbody tr").first.locator("td.n").all_inner_texts()
    assert [int(count) for count in row[:4]] == [7, 0, 0, 0]

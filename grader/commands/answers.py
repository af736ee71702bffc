"""`grader answers`."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from grader.batch import Summary, finish, write_result
from grader.commands import assignment_of, login, open_course
from grader.course import Assignment
from grader.errors import UsageError
from grader.feedback import Screen
from grader.files import only_run, write_atomically
from grader.gradebook import (
    FILE_NAME,
    Gradebook,
    Waiting,
    by_key,
    confirmation,
    free_text,
    read_csv,
    to_csv,
)
from grader.text import visible


def run(
    results: Path,
    *,
    sheet: Path | None,
    read: Path | None,
    who: str | None,
    everything: bool,
    from_nbgrader: str | None,
    course_dir: Path | None = None,
    assignment: str | None,
    course_path: Path | None,
) -> int:
    """Write a sheet, read one back, or ask in the terminal. Returns the exit code."""
    if not results.is_dir():
        raise UsageError(f"{results} is not a folder; give the folder that `grader grade` wrote")
    course = open_course(course_path)
    name, model = course.assignment(assignment_of(course, assignment, results))
    person = who or login()
    with only_run(results), Gradebook(results / FILE_NAME, create=False, course=course) as gradebook:
        if sheet is not None:
            items = list(free_text(gradebook.results(name), all_of_them=everything))
            write_atomically(sheet, f"\ufeff{to_csv(items)}")  # with the mark that Excel knows UTF-8 by
            print(f"{sheet}: {len(items)} answers; fill in the column `score`, then:")
            print(f"grader answers {results} --read {sheet}")
            return 0
        before = by_key(gradebook, name)
        refused: list[str] = []
        if from_nbgrader is not None:
            from grader.platforms.nbgrader import pull

            pulled = pull(results, from_nbgrader, course, name, course_dir=course_dir)
            students, refused = set(pulled.students), list(pulled.refused)
        elif read is not None:
            taken, refused = read_csv(read, before, person)
            for item in taken:
                gradebook.confirm(name, item)
            students = {item.student for item in taken}
        else:
            students = _ask(
                gradebook, name, list(free_text(gradebook.results(name), all_of_them=everything)), person
            )
        _rewrite(gradebook, name, model, results, students)
    for line in refused:
        print(line, file=sys.stderr)
    print(f"{len(students)} students' scores changed; {len(refused)} lines refused")
    return 1 if refused else 0


def _ask(gradebook: Gradebook, assignment: str, items: list[Waiting], who: str) -> set[str]:
    """One answer after another: Enter takes the provisional score, a number gives that, s skips, q ends."""
    console = Screen()
    if not items:
        console.print("No free-text answer waits for a person.")
    students: set[str] = set()
    given = gradebook.given(assignment)
    for number, item in enumerate(items, start=1):
        question = item.question
        console.print(
            Panel(
                escape(visible(question.answer, 4000, multiline=True)),
                title=f"{number} of {len(items)} · {escape(visible(item.student, 40))} · {question.name}",
                subtitle=escape(visible(question.all_feedback, 400)),
            )
        )
        score = _score(console, question.provisional or 0.0, question.max_score)
        if score is None:
            break
        if score >= 0:
            said = confirmation(item, score, who)
            seen = given.get(said.answer)
            if gradebook.confirm(assignment, said, after=seen.id if seen else 0):
                students.add(item.student)
            else:
                console.print("not taken: somebody else has marked this answer meanwhile; see it with --all")
    return students


def _score(console: Console, provisional: float, most: float) -> float | None:
    """The score given, -1 to skip, None to end."""
    while True:
        try:
            text = console.input(f"score of {most:g} [Enter = {provisional:g}, s = skip, q = quit]: ").strip()
        except (EOFError, KeyboardInterrupt):
            return None
        if text in ("q", "quit"):
            return None
        if text in ("s", "skip"):
            return -1.0
        try:
            score = float(text.replace(",", ".")) if text else provisional
        except ValueError:
            score = -1.0
        if 0 <= score <= most:
            return score
        console.print(f"a number from 0 to {most:g}, please")


def _rewrite(gradebook: Gradebook, name: str, model: Assignment, results: Path, students: set[str]) -> None:
    for result in gradebook.results(name):
        if result.student in students:
            write_result(results, result, model)
    finish(gradebook, name, model, results, set(), Summary())

"""The commands of a student: each parses, calls one function of the package, and ends with its exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.app import AssignmentOption, CourseOption, app


@app.command(epilog="Example: grader check    ·    grader check -e fibonacci    ·    grader check --watch")
def check(
    path: Annotated[
        Path | None, typer.Argument(help="Your exercise folder [default: where you stand]")
    ] = None,
    exercise: Annotated[str | None, typer.Option("-e", "--exercise", help="Check one exercise only")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Keep running, and check again whenever you save")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text")] = False,
    repro: Annotated[
        bool,
        typer.Option("--repro", help="Write the first failing call as a small script, repro_EXERCISE.py"),
    ] = False,
    editor: Annotated[
        bool,
        typer.Option("--editor", help="Print a line a problem as well, FILE:LINE: error: …, for editors"),
    ] = False,
    course: CourseOption = None,
    assignment: AssignmentOption = None,
) -> None:
    """Check your own work: what passes, the first thing that fails, and what to do next.

    Exits 0 when everything passes, else 1.
    """
    from grader.commands.check import run

    raise typer.Exit(
        run(
            path,
            exercise,
            watch=watch,
            as_json=as_json,
            repro=repro,
            editor=editor,
            course_path=course,
            assignment=assignment,
        )
    )


@app.command(epilog="Example: grader hint fibonacci")
def hint(
    exercise: Annotated[str, typer.Argument(help="The exercise you are stuck on")],
    path: Annotated[
        Path | None, typer.Argument(help="Your exercise folder [default: where you stand]")
    ] = None,
    start_over: Annotated[bool, typer.Option("--start-over", help="Begin with the first hint again")] = False,
    course: CourseOption = None,
    assignment: AssignmentOption = None,
) -> None:
    """Show the next hint of an exercise; they say more and more."""
    from grader.commands.hint import run

    raise typer.Exit(run(exercise, path, start_over=start_over, course_path=course, assignment=assignment))


@app.command(epilog="Example: grader examples    ·    grader examples fibonacci")
def examples(
    exercise: Annotated[str | None, typer.Argument(help="One exercise only [default: all]")] = None,
    path: Annotated[
        Path | None, typer.Argument(help="Your exercise folder [default: where you stand]")
    ] = None,
    course: CourseOption = None,
    assignment: AssignmentOption = None,
) -> None:
    """Judge your own examples, in examples.yaml: which are valid, and how many known mistakes they catch.

    Exits 0 unless one is wrong or can't be read.
    """
    from grader.commands.examples import run

    raise typer.Exit(run(exercise, path, course_path=course, assignment=assignment))


@app.command(epilog="Example: grader solution fibonacci    ·    grader solution why-it-ends")
def solution(
    name: Annotated[str, typer.Argument(help="An exercise, or a question", metavar="EXERCISE")],
    path: Annotated[
        Path | None, typer.Argument(help="Your exercise folder [default: where you stand]")
    ] = None,
    course: CourseOption = None,
    assignment: AssignmentOption = None,
) -> None:
    """Show a solution with its comments, or the sketch of an answer, once your course has released it."""
    from grader.commands.solution import run

    raise typer.Exit(run(name, path, course_path=course, assignment=assignment))


@app.command(epilog="Example: grader reset fibonacci    ·    grader reset sequences")
def reset(
    what: Annotated[str, typer.Argument(help="An exercise, or a whole chapter", metavar="EXERCISE")],
    path: Annotated[
        Path | None, typer.Argument(help="Your exercise folder [default: where you stand]")
    ] = None,
    course: CourseOption = None,
    assignment: AssignmentOption = None,
) -> None:
    """Put one exercise back as it was handed out. Your version of the file is kept in .grader/kept."""
    from grader.commands.reset import run

    raise typer.Exit(run(what, path, course_path=course, assignment=assignment))


@app.command(epilog="Example: grader pack    ·    grader pack --out ../homework.zip")
def pack(
    path: Annotated[
        Path | None, typer.Argument(help="Your exercise folder [default: where you stand]")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The zip to write [default: beside your folder]")
    ] = None,
    course: CourseOption = None,
    assignment: AssignmentOption = None,
) -> None:
    """Write the zip to hand in, say what is missing, and print a receipt. Nothing is sent anywhere."""
    from grader.commands.pack import run

    raise typer.Exit(run(path, out, course_path=course, assignment=assignment))


@app.command(epilog="Example: grader receipt    ·    grader receipt handin.zip --work 3f2a…")
def receipt(
    what: Annotated[
        str,
        typer.Argument(
            help="A folder or zip with work; or a receipt: its line, a result.json, a feedback.html"
        ),
    ] = ".",
    work: Annotated[str | None, typer.Option("--work", help="Is it the work with this digest?")] = None,
    course: CourseOption = None,
    assignment: AssignmentOption = None,
) -> None:
    """Say which work this is, by its digest; or verify a receipt, in the course that wrote it. Exits 1 if not so."""
    from grader.commands.receipt import run

    raise typer.Exit(run(what, work, course_path=course, assignment=assignment))

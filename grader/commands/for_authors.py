"""The commands of an author, and those for looking around."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.app import AssignmentOption, CourseOption, app


@app.command(
    epilog="Example: grader new sorting --exercises merge,median    ·    grader new week3 --from week3.ipynb"
)
def new(
    assignment: Annotated[str, typer.Argument(help="Its name: small letters, numbers, hyphens")],
    exercises: Annotated[
        str, typer.Option("--exercises", help="Names of functions, with commas [default: two that show how]")
    ] = "",
    notebook: Annotated[
        Path | None, typer.Option("--from", help="Take over a notebook of nbgrader or otter-assign")
    ] = None,
    course: CourseOption = None,
) -> None:
    """Begin an assignment that works at once: in the course one stands in, or a new course here."""
    from grader.commands.new import run

    names = [name.strip() for name in exercises.split(",") if name.strip()]
    raise typer.Exit(run(assignment, names, notebook=notebook, course_path=course))


@app.command(epilog="Example: grader release --check    ·    grader release --zip cnn.zip")
def release(
    check_only: Annotated[bool, typer.Option("--check", help="Only compare; exit 1 if they differ")] = False,
    zip_file: Annotated[Path | None, typer.Option("--zip", help="Also write what students download")] = None,
    solutions: Annotated[
        Path | None,
        typer.Option("--solutions", help="Also write the solutions whose time (course.yaml) has come"),
    ] = None,
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Rebuild exercises/ from solutions/: stubs, notebooks, checks, hints, answers, data, figure."""
    from grader.commands.release import run

    raise typer.Exit(
        run(
            check_only=check_only,
            zip_file=zip_file,
            solutions=solutions,
            assignment=assignment,
            course_path=course,
        )
    )


@app.command(
    epilog="Example: grader capstone --seeds 5",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def capstone(
    context: typer.Context, assignment: AssignmentOption = None, course: CourseOption = None
) -> None:
    """Measure again what an assignment claims of its last part: its capstone_aims.py, which takes all other options."""
    from grader.commands.capstone import run

    raise typer.Exit(run(context.args, course_path=course, assignment=assignment))


mistake_app = typer.Typer(help="The catalogue of known mistakes: a new entry.", no_args_is_help=True)
app.add_typer(mistake_app, name="mistake", epilog="Example: grader mistake new --help")


@mistake_app.command(
    "new",
    epilog="Example: grader mistake new submissions --from results merge-3f9a21 --name last-one-lost "
    '--says "The last element is lost." --hint "Count what comes back."',
)
def new_mistake(
    submissions: Annotated[
        Path, typer.Argument(help="The folder that `grader grade` read: the gradebook keeps no code")
    ],
    cluster: Annotated[
        tuple[Path, str],
        typer.Option("--from", help="RESULTS CLUSTER: a cluster that `grader clusters RESULTS` lists"),
    ],
    name: Annotated[str, typer.Option("--name", help="Its name: words joined by hyphens")],
    says: Annotated[str, typer.Option("--says", help="What is wrong, one line, as students read it")],
    hint: Annotated[str, typer.Option("--hint", help="One line that helps without the solution")],
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Make a known mistake out of what one of a cluster wrote, to be read before it counts."""
    from grader.commands.mistake import new

    raise typer.Exit(
        new(submissions, *cluster, words=(name, says, hint), assignment=assignment, course_path=course)
    )


@app.command(
    epilog="Example: grader validate    ·    grader validate --fairness    ·    grader validate --full --seeds 1000"
)
def validate(
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="Everything through confined workers, every changed token; takes minutes"
        ),
    ] = False,
    seeds: Annotated[
        int, typer.Option("--seeds", min=1, help="Right variants on this many sets of inputs")
    ] = 1,
    matrix: Annotated[bool, typer.Option("--matrix/--no-matrix", help="Print mistakes against tests")] = True,
    fairness: Annotated[
        bool,
        typer.Option(
            "--fairness", help="How often each mistake is right, beside its points (part of --full)"
        ),
    ] = False,
    choose_inputs: Annotated[
        bool,
        typer.Option(
            "--choose-inputs",
            help="First choose which drawn inputs grading uses, the cheapest that tell as much; takes minutes",
        ),
    ] = False,
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Examine the course: is it fit to grade with? Exits 0 if it is, 1 with the reasons if not."""
    from grader.commands.validate import run

    raise typer.Exit(
        run(
            full,
            seeds,
            course,
            assignment=assignment,
            matrix=matrix,
            fairness=fairness or full,
            choose=choose_inputs,
        )
    )


@app.command(epilog="Example: grader doctor")
def doctor() -> None:
    """Show which layers of the wall are in force on this machine, by trying them."""
    from grader.commands.doctor import run

    raise typer.Exit(run())


@app.command(epilog="Example: grader demo")
def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the results")] = Path("demo-results"),
    course: CourseOption = None,
) -> None:
    """Grade the sample class, write its report, and say where to look."""
    from grader.commands.demo import run

    raise typer.Exit(run(out, course_path=course))

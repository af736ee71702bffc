"""The commands of a drop-box: `grader serve start`, `tokens` and `submissions`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.app import AssignmentOption, CourseOption, app

serve = typer.Typer(
    help="A drop-box on this machine for a course without an LMS: students hand in on a page and are graded at once.",
    no_args_is_help=True,
    epilog="Example: grader serve tokens box --roster students.csv    ·    grader serve start box",
)
app.add_typer(serve, name="serve")

BoxArgument = Annotated[Path, typer.Argument(help="Folder of the drop-box; its results are in BOX/results")]


@serve.command(
    epilog="Example: grader serve start box    ·    grader serve start box --behind-proxy https://grader.example.edu"
)
def start(
    box: BoxArgument,
    host: Annotated[str, typer.Option("--host", help="Where to listen")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8410,
    behind_proxy: Annotated[
        str,
        typer.Option(
            "--behind-proxy", help="The https:// address that students open, of a proxy with TLS in front"
        ),
    ] = "",
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="Grading processes [default: one a core]")
    ] = None,
    queue: Annotated[
        int, typer.Option("--queue", min=1, help="Uploads that may wait; more are asked to come again")
    ] = 200,
    unconfined: Annotated[
        bool,
        typer.Option("--unconfined", help="Grade without a wall around student code. Only code you trust."),
    ] = False,
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Accept uploads and grade them, until Ctrl+C. What was accepted is graded, however this ends."""
    from grader.commands.serve import start as run

    raise typer.Exit(
        run(
            box, host=host, port=port, behind_proxy=behind_proxy, jobs=jobs, queue=queue, unconfined=unconfined,
            assignment=assignment, course_path=course,
        )
    )  # fmt: skip


@serve.command(
    epilog="Example: grader serve tokens box --roster students.csv --link https://grader.example.edu --out tokens.csv"
)
def tokens(
    box: BoxArgument,
    roster: Annotated[
        Path | None, typer.Option("--roster", help="CSV of the class: a token for everybody who has none")
    ] = None,
    instructor: Annotated[
        str, typer.Option("--instructor", help="A token for this instructor: the report, live")
    ] = "",
    again: Annotated[
        str, typer.Option("--again", help="Another token for this person; the old one ends")
    ] = "",
    revoke: Annotated[str, typer.Option("--revoke", help="Let this person in no more")] = "",
    link: Annotated[
        str, typer.Option("--link", help="The address of the drop-box: a column of links to log in with")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="The CSV to write [default: BOX/tokens.csv]")
    ] = None,
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Make the tokens that students log in with, as a CSV for a mail merge; they can't be read again."""
    from grader.commands.serve import tokens as run

    raise typer.Exit(
        run(
            box, roster=roster, instructor=instructor, again=again, revoke=revoke, link=link, out=out,
            assignment=assignment, course_path=course,
        )
    )  # fmt: skip


@serve.command(epilog="Example: grader serve submissions box class && grader grade class --out box/results")
def submissions(
    box: BoxArgument,
    folder: Annotated[Path, typer.Argument(help="The new folder to write")],
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Copy everybody's last upload into a folder that `grader grade` and `grader similarity` read."""
    from grader.commands.serve import submissions as run

    raise typer.Exit(run(box, folder, assignment=assignment, course_path=course))

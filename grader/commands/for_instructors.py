"""The commands of an instructor: grading a class, and what comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.app import AssignmentOption, CourseOption, app


@app.command(epilog="Example: grader grade submissions --out results --jobs 4")
def grade(
    submissions: Annotated[
        Path,
        typer.Argument(
            help="Folder with one entry a student (folder, .zip or .ipynb), or the download of Canvas, Moodle, "
            "Gradescope or nbgrader, as a zip or unpacked"
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for gradebook, grades.csv, report and feedback")],
    assignment: AssignmentOption = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="Grading processes [default: one a core]")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster", help="Grade on this Dask scheduler's workers: tcp://host:8786 (docs/cluster.md)"
        ),
    ] = None,
    regrade: Annotated[
        bool, typer.Option("--regrade", help="Grade everybody again; old attempts are kept")
    ] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Say whose score would change, and why; nothing is written")
    ] = False,
    unconfined: Annotated[
        bool,
        typer.Option("--unconfined", help="Grade without a wall around student code. Only code you trust."),
    ] = False,
    roster: Annotated[
        Path | None,
        typer.Option(
            "--roster",
            help="CSV of the class: the report says who has not handed in; its column `submitted` says when each did",
        ),
    ] = None,
    course: CourseOption = None,
) -> None:
    """Grade a class. Run the same command again and it goes on where it stopped.

    Exits 0 when every submission was graded or has its problem recorded, 1 if any ended as a grader error.
    """
    from grader.commands.grade import run

    raise typer.Exit(
        run(
            submissions, out, assignment=assignment, jobs=jobs, regrade=regrade, unconfined=unconfined,
            course_path=course, roster=roster, cluster=cluster, preview=preview,
        )
    )  # fmt: skip


@app.command(epilog="Example: grader report results    ·    grader report results --anonymous")
def report(
    results: Annotated[Path, typer.Argument(help="The folder that `grader grade` wrote")],
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Numbers in place of names: RESULTS/report-anonymous.html")
    ] = False,
    roster: Annotated[
        Path | None, typer.Option("--roster", help="CSV of the class: the report says who has not handed in")
    ] = None,
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Write the class report again from the gradebook: RESULTS/report.html."""
    from grader.commands.grade import write_report

    print(
        write_report(results, anonymous=anonymous, assignment=assignment, course_path=course, roster=roster)
    )


@app.command(epilog="Example: grader similarity submissions --out similarity.html")
def similarity(
    submissions: Annotated[
        Path, typer.Argument(help="The folder that `grader grade` reads: the gradebook keeps no code")
    ],
    out: Annotated[Path, typer.Option("--out", help="The page to write")] = Path("similarity.html"),
    most: Annotated[int, typer.Option("--most", min=1, help="Pairs to show at most")] = 40,
    common: Annotated[
        int | None, typer.Option("--common", min=2, help="Leave out passages that this many students share")
    ] = None,
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Show pairs of submissions that share code, starter code removed: places to look, no verdict."""
    from grader.commands.similarity import run

    raise typer.Exit(
        run(submissions, out, most=most, common=common, assignment=assignment, course_path=course)
    )


@app.command(
    epilog="Example: grader answers results --sheet answers.csv, edit it, grader answers results --read answers.csv"
)
def answers(
    results: Annotated[Path, typer.Argument(help="The folder that `grader grade` wrote")],
    sheet: Annotated[
        Path | None, typer.Option("--sheet", help="Write the free-text answers to this CSV")
    ] = None,
    read: Annotated[Path | None, typer.Option("--read", help="Read the scores from this edited CSV")] = None,
    who: Annotated[
        str | None, typer.Option("--by", help="Who gives the scores [default: your login]")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="The confirmed answers too")] = False,
    from_nbgrader: Annotated[
        str | None,
        typer.Option("--from-nbgrader", help="Take manual scores from nbgrader's database, sqlite:///…"),
    ] = None,
    course_dir: Annotated[
        Path | None,
        typer.Option("--course-dir", help="nbgrader: its course folder [default: the database's]"),
    ] = None,
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Confirm or change the provisional scores of free-text answers, one by one or in a CSV."""
    from grader.commands.answers import run

    raise typer.Exit(
        run(
            results,
            sheet=sheet,
            read=read,
            who=who,
            everything=everything,
            from_nbgrader=from_nbgrader,
            course_dir=course_dir,
            assignment=assignment,
            course_path=course,
        )
    )


@app.command(
    epilog="Example: grader mark results    ·    grader mark results --who Ada --port 8400 --no-browser"
)
def mark(
    results: Annotated[Path, typer.Argument(help="The folder that `grader grade` wrote")],
    port: Annotated[
        int,
        typer.Option(
            "--port", min=0, max=65535, help="Port on 127.0.0.1 [default: any free one]", show_default=False
        ),
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address, and open nothing")
    ] = False,
    who: Annotated[
        str | None, typer.Option("--who", "--by", help="Who gives the scores [default: your login]")
    ] = None,
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Mark free-text answers on a page of this machine: one question across all students, by keyboard."""
    from grader.commands.mark import run

    raise typer.Exit(
        run(results, assignment=assignment, port=port, browser=not no_browser, who=who, course_path=course)
    )


@app.command(
    epilog='Example: grader clusters results    ·    grader clusters results --comment merge-3f9a21 "Look at row 2."'
)
def clusters(
    results: Annotated[Path, typer.Argument(help="The folder that `grader grade` wrote")],
    comment: Annotated[
        tuple[str, str],
        typer.Option(
            "--comment",
            help='CLUSTER "TEXT": all whose code does this read it, now and later; "" takes it back',
        ),
    ] = ("", ""),
    sheet: Annotated[Path | None, typer.Option("--sheet", help="Write the clusters to this CSV")] = None,
    read: Annotated[
        Path | None, typer.Option("--read", help="Read the comments from this edited CSV")
    ] = None,
    who: Annotated[str | None, typer.Option("--by", help="Who comments [default: your login]")] = None,
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """List failures that have no name, put together by what the code does; comment on all of a cluster at once."""
    from grader.commands.clusters import run

    raise typer.Exit(
        run(
            results, comment=comment, sheet=sheet, read=read, who=who, assignment=assignment, course_path=course
        )
    )  # fmt: skip


@app.command("export-course", epilog="Example: grader export-course nbgrader-course")
def export_course(
    folder: Annotated[Path, typer.Argument(help="The nbgrader course folder to write")],
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Write the assignments as an nbgrader course: source notebooks and a configuration with the drop-in."""
    from grader.commands.export_course import run

    raise typer.Exit(run(folder, course, assignment))


@app.command(epilog="Example: grader export results --to canvas --roster students.csv --out canvas.csv")
def export(
    results: Annotated[Path, typer.Argument(help="The folder that `grader grade` wrote")],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="csv | canvas | moodle | gradescope | nbgrader; the students' pages: moodle-feedback | "
            "canvas-feedback | pages | mbox | mail-merge",
        ),
    ],
    roster: Annotated[
        Path | None,
        typer.Option("--roster", help="CSV of the class, or Canvas's or Moodle's own; columns found by name"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File (gradescope: folder) to write [default: beside the results]"),
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", help='Canvas: the column of the assignment, "Title (123)"')
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help="Leave this person out, of a group say; may be repeated"),
    ] = None,
    sender: Annotated[str, typer.Option("--sender", help="mbox: who the messages are from")] = "",
    database: Annotated[
        str | None, typer.Option("--db", help="nbgrader: its database, sqlite:///course/gradebook.db")
    ] = None,
    course_dir: Annotated[
        Path | None,
        typer.Option("--course-dir", help="nbgrader: its course folder [default: the database's]"),
    ] = None,
    submissions: Annotated[
        Path | None,
        typer.Option("--submissions", help="nbgrader: what was graded, to show it in the notebooks"),
    ] = None,
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Write the scores for another system. Who can't be matched with the roster is listed, never dropped."""
    from grader.commands.export import run, run_nbgrader

    if to == "nbgrader":
        code = run_nbgrader(
            results,
            database,
            course_dir=course_dir,
            submissions=submissions,
            assignment=assignment,
            course_path=course,
        )
        raise typer.Exit(code)
    raise typer.Exit(
        run(
            results,
            to,
            roster=roster,
            out=out,
            column=column,
            assignment=assignment,
            course_path=course,
            without=without or (),
            sender=sender,
        )
    )


@app.command(
    epilog="Example: grader people results --remove jdoe    ·    grader people results --rename jdoe jroe"
)
def people(
    results: Annotated[Path, typer.Argument(help="The folder that `grader grade` wrote")],
    remove: Annotated[
        str | None, typer.Option("--remove", help="Leave this student out; every attempt is kept")
    ] = None,
    restore: Annotated[str | None, typer.Option("--restore", help="Take a removal back")] = None,
    rename: Annotated[
        tuple[str, str], typer.Option("--rename", help="OLD NEW: another name, here and in later runs")
    ] = ("", ""),
    same: Annotated[
        tuple[str, str],
        typer.Option(
            "--same", help="NAME STUDENT: one person in two rows; all of it goes to the second name"
        ),
    ] = ("", ""),
    split: Annotated[
        tuple[str, str],
        typer.Option(
            "--split", help="STUDENT NEW: what came without an LMS's number is another's, called NEW"
        ),
    ] = ("", ""),
    reason: Annotated[str, typer.Option("--reason", help="Why, kept with who says so and when")] = "",
    who: Annotated[str | None, typer.Option("--by", help="Who says so [default: the user]")] = None,
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Remove or rename a student in the gradebook, keeping the record; without options, list what was changed."""
    from grader.commands.people import run

    raise typer.Exit(
        run(
            results, removed=remove, restored=restore, renamed=rename, same=same, parted=split, who=who,
            reason=reason, assignment=assignment, course_path=course,
        )
    )  # fmt: skip


@app.command(epilog="Example: grader package --for gradescope autograder.zip")
def package(
    file: Annotated[Path, typer.Argument(help="The zip to write")],
    system: Annotated[
        str, typer.Option("--for", help="gradescope, prairielearn, github, gitlab or container")
    ] = "gradescope",
    assignment: AssignmentOption = None,
    course: CourseOption = None,
) -> None:
    """Pack the kit and the course, hidden tests included, for a system that runs autograders itself."""
    from grader.commands.package import run

    raise typer.Exit(run(file, system, assignment=assignment, course_path=course))

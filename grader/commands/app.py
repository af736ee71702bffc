"""What all commands share: the application they register with, and the options they have in common."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Check your own exercises, or grade a whole class. Student code never shares a process with the tests.",
    epilog="Student: grader check · Instructor: grader grade submissions --out results · First look: grader demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

CourseOption = Annotated[
    Path | None,
    typer.Option("--course", help="course.yaml, or its folder [default: the nearest one above here]"),
]
AssignmentOption = Annotated[
    str | None, typer.Option("--assignment", help="Which assignment of the course [default: the only one]")
]


def print_json(data: object) -> None:
    """JSON on stdout, for other programs."""
    print(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False))

"""The command `grader`: thin; every command parses, calls one function of the package, and prints."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

# Imported for what they register, in the order in which `grader --help` lists it.
from grader import __version__

from grader.commands import for_students, for_instructors, for_serving, for_authors  # isort: skip
from grader.commands.app import app
from grader.errors import CourseError, GraderError, UsageError, WallError
from grader.text import encode_anyhow, wrapped

__all__ = ["app", "for_authors", "for_instructors", "for_serving", "for_students", "main"]


def main() -> None:
    """Entry point: an error on purpose is one message on stderr and an exit code, never a traceback."""
    encode_anyhow(sys.stdout, sys.stderr)
    try:
        app(standalone_mode=True)
    except (UsageError, CourseError, WallError) as error:
        _fail(error, 2)
    except GraderError as error:
        _fail(error, 1)
    except BrokenPipeError:  # `grader check | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _fail(error: Exception, code: int) -> None:
    print(wrapped(f"grader: {error}", sys.stderr), file=sys.stderr)
    sys.exit(code)


def _version(value: bool) -> None:
    if value:
        print(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version


if __name__ == "__main__":
    main()

"""`grader check`."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.commands import open_own
from grader.errors import UsageError
from grader.wall import launch_own


def run(
    path: Path | None,
    exercise: str | None,
    *,
    watch: bool,
    as_json: bool,
    repro: bool,
    editor: bool,
    course_path: Path | None,
    assignment: str | None,
) -> int:
    """Check a folder and print what was found, once or on every save. Returns the exit code."""
    if watch and as_json:
        raise UsageError("--watch shows a screen for people; leave out --json, or --watch")
    if watch and repro:
        raise UsageError("--repro writes down one failing call; leave out --watch")
    if editor and as_json:
        raise UsageError("--editor prints lines for editors; leave out --json, or --editor")
    course, name, model, folder = open_own(course_path, path, assignment, exercise)
    launcher = launch_own(model)
    # Imported while the worker process gets ready: pytest, Hypothesis and the checks take as long as it does.
    try:
        from rich.console import Console

        from grader.feedback import Screen
        from grader.home import Checker, self_check
    except BaseException:
        launcher.close()
        raise
    if watch:
        from grader.home.watch import watch as keep_watching

        with Checker(course, name, folder, only=exercise, launcher=launcher) as checker:
            return keep_watching(
                course, checker, Screen(force_terminal=False) if editor else Screen(), editor=editor
            )
    console = Console(stderr=True)
    with console.status("checking …") as status:
        if not sys.stderr.isatty():
            status.stop()

        def progress(done: int, total: int, current: str) -> None:
            status.update(f"checking {done}/{total} {current}")

        report = self_check(course, name, folder, only=exercise, progress=progress, launcher=launcher)
    if as_json:
        from grader.commands.app import print_json

        print_json(report.to_data())
    else:
        from grader.home import check_text

        out = Screen()
        rows = out.height if out.is_terminal else None
        for part in check_text(report, model, width=min(out.width, 100), rows=rows):
            out.print(part)
        if editor:
            from grader.home import editor_lines, round_ends

            print("", *editor_lines(report), round_ends(report), sep="\n", flush=True)
    if repro and report.next:
        from grader.home import write_repro

        path = write_repro(report.next, folder, model.chapter_of())
        print(f"The failing call: python {path.name}, in {folder}", file=sys.stderr)
    return 0 if report.all_passed else 1

"""`grader receipt`: which work is this, and was this line written by the course?"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from grader.commands import assignment_near, open_course
from grader.course import course_secret
from grader.errors import UsageError
from grader.feedback import Screen
from grader.home import checks_folder, work_of
from grader.text import visible

_TAGS = re.compile(r"<[^<>]*>")


def run(what: str, work: str | None, *, course_path: Path | None, assignment: str | None) -> int:
    """Say it. Returns the exit code: 0 if it is so, 1 if not."""
    console = Screen(highlight=False)
    path = Path(what)
    if " · seal " in what:
        return _verify(console, what, course_path)
    if not path.exists():
        raise UsageError(
            f"{what} is no folder and no file; give the work (a folder or a zip), a result.json or feedback.html, "
            "or the line of a receipt in quotes"
        )
    if path.suffix in (".json", ".html"):
        return _verify(console, _line_in(path), course_path)
    # A zip may lie anywhere; the folder that one stands in says which assignment it is.
    place = path if path.is_dir() else Path.cwd()
    course = open_course(course_path, near=place)
    name, model = course.assignment(assignment_near(course, assignment, place))
    found, receipt = work_of(path, model, checks_folder(course, name, place))
    return _compare(console, found, receipt, work)


def _compare(console: Console, found: str, receipt: Mapping[str, object], work: str | None) -> int:
    console.print(f"work {found}")
    if work is None and receipt:
        work = str(receipt.get("work_sha256", ""))
        console.print(f"packed {visible(str(receipt.get('time', '')), 40)}: work {visible(work, 64)}")
    if work is None:
        return 0
    wanted = work.strip().lower().removeprefix("work").strip()
    same = len(wanted) >= 16 and found.startswith(wanted)
    console.print("The same work." if same else "NOT the same work.")
    return 0 if same else 1


def _verify(console: Console, line: str, course_path: Path | None) -> int:
    """By the secrets of the course's assignments: the line names one, but nothing of it is believed yet."""
    from grader.gradebook import is_genuine

    course = open_course(course_path)
    secrets = [secret for name in course.assignments if (secret := course_secret(course, name))]
    if not secrets:
        raise UsageError(
            "only whoever has the hidden tests can verify this line: run it in the course, or say --course"
        )
    answers = [is_genuine(line, secret) for secret in secrets]
    if None in answers:
        raise UsageError("this is no line of a receipt: it ends with · seal and 24 signs")
    console.print(visible(line, 1200))
    console.print("Genuine: this course wrote that line." if any(answers) else "NOT genuine.")
    return 0 if any(answers) else 1


def _line_in(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} can't be read: {error}") from None
    if path.suffix == ".json":
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        line = found.get("seal") if isinstance(found, dict) else None
    else:
        lines = [html.unescape(_TAGS.sub("", one)).strip() for one in text.splitlines() if " · seal " in one]
        line = lines[-1] if lines else None
    if not isinstance(line, str) or not line:
        raise UsageError(f"{path} has no receipt in it")
    return line

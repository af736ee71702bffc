"""A Result as GitHub reads it: workflow commands, a job summary, Classroom's points, a check run.

The runner reads commands in whatever a step prints (`::error::` at the beginning of a line, `##[error]` anywhere). So
nothing of a student's is printed but inside a command's text, escaped; and while grading, commands are stopped.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.course import Assignment
from grader.csvcells import number
from grader.feedback import points
from grader.platforms.forges.places import Remark
from grader.platforms.forges.summary import summary
from grader.result import Result

#: GitHub shows so many annotations of a step; takes so many in one request; so much text in one field of it.
STEP_ANNOTATIONS, REQUEST_ANNOTATIONS, FIELD_BYTES = 10, 50, 60_000
#: Of the 1 MiB that a step's summary may have.
SUMMARY_BYTES = 900_000


def command(kind: str, message: str, **properties: object) -> str:
    """A workflow command: `::kind key=value,…::message`, in one line whatever the texts are."""
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value)
    # An older form of commands, looked for anywhere in a line.
    return f"::{kind}{' ' if given else ''}{given}::{_data(message)}".replace("##[", "## [")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


@contextmanager
def no_commands() -> Iterator[None]:
    """Meanwhile the runner takes nothing that is printed for a command."""
    # Unknown to student code, which could otherwise end it.
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    try:
        yield
    finally:
        print(f"\n::{token}::", flush=True)


def shown_at_lines(found: Iterable[Remark]) -> Iterator[str]:
    """A command for each remark, as many as a step shows."""
    for remark in list(found)[:STEP_ANNOTATIONS]:
        place = {"file": remark.path, "line": remark.line} if remark.path else {}
        yield command("error", remark.message, **place, title=remark.title)


def classroom_notices(result: Result) -> Iterator[str]:
    """The points as GitHub Classroom reads them from a run's annotations."""
    score, most = number(result.score), number(result.max_score)
    yield command("notice", f"Points {score}/{most}", title="Autograding complete")
    report = json.dumps({"totalPoints": score, "maxPoints": most}, separators=(",", ":"))
    yield command("notice", report, title="Autograding report")


def runner_result(result: Result) -> str:
    """The step's output `result`, for Classroom's reporting action: base64 of JSON, without a word of the student's."""
    parts = [_test(e.name, e.score, e.max_score) for e in result.exercises]
    parts += [_test(q.name, q.score, q.max_score) for q in result.questions]
    if rest := number(result.score - sum(part["score"] for part in parts)):
        parts.append(_test("handed in late", rest, 0))
    data = {
        "version": 1,
        "status": "pass" if result.score >= result.max_score else "fail",
        "max_score": number(result.max_score),
        "tests": parts,
    }
    return base64.b64encode(json.dumps(data).encode()).decode()


def _test(name: str, score: float, most: float) -> dict[str, Any]:
    return {
        "name": name,
        "status": "pass" if score >= most else "fail",
        "score": number(score),
        "message": None,
        "test_code": "",
        "filename": "",
        "line_no": 0,
    }


def report_step(result: Result, assignment: Assignment, found: list[Remark]) -> None:
    """Print annotations and points; write the step's summary and output where the runner named files for them."""
    for line in (*shown_at_lines(found), *classroom_notices(result)):
        print(line)
    _append("GITHUB_STEP_SUMMARY", summary(result, assignment, SUMMARY_BYTES))
    _append("GITHUB_OUTPUT", f"result={runner_result(result)}\n")


def _append(variable: str, text: str) -> None:
    if path := os.environ.get(variable):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


def check_run(result: Result, assignment: Assignment, found: list[Remark], commit: str) -> Mapping[str, Any]:
    """The body of a request that puts a check run beside `commit`."""
    title = f"{points(result.score)} of {points(result.max_score)} points"
    return {
        "name": f"Grades: {assignment.title}"[:100],
        "head_sha": commit,
        "status": "completed",
        # Some points are no failure, and no success either.
        "conclusion": "success" if result.score >= result.max_score else "neutral",
        "output": {
            "title": title,
            "summary": summary(result, assignment, FIELD_BYTES),
            "annotations": [
                {
                    "path": remark.path,
                    "start_line": remark.line,
                    "end_line": remark.line,
                    "annotation_level": "warning",
                    "title": remark.title[:255],
                    "message": remark.message,
                }
                for remark in found
                if remark.path
            ][:REQUEST_ANNOTATIONS],
        },
    }

"""A Result as GitLab reads it: a code quality report, a JUnit report, a commit's status and comment."""

from __future__ import annotations

import hashlib
import json
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.course import Assignment
from grader.feedback import badge, points, reveal
from grader.files import make_folder, write_atomically
from grader.platforms.forges.places import Remark
from grader.platforms.forges.summary import summary
from grader.result import Result
from grader.text import visible

#: In the project's folder, where artifacts must lie.
REPORTS = "grader-report"
#: A comment may have a million characters; nobody reads that.
COMMENT_BYTES = 60_000


def code_quality(found: Iterable[Remark]) -> str:
    """gl-code-quality-report.json: a list of issues, each at a line of the student's."""
    issues = [
        {
            "description": visible(f"{remark.title}. {remark.message}", 1000),
            "check_name": remark.exercise,
            "fingerprint": hashlib.sha256(f"{remark.exercise}\0{remark.path}".encode()).hexdigest(),
            "severity": "major",
            "location": {"path": remark.path, "lines": {"begin": remark.line}},
        }
        for remark in found
        if remark.path
    ]
    return json.dumps(issues, ensure_ascii=False, indent=1) + "\n"


def junit(result: Result, assignment: Assignment) -> str:
    """A test case for each hidden test. No `system-out`: what stands there may name files to attach."""
    shown = reveal(result, assignment)
    suites = ElementTree.Element("testsuites")
    for exercise in shown.exercises:
        failed = [test for test in exercise.tests if test.outcome != "passed"]
        suite = ElementTree.SubElement(
            suites, "testsuite", name=exercise.name, tests=str(len(exercise.tests)), failures=str(len(failed))
        )
        for number, test in enumerate(exercise.tests, start=1):
            # Of two cases with one name GitLab shows the first.
            case = ElementTree.SubElement(
                suite,
                "testcase",
                classname=exercise.name,
                name=f"{number}. {visible(test.title, 200)}",
                time=f"{test.seconds:.3f}",
            )
            if test.outcome != "passed":
                said = [test.message, test.fault.says if test.fault else ""]
                text = visible("\n".join(filter(None, said)), 1000, multiline=True)
                ElementTree.SubElement(case, "failure").text = text or badge(test.outcome).word
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True)


def report_job(result: Result, assignment: Assignment, found: list[Remark], project: Path) -> None:
    """Print the points; write the reports where the job's artifacts are taken from."""
    folder = project / REPORTS
    # It lies in the student's repository, who may have put something there, a link for example.
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    make_folder(folder, shared=True)
    write_atomically(folder / "gl-code-quality-report.json", code_quality(found), shared=True)
    write_atomically(folder / "junit.xml", junit(result, assignment), shared=True)
    write_atomically(folder / "feedback.md", summary(result, assignment, COMMENT_BYTES), shared=True)
    print(f"{points(result.score)} of {points(result.max_score)} points; feedback: {REPORTS}/feedback.md")


def commit_status(result: Result, assignment: Assignment) -> Mapping[str, str]:
    """The body of a request that sets a status of a commit."""
    return {
        "state": "success",
        "name": f"grades: {assignment.title}"[:100],
        "description": f"{points(result.score)} of {points(result.max_score)} points",
    }


def commit_comment(result: Result, assignment: Assignment) -> Mapping[str, str]:
    """The body of a request that comments on a commit."""
    return {"note": summary(result, assignment, COMMENT_BYTES)}

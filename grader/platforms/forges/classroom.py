"""A class, graded from the course's own repository: fetch, grade, post.

Run as `python -m grader.platforms.forges.classroom github fetch`, `grade`, `post` (or gitlab) from the folder of the
kit, in three processes: the one that grades has no token. Students' repositories are read and never asked to run
anything; what they get back is posted beside their last commit, once for each commit and grading.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course import Assignment
from grader.errors import GraderError
from grader.files import make_folder, write_atomically
from grader.gradebook import FILE_NAME, Gradebook, count_late
from grader.platforms.forges import github, gitlab
from grader.platforms.forges.api import Forge
from grader.platforms.forges.places import remarks
from grader.platforms.forges.repositories import clone, read_students
from grader.platforms.one import course_in, grade_all, said_of
from grader.result import Result

#: Refusals in a row: a forge that has enough of requests is not asked for more.
_IN_VAIN = 5


@dataclass(frozen=True)
class Room:
    """The course's repository. kit: course and package; work: this run alone; state: kept from run to run."""

    root: Path

    @property
    def kit(self) -> Path:
        return self.root / "kit"

    @property
    def submissions(self) -> Path:
        return self.root / "work" / "submissions"

    @property
    def fetched(self) -> Path:
        return self.root / "work" / "fetched.json"

    @property
    def times(self) -> Path:
        return self.root / "work" / "times.csv"

    @property
    def results(self) -> Path:
        return self.root / "state" / "results"

    @property
    def posted(self) -> Path:
        return self.root / "state" / "posted.json"


def fetch(forge: Forge, room: Room) -> int:
    """Check out each student's repository. Exits 1 where one could not be, and goes on with the others."""
    students = read_students(room.root / "students.csv")
    shutil.rmtree(room.submissions.parent, ignore_errors=True)
    make_folder(room.submissions)
    commits: dict[str, dict[str, str]] = {}
    times = io.StringIO()
    lines = csv.writer(times)
    lines.writerow(["student", "submitted"])
    code = 0
    for student in students:
        try:
            commit = clone(forge, student, room.submissions / student.name)
        except GraderError as error:
            print(f"{student.repository}: not fetched: {error}")
            code = 1
            continue
        try:
            moment = forge.when_pushed(student.repository, commit)
        except GraderError as error:
            print(f"{student.repository}: the time of its last push is unknown: {error}")
            moment = ""
        commits[student.name] = {"repository": student.repository, "commit": commit}
        lines.writerow([student.name, moment])
    write_atomically(room.fetched, json.dumps(commits, ensure_ascii=False, indent=1))
    write_atomically(room.times, times.getvalue())
    print(f"fetched {len(commits)} of {len(students)}")
    return code


def grade(room: Room) -> int:
    """Grade what was fetched into state/results; what was graded before is kept."""
    course, name = course_in(room.kit)
    summary = grade_all(course, name, room.submissions, room.results, room.times)
    print(said_of(summary))
    return 0


def post(forge: Forge, room: Room) -> int:
    """Tell each student's last commit its grading. Exits 1 where one could not be told; the next run tries again."""
    course, name = course_in(room.kit)
    assignment = course.assignments[name]
    commits: dict[str, dict[str, str]] = json.loads(room.fetched.read_text(encoding="utf-8"))
    posted: dict[str, str] = json.loads(room.posted.read_text("utf-8")) if room.posted.is_file() else {}
    code = sent = in_vain = 0
    for result in _latest(room, course_name=name, assignment=assignment):
        told = commits.get(result.student)
        if told is None or result.status == "grader error":
            continue
        send, digest = _message(forge, result, assignment, room.submissions / result.student, **told)
        if posted.get(result.student) == digest:
            continue
        try:
            send()
        except GraderError as error:
            print(f"{told['repository']}: not told: {error}")
            code = 1
            in_vain += 1
            if in_vain == _IN_VAIN:
                print("stopped telling: the next run goes on from here")
                break
            continue
        in_vain = 0
        sent += 1
        posted[result.student] = digest
        write_atomically(room.posted, json.dumps(posted, ensure_ascii=False, indent=1))
    print(f"told {sent}")
    return code


def _latest(room: Room, *, course_name: str, assignment: Assignment) -> Iterator[Result]:
    """Of each student the grading of what is in the repository now, which need not be the one that counts."""
    with Gradebook(room.results / FILE_NAME, create=False) as gradebook:
        for student, attempt in gradebook.latest(course_name).items():
            result = gradebook.confirmed(gradebook.result(attempt.id))
            receipt = gradebook.receipt(course_name, student, attempt.submission_sha256)
            yield count_late(result, assignment, receipt)


def _message(
    forge: Forge, result: Result, assignment: Assignment, folder: Path, *, repository: str, commit: str
) -> tuple[Callable[[], None], str]:
    """What sends it, and a digest of it."""
    bodies: list[Any]
    if forge.kind == "github":
        check = github.check_run(result, assignment, remarks(result, assignment, folder), commit)
        bodies = [check]

        def send() -> None:
            forge.check(repository, check)
    else:
        status, comment = gitlab.commit_status(result, assignment), gitlab.commit_comment(result, assignment)
        bodies = [commit, status, comment]

        def send() -> None:
            forge.comment(repository, commit, comment)
            forge.status(repository, commit, status)

    return send, hashlib.sha256(json.dumps([repository, *bodies]).encode()).hexdigest()


def main(kind: str, step: str, root: Path) -> int:
    """One of the three steps. Returns the exit code: 1 where somebody was left out, 2 where nothing could be done."""
    room = Room(root)
    try:
        # What is printed here names repositories and students, and quotes git.
        with github.no_commands() if kind == "github" else nullcontext():
            try:
                if step == "grade":
                    return grade(room)
                return {"fetch": fetch, "post": post}[step](Forge.here(kind), room)
            except GraderError as error:
                print(f"grader: {error}")
                return 2
    finally:
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], Path.cwd().parent))

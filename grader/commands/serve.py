"""`grader serve`: the drop-box, its tokens, and its uploads as a folder of submissions."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from grader.commands import open_course
from grader.commands.grade import available_cores
from grader.course import Course
from grader.csvcells import csv_text
from grader.dropbox import INSTRUCTOR, Box, Person, Room
from grader.errors import UsageError
from grader.files import make_folder, open_new
from grader.gradebook import Roster, Row, read_roster
from grader.intake import chapter_files, meant_by

_MOST_CHARACTERS = 100


def start(
    box: Path,
    *,
    host: str,
    port: int,
    behind_proxy: str,
    jobs: int | None,
    queue: int,
    unconfined: bool,
    assignment: str | None,
    course_path: Path | None,
) -> int:
    """Serve until Ctrl+C. Returns the exit code."""
    try:
        import python_multipart  # noqa: F401 - what starlette reads forms with

        from grader.dropbox import Place, serve
    except ImportError as error:
        raise UsageError(f"grader serve needs {error.name}: pip install 'cnn-grader[serve]'") from None
    place = Place(host, port, behind_proxy).checked()
    with _opened(box, course_path, assignment, Room(queue=queue)) as opened:
        people = len(opened.people.everybody())
        if not people:
            raise UsageError(f"nobody has a token yet: grader serve tokens {box} --roster ROSTER.csv")

        def announce(address: str) -> None:
            wall = "NO WALL (--unconfined)" if unconfined else "behind the wall"
            print(
                f"{address}\n{people} students may hand in {opened.name}; graded {wall}. Ctrl+C ends.",
                flush=True,
            )

        serve(opened, place, jobs or available_cores(), confined=not unconfined, announce=announce)
    return 0


def tokens(
    box: Path,
    *,
    roster: Path | None,
    instructor: str,
    again: str,
    revoke: str,
    link: str,
    out: Path | None,
    assignment: str | None,
    course_path: Path | None,
) -> int:
    """Make tokens, and write them where nobody else can read them; this is the only time that they are known."""
    if sum(map(bool, (roster, instructor, again, revoke))) != 1:
        raise UsageError("say one of --roster FILE, --instructor NAME, --again NAME, --revoke NAME")
    with _opened(box, course_path, assignment) as opened:
        people = opened.people
        if revoke:
            people.revoke(revoke)
            print(f"{revoke} can't log in any more. What was handed in is kept.")
            return 0
        if roster:
            wanted = people_of(read_roster(roster))
        elif again:
            known = people.person(again)
            if known is None:
                raise UsageError(f"nobody called {again!r} has a token here")
            wanted = [known]
        else:
            wanted = [Person(fit_name(instructor, "--instructor"), INSTRUCTOR)]
        known_names = {one.name for role in ("student", "instructor") for one in people.everybody(role)}
        new = [one for one in wanted if again or one.name not in known_names]
        file = out or box / "tokens.csv"
        if new:
            if file.exists():
                raise UsageError(f"{file} is there already: send those tokens, remove it, and run this again")
            made = people.add(new, again=bool(again))
            _write(file, new, made, link.rstrip("/"))
        print(
            f"{len(new)} new tokens{f', in {file}' if new else ''}; {len(wanted) - len(new)} had one already."
        )
        if new:
            print("Nobody can read them again: send each to its owner (mail merge), then delete the file.")
    return 0


def submissions(box: Path, folder: Path, *, assignment: str | None, course_path: Path | None) -> int:
    """Copy the last upload of every student into a folder that `grader grade` and `grader similarity` read."""
    if folder.exists():
        raise UsageError(f"{folder} is there already; give a new folder")
    with _opened(box, course_path, assignment) as opened:
        print(f"{write_submissions(opened, folder)} submissions in {folder}")
    return 0


def write_submissions(box: Box, folder: Path) -> int:
    """Copy them from an open box, named so that they are read as they were; returns how many."""
    latest, wanted = box.uploads.latest(), chapter_files(box.assignment)
    make_folder(folder)
    for upload in latest:
        place = folder / f"{upload.student}{upload.suffix}"
        if upload.suffix != ".zip" and meant_by(upload.file, wanted):
            place = folder / upload.student / upload.file
            make_folder(place.parent)
        shutil.copyfile(box.uploads.path(upload), place)
    return len(latest)


def _opened(box: Path, course_path: Path | None, assignment: str | None, room: Room | None = None) -> Box:
    course: Course = open_course(course_path)
    name, _ = course.assignment(assignment)
    return Box(box, course, name, room)


def people_of(roster: Roster) -> list[Person]:
    """The people of a roster under the names that they get in the results: login, or what else tells them apart."""
    found: dict[str, Person] = {}
    for row in roster.rows:
        if roster.lines(row)[0] is not row:
            continue  # the same person in another section
        name = fit_name(_name_of(row), f"line {row.line} of {roster.file}")
        if name in found:
            raise UsageError(
                f"{roster.file}: {name!r} is there twice; give each a login or an e-mail address"
            )
        full = row.name if row.name != name else ""
        found[name] = Person(name, "student", full, row.get("email"))
    if not found:
        raise UsageError(f"{roster.file} has nobody in it")
    return list(found.values())


def _name_of(row: Row) -> str:
    return row.get("student") or row.get("login") or row.get("email") or row.name


def fit_name(name: str, where: str) -> str:
    """`name`, if it can be that of a student's files. Raises UsageError."""
    if not name.strip() or len(name) > _MOST_CHARACTERS or name != name.strip() or name[0] in ".-~":
        raise UsageError(f"{where}: {name!r} can't be the name of a submission")
    if not name.isprintable() or any(sign in name for sign in '/\\:*?"<>|'):
        raise UsageError(
            f"{where}: {name!r} has signs that no file can have; give a login or an e-mail address"
        )
    return name


def _write(file: Path, people: list[Person], made: dict[str, str], link: str) -> None:
    head = ["name", "email", "student", "token", *(["link"] if link else [])]
    lines = [
        [
            one.full_name or one.name,
            one.email,
            one.name,
            token := made[one.name],
            *([f"{link}/#{token}"] if link else []),
        ]
        for one in people
    ]
    with open_new(file) as opened:
        opened.write(csv_text([head, *lines]).encode())
        opened.flush()
        os.fsync(opened.fileno())

"""What an LMS hands out when all submissions are downloaded: whose is which file, and when it came.

Canvas      doejane_LATE_12345_67890_convolution.py   name, mark, user, attachment; one file after the other
Moodle      Jane Doe_12345_assignsubmission_file_/    a folder a student; or that in front of every file's name
Gradescope  submission_12345/                         beside submission_metadata.yml, which names the students
nbgrader    <student>/<assignment>/timestamp.txt      see `discover`
others      more_downloads.py

A student is called as the LMS calls them. Two of the same name get their ids behind it, both of them, so that neither
depends on who else handed in. The students' own file names come last in all these patterns: nobody can take another's
place by naming a file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.intake.disk import listing, look, read_file
from grader.intake.entry import KINDS, Entry, Kind, suffix_of
from grader.intake.gradescope import METADATA, Handed, read_metadata
from grader.intake.layout import Notes, Unreadable, is_clutter
from grader.intake.more_downloads import MORE, deeper
from grader.intake.names import readable
from grader.intake.person import Person
from grader.intake.receipt import Receipt
from grader.times import parse_time

_CANVAS = re.compile(
    r"(?P<name>(?:LATE_)?anon|\w+?)(?P<late>_LATE)?_(?P<user>\d+|(?<=anon_)\w+?)_(?P<file>\d+)_(?P<rest>.+)",
    re.IGNORECASE | re.DOTALL,
)
# A group's name may have numbers of its own: team_1_201_5000_convolution.py. People's have none.
_CANVAS_GROUP = re.compile(
    r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<file>\d+)_(?P<rest>(?!\d+_).+)",
    re.IGNORECASE | re.DOTALL,
)
# A text typed into Canvas, or an address: no file of the student's.
_CANVAS_TEXT = re.compile(
    r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<rest>text\.html|link\.html)", re.IGNORECASE
)
_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<user>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<rest>.*))?", re.DOTALL
)
# Canvas counts re-uploads of one name up: convolution-1.py.
_COUNTED = re.compile(r"(.+)-\d+(\.\w+)")
_TIMESTAMP = "timestamp.txt"


@dataclass(frozen=True)
class Download:
    """The students found, and the names in SUBMISSIONS that they and the LMS's own files take up."""

    entries: tuple[Entry, ...] = ()
    taken: frozenset[str] = frozenset()


def inside_of(submissions: Path, names: Sequence[str]) -> tuple[Path, list[str]]:
    """Where the submissions are: Gradescope packs them into one folder, beside which nothing else lies, and ILIAS and
    Teams into folders of theirs.

    Raises Unreadable if that folder can't be listed.
    """
    plain = [name for name in names if not is_clutter(name) and not name.startswith(".")]
    if len(plain) == 1 and look(submissions / plain[0] / METADATA).look == "file":
        return submissions / plain[0], listing(submissions / plain[0])
    return deeper(submissions, list(names))


def download_entries(
    submissions: Path, names: Sequence[str], wanted: frozenset[str], notes: Notes
) -> Download:
    """The students of a download by an LMS; empty if it is none.

    wanted: the assignment's file names. What no student's is goes to `notes`.
    """
    if METADATA in names and look(submissions / METADATA).look == "file":
        return _gradescope(submissions, names, notes)
    people, system = _moodle_people(submissions, names), "moodle"
    for other, read in MORE.items():
        if not people:
            people, system = read(submissions, names, wanted), other
    if not people:
        people, system = _canvas_people(submissions, names, wanted), "canvas"
    taken = {name for person in people for name in person.taken(submissions)}
    return Download(tuple(_entries(people, system)), frozenset(taken))


def nbgrader_receipt(folder: Path) -> Receipt:
    """The time that nbgrader wrote into `folder` when it took the submission.

    A student can forge it in a folder that did not come through nbgrader, and gains nothing: without it the time is
    unknown, which costs no points either.
    """
    if look(folder / _TIMESTAMP).look != "file":
        return Receipt()
    try:
        text = read_file(folder / _TIMESTAMP, 200).decode("utf-8", "replace").strip()
    except Unreadable:
        return Receipt(source=_TIMESTAMP, note=f"{_TIMESTAMP} can't be read")
    # nbgrader takes a time without a zone for UTC.
    moment = parse_time(text) or parse_time(f"{text} UTC")
    if moment is None:
        return Receipt(source=_TIMESTAMP, note=f"{_TIMESTAMP} holds no time that is understood")
    return Receipt(moment.isoformat(), _TIMESTAMP)


def _canvas_people(submissions: Path, names: Iterable[str], wanted: frozenset[str]) -> list[Person]:
    files = [name for name in names if not is_clutter(name) and not name.startswith(".")]
    readings = [_canvas_reading(files, pattern) for pattern in (_CANVAS, _CANVAS_GROUP)]
    # team_1_201_5000_convolution.py can be read in two ways; the one that finds the assignment's files is meant.
    found = max(readings, key=lambda found: sum(_plain_name(m["rest"], wanted) in wanted for _, m in found))
    if not found:
        return []
    if any(look(submissions / name).look != "file" for name, _ in found):
        return []
    people: dict[tuple[str, str], Person] = {}
    for name, match in found:
        key = (readable(match["name"]).removeprefix("LATE_"), match["user"])
        person = people.setdefault(key, Person(*key, lms={"id": key[1], "name": key[0]}))
        if match["late"] or match["name"].startswith("LATE_"):
            person.lms["late"] = "yes"
            person.note = "Canvas marked it late and says no time (a roster column `submitted` can)"
        number = int(match["file"]) if match.re is not _CANVAS_TEXT else 0
        person.uploads.append((number, readable(match["rest"]), submissions / name))
    for person in people.values():
        # By it Canvas finds the student again when feedback is uploaded.
        if number := max(number for number, _, _ in person.uploads):
            person.lms["attachment"] = str(number)
        _keep_latest(person, wanted)
    return list(people.values())


def _canvas_reading(files: Sequence[str], pattern: re.Pattern[str]) -> list[tuple[str, re.Match[str]]]:
    """The files that `pattern` reads; none where that makes no download of them."""
    matches = ((name, pattern.fullmatch(name) or _CANVAS_TEXT.fullmatch(name)) for name in files)
    found = [(name, match) for name, match in matches if match]
    numbers = Counter(match["file"] for _, match in found if match.re is pattern)
    # A class that is no download may have names with two numbers too; Canvas gives no attachment's number twice.
    return found if 2 * len(found) >= len(files) and numbers and max(numbers.values()) == 1 else []


def _plain_name(name: str, wanted: frozenset[str]) -> str:
    """A file's name without the number that Canvas counts re-uploads by."""
    match = _COUNTED.fullmatch(name)
    return match[1] + match[2] if match and match[1] + match[2] in wanted else name


def _keep_latest(person: Person, wanted: frozenset[str]) -> None:
    """Give re-uploads their own names back; of two uploads of one name the later attachment counts."""
    for _, name, path in sorted(person.uploads):
        plain = _plain_name(name, wanted)
        if plain in person.files:
            person.ignored.append(person.files[plain].name)
        person.files[plain] = path


def _moodle_people(submissions: Path, names: Iterable[str]) -> list[Person]:
    people: dict[tuple[str, str], Person] = {}
    texts: list[tuple[tuple[str, str], str]] = []
    for name in names:
        match = _MOODLE.fullmatch(name)
        if not match:
            continue
        key = (readable(match["name"]), match["user"])
        person = people.setdefault(key, Person(*key, lms={"id": key[1], "name": key[0]}))
        if match["kind"] != "file":
            texts.append((key, name))
        elif look(submissions / name).look == "folder":
            person.folder = submissions / name
        else:
            person.files[readable(match["rest"] or name)] = submissions / name
    for key, name in texts:
        person = people[key]
        if person.folder is None and not person.files:
            person.folder = submissions / name
        else:
            person.ignored.append(name)
    for person in people.values():
        if person.name == "Participant":
            # Marking is anonymous: the number is the whole name, as in Moodle's worksheet.
            person.name = f"Participant {person.user}"
    return list(people.values())


def _gradescope(submissions: Path, names: Sequence[str], notes: Notes) -> Download:
    try:
        handed = read_metadata(submissions / METADATA)
    except Unreadable as error:
        notes.ignore(METADATA, str(error))
        return Download(taken=frozenset([METADATA]))
    notes.ignore(METADATA, "Gradescope's list of who submitted what")
    people: dict[str, tuple[Person, Handed]] = {}
    for item in handed:
        if item.entry not in names:
            notes.ignore(item.entry, f"named in {METADATA}, and not there")
            continue
        path = submissions / item.entry
        lms = {"id": item.entry, **item.person}
        user = item.person.get("email") or item.person.get("sid") or item.entry
        name = item.person.get("name") or user
        person = Person(name, user, lms)
        if look(path).look == "folder":
            person.folder = path
        else:
            person.files[item.entry] = path
        key = user.casefold()
        if key in people and people[key][1].submitted >= item.submitted:
            people[key][0].ignored.append(item.entry)
        else:
            if key in people:
                person.ignored.append(people[key][1].entry)
            people[key] = (person, item)
    times = {id(person): item for person, item in people.values()}
    everybody = [person for person, _ in people.values()]
    entries = tuple(_entries(everybody, "gradescope", {key: item.submitted for key, item in times.items()}))
    taken = {METADATA, *(item.entry for item in handed)}
    return Download(entries, frozenset(taken))


def _entries(
    people: Sequence[Person], system: str, submitted: Mapping[int, str] | None = None
) -> Iterator[Entry]:
    same = Counter(person.name.casefold() for person in people)
    for person in people:
        student = person.name if same[person.name.casefold()] == 1 else f"{person.name} ({person.user})"
        when = (submitted or {}).get(id(person), "")
        receipt = Receipt(
            when,
            system.capitalize() if when or person.note else "",
            person.note,
            {"system": system, **person.lms},
        )
        notes = Notes()
        for name in person.ignored:
            notes.ignore(name, "not the latest of this student's, or not a file")
        kind: Kind = "folder"
        if person.folder is not None:
            path, name, files = person.folder, person.folder.name, {}
        else:
            files = person.files
            path = next(iter(files.values()))
            name = path.name
            if len(files) == 1:
                kind = KINDS.get(suffix_of(name), "folder")
        yield Entry(student, path, kind, look(path), name, notes.ignored, files, receipt)

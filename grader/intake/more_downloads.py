"""Downloads of four more systems. In all of them the LMS's part of a name stands first, so no student can write it.

Blackboard   HW 1_jdoe_attempt_2024-03-01-11-22-33_convolution.py    beside HW 1_jdoe_attempt_2024-….txt, which says who
Brightspace  397063-2557369 - Jane Doe - Sep 24, 2024 926 PM/         or that in front of every file's name
ILIAS        Abgaben/Doe_Jane_jdoe_4711/20240301112233_convolution.py in teams one folder deeper
Teams        Submitted files/Jane Doe/HW 1/Version 2/convolution.py   the last version counts

None of them says a time with its zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from grader.intake.disk import listing, look, read_file
from grader.intake.layout import Unreadable, is_clutter
from grader.intake.names import readable
from grader.intake.person import Person

_BLACKBOARD = re.compile(r"_attempt_(\d{4}(?:-\d\d){5})")
_SAYS_WHO = re.compile(r"Name: (?P<name>[^\n]{1,300}?) \((?P<user>[^()\n]{1,200})\)\s*")
_BRIGHTSPACE = re.compile(r"(?P<user>\d+)-\d+")
_DAY = re.compile(r"(\w{3}\w* \d{1,2}, \d{4}) (\d{1,2}):?(\d\d) ([AP]M)", re.IGNORECASE)
_ILIAS = re.compile(r"(?P<last>[^_]+)_(?P<first>[^_]+)_(?P<login>.+)_(?P<id>\d+)", re.DOTALL)
_ILIAS_TEAM = re.compile(r"Team[ _]\d+", re.IGNORECASE)
_ILIAS_FOLDERS = frozenset(["Abgaben", "Submissions"])
_ILIAS_STATUS = frozenset(["status.csv", "status.xlsx", "status.xls"])
_STAMP = re.compile(r"\d{14}_")
_TEAMS_FOLDERS = frozenset(["Submitted files", "Student Work"])
_VERSION = re.compile(r"Version (\d+)", re.IGNORECASE)
_NO_ZONE = "says no time with a zone (a roster column `submitted` can)"

Wanted = frozenset[str]


def deeper(submissions: Path, names: list[str]) -> tuple[Path, list[str]]:
    """Down into the folders that ILIAS and Teams put around the submissions.

    Raises Unreadable if one can't be listed.
    """
    for _ in range(3):
        plain = [name for name in names if _counts(name)]
        around = [name for name in plain if name in _ILIAS_FOLDERS | _TEAMS_FOLDERS]
        if len(around) != 1 and len(plain) == 1 and look(submissions / plain[0]).look == "folder":
            inside = listing(submissions / plain[0])
            around = plain if _ILIAS_FOLDERS.intersection(inside) or "Submitted files" in inside else []
        if len(around) != 1 or look(submissions / around[0]).look != "folder":
            break
        submissions = submissions / around[0]
        names = listing(submissions)
    return submissions, names


def blackboard(submissions: Path, names: Sequence[str], wanted: Wanted) -> list[Person]:
    """Of several attempts of a student the last one counts."""
    found = []
    for name in names:
        # The first one is Blackboard's; what a student calls a file comes after it.
        match = _BLACKBOARD.search(name)
        rest = name[match.end() :] if match else ""
        if match and match.start() and (rest == ".txt" or (rest.startswith("_") and rest != "_")):
            found.append((match[1], name[: match.start()], rest, name))
    if not found or 2 * len(found) < sum(map(_counts, names)):
        return []
    people: dict[str, Person] = {}
    last: dict[str, str] = {}
    for when, head, rest, name in sorted(found):
        person = people.setdefault(head, _person(head.rpartition("_")[2], "Blackboard"))
        if last.setdefault(head, when) != when:
            person.ignored += [path.name for path in person.files.values()]
            person.files.clear()
            last[head] = when
        if rest == ".txt":
            _name_by(person, head, submissions / name)
            person.ignored.append(name)
        else:
            person.files[readable(rest[1:])] = submissions / name
    return [person for person in people.values() if person.files]


def _name_by(person: Person, head: str, text: Path) -> None:
    """Name and login from the text beside the files; its first line is Blackboard's."""
    try:
        first = read_file(text, 1 << 20)[:1000].decode("utf-8-sig", "replace")
    except Unreadable:
        return
    match = _SAYS_WHO.match(first)
    if match and head.endswith(f"_{match['user']}"):
        person.name, person.user = readable(match["name"].strip()), readable(match["user"])
        person.lms.update(id=person.user, name=person.name)


def brightspace(submissions: Path, names: Sequence[str], wanted: Wanted) -> list[Person]:
    """Folders or files; of several days of a student the last one counts."""
    handed: dict[tuple[str, str], dict[str, list[tuple[str, str]]]] = {}
    for name in names:
        parts = name.split(" - ")
        ids = _BRIGHTSPACE.fullmatch(parts[0])
        place = next((n for n, part in enumerate(parts) if n > 1 and re.search(r"\b\d{4}\b", part)), None)
        if ids and place is not None:
            key = (ids["user"], readable(" - ".join(parts[1:place])))
            rest = readable(" - ".join(parts[place + 1 :]))
            handed.setdefault(key, {}).setdefault(parts[place], []).append((name, rest))
    if 2 * sum(map(len, handed.values())) < sum(_counts(name) and name != "index.html" for name in names):
        return []
    people = []
    for (user, student), days in handed.items():
        person = _person(student, "Brightspace", user)
        *earlier, latest = sorted(days, key=_moment)
        person.ignored += [name for day in earlier for name, _ in days[day]]
        for name, rest in days[latest]:
            if look(submissions / name).look == "folder":
                person.folder = submissions / name
            else:
                person.files[rest or name] = submissions / name
        people.append(person)
    if people and "index.html" in names:
        people[0].ignored.append("index.html")
    return people


def _moment(text: str) -> tuple[int, str, str]:
    """For sorting; a date in another language stands after those that can be read, in the order of its text."""
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return 1, text, text
    for form in ("%b %d, %Y %I:%M %p", "%B %d, %Y %I:%M %p"):
        try:
            moment = datetime.strptime(f"{match[1]} {match[2]}:{match[3]} {match[4]}", form)
            return 0, moment.isoformat(), text
        except ValueError:
            continue
    return 1, text, text


def ilias(submissions: Path, names: Sequence[str], wanted: Wanted) -> list[Person]:
    """Folders by last name, first name, login and number; the time in front of a file's name is ILIAS's."""
    if submissions.name not in _ILIAS_FOLDERS and not _ILIAS_STATUS.intersection(names):
        return []
    people = []
    for folder in _member_folders(submissions, names):
        match = _ILIAS.fullmatch(folder.name)
        if not match:
            continue
        person = _person(readable(f"{match['first']} {match['last']}"), "Ilias", match["id"])
        person.lms["login"] = readable(match["login"])
        # Sorted by their times: of two uploads of one name the later one counts.
        inside = _list(folder)
        if inside and all(_STAMP.match(name) for name in inside if _counts(name)):
            person.files = {
                readable(_STAMP.sub("", name, count=1)): folder / name for name in inside if _counts(name)
            }
        else:
            person.folder = folder
        people.append(person)
    return people


def _member_folders(submissions: Path, names: Sequence[str]) -> Iterator[Path]:
    for name in names:
        if _ILIAS_TEAM.fullmatch(name):
            yield from (submissions / name / member for member in _list(submissions / name))
        else:
            yield submissions / name


def teams(submissions: Path, names: Sequence[str], wanted: Wanted) -> list[Person]:
    """A folder a student, in it one an assignment, in it one a version."""
    if submissions.name != "Submitted files":
        return []
    people = []
    for name in names:
        if not _counts(name) or look(submissions / name).look != "folder":
            continue
        person = _person(readable(name), "Teams")
        inside = [submissions / name / one for one in _list(submissions / name)]
        found = [newest for folder in inside if (newest := _newest(folder, wanted))]
        # Of two assignments with the same files nobody guesses which is meant.
        person.folder = found[0] if len(found) == 1 else submissions / name
        people.append(person)
    return people


def _newest(folder: Path, wanted: Wanted) -> Path | None:
    versions = {int(m[1]): name for name in _list(folder) if (m := _VERSION.fullmatch(name))}
    place = folder / versions[max(versions)] if versions else folder
    has_work = any(
        name in wanted or name.lower().endswith((".zip", ".ipynb", ".py")) for name in _list(place)
    )
    return place if has_work else None


def _person(name: str, system: str, user: str = "") -> Person:
    name = readable(name)
    return Person(name, user or name, {"id": user or name, "name": name}, note=f"{system} {_NO_ZONE}")


def _counts(name: str) -> bool:
    return not is_clutter(name) and not name.startswith(".")


def _list(folder: Path) -> list[str]:
    try:
        return listing(folder) if look(folder).look == "folder" else []
    except Unreadable:
        return []


#: The name of the system → its reader.
MORE: Mapping[str, Callable[[Path, Sequence[str], Wanted], list[Person]]] = {
    "blackboard": blackboard,
    "brightspace": brightspace,
    "ilias": ilias,
    "teams": teams,
}

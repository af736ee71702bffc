"""Which file is meant, where it has another name or stands in another folder than it should.

What can be read without guessing is read, and said. Where two files could be meant, the one with work in it counts;
where both have work, the one that stands where it belongs, and a person is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from grader.course import Assignment
from grader.intake.layout import ANSWERS, Notes, Unreadable, is_clutter
from grader.intake.notebook import comparable, parse_notebook, trimmed
from grader.intake.text import decoded_source
from grader.intake.twins import written

#: What browsers, systems and editors add to a name: " (1)", "-Copy1", " copy 2", " - Kopie", "_v2", "-2".
_ADDED = re.compile(
    r"^(?:(?:copy of|kopie von|copie de|copia de) )|"
    r"(?:\s*\(\d{1,3}\)|\s*[-_ ]+(?:copy|copie|kopie|copia)[ _-]?(?:\(?\d{1,3}\)?)?|\s*[-_ ]v?\d{1,2})$"
)
_MORE_ENDINGS = (".txt", ".json", ".download")
#: Folders of the handout that hold chapters which are nobody's work, and where a reset puts what it takes away.
_NOT_WORK = frozenset(["checks", "original", "originals", "data"])


def meant_by(path: str, wanted: Iterable[str]) -> str | None:
    """The file of the assignment that a misnamed or misplaced file must be; None where it is no such file."""
    *folders, name = path.split("/")
    if any(
        is_clutter(folder) or folder.startswith(".") or folder.lower() in _NOT_WORK for folder in folders
    ) or is_clutter(name):
        return None
    name = name[:200].lower().strip()
    for ending in _MORE_ENDINGS:
        if name.endswith(ending) and "." in name.removesuffix(ending):
            name = name.removesuffix(ending)
    stem, dot, ending = name.rpartition(".")
    ending = "yaml" if ending == "yml" else ending
    before = None
    while before != stem:
        before, stem = stem, _ADDED.sub("", stem).strip()
    by_name = {target.lower(): target for target in wanted}
    return by_name.get(f"{stem}{dot}{ending}")


def choose(
    files: Mapping[str, bytes], assignment: Assignment, handout: Mapping[str, bytes], notes: Notes
) -> tuple[dict[str, bytes], set[str]]:
    """The assignment's files among `files` (path → bytes), by the names they should have.

    Also those of which two held work, so that a person has to look.
    """
    wanted = [f"{c.name}{end}" for c in assignment.open_chapters for end in (".py", ".ipynb")] + [ANSWERS]
    exercises = {
        f"{c.name}{end}": {e.name for e in c.exercises}
        for c in assignment.open_chapters
        for end in (".py", ".ipynb")
    }
    candidates: dict[str, list[str]] = {}
    for path in sorted(files, key=lambda path: (path.count("/"), len(path), path)):
        if name := path if path in wanted else meant_by(path, wanted):
            candidates.setdefault(name, []).append(path)
    chosen: dict[str, bytes] = {}
    doubtful: set[str] = set()
    moved: dict[str, str] = {}
    for name in wanted:
        paths = candidates.get(name, [])
        if not paths:
            continue
        worked = [
            path for path in paths if _has_work(name, files[path], handout.get(name), exercises.get(name))
        ]
        different = _different(name, worked, files)
        path = name if name in paths and (name in worked or not worked) else (worked or paths)[0]
        # In a folder below, an earlier version is no rival of the file that stands where it belongs.
        rivals = [other for other in different if other != path and not (path == name and "/" in other)]
        if rivals and path in different:
            doubtful.add(name)
            what = f"{rivals[0]} holds other work for it; {path} was graded: a person should look which one is meant"
            if path != name and "/" in path:
                what = f"stands in several folders ({path}, {rivals[0]}), each with other work; hand in one of them"
                notes.problem(name, what)
                continue
            notes.problem(name, what)
        elif path != name:
            moved[name] = path
        chosen[name] = files[path]
    _say_moved(moved, notes)
    return chosen, doubtful


def _say_moved(moved: Mapping[str, str], notes: Notes) -> None:
    """What was read from elsewhere; a folder in one line."""
    folders: dict[str, list[str]] = {}
    for name, path in moved.items():
        folder, _, own = path.rpartition("/")
        if folder and own == name:
            folders.setdefault(f"{folder}/", []).append(name)
        else:
            notes.problem(path, f"read as {name}; give it that name")
    for folder, names in folders.items():
        notes.problem(
            folder, f"{', '.join(names)} in this folder counted; next time put all files into one folder"
        )


def _has_work(name: str, data: bytes, given: bytes | None, exercises: Iterable[str] | None) -> bool:
    if exercises is None:  # answers: whatever is not the empty sheet
        return data.strip() != (given or b"").strip()
    return bool(written(name, data, exercises))


def _different(name: str, paths: list[str], files: Mapping[str, bytes]) -> list[str]:
    """Of files with work, one of each content."""
    seen: dict[object, str] = {}
    for path in paths:
        seen.setdefault(_content(name, files[path]), path)
    return list(seen.values())


def _content(name: str, data: bytes) -> object:
    try:
        return comparable(parse_notebook(data)) if name.endswith(".ipynb") else trimmed(decoded_source(data))
    except Unreadable:
        return data

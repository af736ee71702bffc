"""Which file is meant, where it has another name or stands in another folder than it should.

What can be read without guessing is read, and said. Where two files could be meant, the one with work in it counts;
where both have work, the one that stands where it belongs, and a person is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from grader.course import Assignment
from grader.intake.layout import ANSWERS, Notes, Unreadable, chapter_files, is_clutter, passed_over
from grader.intake.notebook import comparable, parse_notebook, trimmed
from grader.intake.text import decoded_source
from grader.intake.twins import written

#: What browsers, systems and editors add to a name: " (1)", "-Copy1", " copy 2", " - Kopie", "_v2", "-2".
#: Only looked for where signs and blanks begin, or a name of nothing else would be gone through once for each of them.
_ADDED = re.compile(
    r"^(?:copy of|kopie von|copie de|copia de) |"
    r"(?<![-_\s])(?:[-_\s]*\(\d{1,3}\)|[-_\s]+(?:copy|copie|kopie|copia)[ _-]?(?:\(?\d{1,3}\)?)?|[-_\s]+v?\d{1,2})$"
)
_MORE_ENDINGS = (".txt", ".json", ".download")
#: Endings that people give to a page of text.
_TEXTS = frozenset(["yaml", "yml", "txt", "md"])
#: Folders of the handout that hold chapters which are nobody's work, and where a reset puts what it takes away.
_MOST_UNNAMED = 30
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
    if stem in ("answer", "answers") and ending in _TEXTS:
        return by_name.get(ANSWERS)
    return by_name.get(f"{stem}{dot}{ending}")


def may_be_meant(path: str, wanted: Iterable[str]) -> bool:
    """Whether a file is one of the assignment's by its name, or may hold a chapter under any other name."""
    *folders, name = path.split("/")
    nobodys = any(is_clutter(part) or part.startswith(".") or part.lower() in _NOT_WORK for part in folders)
    return meant_by(path, wanted) is not None or not (
        nobodys or is_clutter(name) or not name.lower().endswith((".py", ".ipynb"))
    )


def unnamed(paths: Iterable[str], assignment: Assignment, named: Iterable[str]) -> list[str]:
    """Those of `paths` to look into for a chapter of which no file has the name; none where every chapter is there.

    named: the files that are the assignment's by their names.
    """
    wanted = chapter_files(assignment)
    there = {(meant_by(path, wanted) or path.rpartition("/")[2]).partition(".")[0] for path in named}
    if all(chapter.name in there for chapter in assignment.open_chapters):
        return []
    return [path for path in sorted(paths) if may_be_meant(path, wanted)][:_MOST_UNNAMED]


def choose(
    files: Mapping[str, bytes], assignment: Assignment, handout: Mapping[str, bytes], notes: Notes
) -> tuple[dict[str, bytes], set[str]]:
    """The assignment's files among `files` (path → bytes), by the names they should have.

    Also those of which two held work, so that a person has to look.
    """
    wanted = chapter_files(assignment)
    exercises = {
        f"{c.name}{end}": {e.name for e in c.exercises}
        for c in assignment.open_chapters
        for end in (".py", ".ipynb")
    }
    candidates: dict[str, list[str]] = {}
    for path in sorted(files, key=lambda path: (path.count("/"), len(path), path)):
        if name := path if path in wanted else meant_by(path, wanted):
            candidates.setdefault(name, []).append(path)
    _by_content(files, assignment, candidates, handout)
    chosen: dict[str, bytes] = {}
    doubtful: set[str] = set()
    moved: dict[str, str] = {}
    for name in wanted:
        paths = candidates.get(name, [])
        if not paths:
            continue
        work = {path: _work(name, files[path], handout.get(name), exercises.get(name)) for path in paths}
        worked = [path for path in paths if work[path]]
        path = name if name in paths and (name in worked or not worked) else (worked or paths)[0]
        # In a folder below, an earlier version is no rival of the file that stands where it belongs.
        rivals = [other for other in worked if path == other or not (path == name and "/" in other)]
        different = _different(name, rivals, files)
        most = max(different, key=lambda one: len(work[one]), default=path)
        if len(different) > 1 and all(work[most] > work[other] for other in different if other != most):
            less = next(other for other in different if other != most)
            notes.problem(
                most, f"has more of the work than {less}, so it was read as {name}; hand in one of them"
            )
            path = most
        elif len(different) > 1:
            doubtful.add(name)
            other = next(one for one in different if one != path)
            if path != name:
                where = "folders" if "/" in path else "files"
                notes.problem(
                    name,
                    f"stands in several {where} ({path}, {other}), each with other work; hand in one of them",
                )
                continue
            notes.problem(
                name,
                f"{other} holds other work for it; {path} was graded: a person should look which one is meant",
            )
        elif path != name:
            moved[name] = path
        chosen[name] = files[path]
    _say_moved(moved, notes)
    read = {path for paths in candidates.values() for path in paths}
    for name, why in passed_over((path for path in files if path not in read), "", assignment):
        notes.ignore(name, why)
    return chosen, doubtful


def _by_content(
    files: Mapping[str, bytes],
    assignment: Assignment,
    candidates: dict[str, list[str]],
    handout: Mapping[str, bytes],
) -> None:
    """Add to `candidates`, for a chapter of which no file has the name, the files that hold functions of it."""
    named = {name.partition(".")[0] for name in candidates}
    taken = {path for paths in candidates.values() for path in paths}
    for path in unnamed((path for path in files if path not in taken), assignment, candidates):
        for chapter in assignment.open_chapters:
            name = f"{chapter.name}.{path.lower().rpartition('.')[2]}"
            mine = [exercise.name for exercise in chapter.exercises]
            if chapter.name not in named and written(
                name, files[path], mine, handout.get(name), unread=False
            ):
                candidates.setdefault(name, []).append(path)


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


def _work(name: str, data: bytes, given: bytes | None, exercises: Iterable[str] | None) -> frozenset[str]:
    """What is written in a file: exercises; of answers, whether they are more than the empty sheet."""
    if exercises is None:
        return frozenset([ANSWERS] if data.strip() != (given or b"").strip() else [])
    return written(name, data, exercises, given)


def _different(name: str, paths: list[str], files: Mapping[str, bytes]) -> list[str]:
    """Of files with work, one of each content."""
    seen: dict[object, str] = {}
    for path in paths:
        seen.setdefault(_content(name, files[path]), path)
    return list(seen.values())


def _content(name: str, data: bytes) -> object:
    """What two files share that are the same work: a remark more or less makes no other."""
    try:
        if name.endswith(".ipynb"):
            return comparable(parse_notebook(data))
        lines = trimmed(decoded_source(data)).split("\n")
    except Unreadable:
        return data
    return tuple(line for line in lines if line and not line.lstrip().startswith("#"))

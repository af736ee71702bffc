"""SUBMISSIONS on disk → Bundles: who submitted, and the bytes of what they submitted.

Nothing is parsed here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.course import Assignment
from grader.errors import UsageError
from grader.intake.archive import slimmed
from grader.intake.choosing import meant_by, unnamed
from grader.intake.disk import (
    MB,
    Seen,
    listing,
    look,
    not_a_file,
    read_file,
    survey,
)
from grader.intake.downloads import download_entries, inside_of, nbgrader_receipt
from grader.intake.entry import KINDS, Discovery, Entry, Kind, suffix_of
from grader.intake.layout import (
    Notes,
    Unreadable,
    chapter_files,
    choose_root,
    is_clutter,
    nothing_found,
    passed_over,
)
from grader.intake.names import readable, shown
from grader.intake.nbgrader_layout import anything_in, assignment_folder, nbgrader_folder
from grader.intake.receipt import Receipt

#: Zips that one entry may hold, and how many times the limit one may be for what was packed along.
_MOST_ZIPS = 4
_PACKED_ALONG = 10


@dataclass(frozen=True)
class Bundle:
    """What was read from disk for one student: bytes only.

    Plain data, so that it can be graded on another machine. receipt: what is known beside the files.
    """

    student: str
    kind: Kind
    files: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    receipt: Receipt = field(default_factory=Receipt)

    @property
    def sha256(self) -> str:
        """Hex digest of kind, file names, contents and problems; times and order play no part."""
        parts = [self.kind.encode()]
        for name in sorted(self.files):
            parts += [name.encode("utf-8", "surrogatepass"), self.files[name]]
        parts += [b"problems", *(line.encode("utf-8", "surrogatepass") for line in self.problems)]
        digest = hashlib.sha256()
        for part in parts:
            # Without the lengths, bytes could be moved from one file to the next unseen.
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()


def discover(submissions: Path, assignment_name: str, assignment: Assignment) -> Discovery:
    """One entry a student, sorted. Raises UsageError if `submissions` is not a folder that can be listed."""
    if not submissions.is_dir():
        raise UsageError(f"{submissions} is not a folder; name the folder that holds one entry a student")
    notes = Notes()
    named = submissions
    # The way to it is the instructor's own, links included; from here on none is followed.
    submissions = submissions.resolve()
    try:
        names = listing(submissions)
        inner = nbgrader_folder(submissions, names, assignment_name)
        if inner is not None:
            for name in names:
                if name != inner.name:
                    notes.ignore(name, "not in nbgrader's folder `submitted`")
            submissions, names = inner, listing(inner)
        else:
            submissions, names = inside_of(submissions, names)
    except Unreadable as error:
        raise UsageError(f"{named}: {error}") from None
    by_student: dict[str, list[Entry]] = {}
    download = download_entries(submissions, names, frozenset(chapter_files(assignment)), notes)
    for entry in download.entries:
        by_student.setdefault(entry.student, []).append(entry)
    names = [name for name in names if name not in download.taken]
    # Names that are valid Unicode keep their text; only then are the others escaped, and moved aside if
    # taken.
    for name in sorted(names, key=lambda name: (readable(name) != name, name)):
        path = submissions / name
        seen = look(path)
        if _is_no_submission(name, seen):
            notes.ignore(name, "not a submission")
            continue
        student = readable(name if seen.look == "folder" else _stem(name, seen))
        while readable(name) != name and student in by_student:
            student += "~"
        receipt = Receipt()
        if seen.look == "folder":
            whole = path
            path = assignment_folder(path, assignment_name, assignment)
            if inner is not None and path == whole and not anything_in(path, assignment):
                notes.ignore(name, f"handed in nothing for {assignment_name}")
                continue
            receipt = nbgrader_receipt(path)
        entry = Entry(student, path, KINDS.get(suffix_of(name), "folder"), seen, name, receipt=receipt)
        by_student.setdefault(student, []).append(entry)
    entries = tuple(_the_one_that_counts(by_student[student]) for student in sorted(by_student))
    return Discovery(entries, notes.ignored)


def collect(entry: Entry, assignment: Assignment) -> Bundle:
    """Read the bytes of one entry, within the assignment's cap.

    Whatever can't be read is a problem in the Bundle.
    """
    return replace(_collect(entry, assignment), receipt=entry.receipt)


def _collect(entry: Entry, assignment: Assignment) -> Bundle:
    notes = Notes(ignored=entry.ignored)
    if entry.files:
        return _attachments(entry, assignment, notes)
    if entry.seen.look == "folder":
        bundle = _folder(entry.path, entry.student, assignment, notes)
        # A lone notebook of any name may hold functions of all chapters.
        unnamed_page = len(bundle.files) == 1 and not any(
            meant_by(f, chapter_files(assignment)) for f in bundle.files
        )
        alone = _alone_in(entry, assignment) if unnamed_page or not bundle.files else ""
        if not alone:
            return bundle
        notes = Notes(ignored=entry.ignored)
        return _single(entry.path / alone, entry.student + suffix_of(alone), entry, assignment, notes)
    suffix = suffix_of(entry.name)
    if entry.seen.look != "file":
        notes.problem(entry.name, not_a_file(entry.seen.look))
    elif suffix in KINDS:
        return _single(entry.path, entry.student + suffix, entry, assignment, notes)
    elif suffix == ".py":
        example = chapter_files(assignment)[0]
        notes.problem(
            entry.name,
            f"a lone .py does not say which chapter it is; put it in a folder {shown(entry.student, 40)}/ "
            f"under its chapter's name, {example} for example",
        )
    else:
        notes.problem(
            entry.name,
            "not a folder, a .zip or an .ipynb; hand in a folder or a .zip with the chapters' files",
        )
    return Bundle(entry.student, entry.kind, {}, notes.problems, notes.ignored)


def _single(path: Path, file: str, entry: Entry, assignment: Assignment, notes: Notes) -> Bundle:
    """One file that is the whole submission: a zip, or a notebook with functions of any chapter."""
    files: dict[str, bytes] = {}
    try:
        files[file] = _read(path, assignment)
    except Unreadable as error:
        notes.problem(entry.name if path == entry.path else path.name, error)
    return Bundle(entry.student, KINDS[suffix_of(path.name)], files, notes.problems, notes.ignored)


def _attachments(entry: Entry, assignment: Assignment, notes: Notes) -> Bundle:
    """Files that an LMS renamed and laid beside everybody else's; a zip or notebook among them may be all there is."""
    wanted = chapter_files(assignment)
    mine = {name: path for name, path in entry.files.items() if name in wanted or meant_by(name, wanted)}
    if not mine and (alone := _only(entry.files)):
        for name in entry.files:
            if name != alone:
                notes.ignore(name, "not part of the assignment")
        return _single(entry.files[alone], entry.student + suffix_of(alone), entry, assignment, notes)
    if not mine:
        notes.problem(entry.student, nothing_found(wanted))
    files: dict[str, bytes] = {}
    used = 0
    for name in sorted(mine, key=lambda name: (look(mine[name]).size, name)):
        try:
            files[name] = _read(mine[name], assignment, used)
            used += len(files[name])
        except Unreadable as error:
            notes.problem(name, error)
    for name, why in passed_over((name for name in entry.files if name not in mine), "", assignment):
        notes.ignore(name, why)
    return Bundle(entry.student, "folder", files, notes.problems, notes.ignored)


def _alone_in(entry: Entry, assignment: Assignment) -> str:
    """The one file of a folder without the assignment's that must be the submission; or ''.

    A zip anywhere; a notebook of another name only where an LMS made the folder, and nobody chose how to fill it.
    """
    wanted = frozenset(chapter_files(assignment))
    try:
        seen = survey(entry.path, wanted, Notes())
    except Unreadable:
        return ""
    if any(name.rpartition("/")[2] in wanted or meant_by(name, wanted) for name in seen):
        return ""
    found = _only(name for name, item in seen.items() if "/" not in name and item.look == "file")
    return found if suffix_of(found) == ".zip" or entry.receipt.lms else ""


def _only(names: Iterable[str]) -> str:
    """The one zip, or else the one notebook, that a submission without any chapter's name must mean; or ''."""
    candidates = [name for name in names if not is_clutter(name)]
    for suffix in KINDS:
        found = [name for name in candidates if suffix_of(name) == suffix]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def folder_bundle(path: Path, assignment: Assignment) -> Bundle:
    """A student's own folder, for the self-check. Raises UsageError if `path` is not a folder."""
    if not path.is_dir():
        raise UsageError(f"{path} is not a folder; name the folder that holds your chapters")
    path = path.resolve()
    return _folder(path, readable(path.name), assignment, Notes())


def _folder(path: Path, student: str, assignment: Assignment, notes: Notes) -> Bundle:
    wanted = frozenset(chapter_files(assignment))
    files: dict[str, bytes] = {}
    seen: dict[str, Seen] = {}
    root = ""
    why = ""
    try:
        seen = survey(path, wanted, notes)
        root = choose_root((name for name, item in seen.items() if item.look != "folder"), wanted)
    except Unreadable as error:
        why = str(error)
    mine = {name: (root + name, seen[root + name]) for name in wanted if root + name in seen}
    mine |= _elsewhere(seen, assignment, {place for place, _ in mine.values()})
    if why and not mine:
        notes.problem(student, why)
    used = 0
    # What stands where it belongs first, then the smallest, so that one huge notebook doesn't cost the other chapters.
    for name in sorted(mine, key=lambda name: (name not in wanted, mine[name][1].size, name)):
        try:
            files[name] = _read(path / mine[name][0], assignment, used)
            used += len(files[name])
        except Unreadable as error:
            notes.problem(name, error)
    for name, item in seen.items():
        if item.look == "link" and name.removeprefix(root) not in mine and name not in mine:
            notes.ignore_link(name)
    plain = (name + "/" * (item.look == "folder") for name, item in seen.items() if item.look != "link")
    leading = {root[: i + 1] for i, ch in enumerate(root) if ch == "/"}
    others = (
        name
        for name in plain
        if name not in leading
        and name.rstrip("/").removeprefix(root) not in mine
        and name.rstrip("/") not in mine
        and not any(place.startswith(name) for place in mine if name.endswith("/"))
    )
    for name, why in passed_over(others, root, assignment):
        notes.ignore(name, why)
    return Bundle(student, "folder", files, notes.problems, notes.ignored)


def _elsewhere(
    seen: Mapping[str, Seen], assignment: Assignment, taken: set[str]
) -> dict[str, tuple[str, Seen]]:
    """Files that may be the assignment's under another name or in another folder, and zips beside them."""
    wanted = chapter_files(assignment)
    files = {name: item for name, item in seen.items() if item.look == "file" and name not in taken}
    found = {name: (name, item) for name, item in files.items() if meant_by(name, wanted)}
    zips = [name for name in files if suffix_of(name) == ".zip" and not any(map(is_clutter, name.split("/")))]
    more = unnamed((name for name in files if name not in found), assignment, [*taken, *found])
    return found | {name: (name, files[name]) for name in [*zips[:_MOST_ZIPS], *more]}


def _read(path: Path, assignment: Assignment, used: int = 0) -> bytes:
    """The content of one file; of a zip that is too large only for what was packed along, the work in it."""
    limit = assignment.limits.submission_mb * MB
    try:
        return read_file(path, limit, used)
    except Unreadable as error:
        if suffix_of(path.name) != ".zip":
            raise
        try:
            slim = slimmed(read_file(path, _PACKED_ALONG * limit), assignment)
        except Unreadable:
            raise error from None
        if used + len(slim) > limit:
            raise
        return slim


def _the_one_that_counts(entries: list[Entry]) -> Entry:
    first, *others = sorted(entries, key=lambda entry: entry.rank)
    notes = Notes()
    for other in others:
        notes.ignore(other.name, f"{shown(first.name, 60)} counts, which has the same name")
    return replace(first, ignored=(*first.ignored, *notes.ignored))


def _is_no_submission(name: str, seen: Seen) -> bool:
    if is_clutter(name):
        return True
    # A folder or an archive is somebody's, however odd its name; another hidden file is the system's.
    return name.startswith(".") and seen.look == "file" and suffix_of(name) not in KINDS


def _stem(name: str, seen: Seen) -> str:
    # Nobody knows whether a link means a folder, so only the endings of known files are taken off.
    return name if seen.look == "link" and suffix_of(name) not in (*KINDS, ".py") else Path(name).stem

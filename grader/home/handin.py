"""`grader pack`: the zip to hand in, read back as the grader will read it, and a receipt of what was seen in it."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from grader.course import Assignment
from grader.errors import GraderError, UsageError
from grader.files import write_bytes
from grader.home.besides import RECEIPT, questions_of, receipt_in
from grader.home.reading import OwnFolder, originals, read_folder
from grader.intake import Bundle, Source, Submission, chapter_files, open_bundle, written_in
from grader.questions import Overview
from grader.wall import Broken, statements_of

#: The same work makes the same zip, and so the same digest.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class ChapterSeen:
    """One open chapter in the zip. file: the one that counts, or ''; unwritten: exercises that are stubs."""

    title: str
    file: str
    exercises: int
    unwritten: tuple[str, ...]


@dataclass(frozen=True)
class Packed:
    """What was packed, and what the grader will see in it. time: ISO 8601, by this computer's clock."""

    file: Path
    sha256: str
    work_sha256: str
    size: int
    time: str
    names: tuple[str, ...]
    left_out: tuple[str, ...]
    chapters: tuple[ChapterSeen, ...]
    questions: Overview
    problems: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not done, a line each."""
        lines = []
        for seen in self.chapters:
            if not seen.file:
                lines.append(f"{seen.title}: no file of this chapter is there")
            elif seen.unwritten:
                lines.append(f"{seen.file}: not written yet: {', '.join(seen.unwritten)}")
        if self.questions.unanswered:
            lines.append(f"questions not answered: {', '.join(self.questions.unanswered)}")
        return tuple(lines)


def default_zip(folder: Path, assignment_name: str) -> Path:
    """Beside the folder: in it, the zip would be read as a second copy of the work."""
    return folder.resolve().parent / f"{assignment_name}-handin.zip"


def pack(assignment_name: str, assignment: Assignment, folder: Path, checks: Path, out: Path) -> Packed:
    """Write the zip to hand in to `out`. Raises UsageError where that can't be, or there is nothing to pack."""
    out = out.resolve()
    if out.suffix.lower() != ".zip":
        raise UsageError(f"--out {out}: the name of the zip has to end in .zip")
    if folder.resolve() in out.parents:
        raise UsageError(
            f"--out {out}: a zip inside your folder would be read as a second copy; put it elsewhere"
        )
    own = read_folder(folder, assignment, checks)
    files = _to_hand_in(own, assignment)
    if not files:
        raise UsageError(f"{folder} has no file to hand in: {'; '.join(own.submission.problems)}")
    data = _zip(files, assignment_name)
    seen = open_bundle(replace(own.bundle, kind="zip", files={out.name: data}), assignment, own.given)
    if _work(seen) != _work(own.submission):
        raise GraderError(
            f"{out.name} would not be read as {folder} is; zip the folder yourself and hand that in"
        )
    packed = Packed(
        file=out,
        sha256=hashlib.sha256(data).hexdigest(),
        work_sha256=seen.work_sha256,
        size=len(data),
        time=datetime.now().astimezone().isoformat(timespec="seconds"),
        names=tuple(sorted(files)),
        left_out=tuple(name for name in _names_in(folder) if not any(_is_in(file, name) for file in files)),
        chapters=tuple(_chapters(seen, assignment)),
        questions=questions_of(seen, assignment),
        problems=(*own.submission.problems, *_syntax_errors(seen.sources)),
    )
    try:
        write_bytes(out, data)
    except GraderError:
        raise UsageError(
            f"{out} can't be written; say where else the zip should be: grader pack --out FILE.zip"
        ) from None
    _note(folder, packed, own.submission)
    return packed


def _to_hand_in(own: OwnFolder, assignment: Assignment) -> dict[str, bytes]:
    """What the grader reads, less zips, and less a twin in which nothing was done."""
    counting = {source.file for source in own.submission.sources.values()}
    twins = {f"{c.name}{end}" for c in assignment.open_chapters for end in (".py", ".ipynb")}
    idle = {
        name
        for name, data in own.bundle.files.items()
        if name in twins - counting and own.given.get(name) == data and _twin(name) in counting
    }
    return {
        name: data
        for name, data in own.bundle.files.items()
        if name not in idle and not name.lower().endswith(".zip")
    }


def _twin(file: str) -> str:
    return (
        file.removesuffix(".py") + ".ipynb" if file.endswith(".py") else file.removesuffix(".ipynb") + ".py"
    )


def _work(submission: Submission) -> tuple[object, ...]:
    return submission.sources, submission.answers, submission.notebook_answers, submission.examples


def _zip(files: Mapping[str, bytes], folder: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name])
    return packed.getvalue()


def _names_in(folder: Path) -> list[str]:
    """What stands in the folder itself, folders with a slash; hidden names are nobody's work."""
    return sorted(p.name + "/" * p.is_dir() for p in folder.iterdir() if not p.name.startswith("."))


def _is_in(file: str, name: str) -> bool:
    return file == name or (name.endswith("/") and file.startswith(name))


def _chapters(seen: Submission, assignment: Assignment) -> Iterator[ChapterSeen]:
    for chapter in assignment.open_chapters:
        names = [exercise.name for exercise in chapter.exercises]
        source = seen.sources.get(chapter.name)
        done = written_in(source.cells, names) if source else frozenset()
        unwritten = tuple(name for name in names if name not in done)
        yield ChapterSeen(chapter.title, source.file if source else "", len(names), unwritten)


def _syntax_errors(sources: Mapping[str, Source]) -> Iterator[str]:
    """What can't be read as Python when it is graded; nothing is run."""
    for source in sources.values():
        for number, cell in enumerate(source.cells, start=1):
            place = f"cell {number}, line" if source.kind == "ipynb" else "line"
            try:
                broken = [part for part in statements_of(cell) if isinstance(part, Broken)]
                yield from (f"{source.file}: {part.message}, {place} {part.line}" for part in broken)
            except SyntaxError as error:
                yield f"{source.file}: {error.msg}, {place} {error.lineno}"
            except (ValueError, RecursionError, MemoryError):
                yield f"{source.file}: can't be read as Python"


def _note(folder: Path, packed: Packed, submission: Submission) -> None:
    """Keep what `grader check` tells of it; a folder that can't be written to costs that line only."""
    note = {
        "file": str(packed.file),
        "sha256": packed.sha256,
        "time": packed.time,
        "work": submission.sha256,
        "work_sha256": packed.work_sha256,
    }
    with contextlib.suppress(OSError):
        (folder / RECEIPT).parent.mkdir(exist_ok=True)
        (folder / RECEIPT).write_text(json.dumps(note, indent=1), encoding="utf-8")


def work_of(path: Path, assignment: Assignment, checks: Path) -> tuple[str, Mapping[str, object]]:
    """The digest of the work in a folder, a zip or a notebook, and what the folder's own receipt says."""
    if path.is_dir():
        return read_folder(path, assignment, checks).submission.work_sha256, receipt_in(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from None
    lone = path.suffix.lower() == ".ipynb"
    bundle = Bundle(path.name, "notebook" if lone else "zip", {path.name: data})
    given = originals(chapter_files(assignment), checks)
    submission = open_bundle(bundle, assignment, given)
    if not submission.readable:
        raise UsageError(f"{path}: nothing of the assignment can be read in it")
    return submission.work_sha256, {}

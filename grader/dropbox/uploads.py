"""What was handed in, in its order: accepted or refused, waiting, being graded, on record. Decided here alone.

An upload is a file in the folder `uploads`, named by the drop-box and never by its student, and a row. The row comes
last, so what has one is whole and on the disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Final

from grader.dropbox.store import Store
from grader.errors import GraderError
from grader.files import make_folder, open_new
from grader.text import visible

WAITING: Final = "waiting"
GRADING: Final = "grading"
DONE: Final = "done"

#: What an upload may be, by the end of its name. Of anything else the grader would make nothing.
SUFFIXES: Final = (".zip", ".ipynb", ".py")
_COLUMNS = "id, key, student, file, sha256, size, at, state, tries, before, attempt"
_CHUNK = 1 << 20
_LONGEST_NAME = 120
_MB = 1 << 20


class Refused(Exception):
    """An upload that is not accepted. Says why, and what to do; `after`: seconds to wait, 0 where waiting is no use."""

    def __init__(self, status: int, why: str, after: int = 0) -> None:
        super().__init__(why)
        self.status, self.why, self.after = status, why, after


@dataclass(frozen=True)
class Room:
    """How much is accepted. queue: uploads that wait, of all and of each student; a_day: of each; free_mb: what is left
    on the disk."""

    queue: int = 200
    queue_each: int = 3
    a_day: int = 60
    free_mb: int = 500


@dataclass(frozen=True)
class Upload:
    """One row. file: the student's own name of it, untrusted; at: ISO 8601; before: the student's last attempt in the
    gradebook when grading began (-1: it has not); attempt: its own there, 0 before."""

    id: int
    key: str
    student: str
    file: str
    sha256: str
    size: int
    at: str
    state: str
    tries: int
    before: int
    attempt: int

    @property
    def suffix(self) -> str:
        """One of SUFFIXES."""
        return suffix_of(self.file)


def plain_name(file: str) -> str:
    """A name that a browser sent, as one line of text without any folder. It never names a file of ours."""
    return visible(file.replace("\\", "/").rpartition("/")[2][-_LONGEST_NAME:], _LONGEST_NAME).strip()


def suffix_of(file: str) -> str:
    """How a name ends, if an upload may be called so; else ''."""
    return next((suffix for suffix in SUFFIXES if file.lower().endswith(suffix)), "")


class Uploads:
    """The uploads of the drop-box in `folder`. limit: how many of each student are accepted, None: any number."""

    def __init__(self, store: Store, folder: Path, room: Room, limit: int | None) -> None:
        self._store, self._room, self._limit = store, room, limit
        self._folder = folder / "uploads"
        make_folder(self._folder)

    def path(self, upload: Upload) -> Path:
        """Where its bytes lie."""
        return self._folder / f"{upload.key}{upload.suffix}"

    def refuse_early(self, student: str) -> None:
        """Raises Refused where nothing of `student` could be accepted now, whatever it is."""
        if shutil.disk_usage(self._folder).free < self._room.free_mb * _MB:
            raise Refused(503, "The disk of this server is nearly full; tell your instructor.", 600)
        with self._store.together() as db:
            self._refuse_many(db, student)

    def accept(self, student: str, file: str, content: IO[bytes]) -> Upload:
        """Keep what `content` has from here on. When this returns, it lies on the disk and will be graded.

        The same bytes as the student's last upload are that upload, however often they are sent. Raises Refused.
        """
        file = plain_name(file)
        if not suffix_of(file):
            raise Refused(415, f"Hand in one file that ends in {', '.join(SUFFIXES)}.")
        key = secrets.token_hex(16)
        path = self._folder / f"{key}{suffix_of(file)}"
        try:
            sha256, size = _write(path, content)
            kept = self._accept(key, student, file, sha256, size)
        except (OSError, GraderError):
            path.unlink(missing_ok=True)
            raise Refused(
                503, "Your file could not be kept, so it is not handed in. Try again.", 60
            ) from None
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        if kept.key != key:
            path.unlink(missing_ok=True)
        return kept

    def _accept(self, key: str, student: str, file: str, sha256: str, size: int) -> Upload:
        if not size:
            raise Refused(400, "The file is empty, so it is not handed in.")
        with self._store.together() as db:
            last = _rows(db, "WHERE student = ? ORDER BY id DESC LIMIT 1", student)
            if last and (last[0].sha256, last[0].suffix) == (sha256, suffix_of(file)):
                return last[0]
            known = {row[0] for row in db.execute("SELECT sha256 FROM uploads WHERE student = ?", (student,))}
            if sha256 not in known:
                self._refuse_used_up(len(known))
            self._refuse_many(db, student)
            db.execute(
                "INSERT INTO uploads (key, student, file, sha256, size, at) VALUES (?, ?, ?, ?, ?, ?)",
                (key, student, file, sha256, size, _now()),
            )
            return _rows(db, "WHERE key = ?", key)[0]

    def _refuse_used_up(self, used: int) -> None:
        if self._limit is not None and used >= self._limit:
            many = "The one submission" if self._limit == 1 else f"All {self._limit} submissions"
            raise Refused(
                403, f"{many} that this assignment allows you are used, so this one is not handed in."
            )

    def _refuse_many(self, db: sqlite3.Connection, student: str) -> None:
        mine = _count(db, "state != 'done' AND student = ?", student)
        if mine >= self._room.queue_each:
            raise Refused(429, f"{mine} of your uploads still wait to be graded; wait for them.", 30)
        if _count(db, "state != 'done'") >= self._room.queue:
            raise Refused(
                503,
                "Too many uploads wait to be graded, so this one is not handed in. Try again in a minute.",
                60,
            )
        if _count(db, "student = ? AND at > ?", student, _now(timedelta(days=-1))) >= self._room.a_day:
            raise Refused(429, f"You have handed in {self._room.a_day} times within a day; wait.", 3600)

    def left(self, student: str) -> int | None:
        """How many more are accepted of `student`; None: any number."""
        if self._limit is None:
            return None
        query = "SELECT COUNT(DISTINCT sha256) FROM uploads WHERE student = ?"
        return max(0, self._limit - int(self._store.rows(query, (student,))[0][0]))

    def of(self, student: str, most: int) -> list[Upload]:
        """The last uploads of a student, the newest first."""
        return self._find("WHERE student = ? ORDER BY id DESC LIMIT ?", student, most)

    def one(self, key: str, student: str) -> Upload | None:
        """The upload `key` if it is that student's."""
        return next(iter(self._find("WHERE key = ? AND student = ?", key, student)), None)

    def place(self, upload: Upload) -> int:
        """Its place in the queue, from 1."""
        query = "SELECT COUNT(*) FROM uploads WHERE state != 'done' AND id < ?"
        return int(self._store.rows(query, (upload.id,))[0][0]) + 1

    def counts(self) -> tuple[int, int, int]:
        """Uploads, those not graded yet, and students who have handed in."""
        query = "SELECT COUNT(*), COALESCE(SUM(state != 'done'), 0), COUNT(DISTINCT student) FROM uploads"
        uploads, waiting, students = self._store.rows(query)[0]
        return int(uploads), int(waiting), int(students)

    def claim(self) -> Upload | None:
        """The one that has waited longest, now being graded. A student's are graded one after the other, in order."""
        with self._store.together() as db:
            found = _rows(
                db,
                "WHERE state = 'waiting' AND student NOT IN (SELECT student FROM uploads WHERE state = 'grading')"
                " ORDER BY id LIMIT 1",
            )
            if not found:
                return None
            db.execute(
                "UPDATE uploads SET state = 'grading', tries = tries + 1, before = -1 WHERE id = ?",
                (found[0].id,),
            )
            return _rows(db, "WHERE id = ?", found[0].id)[0]

    def begin(self, upload: Upload, before: int) -> None:
        """Grading begins; the student's last attempt on record is `before`."""
        with self._store.together() as db:
            db.execute("UPDATE uploads SET before = ? WHERE id = ?", (before, upload.id))

    def done(self, upload: Upload, attempt: int) -> None:
        """It is on record, as that attempt."""
        with self._store.together() as db:
            db.execute("UPDATE uploads SET state = 'done', attempt = ? WHERE id = ?", (attempt, upload.id))

    def wait_again(self, upload: Upload) -> None:
        """It was not graded; it keeps its place."""
        with self._store.together() as db:
            db.execute("UPDATE uploads SET state = 'waiting', attempt = 0 WHERE id = ?", (upload.id,))

    def interrupted(self) -> list[Upload]:
        """What was being graded when the server was ended, if nobody is grading now."""
        return self._find("WHERE state = 'grading' ORDER BY id")

    def latest(self) -> list[Upload]:
        """The last upload of each student who has one on record, by student."""
        return self._find(
            "WHERE id IN (SELECT MAX(id) FROM uploads WHERE state = 'done' GROUP BY student) ORDER BY student"
        )

    def sweep(self) -> None:
        """Remove files without a row: their server was killed before it had acknowledged them."""
        known = {row[0] for row in self._store.rows("SELECT key FROM uploads")}
        for path in list(self._folder.iterdir()):
            if path.stem not in known:
                path.unlink(missing_ok=True)

    def _find(self, where: str, *values: object) -> list[Upload]:
        return [Upload(*row) for row in self._store.rows(f"SELECT {_COLUMNS} FROM uploads {where}", values)]


def _write(path: Path, content: IO[bytes]) -> tuple[str, int]:
    """The digest and size of what is now in `path`, and on the disk, with its name. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with open_new(path) as file:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    with _opened(path.parent) as folder:
        if folder is not None:
            os.fsync(folder)
    return digest.hexdigest(), size


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int | None]:
    """A descriptor of a folder; None on Windows, which has none."""
    if os.name != "posix":
        yield None
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _rows(db: sqlite3.Connection, where: str, *values: object) -> list[Upload]:
    return [Upload(*row) for row in db.execute(f"SELECT {_COLUMNS} FROM uploads {where}", values)]


def _count(db: sqlite3.Connection, where: str, *values: object) -> int:
    return int(db.execute(f"SELECT COUNT(*) FROM uploads WHERE {where}", values).fetchone()[0])


def _now(more: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + more).isoformat(timespec="milliseconds")

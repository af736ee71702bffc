"""The gradebook: one SQLite file, every attempt kept, one commit a submission.

The process that runs the batch is the only one that adds attempts; people's points may come from others meanwhile, one
commit each. What is committed survives a killed run; what is not was never graded as far as the record goes.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from types import TracebackType

from grader.course import AttemptPolicy, Course, course_secret
from grader.errors import GraderError, UsageError
from grader.files import close_to_others, refuse_others
from grader.gradebook.attempts import Graded, counting
from grader.gradebook.comments import Comments
from grader.gradebook.confirmations import Confirmation, Given, give, on_record, undo, write
from grader.gradebook.identity import People
from grader.gradebook.late import count_late, shared_extensions
from grader.gradebook.parting import GRADER, move, unnumbered
from grader.gradebook.people_log import PeopleChange, former_names, removed_in
from grader.gradebook.receipts import RECEIVE, RECEIVED, as_row, from_row, joined
from grader.gradebook.runs import Runs
from grader.gradebook.schema import SCHEMA, VERSION, bring_up_to_date
from grader.gradebook.seal import receipt_line
from grader.intake import Receipt
from grader.result import Result

FILE_NAME = "gradebook.db"


@dataclass(frozen=True)
class Attempt:
    """One row: which submission was graded with which tests, and how it ended."""

    id: int
    student: str
    submission_sha256: str
    tests_sha256: str
    status: str
    score: float


class Gradebook:
    """An open gradebook. A context manager. Raises GraderError where the file can't be used.

    course: whose due dates count in what is read; without one, scores are as the tests gave them. remarks: what was
    changed in one of an earlier version.
    """

    def __init__(self, path: Path, *, create: bool = True, course: Course | None = None) -> None:
        self.path = path
        self.remarks: list[str] = []
        self._course = course
        self._secrets: dict[str, bytes] = {}
        if not create and not path.is_file():
            raise GraderError(
                f"{path} is not there: grade something first (grader grade SUBMISSIONS --out RESULTS)"
            )
        refuse_others(path.parent)
        try:
            close_to_others(path)
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            self.runs = Runs(self._db, self._write)
            self.comments = Comments(self._db, self._write)
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise GraderError(f"{path} was written by a newer grader (format {version}); update this one")
            # WAL: readers see whole commits while a run writes; FULL: a commit is on the disk when it returns
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(SCHEMA)
            if version < VERSION:
                self._bring_up_to_date()
        except (sqlite3.Error, OSError) as error:
            raise GraderError(f"{path} can't be used as a gradebook: {error}") from None

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _bring_up_to_date(self) -> None:
        """What an earlier version wrote, as this one does; all of it or nothing."""
        with self._together():
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version < VERSION:  # no other process was faster
                self.remarks += bring_up_to_date(self._db, version)

    @contextlib.contextmanager
    def _together(self) -> Iterator[None]:
        """Several statements, all or none of which happen."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def add(self, result: Result) -> int:
        """Record an attempt, in a commit of its own. Returns its number."""
        return self._write(
            "INSERT INTO attempts (assignment, student, submission_sha256, tests_sha256, status, score,"
            " max_score, finished, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                result.assignment,
                result.student,
                result.submission_sha256,
                result.tests_sha256,
                result.status,
                result.score,
                result.max_score,
                result.run.finished,
                result.to_json(),
            ),
        )

    def receive(self, assignment: str, student: str, submission_sha256: str, receipt: Receipt) -> None:
        """Keep what is said of a submission. A run that is told no time does not forget the time known from before."""
        known = self.receipt(assignment, student, submission_sha256)
        receipt = joined(known, receipt)
        if receipt != known:
            self._write(RECEIVE, (assignment, student, submission_sha256, *as_row(receipt)))

    def receipt(self, assignment: str, student: str, submission_sha256: str) -> Receipt:
        """What is known of a submission beside its files; an empty Receipt if nothing is."""
        row = self._db.execute(RECEIVED, (assignment, student, submission_sha256)).fetchone()
        return from_row(row) if row else Receipt()

    def latest(self, assignment: str) -> dict[str, Attempt]:
        """Student → latest attempt."""
        rows = self._db.execute(
            "SELECT id, student, submission_sha256, tests_sha256, status, score FROM attempts"
            " WHERE id IN (SELECT MAX(id) FROM attempts WHERE assignment = ? GROUP BY student)",
            (assignment,),
        )
        return {row[1]: Attempt(row[0], row[1], *row[2:]) for row in rows}

    def people(self, assignment: str) -> People:
        """Who stands under which name here."""
        rows = self._db.execute(
            "SELECT student, lms FROM receipts WHERE assignment = ? ORDER BY rowid", (assignment,)
        )
        return People((student, json.loads(text)) for student, text in rows)

    def seconds(self, assignment: str) -> dict[str, float]:
        """Student → seconds that grading the latest attempt took; nothing of those where nobody knows."""
        rows = self._db.execute(
            "SELECT student, json_extract(result, '$.run.seconds') FROM attempts"
            " WHERE id IN (SELECT MAX(id) FROM attempts WHERE assignment = ? GROUP BY student)",
            (assignment,),
        )
        return {student: float(seconds) for student, seconds in rows if seconds}

    def results(self, assignment: str) -> Iterator[Result]:
        """What counts of every student who was not removed, by name. One at a time: there may be many."""
        self.refuse_shared_extensions(assignment)
        removed = self.removed(assignment)
        ids = self._db.execute(
            "SELECT MAX(id), COUNT(*), student FROM attempts WHERE assignment = ? GROUP BY student ORDER BY student",
            (assignment,),
        ).fetchall()
        for number, count, student in ids:
            if student not in removed:
                several = count > 1
                yield self.counting(assignment, student) if several else self.confirmed(self.result(number))

    def counting(self, assignment: str, student: str, until: int | None = None) -> Result:
        """Of everything graded for a student, the result that counts by course.yaml's `attempts`, as it counts.

        until: of attempts up to this number alone; there must be one.
        """
        known = self._course.assignments.get(assignment) if self._course else None
        attempts = [
            Graded(
                attempt.id,
                self.confirmed(self.result(attempt.id)),
                self.receipt(assignment, student, attempt.submission_sha256).submitted,
            )
            for attempt in self.attempts(assignment, student)
            if until is None or attempt.id <= until
        ]
        return counting(attempts, known.attempts if known else AttemptPolicy())

    def result(self, attempt: int) -> Result:
        """The result of one attempt."""
        row = self._db.execute("SELECT result, student FROM attempts WHERE id = ?", (attempt,)).fetchone()
        result = Result.from_json(row[0])
        result.student = row[1]  # who was renamed since has the new name
        return result

    def people_log(self, assignment: str) -> list[PeopleChange]:
        """Everything said of people, oldest first."""
        rows = self._db.execute(
            "SELECT student, action, new, who, at, reason FROM people WHERE assignment = ? ORDER BY id",
            (assignment,),
        )
        return [PeopleChange(*row) for row in rows]

    def note_people(self, assignment: str, change: PeopleChange) -> None:
        """Add to that log."""
        self._write(
            "INSERT INTO people (assignment, student, action, new, who, at, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (assignment, *astuple(change)),
        )

    def removed(self, assignment: str) -> frozenset[str]:
        """Who is left out of report, exports and later runs."""
        return removed_in(self.people_log(assignment))

    def parted(self, assignment: str) -> frozenset[str]:
        """Everybody whose row the grader itself changed, in a gradebook of an earlier version."""
        log = [change for change in self.people_log(assignment) if change.who == GRADER and change.new]
        return frozenset(name for change in log for name in (change.student, change.new))

    def submissions(self, assignment: str, student: str) -> frozenset[str]:
        """The sha256 of everything that was graded under a name."""
        return frozenset(attempt.submission_sha256 for attempt in self.attempts(assignment, student))

    def move(self, assignment: str, student: str, new: str) -> None:
        """Everything on record of `student`, under another name from now on; all of it or nothing."""
        self._move(assignment, student, new)

    def move_unnumbered(self, assignment: str, student: str, new: str) -> bool:
        """What `student` handed in without an LMS's number, likewise; False where that is nothing, or everything."""
        shas = unnumbered(self._db, assignment, student)
        if not shas or self.submissions(assignment, student) <= set(shas):
            return False
        self._move(assignment, student, new, shas)
        return True

    def _move(self, assignment: str, student: str, new: str, shas: Sequence[str] | None = None) -> None:
        try:
            with self._together():
                if shas is not None:
                    move(self._db, assignment, student, shas, new)
                    return
                for table in ("attempts", "confirmations", "receipts"):
                    self._db.execute(
                        f"UPDATE OR REPLACE {table} SET student = ? WHERE assignment = ? AND student = ?",
                        (new, assignment, student),
                    )
        except sqlite3.Error as error:
            raise GraderError(f"{self.path}: can't write ({error}); nothing was changed") from None

    def confirm(self, assignment: str, confirmation: Confirmation, after: int | None = None) -> int:
        """Keep a person's score for an answer; earlier ones stay on record. Returns its number.

        after: the last number that the person has seen of this answer, 0 for none: where somebody has been faster,
        nothing is written and 0 returned.
        """
        with self._writing():
            return write(self._db, assignment, confirmation, after)

    def undo(self, assignment: str, last: Given, who: str) -> int:
        """Let count again what counted before `last`; 0 where that is not the last word any more."""
        with self._writing():
            return undo(self._db, assignment, last, who)

    def given(self, assignment: str) -> dict[tuple[str, str, str], Given]:
        """The last word on each answer (`Confirmation.answer`)."""
        return {given.what.answer: given for given in on_record(self._db, assignment)}

    def confirmed(self, result: Result) -> Result:
        """`result` as it counts: with the points and comments that people gave, less what being late costs."""
        said = {
            given.what.answer: given.what for given in on_record(self._db, result.assignment, result.student)
        }
        if result.late:
            result.score, result.late = result.late.score_before, None
        give(result, said)
        self.comments.give(result)
        receipt = self.receipt(result.assignment, result.student, result.submission_sha256)
        result.lms = dict(receipt.lms) or result.lms
        if self._course and result.assignment in self._course.assignments:
            assignment = self._course.assignments[result.assignment]
            former = former_names(self.people_log(result.assignment)) if assignment.extensions else {}
            count_late(result, assignment, receipt, former.get(result.student, ()))
            result.seal = receipt_line(result, self._secret(result.assignment))
        return result

    def _secret(self, assignment: str) -> bytes:
        if assignment not in self._secrets and self._course:
            self._secrets[assignment] = course_secret(self._course, assignment)
        return self._secrets.get(assignment, b"")

    def refuse_shared_extensions(
        self, assignment: str, others: Iterable[tuple[str, Mapping[str, str]]] = ()
    ) -> None:
        """Raises UsageError where an extension in course.yaml fits two people: those here, and `others`, whom a run is
        about to add."""
        course = self._course
        extensions = (
            course.assignments[assignment].extensions if course and assignment in course.assignments else {}
        )
        if not extensions:
            return
        rows = self._db.execute("SELECT student, lms FROM receipts WHERE assignment = ?", (assignment,))
        people = [(student, json.loads(text)) for student, text in rows]
        people += [(student, {}) for student in self.latest(assignment)]
        for student, names in former_names(self.people_log(assignment)).items():
            people += [(student, {"name": old}) for old in names]
        for name, fitting in shared_extensions(extensions, [*people, *others]):
            raise UsageError(
                f"course.yaml: the extension of {name!r} fits {' and '.join(fitting)}; name the one who has it by "
                "what is theirs alone: the LMS's number, the e-mail address, or their name in the results"
            )

    def _write(self, statement: str, values: tuple[object, ...]) -> int:
        with self._writing():
            return int(self._db.execute(statement, values).lastrowid or 0)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise GraderError(
                f"{self.path}: can't write ({error}); free some disk space or check the permissions, then run the "
                "same command again: what is finished is kept"
            ) from None

    def attempts(self, assignment: str, student: str) -> list[Attempt]:
        """All attempts of one student, oldest first."""
        rows = self._db.execute(
            "SELECT id, student, submission_sha256, tests_sha256, status, score FROM attempts"
            " WHERE assignment = ? AND student = ? ORDER BY id",
            (assignment, student),
        )
        return [Attempt(row[0], row[1], *row[2:]) for row in rows]

    def assignments(self) -> list[str]:
        """The assignments that have attempts here."""
        rows = self._db.execute("SELECT DISTINCT assignment FROM attempts ORDER BY assignment")
        return [row[0] for row in rows]

"""What can be done on the page, as calls: look at a question, give points, take them back.

Every call opens the gradebook anew: other markers, a grading run and `grader answers` may write to it meanwhile.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from grader.course import Course
from grader.errors import CourseError, UsageError
from grader.gradebook import FILE_NAME, Confirmation, Gradebook, free_text, now
from grader.marking.sheet import Answer, Sheet, as_shown, marks, sheets
from grader.questions import KEY_FILE, AnswerKey, load_key
from grader.text import visible

Who = Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Marking(_Form):
    """Points for an answer. after: the number of the last word on it that the marker has seen, 0 if there was none;
    together: also for the answers that are identical and wait."""

    key: str
    after: int
    score: Annotated[float, Field(allow_inf_nan=False)]
    comment: Annotated[str, Field(max_length=4000)] = ""
    items: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]{1,100}$")], ...], Field(max_length=100)
    ] = ()
    together: bool = False
    who: Who


class Mark(_Form):
    """A word on an answer, by its number."""

    key: str
    id: int


class Undoing(_Form):
    """Marks that shall not count any more."""

    marks: Annotated[tuple[Mark, ...], Field(min_length=1)]
    who: Who


class Desk:
    """One assignment of RESULTS. write_pages: brings the students' pages up to date, and says so.

    What the methods return is JSON data. They raise UsageError where an answer or question is not there.
    """

    def __init__(self, results: Path, course: Course, name: str, write_pages: Callable[[], str]) -> None:
        self.title = course.assignments[name].title
        self.write_pages = write_pages
        self._results, self._course, self._name = results, course, name
        self._lock = threading.Lock()
        self._seen: object = None
        self._sheets: dict[str, Sheet] = {}
        self._key: AnswerKey | None = None
        self._trouble = ""
        path = course.solutions(name) / KEY_FILE
        try:
            self._key = load_key(path, course.assignments[name]) if path.is_file() else None
        except CourseError as error:
            self._trouble = f"The rubric can't be shown: {error}"
        with self._open() as gradebook:
            self._current(gradebook)

    def questions(self) -> dict[str, Any]:
        """The questions whose answers a person marks, in the order of the course."""
        with self._open() as gradebook:
            current, given = self._current(gradebook), gradebook.given(self._name)
        found = []
        for sheet in current.values():
            done = sum(not mark["withdrawn"] for mark in marks(sheet, given).values())
            found.append({"name": sheet.name, "answers": len(sheet.answers), "marked": done})
        return {"title": self.title, "questions": found, "trouble": self._trouble}

    def question(self, name: str, who: str) -> dict[str, Any]:
        """One question with all answers. start: where this marker begins: two who go the same way round meet late."""
        with self._open() as gradebook:
            sheet = self._sheet(self._current(gradebook), name)
            given = gradebook.given(self._name)
        shown = as_shown(sheet, self._course.assignments[self._name], self._key)
        place = int.from_bytes(hashlib.sha256(who.encode("utf-8", "backslashreplace")).digest()[:8], "big")
        return {**shown, "marks": marks(sheet, given), "start": place % len(sheet.answers)}

    def marks(self, name: str) -> dict[str, Any]:
        """The last word on each answer to a question."""
        with self._open() as gradebook:
            return {"marks": marks(self._sheet(self._current(gradebook), name), gradebook.given(self._name))}

    def similar(self, name: str, key: str) -> dict[str, Any]:
        """The answers nearest to one, the nearest first."""
        with self._open() as gradebook:
            sheet = self._sheet(self._current(gradebook), name)
        answer = _answer(sheet, key)
        return {"similar": [{"key": other, "nearness": near} for other, near in sheet.alike.near(answer.key)]}

    def names(self) -> dict[str, Any]:
        """Whose answer is which."""
        with self._open() as gradebook:
            current = self._current(gradebook)
        answers = [answer for sheet in current.values() for answer in sheet.answers]
        return {"names": {answer.key: visible(answer.item.student, 100) for answer in answers}}

    def mark(self, name: str, form: Marking) -> dict[str, Any]:
        """Give points. saved: empty where somebody has been faster; then nothing was written, and `marks` says what."""
        with self._open() as gradebook:
            sheet = self._sheet(self._current(gradebook), name)
            answer = _answer(sheet, form.key)
            if not 0 <= form.score <= sheet.max_score:
                raise UsageError(f"{form.score:g} is not between 0 and {sheet.max_score:g}")
            number = gradebook.confirm(self._name, _said(form, answer), form.after)
            saved = {answer.key: number} if number else {}
            others = sheet.alike.same(answer.key) if number and form.together else []
            given = gradebook.given(self._name)
            for other in (_answer(sheet, key) for key in others):
                last = given.get(other.id)
                if last and not last.what.withdrawn:
                    continue  # somebody has looked at that one
                number = gradebook.confirm(self._name, _said(form, other), last.id if last else 0)
                saved |= {other.key: number} if number else {}
            given = gradebook.given(self._name)
        return {
            "saved": [{"key": key, "id": number} for key, number in saved.items()],
            "marks": marks(sheet, given),
        }

    def undo(self, name: str, form: Undoing) -> dict[str, Any]:
        """Let count again what counted before these marks; kept: those after which somebody else has given points."""
        kept = []
        with self._open() as gradebook:
            sheet = self._sheet(self._current(gradebook), name)
            given = gradebook.given(self._name)
            for mark in form.marks:
                last = given.get(_answer(sheet, mark.key).id)
                if not (last and last.id == mark.id and gradebook.undo(self._name, last, _clean(form.who))):
                    kept.append(mark.key)
            given = gradebook.given(self._name)
        return {"kept": kept, "marks": marks(sheet, given)}

    def _open(self) -> Gradebook:
        return Gradebook(self._results / FILE_NAME, create=False, course=self._course)

    def _current(self, gradebook: Gradebook) -> dict[str, Sheet]:
        """The answers, read again where a run has added some or somebody was renamed."""
        attempts = [attempt.id for attempt in gradebook.latest(self._name).values()]
        seen = (max(attempts, default=0), len(gradebook.people_log(self._name)))
        with self._lock:
            if seen != self._seen:
                found = sheets(free_text(gradebook.results(self._name), all_of_them=True))
                asked = [q.name for c in self._course.assignments[self._name].chapters for q in c.questions]
                order = {name: place for place, name in enumerate(asked)}
                names = sorted(found, key=lambda name: order.get(name, len(order)))
                self._sheets = {name: found[name] for name in names}
                self._seen = seen
            return self._sheets

    @staticmethod
    def _sheet(current: Mapping[str, Sheet], name: str) -> Sheet:
        if name not in current:
            raise UsageError("there are no answers to this question; load the page again")
        return current[name]


def _answer(sheet: Sheet, key: str) -> Answer:
    found = next((answer for answer in sheet.answers if answer.key == key), None)
    if found is None:
        raise UsageError(
            "this answer is not there any more: its student has handed in again; load the page again"
        )
    return found


def _said(form: Marking, answer: Answer) -> Confirmation:
    comment = visible(form.comment.strip(), 4000, multiline=True)
    return Confirmation(*answer.id, form.score, _clean(form.who), now(), comment, form.items)


def _clean(who: str) -> str:
    return visible(who.strip(), 80)

"""The loop of a watch: waits for a save or a key, checks one exercise, shows how things stand, and waits again."""

from __future__ import annotations

import contextlib
import queue
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum, auto

from rich.console import Console, ConsoleDimensions

from grader.course import Course, next_hint, reset
from grader.errors import CourseError, GraderError
from grader.home import (
    ROUND_BEGINS,
    Checker,
    CheckReport,
    check_text,
    editor_lines,
    place_of,
    question_lines,
    reset_exercise,
    round_ends,
)
from grader.home.watch.changes import touched
from grader.home.watch.editor import open_in_editor
from grader.home.watch.files import Signature, noticing_saves
from grader.home.watch.keys import Key, reading_keys
from grader.home.watch.machine import Do, State, checked, pressed, saved, settled
from grader.home.watch.screen import screen
from grader.intake import Submission

# Behind the notices of the system, which does not tell what another computer writes on a network drive.
_LOOK_SECONDS = 1.0
_REDRAW_SECONDS = 0.15
_WIDTH = 100


class Notice(Enum):
    """Something beside a key."""

    SAVED = auto()


Event = Key | Notice


def watch(course: Course, checker: Checker, console: Console, *, editor: bool = False) -> int:
    """Watch until `q` or Ctrl-C. Returns the exit code: 0 if everything that is watched passes, else 1.

    editor: an editor reads what is printed, so each round ends with its lines; `console` is no terminal then.
    """
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    signature = Signature(checker.folder, checker.checks_folder, checker.assignment)
    folders = (checker.folder, checker.checks_folder)
    with (
        _ending_on_termination(),
        noticing_saves(folders, signature.wants, lambda: events.put(Notice.SAVED)),
        contextlib.ExitStack() as keyboard,
    ):
        # Keys make sense only where the screen can be drawn again.
        keys = console.is_terminal and keyboard.enter_context(reading_keys(events.put))
        loop = Loop(course, checker, console, signature, events, keys=keys, editor=editor)
        with contextlib.suppress(KeyboardInterrupt):
            loop.run()
        return 0 if loop.all_passed else 1


class Loop:
    """What is known, what is left to check, and how it is shown.

    events: saves and keys, from other threads. state: what the screen shows.
    """

    def __init__(
        self,
        course: Course,
        checker: Checker,
        console: Console,
        signature: Signature,
        events: queue.SimpleQueue[Event],
        *,
        keys: bool,
        editor: bool = False,
    ) -> None:
        self._course = course
        self._checker = checker
        self._console = console
        self._signature = signature
        self._events = events
        self._keys = keys
        self._editor = editor
        self._size: ConsoleDimensions | None = None
        self._drawn = 0.0
        self._fault = ""
        self.state = State(checker.shown)
        self._chapters, self._checks = signature.of_chapters(), signature.of_checks()
        self._work = checker.read()
        self._todo = list(checker.wanted)
        self._changed: set[str] = set()

    @property
    def all_passed(self) -> bool:
        """Whether everything that is watched passes."""
        return all(map(self.state.passes, self.state.order))

    def run(self) -> None:
        """One event at a time, until a key ends it."""
        while True:
            event = self._next_event()
            if event is Notice.SAVED:
                self._look()
            elif isinstance(event, Key):
                self.state, do = pressed(self.state, event)
                if do is Do.QUIT:
                    return
                self._carry_out(do)
                self._draw()
            elif self._todo:
                self._check(self._todo.pop(0))
            else:
                self._look()
                if self._console.is_terminal and self._console.size != self._size:
                    self._draw()

    def settle(self) -> None:
        """Take in what is on disk now and check all that is to be checked because of it."""
        self._look()
        while self._todo:
            self._check(self._todo.pop(0))

    @property
    def report(self) -> CheckReport:
        """How things stand."""
        return self._checker.report(self._work, self.state.found)

    def _next_event(self) -> Event | None:
        """The next event; None when there is work to go on with, or nothing has happened for a while."""
        try:
            return self._events.get(block=not self._todo, timeout=_LOOK_SECONDS)
        except queue.Empty:
            return None

    def _look(self) -> None:
        """Find out what has changed on disk, and what is to be checked because of it."""
        chapters, checks = self._signature.of_chapters(), self._signature.of_checks()
        if (chapters, checks) == (self._chapters, self._checks):
            return
        new_checks = checks != self._checks
        self._chapters, self._checks = chapters, checks
        if new_checks:
            self._collect_again()
        before, self._work = self._work, self._checker.read()
        found = touched(before.submission, self._work.submission, self._checker.assignment)
        first = tuple(name for name in found.first if name in self._checker.wanted)
        waiting = {*found.then, *self._todo, *(self._checker.wanted if new_checks else ())} - set(first)
        self._changed = {*first, *(self._changed & waiting)}
        self._todo = [*first, *(name for name in self._checker.wanted if name in waiting)]
        self.state = saved(self.state, tuple(name for name in first if name in self.state.order))
        if _answers(before.submission) != _answers(self._work.submission):
            said = " · ".join(line.plain.strip() for line in question_lines(self.report))
            self.state = replace(self.state, note=said)
        if not self._todo:
            self._draw()
        elif self._editor:
            self._print(f"{ROUND_BEGINS} …")

    def _collect_again(self) -> None:
        try:
            self._checker.collect()
            self._fault = ""
        except CourseError as error:
            self._fault = f"the checks can't be used: {error}"

    def _check(self, name: str) -> None:
        self.state = replace(self.state, running=name)
        if self._console.is_terminal and time.monotonic() - self._drawn > _REDRAW_SECONDS:
            self._draw()
        before = self.state.found.get(name)
        found = self._checker.check(self._work, name, self.state.found)
        changed = name in self._changed and name in self.state.order
        self._changed.discard(name)
        self.state = checked(self.state, found, changed=changed)
        if before is not None and (before.status == "passed") != (found.status == "passed"):
            self._check_those_waiting_for(name)
        if not self._todo:
            self.state = settled(self.state)
            self._show()
        elif changed and not self._changed:
            self._draw()

    def _check_those_waiting_for(self, name: str) -> None:
        """Whether they wait or fail depends on it, even where they were checked a moment ago."""
        exercises = self._checker.assignment.exercises()
        later = {exercise.name for _, exercise in exercises if name in exercise.needs}
        again = {n for n in later if n in self.state.found and not self.state.passes(n)} - set(self._todo)
        self._todo += [n for n in self._checker.wanted if n in again]

    def _carry_out(self, do: Do) -> None:
        try:
            if do is Do.CHECK_ALL:
                self._work = self._checker.read()
                self._todo = list(self._checker.wanted)
            elif do is Do.FIND_HINT:
                handout = self._course.handout(self._checker.name)
                hint = next_hint(self.state.focus, self._checker.folder, handout)
                self.state = replace(self.state, hint=hint)
            elif do is Do.OPEN:
                self.state = replace(self.state, note=self._open())
            elif do in (Do.RESET, Do.RESET_FILE):
                self._reset(self._file if do is Do.RESET_FILE else self.state.focus)
        except GraderError as error:
            self.state = replace(self.state, note=str(error))

    def _open(self) -> str:
        found = self.state.found.get(self.state.focus)
        file, line = place_of(found) if found else (self._file, 1)
        return open_in_editor(self._checker.folder.resolve() / file, line)

    def _reset(self, what: str) -> None:
        folder, checks = self._checker.folder, self._checker.checks_folder
        whole = what == self._file
        kept = reset(what, folder, checks) if whole else reset_exercise(what, self._file, folder, checks)
        note = f"{what} is as it was handed out" + (
            f"; your file is kept as {kept.as_posix()}" if kept else ""
        )
        self._look()
        self.state = replace(self.state, note=note)

    @property
    def _file(self) -> str:
        """The file of the exercise in focus: the twin that counts."""
        chapter = self._checker.assignment.chapter_of().get(self.state.focus)
        if chapter is None:
            return ""
        source = self._work.submission.sources.get(chapter)
        return source.file if source else f"{chapter}.py"

    def _show(self) -> None:
        """A round of checks is over."""
        if self._console.is_terminal:
            self._draw()
            return
        for part in check_text(self.report, self._checker.assignment, width=min(self._console.width, _WIDTH)):
            self._console.print(part)
        if self._editor:
            self._print(*editor_lines(self.report), round_ends(self.report))
        self._console.file.flush()

    def _print(self, *lines: str) -> None:
        """Lines as they are: an editor reads them, so none is wrapped."""
        self._console.file.write("".join(f"{line}\n" for line in lines))
        self._console.file.flush()

    def _draw(self) -> None:
        if not self._console.is_terminal:
            return
        self._size = self._console.size
        width = min(self._size.width, _WIDTH)
        parts = screen(
            replace(self.state, note=" · ".join(filter(None, (self._fault, self.state.note)))),
            self.report,
            self._checker.assignment,
            file=self._file,
            keys=self._keys,
            width=width,
            rows=self._size.height,
        )
        with self._console.capture() as drawing:
            for part in parts:
                self._console.print(part)
        # In one piece, so that nothing flickers.
        self._console.clear()
        self._console.out(drawing.get(), end="", highlight=False)
        self._drawn = time.monotonic()


def _answers(submission: Submission) -> tuple[object, ...]:
    return submission.answers, submission.notebook_answers


@contextlib.contextmanager
def _ending_on_termination() -> Iterator[None]:
    """A killed terminal, or `kill`, ends the block in order, so that the terminal is put right again."""

    def end(number: int, frame: object) -> None:
        sys.exit(128 + number)

    numbers = [
        number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None
    ]
    before = [(number, signal.signal(number, end)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)

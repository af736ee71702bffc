"""The state of a watch, and what a key or a finished check makes of it: no terminal, no files, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from grader.course import Hint
from grader.home import ExerciseCheck
from grader.home.watch.keys import Key


class View(Enum):
    """What the screen shows above the bar."""

    EXERCISE = auto()
    LIST = auto()
    HINT = auto()
    ASK_RESET = auto()


class Do(Enum):
    """What the loop has to do after a key, beside showing the new state."""

    NOTHING = auto()
    CHECK_ALL = auto()
    FIND_HINT = auto()
    RESET = auto()
    RESET_FILE = auto()
    OPEN = auto()
    QUIT = auto()


@dataclass(frozen=True)
class State:
    """found: how each exercise stands, by name; focus: the one that is shown; note: the last verdict, one line.

    order: the exercises that are watched, in the course's order; running: the one being checked, or "".
    """

    order: tuple[str, ...]
    found: Mapping[str, ExerciseCheck] = field(default_factory=dict)
    focus: str = ""
    view: View = View.EXERCISE
    running: str = ""
    note: str = ""
    hint: Hint | None = None

    @property
    def done(self) -> int:
        """How many pass."""
        return sum(self.passes(name) for name in self.order)

    def passes(self, name: str) -> bool:
        """Whether `name` is known to pass."""
        return name in self.found and self.found[name].status == "passed"

    @property
    def open(self) -> tuple[str, ...]:
        """Those that do not pass, those that wait for another one last."""
        waiting = [name for name in self.order if name in self.found and not self.passes(name)]
        free = [name for name in waiting if self.found[name].status != "blocked"]
        return tuple(free or waiting)


def pressed(state: State, key: Key) -> tuple[State, Do]:
    """What a key does."""
    if key is Key.QUIT:
        return state, Do.QUIT
    if state.view is View.ASK_RESET:
        if key is Key.YES:
            return replace(state, view=View.EXERCISE), Do.RESET
        if key is Key.FILE:
            return replace(state, view=View.EXERCISE), Do.RESET_FILE
        return replace(state, view=View.EXERCISE, note="nothing was reset"), Do.NOTHING
    match key:
        case Key.NEXT:
            return replace(state, view=View.EXERCISE, focus=_after(state), note=""), Do.NOTHING
        case Key.LIST:
            other = View.EXERCISE if state.view is View.LIST else View.LIST
            return replace(state, view=other), Do.NOTHING
        case Key.ALL:
            return replace(state, view=View.EXERCISE, note=""), Do.CHECK_ALL
        case Key.HINT if state.focus:
            return replace(state, view=View.HINT), Do.FIND_HINT
        case Key.RESET if state.focus:
            return replace(state, view=View.ASK_RESET), Do.NOTHING
        case Key.OPEN if state.focus:
            return state, Do.OPEN
    return state, Do.NOTHING


def saved(state: State, changed: tuple[str, ...]) -> State:
    """`changed` was saved: it is shown next, unless what is shown is among it."""
    if not changed:
        return replace(state, note="")
    focus = state.focus if state.focus in changed else changed[0]
    return replace(state, note="", focus=focus, view=View.EXERCISE)


def checked(state: State, found: ExerciseCheck, *, changed: bool) -> State:
    """One exercise was checked. changed: it is what the student has just saved, so its verdict is told."""
    before = state.found.get(found.name)
    after = replace(state, found={**state.found, found.name: found})
    if changed or (before is not None and (before.status == "passed") != (found.status == "passed")):
        after = replace(after, note=" · ".join(filter(None, (after.note, verdict(found)))))
    if changed and found.status != "passed" and (after.passes(state.focus) or state.focus not in after.found):
        return replace(after, focus=found.name)
    return after


def settled(state: State) -> State:
    """Nothing is left to check: where the exercise in focus passes, the next one is shown.

    Where it is not begun, what was written and fails comes first, as in a check that is run once.
    """
    failing = [name for name in state.open if state.found[name].status == "failed"]
    begun = state.focus in state.found and state.found[state.focus].status != "not started"
    if state.focus and not state.passes(state.focus) and (begun or not failing):
        return replace(state, running="")
    if failing:
        return replace(state, running="", focus=failing[0])
    return replace(state, running="", focus=next(iter(state.open), ""))


def verdict(found: ExerciseCheck) -> str:
    """One exercise in a few words."""
    if found.status == "passed":
        return f"✓ {found.name} passes"
    if found.status == "not started":
        return f"○ {found.name}: not written yet"
    if found.status == "blocked":
        return f"… {found.name} waits for {', '.join(found.needs)}"
    if not found.total or found.failure is None:
        return f"✗ {found.name} can't be run"
    return f"✗ {found.name}: {found.passed} of {found.total} checks pass"


def _after(state: State) -> str:
    """The next open exercise after the one in focus, from the start again after the last."""
    waiting = state.open
    if not waiting:
        return ""
    if state.focus not in state.order:
        return waiting[0]
    place = state.order.index(state.focus)
    return next((name for name in waiting if state.order.index(name) > place), waiting[0])

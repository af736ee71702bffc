"""A student's own examples at home: those of examples.yaml, and those of a notebook, by the handout's digests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.course import Assignment
from grader.errors import GraderError, UsageError
from grader.examples import Example, Found, Home, NotPlain, Verdict, own_examples, plain, sentences
from grader.home.folders import CHECKS_FOLDER
from grader.intake import EXAMPLES, Submission
from grader.text import visible


@dataclass(frozen=True)
class Judged:
    """found: by exercise, in order; problems: what can't be read, with its line. there: whether there is a file."""

    found: tuple[Found, ...] = ()
    problems: tuple[str, ...] = ()
    there: bool = False

    @property
    def right(self) -> bool:
        """Whether nothing has to be mended."""
        return not self.problems and not any(one.of("wrong") or one.of("unjudged") for one in self.found)

    @property
    def short(self) -> str:
        """One line for `grader check`; nothing where there are no examples."""
        if not self.there:
            return ""
        valid, wrong = (sum(len(one.of(kind)) for one in self.found) for kind in ("valid", "wrong"))
        later = sum(len(one.of("outside")) for one in self.found)
        parts = [
            f"{valid} valid",
            f"{wrong} wrong" * bool(wrong),
            f"{later} answered when graded" * bool(later),
        ]
        parts.append(f"{len(self.problems)} not readable" * bool(self.problems))
        return f"{', '.join(filter(None, parts))} (`grader examples` says more)"


def judge_own(
    submission: Submission, assignment: Assignment, checks: Path, only: str | None = None
) -> Judged:
    """What is known at home of the examples handed in. Raises UsageError where the handout's tables are damaged."""
    read = own_examples(submission, assignment)
    if submission.examples is None and not read.examples and not read.problems:
        return Judged()
    mine = [example for example in read.examples if only in (None, example.exercise)]
    return Judged(tuple(Home(assignment, checks).judge(mine)), read.problems, there=True)


def example_text(judged: Judged, assignment: Assignment, checks: Path, only: str | None) -> Iterator[str]:
    """Lines for a terminal. only: one exercise, of which it is said as well how to write an example."""
    for problem in judged.problems:
        yield f"! {visible(problem, 300)}"
    for found in judged.found:
        yield f"{found.exercise}:"
        yield from (f"  {visible(sentence, 500)}" for sentence in sentences(found))
    if judged.found or judged.problems:
        return
    yield (
        f"No examples{f' of {only}' if only else ''} yet. Write some into {EXAMPLES}, beside your chapters, before you "
        "write the function: a call, and what should come back, worked out by hand. So:"
    )
    yield ""
    yield from _begin(only or next(iter(assignment.chapter_of())), assignment, checks)


def _begin(exercise: str, assignment: Assignment, checks: Path) -> Iterator[str]:
    table = Home(assignment, checks).tables.get(exercise)
    if table is None:
        yield f"  (What you write of {exercise} is judged when graded, not here.)"
        return
    yield f"  {exercise}:"
    defaults = table.parameters.defaults
    for number, name in enumerate(table.parameters.names):
        note = (
            f"  # or leave the line out: {defaults[name]:g}" if isinstance(defaults.get(name), float) else ""
        )
        yield f"    {' ' if number else '-'} {name}: …{note}"
    yield "      expect: …"
    yield ""
    yield "An array is nested lists, [[1, 2], [3, 4]], or `count 2x2` (1, 2, 3, … row by row), `ones 2x2`, `zeros 2x2`."
    yield f"What is right is known here for {table.about}"
    yield "Examples of other numbers are judged when graded."


@dataclass
class _Kernel:
    """The examples of this kernel so far, by what they call."""

    verdicts: dict[str, dict[str, Verdict]] = field(default_factory=dict)


_KERNEL = _Kernel()


class LiveExample:
    """What is known of an example of a notebook; shows itself as text."""

    def __init__(self, found: Found, this: Verdict) -> None:
        self.found = found
        self.this = this

    def __repr__(self) -> str:
        alone = Found(self.found.exercise, (self.this,), self.found.traps)
        lines = sentences(alone)
        if len(self.found.of("valid")) > 1:
            lines.append("All of this notebook:")
        if len(self.found.verdicts) > 1 or self.found.untried:
            lines += [line for line in sentences(self.found) if line not in lines]
        return visible("\n".join(lines), 2000, multiline=True)


_SO = 'example("its_name", its, arguments, expect=…)'
_NOTHING = object()


def example(
    exercise: str | Callable[..., Any] = "", /, *args: Any, expect: Any = _NOTHING, **kwargs: Any
) -> LiveExample:
    """An example of your own: `example("conv2d", x, w, b, stride=2, expect=…)`, before you write the function.

    Says whether it is valid, and how many known mistakes it catches. The cell is handed in with the notebook.
    """
    from grader.home.notebook_check import CheckFailed

    try:
        return _judged_live(exercise, args, kwargs, expect)
    except GraderError as error:
        raise CheckFailed(str(error)) from None


def _judged_live(
    exercise: str | Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], expect: Any
) -> LiveExample:
    from grader.home.notebook_check import course_of, name_of

    name = name_of(exercise, _SO)
    if expect is _NOTHING:
        raise UsageError(f"say what should come back, worked out by hand: {_SO}")
    course, assignment_name = course_of(Path.cwd(), name)
    assignment = course.assignments[assignment_name]
    assignment.find_exercise(name)
    try:
        mine = Example(name, tuple(map(plain, args)), {k: plain(v) for k, v in kwargs.items()}, plain(expect))
    except NotPlain as error:
        raise UsageError(f"{error}: an example is numbers, lists and arrays") from None
    folder = Path.cwd() / CHECKS_FOLDER
    checks = folder if folder.is_dir() else course.handout(assignment_name) / CHECKS_FOLDER
    (found,) = Home(assignment, checks).judge([mine])
    this = found.verdicts[0]
    known = _KERNEL.verdicts.setdefault(name, {})
    known[repr((mine.positional, mine.named))] = this
    return LiveExample(Found(name, tuple(known.values()), found.traps, found.facts), this)

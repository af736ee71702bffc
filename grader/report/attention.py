"""Who needs a person, and why: read off the results alone, in words that accuse nobody.

A protocol violation or a refused system call is also what a crash, or an odd but honest idea, looks like. So these are
places to look; nothing here changes a score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.report.items import READABLE
from grader.result import ExerciseResult, Result

#: What messages and printed text say → what may have happened. Untrusted text: a student can print any of it.
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("sent what the protocol does not allow", re.compile(r"broke the protocol")),
    ("ended its own process", re.compile(r"the process ended in the middle|ends the process while it loads")),
    (
        "tried what the wall refuses (a file, a process, the network)",
        re.compile(r"PermissionError|Operation not permitted|Permission denied"),
    ),
    (
        "raised an exception that ends programs",
        re.compile(r"raised (SystemExit|KeyboardInterrupt|GeneratorExit)"),
    ),
    ("imports a package that is not allowed", re.compile(r"importing \S+ is not allowed")),
    (
        "returned an object in place of a value",
        re.compile(r"returned a value of type|array of object|nested too deep"),
    ),
    ("prints what looks like a grade", re.compile(r"(?i)\bscore:? *\d|\d */ *100|all \d+ tests? passed")),
)
#: Files that hold work as a rule, passed over because they could not be told for one of the assignment's.
_UNREAD = re.compile(r"\.(?:py|ipynb|zip|ya?ml|7z|rar|docx?|pdf)\b", re.IGNORECASE)
_KNOWN = ("counts)", "is not open yet)", "which has the same name)")
_OUT_OF_TIME = "used up its time"


@dataclass(frozen=True)
class Attention:
    """One submission that a person should look at. waits: names of the answers that wait for points."""

    result: Result
    waits: tuple[str, ...]
    broken: str
    looks: tuple[str, ...]

    @property
    def reasons(self) -> Iterator[str]:
        """In a few words each."""
        if self.broken:
            yield self.broken
        if self.waits:
            yield f"{len(self.waits)} answer{'s' if len(self.waits) != 1 else ''} to mark"
        if self.looks:
            yield "worth a look"


def attention(result: Result) -> Attention:
    """Why a person should look at `result`; nothing where `reasons` is empty."""
    return Attention(
        result=result,
        waits=tuple(question.name for question in result.questions if question.needs_manual),
        broken="" if result.status == "graded" else result.status,
        looks=tuple(signs(result)) if result.status in READABLE else (),
    )


def signs(result: Result) -> Iterator[str]:
    """What in this result may be worth a look, each with the exercises in which it was seen."""
    for sign, pattern in _SIGNS:
        where = [e.name for e in result.exercises if any(pattern.search(text) for text in _texts(e))]
        if where:
            yield f"{sign}: {', '.join(where)}"
    if files := unread(result):
        yield f"handed in and not graded: {', '.join(files[:3])}"
    own = [e.name for e in result.exercises if any(test.own_input for test in e.tests)]
    if own:
        yield f"right on shared inputs, wrong on its own (a table of answers would be so): {', '.join(own)}"
    slow = [e.name for e in result.exercises if any(test.outcome == "timeout" for test in e.tests)]
    if slow:
        yield f"{_OUT_OF_TIME}: {', '.join(slow)}"


def unread(result: Result) -> list[str]:
    """What was handed in, looks like work, and was not graded; a line each, as the student's page has it."""
    return [line for line in result.ignored if _UNREAD.search(line) and not line.endswith(_KNOWN)]


def _texts(exercise: ExerciseResult) -> Iterator[str]:
    yield exercise.message
    yield exercise.printed
    for test in exercise.tests:
        if test.outcome != "passed":
            yield test.message


def waiting_answers(found: Sequence[Attention]) -> tuple[tuple[str, int], ...]:
    """Question → how many answers to it wait, in the order of the first student's."""
    counts: dict[str, int] = {}
    for one in found:
        for name in one.waits:
            counts[name] = counts.get(name, 0) + 1
    return tuple(counts.items())

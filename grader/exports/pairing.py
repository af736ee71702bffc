"""Results beside the roster: who is who, and everybody who is on one side only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.gradebook import Match, Roster, Row
from grader.result import Result


@dataclass(frozen=True)
class Pair:
    """A result and its line of the roster. doubtful: it fits several lines, or shares its line with another."""

    result: Result
    row: Row | None
    doubtful: bool = False


@dataclass(frozen=True)
class Pairing:
    """All results, in order; the roster's rows without one; what a person must know of all that."""

    pairs: tuple[Pair, ...]
    without: tuple[Row, ...] = ()
    remarks: tuple[str, ...] = ()


def pair_up(results: Iterable[Result], roster: Roster | None) -> Pairing:
    """Find every result's line of the roster. Nobody is dropped: who can't be placed is in the remarks."""
    results = list(results)
    remarks = _remarks_on(results)
    if roster is None:
        return Pairing(tuple(Pair(result, None) for result in results), (), tuple(remarks))
    found = [(result, roster.find(result.student, result.lms)) for result in results]
    found, in_groups = _with_groups(found, roster)
    remarks += in_groups
    owners: dict[int, list[str]] = {}
    for result, match in found:
        if match.row:
            owners.setdefault(match.row.line, []).append(result.student)
    pairs = []
    for result, match in found:
        score = f"score {result.score:g} of {result.max_score:g}"
        if match.row and len(owners[match.row.line]) == 1:
            pairs.append(Pair(result, match.row))
            continue
        if match.row:
            others = " and ".join(owners[match.row.line])
            problem = f"{result.student}: line {match.row.line} of {roster.file} fits {others}"
        else:
            problem = match.problem
        remarks.append(f"{problem}; {score}")
        pairs.append(Pair(result, None, doubtful=match.several or match.row is not None))
    without = tuple(row for row in roster.rows if row.line not in owners)
    remarks += [f"{row.name}: in {roster.file} (line {row.line}), handed in nothing" for row in without]
    return Pairing(tuple(pairs), without, tuple(remarks))


def _with_groups(
    found: list[tuple[Result, Match]], roster: Roster
) -> tuple[list[tuple[Result, Match]], list[str]]:
    """A group's result once for each member that the roster names, and what is to be said of that."""
    pairs: list[tuple[Result, Match]] = []
    remarks = []
    for result, match in found:
        members = roster.members(result.lms.get("name") or result.student)
        pairs += [(result, Match(row)) for row in members] or [(result, match)]
        if members:
            names = ", ".join(row.name for row in members)
            remarks.append(f"{result.student}: a group; its score goes to each of {len(members)}: {names}")
    return pairs, remarks


def counts(result: Result) -> bool:
    """Whether its score says something of the student: a fault of the grader must not become a zero elsewhere."""
    return result.status != "grader error"


def _remarks_on(results: list[Result]) -> list[str]:
    remarks = [
        f"{result.student}: grader error, so no score is exported; run `grader grade` again"
        for result in results
        if not counts(result)
    ]
    if waiting := sum(result.needs_manual for result in results):
        remarks.append(
            f"{waiting} of the scores still lack answers that a person must mark: `grader answers`"
        )
    if unknown := [result.student for result in results if result.late and not result.late.submitted]:
        remarks.append(
            f"time of submission unknown, so nothing taken off, for {len(unknown)}: {', '.join(unknown)}"
        )
    return remarks

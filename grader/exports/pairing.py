"""Results beside the roster: who is who, and everybody who is on one side only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.exports.pair import Pair
from grader.exports.zeros import with_zeros
from grader.gradebook import Match, Roster, Row
from grader.result import Result


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
    remarks += roster.remarks
    found, in_groups = _placed(results, roster)
    remarks += in_groups
    owners: dict[int, list[str]] = {}
    for pair in found:
        if pair.row:
            owners.setdefault(roster.lines(pair.row)[0].line, []).append(pair.result.student)
    pairs = []
    for pair in found:
        result, row = pair.result, pair.row
        names = owners[roster.lines(row)[0].line] if row else []
        if row and len(names) > 1:
            remarks.append(
                f"{result.student}: line {row.line} of {roster.file} fits {' and '.join(names)}; {_score(result)}"
            )
            pair = Pair(result, None, doubtful=True)
        pairs.append(pair)
    people = {roster.lines(row)[0].line: row for row in reversed(roster.rows)}
    without = [row for line, row in sorted(people.items()) if line not in owners]
    pairs, without, said = with_zeros(pairs, without, roster)
    remarks += said
    remarks += [f"{row.name}: in {roster.file} (line {row.line}), handed in nothing" for row in without]
    return Pairing(tuple(pairs), tuple(without), tuple(remarks))


def _placed(results: Iterable[Result], roster: Roster) -> tuple[list[Pair], list[str]]:
    """Every result with its line, a group's once for each member that the roster names; what is to be said of that."""
    pairs: list[Pair] = []
    remarks = []
    for result in results:
        match = roster.find(result.student, result.lms)
        members = roster.members(result.lms.get("name") or result.student)
        if members and match.row and not any(row in members for row in roster.lines(match.row)):
            match = Match(
                None, f"{result.student}: the name of a person and of a group in {roster.file}", several=True
            )
            members = ()
        for row in members or filter(None, [match.row]):
            more = tuple(other for other in roster.lines(row) if other is not row)
            pairs.append(Pair(result, row, member=bool(members), more=more))
        if members:
            names = ", ".join(row.name for row in members)
            remarks.append(f"{result.student}: a group; its score goes to each of {len(members)}: {names}")
        elif match.row is None:
            remarks.append(f"{match.problem}; {_score(result)}")
            pairs.append(Pair(result, None, doubtful=match.several))
    return pairs, remarks


def _score(result: Result) -> str:
    return f"score {result.score:g} of {result.max_score:g}"


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
            f"{waiting} of the scores still lack answers that a person must mark: `grader mark` or `grader answers`"
        )
    if unknown := [result.student for result in results if result.late and not result.late.submitted]:
        remarks.append(
            f"time of submission unknown, so nothing taken off, for {len(unknown)}: {', '.join(unknown)}"
        )
    return remarks

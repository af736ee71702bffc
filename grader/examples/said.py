"""What was found out about examples, in sentences: the same at home, in a notebook and on the page."""

from __future__ import annotations

from collections.abc import Iterator

from grader.examples.example import Found, Verdict

_MOST_FACTS = 3
_MOST_LISTED = 8


def sentences(found: Found) -> list[str]:
    """How the examples of one exercise stand, the most important first."""
    return list(_sentences(found))


def _sentences(found: Found) -> Iterator[str]:
    valid = found.of("valid")
    if valid:
        yield f"{_count(len(valid), 'valid example')}, {_catches(found)}"
    if found.untried and valid and len(found.caught) < found.traps:
        yield f"None of yours has {_either(found.untried[:_MOST_FACTS])}."
    if wrong := found.of("wrong"):
        yield f"{_places(wrong)} not what {found.exercise} should give. Work it out again, by hand."
    if outside := found.of("outside"):
        yield f"{_places(outside)} answered when graded: the results known here are of other inputs."
    if open_ones := found.of("open"):
        yield f"{_places(open_ones)} no example: on these arguments right functions differ."
    for verdict in found.of("unjudged")[:_MOST_LISTED]:
        yield f"{_place(verdict)}: {verdict.problem}."


def _catches(found: Found) -> str:
    caught, together = len(found.caught), "together " if len(found.of("valid")) > 1 else ""
    if not found.traps:
        return "and no known mistakes to catch."
    return f"{together}catching {caught} of {_count(found.traps, 'known mistake')}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _either(phrases: list[str]) -> str:
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} or {phrases[-1]}"


def _place(verdict: Verdict) -> str:
    return (verdict.example.where or "this example").capitalize()


def _places(verdicts: list[Verdict]) -> str:
    places = [verdict.example.where for verdict in verdicts if verdict.example.where]
    if not places:
        return "This example is" if len(verdicts) == 1 else f"{len(verdicts)} examples are"
    shown = places[:_MOST_LISTED]
    kinds = dict.fromkeys(place.partition(" ")[0] for place in shown)
    listed = [
        f"{kind}{'s' if len(mine) > 1 else ''} {', '.join(mine)}"
        for kind in kinds
        if (mine := [place.partition(" ")[2] for place in shown if place.startswith(f"{kind} ")])
    ]
    more = f" and {len(places) - _MOST_LISTED} more" if len(places) > _MOST_LISTED else ""
    text = f"{', '.join(listed)}{more} {'is' if len(places) == 1 else 'are'}"
    return text[0].upper() + text[1:]

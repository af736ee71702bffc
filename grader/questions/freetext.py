"""Free text by rubric: provisional, and always for a person to confirm.

The method is small enough to explain to a student. A rubric point has a few ways in which it is commonly said; a
way is a handful of word sets (`keep*|take*|pick*`, `max*|largest|strongest`) that must stand close together in
one sentence that makes sense as a sentence (language.py). A negation that reaches the match takes it back: "sharing
does not reduce the number of weights" finds nothing, and "it does not matter where the object is" is found because
there the negation belongs to the way itself. Two negations cancel.

What it can't do: understand. A right thought in words that no way foresees is missed, and a wrong one in
the right words may be found. That is why nothing of it counts until somebody has looked. Measured on
invented answers (tests/grader/questions/test_free_text.py): what was found was right nine times in ten; of answers
worded freely, and not seen when the patterns were written, half the points were found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.questions.language import DENIAL, NEGATORS, sentences
from grader.questions.marked import Marked
from grader.questions.phrases import Sentence, Span
from grader.questions.plainyaml import Value, as_text

if TYPE_CHECKING:
    from grader.questions.key import FreeKey, Misconception, RubricPoint, Way

#: A negation reaches this many words forward, and this many backward ("… is not the reason").
_REACH = 7
_REACH_BACK = 3


@dataclass(frozen=True)
class Found:
    """What an answer says: ids of rubric points, in the rubric's order, and of misconceptions."""

    points: tuple[str, ...]
    misconceptions: tuple[str, ...]


def grade_free(key: FreeKey, value: Value) -> Marked:
    """Marked.points are provisional."""
    found = find(key, as_text(value))
    points = sum(point.points for point in key.rubric if point.id in found.points)
    if not key.rubric:
        return Marked(0, "Waits until a person has read it.")
    lines = [f"Provisional, until a person has read it: {points:g} of {sum(p.points for p in key.rubric):g}."]
    if hit := [point.text for point in key.rubric if point.id in found.points]:
        lines.append(f"Found: {'; '.join(hit)}.")
    missed = [point.text for point in key.rubric if point.id not in found.points]
    lines += [f"Remark: {wrong.remark}" for wrong in key.misconceptions if wrong.id in found.misconceptions]
    return Marked(points, "\n".join(lines), key=f"Not found: {'; '.join(missed)}." if missed else "")


def find(key: FreeKey, text: str) -> Found:
    """Which rubric points and misconceptions the text contains. Never raises."""
    parts = sentences(text)
    return Found(
        points=tuple(point.id for point in key.rubric if _says(point, parts)),
        misconceptions=tuple(wrong.id for wrong in key.misconceptions if _says(wrong, parts)),
    )


def _says(what: RubricPoint | Misconception, parts: Sequence[Sentence]) -> bool:
    for sentence in parts:
        taken_back = list(_affirmed(what.unless, sentence))
        for match in _affirmed(what.ways, sentence):
            if not any(_share_a_clause(sentence, match, other) for other in taken_back):
                return True
    return False


def _affirmed(ways: Sequence[Way], sentence: Sentence) -> Iterator[Sequence[Span]]:
    for way in ways:
        for match in _matches(way, sentence):
            if not _negated(sentence, match):
                yield match


def _matches(way: Way, sentence: Sentence) -> Iterator[list[Span]]:
    """One match for each word at which one can begin: the items' spans, in the order of the sentence."""
    places = [phrase.find(sentence) for phrase in way.phrases]
    if not all(places):
        return
    starts = (
        {span.start for span in places[0]} if way.ordered else {s.start for found in places for s in found}
    )
    for start in sorted(starts):
        spans: list[Span] = []
        at = start
        for found in places:
            span = next((s for s in found if s.start >= at and s.end <= start + way.within), None)
            if span is None:
                break
            spans.append(span)
            at = span.end if way.ordered else start
        if len(spans) == len(places) and min(spans).start == start:
            yield sorted(spans)


def _negated(sentence: Sentence, match: Sequence[Span]) -> bool:
    """Whether a negation reaches the match. One that is part of it doesn't count, and a denied one cancels."""
    own = {at for span in match for at in range(span.start, span.end)}
    last = max(span.end for span in match) - 1
    reached = denied = False
    for at, word in enumerate(sentence.words):
        if word == DENIAL and at < last:
            denied = not denied
        elif word in NEGATORS and at not in own:
            target = next((span.start for span in match if span.start > at), None)
            if target is not None:
                reached |= target - at <= _REACH and not _break_between(sentence, at, target)
            else:
                reached |= at - last <= _REACH_BACK and not _break_between(sentence, last, at)
    return reached != denied


def _share_a_clause(sentence: Sentence, match: Sequence[Span], other: Sequence[Span]) -> bool:
    begin = max(match[0].start, other[0].start)
    end = min(max(span.end for span in match), max(span.end for span in other)) - 1
    return begin <= end or not _break_between(sentence, end, begin)


def _break_between(sentence: Sentence, before: int, after: int) -> bool:
    return any(before < at <= after for at in sentence.breaks)

"""No known mistake: the nearest useful statement that is true on every probe.

Where is it wrong (one dimension at a time), and how do wrong results differ from right ones?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.diagnosis.domains import Domain, find_domain
from grader.diagnosis.edges import in_words
from grader.diagnosis.layers import layer_relation
from grader.diagnosis.outcomes import Outcome
from grader.diagnosis.pairs import AXES, Pair, Relation
from grader.diagnosis.probes import Probe, one_call
from grader.diagnosis.relations import raises, relation_of
from grader.result import Diagnosis
from grader.text import visible

_TRACE = "Take the smallest such call and follow it by hand, line by line."
_LEAST_PROBES = 6
_WHOLE = "the result"
# Relations that hold for right results, too, and need no "where it is wrong".
_UNCONDITIONAL = ("at:", "zero-there")


@dataclass(frozen=True)
class Asked:
    """What was asked and what came back.

    wrong: part → the numbers of the probes on which it is wrong; right: None where right outcomes are not known.
    """

    exercise: str
    probes: Sequence[Probe]
    outcomes: Sequence[Outcome]
    wrong: dict[str, frozenset[int]]
    right: Sequence[Outcome] | None


def observe(asked: Asked) -> Diagnosis | None:
    """The best observation, None if nothing true and useful is known."""
    if asked.exercise == "edge_filters":
        return _of_filters(asked)
    if len(asked.probes) < _LEAST_PROBES or not any(asked.wrong.values()):
        return None
    parts = list(asked.wrong)
    if parts == [""]:
        return _of_part(asked, "", _WHOLE)
    bad_parts = [part for part in parts if asked.wrong[part]]
    if bad_parts == parts and _in_words(asked):
        return _of_part(asked, parts[0], _WHOLE)
    return _of_parts(asked, bad_parts)


def _of_filters(asked: Asked) -> Diagnosis | None:
    rows = asked.outcomes[0].parts[""]
    if isinstance(rows, str):
        return None if asked.outcomes[0].raised else _made("filters", f"The result is {rows}.", _TRACE)
    sentences = in_words(rows)
    look = "What does each filter give on a plain area, and on each kind of edge? Try it with conv2d_single."
    return _made("filters", " ".join(sentences), look) if sentences else None


def _in_words(asked: Asked) -> bool:
    """Whether no wrong outcome has any part that could be looked at: all were raised, or have another form."""
    return all(
        len(set(map(str, asked.outcomes[number].parts.values()))) == 1
        and isinstance(next(iter(asked.outcomes[number].parts.values())), str)
        for number in frozenset().union(*asked.wrong.values())
    )


def _of_parts(asked: Asked, bad: list[str]) -> Diagnosis | None:
    """Which parts are right; and more about the wrong ones, if they are wrong alike, or about the first."""
    good = [part for part in asked.wrong if part not in bad]
    intro, codes = "", []
    if good:
        codes = [f"right:{','.join(good)}"]
        rest = len(asked.wrong) > 3
        if rest and len(good) > len(bad):
            intro = f"{_listed(bad)} {_are(bad)} wrong, the other parts are right."
        else:
            others = "the other parts are" if rest else f"{_listed(bad)} {_are(bad)}"
            intro = f"{_listed(good)} {_are(good)} right, {others} not."
    alike = len({asked.wrong[part] for part in bad}) == 1
    inner: Diagnosis | None = None
    if alike and len(bad) > 1:
        domain = find_domain(asked.probes, asked.wrong[bad[0]])
        subject = _listed(bad) if len(bad) < 4 else "the other parts" if good else "all parts"
        inner = _diagnosis(domain, None, subject, everywhere=False) if domain else None
    if inner is None:
        # Beside a statement about the parts, that a shape is right says nothing worth reading.
        inner = _of_part(asked, bad[0], bad[0], fallback=not good)
    if inner:
        return _made(";".join([*codes, inner.mistake]), f"{intro} {inner.says}".strip(), inner.hint)
    return _made(codes[0], intro, _TRACE) if good else None


def _of_part(asked: Asked, part: str, subject: str, *, fallback: bool = True) -> Diagnosis | None:
    bad = asked.wrong[part]
    domain = find_domain(asked.probes, bad)
    everywhere = len(bad) == len(asked.probes)
    found = _diagnosis(domain, _relation(asked, part), subject, everywhere=everywhere)
    if found or not fallback:
        return found
    return (
        _sometimes(asked, part, subject)
        or _shape_is_right(asked, part, subject)
        or _counted(asked, part, subject)
        or _for_instance(asked, part)
    )


def _relation(asked: Asked, part: str) -> Relation | None:
    bad = sorted(asked.wrong[part])
    raised = {asked.outcomes[number].raised for number in bad}
    if len(raised) == 1 and "" not in raised and len(bad) > 1:
        return raises(raised.pop(), [asked.probes[number] for number in bad])
    if asked.right is None:
        return None
    pairs = []
    for number in bad:
        right = asked.right[number].parts[part]
        if isinstance(right, str):
            return None
        pairs.append(Pair(asked.probes[number], asked.outcomes[number].parts[part], right))
    if asked.exercise == "shape_trace":
        return layer_relation(pairs)
    return relation_of(pairs, AXES.get((asked.exercise, part), ()))


def _diagnosis(
    domain: Domain | None, relation: Relation | None, subject: str, *, everywhere: bool
) -> Diagnosis | None:
    code = (
        "" if subject == _WHOLE else f"{subject.replace(' and ', '+').replace(', ', '+').replace(' ', '-')}:"
    )
    if domain:
        there = domain.sentence("wrong")
        says = there if subject == _WHOLE else f"{_capital(subject)}: {there[0].lower()}{there[1:]}"
        if relation:
            code += f"{domain.code};{relation.code}"
            return _made(code, f"{says} There {subject} {relation.says}.", relation.hint)
        return _made(code + domain.code, says, _TRACE)
    if relation:
        if relation.code.startswith("raises:"):
            return None  # how often it raises is said elsewhere, and is all that is known
        plain = everywhere or relation.code.startswith(_UNCONDITIONAL)
        # Of shapes that differ in several ways no more is said than what was seen: another input may show one more.
        seen = "was found" if relation.code.startswith("shape-axes:") else "is"
        says = (
            f"{_capital(subject)} {relation.says}."
            if plain
            else f"Where it {seen} wrong, {subject} {relation.says}."
        )
        return _made(code + relation.code, says, relation.hint)
    return None


def _sometimes(asked: Asked, part: str, subject: str) -> Diagnosis | None:
    """Where it is wrong in one way, while there are others, too: raising, or a wrong shape."""
    prefix = _prefix(subject)
    raised = frozenset(number for number in asked.wrong[part] if asked.outcomes[number].raised)
    kinds = {asked.outcomes[number].raised for number in raised}
    domain = find_domain(asked.probes, raised) if len(kinds) == 1 else None
    if domain and domain.always:
        kind = kinds.pop()
        says = f"It raises {kind} where {domain.where}, and nowhere else; elsewhere {subject} is sometimes wrong."
        return _made(f"{prefix}raised-{domain.code}", says, _raising_call(asked, kind))
    if not _has_shapes(asked, part):
        return None
    misshapen = frozenset(number for number in asked.wrong[part] if not _same_shape(asked, number, part))
    domain = find_domain(asked.probes, misshapen)
    if domain and domain.always:
        says = f"The shape of {subject} is wrong where {domain.where}, right everywhere else; numbers are wrong, too."
        return _made(
            f"{prefix}shape-{domain.code}", says, "Work out the shape of the result first, on paper."
        )
    return None


def _raising_call(asked: Asked, kind: str) -> str:
    pairs = zip(asked.probes, asked.outcomes, strict=True)
    return one_call([probe for probe, outcome in pairs if outcome.raised == kind])


def _has_shapes(asked: Asked, part: str) -> bool:
    """Whether right results are known, and are arrays that have a shape worth speaking of."""
    if asked.right is None or asked.exercise == "shape_trace":
        return False
    return all(np.ndim(right.parts[part]) > 0 for right in asked.right)


def _same_shape(asked: Asked, number: int, part: str) -> bool:
    assert asked.right is not None
    mine, right = asked.outcomes[number].parts[part], asked.right[number].parts[part]
    return isinstance(right, str) or (not isinstance(mine, str) and mine.shape == right.shape)


def _counted(asked: Asked, part: str, subject: str) -> Diagnosis | None:
    """On how many of the inputs it raises, or has a wrong shape; None if on few."""
    count = len(asked.probes)
    raised = [outcome.raised for outcome in asked.outcomes if outcome.raised]
    if 4 * len(raised) >= count:
        kind = max(sorted(set(raised)), key=raised.count)
        if raised.count(kind) == count:
            says = f"It raises {kind} on every input that was tried."
            return _made(f"{_prefix(subject)}always-raises:{kind}", says, _raising_call(asked, kind))
        says = f"It raises {kind} on {raised.count(kind)} of the {count} inputs that were tried."
        return _made(f"{_prefix(subject)}often-raises:{kind}", says, _raising_call(asked, kind))
    if not _has_shapes(asked, part):
        return None
    misshapen = sum(not _same_shape(asked, number, part) for number in asked.wrong[part])
    if 4 * misshapen < count:
        return None
    says = f"The shape of {subject} is wrong on {misshapen} of the {count} inputs that were tried."
    return _made(f"{_prefix(subject)}often-shape", says, "Work out the shape of the result first, on paper.")


def _prefix(subject: str) -> str:
    """How a code begins that is about a part; nothing for the whole result."""
    return (
        "" if subject == _WHOLE else f"{subject.replace(' and ', '+').replace(', ', '+').replace(' ', '-')}:"
    )


def _shape_is_right(asked: Asked, part: str, subject: str) -> Diagnosis | None:
    """The least that can be said: the shape is right everywhere, the values are not."""
    if asked.right is None or asked.exercise == "shape_trace":
        return None
    for outcome, right in zip(asked.outcomes, asked.right, strict=True):
        mine, wanted = outcome.parts[part], right.parts[part]
        if isinstance(mine, str) or isinstance(wanted, str) or mine.shape != wanted.shape or not wanted.ndim:
            return None
    if not any(np.size(asked.right[number].parts[part]) > 1 for number in asked.wrong[part]):
        return None
    return _made(
        f"{'' if subject == _WHOLE else subject + ':'}shape-right",
        f"The shape of {subject} is right on every input that was tried; its numbers are not.",
        "The right places are filled: look at what is computed for each of them.",
    )


def _for_instance(asked: Asked, part: str) -> Diagnosis | None:
    """A table of calls on whole numbers that go wrong."""
    if asked.exercise != "output_size":
        return None
    lines = []
    for number in sorted(asked.wrong[part]):
        call = f"{asked.exercise}({', '.join(map(str, asked.probes[number].args))})"
        got = asked.outcomes[number].parts[part]
        lines.append(
            f"{call} {got.replace('raised', 'raises') if isinstance(got, str) else f'gives {got:.0f}'}"
        )
    return _made(
        "instances",
        f"Wrong, for instance: {'; '.join(lines[:3])}.",
        "Work these out by hand, with the formula.",
    )


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _capital(text: str) -> str:
    return "The result" + text.removeprefix(_WHOLE) if text.startswith(_WHOLE) else text


def _made(code: str, says: str, hint: str) -> Diagnosis:
    # What a student returned may stand in the sentence, and be as long as it likes.
    return Diagnosis(mistake=code, hint=hint, says=visible(says, 400), kind="observation")

"""No known mistake: the nearest useful statement that is true on every probe.

Where is it wrong (one dimension at a time), and how do wrong results differ from right ones?
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.diagnosis.domains import Domain, find_domain
from grader.diagnosis.outcomes import Outcome
from grader.diagnosis.probes import Probe
from grader.diagnosis.relations import Relation, pairs_of, relation_of
from grader.result import Diagnosis

_TRACE = "Take the smallest such call and follow it by hand, line by line."
_LEAST_PROBES = 6


def observe(
    probes: Sequence[Probe],
    outcomes: Sequence[Outcome],
    wrong: dict[str, frozenset[int]],
    right: Sequence[Outcome] | None,
) -> Diagnosis | None:
    """The best observation.

    wrong: part → the probes on which it is wrong; right: the right outcomes, None where they are not known.
    """
    bad_parts = [part for part, bad in wrong.items() if bad]
    if not bad_parts or len(probes) < _LEAST_PROBES:
        return None
    several = len(wrong) > 1
    anywhere: frozenset[int] = frozenset().union(*wrong.values())
    if several and all(wrong[part] == anywhere for part in wrong):
        raised = {outcomes[number].raised for number in anywhere}
        if len(raised) == 1 and "" not in raised:
            return _statement(probes, anywhere, f"raises:{raised.pop()}", "", ())
    if not several:
        return _of_part("", probes, outcomes, wrong[""], right)
    return _of_parts(bad_parts, probes, outcomes, wrong, right)


def _of_parts(
    bad_parts: list[str],
    probes: Sequence[Probe],
    outcomes: Sequence[Outcome],
    wrong: dict[str, frozenset[int]],
    right: Sequence[Outcome] | None,
) -> Diagnosis | None:
    """Which parts are right; and more about the first wrong one, or about where they all are wrong."""
    good = [part for part, bad in wrong.items() if not bad]
    intro = (
        f"{_listed(good)} {'is' if len(good) == 1 else 'are'} right, {_listed(bad_parts)} not. "
        if good
        else ""
    )
    about = bad_parts[0] if len({wrong[part] for part in bad_parts}) > 1 or len(bad_parts) == 1 else ""
    if about or len(bad_parts) == 1:
        inner = _of_part(about, probes, outcomes, wrong[about], right)
    else:
        domain = find_domain(probes, wrong[bad_parts[0]])
        inner = _diagnosis(domain, None, _listed(bad_parts)) if domain else None
        inner = inner or _of_part(bad_parts[0], probes, outcomes, wrong[bad_parts[0]], right)
    if inner is None and not good:
        return None
    code = f"right:{','.join(good)}" if good else ""
    if inner is None:
        return _made(code, intro.strip(), _TRACE)
    return _made(";".join(filter(None, (code, inner.mistake))), intro + inner.says, inner.hint)


def _of_part(
    part: str,
    probes: Sequence[Probe],
    outcomes: Sequence[Outcome],
    bad: frozenset[int],
    right: Sequence[Outcome] | None,
) -> Diagnosis | None:
    subject = part or "The result"
    domain = find_domain(probes, bad)
    relation: Relation | None = None
    got = [outcome.parts[part] for outcome in outcomes]
    if right is not None:
        pairs = list(pairs_of(probes, got, [outcome.parts[part] for outcome in right], bad))
        relation = relation_of(pairs) if len(pairs) == len(bad) else None
    raised = {outcomes[number].raised for number in bad}
    if relation is None and len(raised) == 1 and "" not in raised and len(bad) > 1:
        kind = raised.pop()
        relation = Relation(
            f"raises:{kind}", f"is missing: {kind} is raised", "Run one such call and read the last lines."
        )
    found = _diagnosis(domain, relation, subject)
    if found is None and right is not None:
        found = _shape_is_right(part, outcomes, bad, right, subject)
    return found


def _diagnosis(domain: Domain | None, relation: Relation | None, subject: str) -> Diagnosis | None:
    prefix = "" if subject == "The result" else f"{subject}: "
    if domain and relation:
        there = domain.sentence("wrong")
        return _made(
            f"{subject_code(subject)}{domain.code};{relation.code}",
            f"{prefix}{there if not prefix else _lowered(there)} There the result {relation.says}.",
            relation.hint,
        )
    if domain:
        there = domain.sentence("wrong")
        return _made(
            f"{subject_code(subject)}{domain.code}",
            f"{prefix}{there if not prefix else _lowered(there)}",
            _TRACE,
        )
    if relation:
        return _made(
            f"{subject_code(subject)}{relation.code}", f"Where it is wrong, {_lowered(subject)} {relation.says}.",
            relation.hint,
        )  # fmt: skip
    return None


def subject_code(subject: str) -> str:
    """How a part begins a code; nothing for the whole result."""
    return "" if subject == "The result" else f"{subject.replace(' and ', '+').replace(', ', '+')}:"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:] if text.startswith(("The ", "Right ")) else text


def _statement(
    probes: Sequence[Probe], bad: frozenset[int], code: str, subject: str, good: tuple[str, ...]
) -> Diagnosis | None:
    del subject, good
    kind = code.removeprefix("raises:")
    domain = find_domain(probes, bad)
    if domain:
        return _made(f"{domain.code};{code}", domain.sentence(f"raises {kind}"), _TRACE)
    if len(bad) == len(probes):
        return _made(
            code,
            f"It raises {kind} on every input that was tried.",
            "Run a small call and read the last lines.",
        )
    return None


def _shape_is_right(
    part: str, outcomes: Sequence[Outcome], bad: frozenset[int], right: Sequence[Outcome], subject: str
) -> Diagnosis | None:
    """The least that can be said: the shape is right everywhere, the values are not."""
    for number, outcome in enumerate(outcomes):
        mine, asked = outcome.parts[part], right[number].parts[part]
        if isinstance(mine, str) or isinstance(asked, str) or mine.shape != asked.shape or not asked.ndim:
            return None
    if not any(np.asarray(right[number].parts[part]).size > 1 for number in bad):
        return None
    return _made(
        f"{subject_code(subject)}shape-right",
        f"The shape of {_lowered(subject)} is right on every input that was tried; its values are not.",
        "The loops cover the right places: look at what is computed in each of them.",
    )


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _made(code: str, says: str, hint: str) -> Diagnosis:
    return Diagnosis(mistake=code, hint=hint, says=says, kind="observation")

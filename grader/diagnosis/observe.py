"""No known mistake: the nearest useful statement that is true on every probe.

Where is it wrong (one dimension at a time), and how do wrong results differ from right ones? How often it is wrong is
said first. What is said was found on some of the probes and holds on the fresh ones, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.diagnosis.domains import find_domain
from grader.diagnosis.outcomes import VALUE, Outcome
from grader.diagnosis.pairs import Pair, Probe, Relation
from grader.diagnosis.probes import call_of, found_on, smallest
from grader.diagnosis.relations import raises, relation_of
from grader.diagnosis.texts import text_relation
from grader.diagnosis.topic import Topic
from grader.result import Diagnosis
from grader.text import visible

_SHAPE = "Work out the shape of the result first, on paper."
_LEAST_PROBES = 6
_LONGEST_VALUE = 80


@dataclass(frozen=True)
class Asked:
    """What was asked and what came back.

    wrong: part → the numbers of the probes on which it is wrong; right: None where right outcomes are not known.
    """

    topic: Topic
    outcomes: Sequence[Outcome]
    wrong: dict[str, frozenset[int]]
    right: Sequence[Outcome] | None

    @property
    def probes(self) -> Sequence[Probe]:
        """The calls."""
        return self.topic.probes


def observe(asked: Asked) -> Diagnosis | None:
    """The best observation, None if nothing true and useful is known."""
    found = _observed(asked)
    words = asked.topic.words
    if found is not None and words:
        for hint, own in words.items():
            found.hint = found.hint.replace(hint, own)
    return found


def _observed(asked: Asked) -> Diagnosis | None:
    if asked.topic.sentences:
        return _in_sentences(asked, asked.topic.sentences)
    if len(asked.probes) < _LEAST_PROBES or not any(asked.wrong.values()):
        return None
    parts = list(asked.wrong)
    if parts == [""]:
        return _of_part(asked, "")
    bad_parts = [part for part in parts if asked.wrong[part]]
    if bad_parts == parts and _in_words(asked):
        return _of_part(asked, parts[0], whole=True)
    return _of_parts(asked, bad_parts)


def how_often(asked: Asked, bad: frozenset[int] | None = None) -> str:
    """ "Wrong on 7 of 90 calls tried" """
    wrong = frozenset().union(*asked.wrong.values()) if bad is None else bad
    count = len(asked.probes)
    these = f"all {count}" if len(wrong) == count else f"{len(wrong)} of {count}"
    return f"Wrong on {these} calls tried"


def _in_sentences(asked: Asked, sentences: Callable[[Any], Sequence[str]]) -> Diagnosis | None:
    found = asked.outcomes[0].parts[asked.topic.parts[0]]
    code, look = asked.topic.code, asked.topic.look
    if isinstance(found, str):
        return None if asked.outcomes[0].raised else _made(code, f"The result is {found}.", look)
    said = sentences(found)
    return _made(code, " ".join(said), look) if said else None


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
    if alike and len(bad) > 1 and (domain := find_domain(asked.topic, asked.wrong[bad[0]])):
        about = "+".join(bad) if len(bad) < 4 else "the-other-parts" if good else "all-parts"
        subject = _listed(bad) if len(bad) < 4 else "The other parts" if good else "All parts"
        says = f"{how_often(asked, asked.wrong[bad[0]])}{domain.sentence(asked.probes, asked.wrong[bad[0]])}"
        inner = _made(
            f"{about}:{domain.code}", f"{subject}: {_small(says)}", _look(asked, asked.wrong[bad[0]])
        )
    else:
        # Of parts that are wrong in different ways the one is looked at that is wrong most often.
        worst = max(bad, key=lambda part: len(asked.wrong[part]))
        found = _of_part(asked, worst)
        if found is None:
            return (
                _made(codes[0], f"{how_often(asked)}. {intro}", _look(asked, asked.wrong[worst]))
                if good
                else None
            )
        inner = found.model_copy(update={"says": f"{worst}: {_small(found.says)}"})
    return _made(";".join([*codes, inner.mistake]), f"{intro} {inner.says}".strip(), inner.hint)


def _of_part(asked: Asked, part: str, *, whole: bool = False) -> Diagnosis | None:
    """whole: all parts are alike, and spoken of as the result."""
    bad = asked.wrong[part]
    prefix = f"{part}:" if part and not whole else ""
    subject = part if prefix else "the result"
    domain, relation = find_domain(asked.topic, bad), _relation(asked, part)
    often, look = how_often(asked, bad), _look(asked, bad)
    if domain:
        says = f"{often}{domain.sentence(asked.probes, bad)}"
        if relation:
            says = f"{says} Each time {subject} {relation.says}."
            return _made(f"{prefix}{domain.code};{relation.code}", says, f"{relation.hint} {look}".strip())
        more = _in_one_way(asked, part, prefix)
        return _made(prefix + domain.code, f"{says} {more[1]}".strip(), look)
    if relation:
        says = f"{often}. Each time {subject} {relation.says}."
        return _made(prefix + relation.code, says, f"{relation.hint} {look}".strip())
    code, more_says = _in_one_way(asked, part, prefix)
    if not code:
        # Where every call is wrong, the one that the failing test shows is as good as any.
        return _made(f"{prefix}often", f"{often}.", look * (len(bad) < len(asked.probes))) if look else None
    hint = _SHAPE if "shape" in code and "shape-right" not in code else ""
    return _made(code, f"{often}. {more_says}", f"{hint} {look}".strip())


def _relation(asked: Asked, part: str) -> Relation | None:
    """What all wrong results have in common: found on the first probes, and still so with the fresh ones."""
    old = found_on(asked.probes)
    bad = sorted(asked.wrong[part])
    found = _relation_on(asked, part, [number for number in bad if number < old])
    if found is None:
        return None
    again = _relation_on(asked, part, bad)
    return again if again and again.code == found.code else None


def _relation_on(asked: Asked, part: str, numbers: Sequence[int]) -> Relation | None:
    raised = {asked.outcomes[number].raised for number in numbers}
    if len(raised) == 1 and "" not in raised and len(numbers) > 1:
        return raises(raised.pop())
    if asked.right is None:
        return None
    if texts := _texts(asked, part, numbers):
        return text_relation(texts)
    pairs = []
    for number in numbers:
        right = asked.right[number].parts[part]
        if isinstance(right, str):
            return None
        pairs.append(Pair(asked.probes[number], asked.outcomes[number].parts[part], right))
    if asked.topic.relation:
        return asked.topic.relation(pairs)
    return relation_of(pairs, asked.topic.axes.get(part, ()))


def _texts(asked: Asked, part: str, numbers: Sequence[int]) -> list[tuple[str, str]]:
    """Got and right where all are plain values, else nothing."""
    assert asked.right is not None
    both = [(asked.outcomes[n].parts[part], asked.right[n].parts[part]) for n in numbers]
    texts = [(got, right) for got, right in both if isinstance(got, str) and isinstance(right, str)]
    return texts if len(texts) == len(both) and all(right.startswith(VALUE) for _, right in texts) else []


def _in_one_way(asked: Asked, part: str, prefix: str) -> tuple[str, str]:
    """(code, sentences): on how many calls it raises, has a wrong shape, or wrong numbers, and where; "" if unknown."""
    bad = asked.wrong[part]
    if asked.right is not None and asked.topic.refuses:
        return _of_refusals(asked, part, prefix)
    raised = frozenset(number for number in bad if asked.outcomes[number].raised)
    kinds = sorted({asked.outcomes[number].raised for number in raised})
    shapes = (
        frozenset(n for n in bad - raised if not _same_shape(asked, n, part))
        if _has_shapes(asked, part)
        else None
    )
    rest = len(bad - raised - (shapes or frozenset()))
    sentences, codes = [], []
    for code, numbers, what in (
        ("raised", raised, f"it raises {' or '.join(kinds)}"),
        ("shape", shapes or frozenset(), "the shape is wrong"),
    ):
        if not numbers:
            continue
        domain = find_domain(asked.topic, numbers) if len(numbers) < len(bad) else None
        where = ""
        if domain and domain.kind == "iff" and len(kinds) < 2:
            where = domain.sentence(asked.probes, numbers).removesuffix(".")
            codes.append(f"{prefix}{code}-{domain.code}")
        else:
            codes.append(f"{prefix}often-{'raises:' + '|'.join(kinds) if code == 'raised' else 'shape'}")
        these = "Each time" if len(numbers) == len(bad) else f"On {len(numbers)} of them"
        sentences.append(f"{these} {what}{where}.")
    if not sentences:
        if shapes is None or not _numbers(asked, part):
            return "", ""
        return f"{prefix}shape-right", "The shape is right each time; numbers are not."
    if rest and shapes is not None:
        sentences.append(f"On the other {rest} the shape is right; numbers are not.")
    return ";".join(codes), " ".join(sentences)


def _of_refusals(asked: Asked, part: str, prefix: str) -> tuple[str, str]:
    """As _in_one_way, where some calls are to be refused by raising."""
    assert asked.right is not None
    rights = {number: asked.right[number].parts[part] for number in asked.wrong[part]}
    refused = [n for n, right in rights.items() if isinstance(right, str) and right.startswith("raised ")]
    texts = [asked.outcomes[number].parts[part] for number in asked.wrong[part] - frozenset(refused)]
    raised = [text for text in texts if isinstance(text, str) and text.startswith("raised ")]
    kinds = " or ".join(sorted({text.removeprefix("raised ") for text in raised}))
    said = [
        (len(refused), "the arguments should have been refused with the exception that is asked for"),
        (len(raised), f"it raises {kinds}, and there is an answer"),
        (len(texts) - len(raised), "the answer is another one"),
    ]
    total = len(asked.wrong[part])
    sentences = [
        f"{'Each time' if count == total else f'On {count} of them'} {what}." for count, what in said if count
    ]
    return f"{prefix}refusals", " ".join(sentences)


def _look(asked: Asked, bad: frozenset[int]) -> str:
    """One wrong call to be followed by hand, where there is one that is short enough to be shown."""
    probe = smallest(asked.topic.exercise, [asked.probes[number] for number in sorted(bad)])
    if probe is None:
        return ""
    got = asked.outcomes[asked.probes.index(probe)].parts
    answer = next(iter(got.values()))
    gives = ""
    if asked.topic.integer and not isinstance(answer, str):
        gives = f", where yours gives {answer:.0f}"
    elif isinstance(answer, str) and answer.startswith(VALUE) and len(answer) < _LONGEST_VALUE:
        gives = f", where yours gives {answer.removeprefix(VALUE)}"
    return f"Follow one of them by hand, line by line: {call_of(asked.topic.exercise, probe)}{gives}"


def _has_shapes(asked: Asked, part: str) -> bool:
    """Whether right results are known, and are arrays that have a shape worth speaking of."""
    if asked.right is None or not asked.topic.shaped:
        return False
    return all(np.ndim(right.parts[part]) > 0 for right in asked.right)


def _numbers(asked: Asked, part: str) -> bool:
    """Whether some wrong result has more than one number."""
    assert asked.right is not None
    return any(np.size(asked.right[number].parts[part]) > 1 for number in asked.wrong[part])


def _same_shape(asked: Asked, number: int, part: str) -> bool:
    assert asked.right is not None
    mine, right = asked.outcomes[number].parts[part], asked.right[number].parts[part]
    return isinstance(right, str) or (not isinstance(mine, str) and mine.shape == right.shape)


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _made(code: str, says: str, hint: str) -> Diagnosis:
    # What a student returned may stand in the sentence, and be as long as it likes.
    return Diagnosis(mistake=code, hint=hint, says=visible(says, 400), kind="observation")

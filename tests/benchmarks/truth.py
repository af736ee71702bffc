"""Is a diagnosis true? Its statement, read from its code, is examined on random calls that no probe is.

The meaning of each code is written down here a second time, independently of how `grader/diagnosis` finds it. A named
mistake or a changed right function must give the same on every call; "right as long as ..." must hold on every call.
"Wrong where ..." must hold on most: any wrong function is right by chance now and then.
"""

from __future__ import annotations

import functools
import inspect
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import fresh_calls
import numpy as np

from grader.course.mistakes import Mistake
from grader.course.models import load_course
from grader.diagnosis.outcomes import Outcome, ask
from grader.diagnosis.pairs import Probe
from grader.diagnosis.topic import Topic
from grader.result import Diagnosis

MOSTLY = 0.6


class False_(Exception):
    """The statement does not hold; says on what."""


def _lesson() -> Any:
    plugin = load_course(Path(__file__).parents[2] / "course.yaml").assignments["cnn"].plugin("diagnosis")
    assert plugin
    return plugin


#: What the lesson's plug-in knows of each exercise.
LESSON = _lesson()


@functools.cache
def topic_of(exercise: str) -> Topic:
    """The same, of one exercise."""
    found: Topic = LESSON.topic(exercise)
    return found


def fresh(exercise: str, count: int, seed: int = 20) -> list[Probe]:
    """Random calls with the facts about them."""
    rng = np.random.default_rng(seed)
    calls = [fresh_calls.call(exercise, rng) for _ in range(count)]
    most = max(len(args) for args in calls)
    return [Probe(args, {**LESSON.FACTS[exercise](*args), "default": len(args) < most}) for args in calls]


def same(a: Any, b: Any) -> bool:
    """Equal outcomes of one part: shapes, and numbers up to rounding. An exception and an empty array are alike."""
    nothing = [str(part).startswith("raised") if isinstance(part, str) else not part.size for part in (a, b)]
    if any(nothing):
        return all(nothing)
    if isinstance(a, str) or isinstance(b, str):
        both = isinstance(a, str) and isinstance(b, str)
        return both and a == b
    scale = max(1.0, float(np.abs(b[np.isfinite(b)]).max(initial=0)))
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=0, atol=1e-6 * scale, equal_nan=True))


class Examiner:
    """Knows the right functions and the catalogue, and the right outcomes of the fresh calls."""

    def __init__(
        self, functions: Mapping[str, Callable[..., Any]], mistakes: Sequence[Mistake], count: int = 200
    ) -> None:
        self.functions = functions
        self.mistakes = mistakes
        self.count = count
        self._calls: dict[str, tuple[list[Probe], list[Outcome]]] = {}

    def calls(self, exercise: str) -> tuple[list[Probe], list[Outcome]]:
        """Fresh calls and what is right."""
        if exercise not in self._calls:
            count = self.count if not exercise.startswith("cnn") else max(10, self.count // 8)
            probes = fresh(exercise, count)
            self._calls[exercise] = probes, self.outcomes(exercise, self.functions[exercise], probes)
        return self._calls[exercise]

    def outcomes(self, exercise: str, function: Callable[..., Any], probes: Sequence[Probe]) -> list[Outcome]:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return [ask(topic_of(exercise), function, probe) for probe in probes]

    def examine(self, exercise: str, function: Callable[..., Any], diagnosis: Diagnosis) -> str:
        """'' if the statement is true of `function` on the fresh calls, else what is wrong with it."""
        probes, right = self.calls(exercise)
        got = self.outcomes(exercise, function, probes)
        try:
            names = diagnosis.mistake.split(" + ")
            known = [self._known(exercise, name) for name in names]
            if all(known):
                self._equal(exercise, probes, got, right, names)
            else:
                Reading(exercise, probes, got, right).check(diagnosis)
        except False_ as why:
            return str(why)
        return ""

    def _known(self, exercise: str, name: str) -> list[Callable[..., Any]]:
        """What a name stands for: a catalogued mistake or one or two changes of the right function."""
        found = [m for m in self.mistakes if m.exercise == exercise and m.name == name]
        if found:
            return [found[0].function, *found[0].forms]

        function = self.functions[exercise]
        signature = inspect.signature(function)
        by_code = {variant.code: variant for variant in topic_of(exercise).changes}
        codes = name.split(" ")
        if not all(code in by_code for code in codes):
            return []
        for code in codes:
            function = by_code[code].of(function, signature)
        return [function]

    def _equal(self, exercise, probes, got, right, names) -> None:  # type: ignore[no-untyped-def]
        parts = topic_of(exercise).parts
        if len(names) == 1 and any(m.exercise == exercise and m.name == names[0] for m in self.mistakes):
            return self._one_of_the_forms(exercise, probes, got, right, names[0])
        functions = [self._known(exercise, name)[0] for name in names]
        theirs = [self.outcomes(exercise, f, probes) for f in functions]
        single = len(functions) == 1
        for i, probe in enumerate(probes):
            for part in parts:
                candidates = [outcomes[i].parts[part] for outcomes in theirs]
                if len(parts) > 1:
                    wrong = [c for c in candidates if not same(c, right[i].parts[part])]
                    # A change of the right function is said of the parts that it spoils, by name.
                    candidates = wrong or [right[i].parts[part]]
                    if single and names[0] in {v.code for v in topic_of(exercise).changes}:
                        candidates += [right[i].parts[part]]
                elif len(functions) == 2:
                    variant = {v.code: v for v in topic_of(exercise).changes}[names[1]]

                    both = variant.of(functions[0], inspect.signature(self.functions[exercise]))
                    candidates = [self.outcomes(exercise, both, [probe])[0].parts[part]]
                if not any(same(got[i].parts[part], c) for c in candidates):
                    raise False_(f"{'+'.join(names)} gives something else on call {i} {part}")

    def _one_of_the_forms(self, exercise, probes, got, right, name) -> None:  # type: ignore[no-untyped-def]
        """A name is true where some form gives the same, or where it fails on the way to what is wrong anyhow."""
        forms = [self.outcomes(exercise, f, probes) for f in self._known(exercise, name)]
        failed = accidents = 0
        for i in range(len(probes)):
            answers = [form[i] for form in forms]
            if any(answer.raised == "StyleDecides" for answer in answers):
                continue

            def equal(a: Outcome, b: Outcome) -> bool:
                return all(same(a.parts[part], b.parts[part]) for part in a.parts)

            if any(equal(got[i], answer) for answer in answers):
                continue
            failed += 1
            # A call on which the mistake is right by accident may well be one on which this code fails.
            accidents += all(equal(answer, right[i]) for answer in answers)
            if not got[i].raised or accidents > len(probes) / 50:
                raise False_(f"{name} gives something else on call {i}")
        if failed > len(probes) / 2:
            raise False_(f"{name} is seldom seen: it mostly raises")


def _place(code: str, right: np.ndarray) -> np.ndarray:
    mask = np.zeros(right.shape, bool)
    grid = np.indices(right.shape)
    last = [n - 1 for n in right.shape]
    if code == "negative":
        return right < 0
    if code == "positive":
        return right > 0
    if code == "zero":
        return right == 0
    if code.startswith("not-first-") and code[-1].isdigit():
        return grid[int(code[-1])] > 0
    if code.startswith("not-last-"):
        return grid[int(code[-1])] < last[int(code[-1])]
    row, col = (grid[-2], grid[-1]) if right.ndim > 1 else (grid[-1], grid[-1])
    table = {
        "last-row": lambda: row == last[-2],
        "last-column": lambda: col == last[-1],
        "first-row": lambda: row == 0,
        "first-column": lambda: col == 0,
        "border": lambda: (row == 0) | (row == last[-2]) | (col == 0) | (col == last[-1]),
        "not-first-row": lambda: row > 0,
        "not-first-column": lambda: col > 0,
        "not-corner": lambda: (row > 0) | (col > 0),
    }
    return table[code]() if code in table else mask


class Reading:
    """Reads the codes of an observation and examines them one by one."""

    def __init__(self, exercise: str, probes: list[Probe], got: list[Outcome], right: list[Outcome]) -> None:
        self.exercise, self.probes, self.got, self.right = exercise, probes, got, right

    def wrong(self, part: str) -> list[int]:
        return [
            i for i in range(len(self.got)) if not same(self.got[i].parts[part], self.right[i].parts[part])
        ]

    def check(self, diagnosis: Diagnosis) -> None:
        parts = list(topic_of(self.exercise).parts)
        about = list(parts)
        bad_parts = parts
        for code in diagnosis.mistake.split(";"):
            if code.startswith("right:"):
                good = code.removeprefix("right:").split(",")
                bad_parts = about = [part for part in parts if part not in good]
                for part in good:
                    if self.wrong(part):
                        raise False_(f"{part} is not always right")
                for part in bad_parts:
                    if not self.wrong(part):
                        raise False_(f"{part} is always right")
                continue
            prefix, _, rest = code.partition(":")
            if prefix in ("the-other-parts", "all-parts"):
                about, code = bad_parts, rest
            elif prefix and all(name in parts for name in prefix.split("+")) and parts != [""]:
                about, code = prefix.split("+"), rest
            for part in about:
                self.one(code, part)

    def one(self, code: str, part: str) -> None:
        kind, _, value = code.partition(":")
        bad = self.wrong(part)
        if kind in ("iff", "only", "all"):
            return self.domain(kind, value, bad)
        if kind in ("raised-iff", "shape-iff"):
            raised = [i for i in bad if self.got[i].raised]
            chosen = (
                raised if kind[0] == "r" else [i for i in bad if i not in raised and self.misshapen(i, part)]
            )
            return self.domain("iff", value, chosen)
        if not bad:
            raise False_("never wrong on fresh calls")
        if kind in ("filters", "state", "often", "refusals"):
            return None
        if kind in ("often-raises", "always-raises"):
            return None  # how often on the calls tried is said, and no more
        if kind == "often-shape":
            return None
        if kind == "shape-right":
            for a, b in zip(self.got, self.right, strict=True):
                mine, asked = a.parts[part], b.parts[part]
                if isinstance(mine, str) or mine.shape != asked.shape:  # type: ignore[union-attr]
                    raise False_("the shape is not always right")
            return None
        if kind in ("raises", "shape-axes"):  # said of the inputs that were tried
            if sum(self.relation(kind, value, i, part) for i in bad) < 0.8 * len(bad):
                raise False_(f"{code} seldom holds where it is wrong")
            return None
        for i in bad:
            if not self.relation(kind, value, i, part):
                raise False_(f"{code} does not hold on call {i} of {part or 'the result'}")
        return None

    def misshapen(self, i: int, part: str) -> bool:
        mine, right = self.got[i].parts[part], self.right[i].parts[part]
        return not isinstance(right, str) and (isinstance(mine, str) or mine.shape != right.shape)  # type: ignore[union-attr]

    def domain(self, kind: str, value: str, bad: list[int]) -> None:
        sides = [(side.lstrip("!"), not side.startswith("!")) for side in re.split("&", value)]
        inside = [
            i
            for i, probe in enumerate(self.probes)
            if all(probe.facts[fact] == holds for fact, holds in sides)
        ]
        outside = set(bad) - set(inside)
        if kind == "all":
            if len(set(bad) & set(inside)) < MOSTLY * len(inside):
                raise False_(f"right on many calls with {value}")
            return
        if outside:
            raise False_(f"wrong outside {value}, on {len(outside)} of {len(self.probes)}")
        if not bad:
            raise False_("never wrong on fresh calls")
        if kind == "iff" and len(bad) < MOSTLY * len(inside):
            raise False_(f"right on {len(inside) - len(bad)} of {len(inside)} calls with {value}")

    def relation(self, kind: str, value: str, i: int, part: str) -> bool:
        mine, right = self.got[i].parts[part], self.right[i].parts[part]
        if kind == "raises":
            return isinstance(mine, str) and mine == f"raised {value}"
        if kind == "none":
            return isinstance(mine, str) and mine == "None"
        if kind in ("words", "not-integer"):
            return isinstance(mine, str)
        if isinstance(mine, str) or isinstance(right, str):
            return False
        if kind == "ndim":
            return mine.ndim == int(value)
        if kind == "shape-exchanged":
            return mine.shape == (*right.shape[:-2], right.shape[-1], right.shape[-2])
        if kind == "shape":
            return [a - b for a, b in zip(mine.shape, right.shape, strict=True)] == [
                int(v) for v in value.split(",")
            ]
        if kind == "shape-axes":
            axes, how = value.split(":")
            wrong = {str(k) for k, (a, b) in enumerate(zip(mine.shape, right.shape, strict=True)) if a != b}
            signs = {np.sign(a - b) for a, b in zip(mine.shape, right.shape, strict=True)} - {0}
            allowed = {"too-many": {1}, "too-few": {-1}}.get(how, {1, -1})
            return bool(wrong) and wrong <= set(axes.split(",")) and signs <= allowed
        if kind in ("layer", "shapes"):
            return self.trace(kind, value, i)
        if mine.shape != right.shape:
            return False
        off = ~np.isclose(mine, right, rtol=0, atol=1e-6 * max(1.0, np.abs(right).max(initial=0)))
        if kind == "zeros":
            return not mine.any()
        if kind == "not-finite":
            return not np.isfinite(mine).all()
        if kind == "factor":
            return bool(np.allclose(mine, float(value) * right, rtol=1e-4, atol=1e-6))
        if kind in ("times", "over", "own-factor"):
            place = np.unravel_index(np.argmax(np.abs(right)), right.shape)
            ratio = mine[place] / right[place] if right[place] else 1.0
            return bool(np.allclose(mine, ratio * right, rtol=1e-4, atol=1e-6))
        if kind == "offset":
            amount = (mine - right).ravel()
            return bool(np.allclose(amount, float(value) if value else amount[0], atol=1e-6))
        if kind == "offset-per-map":
            amount = mine - right
            return bool(np.allclose(amount, amount[:1, :, :1, :1], atol=1e-6))
        if kind == "zero-there":
            return not mine[off].any()
        if kind == "order":
            return bool(np.allclose(np.sort(mine, axis=None), np.sort(right, axis=None)))
        if kind == "at":
            return not (off & ~_place(value, right)).any()
        if kind == "sum":
            return bool(np.isclose(mine.sum(), right.sum()))
        if kind in ("too-small", "too-large"):
            return bool(
                ((mine - right)[off] < 0).all() if kind == "too-small" else ((mine - right)[off] > 0).all()
            )
        if kind == "alike":
            axis = int(value)
            return bool(np.allclose(mine, np.take(mine, [0], axis=axis)))
        raise False_(f"unknown code {kind}")

    def trace(self, kind: str, value: str, i: int) -> bool:
        def shapes(row: Any) -> list[list[int]]:
            row, found = [int(n) for n in row], []
            while row:
                found.append(row[1 : row[0] + 1])
                row = row[row[0] + 1 :]
            return found

        mine, right = shapes(self.got[i].parts[""]), shapes(self.right[i].parts[""])
        if kind == "shapes":
            return len(mine) - len(right) == int(value) if value else len(mine) != len(right)
        first = next(k for k, (a, b) in enumerate(zip(mine, right, strict=False)) if a != b)
        return self.probes[i].args[0][first][0] == value

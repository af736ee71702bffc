"""Examples judged by those who know: the reference, right variants and known mistakes, all of them the course's own.

A student's arguments are data for the course's functions here, so they are bounded first: in size, and in CPU time.
"""

from __future__ import annotations

import copy
import inspect
import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from grader.course import StyleDecides
from grader.errors import UsageError
from grader.examples.example import Example, Found, Parameters, Verdict
from grader.examples.facts import facts_of, telling
from grader.examples.table import Table, input_key, seal
from grader.examples.values import NEAR, RAISES, NotPlain, Plain, Right, numbers_in, plain
from grader.questions import Budget, OverBudget

Function = Callable[..., Any]

MOST_NUMBERS = 400
_LARGEST = 1e6
#: How far a call may reach: its numbers, times the square of one more than each whole number beside them.
_MOST_WORK = 200_000
#: For all examples of one submission; past it what is left waits for a person. Honest ones take a hundredth of it.
CPU_SECONDS = 5.0


@dataclass(frozen=True)
class Judges:
    """The functions of one exercise.

    mistakes: each as one or several functions, the forms in which it may be written.
    inputs: small ones, which show what kinds of values its arguments are.
    """

    exercise: str
    reference: Function
    variants: Sequence[Function]
    mistakes: Sequence[Sequence[Function]]
    inputs: Sequence[tuple[Any, ...]]
    about: str = ""

    @property
    def parameters(self) -> Parameters:
        """The reference's. Raises NotPlain for a default that no example can have."""
        found = inspect.signature(self.reference).parameters.values()
        return Parameters(
            tuple(parameter.name for parameter in found),
            {p.name: plain(p.default) for p in found if p.default is not inspect.Parameter.empty},
        )

    def table(self) -> Table:
        """The handout's table: of the inputs whose result the exercise settles, and nothing of the others."""
        parameters, rows, known = self.parameters, [], {}
        for values in self.inputs:
            bound = {
                **parameters.defaults,
                **{n: plain(v) for n, v in zip(parameters.names, values, strict=False)},
            }
            arguments = {name: bound[name] for name in parameters.names}
            right = self._settled(values)
            if right is None:
                continue
            if right.margin < NEAR:
                continue  # a result written by hand might fall into the next step
            caught = self._caught(values, right)
            rows.append((facts_of(arguments), caught))
            known[input_key(self.exercise, arguments)] = seal(
                self.exercise, arguments, right.value, caught, len(self.mistakes), right.offset
            )
        return Table(
            self.exercise,
            parameters,
            self.about,
            len(self.mistakes),
            tuple(telling(rows)),
            dict(sorted(known.items())),
        )

    def judge(self, example: Example) -> Verdict:
        """Raises UsageError where the arguments do not fit the function."""
        arguments = self.parameters.bind(example)
        facts = facts_of(arguments)
        if problem := _too_much(arguments):
            return Verdict(example, "unjudged", facts=facts, problem=problem)
        values = self.values_of(arguments)
        right = self._settled(values)
        if right is None:
            return Verdict(example, "open", facts=facts)
        if not right.agrees(example.expect):
            return Verdict(example, "wrong", facts=facts)
        caught = self._caught(values, right)
        return Verdict(
            example, "valid", frozenset(n for n in range(len(self.mistakes)) if caught >> n & 1), facts
        )

    def values_of(self, arguments: Mapping[str, Plain]) -> list[Any]:
        """Plain arguments as the kinds of values that the function takes."""
        samples = self.inputs[0] if self.inputs else ()
        return [_like(sample, value) for sample, value in zip_longest(samples, arguments.values())]

    def _settled(self, values: Sequence[Any]) -> Right | None:
        """The right result where the reference and all right variants agree on it."""
        with _quiet():
            result = _outcome(self.reference, values)
            if result is None or any(not math.isfinite(number) for number in numbers_in(result)):
                return None
            right = Right(result)
            agreed = all(right.agrees(_outcome(variant, values)) for variant in self.variants)
        return right if agreed else None

    def _caught(self, values: Sequence[Any], right: Right) -> int:
        """The mistakes that do not give the right result, a bit each."""
        with _quiet():
            return sum(
                _is_caught(forms, values, right) << number for number, forms in enumerate(self.mistakes)
            )


def judge_all(examples: Iterable[Example], judges: Mapping[str, Judges]) -> list[Found]:
    """Every exercise that has examples, in the order of `judges`. Nothing in the examples makes this raise."""
    budget = Budget(CPU_SECONDS)
    verdicts: dict[str, list[Verdict]] = {}
    for example in examples:
        if example.exercise in judges:
            verdicts.setdefault(example.exercise, []).append(
                _judged(judges[example.exercise], example, budget)
            )
    return [
        Found(name, tuple(verdicts[name]), len(judge.mistakes))
        for name, judge in judges.items()
        if name in verdicts
    ]


def _judged(judges: Judges, example: Example, budget: Budget) -> Verdict:
    try:
        with budget:
            return judges.judge(example)
    except UsageError as error:
        return Verdict(example, "unjudged", problem=str(error))
    except OverBudget:
        return Verdict(example, "unjudged", problem="judging the examples took too long: take smaller ones")


def _is_caught(forms: Sequence[Function], values: Sequence[Any], right: Right) -> bool:
    """Whether a mistake gives something wrong, in whichever form it is written."""
    decided = 0
    for form in forms:
        try:
            if right.agrees(_outcome(form, values)):
                return False
            decided += 1
        except StyleDecides:
            continue
    return decided > 0


def _outcome(function: Function, values: Sequence[Any]) -> Plain:
    """What comes back, in plain form; an exception by its name; None for what can't be compared."""
    try:
        return plain(function(*map(_copied, values)))
    except NotPlain:
        return None
    except StyleDecides:
        raise
    except Exception as error:
        return RAISES + _builtin(type(error)).__name__


def _copied(value: Any) -> Any:
    """Its own for each function: some mistakes change what they are given."""
    return value.copy() if isinstance(value, np.ndarray) else copy.deepcopy(value)


@contextmanager
def _quiet() -> Iterator[None]:
    """A wrong function may divide by zero; nobody wants to read about it."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _builtin(kind: type[BaseException]) -> type[BaseException]:
    """An error of somebody's own counts as the builtin one that it is a kind of."""
    return next(base for base in kind.__mro__ if base.__module__ == "builtins")


def _too_much(arguments: Mapping[str, Plain]) -> str:
    """Why the course's functions are not asked, or nothing."""
    numbers = [number for value in arguments.values() for number in numbers_in(value)]
    if len(numbers) > MOST_NUMBERS:
        return f"more than {MOST_NUMBERS} numbers: an example is small enough to be worked out by hand"
    if not all(abs(number) <= _LARGEST for number in numbers):
        return f"a number beyond {_LARGEST:,.0f}: an example is small enough to be worked out by hand"
    alone = [value for value in arguments.values() if isinstance(value, float)]
    work = (len(numbers) - len(alone) or 1) * math.prod((1 + abs(number)) ** 2 for number in alone)
    # Numbers among words are sizes, too: of layers and the like.
    among_words = [n for v in arguments.values() if _has_words(v) for n in numbers_in(v)]
    if work > _MOST_WORK or any(abs(number) > 1000 for number in among_words):
        return "too large: an example is small enough to be worked out by hand"
    return ""


def _has_words(value: Plain) -> bool:
    if isinstance(value, list):
        return any(map(_has_words, value))
    return isinstance(value, str)


def _like(sample: Any, value: Plain) -> Any:
    """A plain value as the kind of value that `sample` is: an array, a tuple, a whole number."""
    if isinstance(sample, np.ndarray):
        try:
            return np.asarray(value, dtype=sample.dtype)
        except (TypeError, ValueError, OverflowError):
            return value
    if isinstance(value, list):
        return _row(sample, value)
    if isinstance(value, dict):
        inside = next(iter(sample.values()), None) if isinstance(sample, dict) else None
        return {key: _like(inside, item) for key, item in value.items()}
    if isinstance(value, float) and value.is_integer() and not isinstance(sample, float):
        return int(value)
    return value


def _row(sample: Any, value: list[Plain]) -> Any:
    """A list or a tuple; what is in it, as in the sample: list of tuples stays that."""
    inside = sample[0] if isinstance(sample, list | tuple) and sample else None
    items = (_like(inside if isinstance(inside, list | tuple | np.ndarray) else None, item) for item in value)
    return tuple(items) if isinstance(sample, tuple) else list(items)

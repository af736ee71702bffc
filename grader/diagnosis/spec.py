"""What is known of an exercise without any author's work: calls of its tests, its signature, its docstring.

The calls come from the strategies of its hidden tests with a seed that no grading uses, and from its visible checks.
They are shipped in the handout, so that it is the same at home, where neither tests nor reference are.
"""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from grader.course import living, unheard
from grader.diagnosis.outcomes import VALUE
from grader.diagnosis.pairs import Part
from grader.diagnosis.plain import canonical, fits, from_json, numbers_in, to_json
from grader.diagnosis.probes import FRESH, MOST
from grader.errors import CourseError
from grader.testing import HiddenTest

#: No course has this seed: theirs are digests. So what is shipped is nothing that a submission is graded on.
_SEED = 20_000
_EXAMPLES = 60
#: Fewer calls tell no mistake from another.
_LEAST = 8
_COUNTS = {2: "two", 3: "three", 4: "four"}


@dataclass(frozen=True)
class Spec:
    """What a topic is made of, as plain data.

    calls: positional arguments, the last `fresh` of which statements are only checked on. names: of the arguments;
    shapes: argument → names of its axes, as the docstring has them. kind: what is returned: whole numbers, numbers,
    or plain values. refuses: the exception that some calls are to raise.
    """

    names: tuple[str, ...]
    calls: tuple[tuple[Any, ...], ...]
    fresh: int
    kind: str
    parts: tuple[str, ...] = ("",)
    asked: str = ""
    items: tuple[str, ...] = ()
    inexact: bool = False
    ndims: tuple[int, ...] = ()
    refuses: str = ""
    shapes: Mapping[str, tuple[str, ...]] | None = None

    def to_json(self) -> dict[str, Any]:
        """JSON data."""
        return {**asdict(self), "calls": [to_json(call) for call in self.calls]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Spec:
        """What `to_json` made. Raises KeyError, TypeError or ValueError for anything else."""
        lists = {key: tuple(value) for key, value in data.items() if isinstance(value, list)}
        shapes = {name: tuple(axes) for name, axes in (data["shapes"] or {}).items()}
        return cls(**{**data, **lists, "calls": tuple(map(from_json, data["calls"])), "shapes": shapes})


def spec_of(
    exercise: str,
    function: Callable[..., Any],
    hidden: Iterable[HiddenTest],
    checks: Iterable[HiddenTest],
    reference: Any,
) -> Spec | None:
    """What can be known of an exercise; None where its tests make too few calls that differ.

    function: the right one; reference: answers what the tests call.
    """
    drawn = [inputs for test in hidden if test.exercise == exercise and (inputs := _drawn(test))]
    shown = [inputs for test in checks if test.exercise == exercise and (inputs := _drawn(test, shown=True))]
    signature = inspect.signature(function)
    calls: dict[str, tuple[Any, ...]] = {}
    for args in _in_turn([_calls(exercise, one, signature, reference) for one in (*drawn, *shown)]):
        if fits(args):
            calls.setdefault(canonical(args), args)
        if len(calls) >= 3 * (MOST + FRESH):
            break
    found, answers, refuses = _answered(function, _exact(tuple(calls.values()))[: MOST + FRESH])
    if len(answers) < _LEAST and signature.parameters:
        return None
    if not answers or living([found, answers]):
        return None  # of an object, or of what is done with a function, a call alone shows nothing
    doc = inspect.getdoc(function) or ""
    names = tuple(signature.parameters)
    shapes = {
        name: axes
        for place, name in enumerate(names)
        if (axes := _axes(doc, name, [args[place] for args in found if len(args) > place]))
    }
    fresh = len(found) // 3 if len(found) < MOST + FRESH else FRESH
    return Spec(names, found, fresh, refuses=refuses, shapes=shapes, **_of_answers(answers, doc))


def _exact(calls: tuple[tuple[Any, ...], ...]) -> tuple[tuple[Any, ...], ...]:
    """Those with numbers that are exact in every order of summation, if they are enough."""
    exact = tuple(args for args in calls if all(_is_exact(number) for number in numbers_in(args)))
    return exact if len(exact) >= min(len(calls), 4 * _LEAST) else calls


def _is_exact(number: float) -> bool:
    return abs(number) < 2**20 and number * 64 % 1 == 0


def _answered(
    function: Callable[..., Any], calls: tuple[tuple[Any, ...], ...]
) -> tuple[tuple[tuple[Any, ...], ...], list[Any], str]:
    """The calls, the answers of those that have one, and the exception that the others ask for.

    Where they raise in more than one way, those calls are left out.
    """
    answers, refused, kinds = [], set(), set()
    for number, args in enumerate(calls):
        try:
            with unheard():
                answers.append(function(*copy.deepcopy(args)))
        except Exception as error:
            refused.add(number)
            kinds.add(type(error).__name__)
    if len(kinds) == 1:
        return calls, answers, kinds.pop()
    return tuple(args for number, args in enumerate(calls) if number not in refused), answers, ""


def _drawn(test: HiddenTest, *, shown: bool = False) -> tuple[HiddenTest, list[dict[str, Any]]] | None:
    """A test with inputs of its own. Of a hidden one no explicit example is used: it is nobody's to see."""
    if not (test.is_property or shown):
        return None
    own = replace(test, inputs=[], pool=[], calls_on={}, scripts={})
    try:
        own.draw(_SEED, examples=_EXAMPLES)
    except CourseError:
        return None  # `grader validate` says what is wrong with it
    explicit = 0 if shown else len(getattr(test.function, "hypothesis_explicit_examples", ()))
    return own, own.inputs[explicit:]


def _in_turn(sources: Sequence[Iterator[tuple[Any, ...]]]) -> Iterator[tuple[Any, ...]]:
    waiting = list(sources)
    while waiting:
        for source in list(waiting):
            args = next(source, None)
            if args is None:
                waiting.remove(source)
            else:
                yield args


class _Recorder:
    """In a student's place: answers as the reference does, and notes the calls of one exercise."""

    def __init__(self, exercise: str, reference: Any) -> None:
        self._exercise = exercise
        self._reference = reference
        self.calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(self._reference, name)

        def noted(*args: Any, **kwargs: Any) -> Any:
            if name == self._exercise:
                self.calls.append(copy.deepcopy((args, kwargs)))
            return function(*args, **kwargs)

        return noted


def _calls(
    exercise: str, test: tuple[HiddenTest, list[dict[str, Any]]], signature: inspect.Signature, reference: Any
) -> Iterator[tuple[Any, ...]]:
    own, inputs = test
    for given in inputs:
        notes = _Recorder(exercise, reference)
        try:
            own.run_once(notes, reference, copy.deepcopy(given))
        except Exception:
            continue
        for args, kwargs in notes.calls:
            bound = signature.bind(*args, **kwargs)
            if kwargs:
                bound.apply_defaults()
            if not bound.kwargs:
                yield bound.args


def _axes(doc: str, name: str, given: Iterable[Any]) -> tuple[str, ...]:
    """`x: (N, C, H, W)` gives names to the axes of x, where it always has so many."""
    ndims = {value.ndim if isinstance(value, np.ndarray) else 0 for value in given}
    for match in re.finditer(rf"\b{re.escape(name)}\b[^()\n]{{0,40}}\(([^()\n]*)\)", doc):
        names = tuple(part.strip() for part in match[1].split(",") if part.strip())
        if ndims == {len(names)} and all(re.fullmatch(r"[A-Z][A-Za-z_0-9]{0,8}", one) for one in names):
            return names
    return ()


def _of_answers(answers: Sequence[Any], doc: str) -> dict[str, Any]:
    """What kind of value the right function returns."""
    if all(type(answer) in (int, np.int64) for answer in answers):
        return {"kind": "integer"}
    if all(_is_numbers(answer) for answer in answers):
        ndims = tuple(sorted({int(np.ndim(answer)) for answer in answers}))
        return {"kind": "numbers", "inexact": _inexact(answers), "ndims": ndims}
    rows = [flattened(answer, _names_of(doc, answer)) for answer in answers]
    first = rows[0]
    if first is None or any(row is None or row.keys() != first.keys() for row in rows):
        return {"kind": "plain"}
    parts, items = tuple(first), _names_of(doc, answers[0])
    asked = f"{_COUNTS.get(len(items), str(len(items)))} values: {', '.join(items)}" if items else "one dict"
    inexact = _inexact(value for row in rows if row for value in row.values())
    return {"kind": "numbers", "inexact": inexact, "parts": parts, "asked": asked, "items": items}


def flattened(value: Any, items: Sequence[str], *, anything: bool = False) -> dict[str, Any] | None:
    """The numbers of a tuple or a dict by name, those of a dict in a tuple too; None where it is none of these.

    items: what the values of a tuple are called; () for a dict. anything: what is no number, or a list of numbers, too.
    """
    if isinstance(value, dict) and not items:
        pairs = [(str(key), item) for key, item in value.items()]
    elif isinstance(value, tuple | list) and len(value) == len(items):
        pairs = []
        for name, item in zip(items, value, strict=True):
            pairs += (
                [(str(key), inner) for key, inner in item.items()]
                if isinstance(item, dict)
                else [(name, item)]
            )
    else:
        return None
    return dict(pairs) if pairs and (anything or all(_is_numbers(item) for _, item in pairs)) else None


def _is_numbers(value: Any) -> bool:
    if isinstance(value, bool | str | tuple | list):
        return False
    try:
        return np.asarray(value).dtype.kind in "iuf"
    except ValueError:
        return False


def _inexact(values: Iterable[Any]) -> bool:
    """Whether rounding shows: a number that is no small multiple of a power of two."""
    return any(bool((np.asarray(value, dtype=float) * 1024 % 1 != 0).any()) for value in values)


def _names_of(doc: str, answer: Any) -> tuple[str, ...]:
    """What the values of a tuple are called, by the docstring."""
    if not isinstance(answer, tuple) or len(answer) < 2:
        return ()
    count = len(answer)
    found = re.search(rf"[Rr]eturns?:?\s+\(?(\w+(?:\s*,\s*\w+){{{count - 1}}})\b", doc)
    if found:
        return tuple(part.strip() for part in found[1].split(","))
    return tuple(f"value {number}" for number in range(1, count + 1))


def plain_part(value: Any) -> Mapping[str, Part]:
    """A plain value as the one part of an outcome."""
    return {"": f"{VALUE}{canonical(value)[:2000]}"}

"""The reference with its texts, lists, dicts, sets and bools spoilt in one way; numbers: `perturbations`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.authoring.perturbations import Function, Perturbation


def _spoiling(name: str, kinds: type | tuple[type, ...], change: Callable[[Any], Any]) -> Perturbation:
    """The right function, each part of its result changed that is of one of these kinds."""

    def spoilt(value: Any) -> Any:
        if isinstance(value, kinds):
            value = change(value)
        if type(value) in (list, tuple):
            return type(value)(map(spoilt, value))
        if type(value) is dict:
            return {key: spoilt(item) for key, item in value.items()}
        return value

    def wrap(right: Function) -> Function:
        return lambda *args, **kwargs: spoilt(right(*args, **kwargs))

    return Perturbation(name, wrap)


def _other_case(text: str) -> str:
    return text.upper() if text.upper() != text else text.lower()


def _one_less(value: Any) -> Any:
    kept = sorted(value, key=repr)[:-1]
    return {key: value[key] for key in kept} if isinstance(value, dict) else type(value)(kept)


PERTURBED_VALUES = (
    _spoiling("texts in capitals, or in small letters", str, _other_case),
    _spoiling("texts without their last character", str, lambda text: text[:-1]),
    _spoiling("lists without their last entry", list, lambda items: items[:-1]),
    _spoiling("dicts or sets without one entry", (dict, set, frozenset), _one_less),
    _spoiling("True for False and False for True", bool, lambda value: not value),
)
#: Often it does not matter, so it is said and speaks against no course.
OTHER_ORDER = _spoiling("lists in reverse order", list, lambda items: items[::-1])

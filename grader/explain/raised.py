"""An exception in a student's code → where it happened, and what it means, said about that code."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from grader.errors import StudentRaised
from grader.explain import calls, indexing, kinds, names, shapes
from grader.explain.case import Case, names_in
from grader.explain.source import Function, Spot, Text, read, spot_of
from grader.explain.table import PLAIN
from grader.result import Fault, Place
from grader.text import visible

_MOST_TEXTS, _MOST_CHARACTERS = 60, 300_000
_LONGEST = 420
Sentence = Callable[[Case, re.Match[str]], str]

_TYPE = r"'([A-Za-z_][\w.]{0,60})'"
_NAME = r"([A-Za-z_][\w.<>]{0,80})"


def _rules(*pairs: tuple[str, Sentence]) -> tuple[tuple[str, Sentence], ...]:
    return pairs


#: Exception → patterns of its text, from the beginning, and what is said. All are linear: the text is untrusted.
_RULES: Mapping[str, tuple[tuple[str, Sentence], ...]] = {
    "NameError": _rules((r"name '(\w{1,80})' is not defined", names.name_error)),
    "UnboundLocalError": _rules((r"cannot access local variable '(\w{1,80})'", names.unbound)),
    "AttributeError": _rules(
        (r"module '([\w.]{1,60})' has no attribute '(\w{1,80})'", names.no_module_attribute),
        (rf"{_TYPE} object has no attribute '(\w{{1,80}})'", names.no_attribute),
    ),
    "KeyError": _rules((r"'[^'\n]{1,60}'\Z|-?[0-9]{1,20}\Z|\([0-9, ]{1,60}\)\Z", names.missing_key)),
    "RecursionError": _rules((r"maximum recursion depth", calls.recursion)),
    "ZeroDivisionError": _rules((r".{0,60}(?:division|modulo)", kinds.zero_division)),
    "IndexError": _rules(
        (
            r"index (-?\d{1,20}) is out of bounds for axis (\d{1,3}) with size (\d{1,20})",
            indexing.out_of_bounds,
        ),
        (
            r"too many indices for array: array is (\d{1,3})-dimensional, but (\d{1,3}) were indexed",
            indexing.too_many_indices,
        ),
        (r"(list|tuple|string|range object) (?:assignment )?index out of range", indexing.sequence_index),
        (r"only integers, slices", indexing.no_index),
        (
            r"boolean index did not match indexed array along (?:axis|dimension) (\d{1,3}); size "
            r"of \w{1,9} is "
            r"(\d{1,20}) but size of corresponding boolean \w{1,9} is (\d{1,20})",
            indexing.mask,
        ),
        (r"arrays used as indices must be of integer", indexing.float_indices),
        (r"shape mismatch: indexing arrays", indexing.index_shapes),
        (r"invalid index to scalar variable", kinds.scalar_index),
    ),
    "TypeError": _rules(
        (
            rf"{_NAME}\(\) missing \d{{1,3}} required (positional|keyword-only) arguments?: (['\w, "
            rf"]{{1,120}})",
            calls.missing_arguments,
        ),
        (
            rf"{_NAME}\(\) takes ([\w ]{{1,30}}) positional arguments? but (\d{{1,4}}) (?:was|were) given",
            calls.too_many_arguments,
        ),
        (rf"{_NAME}\(\) got an unexpected keyword argument '(\w{{1,60}})'", calls.unexpected_keyword),
        (rf"{_NAME}\(\) got multiple values for argument '(\w{{1,60}})'", calls.given_twice),
        (rf"{_TYPE} object is not callable", calls.not_callable),
        (rf"{_TYPE} object is not subscriptable", kinds.not_subscriptable),
        (r"cannot unpack non-iterable ([\w.]{1,60}) object", kinds.cannot_unpack),
        (rf"{_TYPE} object is not iterable", kinds.not_iterable),
        (rf"{_TYPE} object does not support item assignment", kinds.no_assignment),
        (rf"{_TYPE} object cannot be interpreted as an integer", kinds.float_where_int),
        (rf"object of type {_TYPE} has no len", kinds.no_length),
        (rf"unsupported operand type\(s\) for ([^:]{{1,20}}): {_TYPE} and {_TYPE}", kinds.operation),
        (rf"bad operand type for unary ([+~-]): {_TYPE}", kinds.operation),
        (r'can only concatenate (str|list|tuple) \(not "([\w.]{1,60})"\)', kinds.concatenation),
        (rf"can't multiply sequence by non-int of type {_TYPE}", kinds.times_float),
        (rf"'([<>=]{{1,2}})' not supported between instances of {_TYPE} and {_TYPE}", kinds.comparison),
        (
            r"(list|tuple|string) indices must be integers or slices, not ([\w.]{1,60})",
            indexing.list_index,
        ),
        (r"slice indices must be integers", kinds.float_where_int),
        (
            r"Cannot cast ufunc '\w{1,30}' output from dtype\('(\w{1,20})'\) to dtype\('(\w{1,20})'\)",
            shapes.casting,
        ),
        (r"ufunc '\w{1,30}' (?:not supported for the input types|did not contain a loop)", shapes.no_loop),
        (r"loop of ufunc does not support argument \d of type (\w{1,30})", shapes.no_loop),
        (r"only (?:length-1|size-1|0-dimensional) arrays can be converted", shapes.one_number),
        (
            r"only integer scalar arrays can be converted to a scalar index|Cannot interpret "
            r"'.{1,60}' as a data type",
            calls.numpy_wants_a_list,
        ),
    ),
    "ValueError": _rules(
        (r"too many values to unpack \(expected (\d{1,4})", kinds.unpacking),
        (r"not enough values to unpack \(expected (\d{1,4}), got (\d{1,4})\)", kinds.unpacking),
        (r"The truth value of an array", kinds.truth),
        (r"operands could not be broadcast together with shapes", shapes.broadcast),
        (
            r"could not broadcast input array from shape \([\d,]{0,60}\) into shape \([\d,]{0,60}\)",
            shapes.into_place,
        ),
        (r"non-broadcastable output operand", shapes.output_operand),
        (
            r"matmul: Input operand (\d) has a mismatch in its core dimension (\d).{0,90}\(size "
            r"(\d{1,20}) is "
            r"different from (\d{1,20})\)",
            shapes.matmul,
        ),
        (r"matmul: Input operand (\d) does not have enough dimensions", shapes.matmul_number),
        (
            r"shapes \([\d,]{1,60}\) and \([\d,]{1,60}\) not aligned: (\d{1,20}) \(dim (\d{1,3})\) "
            r"!= (\d{1,20}) "
            r"\(dim (\d{1,3})\)",
            shapes.dot,
        ),
        (r"cannot reshape array of size (\d{1,20}) into shape \(([\w, ]{0,60})\)", shapes.reshape),
        (
            r"all the input array dimensions except for the concatenation axis must match "
            r"exactly, but along dimension "
            r"(\d{1,3}), the array at index (\d{1,6}) has size (\d{1,20}) and the array at index "
            r"(\d{1,6}) has size (\d{1,20})",
            shapes.concatenate,
        ),
        (
            r"all the input arrays must have same number of dimensions, but the array at index "
            r"(\d{1,6}) has (\d{1,3}) "
            r"dimension\(s\) and the array at index (\d{1,6}) has (\d{1,3})",
            shapes.concatenate_axes,
        ),
        (r"axes don't match array", shapes.transpose),
        (r"setting an array element with a sequence", shapes.sequence),
        (r"negative dimensions are not allowed|index can't contain negative values", shapes.negative_sizes),
    ),
    "AxisError": _rules(
        (r"axis (-?\d{1,4}) is out of bounds for array of dimension (\d{1,3})", shapes.axis_error)
    ),
    "FloatingPointError": _rules((r"divide by zero encountered in (\w{1,30})", kinds.zero_in_array)),
    "MemoryError": _rules((r"", shapes.huge)),
}


_IN_ORDER = [(kind, sentence) for kind, rules in _RULES.items() for _, sentence in rules]
_PATTERNS = [re.compile(rf"\A(?:{text})", re.S) for rules in _RULES.values() for text, _ in rules]


def explain_raised(raised: StudentRaised, texts: Mapping[str, str], exercise: str) -> Fault:
    """Where in `texts` (file or cell → source) the code raised, and what that means. Never raises.

    A worker's word is believed only as far as it points at lines that are there; what it points at is read here.
    """
    try:
        spots = [spot for frame in raised.frames if (spot := spot_of(frame, texts))]
        return _explained(raised, spots, texts, exercise)
    except Exception:  # an explanation is a courtesy: no source, however odd, may cost the grade
        return Fault(kind=raised.kind)


def _explained(raised: StudentRaised, spots: list[Spot], texts: Mapping[str, str], exercise: str) -> Fault:
    says = _own_raise(raised, spots) if spots else ""
    if not says:
        known = tuple(read(text) for text in _first(texts))
        says = _sentence(raised, spots, exercise, known)
    return Fault(kind=raised.kind, says=visible(says, _LONGEST), places=_places(spots))


def _first(texts: Mapping[str, str]) -> Iterator[str]:
    """As much of a submission as is read for the names in it."""
    left = _MOST_CHARACTERS
    for text in islice(texts.values(), _MOST_TEXTS):
        left -= len(text)
        if left < 0:
            return
        yield text


def _places(spots: list[Spot]) -> list[Place]:
    """The line in the exercise, the innermost, and the line that called that one; each once, in that order of depth."""
    chosen = [spots[0], *spots[-2:]] if spots else []
    found: list[Place] = []
    for spot in chosen:
        if spot.place not in found:
            found.append(spot.place)
    return found


def _sentence(raised: StudentRaised, spots: list[Spot], exercise: str, known: tuple[Text, ...]) -> str:
    case = Case(raised.kind, raised.text, exercise, tuple(spots), known)
    # Of a class that a student derived, the nearest known ancestor counts.
    for kind in (raised.kind, *raised.lineage[:8]):
        for (of, sentence), pattern in zip(_IN_ORDER, _PATTERNS, strict=True):
            found = (
                pattern.match(raised.text) if of == kind and (spots or sentence in _WITHOUT_SOURCE) else None
            )
            if found and (said := sentence(case, found)):
                return said + _handed_over(case, raised)
        for start, plain in PLAIN.get(kind, ()):
            if raised.text.startswith(start):
                return plain
    return ""


_WITHOUT_SOURCE = (calls.missing_arguments, calls.too_many_arguments, calls.unexpected_keyword)
#: What is no question of the value that a helper was handed.
_OWN_FAULT = ("NameError", "UnboundLocalError", "RecursionError", "MemoryError")


def _own_raise(raised: StudentRaised, spots: list[Spot]) -> str:
    """Where the student's own `raise` or `assert` did it."""
    statement = spots[-1].statement
    if isinstance(statement, ast.Raise):
        if raised.kind == "TypeError" and raised.text.startswith("exceptions must derive from"):
            return 'Only exceptions can be raised, no text: `raise ValueError("…")`.'
        if raised.kind == "NotImplementedError":
            return f"`{spots[-1].place.function}` is not written yet: this line says so."
        condition = next((n for n in spots[-1].around if isinstance(n, ast.If)), None)
        if condition is None or statement not in condition.body:
            return "Your own code raises this, in this line."
        return (
            f"Your own code raises this, because {spots[-1].code(condition.test)} (line "
            f"{condition.lineno}) holds for this call."
        )
    if isinstance(statement, ast.Assert) and raised.kind == "AssertionError":
        return f"Your own `assert` stops this call: {spots[-1].code(statement.test)} does not hold for it."
    return ""


def _handed_over(case: Case, raised: StudentRaised) -> str:
    """Where a helper stumbles over what it was handed as it is, the line that handed it over is to be looked at."""
    if len(case.spots) < 2 or raised.kind in _OWN_FAULT:
        return ""
    helper, caller = case.spot.function, case.spots[-2]
    if helper is None or caller.function is helper or not isinstance(caller.node, ast.Call):
        return ""
    if raised.kind == "TypeError" and "argument" in raised.text and isinstance(case.node, ast.Call):
        return ""  # the call itself does not fit: the line that is shown made it
    subject = kinds.unpacked(case)[0] if "unpack" in raised.text else case.node
    used = (
        {name for name in names_in(subject) if name not in ("np", "numpy")} if subject is not None else set()
    )
    if "self" in used:
        return ""  # which object a method works on is not what a caller gets wrong
    if not 0 < len(used) <= 4 or not all(case.is_parameter(name) for name in used):
        return ""
    which = " and ".join(f"`{name}`" for name in sorted(used))
    verb = "is" if len(used) == 1 else "are"
    return (
        f" {which} {verb} what {_where(caller)} hands over, {caller.code(caller.node)}: is that "
        f"what `{helper.name}` "
        "should get?"
    )


def _where(spot: Spot) -> str:
    function: Function | None = spot.function
    return f"line {spot.line}" + (f" of `{function.name}`" if function else "")

"""Indices that don't fit: too large, too many, no whole numbers."""

from __future__ import annotations

import ast
import re

from grader.explain.case import Case, in_words, names_in
from grader.explain.kinds import divided


def out_of_bounds(case: Case, found: re.Match[str]) -> str:
    """x[5] where the axis has size 5."""
    index, axis, size = (int(part) for part in found.groups())
    node = case.node
    if size == 0:
        code = case.code(node.value) if isinstance(node, ast.Subscript) else "the array"
        return f"Axis {axis} of {code} has size 0: there is nothing in it to take."
    goes = f"its indices go from 0 to {size - 1}" if size > 1 else "its only index is 0"
    if not isinstance(node, ast.Subscript):
        return f"Index {index} was asked for on axis {axis}, which has size {size}: {goes}."
    element = element_of(node, axis)
    axis_words = f"axis {axis} of {case.code(node.value)} has size {size}"
    if element is None or isinstance(element, ast.Constant):
        return f"Index {index} was asked for, and {axis_words}: {goes}."
    return f"{case.code(element)} is {index} here, and {axis_words}: {goes}.{_loop(case, element)}"


def element_of(node: ast.Subscript, axis: int) -> ast.expr | None:
    """The index that stands for `axis`, where that can be counted off."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    before = parts[: axis + 1]
    if len(before) <= axis or any(
        isinstance(part, ast.Starred) or (isinstance(part, ast.Constant) and not isinstance(part.value, int))
        for part in before
    ):
        return None
    return None if isinstance(before[axis], ast.Slice) else before[axis]


def _loop(case: Case, element: ast.expr) -> str:
    names = set(names_in(element))
    for part in case.spot.around:
        if isinstance(part, ast.For) and isinstance(part.target, ast.Name) and part.target.id in names:
            return (
                f" `{part.target.id}` comes from the loop in line {part.lineno}, over {case.code(part.iter)}."
            )
    return ""


def sequence_index(case: Case, found: re.Match[str]) -> str:
    """`xs[3]` in a list of three."""
    kind, node = found[1], case.node
    if not isinstance(node, ast.Subscript):
        return ""
    value, element = case.code(node.value), case.code(node.slice)
    if "assignment" in found[0]:
        return (
            f"The list {value} has no place {element} yet: a list grows by `.append(...)`, or is made "
            "full size, `[0] * n`."
        )
    if isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
        return f"{case.code(node.value.value)} has too few axes here: {value} has no element {element}."
    kind = kind.removesuffix(" object")
    return (
        f"The {kind} {value} has no element {element}: it is shorter than that, and counting begins "
        f"at 0.{_loop(case, node.slice)}"
    )


def too_many_indices(case: Case, found: re.Match[str]) -> str:
    """x[i, j, k] on two axes."""
    has, given = found[1], found[2]
    axes = f"{has} ax{'i' if has == '1' else 'e'}s"
    if not isinstance(case.node, ast.Subscript):
        return f"The array has {axes}, and {given} indices were given."
    return (
        f"{case.code(case.node.value)} has {axes} here, and {case.code(case.node)} gives it {given} indices."
    )


def no_index(case: Case, found: re.Match[str]) -> str:
    """x[1.5], x["a"], x[None, 2.0]."""
    node = case.node
    if not isinstance(node, ast.Subscript):
        return "An index must be a whole number, a slice, or an array of whole numbers or of True and False."
    if said := divided(case, node.slice):
        return f"An index must be a whole number, and {said}"
    elements = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    texts = [e for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, str)]
    if texts:
        return f"{case.code(node.value)} is an array, not a dict: it has no entry {case.code(texts[0])}."
    return (
        f"In {case.code(node)} an index is no whole number (a float, say): `//` instead of `/`, or "
        "int(...), makes one."
    )


def list_index(case: Case, found: re.Match[str]) -> str:
    """xs[i, j] on a list of lists."""
    kind, given = found[1], found[2]
    node = case.node
    if not isinstance(node, ast.Subscript):
        return ""
    value = case.code(node.value)
    if given == "tuple":
        return (
            f"{value} is a {kind}, and takes one index at a time: `[i][j]`. For {case.code(node)} "
            "make an array of it, np.array(...)."
        )
    if given == "float":
        said = divided(case, node.slice)
        return (
            f"The index of a {kind} must be a whole number, and "
            f"{said or 'here it is a float: use `//`, or int(...).'}"
        )
    if given == "NoneType":
        return f"{case.why_none(node.slice)}, and an index must be a whole number."
    return (
        f"{value} is a {kind}: its elements have whole numbers as indices, and here it is {in_words(given)}."
    )


def mask(case: Case, found: re.Match[str]) -> str:
    """x[mask] where the mask has another shape."""
    axis, size, other = found.groups()
    if isinstance(case.node, ast.Subscript):
        return (
            f"{case.code(case.node.slice)} chooses by True and False, and must have the shape of "
            f"{case.code(case.node.value)}: along axis {axis} it has size {other}, the array {size}."
        )
    return (
        f"The array of True and False has size {other} along axis {axis}, and the array that it "
        f"chooses from {size}."
    )


def float_indices(case: Case, found: re.Match[str]) -> str:
    """x[np.array([0., 1.])]."""
    code = case.code(case.node.slice) if isinstance(case.node, ast.Subscript) else "The array of indices"
    return f"{code} holds floats, and indices must be whole numbers: add `.astype(int)`."


def index_shapes(case: Case, found: re.Match[str]) -> str:
    """x[[0, 1], [0, 1, 2]]."""
    return (
        "Two arrays of indices are taken together, one pair at a time, and here they differ in length. "
        "For all combinations of rows and columns use np.ix_(rows, columns)."
    )

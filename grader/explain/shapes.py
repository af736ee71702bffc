"""What numpy says where shapes, types or sizes don't go together."""

from __future__ import annotations

import ast
import re

from grader.explain.case import Case, names_in, operands

_SHAPE = re.compile(r"\(([0-9, ]{0,60})\)")
Shape = tuple[int, ...]


def shapes_in(text: str) -> list[Shape]:
    """The shapes that stand in an exception's text."""
    return [
        tuple(int(part) for part in found[1].replace(" ", "").split(",") if part)
        for found in list(_SHAPE.finditer(text))[:6]
    ]


def _sizes(axes: str) -> str:
    return f"{axes} ax{'i' if axes == '1' else 'e'}s"


def broadcast(case: Case, found: re.Match[str]) -> str:
    """a + b with shapes that don't fit."""
    shapes = shapes_in(case.text)
    if len(shapes) != 2:
        return (
            "The shapes of these arrays don't go together: compared from the right, sizes must be "
            "equal, or one of them 1."
        )
    parts = operands(case.node)
    subject = f"{shapes[0]} and {shapes[1]}"
    if len(parts) == 2:
        subject = f"{case.code(parts[0])} has shape {shapes[0]}, {case.code(parts[1])} has shape {shapes[1]}"
        subject += ": they don't go together"
    else:
        subject = f"The shapes {subject} don't go together"
    return (
        f"{subject}. Compared from the right, sizes must be equal, or one of them 1; here {_clash(*shapes)}."
    )


def _clash(first: Shape, second: Shape) -> str:
    for back in range(1, min(len(first), len(second)) + 1):
        a, b = first[-back], second[-back]
        if a != b and 1 not in (a, b):
            which = "the last axes are" if back == 1 else f"the axes {back} from the right are"
            return f"{which} {a} and {b}"
    return "they are not"


def into_place(case: Case, found: re.Match[str]) -> str:
    """out[i] = value with another shape."""
    source, target = shapes_in(case.text)[:2]
    statement, node = case.spot.statement, case.node
    if isinstance(statement, ast.Assign) and isinstance(node, ast.expr) and node in statement.targets:
        said = (
            f"{case.code(node)} has room for shape {target}, and {case.code(statement.value)} has "
            f"shape {source}."
        )
        if len(source) == len(target) and any(a < b for a, b in zip(source, target, strict=True)):
            cut = [part for part in ast.walk(statement.value) if isinstance(part, ast.Slice)]
            if cut:
                said += " A slice that goes past the end of its array is cut off there."
        return said
    return f"An array of shape {source} does not fit in a place of shape {target}."


def output_operand(case: Case, found: re.Match[str]) -> str:
    """x += y where the sum is larger than x."""
    parts = operands(case.node)
    shapes = shapes_in(case.text)
    if len(parts) == 2 and len(shapes) == 2:
        code = case.code(parts[0])
        return (
            f"{code} has shape {shapes[0]}, the result of this line {shapes[1]}: an array can't "
            "change its shape in place. "
            f"Is {case.code(parts[1])} of the wrong shape?"
        )
    return "The result has another shape than the array that it should be stored in."


def casting(case: Case, found: re.Match[str]) -> str:
    """int array += float."""
    source, target = found[1], found[2]
    parts = operands(case.node)
    if isinstance(case.node, ast.AugAssign):
        code = case.code(parts[0])
        whole = target.startswith(("int", "uint", "bool"))
        keeps = "whole numbers" if target.startswith(("int", "uint")) else f"values of type {target}"
        fix = (
            f"Make {code} an array of floats when it is made (dtype=float), or write `a = a + b` "
            "instead of `a += b`."
        )
        said = f"{code} keeps {keeps} ({target}), and this line would put {source} values into it."
        return f"{said} {fix}" if whole else said
    return (
        f"Values of type {source} can't be stored in an array of type {target} without loss: make "
        "that array with dtype=float."
    )


def no_loop(case: Case, found: re.Match[str]) -> str:
    """np.exp of objects or text."""
    parts = operands(case.node)
    if found.re.groups and found[1] == "NoneType" and len(parts) == 1:
        return f"{case.why_none(parts[0])}: a number or an array is wanted."
    return (
        "These values are no numbers for numpy: an array of texts, of None, or of lists of "
        "different lengths. "
        "Print its dtype: `object` or `<U…` in place of float64 says so."
    )


def matmul(case: Case, found: re.Match[str]) -> str:
    """a @ b with inner sizes that differ."""
    operand, axis, size, other = (int(part) for part in found.groups())
    parts = operands(case.node)
    if len(parts) == 2 and operand == 1 and axis == 0:
        return (
            f"The last axis of {case.code(parts[0])} has size {other}, and the axis of {case.code(parts[1])} that "
            f"it is multiplied with has size {size}: for a matrix product they must be equal. Print both shapes: "
            "is one of them to be transposed, or did an earlier line make the wrong size?"
        )
    return f"For a matrix product the inner sizes must be equal, and they are {other} and {size}."


def dot(case: Case, found: re.Match[str]) -> str:
    """np.dot(a, b) with inner sizes that differ."""
    shapes = shapes_in(case.text)
    size, axis, other, other_axis = found[1], found[2], found[3], found[4]
    parts = operands(case.node)
    if isinstance(case.node, ast.Call) and isinstance(case.node.func, ast.Attribute) and len(parts) == 1:
        parts = [case.node.func.value, *parts]
    names = [case.code(part) for part in parts] if len(parts) == 2 else ["the first", "the second"]
    ask = "did an earlier line make the wrong size?"
    if len(shapes) > 1 and _fit_transposed(shapes[0], shapes[1]):
        ask = "is one of them to be transposed (`.T`)?"
    return (
        f"Axis {axis} of {names[0]} (shape {shapes[0]}) has size {size}, axis {other_axis} of "
        f"{names[1]} (shape "
        f"{shapes[1]}) size {other}: for a matrix product they must be equal: {ask}"
    )


def _fit_transposed(first: Shape, second: Shape) -> bool:
    """Whether a matrix product of these is possible once one of them is transposed."""
    return len(first) == len(second) == 2 and (first[1] == second[1] or first[0] == second[0])


def matmul_number(case: Case, found: re.Match[str]) -> str:
    """a @ 3."""
    parts = operands(case.node)
    which = case.code(parts[int(found[1])]) if len(parts) == 2 else "One side"
    return f"{which} is a single number, and a matrix product wants arrays: multiply by it with `*`."


def reshape(case: Case, found: re.Match[str]) -> str:
    """12 values into shape (5, 2)."""
    size, shape = int(found[1]), found[2].replace("newaxis", "-1")
    sizes = [int(part) for part in shape.replace(" ", "").split(",") if part.lstrip("-").isdigit()]
    known = 1
    for part in sizes:
        known *= part if part >= 0 else 1
    wanted = f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"
    if -1 in sizes:
        return f"{size} values can't be shared out to shape {wanted}: {size} is no multiple of {known}."
    return (
        f"The array has {size} values, and shape {wanted} has room for {known}: the two numbers must "
        "be equal."
    )


def concatenate(case: Case, found: re.Match[str]) -> str:
    """Arrays that differ along another axis."""
    axis, first, a, second, b = found.groups()
    return (
        f"Arrays that are joined may differ along the axis of joining only; along axis {axis} "
        f"array {first} of the list "
        f"has size {a} and array {second} size {b}. Is `axis=` right?"
    )


def concatenate_axes(case: Case, found: re.Match[str]) -> str:
    """Arrays of different numbers of axes."""
    first, a, second, b = found.groups()
    return (
        f"Arrays that are joined need equally many axes; array {first} of the list has {a}, array "
        f"{second} has {b}."
    )


def axis_error(case: Case, found: re.Match[str]) -> str:
    """x.sum(axis=3) on three axes."""
    axis, has = found[1], int(found[2])
    node = case.node
    code = "The array"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        value = node.func.value
        if not (isinstance(value, ast.Name) and value.id in ("np", "numpy")):
            code = case.code(value)
        elif node.args and not isinstance(node.args[0], ast.List | ast.Tuple):
            code = case.code(node.args[0])
    if has == 0:
        return f"{code} is a single number here: it has no axis {axis}."
    return (
        f"{code} has {_sizes(str(has))} here, numbered from 0 to {has - 1} (or from -1 back): there "
        f"is no axis {axis}."
    )


def transpose(case: Case, found: re.Match[str]) -> str:
    """x.transpose(0, 1) on four axes."""
    node = case.node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "transpose":
        value = node.func.value
        if isinstance(value, ast.Name) and value.id in ("np", "numpy") and node.args:
            value = node.args[0] if not isinstance(node.args[0], ast.Starred) else value
        named = len(node.args) if value is node.func.value else 0
        names = f"names {named} axes here" if named > 1 else "must name every axis"
        return f"transpose {names}, and {case.code(value)} has another number of them."
    return "transpose must name every axis of the array once."


def one_number(case: Case, found: re.Match[str]) -> str:
    """float(array), math.exp(array), out[i] = array."""
    node = case.node
    if isinstance(node, ast.Call):
        function = case.code(node.func)
        if (
            isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "math"
        ):
            return f"{function} takes one number, and here it gets an array: write `np.{node.func.attr}`."
        if isinstance(node.func, ast.Name) and node.func.id in ("int", "float", "bool", "round"):
            return (
                f"{function} takes one number, and here it gets an array of several (for all of them: "
                f"`.astype({node.func.id})`)."
            )
        return f"{function} takes one number here, and gets an array."
    return sequence(case, found)


def sequence(case: Case, found: re.Match[str]) -> str:
    """out[i, j] = several values; np.array of lists of different lengths."""
    if "inhomogeneous" in case.text:
        return (
            "The lists (or arrays) in it have different lengths, so that they make no array: each "
            "row needs equally many values."
        )
    statement, node = case.spot.statement, case.node
    if isinstance(statement, ast.Assign) and isinstance(node, ast.Subscript) and node in statement.targets:
        return (
            f"{case.code(node)} is the place of one number, and {case.code(statement.value)} is an "
            "array of several."
        )
    return "One number is wanted here, and there is a whole array or list."


def huge(case: Case, found: re.Match[str]) -> str:
    """np.zeros(10**12)."""
    shape = shapes_in(case.text)
    what = f"An array of shape {shape[0]}" if shape else "What this line makes"
    return f"{what} is larger than the memory that a submission may use: is a size computed wrongly?"


def negative_sizes(case: Case, found: re.Match[str]) -> str:
    """np.zeros(-1)."""
    node = case.node
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.BinOp | ast.Name):
        return f"{case.code(node.args[0])} is below 0 here, and no size can be."
    names = list(dict.fromkeys(names_in(case.node))) if isinstance(case.node, ast.expr) else []
    names = [name for name in names if name not in ("np", "numpy")][:4]
    look = f" Print {', '.join(f'`{name}`' for name in names)} before this line." if names else ""
    return f"A size comes out below 0 here.{look}"

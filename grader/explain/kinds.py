"""Operations that the type of a value does not have: a number indexed, lists added to numbers, None unpacked."""

from __future__ import annotations

import ast
import re

from grader.explain.calls import uncalled
from grader.explain.case import UNCALLED, Case, in_words, names_in, operands


def operation(case: Case, found: re.Match[str]) -> str:
    """`a + b` between types that don't go together."""
    sign, *kinds = found.groups()
    parts = operands(case.node)
    if len(parts) == len(kinds):
        for kind, part in zip(kinds, parts, strict=True):
            if kind == "NoneType":
                return f"{case.why_none(part)}: None can't be part of a calculation."
            if said := uncalled(case, kind, part):
                return f"{said}."
        for kind, part in zip(kinds, parts, strict=True):
            if kind in ("list", "tuple", "dict", "generator", "map", "range"):
                return f"{case.code(part)} is {in_words(kind)}{_instead(kind, sign)}"
    if "str" in kinds:
        return _text_and_number(case, kinds)
    return f"`{sign}` does not work between {' and '.join(in_words(kind) for kind in kinds)}."


def _instead(kind: str, sign: str) -> str:
    if kind == "dict":
        return ": compute with its entries, one by one."
    if kind == "tuple":
        return (
            f", and `{sign}` does not compute with the numbers in it: take one of them (`[0]`), or "
            "np.array(...) of it."
        )
    return f", and `{sign}` does not work element by element on it: make an array of it with np.array(...)."


def _text_and_number(case: Case, kinds: list[str]) -> str:
    parts = operands(case.node)
    which = [part for kind, part in zip(kinds, parts, strict=False) if kind == "str"]
    code = case.code(which[0]) if which else "One of them"
    return (
        f"{code} is text, no number: int(...) or float(...) turns text into a number, str(...) a "
        "number into text."
    )


def concatenation(case: Case, found: re.Match[str]) -> str:
    """`[1] + 2`, `"a" + 1`."""
    kind, other = found[1], found[2]
    if other == "NoneType" and len(parts := operands(case.node)) == 2:
        return f"{case.why_none(parts[1])}: it can't be added."
    if kind == "str":
        return (
            f"Text and {in_words(other)} can't be added: str(...) makes text of a number, and an "
            "f-string does it, too."
        )
    if kind == "list":
        add = " To add one element, write `.append(...)`." if other in ("int", "float") else ""
        return (
            f"`+` joins two lists, and here one side is {in_words(other)}. To compute, make arrays: "
            f"np.array(...).{add}"
        )
    return (
        f"`+` joins two tuples, and here one side is {in_words(other)}. A tuple of one number is "
        "written `(n,)`."
    )


def times_float(case: Case, found: re.Match[str]) -> str:
    """`[0] * 2.5`."""
    if found[1] == "list":
        return (
            "`*` behind a list repeats it. To multiply its numbers, make an array of it with np.array(...)."
        )
    return (
        "`*` repeats a sequence (a list, a tuple, text) a whole number of times, and here it is "
        f"{in_words(found[1])}."
    )


def comparison(case: Case, found: re.Match[str]) -> str:
    """`a < b` between types that have no order."""
    sign, kinds = found[1], [found[2], found[3]]
    parts = operands(case.node)
    for kind, part in zip(kinds, parts, strict=False):
        if kind == "NoneType":
            return f"{case.why_none(part)}: None can't be compared by `{sign}`."
        if said := uncalled(case, kind, part):
            return f"{said}."
        if kind in ("list", "tuple"):
            return (
                f"{case.code(part)} is {in_words(kind)}, and is not compared element by element: "
                "np.array(...) of it is."
            )
    return f"`{sign}` can't compare {in_words(kinds[0])} with {in_words(kinds[1])}."


def not_subscriptable(case: Case, found: re.Match[str]) -> str:
    """Square brackets behind what has no elements."""
    kind, node = found[1], case.node
    if not isinstance(node, ast.Subscript):
        return f"Square brackets take an element, and {in_words(kind)} has none."
    code = case.code(node.value)
    if kind == "NoneType":
        return f"{case.why_none(node.value)}, so there is no element to take."
    if kind.rpartition(".")[2] in UNCALLED:
        return f"{code} is a function: it is called with round brackets, not with square ones."
    if kind == "generator":
        return f"{code} is a generator, which has no elements to pick: make a list of it with list(...)."
    return (
        f"{code} is {in_words(kind)}, not an array or a list: there is no element to take with square "
        "brackets."
    )


def scalar_index(case: Case, found: re.Match[str]) -> str:
    """`x[0][1]` where x[0] is a number already."""
    if not isinstance(case.node, ast.Subscript):
        return ""
    return f"{case.code(case.node.value)} is a single number already: it takes no further index."


def not_iterable(case: Case, found: re.Match[str]) -> str:
    """A loop, or an unpacking, over what is one thing."""
    kind, node = found[1], case.node
    if isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.func, ast.Name):
        inside, what = node.args[0], f"`{node.func.id}` goes through several values"
    elif isinstance(node, ast.For):
        inside, what = node.iter, "`for` goes through several values"
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp) and len(node.generators) == 1:
        inside, what = node.generators[0].iter, "`for` goes through several values"
    else:
        inside, what = node, "several values are wanted"
    if not isinstance(inside, ast.expr) or (isinstance(inside, ast.Tuple) and _is_target(inside)):
        return f"Several values are wanted here, and there is {in_words(kind)}."
    code = case.code(inside)
    if kind == "NoneType":
        return f"{case.why_none(inside)}, and {what}."
    if said := uncalled(case, kind, inside):
        return f"{said}."
    if kind == "int" and what.startswith("`for`"):
        return f"{code} is one whole number, and {what}: write `range({code.strip('`')})` to count up to it."
    return f"{code} is {in_words(kind)}, and {what}."


_MOST_NAMES = 6
_SIGNS = {ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
#: What asks for one answer.
_ASKING = ((ast.If, "if"), (ast.While, "while"), (ast.IfExp, "if"), (ast.Assert, "assert"))


def _is_target(node: ast.Tuple) -> bool:
    return isinstance(node.ctx, ast.Store)


def cannot_unpack(case: Case, found: re.Match[str]) -> str:
    """`a, b = 3`."""
    kind = found[1]
    value, count = unpacked(case)
    if value is None:
        return f"Several names stand on the left, and there is {in_words(kind)} to share out."
    if kind == "NoneType":
        return f"{case.why_none(value)}, and {count} names on the left want a value each."
    return f"{case.code(value)} is {in_words(kind)}, and {count} names on the left want a value each."


def unpacked(case: Case) -> tuple[ast.expr | None, int]:
    """What is shared out to several names, and to how many."""
    node, statement = case.node, case.spot.statement
    count = len(node.elts) if isinstance(node, ast.Tuple | ast.List) else 0
    if isinstance(statement, ast.Assign) and (node in statement.targets or node is statement.value):
        target = statement.targets[0]
        return statement.value, count or (len(target.elts) if isinstance(target, ast.Tuple | ast.List) else 0)
    return None, count


def unpacking(case: Case, found: re.Match[str]) -> str:
    """`a, b, c = x.shape` where x has another number of axes."""
    value, _ = unpacked(case)
    many = found[0].startswith("too many")
    wanted = int(found[1])
    got = "more" if many else found[2]
    if value is None:
        return f"{wanted} names stand on the left, and there are {got if not many else 'more'} values."
    code = case.code(value)
    if isinstance(value, ast.Attribute) and value.attr == "shape":
        has = f"more than {wanted} axes" if many else f"{got} ax{'i' if got == '1' else 'e'}s"
        return f"{case.code(value.value)} has {has} here, but there are {wanted} names on the left."
    return (
        f"{code} gives {'more than ' + str(wanted) if many else got} "
        f"value{'' if got == '1' else 's'}, but there are {wanted} names on the left."
    )


def no_length(case: Case, found: re.Match[str]) -> str:
    """len(3)."""
    kind, node = found[1], case.node
    inside = node.args[0] if isinstance(node, ast.Call) and len(node.args) == 1 else None
    if not isinstance(inside, ast.expr):
        return f"There is no len(...) of {in_words(kind)}."
    if kind == "NoneType":
        return f"{case.why_none(inside)}, and None has no length."
    return f"{case.code(inside)} is {in_words(kind)}, which has no length."


def no_assignment(case: Case, found: re.Match[str]) -> str:
    """`t[0] = 1` on a tuple."""
    kind, node = found[1], case.node
    code = case.code(node.value) if isinstance(node, ast.Subscript) else "This"
    if kind == "NoneType" and isinstance(node, ast.Subscript):
        return f"{case.why_none(node.value)}: nothing can be stored in it."
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "shape"
    ):
        return f"{code} only tells the shape: `.reshape(...)` gives the array another one."
    if kind in ("tuple", "str"):
        return (
            f"{code} is {in_words(kind)}, and can't be changed once it is made: use a list "
            "(list(...)) or an array."
        )
    return f"{code} is {in_words(kind)}: nothing can be stored in it with square brackets."


def truth(case: Case, found: re.Match[str]) -> str:
    """`if array:`."""
    node, around = case.node, case.spot.around
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("max", "min"):
        better = "np.maximum" if node.func.id == "max" else "np.minimum"
        return (
            f"Python's `{node.func.id}` can't compare arrays: `{better}(a, b)` does it element by element, "
            f"`x.{node.func.id}()` takes the largest of one array."
        ).replace("largest", "largest" if node.func.id == "max" else "smallest")
    if isinstance(node, ast.Call):
        return (
            f"In {case.code(node)} arrays are compared, or taken for true or false: that gives an "
            "answer for each element, not one."
        )
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        return "`in` compares whole arrays here: np.isin, or `np.any(x == value)`, asks for one value."
    if any(isinstance(part, ast.BoolOp) for part in around[:2]):
        return (
            "`and` and `or` want one answer on each side, and here are arrays of them: write `&` or "
            "`|` between arrays, each side in brackets."
        )
    if isinstance(node, ast.Compare) and len(node.ops) > 1:
        ends = [node.left, *node.comparators]
        links = [case.code(part).strip("`") for part in ends]
        signs = [_SIGNS.get(type(sign), "<") for sign in node.ops]
        pairs = zip(links, signs, links[1:], strict=False)
        chain = " & ".join(f"({left} {sign} {right})" for left, sign, right in pairs)
        return f"{case.code(node)} is no chain for arrays: write `{chain}`."
    word = next((word for kind, word in _ASKING if any(isinstance(part, kind) for part in around[:3])), "")
    if isinstance(node, ast.If | ast.While):
        node = node.test
    while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        node = node.operand
    code = case.code(node) if isinstance(node, ast.expr) else "This"
    asks = f"`{word}` wants one answer" if word else "one answer is wanted"
    return (
        f"{code} is an array, true or false for each element, and {asks}. np.where chooses "
        "element by element; "
        "`.any()` or `.all()` make one answer of it."
    )


def zero_division(case: Case, found: re.Match[str]) -> str:
    """`a / 0`."""
    parts = operands(case.node)
    if len(parts) == 2 and isinstance(case.node, ast.BinOp | ast.AugAssign):
        return f"{case.code(parts[1])} is 0 for this call, and nothing can be divided by 0."
    return "Something is divided by 0 for this call."


def zero_in_array(case: Case, found: re.Match[str]) -> str:
    """np.log or a division where numpy was told to raise."""
    parts = operands(case.node)
    if found[1].startswith("log") and len(parts) == 1:
        return f"{case.code(parts[0])} holds a 0 here, and the log of 0 has no value."
    if found[1] == "divide" and len(parts) == 2:
        return f"{case.code(parts[1])} holds a 0 here, and is divided by."
    return "A number is divided by 0 here, or the log of 0 is taken."


def float_where_int(case: Case, found: re.Match[str]) -> str:
    """range(4 / 2), np.zeros(h / 2), x[: h / 2]."""
    node = case.node
    if found.groups() not in ((), ("float",)):
        return f"A whole number is wanted here, and there is {in_words(found[1])}."
    if isinstance(node, ast.expr) and (said := divided(case, node)):
        return f"A whole number is wanted here, and {said}"
    return "A whole number is wanted here, and there is a float: use `//` instead of `/`, or int(...)."


def divided(case: Case, node: ast.expr) -> str:
    """A clause that says which `/` makes a float of what should be whole; '' where none is seen."""
    for part in ast.walk(node):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div):
            return f"{case.code(part)} is a float, since `/` always makes one: use `//`."
    for name in names_in(node)[:_MOST_NAMES]:
        value = case.origin(name)
        if value is not None and any(
            isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div) for part in ast.walk(value)
        ):
            return f"`{name}` is a float, since `/` in line {value.lineno} always makes one: use `//` there."
    return ""

"""The marks of other tools around solutions → those of the kit."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from grader.course import BEGIN_SOLUTION, END_SOLUTION

_BEGIN = re.compile(r"\s*#+\s*BEGIN SOLUTION( NO PROMPT)?\s*$")
_END = re.compile(r"\s*#+\s*END SOLUTION\s*$")
_LINE = re.compile(r"^(?P<code>.*?)\s*#\s*SOLUTION( NO PROMPT)?\s*$")
_SEED = re.compile(r"\s*#\s*SEED\s*$")
_BEGIN_PROMPT = re.compile(r"\s*(\"\"\"|''')\s*#\s*BEGIN PROMPT\s*$")
_END_PROMPT = re.compile(r"\s*(\"\"\"|''');?\s*#\s*END PROMPT\s*$")


def marked(source: str) -> str:
    """Code with the kit's marks. A function without any is a solution as a whole, below its docstring."""
    lines = _bodies_marked(list(_own_marks(source.splitlines())))
    return "\n".join(lines).strip("\n")


def _own_marks(lines: Iterable[str]) -> Iterable[str]:
    single = prompt = False
    for line in lines:
        if prompt or _BEGIN_PROMPT.match(line):
            prompt = not _END_PROMPT.match(line)
            continue
        indent = line[: len(line) - len(line.lstrip())]
        match = None if _BEGIN.match(line) or _END.match(line) else _LINE.match(line)
        if match and match["code"].strip():
            if not single:
                yield f"{indent}{BEGIN_SOLUTION}"
            single, indent_before = True, indent
            yield match["code"]
            continue
        if single:
            yield f"{indent_before}{END_SOLUTION}"
            single = False
        if _BEGIN.match(line):
            yield f"{indent}{BEGIN_SOLUTION}"
        elif _END.match(line):
            yield f"{indent}{END_SOLUTION}"
        else:
            yield _SEED.sub("", line)
    if single:
        yield f"{indent_before}{END_SOLUTION}"


def _bodies_marked(lines: list[str]) -> list[str]:
    try:
        body = ast.parse("\n".join(lines)).body
    except SyntaxError:
        return lines
    before: dict[int, list[str]] = {}
    for node in body:
        if not isinstance(node, ast.FunctionDef) or _holds_marks(lines, node):
            continue
        inner = node.body[1:] if ast.get_docstring(node) is not None and node.body[1:] else node.body
        if inner[0].lineno == node.lineno:
            continue
        indent = " " * inner[0].col_offset
        before.setdefault(inner[0].lineno - 1, []).append(f"{indent}{BEGIN_SOLUTION}")
        before.setdefault(node.end_lineno or len(lines), []).append(f"{indent}{END_SOLUTION}")
    made: list[str] = []
    for number, line in enumerate([*lines, None]):
        made += before.get(number, [])
        if line is not None:
            made.append(line)
    return made


def _holds_marks(lines: Sequence[str], node: ast.FunctionDef) -> bool:
    """Whether a solution stands in a function, or the function in a solution."""
    inside = [line.strip() for line in lines[node.lineno - 1 : node.end_lineno]]
    above = [line.strip() for line in lines[: node.lineno - 1]]
    return BEGIN_SOLUTION in inside or above.count(BEGIN_SOLUTION) > above.count(END_SOLUTION)

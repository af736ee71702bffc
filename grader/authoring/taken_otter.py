"""A master notebook of otter-assign → its parts: the newer format with raw cells as marks, and the one before it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from grader.authoring.taken_marks import marked
from grader.authoring.taken_parts import Given, NotebookCell, Parts, Solution, Tests, Text, Written

_MARK = re.compile(r"#\s*(ASSIGNMENT CONFIG|(?:BEGIN|END) (?:QUESTION|PROMPT|SOLUTION|TESTS))\s*$")
_OLD = re.compile(r"```\s*(BEGIN (?:QUESTION|ASSIGNMENT))\s*\n(?P<yaml>.*?)```", re.DOTALL)
_OLD_TEST = re.compile(r"#+\s*(?P<hidden>hidden\s+)?test\b[^\n]*\n?", re.IGNORECASE)
_HIDDEN = re.compile(r"#\s*HIDDEN\s*(?:\n|$)")
_CONFIG = re.compile(
    r'^(?:"""|\'\'\')\s*#\s*BEGIN TEST CONFIG\n(?P<yaml>.*?)(?:"""|\'\'\')\s*#\s*END TEST CONFIG\n?',
    re.DOTALL,
)
_ANSWER = re.compile(r"^\s*\*\*SOLUTION:?\*\*:?\s*", re.MULTILINE)
_TOLERANCE = 1e-6


@dataclass
class _Question:
    name: str
    points: Any = None
    manual: bool = False
    prompt: list[str] = field(default_factory=list)
    solved: bool = False
    tests: list[tuple[NotebookCell, str, bool, float | None]] = field(default_factory=list)


def is_otter(cells: Sequence[NotebookCell]) -> bool:
    """Whether any cell begins a question."""
    return any(_mark_of(cell) == "BEGIN QUESTION" or _old_mark(cell) for cell in cells)


def read_otter(cells: Sequence[NotebookCell]) -> Parts:
    """The parts, in order."""
    return _Reader().read(cells)


def _mark_of(cell: NotebookCell) -> str:
    """The mark that a cell begins with, if it is one: raw, or Markdown where an editor knows no raw cells."""
    if cell.kind == "code":
        return ""
    text = cell.source.strip().strip("`").strip()
    match = _MARK.match(text.partition("\n")[0])
    return match[1] if match else ""


def _old_mark(cell: NotebookCell) -> re.Match[str] | None:
    return _OLD.search(cell.source) if cell.kind == "markdown" else None


class _Reader:
    def __init__(self) -> None:
        self._parts = Parts()
        self._question: _Question | None = None
        self._block = ""
        self._old = False

    def read(self, cells: Sequence[NotebookCell]) -> Parts:
        for cell in cells:
            self._read(cell)
        self._end()
        return self._parts

    def _read(self, cell: NotebookCell) -> None:
        if mark := _mark_of(cell):
            self._boundary(mark, cell)
        elif match := _old_mark(cell):
            self._end()
            rest = (cell.source[: match.start()] + cell.source[match.end() :]).strip()
            if match[1].endswith("QUESTION"):
                self._begin(match["yaml"], cell)
                self._old = True
                if self._question and rest:
                    self._question.prompt.append(rest)
            elif rest:
                self._parts.found.append(Text(rest))
        elif cell.kind == "raw":
            self._parts.left.append(f"cell {cell.number}, a raw cell")
        elif self._question is None:
            self._parts.found.append(Text(cell.source) if cell.kind == "markdown" else Given(cell.source))
        elif self._old:
            self._read_old(cell, self._question)
        else:
            self._read_new(cell, self._question)

    def _boundary(self, mark: str, cell: NotebookCell) -> None:
        if mark == "BEGIN QUESTION":
            self._end()
            self._old = False
            self._begin(cell.source.strip().strip("`"), cell)
        elif mark == "END QUESTION":
            self._end()
        else:
            self._block = mark.removeprefix("BEGIN ") if mark.startswith("BEGIN") else ""

    def _begin(self, text: str, cell: NotebookCell) -> None:
        config = _yaml(text)
        name = str(config.get("name") or f"question-{cell.number}")
        self._question = _Question(name, config.get("points"), bool(config.get("manual")))

    def _read_new(self, cell: NotebookCell, question: _Question) -> None:
        if self._block == "TESTS" and cell.kind == "code":
            source, points, hidden = cell.source, None, False
            if match := _CONFIG.match(source):
                config = _yaml(match["yaml"])
                source = source[match.end() :]
                hidden, points = bool(config.get("hidden")), config.get("points")
            if match := _HIDDEN.match(source):
                hidden, source = True, source[match.end() :]
            question.tests.append((cell, source, hidden, None if points is None else float(points)))
        elif self._block == "SOLUTION":
            self._solution(cell, question)
        elif cell.kind == "markdown":
            question.prompt.append(cell.source)
        else:
            self._flush_prompt(question)
            self._parts.found.append(Given(cell.source))

    def _read_old(self, cell: NotebookCell, question: _Question) -> None:
        match = _OLD_TEST.match(cell.source) if cell.kind == "code" else None
        if match:
            question.tests.append((cell, cell.source[match.end() :], bool(match["hidden"]), None))
        elif not question.solved:
            self._solution(cell, question)
        else:
            self._end()
            self._read(cell)

    def _solution(self, cell: NotebookCell, question: _Question) -> None:
        question.solved = True
        if cell.kind == "markdown":
            sketch = _ANSWER.sub("", cell.source).strip()
            ask = "\n\n".join(question.prompt) or f"The question {question.name} of the notebook"
            question.prompt.clear()
            self._parts.found.append(Written(question.name, ask, _total(question.points), sketch))
            return
        self._flush_prompt(question)
        if question.manual:
            self._parts.left.append(
                f"{question.name}, code or a plot that a person grades: hidden tests or a question can take its place"
            )
        self._parts.found.append(Solution(question.name, marked(cell.source)))

    def _flush_prompt(self, question: _Question) -> None:
        self._parts.found += [Text(text) for text in question.prompt]
        question.prompt.clear()

    def _end(self) -> None:
        question, self._question, self._block = self._question, None, ""
        if question is None:
            return
        self._flush_prompt(question)
        shares = _shares(question.points, [points for *_, points in question.tests])
        for number, ((cell, source, hidden, _), points) in enumerate(
            zip(question.tests, shares, strict=True), start=1
        ):
            name = f"{question.name}-{number}"
            try:
                code = _asserting(source, cell.shown)
            except ValueError as why:
                self._parts.left.append(f"test {number} of {question.name} (cell {cell.number}): {why}")
                continue
            self._parts.found.append(Tests(name, code, "" if hidden else code, points))


def _yaml(text: str) -> Mapping[str, Any]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}


def _total(points: Any) -> float:
    if isinstance(points, list):
        return float(sum(each for each in points if isinstance(each, int | float)))
    if isinstance(points, dict):
        return _total(points.get("total", points.get("each", 1)))
    return float(points) if isinstance(points, int | float) and points > 0 else 1.0


def _shares(points: Any, own: Sequence[float | None]) -> Iterator[float]:
    """Points of each test: its own, or its share of the question's (1 where nothing is said)."""
    if isinstance(points, list) and len(points) == len(own):
        return iter([float(each) for each in points])
    if isinstance(points, dict) and "each" in points:
        return iter([float(points["each"])] * len(own))
    open_ones = own.count(None)
    left = max(0.0, _total(points) - sum(each for each in own if each is not None))
    share = round(left / open_ones, 4) if open_ones else 0.0
    return iter([share if each is None else each for each in own])


def _asserting(source: str, shown: str) -> str:
    """A test cell as statements that raise. Raises ValueError where it does not say what must come out."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        raise ValueError("it is no plain Python") from None
    if not body:
        raise ValueError("it is empty")
    # A test of the kind that raises is a function, called on the line below it.
    functions = [node for node in body if isinstance(node, ast.FunctionDef) and node.name.startswith("test")]
    if functions:
        if any(node.args.args for function in functions for node in [function]):
            raise ValueError("its function takes arguments")
        return "\n".join(ast.unparse(statement) for function in functions for statement in function.body)
    *before, last = body
    if isinstance(last, ast.Expr) and not _asserts(last.value):
        if shown == "True" and not isinstance(last.value, ast.Name | ast.Constant):
            body = [*before, ast.Assert(last.value, None)]
        elif shown:
            try:
                expected = ast.parse(shown.strip(), mode="eval").body
            except SyntaxError:
                raise ValueError(f"what it shows, {shown[:40]!r}, is no Python value") from None
            call = f"agree_value({ast.unparse(last.value)}, {ast.unparse(expected)}, tolerance={_TOLERANCE})"
            body = [*before, *ast.parse(call).body]
        elif not any(isinstance(node, ast.Assert) for node in body):
            raise ValueError("the notebook keeps no output of it: run it, save it, and try again")
    return "\n".join(ast.unparse(ast.fix_missing_locations(node)) for node in body)


def _asserts(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and "assert" in ast.unparse(value.func)

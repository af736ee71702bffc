"""A student's source as text and tree, and where in it a frame stands. Parsed, never run; what is too long is not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

from grader.errors import Frame
from grader.result import Place

_MOST_CHARACTERS = 100_000
_MOST_NODES = 40_000
_WIDEST = 150
_SHORT = 60
#: Lines at which a file with a syntax error elsewhere is cut into pieces that may be whole.
#: The worker, on the student's own time, cuts more finely.
_OPENS = re.compile(r"(?:async[ \t]+def|def|class|import|from|@)(?![A-Za-z0-9_])")

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Index:
    """The nodes of one top-level statement. Made once: every failing test asks."""

    def __init__(self, top: ast.stmt) -> None:
        self.parents: dict[ast.AST, ast.AST] = {}
        self.spans: dict[tuple[int, int, int | None, int | None], ast.expr | ast.stmt] = {}
        self._statements: list[ast.stmt] = []
        for node in islice(ast.walk(top), _MOST_NODES):
            self.parents |= dict.fromkeys(ast.iter_child_nodes(node), node)
            if isinstance(node, ast.stmt):
                self._statements.append(node)
            if isinstance(node, ast.expr | ast.stmt):
                # Of a statement and an expression that are the same text, the expression comes later, and is meant.
                self.spans[node.lineno, node.col_offset, node.end_lineno, node.end_col_offset] = node

    def nearest(self, line: int) -> ast.stmt | None:
        """The innermost statement that holds `line`."""
        holding = [s for s in self._statements if s.lineno <= line <= (s.end_lineno or s.lineno)]
        return holding[-1] if holding else None


class Text:
    """One file or cell. `statements`: what of it is Python."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n") if len(text) <= _MOST_CHARACTERS else []
        self._indexes: dict[int, Index] = {}

    def index(self, number: int) -> Index:
        """The nodes of top-level statement `number`."""
        if number not in self._indexes:
            self._indexes[number] = Index(self.statements[number])
        return self._indexes[number]

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """The top-level statements, as far as they can be read."""
        found = _parsed("\n".join(self.lines))
        if found is not None:
            return found
        starts = [n for n, line in enumerate(self.lines) if _OPENS.match(line)][:500]
        pieces: list[ast.stmt] = []
        for start, end in zip(starts, [*starts[1:], len(self.lines)], strict=True):
            pieces += _parsed("\n" * start + "\n".join(self.lines[start:end])) or []
        return pieces

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Functions of the top level: name → the last of that name."""
        return {node.name: node for node in self.statements if isinstance(node, Function)}

    @cached_property
    def bound(self) -> set[str]:
        """Names that the top level gives a value to."""
        return {name for statement in self.statements for name in bound_by(statement)}

    def line(self, number: int) -> str:
        """Line `number`, counted from 1; '' beyond the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def segment(self, node: ast.expr | ast.stmt | ast.arg, most: int = _SHORT) -> str:
        """The source of `node` in one line, cut after `most` characters."""
        first, last = node.lineno, node.end_lineno or node.lineno
        lines = [self.line(number).encode() for number in range(first, min(last, first + 20) + 1)]
        if last == first:
            lines[0] = lines[0][node.col_offset : node.end_col_offset]
        else:
            lines[0] = lines[0][node.col_offset :]
            if last <= first + 20:
                lines[-1] = lines[-1][: node.end_col_offset]
        text = " ".join(b" ".join(lines).decode("utf-8", "ignore").split())
        return text if len(text) <= most else f"{text[: most - 1]}…"


def _parsed(text: str) -> list[ast.stmt] | None:
    try:
        return list(ast.parse(text).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None


@lru_cache(maxsize=32)
def read(text: str) -> Text:
    """`text`, parsed once for all that is asked about it."""
    return Text(text)


def bound_by(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement gives a value to, not counting what is inside a function or class."""
    if isinstance(statement, Function | ast.ClassDef):
        yield statement.name
        return
    for node in within(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, Function | ast.ClassDef | ast.ExceptHandler):
            yield node.name or ""


def within(root: ast.AST) -> Iterator[ast.AST]:
    """`root` and all below it in the order of the text, but nothing inside functions, lambdas and classes below."""
    waiting, count = [root], 0
    while waiting and count < _MOST_NODES:
        node = waiting.pop()
        count += 1
        yield node
        if node is root or not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            waiting += reversed(list(ast.iter_child_nodes(node)))


def parameters(function: Function) -> list[str]:
    """The names of its arguments."""
    a = function.args
    found = [arg.arg for arg in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
    return [*found, *(arg.arg for arg in (a.vararg, a.kwarg) if arg)]


@dataclass(frozen=True)
class Spot:
    """Where a frame stands. node: what was being computed; around: what it stands in, the nearest first."""

    file: str
    line: int
    text: Text
    node: ast.expr | ast.stmt | None
    around: tuple[ast.AST, ...]
    place: Place

    @property
    def function(self) -> Function | None:
        """The function it stands in."""
        return next((node for node in self.around if isinstance(node, Function)), None)

    @property
    def statement(self) -> ast.stmt | None:
        """The statement it stands in."""
        return next((node for node in self.around if isinstance(node, ast.stmt)), None)

    def code(self, node: ast.expr | ast.stmt) -> str:
        """The source of `node`, in backticks."""
        return f"`{self.text.segment(node)}`"


def spot_of(frame: Frame, texts: Mapping[str, str]) -> Spot | None:
    """Where `frame` stands; None where it is in no text that is known. What a worker says is taken only so far."""
    if frame.file not in texts:
        return None
    text = read(texts[frame.file])
    if not 0 < frame.line <= len(text.lines):
        return None
    node, around = _found(text, frame)
    function = next((n.name for n in around if isinstance(n, Function)), "")
    return Spot(frame.file, frame.line, text, node, around, _place(text, frame, function))


def _found(text: Text, frame: Frame) -> tuple[ast.expr | ast.stmt | None, tuple[ast.AST, ...]]:
    span = (frame.line, frame.column, frame.end_line, frame.end_column)
    for number, top in enumerate(text.statements):
        first = min([top.lineno, *(part.lineno for part in getattr(top, "decorator_list", [])[:20])])
        if not first <= frame.line <= (top.end_lineno or top.lineno):
            continue
        index = text.index(number)
        exact = index.spans.get(span)
        step: ast.AST | None = exact or index.nearest(frame.line)
        around = []
        while step is not None:
            around.append(step)
            step = index.parents.get(step)
        return exact, tuple(around)
    return None, ()


def _place(text: Text, frame: Frame, function: str) -> Place:
    line = text.line(frame.line)
    data = line.encode()
    start = len(data[: max(0, frame.column)].decode("utf-8", "ignore"))
    end = len(data[: max(0, frame.end_column)].decode("utf-8", "ignore"))
    if frame.end_line > frame.line:
        end = len(line.rstrip())
    return place_of(line, frame.file, frame.line, function, start, end if end > start else start)


def place_of(line: str, file: str, number: int, function: str, start: int, end: int) -> Place:
    """A line of source as it is shown: without its indentation, and cut around what is marked where it is long."""
    line = line.rstrip().replace("\t", " ")
    cut = len(line) - len(line.lstrip())
    if max(end, start) - cut > _WIDEST:
        cut = max(cut, start - 40)
    shown = line[cut : cut + _WIDEST]
    start, end = max(0, start - cut), max(0, end - cut)
    return Place(
        file=file,
        line=number,
        function=function[:_SHORT],
        code=shown,
        start=min(start, len(shown)),
        end=min(end, len(shown)),
    )

"""No regular expression of the package can be made slow by what a student writes.

Python's engine tries one way after the other. What it tries in vain grows without measure where a text can be matched
in many ways: exponentially where one state comes back to itself by two paths that read the same, and with a power of
the length where it passes two loops that read the same (Weideman et al., 2016, "Analyzing matching time behavior of
backtracking regular expression matchers by using ambiguity of NFA"). Both are decided here on the pattern's automaton,
for every pattern in the package. A search is a loop before the pattern. A loop behind which the match has already
succeeded is tried once, and does no harm.
"""

from __future__ import annotations

import ast
import importlib
import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, permutations, product
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import pytest

import grader
from grader.course.plugins import load_plugin
from grader.questions.phrases import NOT_IN_A_WORD, Phrase

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from re import _compiler, _parser  # type: ignore[attr-defined]

ROOT = Path(grader.__file__).parent
#: Plug-ins of assignments read what students write, too.
PLUGINS = ROOT.parent / "solutions"
METHODS = ("compile", "match", "fullmatch", "search", "sub", "split", "findall", "finditer")
SEARCHING = ("search", "sub", "split", "findall", "finditer", "subn")
SAMPLES = "ab zZ09_-.,:;()[]{}<>'\"\\/|#*!?=+%\n\té×\x00"

#: Patterns that may take a power of the length, by file and beginning, and why that stays small.
BOUNDED = {
    (
        "intake/choosing.py",
        "^(?:copy of",
    ): "names of 200 characters, and begins only where a run of blanks does",
    ("course/formulas.py", ""): "an author's lesson text, never a student's",
    **{
        (f"authoring/{file}.py", ""): "an author's own notebook, never a student's"
        for file in ("taken_code", "taken_marks", "taken_nbgrader", "taken_otter")
    },
    ("intake/downloads.py", "(?P<name>"): "names of files on a disk: 255 bytes",
    ("intake/magics.py", "[ \\t]*"): "matched where a line begins, and there alone",
    ("intake/twins.py", '"""'): "begins at three quotes, and what follows those ends at the next three",
    ("times.py", r"(?:[^\W\d]+"): "matched as a whole (fullmatch), and there alone",
    ("questions/language.py", "[.!?]+"): "4,000 characters; only the last of a run of line ends can fail",
    ("cnn/plugins/stack.py", ""): "lines of 300 characters, a hundred of them",
}

#: State → what is read there, and the state that follows; twice where two ways lead to it.
Steps: TypeAlias = dict[int, list[tuple[frozenset[str], int]]]


class Automaton:
    """States, with steps that read a character of `alphabet` or nothing. The last state accepts."""

    def __init__(self, pattern: str | bytes, flags: int, *, searching: bool) -> None:
        text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
        tree = _parser.parse(text, flags)
        self.flags = tree.state.flags
        literals = {chr(value) for op, value in _flat(tree) if str(op) == "LITERAL"}
        self.alphabet = sorted({*SAMPLES, *literals})
        self.reads: dict[int, list[tuple[frozenset[str], int]]] = defaultdict(list)
        self.free: dict[int, set[int]] = defaultdict(set)
        self.asked: dict[int, set[int]] = defaultdict(
            set
        )  # free, where something around it is as it should be
        self.count = 1
        start = 0
        at_start = str(tree[0][1]) if len(tree) and str(tree[0][0]) == "AT" else ""
        by_lines = at_start == "AT_BEGINNING" and self.flags & re.MULTILINE
        if searching and (by_lines or at_start not in ("AT_BEGINNING", "AT_BEGINNING_STRING")):
            self.reads[0].append((frozenset(self.alphabet), 0))
            start = self._new()
            if by_lines:
                self.reads[0].append((frozenset("\n"), start))
            else:
                self.free[0].add(start)
        self.last = self._add(tree, start)

    def _new(self) -> int:
        self.count += 1
        return self.count - 1

    def _add(self, tree: Iterable[Any], at: int) -> int:
        for op, value in tree:
            at = self._one(str(op), op, value, at)
        return at

    def _one(self, name: str, op: Any, value: Any, at: int) -> int:
        end = self._new()
        if name in ("LITERAL", "NOT_LITERAL", "ANY", "IN", "CATEGORY"):
            self.reads[at].append((_read_by((op, value), self.flags, "".join(self.alphabet)), end))
        elif name == "BRANCH":
            for branch in value[1]:
                self.free[self._add(branch, at_free(self, at))].add(end)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, inner = value
            if most == _parser.MAXREPEAT:
                # a+ as a loop that is passed at least once. What must stand often is a small factor.
                begin = at_free(self, at)
                stop = self._add(inner, begin)
                self.free[stop] |= {begin, end}
                if not least:
                    self.free[at].add(end)
            else:
                self.free[self._add(inner, at_free(self, at))].add(end)
                if not least:
                    self.free[at].add(end)
        elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
            self.free[self._add(value[-1] if name == "SUBPATTERN" else value, at)].add(end)
        else:  # AT, ASSERT, ASSERT_NOT, GROUPREF: as if always true
            self.asked[at].add(end)
        return end

    def ways(self, state: int, *, sure: bool = False) -> Counter[int]:
        """The states reached from `state` without reading, and in how many ways (2: or more)."""
        found: Counter[int] = Counter()

        def go(at: int, path: frozenset[int]) -> None:
            if found[at] < 2:
                found[at] += 1
                for after in self.free[at] if sure else self.free[at] | self.asked[at]:
                    if after not in path:
                        go(after, path | {after})

        go(state, frozenset([state]))
        return found


def at_free(automaton: Automaton, at: int) -> int:
    begin = automaton._new()
    automaton.free[at].add(begin)
    return begin


def _flat(tree: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(tree, tuple) and len(tree) == 2 and hasattr(tree[0], "name"):
        yield tree
        tree = tree[1]
    if isinstance(tree, (list, tuple, _parser.SubPattern)):
        for part in tree:
            yield from _flat(part)


def _read_by(node: tuple[Any, Any], flags: int, alphabet: str) -> frozenset[str]:
    """Which of the characters a node that reads one character reads: the engine itself is asked."""
    state = _parser.State()
    state.flags = flags
    sub = _parser.SubPattern(state, [node])
    one = _compile(sub, flags)
    return frozenset(char for char in alphabet if one.match(char))


def _compile(tree: Any, flags: int) -> re.Pattern[str]:
    code = _compiler._code(tree, flags)
    return _compiler._sre.compile(None, flags, code, 0, {}, (None,))  # type: ignore[no-any-return]


def ambiguity(pattern: str | bytes, flags: int = 0, *, method: str = "match") -> str:
    """ "exponential", "power" or "", for what happens to a text that does not match."""
    automaton = Automaton(pattern, flags, searching=method in SEARCHING)
    every = range(automaton.count)
    # Where the match has succeeded already nothing fails any more, unless the text's end is asked for as well.
    done = (
        {s for s in every if automaton.ways(s, sure=True)[automaton.last]} if method != "fullmatch" else set()
    )
    steps: Steps = {
        state: [
            step
            for via, ways in ({} if state in done else automaton.ways(state)).items()
            for step in automaton.reads[via] * ways
        ]
        for state in every
    }
    loops = _looping(steps, {0})

    def pairs(one: int, other: int) -> Iterator[tuple[int, int]]:
        for (a, p), (b, q) in product(steps[one], steps[other]):
            if a & b:
                yield p, q

    for state in loops:
        apart = {(p, q) for (a, p), (b, q) in combinations(steps[state], 2) if a & b}
        if _reach(apart, pairs, (state, state)):
            return "exponential"
    for one, other in permutations(loops, 2):
        if _three(steps, one, other):
            return "power"
    return ""


def _looping(steps: Steps, start: set[int]) -> set[int]:
    """The states that can be reached from `start`, and again from themselves."""

    def reached(begin: set[int]) -> set[int]:
        seen: set[int] = set()
        open_ = list(begin)
        while open_:
            new = {after for chars, after in steps[open_.pop()] if chars} - seen
            seen |= new
            open_ += new
        return seen

    return {state for state in reached(start) | start if state in reached({state})}


def _reach(start: set[Any], after: Any, goal: Any) -> bool:
    seen, open_ = set(start), list(start)
    while open_:
        at = open_.pop()
        if at == goal:
            return True
        for found in after(*at):
            if found not in seen:
                seen.add(found)
                open_.append(found)
    return False


def _three(steps: Steps, one: int, other: int) -> bool:
    """Whether some text leads from `one` to itself, from `one` to `other`, and from `other` to itself."""

    def after(a: int, b: int, c: int) -> Iterator[tuple[int, int, int]]:
        for (x, p), (y, q), (z, r) in product(steps[a], steps[b], steps[c]):
            if x & y & z:
                yield p, q, r

    start = set(after(one, one, other))
    return _reach(start, after, (one, other, other))


# ---- the checker itself ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "method", "expected"),
    [
        (r"(a+)+b", "match", "exponential"), (r"(a|a)*b", "match", "exponential"), (r"(?:b|ab)*c", "match", ""),
        (r"\W*[a-z]\W*(?:\W+(?:or|and)?\W*[a-z]\W*)+", "fullmatch", "exponential"),
        (r"(\w+\s?)*$", "match", "exponential"),
        (r"a*a*b", "match", "power"), (r"\s*x", "search", "power"), (r"\s+", "sub", ""), (r"\d+ */", "search", "power"),
        (r"x\s*y", "search", ""), (r"[0-9]+(?:[.,][0-9]+)*", "findall", ""), (r"<!--.*?(?:-->|\Z)", "sub", "power"),
        (r".*", "match", ""), (r".*", "fullmatch", ""), (r"a.*b.*c", "match", "power"),
        (r"(?s)<!--.*?-->", "sub", "power"),
    ],
)  # fmt: skip
def test_the_checker_tells_slow_patterns_from_others(pattern: str, method: str, expected: str) -> None:
    assert ambiguity(pattern, method=method) == expected


# ---- every pattern of the package --------------------------------------------------------------------------


def _patterns() -> Iterator[tuple[str, int, str, str | bytes | None, int]]:
    """File, line, how it is used, pattern, flags."""
    for path in [*sorted(ROOT.rglob("*.py")), *sorted(PLUGINS.glob("*/plugins/**/*.py"))]:
        name = path.relative_to(ROOT if path.is_relative_to(ROOT) else PLUGINS).as_posix()
        if "re." not in (text := path.read_text(encoding="utf-8")):
            continue
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr in METHODS
            ):
                try:
                    pattern, flags = _evaluated(name, node)
                except NameError:  # made in a loop: what the module keeps of it, or where it is used
                    kept = list(_kept_in_lists(name))
                    for one in kept:
                        yield name, node.lineno, "search", one.pattern, one.flags & ~re.UNICODE
                    if not kept:
                        yield name, node.lineno, "search", None, 0
                    continue
                method = node.func.attr if node.func.attr != "compile" else _use(text, node)
                yield name, node.lineno, method, pattern, flags


def _module(name: str) -> ModuleType:
    if "/plugins/" in name:
        found = load_plugin((PLUGINS / name).parent, Path(name).stem)
        assert found
        return found
    return importlib.import_module(
        f"grader.{name.removesuffix('.py').replace('/', '.').removesuffix('.__init__')}"
    )


def _kept_in_lists(name: str) -> Iterator[re.Pattern[str]]:
    for value in vars(_module(name)).values():
        if isinstance(value, (tuple, list)):
            yield from (item for item in value if isinstance(item, re.Pattern))


def _evaluated(name: str, node: ast.Call) -> tuple[str | bytes, int]:
    module = _module(name)

    def value(expression: ast.expr) -> Any:
        return eval(compile(ast.Expression(expression), name, "eval"), vars(module))

    given = {keyword.arg: keyword.value for keyword in node.keywords}
    at = {
        "compile": 1,
        "match": 2,
        "fullmatch": 2,
        "search": 2,
        "findall": 2,
        "finditer": 2,
        "split": 3,
        "sub": 4,
    }
    flags = given.get("flags") or next(iter(node.args[at[node.func.attr] :]), None)  # type: ignore[attr-defined]
    return value(node.args[0]), int(value(flags)) if flags else 0


def _use(text: str, node: ast.Call) -> str:
    """How a compiled pattern is used: to search, unless its name is seen with match or fullmatch alone."""
    kept = re.search(r"^(\w+)(?:: [^=\n]+)? = re\.compile\(", text.split("\n", node.lineno - 1)[-1])
    uses = set(re.findall(rf"\b{kept[1]}\.(\w+)\b", text)) if kept else set()
    searches = not uses or uses & {*SEARCHING}
    return "search" if searches else "match" if "match" in uses else "fullmatch"


def test_no_pattern_of_the_package_can_be_made_slow() -> None:
    slow, made_on_the_way, needed = [], [], set()
    for name, line, method, pattern, flags in _patterns():
        if pattern is None:
            made_on_the_way.append(name)
            continue
        found = ambiguity(pattern, flags, method=method)
        why = [key for key in BOUNDED if key[0] == name and str(pattern).startswith(key[1])]
        if found == "power" and why:
            needed.update(why)
        elif found:
            slow.append(f"grader/{name}:{line}: {found}, {method}: {pattern!r}")
    assert slow == []
    # Names in an author's docstrings; names of our own files; words of the answer key:
    # test_no_way_of_the_key_can_be_made_slow.
    assert made_on_the_way == ["diagnosis/spec.py", "diagnosis/spec.py", "files.py", "questions/phrases.py"]
    assert needed == BOUNDED.keys()


def test_no_way_of_the_key_can_be_made_slow() -> None:
    pattern = Phrase("keep*|take*|number of weight*|the max").pattern
    assert ambiguity(pattern.removeprefix(NOT_IN_A_WORD), method="match") == ""
    assert pattern.startswith(NOT_IN_A_WORD)
    for ending in ("*", "*ing", "num*er of", "a**"):
        with pytest.raises(ValueError, match="only at a word's end"):
            Phrase(ending)

"""What a save touches: the exercises whose code changed, then those that may behave differently because of it.

Read from the syntax trees of what was submitted before and after; nothing is run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.course import Assignment
from grader.home import mentioned
from grader.intake import Source, Submission

_OPENING = re.compile(r"(?:async +)?def +(\w+)")


@dataclass(frozen=True)
class Touched:
    """first: exercises whose own code changed; then: those that use them, or only moved. In the course's order."""

    first: tuple[str, ...]
    then: tuple[str, ...]


@dataclass
class _Chapter:
    """One chapter's code.

    own, lines: exercise → its definition, where it stands; rest: everything else; uses: who mentions whom.
    texts: exercise → the text of its definition, for where `broken` says that the code can't be read.
    """

    own: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    broken: bool = False
    lines: dict[str, list[tuple[int, list[int]]]] = field(default_factory=dict)
    rest: str = ""
    uses: dict[str, set[str]] = field(default_factory=dict)
    used_by_rest: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)


def touched(before: Submission, after: Submission, assignment: Assignment) -> Touched:
    """Compare two states of a student's files."""
    home = assignment.chapter_of()
    old, new = _read(before, home), _read(after, home)
    first = {name for name in home if _differs(old[home[name]], new[home[name]], name)}
    whole = {chapter for chapter in old if old[chapter].rest != new[chapter].rest}
    # Whoever breaks a function, or mends it, works on that one: its chapter's others only suffer from it.
    at_work = {home[name] for name in first if old[home[name]].broken or new[home[name]].broken}
    first |= {name for name in home if home[name] in whole - at_work}
    # A chapter that changes as a whole may fail to load, or load differently, for whoever imports it.
    whole |= _closure(whole, lambda chapter: old[chapter].imports | new[chapter].imports, old)
    later = {name for name in home if home[name] in whole}
    later |= {
        name for name in home if old[home[name]].lines.get(name) != new[home[name]].lines.get(name)
    }  # the line numbers in its messages

    def uses(name: str) -> set[str]:
        chapters = old[home[name]], new[home[name]]
        found = set(assignment.find_exercise(name).needs)
        return found.union(*(c.uses.get(name, set()) | c.used_by_rest for c in chapters))

    later |= _closure(first | later, uses, home)
    order = list(home)
    return Touched(tuple(sorted(first, key=order.index)), tuple(sorted(later - first, key=order.index)))


def _differs(old: _Chapter, new: _Chapter, name: str) -> bool:
    if old.broken or new.broken:
        return old.texts.get(name) != new.texts.get(name)
    return old.own.get(name) != new.own.get(name)


def _closure(start: set[str], uses: Callable[[str], set[str]], everybody: Iterable[str]) -> set[str]:
    """Everybody who uses one of `start`, directly or not; and `start`."""
    found = set(start)
    while more := {name for name in everybody if name not in found and uses(name) & found}:
        found |= more
    return found


def _read(submission: Submission, home: Mapping[str, str]) -> dict[str, _Chapter]:
    return {
        chapter: _chapter(submission.sources.get(chapter), {n for n, c in home.items() if c == chapter}, home)
        for chapter in dict.fromkeys(home.values())
    }


def _chapter(source: Source | None, exercises: set[str], home: Mapping[str, str]) -> _Chapter:
    found = _Chapter()
    if source is None:
        return found
    rest = [source.file]
    for number, text in enumerate(source.cells):
        found.texts.update((name, block) for name, block in _blocks(text) if name in exercises)
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            rest.append(text)
            found.broken = True
            # What can't be read may be anything, an import of each of the others as well.
            found.imports.update(home.values())
            continue
        for node in tree.body:
            _add(found, node, number, exercises, home, rest)
    found.rest = "\n".join(rest)
    return found


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Every function at the top level by its name, as text up to the next line that is not indented."""
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        if match := _OPENING.match(block):
            yield match[1], block.rstrip()


def _add(
    found: _Chapter, node: ast.stmt, cell: int, exercises: set[str], home: Mapping[str, str], rest: list[str]
) -> None:
    names = mentioned(node)
    found.imports |= names & set(home.values())
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in exercises:
        found.own[node.name] = found.own.get(node.name, "") + ast.dump(node)
        found.lines.setdefault(node.name, []).append((cell, _lines_of(node)))
        found.uses.setdefault(node.name, set()).update(names & home.keys())
        return
    rest.append(ast.dump(node))
    if isinstance(node, ast.Import | ast.ImportFrom):
        # `from convolution import conv2d` uses nothing yet; under another name its use can't be seen below.
        found.used_by_rest |= {alias.name for alias in node.names if alias.asname} & home.keys()
    else:
        found.used_by_rest |= names & home.keys()


def _lines_of(node: ast.AST) -> list[int]:
    return [part.lineno for part in ast.walk(node) if isinstance(part, ast.stmt | ast.expr)]

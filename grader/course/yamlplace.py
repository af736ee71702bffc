"""Where something stands in a YAML file, and what was probably meant: for messages an author can act on."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

import yaml


def read_yaml(text: str) -> tuple[yaml.Node | None, Any]:
    """The tree and the data of what an author wrote. Raises what PyYAML's own parser raises.

    libyaml's, where PyYAML has it, is faster; of its errors the messages say less.
    """
    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.compose(text, Loader=fast), yaml.load(text, Loader=fast)
    except (yaml.YAMLError, RecursionError, ValueError):
        return yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)


def line_of(node: yaml.Node | None, location: tuple[Any, ...]) -> int:
    """The line of the deepest node that `location` reaches; a missing key is reported at its parent."""
    line = node.start_mark.line + 1 if node else 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


def duplicate_key(node: yaml.Node | None) -> tuple[str, int] | None:
    """PyYAML silently keeps the last of two equal keys; an author would never notice."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                return str(key.value), key.start_mark.line + 1
            seen.add(key.value)
            if found := duplicate_key(value):
                return found
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            if found := duplicate_key(child):
                return found
    return None


def suggestion(name: str, known: Iterable[str]) -> str:
    """ " (did you mean …?)", or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


_QUOTES = "put all of it between quotation marks"


def why_no_yaml(error: Any, text: str) -> tuple[int, str]:
    """Line, and what is wrong there and what to write instead, in words that need no knowledge of YAML's parser."""
    problem = str(getattr(error, "problem", None) or "")
    lines = text.split("\n")
    at = _line(getattr(error, "problem_mark", None), len(lines))
    begun = _line(getattr(error, "context_mark", None), len(lines), at)
    if problem.startswith("expected ',' or"):
        opening, closing = ("[", "]") if "]" in problem else ("{", "}")
        line = lines[begun - 1]
        if line.count(opening) > line.count(closing):
            return begun, f"a `{opening}` is not closed: `{closing}` is missing"
        return (
            begun,
            f"a comma is missing between two parts of `{opening}…{closing}`, or there is a colon too many",
        )
    if problem == "found unexpected end of stream":
        return begun, "a quotation mark is opened here and never closed"
    if problem == "found character '\\t' that cannot start any token":
        return at, "a tab stands where the line begins: use spaces"
    if match := re.match(r"found character '(.)' that", problem):
        return at, f"nothing can begin with `{match[1]}`: {_QUOTES}"
    if problem == "could not find expected ':'":
        return begun, "a colon is missing: write `name: value`"
    if problem == "mapping values are not allowed here":
        before = lines[at - 1][: error.problem_mark.column]
        if before[:1].isspace() and ": " not in before:
            return at, "the line is indented, and the one above does not end with a colon"
        return at, f"a colon too many, or the line above lacks one. Text with a colon: {_QUOTES}"
    if problem.startswith("expected the node content"):
        return at, f"a value is missing before `{_found(problem)}`, or that sign is one too many"
    if problem.startswith("expected <block end>"):
        what = _found(problem)
        if what in ("}", "]", ","):
            return at, f"a `{what}` too many"
        if what == "<scalar>":
            return (
                at,
                f"something follows behind the closing quotation mark or bracket: {_QUOTES}",
            )
        return (
            at,
            "the line is indented otherwise than those it belongs to: begin it in the same column",
        )
    if problem == "sequence entries are not allowed here":
        return at, "an item `- …` has to stand on a line of its own"
    if problem.startswith("found unknown escape"):
        return at, "a backslash in double quotation marks has a meaning of its own: use single ones, '…'"
    if problem.startswith(("expected a comment or a line break", "expected chomping")):
        return at, "behind `|` or `>` nothing may follow: begin the text on the next line, indented"
    if (
        "alias" in problem
        or "anchor" in str(getattr(error, "context", ""))
        or problem.startswith("expected alpha")
    ):
        return at, "`&` and `*` at the start of a value have a meaning: " + _QUOTES
    if "tag" in problem:
        return at, "`!` at the start of a value has a meaning: " + _QUOTES
    return at, "this can't be read: compare it with the lines around it, such as `name: value`"


def _line(mark: yaml.Mark | None, last: int, otherwise: int = 1) -> int:
    return min(mark.line + 1, last) if mark else otherwise


def _found(problem: str) -> str:
    """The sign that PyYAML names at the end of its sentence."""
    return problem.rpartition(" ")[2].strip("'\"")

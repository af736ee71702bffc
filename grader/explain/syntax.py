"""A syntax error → the line, marked, the function in which it stands, and what is wrong in plain words.

Python's message and place come from a worker and are not trusted; the source is the grader's own copy, and is looked
at line by line: what is no Python is not parsed here.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches

from grader.explain.source import place_of
from grader.result import Fault
from grader.text import visible

_DEFINES = re.compile(r"(?:async[ \t]{1,9})?(?:def|class)[ \t]{1,9}(\w{1,80})")
_MOST_LINES = 20_000
_QUOTES = "“”„‟‘’‚‛«»′″`´"
_DASHES = "–—−‐‑"
_MEANT = {
    "×": "*",
    "·": "*",
    "÷": "/",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "，": ",",
    "：": ":",
    "（": "(",
    "）": ")",
    "；": ";",
    "²": "**2",
    "→": "->",
}
_BLOCK = "must stand further to the right (four spaces)"

Words = Callable[[re.Match[str], str], str]


def explain_syntax(
    message: str,
    text: str,
    *,
    file: str,
    line: int | None,
    column: int | None = None,
    end_column: int | None = None,
) -> Fault | None:
    """What Python's `message` means for `text`; None without a line to show. line, columns: from 1."""
    number = line
    message = message.partition("; lost with it")[0].removeprefix("SyntaxError: ")
    lines = text.split("\n")[:_MOST_LINES]
    if number is None or not 0 < number <= len(lines):
        return None
    source = lines[number - 1]
    start, end = _marked(column, end_column, source)
    inside = _BELONGS_ABOVE.match(message) is not None
    function = function_at(lines, number - 1 if inside else number)
    place = place_of(source, file, number, function, start, end)
    return Fault(kind="SyntaxError", says=visible(_says(message, lines, number, start), 300), places=[place])


def function_at(lines: Sequence[str], number: int) -> str:
    """The function or class of the top level in which line `number` stands, by the lines at the margin; '' outside."""
    for line in reversed(lines[:number]):
        if found := _DEFINES.match(line):
            return found[1]
        if line[:1].strip() and line[:1] not in ")]}#@\"'":
            return ""
    return ""


def _marked(column: int | None, end: int | None, line: str) -> tuple[int, int]:
    if column is None or not 0 < column <= len(line) + 1:
        return 0, 0
    # Of what is wrong with the indentation, Python names no place that can be seen.
    column = max(column, 1 + len(line) - len(line.lstrip(" \t")))
    start = min(column - 1, max(0, len(line.rstrip()) - 1))
    stop = end - 1 if end is not None and start < end - 1 <= len(line) else start + 1
    return start, stop


def _says(message: str, lines: Sequence[str], number: int, start: int) -> str:
    line = lines[number - 1]
    for pattern, (_, words) in zip(_PATTERNS, _TABLE, strict=True):
        if found := pattern.match(message):
            return words if isinstance(words, str) else words(found, line)
    if message == "invalid syntax":
        return _invalid(lines, number, start)
    return ""


def _character(found: re.Match[str], line: str) -> str:
    char = found[1]
    if char in _QUOTES:
        return f"The quote {char} is one of a text program's: write a plain \" or ' in its place."
    if char in _DASHES:
        return f"The dash {char} is none of Python's: write a plain minus, `-`, in its place."
    if char in _MEANT:
        return f"Python does not know the character {char}: write `{_MEANT[char]}`."
    return f"The character {char} means nothing in Python: delete it, or write it as Python does."


def _never_closed(found: re.Match[str], line: str) -> str:
    closing = {"(": ")", "[": "]", "{": "}"}[found[1]]
    return f"This `{found[1]}` is never closed: a `{closing}` is missing, here or in a line below."


def _wrong_pair(found: re.Match[str], line: str) -> str:
    where = f" (line {found[3]})" if found[3] else ""
    return (
        f"A `{found[2]}`{where} is open, and `{found[1]}` does not close it: the brackets are of two kinds."
    )


def _no_block(found: re.Match[str], line: str) -> str:
    what = (
        "the function"
        if "function" in found[1]
        else f"the {found[1]}".replace("'", "`").replace(" statement", "")
    )
    return f"Something belongs inside {what} of line {found[2]}: its lines {_BLOCK}. (`pass` does nothing.)"


def _print(found: re.Match[str], line: str) -> str:
    return f"`{found[1]}` is a function: what it is given stands in round brackets, `{found[1]}(...)`."


def _assigned(found: re.Match[str], line: str) -> str:
    if re.match(r"\s{0,80}(?:el)?(?:if|while)\b", line):
        return "`=` stores a value; two values are compared with `==`."
    return "On the left of `=` must stand a name, or a place such as `x[i]`. To compare, write `==`."


_TABLE: Sequence[tuple[str, str | Words]] = (
    (
        r"expected ':'",
        "A `:` is missing: the line that opens a block (def, if, for, while, else …) ends with one.",
    ),
    (r"'([(\[{])' was never closed", _never_closed),
    (
        r"unmatched '(.)'",
        lambda found, line: f"There is one `{found[1]}` too many: no bracket is open that it could close.",
    ),
    (
        r"closing parenthesis '(.)' does not match opening parenthesis '(.)'(?: on line (\d{1,7}))?",
        _wrong_pair,
    ),
    (r"expected an indented block after (.{1,40}) on line (\d{1,7})", _no_block),
    (
        r"unexpected indent",
        "This line stands further to the right than the one above, and nothing there opens a "
        "block: begin it in the same column.",
    ),
    (
        r"unindent does not match",
        "This line begins in a column where no line above it begins: put it exactly below "
        "the block that it belongs to.",
    ),
    (
        r"inconsistent use of tabs",
        "Tabs and spaces are mixed at the beginning of these lines: use spaces only.",
    ),
    (r"invalid character '(.)'", _character),
    (
        r"invalid non-printable character U\+(\w{2,6})",
        "There is an invisible character here, copied from elsewhere (often a special "
        "space): delete it and type the space again.",
    ),
    (
        r"unterminated triple-quoted",
        "The text that three quotes open here is never closed by three more: all that "
        "follows is taken for text.",
    ),
    (
        r"unterminated (?:f-)?string literal",
        "The text that begins with a quote here is not closed in this line: the second quote is missing.",
    ),
    (
        r"EOL while scanning",
        "The text that begins with a quote here is not closed in this line: the second quote is missing.",
    ),
    (r"Missing parentheses in call to '(\w{1,20})'", _print),
    (
        r"invalid syntax\. Maybe you meant '==' or ':=' instead of '='",
        "`=` stores a value; two values are compared with `==`.",
    ),
    (
        r"expression cannot contain assignment",
        "Before the `=` of an argument stands its bare name; two values are compared with `==`.",
    ),
    (
        r"cannot assign to (None|True|False)",
        lambda found, line: f"`{found[1]}` is a word of Python's own and can't be a name: take another.",
    ),
    (
        r"expected 'else' after",
        "An `if` within a line chooses between two values and needs both: `a if condition else b`.",
    ),
    (r"cannot assign to|'[\w ]{1,40}' is an illegal expression for augmented", _assigned),
    (
        r"invalid syntax\. Perhaps you forgot a comma",
        "Something is missing between two parts of this line: a comma, an operator such as "
        "`*`, or a bracket.",
    ),
    (
        r"positional argument follows keyword",
        "In a call, arguments with a name (`pad=1`) come after those without.",
    ),
    (
        r"non-default argument follows default|parameter without a default follows",
        "In the first line of a function, arguments with a default (`pad=0`) come after those without.",
    ),
    (
        r"duplicate argument '(\w{1,60})'",
        lambda found, line: f"Two arguments of this function have the same name, `{found[1]}`.",
    ),
    (
        r"'return' outside function",
        "This `return` stands in no function: its line must be indented like the rest of the "
        "function, or the `def` above is missing.",
    ),
    (
        r"'(break)' outside loop|'(continue)' not properly in loop",
        "This line ends or goes on with a loop, and stands inside none: check how far it is indented.",
    ),
    (
        r"expected 'except' or 'finally' block",
        "A `try:` needs an `except …:` below it, in the same column.",
    ),
    (
        r"unexpected character after line continuation",
        "Behind a `\\` that goes on with the line below, nothing may stand, no space either. "
        "(To divide, write `/`.)",
    ),
    (
        r"invalid decimal literal",
        "A name can't begin with a digit; between a number and a name, a `*` may be missing.",
    ),
    (r"leading zeros", "A whole number does not begin with 0."),
    (
        r"f-string",
        "Something is wrong between the { } of this f-string: an expression belongs there, "
        "with other quotes than those around it.",
    ),
    (
        r"expected '\('",
        "Behind the name of a function come round brackets, even where it takes no arguments: `def f():`.",
    ),
    (
        r"Generator expression must be parenthesized",
        "An expression with `for` beside other arguments stands in brackets of its own.",
    ),
    (r"too many nested|too many statically nested", "This is nested too deeply."),
)
_PATTERNS = [re.compile(rf"\A(?:{text})") for text, _ in _TABLE]
#: Said of a line at the margin that was meant to stand in the function above it.
_BELONGS_ABOVE = re.compile(r"expected an indented block after|'return' outside|unexpected indent|unindent")
#: Words with which a line begins.
_FIRST = tuple(
    """
    return for while if elif else def class import from raise assert with try except pass break
    """.split()  # noqa: SIM905
)
_LAST_WORD = re.compile(r"\w{1,20}\Z")
_OPEN = tuple("+-*/=<>,.(")
_ELSE_IF = re.compile(r"\s{0,200}else\s{1,9}if\b")
_LONE = re.compile(r"\s{0,200}(else|elif|except|finally)\b")
_CONTENTS: Sequence[tuple[str, str]] = (
    ("&&", "Python writes `and`, not `&&`."),
    ("||", "Python writes `or`, not `||`."),
    ("++", "Python has no `++`: write `i += 1`."),
    ("--", "Python has no `--`: write `i -= 1`."),
    ("=>", "Greater or equal is written `>=`."),
    ("=<", "Less or equal is written `<=`."),
    ("<>", "Not equal is written `!=`."),
    ("= =", "Equal is written `==`, without a space."),
    ("===", "Equal is written `==`, with two signs."),
)


def _invalid(lines: Sequence[str], number: int, start: int) -> str:
    """Python says no more than "invalid syntax": what is often the reason, where it is seen for certain."""
    line = lines[number - 1]
    if _ELSE_IF.match(line):
        return "`else if` is written `elif` in Python."
    if found := _LONE.match(line):
        return (
            f"This `{found[1]}` belongs to no block above that begins in the same column: check how "
            "far the lines are indented."
        )
    near = line[max(0, start - 2) : start + 3]
    for sign, words in _CONTENTS:
        if sign in near:
            return words
    if re.match(r"\s{0,200}import\b.{0,200}\bfrom\b", line):
        return "It is written the other way round: `from module import name`."
    if line[start : start + 1] == "!" and line[start + 1 : start + 2] != "=":
        return "Python writes `not`, not `!`."
    if re.match(r"\s{0,200}(?:function|func|fn)\s{1,9}\w", line):
        return "A function begins with `def` in Python."
    before, rest = line[:start].rstrip(), line[start:].strip()
    if (word := _LAST_WORD.search(before)) and keyword.iskeyword(word[0]) and rest[:1] == "=" != rest[1:2]:
        return f"`{word[0]}` is a word of Python's own and can't be a name: take another."
    if word and word[0].isdecimal() and rest[:1].isalpha():
        return "An operator is missing between the number and what follows it, `*` perhaps."
    first = line.split()[:1]
    if first and not keyword.iskeyword(first[0]) and (close := get_close_matches(first[0], _FIRST, 1, 0.75)):
        return f"Is `{close[0]}` meant at the beginning of the line?"
    if (before.endswith(_OPEN) and rest[:1] in ")]}:,;") or (not rest[1:] and line.rstrip().endswith(_OPEN)):
        return "Something is missing here: an operator, or an opening bracket, stands with nothing behind it."
    return (
        "Python can't read this line from the marked place on: look there, and at the end of what is "
        "before it, for something missing or too much."
    )

"""What a student's Markdown may become on a page: text with emphasis, lists, quotes, tables, code and formulas.

Everything else is text. The signs with which Markdown could begin a link, an image or HTML leave here as entities,
wherever they stand, so that nothing hangs on how a renderer parts text, code and formulas: code is written in elements
of ours with entities inside, a formula in words that mean nothing else if it is taken for text, and outside of a
formula there is no backslash, without which MathJax has no command. Each step is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from grader.platforms.nbgrader.formulas import ENVIRONMENTS, MOST, Backticks, formula

#: HTML begins with < or &, links and images with [, code with `, and MathJax looks for $.
_ENTITIES = {sign: f"&#{ord(sign)};" for sign in "[`$@#"} | {"<": "&lt;", "&": "&amp;"}
_PLAIN = re.compile(r"&(?:lt|gt|amp|nbsp);|\\.|://|www\.|~{3,}|\\$|[\[`$@<&]", re.IGNORECASE | re.DOTALL)
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~\\")
#: Looks like a backslash, and is none to MathJax.
_NO_BACKSLASH = "∖"

_COMMENT = re.compile(r"<!--[^<>]*-->")
_FENCE = re.compile(r"([ \t]*)(`{3,}|~{3,})(?:[^`~][^`]*|)")
_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)")
_HEADING = re.compile(r"((?:[ \t>:]|[-*+][ \t]|\d{1,9}[.)][ \t])*)(#+)([^#].*|)")
_UNDERLINE = re.compile(r"([ \t>:]*)([=-])([=-]*[ \t]*)")
_TABLE_RULE = re.compile(r"[ \t>|:-]*")
# The name ends the match, so that what a student writes beside it can't be part of it.
_PICTURE = re.compile(r"!\[([^\[\]\n]{0,200})\]\(attachment:([\w.-]{1,100})\)")
_SIGN = re.compile(r"[`$!\\]")
#: How a formula begins and ends, and whether it stands on lines of its own. nbconvert wants its brackets doubled.
_DELIMITERS = (
    ("$$", "$$", True), (r"\\[", r"\\]", True), (r"\\(", r"\\)", False), ("$", "$", False),
    *((rf"\begin{{{name}}}", rf"\end{{{name}}}", True) for name in ENVIRONMENTS),
)  # fmt: skip


def plain_markdown(text: str, images: Collection[str] = ()) -> str:
    """Markdown that shows `text`, and can't do anything.

    images: the attachments that stay pictures. nbgrader can't show a page on which one is missing, and any other
    address would be told who looks at it.
    """
    out: list[str] = []
    paragraph: list[str] = []
    in_list = False

    def end_paragraph() -> None:
        if paragraph:
            out.extend(_line(line) for line in _inline("\n".join(paragraph), images).split("\n"))
            paragraph.clear()

    lines = _lines(text)
    at = 0
    while at < len(lines):
        line = lines[at]
        fence = _FENCE.fullmatch(line)
        indented = not in_list and not paragraph and _INDENTED.match(line) and line.strip()
        if fence or indented:
            end_paragraph()
            code, at = _fenced(lines, at, fence[2]) if fence else _indented(lines, at)
            place = fence[1] if fence and in_list else ""
            out += ["", f"{place}<pre><code>{_as_code(code)}</code></pre>", ""]
            continue
        if not line.strip():
            end_paragraph()
            out.append("")
        else:
            if _ITEM.match(line):
                in_list = True
            elif not line[0].isspace() and not paragraph:
                in_list = False
            paragraph.append(line)
        at += 1
    end_paragraph()
    return "\n".join(out).strip("\n")


def as_text(text: str) -> str:
    """For a cell that is no Markdown: HTML that shows `text`."""
    return "".join(_ENTITIES.get(sign, sign) for sign in text.replace("\\", _NO_BACKSLASH))


def _lines(text: str) -> list[str]:
    """Lines without comments, which show nothing; those in code stay. Every odd line end is an ordinary one."""
    lines = "\n".join(text.replace("\0", "").splitlines()).split("\n")
    out: list[str] = []
    outside: list[str] = []
    at = 0
    while at < len(lines):
        fence = _FENCE.fullmatch(lines[at])
        if fence:
            out += _COMMENT.sub("", "\n".join(outside)).split("\n") if outside else []
            outside = []
            _, end = _fenced(lines, at, fence[2])
            out += lines[at:end]
            at = end
        else:
            outside.append(lines[at])
            at += 1
    return out + (_COMMENT.sub("", "\n".join(outside)).split("\n") if outside else [])


def _fenced(lines: list[str], at: int, fence: str) -> tuple[list[str], int]:
    """The lines of a fenced block that begins at `at`, and where it goes on after it."""
    indent = len(lines[at]) - len(lines[at].lstrip())
    end = at + 1
    while end < len(lines):
        mark = lines[end].strip()
        if len(mark) >= len(fence) and not mark.strip(fence[0]):
            return [_dedented(line, indent) for line in lines[at + 1 : end]], end + 1
        end += 1
    return [_dedented(line, indent) for line in lines[at + 1 :]], end


def _indented(lines: list[str], at: int) -> tuple[list[str], int]:
    end = at
    while end < len(lines) and (_INDENTED.match(lines[end]) or not lines[end].strip()):
        end += 1
    code = "\n".join(_dedented(line.expandtabs(4), 4) for line in lines[at:end]).rstrip()
    return code.split("\n"), end


def _dedented(line: str, indent: int) -> str:
    return line[:indent].lstrip() + line[indent:]


def _as_code(lines: list[str]) -> str:
    # One line, because an empty one could end the element.
    return "&#10;".join("".join(_code_sign(sign) for sign in line) for line in lines)


def _code_sign(sign: str) -> str:
    return f"&#{ord(sign)};" if sign in _PUNCTUATION else sign


def _line(line: str) -> str:
    """A line of text that is no heading, whose name nbconvert would make a link and an id of, and no odd table."""
    heading = _HEADING.fullmatch(line)
    if heading:
        title = heading[3].strip(" \t#")
        return f"{heading[1]}<strong>{title}</strong>" if title else heading[1] + "&#35;" * len(heading[2])
    if _TABLE_RULE.fullmatch(line) and line.rfind("|") > line.rfind(">"):
        return line.replace(":", "-")
    underline = _UNDERLINE.fullmatch(line)
    return f"{underline[1]}&#{ord(underline[2])};{underline[3]}" if underline else line


def _inline(text: str, images: Collection[str]) -> str:
    """A paragraph with its code, formulas and pictures; the rest as plain text. Line feeds of the text alone stay."""
    out: list[str] = []
    plain = at = 0
    backticks = Backticks(text)
    while found := _SIGN.search(text, at):
        start = found.start()
        if text[start] == "`":
            piece, at = _code(text, start, backticks)
        elif text[start] == "!":
            piece, at = _picture(text, start, images)
        else:
            piece, at = _formula(text, start)
        if piece:
            out += [_plain(text[plain:start]), piece]
            # Beside another formula, its dollars would pair anew.
            out += [" "] * text.startswith("$", at)
            plain = at
    return "".join([*out, _plain(text[plain:])])


def _code(text: str, start: int, backticks: Backticks) -> tuple[str, int]:
    """Like the next two: what begins at `start` and where it ends, or '' and where to look on."""
    end = start
    while text[end : end + 1] == "`":
        end += 1
    close = backticks.find(end, end - start)
    if close < 0:
        return "", end
    code = text[end:close].replace("\n", " ").strip()
    return f"<code>{_as_code([code])}</code>", close + end - start


def _picture(text: str, start: int, images: Collection[str]) -> tuple[str, int]:
    picture = _PICTURE.match(text, start)
    if not picture or picture[2] not in images:
        return "", start + 1
    words = re.sub(r"[^\w ,.()=-]", " ", picture[1])
    return f"![{words}](attachment:{picture[2]})", picture.end()


def _formula(text: str, start: int) -> tuple[str, int]:
    for opening, closing, display in _DELIMITERS:
        if text.startswith(opening, start):
            whole = opening.startswith(r"\begin")
            first = start if whole else start + len(opening)
            end = text.find(closing, first, first + MOST)
            if opening == "$" and end > 0 and text[end - 1] in "\\$":
                end = -1
            after = end + len(closing)
            piece = formula(text[first : after if whole else end], display=display) if end >= 0 else ""
            return (piece, after) if piece else ("", start + len(opening))
    return "", start + 2 if text[start] == "\\" else start + 1


def _plain(text: str) -> str:
    return _PLAIN.sub(_plain_sign, text)


def _plain_sign(found: re.Match[str]) -> str:
    what = found[0]
    if what[0] == "&" and len(what) > 1:
        return what
    if what[0] == "\\":
        if what[1:] == "\n" or len(what) == 1:
            return _NO_BACKSLASH + what[1:]
        # Markdown's own way to say that a sign is only a sign
        return f"&#{ord(what[1])};" if what[1] in _PUNCTUATION - {"\\"} else _escaped_backslash(what[1])
    if what[0] in ":~":
        return f"&#{ord(what[0])};" * len(what) if what[0] == "~" else "&#58;//"
    return f"{what[:3]}&#46;" if len(what) > 1 else _ENTITIES[what]


def _escaped_backslash(sign: str) -> str:
    return _NO_BACKSLASH if sign == "\\" else _NO_BACKSLASH + _PLAIN.sub(_plain_sign, sign)

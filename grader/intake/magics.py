"""IPython's magics and shell lines, which are not Python, made harmless. Every line keeps its number."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Cell magics whose body is still this notebook's Python; the body of any other is another language or not
# run here.
_PYTHON_BODY = frozenset(["time", "capture", "prun"])

_CELL_MAGIC = re.compile(r"%%(\w+)")
_LINE_MAGIC = re.compile(r"([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*)$", re.DOTALL)
_ASSIGNED = re.compile(r"([ \t]*[A-Za-z_][\w., \t]*=)[ \t]*[%!](?!=).*$", re.DOTALL)
#: A prompt as it begins a pasted session, and the prompts of its lines.
_PROMPTS = (
    (re.compile(r"[ \t]*>>>( |$)"), re.compile(r"[ \t]*(?:>>>|\.\.\.)(?: |$)")),
    (re.compile(r"[ \t]*In \[\d{1,5}\]:( |$)"), re.compile(r"[ \t]*(?:In \[\d{1,5}\]|\.{3,8}):(?: |$)")),
)
_TOKEN = re.compile(r"\\.|\\$|\"\"\"|'''|[\"'#()\[\]{}]")


@dataclass
class _State:
    """Where in Python's grammar a line begins. quote: the delimiter of the string it stands in, or ""."""

    quote: str = ""
    depth: int = 0
    continued: bool = False

    @property
    def fresh(self) -> bool:
        """Whether a new statement begins: only there % is a magic and not a remainder or text."""
        return not (self.quote or self.depth or self.continued)

    def read(self, line: str) -> None:
        """Move past one line of Python."""
        self.continued = False
        for match in _TOKEN.finditer(line):
            token = match[0]
            if token[0] == "\\":
                self.continued = len(token) == 1
            elif self.quote:
                # '"""' read inside a "string" is its end and an empty string behind it.
                if token[0] == self.quote[0] and len(token) >= len(self.quote):
                    self.quote = ""
            elif token == "#":
                break
            elif token[0] in "\"'":
                self.quote = token
            else:
                self.depth = max(0, self.depth + (1 if token in "([{" else -1))
        if len(self.quote) == 1 and not self.continued:
            self.quote = ""


def _as_typed(lines: list[str]) -> list[str]:
    """Without prompts that were pasted along, and without an indentation that the whole cell has, as IPython has it."""
    first = next((line for line in lines if line.strip()), "")
    for prompt, more in _PROMPTS:
        if prompt.match(first):
            return [more.sub("", line, count=1) if more.match(line) else line for line in lines]
    indent = len(first) - len(first.lstrip(" \t"))
    margin = first[:indent]
    return [line.removeprefix(margin) for line in lines] if margin else lines


def neutralised(cell: str) -> str:
    """A code cell as plain Python: magics, shell and help lines become `pass`.

    A cell in another language becomes comments.
    """
    lines = _as_typed(cell.split("\n"))
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if magic := _CELL_MAGIC.match(lines[start]):
        if magic[1] not in _PYTHON_BODY:
            return "\n".join(f"# {line}" if line else line for line in lines)
        lines[start] = f"# {lines[start]}"
    state = _State()
    shell_goes_on = False
    for number, line in enumerate(lines):
        if shell_goes_on:
            lines[number] = f"# {line}"
        elif state.fresh and (match := _LINE_MAGIC.match(line)):
            lines[number] = f"{match[1]}pass  # {line.strip()}"
        elif state.fresh and (match := _ASSIGNED.match(line)):
            lines[number] = f"{match[1]} None  # {line.strip()}"
        else:
            state.read(line)
            continue
        shell_goes_on = line.endswith("\\")
    return "\n".join(lines)

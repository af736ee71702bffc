"""answers.yaml and the notebook's answer cells → Answers. Tolerant: a mistake costs only what can't be read.

A file that is no YAML is cut into its questions; each is read by itself, and one that is no YAML even then
counts as the plain text it is. So a forgotten `|` or a stray colon costs a remark, and no answer.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.course import Assignment, Question
from grader.questions.budget import CPU_SECONDS, Budget, OverBudget
from grader.questions.choice import LABEL
from grader.questions.numeric import labelled_parts
from grader.questions.plainyaml import Entry, NotPlainError, Value, is_empty, read_entries
from grader.text import visible

ANSWERS_FILE = "answers.yaml"
MAX_BYTES = 64 * 1024
OUT_OF_TIME = "reading the answers took too long: what was not read waits for a person"

_MOST_PROBLEMS = 20
#: Pieces into which a file is cut that is no YAML; the last has all the rest.
_MOST_BLOCKS = 200
_NAME = re.compile(r"""^( *)(["']?)([^\W\d_][\w -]{1,60}?)\2 *:(?=\s|$)""", re.MULTILINE)
_BLOCK_SIGN = re.compile(r"\A[ \t]*[|>][+\-0-9]{0,2}[ \t]*(?:#.*)?$", re.MULTILINE)
#: What YAML calls not printable. PyYAML refuses a whole file for one such character.
_UNPRINTABLE = re.compile(r"[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Answers:
    """What a student answered.

    values: question name → text, or a list or mapping of such; unanswered questions are left out.
    lines: question name → where its answer stands in answers.yaml; those of notebooks have none.
    problems: what could not be read as it stands, each with its line; untrusted text in it is made visible.
    unmatched: whether something stands there that may answer one of the questions without an answer.
    cut_short: there was no time for all of it, so a question that is not in `values` may have been answered.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    unmatched: bool = False
    cut_short: bool = False
    lines: Mapping[str, int] = field(default_factory=dict)


def read_answers(text: str | None, notebook_answers: Mapping[str, str], assignment: Assignment) -> Answers:
    """The answers in the text of answers.yaml (None: no such file) and in the notebooks' answer cells.

    notebook_answers: question name → text of its cell. Where both hold an answer, the file's counts.
    Never raises, whatever the texts contain.
    """
    collected = _Collected(assignment)
    try:
        with Budget(CPU_SECONDS):
            if text is not None:
                _read_file(text, collected)
            for name, cell in notebook_answers.items():
                collected.add_cell(name, _without_comments(_printable(cell[:MAX_BYTES])))
    except OverBudget:
        problems = (*collected.problems, OUT_OF_TIME)
        return Answers(collected.values, problems, cut_short=True, lines=collected.lines)
    open_ones = [q for c in assignment.open_chapters for q in c.questions if q.name not in collected.values]
    unmatched = collected.unmatched and bool(open_ones)
    return Answers(collected.values, tuple(collected.problems), unmatched, lines=collected.lines)


class _Collected:
    """Answers found so far, and where."""

    def __init__(self, assignment: Assignment) -> None:
        # A chapter that is switched off may have been open when the student got the file: not a wrong name.
        self.known = {q.name: q for chapter in assignment.chapters for q in chapter.questions}
        self.values: dict[str, Value] = {}
        self.problems: list[str] = []
        self.unmatched = False
        self.lines: dict[str, int] = {}

    def complain(self, line: int, message: str) -> None:
        self.note(f"{ANSWERS_FILE} line {line}: {visible(message, 300)}")

    def note(self, problem: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(problem)

    def suggestion(self, name: str) -> str:
        """As below, while anybody will read it: comparing names takes its time."""
        return suggestion(name, self.known) if len(self.problems) < _MOST_PROBLEMS else ""

    def add(self, entry: Entry, last: str = "") -> str:
        """Take one entry; the answer's question name, or '' if there is no such question.

        last: the question before it, whose parts may have lost their indentation.
        """
        name = slug(entry.key)
        if name not in self.known:
            if last and self._is_lost_part(entry, last):
                return last
            if not is_empty(entry.value):
                self.unmatched = True
                self.complain(entry.line, f"there is no question {entry.key[:200]!r}{self.suggestion(name)}")
            return ""
        value = by_kind(self.known[name], entry.value)
        if is_empty(value):
            return name
        if name in self.values and self.values[name] != value:
            self.complain(
                entry.line,
                f"{name} is answered twice; this one counts, not the one in line {self.lines[name]}",
            )
        self.values[name], self.lines[name] = value, entry.line
        return name

    def add_cell(self, name: str, cell: str) -> None:
        if name not in self.known:
            if not is_empty(cell):
                self.unmatched = True
                problem = f"notebook: there is no question {name[:200]!r}{self.suggestion(name[:100])}"
                self.note(visible(problem, 300))
            return
        value = by_kind(self.known[name], cell)
        if is_empty(value):
            return
        if name not in self.values:
            self.values[name] = value
        elif self.values[name] != value:
            self.note(
                f"{name} is answered in {ANSWERS_FILE} and, differently, in the notebook; the file counts"
            )

    def _is_lost_part(self, entry: Entry, last: str) -> bool:
        parts = {slug(part): part for part in self.known[last].parts}
        mine = self.values.get(last, {})
        if slug(entry.key) not in parts or not isinstance(mine, dict):
            return False
        if not is_empty(entry.value):
            self.values[last] = {**mine, parts[slug(entry.key)]: entry.value}
            self.lines.setdefault(last, entry.line)
        return True


def by_kind(question: Question, value: Value) -> Value:
    """The value as its kind wants it: "width: 16" as text becomes {"width": "16"} where width is a part."""
    if question.kind == "numeric" and isinstance(value, str):
        return labelled_parts(value, question.parts) or value
    if question.kind == "choice" and isinstance(value, str):
        label, _, letter = value.partition(":")
        return letter.strip() if label.strip().lower() == LABEL else value
    return value


def slug(name: str) -> str:
    """A question's name as it was probably meant: `Filter shape` and `filter_shape` are filter-shape."""
    return re.sub(r"[\s_-]+", "-", unicodedata.normalize("NFKC", name[:100]).strip().lower())


def suggestion(name: str, known: Iterable[str]) -> str:
    """ "; did you mean filter-shape?", or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _printable(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    return _UNPRINTABLE.sub("\ufffd", text)


def _without_comments(text: str) -> str:
    """The text less its HTML comments; one that never ends goes on to the end of the text."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("-->", start + 4)
        at = end + 3 if end >= 0 else len(text)
    return "".join(kept) + text[at:]


def _read_file(text: str, collected: _Collected) -> None:
    raw = text.encode("utf-8", "replace")
    if len(raw) > MAX_BYTES:
        text = raw[:MAX_BYTES].decode("utf-8", "ignore")
        collected.problems.append(f"{ANSWERS_FILE}: larger than 64 KiB, only the first 64 KiB were read")
    # YAML allows no tabs where lines are indented, and students' editors put them there.
    lines = [
        line[: len(line) - len(line.lstrip())].expandtabs(4) + line.lstrip()
        for line in _printable(text).split("\n")
    ]
    text = "\n".join(lines)
    try:
        entries = read_entries(text)
    except NotPlainError as error:
        _read_blocks(text, error, collected)
        return
    last = ""
    for entry in entries:
        last = collected.add(entry, last)


def _read_blocks(text: str, error: NotPlainError, collected: _Collected) -> None:
    """Cut the file where a question begins, and read each question by itself."""
    starts = _starts(text, collected.known)
    first = starts[0].start() if starts else len(text)
    for number, line in enumerate(text[:first].split("\n"), start=1):
        if line.strip() and not line.lstrip().startswith(("#", "---", "%")):
            collected.unmatched = True
            why = f" (line {error.line}: {error.reason})" if error.line != number else f" ({error.reason})"
            collected.complain(number, f"belongs to no question{why}")
            break
    for at, match in enumerate(starts):
        end = starts[at + 1].start() if at + 1 < len(starts) else len(text)
        begin = text.count("\n", 0, match.start())
        block = text[match.start() : end]
        try:
            entries = read_entries(block)
        except NotPlainError as broken:
            reason = f"{broken.reason}. The answer is read as plain text"
            collected.complain(begin + broken.line, reason)
            entries = [Entry(match[3], 1, _plain_text(text[match.end() : end], len(match[1])))]
        last = ""
        for entry in entries:
            last = collected.add(Entry(entry.key, begin + entry.line, entry.value), last)


def _starts(text: str, known: Iterable[str]) -> list[re.Match[str]]:
    """Where questions begin: lines with a question's name, or nearly one, indented like the first of them."""
    names = list(known)
    found: list[re.Match[str]] = []
    for match in _NAME.finditer(text):
        if found and len(match[1]) != len(found[0][1]):
            continue
        name = slug(match[3])
        if name in names or difflib.get_close_matches(name, names, n=1, cutoff=0.8):
            found.append(match)
        if len(found) == _MOST_BLOCKS:
            break
    return found


def _plain_text(block: str, indent: int) -> str:
    """The text of a block less YAML's sign for one, and less the comments that belong to the next question."""
    lines = _BLOCK_SIGN.sub("", block, count=1).split("\n")
    kept = [line for line in lines if not (line[indent : indent + 1] == "#" and not line[:indent].strip())]
    return "\n".join(line.strip() for line in kept).strip()

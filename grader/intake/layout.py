"""Which files of a submission belong to the assignment, and in which of its folders they stand."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from grader.course import Assignment
from grader.intake.names import shown

ANSWERS = "answers.yaml"
EXAMPLES = "examples.yaml"
# The folders that a file may stand in below the entry: hw.zip → cnn-main → exercises → cnn.
MAX_DEPTH = 3
# Files looked at in one entry. More are refused, so that nobody makes the grader list a disk.
MAX_FILES = 2000
_MAX_LINES = 40

_CLUTTER = frozenset(
    [
        *("__macosx", "__pycache__", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "$recycle.bin"),
        *(
            ".git",
            ".svn",
            ".hg",
            ".ipynb_checkpoints",
            ".idea",
            ".vscode",
            ".devcontainer",
            ".venv",
            ".cache",
            ".mypy_cache",
        ),
        *("venv", "env", ".ds_store", "site-packages", "node_modules", "__pypackages__"),
        *(".ruff_cache", ".pytest_cache", ".trash", ".trashes", ".spotlight-v100", ".fseventsd"),
    ]
)


class Unreadable(Exception):
    """One file or folder can't be read. Its text says why and what to do, without the file's name."""


class Notes:
    """What is said about a submission while it is read: problems, and what was passed over; once each."""

    def __init__(self, problems: Iterable[str] = (), ignored: Iterable[str] = ()) -> None:
        self._problems = dict.fromkeys(problems)
        self._ignored = dict.fromkeys(ignored)

    def problem(self, file: str, what: object) -> None:
        """Note that something is wrong with `file` (untrusted name)."""
        self._problems[f"{shown(file)}: {what}"] = None

    def ignore(self, file: str, why: str) -> None:
        """Note that `file` (untrusted name) was passed over."""
        self._ignored[f"{shown(file)} ({why})"] = None

    def ignore_link(self, file: str) -> None:
        """Note that `file` (untrusted name) is a link."""
        self._ignored[f"{shown(file)} -> symlink, not followed"] = None

    def extend(self, other: Notes) -> None:
        """Take over what `other` noted, cut short: the links of a packed venv are worth a few lines."""
        self._problems |= dict.fromkeys(_shortened(other._problems, 10))
        self._ignored |= dict.fromkeys(_shortened(other._ignored, 10))

    def blames(self, file: str) -> bool:
        """Whether a problem was noted for `file`."""
        return any(line.startswith(f"{shown(file)}: ") for line in self._problems)

    @property
    def problems(self) -> tuple[str, ...]:
        """The problems, at most so many that a page stays readable."""
        return _shortened(self._problems)

    @property
    def ignored(self) -> tuple[str, ...]:
        """What was passed over, at most so much that a page stays readable."""
        return _shortened(self._ignored)


def _shortened(lines: Iterable[str], most: int = _MAX_LINES) -> tuple[str, ...]:
    lines = tuple(lines)
    return lines if len(lines) <= most else (*lines[: most - 1], f"and {len(lines) - most + 1} more")


def chapter_files(assignment: Assignment) -> tuple[str, ...]:
    """The files an assignment names, in order: the twins of each open chapter, the answers, examples of one's own."""
    twins = (f"{chapter.name}{end}" for chapter in assignment.open_chapters for end in (".py", ".ipynb"))
    return (*twins, ANSWERS, EXAMPLES)


def is_clutter(name: str) -> bool:
    """Whether `name` is something that systems and editors leave behind."""
    return name.lower() in _CLUTTER or name.startswith("._")


def choose_root(paths: Iterable[str], wanted: Iterable[str]) -> str:
    """The folder (relative, "" or ending in /) that holds the assignment's files: the one nearest the top.

    Raises Unreadable if two folders are equally near, or if there is none.
    """
    # Examples may lie about anywhere: they are no sign of where the work is.
    names = frozenset(wanted) - {EXAMPLES}
    roots: set[str] = set()
    for path in paths:
        folder, _, name = path.rpartition("/")
        parts = folder.split("/") if folder else []
        if name in names and len(parts) <= MAX_DEPTH and not any(map(is_clutter, parts)):
            roots.add(folder + "/" if folder else "")
    nearest = sorted(root for root in roots if root.count("/") == min(r.count("/") for r in roots))
    if not nearest:
        raise Unreadable(nothing_found(names))
    if len(nearest) > 1:
        listed = ", ".join(shown(root, 60) for root in nearest[:4])
        raise Unreadable(f"files of the assignment stand in several folders ({listed}); hand in one of them")
    return nearest[0]


def nothing_found(wanted: Iterable[str]) -> str:
    """What to say when no file of the assignment is there."""
    names = ", ".join(sorted(name for name in wanted if not name.endswith(".ipynb") and name != EXAMPLES))
    return f"no file of the assignment was found; hand in {names}, or the chapters as .ipynb, so named"


def passed_over(paths: Iterable[str], root: str, assignment: Assignment) -> Iterator[tuple[str, str]]:
    """(name, why) of whatever is not the assignment's; a folder is named once, not file by file."""
    wanted = chapter_files(assignment)
    closed = {
        f"{chapter.name}{end}"
        for chapter in assignment.chapters
        if not chapter.available
        for end in (".py", ".ipynb")
    }
    seen: dict[str, None] = {}
    for path in sorted(paths):
        if path.startswith(root) and path[len(root) :] in wanted:
            continue
        inside = path[len(root) :] if path.startswith(root) else path
        first, slash, _ = inside.partition("/")
        seen[first + slash] = None
    for name in list(seen)[: _MAX_LINES + 1]:
        yield name, _why(name, wanted, closed)
    for name in list(seen)[_MAX_LINES + 1 :]:
        yield name, "not part of the assignment"


def _why(name: str, wanted: tuple[str, ...], closed: set[str]) -> str:
    if name in closed:
        return "its chapter is not open yet"
    if PurePosixPath(name).suffix.lower() == ".zip":
        return "a zip inside is not opened"
    stem, _, endings = name.lower()[:100].partition(".")
    kinds = {"yaml" if kind == "yml" else kind for kind in endings.split(".")}
    if kinds & {"py", "ipynb", "yaml"}:
        # Browsers, LMSs and editors rename: "Convolution.py", "convolution (1).py", "answers.yaml.txt".
        for meant in wanted:
            target, _, ending = meant.partition(".")
            alike = stem.startswith(target) or difflib.SequenceMatcher(a=stem, b=target).ratio() > 0.85
            if alike and ending in kinds:
                return f"not part of the assignment; is it meant to be {meant}?"
    return "not part of the assignment"

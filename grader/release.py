"""solutions → exercises: stubs, visible checks, hints and the rest of the handout, from one source.

Everything in `exercises/<assignment>/` is derived here; `--check` compares instead of writing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from grader.course import Assignment, Course
from grader.errors import CourseError

_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"
_CELL = re.compile(r"^# %%(?P<rest>.*)$")
_HINTS = re.compile(r'exercise="(?P<exercise>\w+)"')
_TIERS = ("Nudge", "Formula", "Worked example")


@dataclass(frozen=True)
class Cell:
    """One percent cell: its header line (after `# %%`) and its lines."""

    header: str
    lines: tuple[str, ...]

    @property
    def is_markdown(self) -> bool:
        """Whether it is lesson text."""
        return "[markdown]" in self.header

    @property
    def hints_for(self) -> str | None:
        """The exercise whose hints stand here, or None."""
        if 'tags=["hints"]' not in self.header:
            return None
        match = _HINTS.search(self.header)
        return match["exercise"] if match else None

    @property
    def text(self) -> str:
        """Markdown without the comment signs, or the code as it is."""
        if not self.is_markdown:
            return "\n".join(self.lines)
        return "\n".join(line.removeprefix("#").removeprefix(" ") for line in self.lines).strip("\n")


def read_cells(path: Path) -> list[Cell]:
    """The cells of a percent-format chapter. Raises CourseError if it can't be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: can't be read: {error}") from None
    cells: list[tuple[str, list[str]]] = []
    for line in lines:
        if match := _CELL.match(line):
            cells.append((match["rest"].strip(), []))
        elif cells:
            cells[-1][1].append(line)
        elif line.strip():
            cells.append(("", [line]))
    return [Cell(header, tuple(_trimmed(body))) for header, body in cells]


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    while lines and not lines[0].strip():
        lines = lines[1:]
    return lines


def strip_solutions(path: Path, cell: Cell) -> Cell:
    """The cell with each marked block replaced: inside a function by `raise NotImplementedError`, else by nothing.

    Raises CourseError, with the line, where the markers do not match.
    """
    kept: list[str] = []
    inside = False
    function = ""
    for line in cell.lines:
        if match := re.match(r"def (\w+)\(", line):
            function = match[1]
        marker = line.strip()
        if marker == _BEGIN:
            if inside:
                raise CourseError(f"{path}: a second {_BEGIN} before {_END} in {function or 'a cell'}")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            if indent:
                kept.append(f'{indent}raise NotImplementedError("{function} is not written yet")')
        elif marker == _END:
            if not inside:
                raise CourseError(f"{path}: {_END} without {_BEGIN} in {function or 'a cell'}")
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise CourseError(f"{path}: {_BEGIN} without {_END} in {function or 'a cell'}")
    return Cell(cell.header, tuple(_trimmed(kept)))


def student_cells(path: Path) -> list[Cell]:
    """What a student sees of a chapter: no solutions, no hints (they stand folded elsewhere)."""
    stripped = (strip_solutions(path, cell) for cell in read_cells(path) if cell.hints_for is None)
    return [cell for cell in stripped if cell.lines]


def stub_text(path: Path) -> str:
    """The `.py` handout of a chapter, percent cells kept."""
    blocks = [
        f"# %%{' ' if cell.header else ''}{cell.header}\n" + "\n".join(cell.lines)
        for cell in student_cells(path)
    ]
    return "\n\n".join(blocks) + "\n"


def hints_of(path: Path) -> dict[str, dict[str, str]]:
    """Exercise → tier → text, of one chapter. Raises CourseError where a tier is missing."""
    hints: dict[str, dict[str, str]] = {}
    for cell in read_cells(path):
        if exercise := cell.hints_for:
            parts = re.split(r"^\*\*(Nudge|Formula|Worked example)\.\*\*\s*", cell.text, flags=re.MULTILINE)
            tiers = {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}
            if tuple(tiers) != _TIERS or not all(tiers.values()):
                raise CourseError(
                    f"{path}: the hints of {exercise} need the paragraphs {', '.join(_TIERS)}, in order"
                )
            hints[exercise] = tiers
    return hints


def build(course: Course, name: str, assignment: Assignment) -> dict[str, bytes]:
    """Every file of the handout: relative path → content."""
    solutions = course.solutions(name)
    files: dict[str, bytes] = {}
    hints: dict[str, dict[str, str]] = {}
    for chapter in assignment.open_chapters:
        source = solutions / f"{chapter.name}.py"
        files[f"{chapter.name}.py"] = stub_text(source).encode()
        hints |= hints_of(source)
        checks = solutions / "checks" / f"test_{chapter.name}.py"
        if not checks.is_file():
            raise CourseError(f"{checks} is missing: the chapter's visible checks belong there")
        files[f"checks/{checks.name}"] = checks.read_bytes()
    for _, exercise in assignment.exercises():
        if exercise.name not in hints:
            raise CourseError(f"{solutions}: {exercise.name} has no hints")
    files["checks/conftest.py"] = (solutions / "checks" / "conftest.py").read_bytes()
    files["hints.yaml"] = _hints_file(hints)
    return files


class _Block(yaml.SafeDumper):
    """Dumps texts of several lines as blocks, so that the file can be read."""


_Block.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)


def _hints_file(hints: dict[str, dict[str, str]]) -> bytes:
    head = "# Three hints for each exercise. `grader hint EXERCISE` shows the next one; reading ahead is up to you.\n"
    return (head + yaml.dump(hints, Dumper=_Block, sort_keys=False, allow_unicode=True, width=110)).encode()


@dataclass(frozen=True)
class Difference:
    """How a handout on disk differs from what would be built."""

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    extra: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed or self.extra)


def compare(files: dict[str, bytes], folder: Path) -> Difference:
    """Compare what `build` gave with `folder`."""
    on_disk = (
        {path.relative_to(folder).as_posix() for path in folder.rglob("*") if _counts(path)}
        if folder.is_dir()
        else set()
    )
    return Difference(
        missing=tuple(sorted(files.keys() - on_disk)),
        changed=tuple(sorted(n for n in files.keys() & on_disk if (folder / n).read_bytes() != files[n])),
        extra=tuple(sorted(on_disk - files.keys())),
    )


def _counts(path: Path) -> bool:
    skipped = {"__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".hypothesis"}
    return path.is_file() and not skipped.intersection(path.parts)


def write(files: dict[str, bytes], folder: Path) -> Difference:
    """Make `folder` hold exactly `files`; returns what had to change."""
    difference = compare(files, folder)
    for name in (*difference.missing, *difference.changed):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(files[name])
    for name in difference.extra:
        (folder / name).unlink()
    return difference

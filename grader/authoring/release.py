"""solutions → exercises: stubs, notebooks, visible checks, hints and the rest of the handout, from one source.

Everything in `exercises/<assignment>/` is derived here; `--check` compares instead of writing.
"""

from __future__ import annotations

import io
import itertools
import zipfile
from dataclasses import dataclass
from pathlib import Path

import yaml

from grader.authoring.default_readme import default_readme
from grader.authoring.editor_files import editor_files
from grader.authoring.notebooks import notebook
from grader.course import (
    COURSE_FILE,
    DATA,
    PLUGINS,
    Assignment,
    Cell,
    Chapter,
    Course,
    Reference,
    hints_of,
    load_functions,
    load_mistakes,
    original_name,
    plain_formulas,
    read_cells,
    strip_solutions,
    stub_text,
    student_cells,
    visible_checks,
)
from grader.diagnosis import DIGESTS, digests_file
from grader.errors import CourseError
from grader.examples import TABLE, tables_file
from grader.questions import answers_template

__all__ = [
    "Cell",
    "Difference",
    "build_handout",
    "compare_handout",
    "handout_zip",
    "hints_of",
    "read_cells",
    "strip_solutions",
    "stub_text",
    "student_cells",
    "write_handout",
]

README = "README.md"
ANSWERS = "answers.yaml"
#: What a course may add to the handout, in solutions/<assignment>/: it is shipped as it is.
HANDOUT = "handout"

# The oldest moment that a zip can hold: the same files make the same archive on any day.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def build_handout(course: Course, name: str, assignment: Assignment) -> dict[str, bytes]:
    """Every file of the handout: relative path → content.

    Raises CourseError where a part is missing or broken, GraderError without the extra `notebooks`.
    """
    solutions = course.solutions(name)
    files: dict[str, bytes] = {}
    hints: dict[str, dict[str, str]] = {}
    chapters = assignment.open_chapters
    for chapter, after in itertools.zip_longest(chapters, chapters[1:]):
        source = solutions / f"{chapter.name}.py"
        _refuse_whole_solutions(source, chapter)
        for name_of_twin, content in (
            (f"{chapter.name}.py", stub_text(source).encode()),
            (f"{chapter.name}.ipynb", notebook(source, chapter, after=after)),
        ):
            files[name_of_twin] = files[f"checks/{original_name(name_of_twin)}"] = content
        for exercise_name, tiers in hints_of(source).items():
            hints[exercise_name] = {tier: plain_formulas(text) for tier, text in tiers.items()}
    files |= {f"checks/{path}": content for path, content in visible_checks(solutions, assignment).items()}
    files |= {f"checks/{PLUGINS}/{path}": content for path, content in _folder(solutions / PLUGINS).items()}
    functions = Reference(load_functions(solutions, assignment.chapter_of()))
    if digests := digests_file(course, name, functions, load_mistakes(course, name)):
        files[f"checks/{DIGESTS}"] = digests
    if (tables := tables_file(course, name)) is not None:
        files[f"checks/{TABLE}"] = tables
    files["hints.yaml"] = _hints_file(hints)
    if any(chapter.questions for chapter in assignment.open_chapters):
        files[ANSWERS] = answers_template(assignment).encode()
    files |= editor_files(assignment)
    files |= {f"{DATA}/{data}": path.read_bytes() for data, path in assignment.data_files().items()}
    return {README: default_readme(assignment), **_with_extras(files, solutions / HANDOUT)}


def _refuse_whole_solutions(path: Path, chapter: Chapter) -> None:
    """An exercise without marks would be handed out with its solution. Raises CourseError."""
    before = {cell.text for cell in read_cells(path)}
    for cell in student_cells(path):
        for exercise in chapter.exercises:
            heads = tuple(f"{word} {exercise.name}{end}" for word in ("def", "class") for end in "(:[")
            if cell.text in before and any(line.startswith(heads) for line in cell.lines):
                raise CourseError(
                    f"{path}: {exercise.name} would be handed out with its solution: put `### BEGIN SOLUTION` and "
                    "`### END SOLUTION` around the lines that students are to write"
                )


def _with_extras(files: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    extras = _folder(folder)
    if taken := sorted(extras.keys() & files.keys()):
        raise CourseError(
            f"{folder / taken[0]}: the handout's {taken[0]} is made from elsewhere; rename this one"
        )
    return files | extras


def _folder(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, which need not exist: relative path → content."""
    files = (path for path in sorted(folder.rglob("*")) if _counts(path))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def handout_zip(course: Course, name: str, assignment: Assignment) -> bytes:
    """What a student downloads: the handout in one folder named after the assignment, and the course in short.

    The same handout gives the same bytes. Raises what `build_handout` raises.
    """
    files = build_handout(course, name, assignment) | {COURSE_FILE: _course_of_one(course, name)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{name}/{path}", _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def _course_of_one(course: Course, name: str) -> bytes:
    """course.yaml with this assignment alone, so that a student never has to say which is meant."""
    data = yaml.safe_load((course.root / COURSE_FILE).read_text(encoding="utf-8"))
    # Extensions name students, and are nobody else's business.
    mine = {key: value for key, value in data["assignments"][name].items() if key != "extensions"}
    data["assignments"] = {name: mine}
    head = "# What `grader check` needs to know about this assignment. Nothing here is yours to change.\n"
    return (head + yaml.dump(data, Dumper=_Block, sort_keys=False, allow_unicode=True, width=110)).encode()


class _Block(yaml.SafeDumper):
    """Dumps texts of several lines as blocks, so that the file can be read."""


_Block.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)


def _hints_file(hints: dict[str, dict[str, str]]) -> bytes:
    head = "# Hints, one after the other. `grader hint EXERCISE` shows the next one; reading ahead is up to you.\n"
    return (head + yaml.dump(hints, Dumper=_Block, sort_keys=False, allow_unicode=True, width=110)).encode()


@dataclass(frozen=True)
class Difference:
    """How a handout on disk differs from what would be built."""

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    extra: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed or self.extra)


def compare_handout(files: dict[str, bytes], folder: Path) -> Difference:
    """Compare what `build_handout` gave with `folder`."""
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
    skipped = {"__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".hypothesis", ".grader"}
    return path.is_file() and not skipped.intersection(path.parts)


def write_handout(files: dict[str, bytes], folder: Path) -> Difference:
    """Make `folder` hold exactly `files`; returns what had to change."""
    difference = compare_handout(files, folder)
    for name in (*difference.missing, *difference.changed):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(files[name])
    for name in difference.extra:
        (folder / name).unlink()
    return difference

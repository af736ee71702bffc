"""`grader new`: the files of a small assignment that works at once, and its entry in course.yaml."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from grader.course import COURSE_FILE, load_course, why_no_chapter, why_no_exercise
from grader.errors import CourseError, UsageError

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_HEAD = (
    "# What the course is: every key, with its default, stands in docs/authors.md of the kit.\nassignments:\n"
)
_LESSON = '''\
"""{title}.

This text is the lesson: what stands here, students read above the first exercise.
"""
'''
_EXERCISE = '''

def {name}(values):
    """Say here what goes in and what comes out. For now: {times} times the sum of a list of numbers.

    >>> {name}([1, 2])
    {result}
    """
    ### BEGIN SOLUTION
    return {times} * sum(values)
    ### END SOLUTION
'''
_TWO_EXERCISES = '''

def mean_of(values):
    """The arithmetic mean of a list of numbers.

    >>> mean_of([1, 2, 6])
    3.0
    """
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION


def spread(values):
    """The mean distance of the values from their mean.

    >>> spread([1, 2, 6])
    2.0
    """
    ### BEGIN SOLUTION
    mean = mean_of(values)
    return mean_of([abs(value - mean) for value in values])
    ### END SOLUTION
'''
_TESTS = """\
import pytest
from grader.testing import agree, number_lists
from hypothesis import example, given
"""
_TEST = '''

@pytest.mark.exercise("{name}", points={points})
@given(values=number_lists())
@example(values=[142857.1, 0.25])
@example(values=[2.6e-7])
def test_{name}(student, reference, values):
    """Lists of any numbers"""
    agree(student.{name}(values), reference.{name}(values), scale=sum(map(abs, values)))
'''


@dataclass(frozen=True)
class Draft:
    """A chapter that is to become an assignment. exercises: as course.yaml has them; more: further files of
    `solutions/<assignment>/`; extra: further keys of the assignment."""

    chapter: str
    source: str
    tests: str
    exercises: Sequence[Mapping[str, Any]]
    questions: Sequence[Mapping[str, Any]] = ()
    more: Mapping[str, bytes] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


def example_draft(name: str, exercises: Sequence[str]) -> Draft:
    """Two exercises that show how it is done, or the named ones, to be filled in. Raises UsageError."""
    chapter, title = chapter_name(name), name.replace("-", " ").capitalize()
    if not exercises:
        entries: list[dict[str, Any]] = [
            {"name": "mean_of", "points": 2},
            {"name": "spread", "points": 3, "needs": ["mean_of"]},
        ]
        source = _LESSON.format(title=title) + _TWO_EXERCISES
    else:
        entries = [{"name": exercise, "points": 2} for exercise in exercises]
        source = _LESSON.format(title=title) + "".join(
            _EXERCISE.format(name=exercise, times=times, result=3 * times)
            for times, exercise in enumerate(exercises, start=2)
        )
    tests = _TESTS + "".join(_TEST.format(**entry) for entry in entries)
    return Draft(chapter, source, tests, entries)


def chapter_name(name: str) -> str:
    """The name of a chapter, which is a module, for an assignment."""
    chapter = name.replace("-", "_")
    if not _IDENTIFIER.fullmatch(chapter):
        chapter = f"part_{chapter}"
    return f"{chapter}_1" if why_no_chapter(chapter, ()) else chapter


def check_names(name: str, exercises: Sequence[str]) -> None:
    """Raises UsageError for a name that can't be given, saying why."""
    if not _SLUG.fullmatch(name):
        raise UsageError(
            f"{name!r} can't name an assignment: small letters, numbers and hyphens, as in text-statistics"
        )
    for exercise in exercises:
        if not _IDENTIFIER.fullmatch(exercise):
            raise UsageError(f"{exercise!r} can't name an exercise, which is a Python function")
        if why := why_no_exercise(exercise):
            raise UsageError(why)
    if len(set(exercises)) < len(exercises):
        raise UsageError(f"an exercise is named twice: {', '.join(exercises)}")


def write_assignment(root: Path, name: str, draft: Draft) -> list[Path]:
    """Write a draft into the course at `root`, which need not be one yet; the files written, relative to it.

    Raises UsageError where something of that name is there already, and CourseError where course.yaml can't take it;
    nothing is written then.
    """
    files = {
        Path("solutions") / name / f"{draft.chapter}.py": draft.source.encode(),
        Path("tests") / "hidden" / name / f"test_{draft.chapter}.py": draft.tests.encode(),
        Path("tests") / "hidden" / name / "seed.txt": f"{secrets.token_hex(16)}\n".encode(),
        **{Path("solutions") / name / path: content for path, content in draft.more.items()},
    }
    for folder in (Path("solutions") / name, Path("tests") / "hidden" / name, Path("exercises") / name):
        if (root / folder).exists():
            raise UsageError(f"{root / folder} is there already; choose another name, or move it away")
    course = root / COURSE_FILE
    before = course.read_text(encoding="utf-8") if course.is_file() else None
    text = _with_entry(course, before, name, draft)
    try:
        course.write_text(text, encoding="utf-8")
        load_course(course)
    except BaseException:
        if before is None:
            course.unlink(missing_ok=True)
        else:
            course.write_text(before, encoding="utf-8")
        raise
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return [Path(COURSE_FILE), *files]


def _with_entry(path: Path, text: str | None, name: str, draft: Draft) -> str:
    """course.yaml with the assignment behind the others; what stands there stays as it is, comments too."""
    if text is None:
        return _HEAD + _entry(name, draft, 2)
    course = load_course(path)
    if name in course.assignments:
        raise UsageError(f"{path} has an assignment {name} already; choose another name")
    tree = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = tree.value if isinstance(tree, yaml.MappingNode) else []
    node = next(value for key, value in pairs if key.value == "assignments")
    if node.flow_style:
        raise CourseError(
            f"{path}:{node.start_mark.line + 1}: write the assignments one below the other, without {{ }}, so that "
            "another can be added"
        )
    end = node.end_mark.index
    above, below = text[:end].rstrip(), text[end:]
    return f"{above}\n{_entry(name, draft, node.start_mark.column)}{below}"


class _Compact(yaml.SafeDumper):
    """Exercises on a line each, as an author would write them."""

    def represent_mapping(self, tag: Any, mapping: Any, flow_style: bool | None = None) -> Any:
        short = isinstance(mapping, dict) and set(mapping) <= {"name", "points", "needs", "rules"}
        return super().represent_mapping(tag, mapping, short if "points" in mapping else flow_style)

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _entry(name: str, draft: Draft, indent: int) -> str:
    chapter: dict[str, Any] = {"name": draft.chapter, "exercises": [dict(each) for each in draft.exercises]}
    if draft.questions:
        chapter["questions"] = [dict(each) for each in draft.questions]
    entry = {name: {**draft.extra, "chapters": [chapter]}}
    text = yaml.dump(
        entry, Dumper=_Compact, sort_keys=False, allow_unicode=True, width=100, default_flow_style=False
    )
    return "".join(f"{' ' * indent}{line}".rstrip() + "\n" for line in text.splitlines())

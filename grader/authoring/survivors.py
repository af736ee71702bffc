"""Runs single-token mutants of the reference: which of them do the hidden tests let through?

Each mutant runs in a process of its own, with a limit of CPU time and memory: some loop for ever.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from grader.authoring.in_process import failures
from grader.authoring.mutation import Key, Mutant, mutants_of
from grader.course import Course, Reference, why_no_yaml
from grader.errors import CourseError
from grader.testing import HiddenTest

CPU_SECONDS = 10
MEMORY = 4 << 30
#: Mutants of a function in the quick form.
A_FEW = 6
EQUIVALENTS = "equivalent_mutants.yaml"
_MOST_TEXT = 4000

#: (exercise, function of the mutant) → a call that tells it from the right one, or ''
Teller = Callable[[str, Callable[..., Any]], str]


@dataclass
class Mutants:
    """What became of the mutants of one course. `survivors`: each with the call that would tell it apart, or ''.

    most: so many of a function were tried at most; None: all. listed: survivors that the course says mean the same.
    """

    most: int | None = None
    counts: Counter[str] = field(default_factory=Counter)
    survivors: list[tuple[Mutant, str]] = field(default_factory=list)
    listed: int = 0
    #: Exercises whose tests noticed one.
    noticed: set[str] = field(default_factory=set)
    #: Listed as equivalent, and killed or no mutant at all.
    stale: Counter[Key] = field(default_factory=Counter)


def can_run_mutants() -> bool:
    """Whether this system can give each its own limited process."""
    return hasattr(os, "fork") and sys.platform != "win32"


def run_mutants(
    course: Course,
    name: str,
    tests_of: Mapping[str, Sequence[HiddenTest]],
    reference: Reference,
    *,
    chapters: Sequence[str] = (),
    most: int | None = None,
    tell: Teller = lambda exercise, function: "",
    progress: Callable[[str], None] = lambda function: None,
) -> Mutants:
    """Run the mutants of `chapters` (none named: of all), `most` of a function at most.

    The tests' inputs are drawn. Raises CourseError for a list of equivalents that can't be read.
    """
    assignment, solutions = course.assignments[name], course.solutions(name)
    chapter_of = assignment.chapter_of()
    found, known, seen = Mutants(most), equivalents(course, name), Counter[Key]()
    for chapter in chapters or [chapter.name for chapter in assignment.open_chapters]:
        exercises = [e for e, where in chapter_of.items() if where == chapter and tests_of.get(e)]
        for mutant in mutants_of(solutions / f"{chapter}.py", most=most):
            progress(mutant.function)
            # A change of an exercise's function concerns its own tests; of a helper, those of the whole chapter.
            concerned = [mutant.function] if mutant.function in exercises else exercises
            how, telling = _verdict(mutant, solutions, concerned, tests_of, reference, tell)
            found.counts[how] += 1
            if how != "survived":
                found.noticed.update(concerned)
            if how == "survived":
                seen[mutant.key] += 1
                if seen[mutant.key] > known[mutant.key]:
                    found.survivors.append((mutant, telling))
                else:
                    found.listed += 1
    if most is None and not chapters:
        found.stale = known - seen
    return found


def equivalents(course: Course, name: str) -> Counter[Key]:
    """How often (function, before, after) may survive; each stands in the course with the reason."""
    return Counter(
        (group["function"], before, after)
        for group in _allowed(course, name)
        for before, after in group.get("changes", ())
    )


def allowed_perturbations(course: Course, name: str) -> Mapping[tuple[str, str], str]:
    """(exercise, perturbation) → why its tests may let it through."""
    return {
        (group["function"], perturbation): str(group["because"]).strip()
        for group in _allowed(course, name)
        for perturbation in group.get("perturbations", ())
    }


def _allowed(course: Course, name: str) -> Iterator[Mapping[str, Any]]:
    path = course.solutions(name) / EQUIVALENTS
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        groups = yaml.safe_load(text)
    except yaml.YAMLError as error:
        line, why = why_no_yaml(error, text)
        raise CourseError(f"{path}:{line}: {why}") from error
    for group in groups or ():
        if (
            not isinstance(group, dict)
            or not group.get("function")
            or not str(group.get("because", "")).strip()
        ):
            raise CourseError(f"{path}: every entry needs `function` and, in words, `because`")
        yield group


def _verdict(
    mutant: Mutant,
    solutions: Path,
    concerned: Sequence[str],
    tests_of: Mapping[str, Sequence[HiddenTest]],
    reference: Reference,
    tell: Teller,
) -> tuple[str, str]:
    """'killed', 'survived' (and what would tell) or 'stopped', found out in a process of its own."""

    def found_out() -> bytes:
        said = b"killed"
        with contextlib.suppress(BaseException):
            functions = load_mutant(mutant, solutions)
            if not any(any(failures([t], functions[e], reference)) for e in concerned for t in tests_of[e]):
                said = b"survived"
                told = (tell(exercise, functions[exercise]) for exercise in concerned)
                said += b"\n" + next(filter(None, told), "").encode()[:_MOST_TEXT]
        return said

    said = in_own_process(found_out, solutions)
    how, _, telling = said.decode(errors="replace").partition("\n")
    return how or "stopped", telling


def in_own_process(work: Callable[[], bytes], folder: Path) -> bytes:
    """What `work` returns, done in a process with limits that works in `folder`; nothing where it met one of them."""
    if sys.platform == "win32":
        raise CourseError("mutants need a system with fork")
    import resource  # not everywhere

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            os.chdir(folder)  # data files are read by relative path
            said = work()
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(said)
        finally:
            os._exit(0)  # whatever happens, it never goes on as a second examiner
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def load_mutant(mutant: Mutant, *folders: Path) -> Mapping[str, Any]:
    """The names of the mutated file; it imports others of `folders` as they are. Only in a process of its own."""
    sys.path[:0] = map(str, folders)
    namespace: dict[str, Any] = {"__name__": mutant.chapter}
    exec(compile(mutant.source, f"{mutant.chapter} (mutant)", "exec"), namespace)
    return namespace

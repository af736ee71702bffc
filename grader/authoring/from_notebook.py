"""`grader new --from`: a notebook of nbgrader or otter-assign → an assignment, and what was not taken over."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from grader.authoring.new import Draft, chapter_name
from grader.authoring.taken_code import by_function, defined, plain, roots, title
from grader.authoring.taken_exercise import Exercise, answered, entry_of, number
from grader.authoring.taken_nbgrader import is_nbgrader, read_nbgrader
from grader.authoring.taken_otter import is_otter, read_otter
from grader.authoring.taken_parts import Given, NotebookCell, Parts, Solution, Tests, Text, Written
from grader.authoring.taken_tests import Untranslatable, called, first_call, translated, unknown_names
from grader.course import why_no_exercise
from grader.errors import GraderError, UsageError

#: Questions are numbered by the notebook, and by the handout again.
_NUMBERED = re.compile(r"^(?:\*\*|#+ *)(?:Question|Exercise|Problem|Task)\b[^*\n]*(?:\*\*)?\s*")
_SHOWN = re.compile(r"(?<![\w.])(?:array|inf|nan)\b")
#: Packages that a notebook brings for its own tool, or for tests that are written otherwise here.
_TOOLS = ("otter", "nbgrader", "client", "gofer", "jassign", "nose", "pytest")
_OF_THE_TOOL = re.compile(
    r"\s*(?:(?:import|from)\s+(?:otter|nbgrader|client|gofer|jassign|nose)\b|grader\s*=|grader\.\w+\(|_ = ok\b)"
)
#: What the head of a file of tests brings; `array`, `nan` and `inf` stand in what a notebook shows.
_IN_HEAD = frozenset(["agree_value", "must_raise", "pytest", "array", "nan", "inf"])
_HEAD = """\
import pytest
from grader.testing import agree_value, must_raise
"""


def draft_from_notebook(name: str, path: Path) -> tuple[Draft, list[str]]:
    """The assignment, and what was not taken over. Raises UsageError where the notebook can't be read as one."""
    cells = _cells(path)
    if is_nbgrader(cells):
        parts = read_nbgrader(cells)
    elif is_otter(cells):
        parts = read_otter(cells)
    else:
        raise UsageError(
            f"{path} has no marks of nbgrader (metadata of cells) or of otter-assign (# BEGIN QUESTION); "
            "give the source notebook, with solutions and tests, not the one that students get"
        )
    taking = _Taking(name, parts)
    draft = taking.draft()
    if not draft.exercises:
        raise UsageError(f"{path} has no function with tests: " + "; ".join(parts.left[:5]))
    return draft, parts.left


def _cells(path: Path) -> list[NotebookCell]:
    try:
        import nbformat
    except ImportError:
        raise GraderError("reading notebooks needs nbformat: pip install 'cnn-grader[notebooks]'") from None
    try:
        page = nbformat.read(str(path), as_version=4)  # type: ignore[no-untyped-call]
    except Exception as error:  # nbformat raises whatever its validators and json do
        raise UsageError(f"{path} can't be read as a notebook: {type(error).__name__}: {error}") from None
    return [
        NotebookCell(
            number,
            str(cell.cell_type),
            str(cell.source),
            dict(cell.metadata.get("nbgrader") or {}),
            _shown(cell),
        )
        for number, cell in enumerate(page.cells, start=1)
    ]


def _shown(cell: Any) -> str:
    results = [one for one in cell.get("outputs", ()) if one.get("output_type") == "execute_result"]
    return str(results[-1].get("data", {}).get("text/plain", "")) if results else ""


class _Taking:
    """Makes a draft of the parts; notes in `parts.left` what finds no place in it."""

    def __init__(self, name: str, parts: Parts) -> None:
        self._name = name
        self._parts = parts
        self._left = parts.left
        self._exercises: dict[str, Exercise] = {}
        #: The names that given code defines → its statement; imports above all.
        self._given: dict[str, ast.stmt] = {}
        self._cells: list[str] = []
        self._questions: list[dict[str, Any]] = []
        self._key: dict[str, Any] = {}
        self._used: set[str] = set()
        self._support: list[ast.stmt] = []
        self._check_support: list[ast.stmt] = []
        self._packages: dict[str, None] = {}

    def draft(self) -> Draft:
        for part in self._parts.found:
            if isinstance(part, Solution):
                self._find_exercises(part)
        for part in self._parts.found:
            if isinstance(part, Given):
                self._find_given(part.source)
        graded = [part for part in self._parts.found if isinstance(part, Tests)]
        for part in graded:
            self._take_test(part)
        for exercise in self._exercises.values():
            if not exercise.points:
                self._left.append(
                    f"{exercise.name} as an exercise: no test with points calls it; its code is kept"
                )
        self._exercises = {name: found for name, found in self._exercises.items() if found.points}
        for part in self._parts.found:
            self._write(part)
        chapter = chapter_name(self._name)
        more: dict[str, bytes] = {f"checks/test_{chapter}.py": self._checks().encode()}
        if self._key:
            key = yaml.safe_dump({"schema": 1, "questions": self._key}, sort_keys=False, allow_unicode=True)
            more["key.yaml"] = key.encode()
        extra = {"imports": ["numpy", *self._packages]} if self._packages else {}
        return Draft(
            chapter=chapter,
            source="\n\n".join(self._cells) + "\n",
            tests=self._file(self._support, [test for e in self._exercises.values() for test in e.tests]),
            exercises=[entry_of(exercise, self._exercises) for exercise in self._exercises.values()],
            questions=self._questions,
            more=more,
            extra=extra,
        )

    def _find_exercises(self, part: Solution) -> None:
        try:
            body = ast.parse(plain(part.source)).body
        except SyntaxError:
            self._left.append(f"{part.name}: its solution is no plain Python")
            return
        found = [node for node in body if isinstance(node, ast.FunctionDef)]
        for function in found:
            if why := why_no_exercise(function.name):
                self._left.append(f"{function.name} as an exercise: {why}")
                continue
            used = {inner.id for inner in ast.walk(function) if isinstance(inner, ast.Name)}
            needs = [name for name in self._exercises if name in used]
            self._exercises[function.name] = Exercise(function.name, needs)
        for node in body:
            if isinstance(node, ast.ClassDef):
                self._left.append(f"the class {node.name} of {part.name} as an exercise: see docs/kinds.md")
        if not found and not any(isinstance(node, ast.ClassDef) for node in body):
            self._left.append(
                f"{part.name}: its answer is no function; let a function return it, and test that"
            )

    def _find_given(self, source: str) -> None:
        try:
            body = ast.parse(plain(source)).body
        except SyntaxError:
            return
        for node in body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for root in roots(node):
                    if root not in sys.stdlib_module_names and root not in (
                        *_TOOLS,
                        "numpy",
                        "pytest",
                        "nose",
                    ):
                        self._packages[root] = None
                for alias in node.names:
                    self._given[(alias.asname or alias.name).partition(".")[0]] = node
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                self._given[node.name] = node
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    for inner in ast.walk(target):
                        if isinstance(inner, ast.Name):
                            self._given[inner.id] = node

    def _take_test(self, part: Tests) -> None:
        try:
            names = called(part.source, self._exercises)
            if not names:
                raise Untranslatable("it calls none of the functions that students write")
            exercise = self._exercises[names[-1]]
            body = answered(translated(part.source, exercise.name, self._exercises), exercise)
            support = self._supporting(body)
        except Untranslatable as why:
            self._left.append(f"the test {part.name} ({part.points:g} points): {why}")
            return
        exercise.call = exercise.call or first_call(body, exercise.name)
        if part.points > 0:
            exercise.points = round(exercise.points + part.points, 4)
            self._support += [node for node in support if node not in self._support]
            exercise.tests.append(self._function(part, exercise.name, body, part.points))
        if part.visible.strip():
            self._take_check(part, exercise)

    def _take_check(self, part: Tests, exercise: Exercise) -> None:
        try:
            if called(part.visible, self._exercises) != [exercise.name]:
                return
            body = translated(part.visible, exercise.name, ())
            support = self._supporting(body)
        except Untranslatable:
            return
        self._check_support += [node for node in support if node not in self._check_support]
        exercise.checks.append(self._function(part, exercise.name, body, 0))

    def _supporting(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """The statements of given code that a test needs, in order. Raises Untranslatable where a name has none."""
        needed: list[ast.stmt] = []
        waiting = [*body]
        while waiting:
            for name in sorted(unknown_names([waiting.pop()]) - _IN_HEAD):
                if any(name in defined(statement) for statement in body):
                    continue
                if name in self._exercises or name not in self._given:
                    raise Untranslatable(f"it uses {name}, which no code that students are given defines")
                node = self._given[name]
                if node not in needed:
                    needed.append(node)
                    if not isinstance(node, ast.Import | ast.ImportFrom):
                        waiting.append(node)
        order = list(dict.fromkeys(self._given.values()))
        return sorted(needed, key=order.index)

    def _function(self, part: Tests, exercise: str, body: Sequence[ast.stmt], points: float) -> str:
        name = re.sub(r"\W+", "_", part.name).strip("_").lower().removeprefix("test_")
        number = 1
        while (free := f"test_{name}" + (f"_{number}" if number > 1 else "")) + str(
            bool(points)
        ) in self._used:
            number += 1
        self._used.add(free + str(bool(points)))
        worth = f", points={points:g}" if points else ""
        lines = [line for statement in body for line in ast.unparse(statement).splitlines()]
        living = "student, reference" if any("reference." in line for line in lines) else "student"
        return "\n".join(
            [
                f'@pytest.mark.exercise("{exercise}"{worth})',
                f"def {free}({living}):",
                f'    """{title(part, exercise)}"""',
                *(f"    {line}" for line in lines),
            ]
        )

    def _write(self, part: Any) -> None:
        if isinstance(part, Text):
            self._add("[markdown]", "\n".join(f"# {line}".rstrip() for line in part.text.splitlines()))
        elif isinstance(part, Given):
            if code := self._kept(part.source):
                self._add("", code)
        elif isinstance(part, Solution) and re.search(r"^(def|class) ", part.source, re.MULTILINE):
            for code in by_function(part.source):
                self._add("", code)
        elif isinstance(part, Written):
            self._ask(part)

    def _add(self, header: str, body: str) -> None:
        safe = re.sub(r"^# %%", "#  %%", body, flags=re.MULTILINE)
        if safe.strip():
            self._cells.append(f"# %%{' ' if header else ''}{header}\n{safe}")

    def _kept(self, source: str) -> str:
        """Given code less what belongs to the other tool, and less commands of the notebook's."""
        kept = []
        for line in source.splitlines():
            if _OF_THE_TOOL.match(line):
                continue
            if line.lstrip().startswith(("%", "!")):
                self._left.append(f"the command {line.strip()[:60]}")
                continue
            kept.append(line)
        return "\n".join(kept).strip("\n")

    def _ask(self, part: Written) -> None:
        name = (
            re.sub(r"[^a-z0-9]+", "-", part.name.lower()).strip("-") or f"question-{len(self._questions) + 1}"
        )
        if not part.points or any(question["name"] == name for question in self._questions):
            self._left.append(f"the question {part.name}: it has no points, or its name is taken")
            return
        ask = _NUMBERED.sub("", part.ask.strip())
        entry = {"name": name, "kind": "free", "points": number(part.points)}
        self._questions.append({**entry, "ask": ask if len(ask) >= 10 else f"Question {name}: {ask}"})
        self._key[name] = {"kind": "free", "sketch": part.sketch or "To be read by a person."}

    def _checks(self) -> str:
        checks = []
        for exercise in self._exercises.values():
            if not exercise.checks and exercise.call:
                exercise.checks.append(
                    f'@pytest.mark.exercise("{exercise.name}")\ndef test_{exercise.name}_runs(student):\n'
                    f'    """It runs"""\n    {exercise.call}'
                )
            elif not exercise.checks:
                self._left.append(f"a visible check of {exercise.name}: the notebook has none")
            checks += exercise.checks
        return self._file(self._check_support, checks)

    def _file(self, support: Sequence[ast.stmt], functions: Sequence[str]) -> str:
        order = list(dict.fromkeys(self._given.values()))
        given = [ast.unparse(node) for node in sorted(support, key=order.index)]
        shown = sorted(set(_SHOWN.findall("\n".join(functions))))
        numpy = f"from numpy import {', '.join(shown)}\n" if shown else ""
        head = _HEAD + numpy + "".join(f"{line}\n" for line in given if not line.startswith("import pytest"))
        return "\n\n\n".join([head.rstrip("\n"), *functions]) + "\n"

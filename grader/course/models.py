"""course.yaml → typed models. An error names the file, the line and the field, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from grader.course.asked import Points, Question, Slug
from grader.course.duedates import AttemptPolicy, LatePolicy, Moment
from grader.course.limits import Limit, Limits, Model
from grader.course.misfits import misfits_of
from grader.course.plugins import PLUGINS, has_plugin, load_plugin
from grader.course.reference import DATA
from grader.course.rules import Rule
from grader.course.vscode import VsCode
from grader.course.yamlplace import duplicate_key, line_of, read_yaml, suggestion, why_no_yaml
from grader.errors import CourseError, UsageError

COURSE_FILE = "course.yaml"

DataFile = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][\w.-]*(/[A-Za-z0-9_][\w.-]*)*$", max_length=200)]
Name = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]


def titled(data: Any, name: object) -> Any:
    """An entry of course.yaml with a title made of its name, where it has none."""
    if not isinstance(data, dict) or data.get("title") or not isinstance(name, str):
        return data
    words = name.replace("_", " ").replace("-", " ")
    return {**data, "title": words[:1].upper() + words[1:]}


class Exercise(Model):
    """One function to write. `needs`: the exercises its code normally calls.

    examples: further points, for examples of the student's own. rules: about its source, with points of its own.
    """

    name: Name
    points: Points
    needs: tuple[Name, ...] = ()
    examples: Annotated[float, Field(ge=0, le=1000)] = 0
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _tests_have_points(self) -> Exercise:
        if sum(rule.points for rule in self.rules) >= self.points:
            raise ValueError("its rules have all its points; leave some for the hidden tests")
        return self

    @property
    def most(self) -> float:
        """All points that it can bring."""
        return self.points + self.examples


class Chapter(Model):
    """One module of the assignment, closed by a checkpoint. `available: false` switches it off, visibly.

    title: without one, the name. minutes: that it takes about; 0: not said.
    """

    name: Name
    title: str = ""
    minutes: Annotated[int, Field(ge=0)] = 0
    available: bool = True
    exercises: tuple[Exercise, ...]
    questions: tuple[Question, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _title_from_name(cls, data: Any) -> Any:
        return titled(data, data.get("name")) if isinstance(data, dict) else data


class Assignment(Model):
    """One assignment: its chapters in order, limits and policies. `extensions`: student → a later due date.

    pass_percent: of the points, from which on it is passed; the report says who is near.
    reveal: what students see of hidden tests; reveal_printed: whether, with examples, what their code printed, too;
    reveal_answers: when they see the answer sketches.
    data: files that submitted code may read, as `data/<name>`.
    `solutions`: exercise, question or "all" → from when on its solution may be handed out.
    """

    title: str = ""
    due: Moment | None = None
    late: LatePolicy = LatePolicy()
    attempts: AttemptPolicy = AttemptPolicy()
    pass_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    extensions: dict[Annotated[str, BeforeValidator(str)], Moment] = Field(default_factory=dict)
    solutions: dict[str, Moment] = Field(default_factory=dict)
    reveal: Literal["title", "hint", "example"] = "example"
    reveal_printed: bool = False
    reveal_answers: Literal["never", "after due date", "when right", "always"] = "when right"
    imports: tuple[Name, ...] = ("numpy",)
    data: tuple[DataFile, ...] = ()
    limits: Limits = Limits()
    vscode: VsCode = VsCode()
    chapters: Annotated[tuple[Chapter, ...], Field(min_length=1)]
    _plugins: Path | None = PrivateAttr(default=None)
    _data: Path | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _reveals_some_time(self) -> Assignment:
        if self.reveal_answers == "after due date" and self.due is None:
            raise ValueError("reveal_answers: after due date needs a due date: add `due`")
        return self

    def data_files(self) -> dict[str, Path]:
        """The files that submitted code may read: name → where it stands. Raises CourseError where one is missing."""
        if not self.data or self._data is None:
            return {}
        files = {name: self._data / name for name in self.data}
        for path in files.values():
            if not path.is_file():
                raise CourseError(f"{path} is missing: course.yaml lists it in `data`")
        return files

    def plugin(self, name: str) -> ModuleType | None:
        """The plug-in `name` of this assignment, if it has one. Raises CourseError where it can't be imported."""
        return load_plugin(self._plugins, name) if self._plugins else None

    def has_plugin(self, name: str) -> bool:
        """Whether there is such a plug-in, as far as is known: a student may have lost them. Nothing is imported."""
        return self._plugins is not None and (
            has_plugin(self._plugins, name) or not self._plugins.parent.is_dir()
        )

    @property
    def open_chapters(self) -> tuple[Chapter, ...]:
        """The chapters that are switched on."""
        return tuple(chapter for chapter in self.chapters if chapter.available)

    def exercises(self) -> Iterator[tuple[Chapter, Exercise]]:
        """Every exercise of the open chapters with its chapter, in order."""
        for chapter in self.open_chapters:
            for exercise in chapter.exercises:
                yield chapter, exercise

    def chapter_of(self) -> dict[str, str]:
        """Exercise name → chapter name, open chapters only, in order."""
        return {exercise.name: chapter.name for chapter, exercise in self.exercises()}

    def solution_from(self, name: str) -> datetime | None:
        """From when on the solution of an exercise or a question may be handed out; None: never."""
        return self.solutions.get(name, self.solutions.get("all"))

    def find_exercise(self, name: str) -> Exercise:
        """The exercise `name`. Raises UsageError with a suggestion if there is none."""
        known = {exercise.name: exercise for _, exercise in self.exercises()}
        for chapter in self.open_chapters:
            if chapter.name == name and name not in known:
                raise UsageError(
                    f"{name!r} is a chapter; its exercises are {', '.join(e.name for e in chapter.exercises)}"
                )
        if name not in known:
            raise UsageError(
                f"there is no exercise {name!r}{suggestion(name, known)}; it is one of {', '.join(known)}"
            )
        return known[name]

    def all_needs(self, exercise: str) -> set[str]:
        """The prerequisites of `exercise` and theirs."""
        found: set[str] = set()
        waiting = list(self.find_exercise(exercise).needs)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.find_exercise(name).needs
        return found

    @property
    def max_score(self) -> float:
        """Points of all open exercises and questions."""
        return sum(
            sum(e.most for e in chapter.exercises) + sum(q.points for q in chapter.questions)
            for chapter in self.open_chapters
        )


class Course(Model):
    """The whole of course.yaml, and the folder it stands in."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    title: str = ""
    assignments: Annotated[dict[Slug, Assignment], Field(min_length=1)]
    root: Path = Field(default=Path(), exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _titles_from_names(cls, data: Any) -> Any:
        entries = data.get("assignments")
        if not isinstance(entries, dict):
            return data
        return {**data, "assignments": {name: titled(entry, name) for name, entry in entries.items()}}

    def assignment(self, name: str | None) -> tuple[str, Assignment]:
        """The assignment `name`, or the only one. Raises UsageError if it isn't there or isn't unique."""
        if name is None:
            if len(self.assignments) == 1:
                return next(iter(self.assignments.items()))
            raise UsageError(f"say which assignment: --assignment {' | '.join(self.assignments)}")
        if name not in self.assignments:
            raise UsageError(
                f"{self.root / COURSE_FILE} has no assignment {name!r}{suggestion(name, self.assignments)}; "
                f"it has {', '.join(self.assignments)}"
            )
        return name, self.assignments[name]

    def solutions(self, assignment: str) -> Path:
        """Where the reference of `assignment` stands."""
        return self.root / "solutions" / assignment

    def hidden_tests(self, assignment: str) -> Path:
        """Where the hidden tests of `assignment` stand."""
        return self.root / "tests" / "hidden" / assignment

    def plugins(self, assignment: str) -> Path:
        """Where the plug-ins of `assignment` stand: with the reference or, where that is not, in the handout."""
        solutions = self.solutions(assignment)
        return (solutions if solutions.is_dir() else self.handout(assignment) / "checks") / PLUGINS

    def data(self, assignment: str) -> Path:
        """Where the data files of `assignment` stand: with the reference or, where that is not, in the handout."""
        solutions = self.solutions(assignment)
        return (solutions if solutions.is_dir() else self.handout(assignment)) / DATA

    def handout(self, assignment: str) -> Path:
        """Where the students' files of `assignment` stand: here, or (in a student's own copy) beside course.yaml."""
        folder = self.root / "exercises" / assignment
        return folder if folder.is_dir() else self.root


def find_course(start: Path) -> Path:
    """The course.yaml of `start` or the nearest folder above it. Raises UsageError if there is none."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / COURSE_FILE).is_file():
            return folder / COURSE_FILE
    raise UsageError(
        f"no {COURSE_FILE} in {start} or above it: run this inside the course, or pass --course FILE"
    )


def load_course(path: Path) -> Course:
    """Read and check course.yaml. Raises CourseError with file, line, field and a suggestion."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: can't be read: {error}") from None
    try:
        tree, data = read_yaml(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        line, why = why_no_yaml(error, text)
        raise CourseError(f"{path}:{line}: {why}") from None
    if not isinstance(data, dict):
        raise CourseError(f"{path}:1: expected keys such as `assignments:`")
    try:
        duplicate = duplicate_key(tree)
    except RecursionError:
        raise CourseError(
            f"{path}: not valid: a part contains itself (an alias such as *name inside &name)"
        ) from None
    if duplicate:
        raise CourseError(f"{path}:{duplicate[1]}: the key {duplicate[0]!r} stands here twice")
    try:
        course = Course.model_validate(data)
    except ValidationError as error:
        raise CourseError("\n".join(_explain(path, tree, data, item) for item in error.errors())) from None
    course = course.model_copy(update={"root": path.resolve().parent})
    for name, assignment in course.assignments.items():
        assignment._plugins = course.plugins(name)
        assignment._data = course.data(name)
    misfits = [
        f"{path}:{line_of(tree, location)}: {'.'.join(map(str, location))}: {message}"
        for name, assignment in course.assignments.items()
        for location, message in misfits_of(assignment, ("assignments", name))
    ]
    if misfits:
        raise CourseError("\n".join(misfits))
    return course


#: Keys of an assignment that decide no score before a late penalty.
_ADMINISTRATIVE = ("due", "late", "attempts", "extensions", "solutions", "pass_percent", "vscode")


def grading_text(path: Path, assignment: str) -> bytes:
    """course.yaml less due dates and the like: another one changes no test, and must not regrade a class."""
    text = path.read_text(encoding="utf-8")
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    for key in ("assignments", assignment):
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        node = next((value for name, value in pairs if name.value == key), None)
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    cuts = [(k.start_mark.index, v.end_mark.index) for k, v in pairs if k.value in _ADMINISTRATIVE]
    for start, end in reversed(cuts):
        text = text[:start] + text[end:]
    return "\n".join(line for line in text.splitlines() if line.strip()).encode()


def _explain(path: Path, tree: yaml.Node | None, data: Any, item: Any) -> str:
    location = tuple(part for part in item["loc"] if part not in ("[key]",))
    line = line_of(tree, location)
    field = ".".join(str(part) for part in location) or "the file"
    message = item["msg"].removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        message = f"unknown key{suggestion(str(location[-1]), _allowed_keys(location))}"
    elif item["type"] == "missing":
        message = "this key is missing"
    return f"{path}:{line}: {field}: {message}"


def _allowed_keys(location: tuple[Any, ...]) -> list[str]:
    """The keys of the model in which the unknown key at `location` stands."""
    names = [part for part in location[:-1] if isinstance(part, str)]
    model: type[BaseModel] = Course
    by_parent: dict[str, type[BaseModel]] = {
        "chapters": Chapter,
        "exercises": Exercise,
        "questions": Question,
        "rules": Rule,
        "limits": Limits,
        "call": Limit,
        "exercise": Limit,
        "submission": Limit,
        "late": LatePolicy,
        "vscode": VsCode,
    }
    if names:
        model = by_parent.get(names[-1], Assignment if len(names) == 2 else Course)
    return [field.alias or name for name, field in model.model_fields.items()]

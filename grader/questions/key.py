"""The answer key, solutions/<assignment>/key.yaml → typed models. An error names the file, the line and the field."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializeAsAny,
    ValidationError,
    create_model,
    model_validator,
)

from grader.course import (
    Assignment,
    Points,
    Question,
    Slug,
    duplicate_key,
    line_of,
    read_yaml,
    suggestion,
    why_no_yaml,
)
from grader.errors import CourseError
from grader.questions.kinds import Kind, own_kind
from grader.questions.phrases import Phrase

KEY_FILE = "key.yaml"

_SET = re.compile(r"<([^<>]*)>")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NumberKey(_Model):
    """One part. accept: right values; square: "24 x 24" means 24; wrong: a wrong value → what probably happened."""

    accept: Annotated[tuple[float, ...], Field(min_length=1)]
    square: bool = False
    wrong: dict[Annotated[str, Field(pattern=r"^-?[0-9.]+$")], str] = Field(default_factory=dict)


class Key(_Model):
    """What the key says of one question, of whatever kind."""

    kind: str
    #: The answer in a sentence or a few lines, shown to a student whose own answer is in.
    sketch: Annotated[str, Field(min_length=1)]


class NumericKey(Key):
    """parts: in course.yaml's order."""

    kind: Literal["numeric"]
    parts: dict[str, NumberKey]


class ChoiceKey(Key):
    """answer: the right letter; remarks: a wrong letter → why it is wrong."""

    kind: Literal["choice"]
    answer: str
    remarks: dict[str, str] = Field(default_factory=dict)


class Way(_Model):
    """One way to say something: all `items` within `within` words, in any order or in this one.

    An item is a list of alternatives, `keep*|take*|pick*`; `*` stands for any ending.
    """

    items: Annotated[tuple[str, ...], Field(min_length=1)]
    within: Annotated[int, Field(gt=0, le=40)] = 9
    ordered: bool = False

    @model_validator(mode="before")
    @classmethod
    def _a_list_is_enough(cls, data: Any) -> Any:
        return {"items": data} if isinstance(data, list) else data

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        """The items, ready to be looked for."""
        return tuple(Phrase(item) for item in self.items)


class RubricPoint(_Model):
    """One thing an answer should say. unless: ways that take it back when the same sentence holds one."""

    id: Slug
    text: str
    points: Points
    ways: Annotated[tuple[Way, ...], Field(min_length=1)]
    unless: tuple[Way, ...] = ()


class Misconception(_Model):
    """A common mistake: it costs nothing, and earns `remark`."""

    id: Slug
    remark: str
    ways: Annotated[tuple[Way, ...], Field(min_length=1)]
    unless: tuple[Way, ...] = ()


class FreeKey(Key):
    """model: an answer that finds every point of the rubric. Without a rubric, a person gives all points."""

    kind: Literal["free"]
    rubric: tuple[RubricPoint, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    model: str = ""

    @model_validator(mode="after")
    def _a_rubric_has_a_model(self) -> FreeKey:
        if self.rubric and not self.model:
            raise ValueError("a rubric needs a `model`, an answer that finds every point of it")
        return self


_BUILT_IN: tuple[type[Key], ...] = (NumericKey, ChoiceKey, FreeKey)


class AnswerKey(_Model):
    """words: named sets of alternatives, `<name>` in the items of a way."""

    schema_: Literal[1] = Field(alias="schema")
    words: dict[str, str] = Field(default_factory=dict)
    questions: dict[Slug, SerializeAsAny[Key]]


def load_key(path: Path, assignment: Assignment) -> AnswerKey:
    """Read the key and hold it against course.yaml. Raises CourseError with file, line, field and a suggestion."""
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
        raise CourseError(f"{path}:1: expected keys such as `schema:` and `questions:`")
    if duplicate := duplicate_key(tree):
        raise CourseError(f"{path}:{duplicate[1]}: the key {duplicate[0]!r} stands here twice")

    def fail(location: tuple[Any, ...], message: str) -> str:
        field = ".".join(str(part) for part in location) or "the file"
        return f"{path}:{line_of(tree, location)}: {field}: {message}"

    if unknown := next(_unknown_sets(data), None):
        raise CourseError(fail(*unknown))
    words: dict[str, str] = dict(data.get("words") or {})
    models = {kind: own.key for kind in _kinds(assignment) if (own := own_kind(assignment, kind))}
    try:
        key = _model(models).model_validate({**data, "questions": _expand(data.get("questions"), words)})
    except ValidationError as error:
        raise CourseError("\n".join(fail(*_explain(item, models)) for item in error.errors())) from None
    if problems := [fail(*problem) for problem in _misfits(key, assignment)]:
        raise CourseError("\n".join(problems))
    return key


def _kinds(assignment: Assignment) -> set[str]:
    return {question.kind for chapter in assignment.chapters for question in chapter.questions}


def _model(own: Mapping[str, type[Key]]) -> type[AnswerKey]:
    """The model of a whole key in which questions may be of these kinds, too."""
    entry = functools.reduce(operator.or_, (*_BUILT_IN, *own.values()))
    questions = dict[Slug, Annotated[entry, Field(discriminator="kind")]]  # type: ignore[valid-type]
    return create_model("AnswerKey", __base__=AnswerKey, questions=(questions, ...))


def by_a_person_alone(key: Key) -> bool:
    """Whether nothing but a person can give points for an answer."""
    return isinstance(key, FreeKey) and not key.rubric


def model_answers(key: AnswerKey, assignment: Assignment) -> dict[str, Any]:
    """The key's own answers, as `Answers.values` holds a student's: they must be worth every point."""
    return {name: _model_answer(question, assignment) for name, question in key.questions.items()}


def _model_answer(question: Key, assignment: Assignment) -> Any:
    if isinstance(question, NumericKey):
        return {part: f"{number.accept[0]:.15g}" for part, number in question.parts.items()}
    if isinstance(question, ChoiceKey):
        return question.answer
    if isinstance(question, FreeKey):
        return question.model
    own = own_kind(assignment, question.kind)
    return own.model(question) if own else ""


def _unknown_sets(data: Mapping[str, Any]) -> Iterator[tuple[tuple[Any, ...], str]]:
    words = data.get("words") or {}
    if not isinstance(words, dict) or not all(isinstance(value, str) for value in words.values()):
        yield ("words",), "expected `name: alternative|alternative` lines"
        return
    for location, text in _items(data.get("questions"), ("questions",)):
        for name in _SET.findall(text):
            if name not in words:
                yield location, f"there is no word set <{name}>{suggestion(name, words)}"


def _items(data: Any, location: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Every text under a `ways` or `unless`, with its location."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in pairs:
        if isinstance(value, str) and ("ways" in location or "unless" in location):
            yield (*location, name), value
        yield from _items(value, (*location, name))


def _expand(data: Any, words: Mapping[str, str], inside: bool = False) -> Any:
    if isinstance(data, dict):
        return {
            name: _expand(value, words, inside or name in ("ways", "unless")) for name, value in data.items()
        }
    if isinstance(data, list):
        return [_expand(value, words, inside) for value in data]
    return _SET.sub(lambda match: words[match[1]], data) if inside and isinstance(data, str) else data


def _explain(item: Any, own: Mapping[str, type[Key]]) -> tuple[tuple[Any, ...], str]:
    # pydantic puts the kind of a question into the location; the file has no such level.
    kinds = ("numeric", "choice", "free", *own)
    location = tuple(
        part for at, part in enumerate(item["loc"]) if part != "[key]" and not (at == 2 and part in kinds)
    )
    message = str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        models: tuple[type[BaseModel], ...] = (
            NumberKey,
            *_BUILT_IN,
            *own.values(),
            Way,
            RubricPoint,
            AnswerKey,
        )
        message = (
            f"unknown key{suggestion(str(location[-1]), [name for m in models for name in m.model_fields])}"
        )
    elif item["type"] == "missing":
        message = "this key is missing"
    return location, message


def _misfits(key: AnswerKey, assignment: Assignment) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Where the key and course.yaml disagree."""
    asked = {question.name: question for chapter in assignment.chapters for question in chapter.questions}
    for name in sorted(key.questions.keys() - asked.keys()):
        yield ("questions", name), f"course.yaml asks no such question{suggestion(name, asked)}"
    for name, question in asked.items():
        if name not in key.questions:
            yield ("questions",), f"the question {name} has no key"
        else:
            for field, message in _misfit(key.questions[name], question, own_kind(assignment, question.kind)):
                yield ("questions", name, field), message


def _misfit(key: Key, asked: Question, own: Kind | None) -> Iterator[tuple[str, str]]:
    if key.kind != asked.kind:
        yield "kind", f"course.yaml calls this question {asked.kind}"
        return
    if isinstance(key, NumericKey) and tuple(key.parts) != asked.parts:
        yield "parts", f"course.yaml asks for {', '.join(asked.parts)}, in this order"
    if isinstance(key, ChoiceKey):
        for letter in (key.answer, *key.remarks):
            if letter not in asked.options:
                yield "answer", f"there is no option {letter!r}; the options are {', '.join(asked.options)}"
    total = asked.points
    if isinstance(key, FreeKey) and key.rubric:
        total = sum(point.points for point in key.rubric)
    elif own:
        total = own.points(key)
    if abs(total - asked.points) > 1e-9:
        field = "rubric" if isinstance(key, FreeKey) else "points"
        yield field, f"these are {total:g} points, course.yaml says {asked.points:g}"

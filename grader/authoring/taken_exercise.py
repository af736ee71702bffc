"""An exercise as it is found in a notebook that is taken over, and its entry in course.yaml."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from grader.authoring.taken_tests import Untranslatable


@dataclass
class Exercise:
    name: str
    needs: list[str]
    points: float = 0
    tests: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    call: str = ""


def answered(body: list[ast.stmt], exercise: Exercise) -> list[ast.stmt]:
    """A test in which every call must raise gets one of the tests before that returns: else raising always would pass.

    Raises Untranslatable where there is none.
    """
    raising = [node for statement in body for node in ast.walk(statement) if _must_raise(node)]
    calls = [node for s in body for node in ast.walk(s) if ast.unparse(node) == f"student.{exercise.name}"]
    if len(calls) > len(raising):
        return body
    if not exercise.call:
        raise Untranslatable("each of its calls must raise, so a function that always raises would pass")
    right = exercise.call.replace("student.", "reference.", 1)
    return [*ast.parse(f"agree_value({exercise.call}, {right})").body, *body]


def _must_raise(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "must_raise"


def entry_of(exercise: Exercise, all_of_them: dict[str, Exercise]) -> dict[str, Any]:
    needs = [name for name in exercise.needs if name in all_of_them]
    entry: dict[str, Any] = {"name": exercise.name, "points": number(exercise.points)}
    return {**entry, "needs": needs} if needs else entry


def number(points: float) -> int | float:
    return int(points) if points == int(points) else points

"""Failures that have no name, put together by what the code does, whatever it looks like.

Equal behaviour on every probe makes a cluster, nothing less: a comment must be true of everybody whom it reaches. Where
clusters were joined that agree on nine wrong probes of ten, it was two mistakes three times of eleven
(tests/benchmarks/cluster_purity.py --catalogue).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from grader.gradebook.comments import Comment, cluster_id
from grader.result import ExerciseResult, Result, TestResult


@dataclass(frozen=True)
class Cluster:
    """Submissions whose exercise fails in the same way; one by itself is a cluster, too.

    students: in the order of the results. example: of all their failing tests that show a call, the one with the
    shortest; says: what diagnosis observed, '' if nothing; comment: '' if none was given.
    """

    exercise: str
    behaviour: str
    students: tuple[str, ...]
    example: TestResult | None
    says: str
    comment: str

    @property
    def id(self) -> str:
        """Its name, as comments have it."""
        return cluster_id(self.exercise, self.behaviour)


def is_unnamed(exercise: ExerciseResult) -> bool:
    """Whether it fails, and no known mistake explains that."""
    named = exercise.diagnosis and exercise.diagnosis.kind != "observation"
    return exercise.status in ("failed", "partly", "error", "timeout") and not named


def clusters_of(results: Iterable[Result]) -> list[Cluster]:
    """What behaves alike, the largest first; then by exercise and name, so that the order is always the same."""
    found: dict[tuple[str, str], list[tuple[str, ExerciseResult]]] = {}
    for result in results:
        for exercise in result.exercises:
            if exercise.behaviour and is_unnamed(exercise):
                found.setdefault((exercise.name, exercise.behaviour), []).append((result.student, exercise))
    made = [_cluster(*key, members) for key, members in found.items()]
    return sorted(made, key=lambda one: (-len(one.students), one.exercise, one.id))


def left_apart(results: Iterable[Result]) -> dict[str, int]:
    """Exercise → how many fail without a name and stand in no cluster, for want of answers to compare."""
    return dict(
        Counter(
            exercise.name
            for result in results
            for exercise in result.exercises
            if is_unnamed(exercise) and not exercise.behaviour
        )
    )


def reached(results: Iterable[Result], said: Iterable[Comment]) -> dict[str, int]:
    """Cluster's name → how many results its comment is in, named mistakes too; 0 where it reaches nobody."""
    counts = Counter(
        cluster_id(exercise.name, exercise.behaviour)
        for result in results
        for exercise in result.exercises
        if exercise.comment
    )
    names = (cluster_id(one.exercise, one.behaviour) for one in said if one.text)
    return {name: counts[name] for name in names}


def _cluster(exercise: str, behaviour: str, members: list[tuple[str, ExerciseResult]]) -> Cluster:
    failing = [test for _, one in members for test in one.tests if test.outcome == "failed"]
    shown = min(
        (test for test in failing if test.example),
        key=lambda test: (len(test.example), test.example),
        default=next(iter(failing), None),
    )
    first = members[0][1]
    return Cluster(
        exercise,
        behaviour,
        tuple(student for student, _ in members),
        shown,
        first.diagnosis.says if first.diagnosis else "",
        first.comment,
    )

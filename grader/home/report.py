"""What a self-check found, as data: how each exercise stands, and what else belongs to the assignment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from grader.course import Chapter
from grader.home.besides import Besides
from grader.result import Diagnosis, Fault, TestResult

CheckStatus = Literal["passed", "failed", "not started", "blocked"]


@dataclass(frozen=True)
class ExerciseCheck:
    """How one exercise stands. `needs`: prerequisites that do not pass yet; `failure`: the first failing check.

    place: `file:line` in the student's folder where it raised, or else where the function begins.
    endless: itself, or what it needs, where a check of that was stopped because it took too long.
    lost: whether its file is gone. rules: what its source must keep to, where it is not written yet.
    """

    name: str
    chapter: str
    status: CheckStatus
    passed: int
    total: int
    needs: tuple[str, ...] = ()
    message: str = ""
    failure: TestResult | None = None
    printed: str = ""
    remarks: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None
    fault: Fault | None = None
    file: str = ""
    place: str = ""
    endless: tuple[str, ...] = ()
    lost: bool = False
    rules: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """JSON data."""
        data = {**vars(self), "needs": list(self.needs), "remarks": list(self.remarks)}
        data |= {"endless": list(self.endless), "rules": list(self.rules)}
        data["failure"] = self.failure.model_dump(mode="json") if self.failure else None
        data["fault"] = self.fault.model_dump(mode="json") if self.fault else None
        data["diagnosis"] = self.diagnosis.model_dump(mode="json") if self.diagnosis else None
        return data


@dataclass(frozen=True)
class CheckReport:
    """What a self-check found. `all_passed` decides the exit code.

    besides: how the rest of the assignment stands; None where one exercise was asked for. hinted: the exercises that
    have hints.
    """

    assignment: str
    folder: Path
    chapters: tuple[Chapter, ...]
    exercises: tuple[ExerciseCheck, ...]
    problems: tuple[str, ...]
    besides: Besides | None = None
    hinted: frozenset[str] = frozenset()

    @property
    def all_passed(self) -> bool:
        """Whether everything that was asked for passes."""
        return bool(self.exercises) and all(exercise.status == "passed" for exercise in self.exercises)

    @property
    def next(self) -> ExerciseCheck | None:
        """The first exercise that was written and fails, or else the first to be written; none that only waits."""
        failing = (exercise for exercise in self.exercises if exercise.status == "failed")
        unwritten = (exercise for exercise in self.exercises if exercise.status == "not started")
        return next(failing, None) or next(unwritten, None)

    def to_data(self) -> dict[str, Any]:
        """JSON data, for `--json`."""
        states = {exercise.name: exercise.status for exercise in self.exercises}
        return {
            "schema": 1,
            "assignment": self.assignment,
            "passed": self.all_passed,
            "next": self.next.name if self.next else None,
            "problems": list(self.problems),
            "exercises": [exercise.to_data() for exercise in self.exercises],
            "checkpoints": [
                {"name": c.name, "passed": all(states[e.name] == "passed" for e in c.exercises)}
                for c in self.chapters
                if all(e.name in states for e in c.exercises)
            ],
            **(self.besides.to_data() if self.besides else {}),
        }

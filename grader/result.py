"""A Result and its parts: plain data, JSON in and out, schema 1.

Everything downstream (gradebook, feedback, report, exports) reads these models and nothing else.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = 1

#: How an answer sketch begins.
SKETCH = "Answer sketch: "

TestOutcome = Literal["passed", "failed", "error", "timeout", "blocked"]
ExerciseStatus = Literal["passed", "partly", "failed", "missing", "error", "timeout", "blocked"]
SubmissionStatus = Literal["graded", "partly unreadable", "unreadable", "grader error"]


class _Part(BaseModel):
    # A result written by a later version may have more fields; they are kept, not refused.
    model_config = ConfigDict(extra="allow", defer_build=True)


class Outline(_Part):
    """Elements of an argument, and in a few words what they are. spans: [start, stop, step] for each axis."""

    note: str
    spans: list[list[int]]


class Evidence(_Part):
    """What a failing test saw: JSON values, bounded in size; arrays as `pack` in evidence.py writes them.

    outlines: argument → which part of it made the first wrong value.
    """

    arguments: dict[str, Any] = Field(default_factory=dict)
    expected: Any = None
    got: Any = None
    first_difference: list[int] | None = None
    outlines: dict[str, Outline] = Field(default_factory=dict)


class Place(_Part):
    """A line of the student's own source. start, end: the characters of `code` that are marked; equal if none are."""

    file: str
    line: int
    function: str = ""
    code: str = ""
    start: int = 0
    end: int = 0


class Fault(_Part):
    """Where a student's own code stopped, or is no Python, and what that means in plain words ('' if unknown).

    places: the line in the exercise first, the innermost last.
    """

    kind: str
    says: str = ""
    places: list[Place] = Field(default_factory=list)


class TestResult(_Part):
    """One hidden test on one submission. `seconds` is wall time and may differ between runs.

    own_input: it failed on an input that this submission got alone, and passed on all that everybody gets.
    fault: where the code raised, if it did.
    """

    __test__: ClassVar[bool] = False  # its name would make pytest collect it

    id: str
    title: str
    outcome: TestOutcome
    points: float
    max_points: float
    message: str = ""
    example: str = ""
    evidence: Evidence | None = None
    own_input: bool = False
    fault: Fault | None = None
    seconds: float = 0.0


class Diagnosis(_Part):
    """The known mistake this output equals, or the nearest useful observation.

    mistake: the mistake's name, or a code of the observation; says: what is wrong; hint: helps without the solution.
    """

    mistake: str
    hint: str = ""
    says: str = ""
    kind: Literal["mistake", "combination", "observation"] = "mistake"


class Picture(_Part):
    """A grey picture that the grader made of numbers a student's code returned; its size is bounded.

    levels: base64 of height · width signed bytes, row-major, −127 … 127; text: what it shows, in words. about, note: a
    line to stand before and one below all pictures of an exercise.
    """

    title: str
    text: str
    height: int
    width: int
    levels: str
    about: str = ""
    note: str = ""


class OwnExamples(_Part):
    """The student's own examples of an exercise, judged by the course's own functions; says: a sentence each.

    wrong: expect what the function does not give; caught: of `traps` known mistakes, by the valid ones together.
    score: part of the exercise's score, where the course gives points for examples.
    """

    valid: int = 0
    wrong: int = 0
    caught: int = 0
    traps: int = 0
    says: list[str] = Field(default_factory=list)
    score: float = 0
    max_score: float = 0


class ExerciseResult(_Part):
    """One exercise: its tests, and what the student's code printed (untrusted text, capped).

    answered: the prerequisites that the grader answered, because the student's own failed. pictures: what the
    student's own code makes of something to look at, once it works. fault: the syntax error that stands in it.
    behaviour: what a failing one does on the calls that diagnosis makes, a word each; equal texts, equal behaviour.
    comment: what a person said to everybody whose code does that.
    """

    name: str
    score: float
    max_score: float
    status: ExerciseStatus
    tests: list[TestResult] = Field(default_factory=list)
    diagnosis: Diagnosis | None = None
    behaviour: str = ""
    comment: str = ""
    chapter: str = ""
    message: str = ""
    printed: str = ""
    remarks: list[str] = Field(default_factory=list)
    answered: list[str] = Field(default_factory=list)
    fault: Fault | None = None
    pictures: list[Picture] = Field(default_factory=list)
    examples: OwnExamples | None = None


class QuestionResult(_Part):
    """One question. `score` is final; `provisional` waits for a person and is not counted.

    feedback: what is said of the answer; key: what it would be in the key's words, for whom `reveal_answers` allows.
    confirmed_by, confirmed_at: who gave `score` to a free-text answer, and when (ISO 8601); comment: what that person
    says to the student.
    """

    name: str
    score: float
    max_score: float
    needs_manual: bool = False
    feedback: str = ""
    key: str = ""
    chapter: str = ""
    answer: str = ""
    provisional: float | None = None
    confirmed_by: str = ""
    confirmed_at: str = ""
    comment: str = ""

    @property
    def all_feedback(self) -> str:
        """With the key's words: for who grades, not for students."""
        return "\n".join(filter(None, [self.feedback, self.key]))


class CheckpointResult(_Part):
    """A chapter's checkpoint: passed when all its exercises have."""

    name: str
    passed: bool
    feedback: str = ""


class Run(_Part):
    """When, and how long. The only part that may differ between two gradings, beside `seconds`."""

    started: str = ""
    finished: str = ""
    seconds: float = 0.0


class Late(_Part):
    """What became of the score because of the time. Times are ISO 8601 with a zone.

    submitted: empty if unknown; source: where that time was read; due: this student's, extended or not; days: begun
    after due date and grace; penalty_percent: what that took off score_before; note: why nothing was taken off.
    """

    due: str
    extended: bool = False
    submitted: str = ""
    source: str = ""
    days: int = 0
    penalty_percent: float = 0
    score_before: float
    note: str = ""


class AttemptLine(_Part):
    """One submission of a student, as it was graded last. Times are ISO 8601; submitted: empty if unknown."""

    submission_sha256: str
    submitted: str = ""
    graded: str = ""
    status: SubmissionStatus
    score: float
    max_score: float
    counts: bool = False


class Attempts(_Part):
    """The submissions of a student who has several, oldest first; says: which one counts, and why, in a sentence."""

    says: str = ""
    lines: list[AttemptLine] = Field(default_factory=list)


class Regraded(_Part):
    """What another grading of a submission changed. before: its score then; at: when; changed: a sentence each."""

    before: float
    at: str
    changed: list[str] = Field(default_factory=list)


class Result(_Part):
    """Everything known about one graded submission.

    late: None where the assignment has no due date; `score` is what is left after its penalty. lms: the student's
    `system`, `id`, `name` and so on in the system that the submission came from. attempts: None for a single
    submission; regraded: None where no grading of it before came out otherwise. submission_sha256: of all files,
    work_sha256: of what is graded, however it is packed; seal: the line of a receipt.
    """

    schema_: int = Field(default=SCHEMA, alias="schema")
    assignment: str
    student: str
    status: SubmissionStatus
    score: float
    max_score: float
    needs_manual: bool = False
    late: Late | None = None
    attempts: Attempts | None = None
    regraded: Regraded | None = None
    lms: dict[str, str] = Field(default_factory=dict)
    problems: list[str] = Field(default_factory=list)
    ignored: list[str] = Field(default_factory=list)
    exercises: list[ExerciseResult] = Field(default_factory=list)
    questions: list[QuestionResult] = Field(default_factory=list)
    checkpoints: list[CheckpointResult] = Field(default_factory=list)
    unconfined: bool = False
    submission_sha256: str = ""
    work_sha256: str = ""
    seal: str = ""
    tests_sha256: str = ""
    grader_version: str = ""
    run: Run = Field(default_factory=Run)

    model_config = ConfigDict(extra="allow", populate_by_name=True, defer_build=True)

    def exercise(self, name: str) -> ExerciseResult:
        """The exercise `name`; KeyError if there is none."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        raise KeyError(name)

    def to_json(self) -> str:
        """Strict JSON (no NaN), keys in the models' order, so that equal results are equal text."""
        data = self.model_dump(mode="json", by_alias=True)
        return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Result:
        """The Result that `to_json` wrote."""
        return cls.model_validate_json(text)


def without_times(result: Result) -> dict[str, Any]:
    """`result` as JSON data less `run`, the seal of it, and every `seconds`: what is equal between two gradings."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(item) for key, item in value.items() if key not in ("run", "seconds", "seal")}
        if isinstance(value, list):
            return [strip(item) for item in value]
        return value

    data: dict[str, Any] = strip(json.loads(result.to_json()))
    return data

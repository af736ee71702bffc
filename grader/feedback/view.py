"""What every renderer says alike: words and signs for outcomes, chapters in order, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.course import Assignment, Chapter
from grader.result import CheckpointResult, ExerciseResult, QuestionResult, Result
from grader.text import visible

Tone = Literal["good", "part", "bad", "calm"]
Kind = Literal["results", "untouched", "unreadable", "grader error"]


@dataclass(frozen=True)
class Badge:
    """An outcome as a sign and a word: never a colour alone."""

    sign: str
    word: str
    tone: Tone


@dataclass(frozen=True)
class ChapterView:
    """One chapter with its results; `available` is false where it opens later."""

    name: str
    title: str
    minutes: int
    available: bool
    checkpoint: CheckpointResult | None
    exercises: tuple[ExerciseResult, ...]
    questions: tuple[tuple[QuestionResult, str], ...]

    @property
    def passed(self) -> int:
        """How many of the exercises have passed."""
        return sum(exercise.status == "passed" for exercise in self.exercises)

    @property
    def badge(self) -> Badge:
        """The state of the checkpoint."""
        if not self.available:
            return Badge("·", "opens later", "calm")
        if self.checkpoint is not None and self.checkpoint.passed:
            return Badge("✓", "passed", "good")
        if all(exercise.status == "missing" for exercise in self.exercises):
            return Badge("○", "not started", "calm")
        return Badge("◐", "not passed yet", "part")


def badge(outcome: str) -> Badge:
    """The badge of a test's outcome, an exercise's status, or a submission's."""
    badges = {
        "passed": Badge("✓", "passed", "good"),
        "partly": Badge("◐", "partly", "part"),
        "failed": Badge("✗", "failed", "bad"),
        "missing": Badge("○", "not started", "calm"),
        "error": Badge("!", "stopped by an error", "bad"),
        "timeout": Badge("◷", "ran out of time", "bad"),
        "blocked": Badge("⊘", "could not be tried", "part"),
        "graded": Badge("✓", "graded", "good"),
        "partly unreadable": Badge("◐", "partly unreadable", "part"),
        "unreadable": Badge("✗", "unreadable", "bad"),
        "grader error": Badge("!", "grader error", "bad"),
    }
    return badges.get(outcome, Badge("?", outcome, "calm"))


def points(value: float) -> str:
    """Points as people write them: 9, 71.5, 0.25."""
    return f"{round(value, 2) + 0.0:g}" if abs(value) < 1e6 else f"{value:.0f}"


def kind_of(result: Result) -> Kind:
    """Which page this result needs."""
    if result.status == "grader error":
        return "grader error"
    if result.status == "unreadable":
        return "unreadable"
    nothing = all(e.status == "missing" for e in result.exercises)
    answered = any(q.answer.strip() or q.score > 0 for q in result.questions)
    if nothing and not answered and result.status == "graded":
        return "untouched"
    return "results"


def chapters_of(result: Result, assignment: Assignment) -> list[ChapterView]:
    """Every chapter of the course in order; results the course does not know stay out."""
    exercises = {exercise.name: exercise for exercise in result.exercises}
    questions = {question.name: question for question in result.questions}
    checkpoints = {checkpoint.name: checkpoint for checkpoint in result.checkpoints}

    def view(chapter: Chapter) -> ChapterView:
        here = chapter.available
        return ChapterView(
            name=chapter.name,
            title=chapter.title,
            minutes=chapter.minutes,
            available=here,
            checkpoint=checkpoints.get(chapter.name) if here else None,
            exercises=tuple(exercises[e.name] for e in chapter.exercises if e.name in exercises)
            if here
            else (),
            questions=tuple((questions[q.name], q.ask) for q in chapter.questions if q.name in questions)
            if here
            else (),
        )

    return [view(chapter) for chapter in assignment.chapters]


def next_exercise(chapters: list[ChapterView]) -> tuple[ChapterView, ExerciseResult] | None:
    """The first exercise, in order, that has not passed; a blocked one only if no other is left."""
    waiting = [(c, e) for c in chapters for e in c.exercises if e.status != "passed"]
    free = [pair for pair in waiting if pair[1].status != "blocked"]
    return next(iter(free or waiting), None)


def first_failing(exercise: ExerciseResult) -> int | None:
    """The index of the test to explain first: one with evidence before one without."""
    failing = [i for i, test in enumerate(exercise.tests) if test.outcome != "passed"]
    shown = [i for i in failing if exercise.tests[i].evidence or exercise.tests[i].example]
    return next(iter(shown or failing), None)


def late_text(result: Result) -> str:
    """What became of the score because of the time, in a sentence; empty where there is nothing to tell."""
    late = result.late
    if late is None or (not late.days and not late.note):
        return ""
    due = visible(late.due, 40).replace("T", " ")
    if not late.days:
        return f"Due {due}: {visible(late.note, 200)}."
    days = f"{late.days} day{'s' if late.days != 1 else ''} late (due {due}{', extended' if late.extended else ''})"
    if not late.penalty_percent:
        return f"{days}; nothing is taken off."
    change = f"from {points(late.score_before)} to {points(result.score)} points"
    return f"{days}: {points(late.penalty_percent)} % off, {change}."

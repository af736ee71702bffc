"""The slow part of a course's examination: whole submissions, graded behind the wall."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from grader.authoring.in_process import calls_of
from grader.authoring.insert_function import transplanted
from grader.authoring.validate import Examination, Material, Progress
from grader.authoring.wrong_answers import behind_the_wall, chapters_that_answer
from grader.course import Course, Mistake, Variant, file_of, stub_text
from grader.errors import CourseError
from grader.grading import Grader
from grader.intake import Source, Submission


class WholeSubmissions:
    """Grades submissions made of the reference with something put into it."""

    def __init__(
        self,
        course: Course,
        name: str,
        grader: Grader,
        one_call: Collection[str] = (),
        unanswerable: Collection[str] = (),
    ) -> None:
        """one_call: exercises for which one answer may be right. unanswerable: those that the grader can't answer where
        others need them."""
        self._grader = grader
        self._course, self._name = course, name
        self._one_call = one_call
        self._unanswerable = frozenset(unanswerable)
        #: What is true of the course, and can't be helped.
        self.unproven: list[str] = []
        self._assignment = course.assignments[name]
        self._chapter_of = self._assignment.chapter_of()
        solutions = course.solutions(name)
        self._right = {
            chapter.name: (solutions / f"{chapter.name}.py").read_text(encoding="utf-8")
            for chapter in self._assignment.open_chapters
        }
        self._stubs = {name: stub_text(solutions / f"{name}.py") for name in self._right}

    def reference(self) -> list[str]:
        """The reference, submitted like a student's work, gets every point."""
        return [
            f"{name}: the reference, submitted, gets {score:g} of {most:g} points"
            for name, (score, most) in self._grade(self._right).items()
            if score < most
        ]

    def stubs(self) -> list[str]:
        """The untouched handout gets nothing, and every exercise is called missing."""
        result = self._grader.grade(submission_of(self._stubs))
        return [
            f"{e.name}: the untouched stub gets {e.score:g} points and is called {e.status}, not missing"
            for e in result.exercises
            if e.score or e.status != "missing"
        ]

    def mistake(self, mistake: Mistake) -> list[str]:
        """One mistake in otherwise correct work costs points in its own exercise, and only there."""
        reasons = []
        for name, (score, most) in self._grade(self._with(mistake)).items():
            if name == mistake.exercise and score >= most:
                reasons.append(f"{name}: submitted, the mistake {mistake.name!r} costs nothing")
            if name != mistake.exercise and score < most:
                cost = f"{most - score:g} point{'s' if most - score != 1 else ''}"
                said = f"{mistake.exercise}: the mistake {mistake.name!r} costs {cost} in {name}, too"
                if mistake.exercise in self._unanswerable & self._assignment.all_needs(name):
                    why = "it is a class, or is given functions"
                    self.unproven.append(
                        f"{said}: the grader can't answer {mistake.exercise} there, as {why}"
                    )
                else:
                    reasons.append(said)
        return reasons

    def variant(self, variant: Variant) -> list[str]:
        """A right variant in otherwise correct work gets full marks in its exercise.

        Elsewhere it may cost points: a conv2d that returns lists is right, and code that wants arrays of it is not.
        """
        score, most = self._grade(self._with(variant))[variant.exercise]
        if score >= most:
            return []
        return [
            f"{variant.exercise}: submitted, the right variant {variant.name!r} gets {score:g} of {most:g} points"
        ]

    def always(self, source: str) -> list[str]:
        """Code that answers every call alike gets no full marks, whatever its answer is, and is graded to the end."""
        try:
            result = self._grader.grade(submission_of(chapters_that_answer(self._course, self._name, source)))
        except CourseError as error:
            return [f"grading code that always returns {source} stops: {error}"]
        return [
            f"{e.name}: submitted, code that always returns {source} gets all {e.max_score:g} points"
            for e in result.exercises
            if e.score >= e.max_score and e.name not in self._one_call
        ]

    def _with(self, entry: Mistake | Variant) -> dict[str, str]:
        chapter, function = self._chapter_of[entry.exercise], entry.function
        changed = transplanted(
            self._right[chapter], chapter, entry.exercise, file_of(function), function.__name__
        )
        return {**self._right, chapter: changed}

    def _grade(self, sources: Mapping[str, str]) -> dict[str, tuple[float, float]]:
        result = self._grader.grade(submission_of(sources))
        # No examples are handed in here: theirs are no points of the code.
        return {
            e.name: (e.score, e.max_score - (e.examples.max_score if e.examples else 0))
            for e in result.exercises
        }


def submission_of(sources: Mapping[str, str]) -> Submission:
    """Chapters, as a student would hand them in."""
    return Submission(
        student="examination",
        sources={name: Source(name, f"{name}.py", "py", (text,)) for name, text in sources.items()},
        answers=None,
        notebook_answers={},
        problems=(),
        ignored=(),
        readable=True,
        sha256="0" * 64,
    )


def samples(course: Course, name: str, mistakes: Sequence[Mistake]) -> list[Mistake]:
    """The first mistake of each exercise that others need: where a mistake could cost points elsewhere."""
    needed = {need for _, exercise in course.assignments[name].exercises() for need in exercise.needs}
    first: dict[str, Mistake] = {}
    for mistake in mistakes:
        if mistake.exercise in needed:
            first.setdefault(mistake.exercise, mistake)
    return list(first.values())


def _unanswerable(found: Examination, material: Material) -> set[str]:
    """Exercises that nobody can answer in the student's place: what they are, or are given, stays in its process."""
    names = set()
    for name, exam in found.exercises.items():
        function = material.functions[name]
        calls = () if isinstance(function, type) else calls_of(exam.tests, function, material.reference)
        given = (value for args, kwargs in calls for value in (*args, *kwargs.values()))
        if isinstance(function, type) or any(map(callable, given)):
            names.add(name)
    return names


def examine_submissions(
    course: Course,
    found: Examination,
    material: Material,
    grader: Grader,
    *,
    everything: bool,
    progress: Progress,
) -> None:
    """Grade whole submissions; `everything`: every mistake and every variant, not only samples."""
    unanswerable = _unanswerable(found, material)
    whole = WholeSubmissions(course, found.assignment, grader, found.one_call, unanswerable)
    wrong = behind_the_wall(everything)
    mistakes = material.mistakes if everything else samples(course, found.assignment, material.mistakes)
    variants = material.variants if everything else ()
    jobs: list[tuple[str, Callable[[], list[str]]]] = [
        ("reference", whole.reference),
        ("stubs", whole.stubs),
        *((f"always {source}", partial(whole.always, source)) for source in wrong),
        *((m.name, partial(whole.mistake, m)) for m in mistakes),
        *((v.name, partial(whole.variant, v)) for v in variants),
    ]
    for number, (what, job) in enumerate(jobs):
        progress(number, len(jobs), what)
        found.reasons += job()
    progress(len(jobs), len(jobs), "")
    found.unproven += [*whole.unproven, *grader.unnamed()]
    found.notes.append(
        f"whole submissions graded: reference, stubs, {len(wrong)} that answer every call alike, {len(mistakes)} with "
        f"one mistake, {len(variants)} with a right variant"
    )

"""One Submission and the hidden tests → one Result.

A `Grader` belongs to one process: it collects the hidden tests, draws their inputs, checks that the reference passes
them, and keeps a warm zygote. Then each submission costs what the student's own code costs.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from types import TracebackType

from grader import __version__
from grader.course import (
    JUDGES,
    Assignment,
    Chapter,
    Course,
    Reference,
    course_secret,
    grading_text,
    load_functions,
)
from grader.diagnosis import Diagnosing
from grader.errors import CourseError
from grader.grading.exercises import Exercises, Material, total
from grader.grading.outlines import outline
from grader.grading.own_examples import OwnExamplesJudged
from grader.grading.showcase import Showcase
from grader.intake import Submission
from grader.questions import KEY_FILE, AnswerKey, Answers, grade_questions, load_key, read_answers
from grader.result import CheckpointResult, ExerciseResult, Result, Run, SubmissionStatus
from grader.testing import (
    HiddenTest,
    Passing,
    collect,
    fill_from_cache,
    kept_from_cache,
    loading_problems,
    rehearse_all,
    why_all,
)
from grader.wall import Launcher, OwnTime, Session, launch, walled


class Grader:
    """Everything that is paid once a process. A context manager.

    confined: whether workers are confined (False only where somebody asked for it). starting: of `begin_launch`, if
    that was called already; it gets ready meanwhile, and is closed here.
    """

    def __init__(
        self,
        course: Course,
        assignment_name: str,
        *,
        confined: bool = True,
        starting: Launcher | None = None,
    ) -> None:
        self.name, self.assignment = course.assignment(assignment_name)
        self.course = course
        self.confined = confined
        self._launcher: Launcher | None = None
        self._starting = starting
        self.tests_sha256 = fingerprint_of_tests(course, self.name)
        chapter_of = self.assignment.chapter_of()
        self.reference = Reference(load_functions(course.solutions(self.name), chapter_of))
        sources = {
            chapter.name: (course.solutions(self.name) / f"{chapter.name}.py").read_text(encoding="utf-8")
            for chapter in self.assignment.open_chapters
        }
        self._key = answer_key(course, self.name)
        folder, seed = course.hidden_tests(self.name), course_seed(course, self.name)
        kept = kept_from_cache(folder, self.tests_sha256, seed, chapter_of)
        tests = collect(folder, chapter_of) if kept is None else kept
        check_points(self.assignment, tests)
        if kept is None:
            fill_from_cache(tests, folder, self.tests_sha256, seed)
        repeated = rehearse_all(tests, self.reference)
        # From here on it is asked about inputs that are this student's alone: keeping them would fill the memory.
        self.reference.learning = False
        self.tests = tests
        of = {name: [test for test in tests if test.exercise == name] for name in chapter_of}
        passing = {name: Passing(tests) for name, tests in of.items()}
        self._material = Material(self.assignment, of, passing, repeated, self.reference, sources, seed)
        # Of kept ones nothing can be drawn: diagnosis collects its own, should it ever have to draw.
        self._diagnosing = Diagnosing(course, self.name, self.reference, tests if kept is None else None)
        self._showcase = Showcase(course, self.name)
        self._examples = OwnExamplesJudged(course, self.name)

    def __enter__(self) -> Grader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def prepare(self) -> None:
        """Work out now what is kept for later gradings."""
        self._diagnosing.prepare()

    def unnamed(self) -> Iterator[str]:
        """Known mistakes that no student will hear of, and why, for the author."""
        return self._diagnosing.unnamed()

    def close(self) -> None:
        """End the zygote and its workers."""
        for launcher in filter(None, (self._launcher, self._starting)):
            launcher.close()
        self._launcher = self._starting = None

    @property
    def launcher(self) -> Launcher:
        """The warm launcher, started when first needed."""
        if self._launcher is None:
            starting, self._starting = self._starting, None
            self._launcher = walled(starting) if starting else launch(self.assignment, wall=self.confined)
        return self._launcher

    def grade(self, submission: Submission) -> Result:
        """Grade one submission. Nothing that it contains makes this raise."""
        started, clock = datetime.now(UTC), time.perf_counter()
        own = OwnTime.beside(self.assignment.limits.submission.cpu)
        session = Session(self.launcher, self.assignment, submission.sources, own=own)
        runs = Exercises(self._material, session, submission)
        try:
            session.survey(keep=True)
            exercises = runs.grade()
            # After all scores are known: what the probes cost can take time from no test.
            self._diagnosing.add(exercises, session, submission.sources, runs.stand_in)
            self._showcase.add(exercises, session, submission.sources)
        finally:
            session.close()
        runs.add_rules(exercises)
        remarks = self._examples.add(exercises, submission)
        outline(self.assignment, (test for exercise in exercises for test in exercise.tests))
        answers = read_answers(submission.answers, submission.notebook_answers, self.assignment)
        questions = grade_questions(self.assignment, self._key, answers)
        result = Result(
            assignment=self.name,
            student=submission.student,
            status=_status(submission, session, answers),
            score=total([e.score for e in exercises] + [q.score for q in questions]),
            max_score=self.assignment.max_score,
            needs_manual=any(question.needs_manual for question in questions),
            problems=list(
                dict.fromkeys([*submission.problems, *loading_problems(session), *answers.problems, *remarks])
            ),
            ignored=list(submission.ignored),
            exercises=exercises,
            questions=questions,
            checkpoints=[_checkpoint(chapter, exercises) for chapter in self.assignment.open_chapters],
            unconfined=not self.confined,
            submission_sha256=submission.sha256,
            work_sha256=submission.work_sha256 if submission.readable else "",
            tests_sha256=self.tests_sha256,
            grader_version=__version__,
        )
        result.run = Run(
            started=started.isoformat(timespec="milliseconds"),
            finished=datetime.now(UTC).isoformat(timespec="milliseconds"),
            seconds=round(time.perf_counter() - clock, 3),
        )
        return result


def _status(submission: Submission, session: Session, answers: Answers) -> SubmissionStatus:
    if not submission.readable:
        return "unreadable"
    broken = any(report.partly_read for report in session.reports.values())
    return "partly unreadable" if broken or submission.unreadable or answers.unmatched else "graded"


def _checkpoint(chapter: Chapter, exercises: list[ExerciseResult]) -> CheckpointResult:
    mine = [exercise for exercise in exercises if exercise.chapter == chapter.name]
    open_ones = [exercise.name for exercise in mine if exercise.status != "passed"]
    works = [exercise.name for exercise in mine if exercise.status == "passed"]
    if not open_ones:
        feedback = f"Everything in “{chapter.title}” works."
    else:
        done = f"Works: {', '.join(works)}. " if works else ""
        feedback = f"{done}Still open: {', '.join(open_ones)}. Next: {open_ones[0]}."
    return CheckpointResult(name=chapter.name, passed=not open_ones, feedback=feedback)


def check_points(assignment: Assignment, tests: list[HiddenTest]) -> None:
    """Every exercise has tests, and their points add up to what course.yaml says. Raises CourseError."""
    for _, exercise in assignment.exercises():
        mine = [test for test in tests if test.exercise == exercise.name]
        if not mine:
            raise CourseError(f"exercise {exercise.name} has no hidden test")
        rules = sum(rule.points for rule in exercise.rules)
        points = sum(test.points for test in mine) + rules
        if abs(points - exercise.points) > 1e-9:
            both = f"the hidden tests{' and rules' if rules else ''} of {exercise.name}"
            raise CourseError(f"{both} are worth {points:g} points, course.yaml says {exercise.points:g}")


def answer_key(course: Course, name: str) -> AnswerKey:
    """The answer key of an assignment; an empty one where nothing is asked. Raises CourseError."""
    assignment = course.assignments[name]
    if not any(chapter.questions for chapter in assignment.open_chapters):
        return AnswerKey(schema=1, questions={})
    return load_key(course.solutions(name) / KEY_FILE, assignment)


def course_seed(course: Course, assignment: str) -> int:
    """The secret seed of the hidden tests' inputs, the same for every student: of seed.txt, or else of the tests' text.

    Raises CourseError where seed.txt can't be read.
    """
    return int.from_bytes(hashlib.sha256(course_secret(course, assignment)).digest()[:8], "big")


def unused_choice(course: Course, assignment: str) -> str:
    """Why an author's choice of inputs is not used, for the instructor; '' where it is, or there is none."""
    return why_all(course.hidden_tests(assignment), course_seed(course, assignment))


def fingerprint_of_tests(course: Course, assignment: str) -> str:
    """SHA-256 over what decides a score: hidden tests, reference, answer key, course.yaml less its due dates, numpy,
    Hypothesis."""
    digest = hashlib.sha256()
    hidden, solutions = course.hidden_tests(assignment), course.solutions(assignment)
    if not hidden.is_dir():
        raise CourseError(f"{hidden} is missing: the hidden tests belong there")
    _feed(digest, b"course.yaml", grading_text(course.root / "course.yaml", assignment))
    files = [
        *sorted(path for path in hidden.rglob("*") if path.suffix in (".py", ".txt")),
        *sorted(path for path in solutions.glob("*") if path.suffix in (".py", ".yaml")),
        *sorted(path for path in course.plugins(assignment).rglob("*.py")),
    ]
    if any(exercise.examples for _, exercise in course.assignments[assignment].exercises()):
        # What judges a student's own examples decides points, too.
        files += sorted(path for folder in JUDGES for path in (solutions / folder).glob("*.py"))
    files += course.assignments[assignment].data_files().values()
    for path in files:
        _feed(digest, path.relative_to(course.root).as_posix().encode(), path.read_bytes())
    for package in ("numpy", "hypothesis"):
        _feed(digest, package.encode(), version(package).encode())
    return digest.hexdigest()


def _feed(digest: hashlib._Hash, *parts: bytes) -> None:
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)

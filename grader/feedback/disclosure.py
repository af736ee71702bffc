"""What a student may see of hidden tests and of the answer key: a Result → the same Result with the rest taken out.

Renderers show whatever a Result holds, so that this is the only place where the course's policy is applied.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from grader.course import Assignment
from grader.result import SKETCH, ExerciseResult, QuestionResult, Result, TestResult
from grader.times import parse_time

#: Their messages speak of the student's own file, never of an input: nothing was called.
_NOTHING_CALLED = ("missing", "blocked")
#: How lines begin that are true of an answer until a person has given it points.
_WAITS = ("Provisional, until a person has read it", "Waits until a person has read it")


def reveal(result: Result, assignment: Assignment, *, now: datetime | None = None) -> Result:
    """`result` with only what the course lets its student see.

    reveal: title: titles, outcomes and points. hint: messages, remarks and the diagnosis too. example: everything but
    what was printed. That goes along with reveal_printed only: code that prints its arguments carries the hidden inputs
    out in bulk, without a function that works.
    reveal_answers: whether the key's words on a question stay. now: when it is looked at, with a zone; by default now.
    """
    exercises = result.exercises
    if assignment.reveal != "example":
        exercises = [_exercise(exercise, assignment.reveal == "hint") for exercise in exercises]
    elif not assignment.reveal_printed:
        exercises = [exercise.model_copy(update={"printed": ""}) for exercise in exercises]
    over = _is_over(result, assignment, now or datetime.now(UTC))
    questions = [_question(q, _is_told(q, assignment, over)) for q in result.questions]
    return result.model_copy(update={"exercises": exercises, "questions": questions})


def reveal_all(result: Result) -> Result:
    """`result` as who grades sees it."""
    return result.model_copy(update={"questions": [_question(q, True) for q in result.questions]})


def _is_told(question: QuestionResult, assignment: Assignment, over: bool) -> bool:
    """Whether the key's words on a question are for its student."""
    level = assignment.reveal_answers
    if level == "when right":
        return not question.needs_manual and question.score >= question.max_score
    return level == "always" or (level == "after due date" and over)


def _is_over(result: Result, assignment: Assignment, now: datetime) -> bool:
    """Whether this student's due date, extended or not, and the grace after it have passed."""
    if assignment.due is None:
        return False
    due = parse_time(result.late.due) if result.late else None
    if due is None:
        # Nobody has looked yet whose extension is whose: the latest of them is safe.
        due = max([assignment.due, *assignment.extensions.values()])
    return now > due + timedelta(minutes=assignment.late.grace_minutes)


def _question(question: QuestionResult, told: bool) -> QuestionResult:
    feedback, key = question.feedback, question.key
    if not key:
        feedback, key = _apart(feedback)
    if question.confirmed_by:
        feedback = "\n".join(line for line in feedback.split("\n") if not line.startswith(_WAITS))
    return QuestionResult(
        name=question.name,
        score=question.score,
        max_score=question.max_score,
        needs_manual=question.needs_manual,
        feedback="\n".join(filter(None, [feedback, key if told else ""])),
        chapter=question.chapter,
        answer=question.answer,
        provisional=question.provisional,
        confirmed_by=question.confirmed_by,
        confirmed_at=question.confirmed_at,
        comment=question.comment,  # a person wrote it for this student
    )


def _apart(feedback: str) -> tuple[str, str]:
    """Feedback and the key's words, where an earlier version, or `reveal`, has put them together."""
    said, mark, sketch = feedback.partition(f"\n{SKETCH}")
    lines = said.split("\n")
    missed = [line for line in lines if line.startswith("Not found: ")]
    key = [*missed, mark.strip("\n") + sketch]
    return "\n".join(line for line in lines if line not in missed), "\n".join(filter(None, key))


def _exercise(exercise: ExerciseResult, keep: bool) -> ExerciseResult:
    return ExerciseResult(
        name=exercise.name,
        score=exercise.score,
        max_score=exercise.max_score,
        status=exercise.status,
        chapter=exercise.chapter,
        tests=[_test(test, keep) for test in exercise.tests],
        diagnosis=exercise.diagnosis if keep else None,
        message=exercise.message if keep or exercise.status in _NOTHING_CALLED else "",
        fault=exercise.fault,  # a syntax error: of the student's own file, whatever is tested
        remarks=exercise.remarks if keep else [],
        comment=exercise.comment,  # a person wrote it for whoever's code does this
        examples=exercise.examples,  # of the student's own calls: no hidden input
        pictures=exercise.pictures,  # of what the handout holds: no hidden input
    )


def _test(test: TestResult, keep_message: bool) -> TestResult:
    # Built anew, field by field: a field that a later schema adds is hidden until someone decides otherwise.
    return TestResult(
        id=test.id,
        title=test.title,
        outcome=test.outcome,
        points=test.points,
        max_points=test.max_points,
        message=test.message if keep_message or test.outcome == "blocked" else "",
        fault=test.fault if keep_message else None,
        seconds=test.seconds,
    )

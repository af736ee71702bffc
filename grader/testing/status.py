"""How an exercise stands, from its runs and from loading its chapter: said alike by grading and by the self-check."""

from __future__ import annotations

from grader.intake import Submission
from grader.result import ExerciseStatus, Fault
from grader.testing.run import TestRun
from grader.wall import ChapterReport, Problem, Session, Student


def status_of(runs: list[TestRun]) -> ExerciseStatus:
    """An exercise's status from its tests."""
    outcomes = {run.result.outcome for run in runs}
    if outcomes == {"passed"}:
        return "passed"
    if "passed" in outcomes:
        return "partly"
    if all(run.missing for run in runs):
        return "missing"
    if len(outcomes) == 1:
        return outcomes.pop()
    return "failed" if "failed" in outcomes else "error"


def why_not_there(runs: list[TestRun]) -> str:
    """Why there is nothing to call, where no test could call it; '' if one could. Only a stub is "not written yet"."""
    messages = {run.result.message for run in runs}
    if len(messages) != 1 or not all(run.missing or run.lost for run in runs):
        return ""
    message = messages.pop()
    return "not written yet" if message.endswith(" is not written yet") else message


def remarks_on(student: Student, exercise: str, status: ExerciseStatus) -> list[str]:
    """Things worth telling that cost nothing; where `exercise` does not pass, what its source says for certain, too."""
    seen: list[str] = []
    if status != "passed":
        from grader.explain import look_at

        value = exercise not in student.more_than_values
        seen = look_at(exercise, student.source_of(exercise), student.exercises, value=value)
    return [
        *seen,
        *(
            f"{name} changes one of its arguments in place: the caller's array is different afterwards"
            for name in sorted(student.changed)
        ),
        *(
            f"{name} gives back an array that it gave back before: the earlier result is overwritten. "
            "Make a new array in each call"
            for name in sorted(student.overwritten)
        ),
        *([] if student.own.for_courtesies else [student.own.left_out]),
    ]


def cannot_run(session: Session, chapter: str, submission: Submission) -> str:
    """Why no function of `chapter` can be called at all, in a sentence that says what to do; '' if they can."""
    report = session.reports.get(chapter)
    if report is None:
        unread = [problem for problem in submission.problems if problem.startswith(f"{chapter}.")]
        return unread[0] if unread else f"{chapter}.py is missing"
    if report.unavailable:
        return report.unavailable
    if report.syntax_error and len(submission.sources[chapter].cells) == 1:
        return f"{_describe(report.problems[0])}: nothing in this file can run until that is mended"
    return ""


def syntax_fault(session: Session, exercise: str) -> Fault | None:
    """The syntax error that stands in `exercise`: its line, marked, and what is wrong; None where there is none."""
    found = (_explained(session, problem) for problem in _syntax_errors(session, exercise))
    return next((fault for fault in found if fault and fault.places[0].function == exercise), None)


def stands_elsewhere(session: Session, exercise: str) -> str:
    """Where the syntax error stands that keeps a whole file from running, if that is not in `exercise`; else ''."""
    whole = [problem for problem in _syntax_errors(session, exercise) if problem.kind == "syntax"]
    fault = _explained(session, whole[0]) if whole else None
    if fault is None or fault.places[0].function in (exercise, ""):
        return ""
    place = fault.places[0]
    return f"not run: the syntax error in {place.function}, line {place.line}, keeps all of {place.file} from running"


def _syntax_errors(session: Session, exercise: str) -> list[Problem]:
    report = session.reports.get(session.chapter_of[exercise], ChapterReport())
    return [p for p in report.problems if p.kind != "error" or p.message.startswith("SyntaxError: ")]


def _explained(session: Session, problem: Problem) -> Fault | None:
    from grader.explain import explain_syntax

    return explain_syntax(
        problem.message,
        session.texts.get(problem.file, ""),
        file=problem.file,
        line=problem.line,
        column=problem.column,
        end_column=problem.end_column,
    )


def loading_problems(session: Session) -> list[str]:
    """What loading the chapters showed, a line each."""
    problems = []
    for report in session.reports.values():
        if report.unavailable:
            problems.append(report.unavailable)
        problems += [_describe(problem) for problem in report.problems]
    return problems


def _describe(problem: Problem) -> str:
    line = f", line {problem.line}" if problem.line else ""
    return f"{problem.file}: {problem.message}{line}"

"""What does not hang together in course.yaml although each part of it is in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.course.reserved import why_no_chapter, why_no_exercise
from grader.course.yamlplace import suggestion

if TYPE_CHECKING:
    from grader.course.models import Assignment

#: The kinds of questions that every assignment has.
KINDS = ("numeric", "choice", "free")

Location = tuple[str | int, ...]


def misfits_of(assignment: Assignment, at: Location) -> Iterator[tuple[Location, str]]:
    """What does not hang together: names listed twice, needs that nothing before defines, late work without due."""
    for key in ("late", "extensions"):
        if assignment.due is None and key in assignment.model_fields_set:
            yield (*at, key), "means nothing without `due`, the time at which the work is due"
    for student, moment in assignment.extensions.items():
        if assignment.due is not None and moment < assignment.due:
            yield (*at, "extensions", student), "this extension ends before the work is due"
    known = {"all", *(e.name for c in assignment.chapters for e in c.exercises)}
    known |= {q.name for c in assignment.chapters for q in c.questions}
    for name in assignment.solutions:
        if name not in known:
            yield (
                (*at, "solutions", name),
                f"there is no exercise or question {name}{suggestion(name, known)}",
            )
    exercises: set[str] = set()
    questions: set[str] = set()
    for c, chapter in enumerate(assignment.chapters):
        if why := why_no_chapter(chapter.name, assignment.imports):
            yield (*at, "chapters", c, "name"), why
        for e, exercise in enumerate(chapter.exercises):
            here: Location = (*at, "chapters", c, "exercises", e)
            if why := why_no_exercise(exercise.name):
                yield (*here, "name"), why
            if exercise.name in exercises:
                yield (*here, "name"), f"exercise {exercise.name} is listed twice"
            for need in exercise.needs:
                if need not in exercises:
                    meant = suggestion(need, exercises)
                    yield (
                        (*here, "needs"),
                        f"{exercise.name} needs {need}, which no earlier entry defines{meant}",
                    )
            exercises.add(exercise.name)
        for q, question in enumerate(chapter.questions):
            if question.name in questions:
                yield (
                    (*at, "chapters", c, "questions", q, "name"),
                    f"question {question.name} is listed twice",
                )
            questions.add(question.name)
            if question.kind not in KINDS and not assignment.has_plugin(f"question_{question.kind}"):
                yield (
                    (*at, "chapters", c, "questions", q, "kind"),
                    f"there is no kind {question.kind}{suggestion(question.kind, KINDS)}; it is one of "
                    f"{', '.join(KINDS)}, or a plug-in question_{question.kind}.py of this assignment adds it",
                )

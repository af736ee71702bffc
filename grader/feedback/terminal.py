"""Result → rich renderables for a terminal: compact, safe against escapes and markup in students' text.

Everything is built as `Text`, which rich never parses for markup. Rich itself honours NO_COLOR and drops
colour when the output is piped; nothing here is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from grader.course import Assignment
from grader.feedback import view
from grader.feedback.disclosure import reveal, reveal_all
from grader.feedback.printed import printed_parts
from grader.feedback.prose import Prose
from grader.feedback.textgrids import evidence_text
from grader.result import Diagnosis, ExerciseResult, Fault, OwnExamples, Result, TestResult
from grader.text import visible

_STYLES = {"good": "green", "part": "yellow", "bad": "red", "calm": "dim"}
_PRINTED_LINES = 8


def feedback_text(
    result: Result, assignment: Assignment, *, width: int = 80, student_view: bool = True
) -> RenderableType:
    """One result for a terminal `width` columns wide.

    student_view: apply `assignment.reveal`; False shows all (the self-check's own checks hide nothing).
    """
    shown = reveal(result, assignment) if student_view else reveal_all(result)
    kind = view.kind_of(shown)
    chapters = view.chapters_of(shown, assignment)
    title = Text.assemble((visible(shown.student, 60), "bold"), " · ", assignment.title)
    if kind == "grader error":
        return Group(title, *_grader_error(shown, student_view))
    if kind == "unreadable":
        return Group(title, *_unreadable(shown))
    parts: list[RenderableType] = [title, _score(shown, width)]
    if late := view.late_text(shown):
        parts.append(Text(late))
    for problem in shown.problems:
        parts.append(Text.assemble(("! ", "yellow"), visible(problem, 400)))
    if kind == "untouched":
        parts += _untouched(chapters)
        return Group(*parts)
    for chapter in chapters:
        parts += [Text(), _chapter_line(chapter)]
        for exercise in chapter.exercises:
            parts += _exercise(exercise, width)
    parts += [Text(), _next(chapters)]
    return Group(*parts)


def exercise_text(exercise: ExerciseResult, *, width: int = 80) -> RenderableType:
    """One exercise, its first failing test explained; shows everything that `exercise` holds."""
    return Group(*_exercise(exercise, width))


def _score(result: Result, width: int) -> Text:
    share = result.score / result.max_score if result.max_score else 0.0
    size = max(10, min(30, width - 40))
    full = round(size * min(1.0, max(0.0, share)))
    return Text.assemble(
        (f"{view.points(result.score)} of {view.points(result.max_score)} points", "bold"),
        "  ",
        ("━" * full, "cyan"),
        ("─" * (size - full), "dim"),
    )


def _chapter_line(chapter: view.ChapterView) -> Text:
    mark = chapter.badge
    line = Text.assemble((chapter.title, "bold"), "  ", (f"{mark.sign} {mark.word}", _STYLES[mark.tone]))
    if chapter.exercises:
        line.append(f"  {chapter.passed} of {len(chapter.exercises)} exercises", "dim")
    return line


def _exercise(exercise: ExerciseResult, width: int) -> Iterator[RenderableType]:
    mark = view.badge(exercise.status)
    score = f"{view.points(exercise.score)} / {view.points(exercise.max_score)}"
    yield Text.assemble(
        "  ",
        (mark.sign, _STYLES[mark.tone]),
        f" {visible(exercise.name, 30):<18}{score:>10}  ",
        ("" if exercise.status == "passed" else mark.word, _STYLES[mark.tone]),
    )
    if exercise.message:
        yield Prose(Text(visible(exercise.message, 500, multiline=True)), 4)
    if exercise.fault:
        yield from fault_lines(exercise.fault, 4)
    if exercise.diagnosis:
        yield from diagnosis_lines(exercise.diagnosis)
    if exercise.comment:
        yield Prose(Text(f"comment: {visible(exercise.comment, 4000, multiline=True)}"), 4)
    if exercise.status not in ("passed", "missing"):
        explained = view.first_failing(exercise)
        for index, test in enumerate(exercise.tests):
            yield from _test(test, width, explain=index == explained)
    if exercise.examples:
        yield from example_lines(exercise.examples)
    yield from remark_lines(exercise.remarks, passed=exercise.status == "passed")
    if exercise.printed.strip() and exercise.status != "passed":
        yield from printed_lines(exercise.printed)


def example_lines(own: OwnExamples) -> Iterator[RenderableType]:
    """The student's own examples: what became of them."""
    worth = f" {view.points(own.score)} / {view.points(own.max_score)} points." if own.max_score else ""
    text = f"your examples: {' '.join(own.says)}{worth}"
    yield Prose(Text(visible(text, 1000)), 4)


def remark_lines(remarks: Iterable[str], *, passed: bool = True) -> Iterator[RenderableType]:
    """What is worth telling and costs nothing; where the exercise has not passed, it may be what does cost."""
    for remark in remarks:
        text = Text(f"remark: {visible(remark, 300)}{' (costs no points)' if passed else ''}", "dim")
        yield Prose(text, 4)


def printed_lines(text: str) -> Iterator[RenderableType]:
    """What numpy warned of, and what the student's code printed, the beginning of it."""
    printed = printed_parts(text, _PRINTED_LINES, 800)
    for warning in printed.warnings:
        yield Prose(Text.assemble(("warning: ", "yellow"), warning), 4)
    if not printed.rest:
        return
    yield Prose(Text("your code printed:", "dim"), 4)
    lines = "\n".join("| " + line for line in printed.rest.split("\n"))
    yield Prose(Text(lines), 4)


def fault_lines(fault: Fault, indent: int) -> Iterator[RenderableType]:
    """Where the code stopped: the sentence, and each line with what is meant marked below."""
    if fault.says:
        yield Prose(Text(visible(fault.says, 600)), indent)
    for place in fault.places:
        where = f"{visible(place.file, 80)}, line {place.line}"
        where += f", in {visible(place.function, 60)}" if place.function else ""
        yield Prose(Text(where, "dim"), indent)
        code = Text(visible(place.code, 200), "cyan", no_wrap=True)
        if place.end > place.start:
            before, marked = (
                cell_len(visible(part, 200))
                for part in (place.code[: place.start], place.code[place.start : place.end])
            )
            code.append(f"\n{' ' * before}{'^' * marked}", "red")
        yield Padding(code, (0, 0, 0, indent + 2), expand=False)


def diagnosis_lines(found: Diagnosis) -> Iterator[RenderableType]:
    """What the mistake looks like, and the hint."""
    says, hint = visible(found.says, 600), visible(found.hint, 600)
    if says or hint:
        line = Text.assemble(("what this looks like: ", "yellow"), (says or hint, "bold"))
        yield Prose(line, 4)
    if says and hint:
        yield Prose(Text(hint), 4)


def _test(test: TestResult, width: int, *, explain: bool) -> Iterator[RenderableType]:
    mark = view.badge(test.outcome)
    title = Text.assemble((mark.sign, _STYLES[mark.tone]), " ", visible(test.title, 200))
    if test.outcome not in ("passed", "failed"):
        title.append(f" ({mark.word})", _STYLES[mark.tone])
    yield Prose(title, 4)
    if not explain:
        return
    if test.message:
        yield Prose(Text(visible(test.message, 600, multiline=True), "bold"), 6)
    if test.fault:
        yield from fault_lines(test.fault, 6)
    if test.example:
        yield Prose(Text(visible(test.example, 400, multiline=True), "cyan"), 6)
    for line in evidence_text(test, width - 6):
        yield Padding(line, (0, 0, 0, 6), expand=False)


def _next(chapters: list[view.ChapterView]) -> Text:
    found = view.next_exercise(chapters)
    if found is None:
        return Text("Every exercise passes. Well done.", "green")
    chapter, exercise = found
    return Text.assemble(
        ("Next: ", "bold"),
        (visible(exercise.name, 60), "bold cyan"),
        f" in {chapter.name}.py",
    )


def _untouched(chapters: list[view.ChapterView]) -> list[RenderableType]:
    found = view.next_exercise(chapters)
    lines: list[RenderableType] = [Text(), Text("Nothing written yet: here is where to start.", "bold")]
    if found:
        chapter, exercise = found
        lines += [
            Text(f"  1. Open {chapter.name}.py (or its notebook) and read the first part."),
            Text(f"  2. Write {exercise.name} in place of the line that raises NotImplementedError."),
            Text(f"  3. Run: grader check -e {exercise.name}"),
        ]
    return lines


def _unreadable(result: Result) -> list[RenderableType]:
    problems = result.problems or ["no file of this assignment was found"]
    return [
        Text("This submission could not be read, so nothing in it was graded.", "bold"),
        *(Text.assemble(("✗ ", "red"), visible(problem, 400)) for problem in problems),
        Text("Hand in the chapter files themselves, in one folder or .zip; `grader check` reads them alike."),
    ]


def _grader_error(result: Result, student_view: bool) -> list[RenderableType]:
    lines: list[RenderableType] = [
        Text("The grader stumbled, not you: this costs nothing and will be graded again.", "bold")
    ]
    if not student_view:
        lines += [Text.assemble(("! ", "red"), visible(problem, 400)) for problem in result.problems]
    return lines

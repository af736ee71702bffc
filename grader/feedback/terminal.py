"""Result → rich renderables for a terminal: compact, safe against escapes and markup in students' text.

Everything is built as `Text`, which rich never parses for markup. Rich itself honours NO_COLOR and drops
colour when the output is piped; nothing here is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from grader.course import Assignment
from grader.feedback import view
from grader.feedback.grids import Drawing, Plane, draw_arguments, draw_pairs
from grader.feedback.reveal import reveal
from grader.result import Evidence, ExerciseResult, Result, TestResult
from grader.text import first_lines, visible

_STYLES = {"good": "green", "part": "yellow", "bad": "red", "calm": "dim"}
_PLANES = 2
_PRINTED_LINES = 8
_GAP = "   "
_SIDES = (12, 10, 8, 6, 5, 4, 3)

#: Lines of a drawing as (text, style): plain strings, so that two drawings can stand side by side.
Lines = list[tuple[str, str]]


def feedback_text(
    result: Result, assignment: Assignment, *, width: int = 80, student_view: bool = True
) -> RenderableType:
    """One result for a terminal `width` columns wide.

    student_view: apply `assignment.reveal`; False shows all (the self-check's own checks hide nothing).
    """
    shown = reveal(result, assignment.reveal) if student_view else result
    kind = view.kind_of(shown)
    chapters = view.chapters_of(shown, assignment)
    title = Text.assemble((visible(shown.student, 60), "bold"), " · ", assignment.title)
    if kind == "grader error":
        return Group(title, *_grader_error(shown, student_view))
    if kind == "unreadable":
        return Group(title, *_unreadable(shown))
    parts: list[RenderableType] = [title, _score(shown, width)]
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
        yield Padding(Text(visible(exercise.message, 500, multiline=True)), (0, 0, 0, 4), expand=False)
    if exercise.diagnosis and (exercise.diagnosis.says or exercise.diagnosis.hint):
        says, hint = visible(exercise.diagnosis.says, 600), visible(exercise.diagnosis.hint, 600)
        yield Padding(Text.assemble(("what this looks like: ", "yellow"), says or hint), (0, 0, 0, 4), expand=False)
        if says and hint:
            yield Padding(Text(hint), (0, 0, 0, 4), expand=False)
    if exercise.status not in ("passed", "missing"):
        explained = view.first_failing(exercise)
        for index, test in enumerate(exercise.tests):
            yield from _test(test, width, explain=index == explained)
    for remark in exercise.remarks:
        yield Padding(
            Text(f"remark: {visible(remark, 300)} (costs no points)", "dim"), (0, 0, 0, 4), expand=False
        )
    if exercise.printed.strip() and exercise.status != "passed":
        yield Padding(Text("your code printed:", "dim"), (0, 0, 0, 4), expand=False)
        printed = visible(first_lines(exercise.printed, _PRINTED_LINES), 800, multiline=True)
        yield Padding(
            Text("\n".join("| " + line for line in printed.split("\n"))), (0, 0, 0, 4), expand=False
        )


def _test(test: TestResult, width: int, *, explain: bool) -> Iterator[RenderableType]:
    mark = view.badge(test.outcome)
    title = Text.assemble((mark.sign, _STYLES[mark.tone]), " ", visible(test.title, 200))
    if test.outcome not in ("passed", "failed"):
        title.append(f" ({mark.word})", _STYLES[mark.tone])
    yield Padding(title, (0, 0, 0, 4), expand=False)
    if not explain:
        return
    if test.message:
        yield Padding(Text(visible(test.message, 600, multiline=True), "bold"), (0, 0, 0, 6), expand=False)
    if test.example:
        yield Padding(Text(visible(test.example, 400), "cyan"), (0, 0, 0, 6), expand=False)
    if test.evidence:
        for line in _evidence(test, test.evidence, width - 6):
            yield Padding(line, (0, 0, 0, 6), expand=False)


def _evidence(test: TestResult, evidence: Evidence, width: int) -> Iterator[Text]:
    plain, drawings = draw_arguments(evidence.arguments)
    for number in range(len(drawings)):
        yield from _styled(_argument(evidence, number, width))
    if plain and not test.example:
        yield Text("  ".join(f"{name} = {text}" for name, text in plain))
    for number in range(len(draw_pairs(evidence.expected, evidence.got))):
        yield from _pair(evidence, number, width)


def _pair(evidence: Evidence, number: int, width: int) -> Iterator[Text]:
    """Expected beside got where that fits, else one above the other, cropped alike."""
    for side in (12, 10, 8, 6):
        expected, got = _sides(evidence, number, side)
        if expected and got and _width(expected) + len(_GAP) + _width(got) <= width:
            yield from _beside(expected, got)
            return
    for side in _SIDES:
        expected, got = _sides(evidence, number, side)
        if max(_width(expected), _width(got)) <= width:
            break
    yield from _styled(expected + got)


def _sides(evidence: Evidence, number: int, side: int) -> tuple[Lines, Lines]:
    pair = draw_pairs(evidence.expected, evidence.got, evidence.first_difference, max_side=side)[number]
    return (
        _lines(pair.expected, got=False) if pair.expected else [],
        _lines(pair.got, got=True) if pair.got else [],
    )


def _argument(evidence: Evidence, number: int, width: int) -> Lines:
    """The drawing with the most rows and columns that fits `width`."""
    lines: Lines = []
    for side in _SIDES:
        lines = _lines(draw_arguments(evidence.arguments, max_side=side)[1][number], got=False)
        if _width(lines) <= width:
            break
    return lines


def _lines(drawing: Drawing, *, got: bool) -> Lines:
    head = drawing.label + (f" · shape {drawing.shape}" if drawing.shape else "")
    if drawing.shape_differs and got:
        head += " ≠"
    if not drawing.planes:
        return [(f"{head}: {'≠ ' if drawing.differs and got else ''}{drawing.text}", "")]
    lines: Lines = [(head, "dim")]
    for plane in drawing.planes[:_PLANES]:
        lines += _plane(plane, got)
    more = drawing.more_planes + max(0, len(drawing.planes) - _PLANES)
    if more:
        lines.append((f"… and {more} more slice{'s' if more != 1 else ''}", "dim"))
    return lines


def _plane(plane: Plane, got: bool) -> Lines:
    """Rows of right-aligned values; ≠ before a differing value of `got`, a caret under the first."""
    texts = [
        [("≠" if cell.mark in ("differs", "first") and got else "") + cell.text for cell in cells]
        for _, cells in plane.rows
    ]
    widths = [max(cell_len(row[column]) for row in texts) for column in range(len(plane.columns))]
    lines: Lines = [(plane.where, "dim")] if plane.where else []
    for row, (_, cells) in zip(texts, plane.rows, strict=True):
        lines.append(
            ("[" + "  ".join(" " * (w - cell_len(t)) + t for t, w in zip(row, widths, strict=True)) + "]", "")
        )
        for column, cell in enumerate(cells):
            if cell.mark == "first":
                end = 1 + sum(widths[: column + 1]) + 2 * column
                lines.append((" " * (end - 1) + "^", "bold red"))
    return lines


def _beside(left: Lines, right: Lines) -> Iterator[Text]:
    room = _width(left)
    for index in range(max(len(left), len(right))):
        text, style = left[index] if index < len(left) else ("", "")
        other, other_style = right[index] if index < len(right) else ("", "")
        yield Text.assemble((text + " " * (room - cell_len(text)), style), _GAP, (other, other_style))


def _styled(lines: Lines) -> Iterator[Text]:
    for text, style in lines:
        yield Text(text, style)


def _width(lines: Lines) -> int:
    return max((cell_len(text) for text, _ in lines), default=0)


def _next(chapters: list[view.ChapterView]) -> Text:
    found = view.next_exercise(chapters)
    if found is None:
        return Text("Every exercise passes. Well done.", "green")
    chapter, exercise = found
    return Text.assemble(
        ("Next: ", "bold"),
        (visible(exercise.name, 60), "bold cyan"),
        f" in {chapter.name}.py; if you get stuck: grader hint {visible(exercise.name, 60)}",
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

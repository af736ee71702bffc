"""One exercise that fails, for a terminal of so many rows: what a student needs most is what is read last.

First the grids, as large as the rows allow, then the verdict, the name of the mistake, the check and the call: however
much scrolled away above, these stand right over the prompt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from grader.feedback.prose import Prose, height_of
from grader.feedback.terminal import diagnosis_lines, fault_lines, printed_lines, remark_lines
from grader.feedback.textgrids import evidence_text, fitted_evidence
from grader.feedback.view import badge
from grader.result import ExerciseResult, TestResult
from grader.text import visible


def fitted_text(
    exercise: ExerciseResult,
    *,
    width: int,
    rows: int | None = None,
    below: Sequence[RenderableType] = (),
    where: str = "",
) -> list[RenderableType]:
    """The explanation of an exercise and `below` it what to do next, in `rows` rows if that can be; None: any number.

    The first of its tests that did not pass is explained. where: in the student's files, and in the checks.
    """
    failing = next((test for test in exercise.tests if test.outcome != "passed"), None)
    last = [*_verdict(exercise), *(_of_test(failing, where) if failing else ()), *below]
    first = [*remark_lines(exercise.remarks, passed=exercise.status == "passed")]
    if exercise.printed.strip():
        first += printed_lines(exercise.printed)
    if failing is None:
        return [*first, *last]
    if rows is None:
        grids = list(evidence_text(failing, width - 4))
    else:
        left = rows - height_of(last, width)
        # What the code printed is there a second time, wherever it is run; the grids are not.
        grids = fitted_evidence(failing, width - 4, left - height_of(first, width))
        if not grids and first:
            grids = fitted_evidence(failing, width - 4, left)
            first = [] if grids or height_of(first, width) > left else first
    return [*(Padding(line, (0, 0, 0, 4), expand=False) for line in grids), *first, *last]


def _verdict(exercise: ExerciseResult) -> Iterator[RenderableType]:
    sign = badge(exercise.status).sign
    passed, total = f"{exercise.score:g}", f"{exercise.max_score:g}"
    yield Text.assemble(
        (f"{sign} {visible(exercise.name, 60)}", "bold red"), f"  {passed} of {total} checks pass"
    )
    if exercise.message:
        yield Prose(Text(visible(exercise.message, 500, multiline=True)), 4)
    if exercise.fault:
        yield from fault_lines(exercise.fault, 4)
    if exercise.diagnosis:
        yield from diagnosis_lines(exercise.diagnosis)


def _of_test(test: TestResult, where: str) -> Iterator[RenderableType]:
    ending = "" if test.outcome == "failed" else f" ({badge(test.outcome).word})"
    title = Text.assemble((badge(test.outcome).sign, "red"), f" {visible(test.title, 200)}{ending}")
    yield Prose(title, 4)
    if where:
        yield Prose(Text(where, "dim"), 6)
    if test.message:
        text = Text(visible(test.message, 600, multiline=True), "bold")
        yield Prose(text, 6)
    if test.fault:
        yield from fault_lines(test.fault, 6)
    if test.example:
        yield Prose(Text(visible(test.example, 400, multiline=True), "cyan"), 6)

"""CheckReport → one line a problem, which editors read: `convolution.py:96: error: conv2d: got 9, expected 6`.

The handout's .vscode/tasks.json knows this form (authoring/editor_files.py): change both.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.home.overview import AT_LINE
from grader.home.report import CheckReport, ExerciseCheck
from grader.text import visible

#: Stands at the beginning of a round of `--watch --editor`; what `round_ends` gives stands at its end.
ROUND_BEGINS = "grader: checking"
_CHARACTERS = 300


def editor_lines(report: CheckReport) -> Iterator[str]:
    """What is wrong with whole files, what fails, each at its line, and what is to be written next.

    What only waits for another is no problem.
    """
    said = set()
    places = set()
    marked = {exercise.chapter for exercise in report.exercises if exercise.fault}
    for exercise in report.exercises:
        if (
            exercise.status == "failed"
            and not exercise.fault
            and not exercise.failure
            and exercise.chapter in marked
        ):
            continue  # not run because of a syntax error that is marked in another
        if exercise.status == "failed":
            line = _line(exercise, "error", _why(exercise))
        elif exercise is report.next and not exercise.lost:
            line = _line(exercise, "info", "write this one next")
        else:
            continue
        # What keeps a whole chapter from running is one problem.
        place, _, words = line.partition(f" {exercise.name}: ")
        if (place, words) not in said:
            said.add((place, words))
            places.add(place_of(exercise))
            yield line
    for problem in report.problems:
        at = AT_LINE.match(visible(problem, _CHARACTERS))
        if at and (at[1], int(at[3])) not in places:
            yield f"{at[1]}:{at[3]}: warning: {at[2]}"


def round_ends(report: CheckReport) -> str:
    """The line below them."""
    passed = sum(exercise.status == "passed" for exercise in report.exercises)
    return f"grader: {passed} of {len(report.exercises)} pass"


def place_of(exercise: ExerciseCheck) -> tuple[str, int]:
    """The file to open, and the line in it: 1 where none is known, as in a notebook."""
    if exercise.fault and exercise.fault.places and exercise.fault.places[0].file.endswith(".py"):
        return exercise.fault.places[0].file, exercise.fault.places[0].line
    file, _, line = exercise.place.rpartition(":")
    if file and line.isdigit():
        return file, int(line)
    return exercise.place or exercise.file or f"{exercise.chapter}.py", 1


def _line(exercise: ExerciseCheck, severity: str, words: str) -> str:
    file, line = place_of(exercise)
    # No column: an editor then marks the whole line.
    return f"{visible(file, 200)}:{line}: {severity}: {exercise.name}: {visible(' '.join(words.split()), _CHARACTERS)}"


def _why(exercise: ExerciseCheck) -> str:
    failure = exercise.failure
    parts = [
        exercise.fault.says if exercise.fault else "",
        failure.message if failure else "",
        failure.fault.says if failure and failure.fault else "",
        exercise.message,
        failure.title if failure else "",
    ]
    return next(filter(None, parts), "fails")

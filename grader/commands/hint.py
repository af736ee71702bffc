"""`grader hint`."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel

from grader.commands import open_course
from grader.errors import CourseError, UsageError
from grader.selfcheck import find_folder

_STATE = Path(".grader") / "hints.json"


def run(
    exercise: str, path: Path | None, *, start_over: bool, course_path: Path | None, assignment: str | None
) -> int:
    """Show the next hint of `exercise`; after the last, the last again. Returns the exit code."""
    course = open_course(course_path, near=path)
    name, model = course.assignment(assignment)
    model.find_exercise(exercise)
    folder = find_folder(course, name, path)
    hints = _read_hints(folder, course.handout(name)).get(exercise)
    if not hints:
        raise CourseError(f"{folder / 'hints.yaml'} has no hints for {exercise}: unpack the exercise again")
    seen = _read_state(folder)
    number = 0 if start_over else min(seen.get(exercise, 0), len(hints) - 1)
    tier, text = list(hints.items())[number]
    more = len(hints) - number - 1
    rest = f"{more} more: run the same command again" if more else "that was the last one"
    Console().print(Panel(Markdown(text), title=f"{exercise}: {tier}", subtitle=rest, title_align="left"))
    _write_state(folder, {**seen, exercise: number + 1})
    return 0


def _read_hints(folder: Path, handout: Path) -> dict[str, dict[str, str]]:
    for file in (folder / "hints.yaml", handout / "hints.yaml"):
        try:
            data = yaml.safe_load(file.read_text(encoding="utf-8"))
        except OSError:
            continue
        except (yaml.YAMLError, UnicodeDecodeError):
            raise CourseError(f"{file}: not valid YAML; unpack the exercise again") from None
        if isinstance(data, dict) and all(isinstance(tiers, dict) for tiers in data.values()):
            return {
                str(name): {str(t): str(text) for t, text in tiers.items()} for name, tiers in data.items()
            }
    raise UsageError(f"{folder / 'hints.yaml'} is missing: unpack the exercise again, it belongs to it")


def _read_state(folder: Path) -> dict[str, int]:
    """How many hints were shown already; a damaged file only means starting over."""
    try:
        data = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        return {str(name): int(count) for name, count in data.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _write_state(folder: Path, seen: dict[str, int]) -> None:
    try:
        (folder / _STATE).parent.mkdir(exist_ok=True)
        (folder / _STATE).write_text(json.dumps(seen), encoding="utf-8")
    except OSError:
        # A folder that can't be written to: every hint is the first one, which is better than none.
        return

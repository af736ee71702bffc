"""An exercise's hints, one after the other, as the author named them: a nudge, a worked example."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import yaml

from grader.errors import CourseError, UsageError

_FILE = "hints.yaml"
_STATE = Path(".grader") / "hints.json"


@dataclass(frozen=True)
class Hint:
    """tier: the hint's name; text: Markdown; more: how many come after it."""

    exercise: str
    tier: str
    text: str
    more: int


def next_hint(exercise: str, folder: Path, handout: Path, *, start_over: bool = False) -> Hint:
    """The hint after the one shown last in `folder`; after the last, the last again.

    handout: where hints.yaml is if `folder` has none. Raises CourseError or UsageError where there are no hints.
    """
    hints = _read_hints(folder, handout).get(exercise)
    if not hints:
        raise UsageError(f"{exercise} has no hints")
    seen = _read_state(folder)
    number = 0 if start_over else min(seen.get(exercise, 0), len(hints) - 1)
    tier, text = list(hints.items())[number]
    _write_state(folder, {**seen, exercise: number + 1})
    return Hint(exercise, tier, text, len(hints) - number - 1)


def has_hints(exercise: str, folder: Path, handout: Path) -> bool:
    """Whether there is a hint to point to. Looked up as text: reading all hints would take longer than a check."""
    for file in (folder / _FILE, handout / _FILE):
        try:
            return f"\n{exercise}:" in f"\n{file.read_text(encoding='utf-8')}"
        except (OSError, UnicodeDecodeError):
            continue
    return False


def _read_hints(folder: Path, handout: Path) -> dict[str, dict[str, str]]:
    for file in (folder / _FILE, handout / _FILE):
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
    raise UsageError(f"{folder / _FILE} is missing: unpack the exercise again, it belongs to it")


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

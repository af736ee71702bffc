"""Which of the drawn inputs are used: an author chooses them once a course, see `grader validate --choose-inputs`.

The choice is a file beside the hidden tests and travels with them, so that every machine grades every student on the
same inputs. It names inputs by number, and holds only where they are those that it was made from: for other tests,
another secret, or another Hypothesis that draws others, all drawn inputs are used.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course import fingerprint
from grader.errors import CourseError
from grader.files import write_bytes

CHOSEN_FILE = "chosen_inputs.txt"
COMMAND = "grader validate --choose-inputs"
_HEAD = f"""\
# The drawn inputs that are used, by number, for each hidden test; a mark says of which drawn inputs. Made by
# `{COMMAND}`; to use all of them again, delete this file.
"""
_LINE = re.compile(r"(?P<mark>[0-9a-f]{12}) (?P<numbers>\d+(,\d+)*) (?P<test>\S.*)")

Inputs = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Choice:
    """The inputs used of each test. decides: digest of what the choice was made for; numbers: of one test's inputs.

    marks: digest of all that were drawn for a test.
    """

    decides: str
    numbers: Mapping[str, tuple[int, ...]]
    marks: Mapping[str, str]

    def of(self, test: str, drawn: Inputs) -> tuple[int, ...] | None:
        """The numbers of those that are used, in order; None where the choice was made from others."""
        numbers = self.numbers.get(test)
        fits = numbers is not None and numbers[-1] < len(drawn) and self.marks[test] == mark_of(drawn)
        return numbers if fits else None


def mark_of(drawn: Inputs) -> str:
    """A digest of a test's drawn inputs."""
    return hashlib.sha256("".join(fingerprint(dict(one)) for one in drawn).encode()).hexdigest()[:12]


def decided_by(folder: Path, seed: int) -> str:
    """A digest of what a choice is made for: the hidden tests' own files, and the seed."""
    digest = hashlib.sha256(str(seed).encode())
    for path in sorted(folder.rglob("*.py")):
        # Line ends may change on the way through version control.
        text = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"\0{path.relative_to(folder).as_posix()}\0{len(text)}\0".encode())
        digest.update(text)
    return digest.hexdigest()[:16]


def read_choice(folder: Path) -> Choice | None:
    """The choice of the tests in `folder`, fitting or not; None where there is none. Raises CourseError."""
    file = folder / CHOSEN_FILE
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{file} can't be read: {error}") from None
    decides, numbers, marks = "", {}, {}
    for place, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if not decides and line.startswith("for "):
            decides = line[4:].strip()
            continue
        found = _LINE.fullmatch(line.strip())
        chosen = tuple(map(int, found["numbers"].split(","))) if found else ()
        if not found or not decides or list(chosen) != sorted(set(chosen)):
            raise CourseError(
                f"{file}:{place}: not as `{COMMAND}` writes it: run it again, or delete the file"
            )
        numbers[found["test"]], marks[found["test"]] = chosen, found["mark"]
    return Choice(decides, numbers, marks)


def fitting_choice(folder: Path, seed: int) -> Choice | None:
    """The choice of the tests in `folder`, if there is one that was made for them as they are. Raises CourseError."""
    choice = read_choice(folder)
    return choice if choice and choice.decides == decided_by(folder, seed) else None


def write_choice(folder: Path, choice: Choice) -> Path:
    """Write the file; returns it. Raises GraderError where that can't be done."""
    lines = [
        f"{choice.marks[test]} {','.join(map(str, numbers))} {test}\n"
        for test, numbers in choice.numbers.items()
    ]
    text = f"{_HEAD}for {choice.decides}\n{''.join(lines)}"
    write_bytes(folder / CHOSEN_FILE, text.encode(), shared=True)
    return folder / CHOSEN_FILE


def why_all(folder: Path, seed: int) -> str:
    """Why a choice that is there is not used, in a line for the instructor; '' where it is, or there is none."""
    choice = read_choice(folder)
    if choice is None or choice.decides == decided_by(folder, seed):
        return ""
    return (
        f"{folder / CHOSEN_FILE} was made for other tests or another seed.txt: all drawn inputs are used, which takes "
        f"longer; `{COMMAND}` chooses anew"
    )

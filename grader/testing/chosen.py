"""Which of the drawn inputs are used: an author chooses them once a course, see `grader validate --choose-inputs`.

The choice is a file beside the hidden tests and travels with them, so that every machine grades every student on the
same inputs. It names inputs by number, and holds only where they are those that it was made from: for other tests,
another secret, or another Hypothesis that draws others, all drawn inputs are used.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.course import fingerprint
from grader.errors import CourseError
from grader.files import write_bytes

CHOSEN_FILE = "chosen_inputs.txt"
COMMAND = "grader validate --choose-inputs"
_HEAD = f"""\
# The drawn inputs that are used, by number, for each hidden test; a mark says of which drawn inputs. Behind a slash:
# those from which a submission's own are taken, where calls take long. Made by `{COMMAND}`; to use all
# of them again, delete this file.
"""
_LINE = re.compile(r"(?P<mark>[0-9a-f]{12}) (?P<numbers>\d+(,\d+)*)(/(?P<pool>\d+(,\d+)*))? (?P<test>\S.*)")

Inputs = list[dict[str, Any]]


@dataclass(frozen=True)
class Candidates:
    """What is drawn for a test. pool: further ones, of which each submission gets a few of its own."""

    inputs: Inputs
    pool: Inputs


@dataclass(frozen=True)
class Choice:
    """The inputs used of each test. decides: digest of what the choice was made for; numbers: of one test's inputs.

    marks: digest of all that were drawn for a test. pools: numbers of what a submission's own are taken from; of a
    test that is not there, all.
    """

    decides: str
    numbers: Mapping[str, tuple[int, ...]]
    marks: Mapping[str, str]
    pools: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def of(self, test: str, drawn: Candidates) -> Candidates | None:
        """Those that are used, in order; None where the choice was made from others."""
        numbers = self.numbers[test]
        pool = self.pools.get(test, tuple(range(len(drawn.pool))))
        there = numbers[-1] < len(drawn.inputs) and (not pool or pool[-1] < len(drawn.pool))
        if not there or self.marks[test] != mark_of(drawn):
            return None
        return Candidates([drawn.inputs[n] for n in numbers], [drawn.pool[n] for n in pool])


def mark_of(drawn: Candidates) -> str:
    """A digest of a test's drawn inputs."""
    every = [*drawn.inputs, *drawn.pool]
    return hashlib.sha256("".join(map(fingerprint, every)).encode()).hexdigest()[:12]


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
    decides, numbers, marks, pools = (
        "",
        dict[str, tuple[int, ...]](),
        dict[str, str](),
        dict[str, tuple[int, ...]](),
    )
    for place, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if not decides and line.startswith("for "):
            decides = line[4:].strip()
            continue
        found = _LINE.fullmatch(line.strip())
        chosen, pool = (_numbers(found, "numbers"), _numbers(found, "pool")) if found else ((), ())
        if not found or not decides or any(list(some) != sorted(set(some)) for some in (chosen, pool)):
            raise CourseError(
                f"{file}:{place}: not as `{COMMAND}` writes it: run it again, or delete the file"
            )
        numbers[found["test"]], marks[found["test"]] = chosen, found["mark"]
        if pool:
            pools[found["test"]] = pool
    return Choice(decides, numbers, marks, pools)


def _numbers(line: re.Match[str], part: str) -> tuple[int, ...]:
    return tuple(map(int, line[part].split(","))) if line[part] else ()


def fitting_choice(folder: Path, seed: int) -> Choice | None:
    """The choice of the tests in `folder`, if there is one that was made for them as they are. Raises CourseError."""
    choice = read_choice(folder)
    return choice if choice and choice.decides == decided_by(folder, seed) else None


def write_choice(folder: Path, choice: Choice) -> Path:
    """Write the file; returns it. Raises GraderError where that can't be done."""
    lines = [
        f"{choice.marks[test]} {_listed(numbers)}{'/' if test in choice.pools else ''}"
        f"{_listed(choice.pools.get(test, ()))} {test}\n"
        for test, numbers in choice.numbers.items()
    ]
    text = f"{_HEAD}for {choice.decides}\n{''.join(lines)}"
    write_bytes(folder / CHOSEN_FILE, text.encode(), shared=True)
    return folder / CHOSEN_FILE


def _listed(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers))


def why_all(folder: Path, seed: int) -> str:
    """Why a choice that is there is not used, in a line for the instructor; '' where it is, or there is none."""
    choice = read_choice(folder)
    if choice is None or choice.decides == decided_by(folder, seed):
        return ""
    return (
        f"{folder / CHOSEN_FILE} was made for other tests or another seed.txt: all drawn inputs are used, which takes "
        f"longer; `{COMMAND}` chooses anew"
    )

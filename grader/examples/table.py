"""The handout's table: what is right on small inputs, in digests, so that nothing of the reference is needed at home.

For each input: a digest under which it is found, and a digest of the right result, salted by exercise and input and
stretched. From the same stretch comes the key that opens the list of known mistakes caught, by number. So whoever knows
the result of a call learns that it is right, and what it catches; whoever does not has to guess it, some ten thousand
guesses a second. Results of tiny inputs can be guessed, as they can be worked out by hand; nothing else can be had.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.examples.example import Example, Parameters, Verdict
from grader.examples.facts import facts_of
from grader.examples.values import OFFSETS, Plain, canonical, in_steps

SCHEMA = 1
#: Beside the visible checks.
TABLE = "examples.json"

_STRETCH = 300
_KEY_BYTES = 6
_CHECK_BYTES = 8


@dataclass(frozen=True)
class Table:
    """One exercise. about: the small inputs, in words; traps: its known mistakes; facts: those that help, in order.

    known: digest of the arguments → number of the offset, digest of the result, and what it catches, sealed.
    """

    exercise: str
    parameters: Parameters
    about: str
    traps: int
    facts: tuple[str, ...]
    known: Mapping[str, str]

    def judge(self, example: Example) -> Verdict:
        """What is known here of an example. Raises UsageError where its arguments do not fit the function."""
        arguments = self.parameters.bind(example)
        facts = facts_of(arguments)
        sealed = self.known.get(input_key(self.exercise, arguments))
        if sealed is None:
            return Verdict(example, "outside", facts=facts)
        caught = _opened(self.exercise, arguments, example.expect, sealed, self.traps)
        if caught is None:
            return Verdict(example, "wrong", facts=facts)
        return Verdict(example, "valid", frozenset(n for n in range(self.traps) if caught >> n & 1), facts)


def input_key(exercise: str, arguments: Mapping[str, Plain]) -> str:
    """Under which an input is found. Inputs are no secret."""
    return hashlib.blake2b(_call(exercise, arguments), digest_size=_KEY_BYTES).hexdigest()


def seal(
    exercise: str, arguments: Mapping[str, Plain], right: Plain, caught: int, traps: int, offset: int
) -> str:
    """The entry of an input: what `_opened` opens with the right result alone. caught: a bit a mistake."""
    check, pad = _stretched(exercise, arguments, right, traps, offset)
    size = len(pad)
    return f"{offset}{check.hex()}{(caught ^ int.from_bytes(pad)).to_bytes(size).hex()}"


def _opened(
    exercise: str, arguments: Mapping[str, Plain], expect: Plain, sealed: str, traps: int
) -> int | None:
    check, pad = _stretched(exercise, arguments, expect, traps, int(sealed[0]))
    if bytes.fromhex(sealed[1 : 1 + 2 * _CHECK_BYTES]) != check:
        return None
    return int.from_bytes(bytes.fromhex(sealed[1 + 2 * _CHECK_BYTES :])) ^ int.from_bytes(pad)


def _stretched(
    exercise: str, arguments: Mapping[str, Plain], result: Plain, traps: int, offset: int
) -> tuple[bytes, bytes]:
    size = _CHECK_BYTES + (traps + 7) // 8
    secret = in_steps(result, OFFSETS[offset])
    both = hashlib.pbkdf2_hmac("sha256", secret, _call(exercise, arguments), _STRETCH, size)
    return both[:_CHECK_BYTES], both[_CHECK_BYTES:]


def _call(exercise: str, arguments: Mapping[str, Plain]) -> bytes:
    return exercise.encode() + b"\0" + canonical(list(arguments.values()))


def packed(table: Table) -> dict[str, Any]:
    """JSON data."""
    return {
        "parameters": list(table.parameters.names),
        "defaults": dict(table.parameters.defaults),
        "about": table.about,
        "traps": table.traps,
        "facts": list(table.facts),
        "known": dict(table.known),
    }


def read_tables(checks: Path) -> dict[str, Table]:
    """The tables of a handout. Raises UsageError where they can't be read; empty where the assignment has none."""
    try:
        data = json.loads((checks / TABLE).read_text(encoding="utf-8"))
        if data["schema"] != SCHEMA:
            raise ValueError
        return {name: _unpacked(name, table) for name, table in data["exercises"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{checks / TABLE} can't be read: unpack the exercise again") from None


def _unpacked(exercise: str, data: Mapping[str, Any]) -> Table:
    return Table(
        exercise,
        Parameters(tuple(data["parameters"]), dict(data["defaults"])),
        str(data["about"]),
        int(data["traps"]),
        tuple(data["facts"]),
        dict(data["known"]),
    )

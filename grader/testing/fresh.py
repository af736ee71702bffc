"""Inputs that one submission gets and no other: a table of answers carried out of earlier gradings does not hold them.

Beside the inputs that all students get, each property has a pool of further ones, drawn from the same strategies. A
secret and the text of the submitted chapter choose a few: the same text gets the same ones, in every grading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from grader.course import fingerprint

#: Of thirty inputs that everybody gets, so many are added; and from so many they are chosen.
SHARE = 4 / 30
POOL_FOR_EACH = 16
#: Drawn beyond a full pool: some are what everybody gets.
SPARE = 10

Inputs = dict[str, Any]


def pool_size(examples: int) -> int:
    """How many inputs a pool holds for a property that draws `examples` for everybody."""
    return POOL_FOR_EACH * share_of(examples)


def to_draw(examples: int) -> int:
    """How many inputs are drawn for such a pool."""
    return pool_size(examples) + SPARE


def share_of(examples: int) -> int:
    """How many inputs of its own a submission gets."""
    return max(1, round(SHARE * examples))


def without(known: Sequence[Inputs], drawn: Sequence[Inputs]) -> list[Inputs]:
    """`drawn`, each once, without what everybody gets anyway."""
    seen = {fingerprint(inputs) for inputs in known}
    found = []
    for inputs in drawn:
        if (mark := fingerprint(inputs)) not in seen:
            seen.add(mark)
            found.append(inputs)
    return found


def choose(key: bytes, test: str, pool: int, count: int) -> tuple[int, ...]:
    """The numbers of the inputs, of `pool` many, that the submission with `key` gets in `test`."""
    found: dict[int, None] = {}
    number = 0
    while len(found) < min(count, pool):
        mark = hashlib.blake2b(f"{test}\0{number}".encode(), key=key[:64], digest_size=8).digest()
        found[int.from_bytes(mark, "big") % pool] = None
        number += 1
    return tuple(found)


def key_of(secret: int, cells: Sequence[str]) -> bytes:
    """The key that chooses: from the course's secret and the text of the chapter an exercise stands in."""
    digest = hashlib.blake2b(str(secret).encode(), digest_size=32)
    for cell in cells:
        data = cell.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()

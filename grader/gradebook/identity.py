"""Who somebody is: what an LMS tells its people apart by, and who stands under which name in a gradebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.gradebook.spelling import bare, folded, same_words


@dataclass(frozen=True)
class Identity:
    """system: the LMS; number: its number of a person or a group, or an e-mail address; name: as the LMS writes it."""

    system: str
    number: str
    name: str

    def is_same(self, other: Identity) -> bool:
        """Whether both are one person or group. A team's number may be another person's, so the names must agree."""
        if (self.system, self.number) != (other.system, other.number):
            return False
        if self.system == "gradescope" or not self.name or not other.name:
            return True
        anonymous = (re.fullmatch(r"participant(?: \d+)?|anon", folded(one.name)) for one in (self, other))
        return any(anonymous) or bare(self.name) == bare(other.name) or same_words(self.name, other.name)


def identity_of(lms: Mapping[str, str]) -> Identity | None:
    """Who somebody is over there, `lms` as a Receipt has it; None where nothing tells.

    Canvas's and Moodle's numbers are people's (or groups') for good; Gradescope's is the submission's.
    """
    system = lms.get("system", "")
    lasting = lms.get("id", "") if system in ("canvas", "moodle") else ""
    number = lasting or folded(lms.get("email", "") or lms.get("sid", ""))
    return Identity(system, number, lms.get("name", "")) if system and number else None


class People:
    """Names in a gradebook, and who has them, by all that was handed in."""

    def __init__(self, known: Iterable[tuple[str, Mapping[str, str]]]) -> None:
        """known: name in the gradebook and what the LMS said, in the order in which it was."""
        self._by_number: dict[tuple[str, str], list[tuple[Identity, str]]] = {}
        self._owners: dict[str, list[Identity]] = {}
        for student, lms in known:
            if identity := identity_of(lms):
                self._by_number.setdefault((identity.system, identity.number), []).append((identity, student))
                self._owners.setdefault(student, []).append(identity)

    def name_of(self, lms: Mapping[str, str]) -> str:
        """What somebody is called here; '' for a newcomer and for whom nothing is known."""
        identity = identity_of(lms)
        same = self._by_number.get((identity.system, identity.number), []) if identity else []
        return next((student for known, student in same if identity and identity.is_same(known)), "")

    def of_the_same_number(self, lms: Mapping[str, str]) -> str:
        """Whoever has the number of a newcomer, under another name; '' if nobody has."""
        identity = identity_of(lms)
        same = self._by_number.get((identity.system, identity.number), []) if identity else []
        return same[0][1] if same and not self.name_of(lms) else ""

    def is_anothers(self, student: str, lms: Mapping[str, str]) -> bool:
        """Whether a name here is that of somebody with another number."""
        identity, owners = identity_of(lms), self._owners.get(student, [])
        return bool(identity and owners) and not any(identity.is_same(one) for one in owners if identity)

    def has_number(self, student: str) -> bool:
        """Whether an LMS's number is known of whoever is called so here."""
        return student in self._owners

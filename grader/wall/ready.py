"""Answers that are here before a test asks for them: made ahead, sent together, or remembered from another test."""

from __future__ import annotations

import copy
import hashlib
from collections import deque
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from grader.wall.calls import Call, Identity
from grader.wall.replies import Content, Held, Unread

#: What calls made ahead are for: a test, and the number of its input.
Purpose: TypeAlias = tuple[str, int]


@dataclass(frozen=True)
class _Copied:
    kept: Content

    def content(self) -> Content:
        """A copy."""
        return copy.deepcopy(self.kept)


def of_all(digests: Iterable[bytes]) -> bytes:
    """One digest for those of several answers."""
    return hashlib.sha256(b"".join(digests)).digest()


class Ready:
    """What one worker has answered. repeated: calls whose answer is remembered, for the other tests that make them."""

    def __init__(self, repeated: Container[Identity]) -> None:
        self._repeated = repeated
        self._remembered: dict[Identity, Unread | _Copied] = {}
        #: To the calls that the test has yet to make, in their order.
        self._here: deque[tuple[Call, Unread]] = deque()
        self._ahead: dict[Purpose, deque[tuple[Call, Unread]]] = {}

    def clear(self) -> None:
        """The worker is gone; what is remembered stays."""
        self._here.clear()
        self._ahead.clear()

    def come(self, calls: Sequence[Call], replies: Sequence[Unread]) -> None:
        """These are the next calls of the test, and their answers."""
        self._here = deque(zip(calls, replies, strict=True))

    def come_ahead(self, wanted: Sequence[tuple[Purpose, Sequence[Call]]], replies: Iterable[Unread]) -> None:
        """Answers for many purposes, in one row."""
        left = iter(replies)
        self._ahead = {purpose: deque(zip(some, left, strict=False)) for purpose, some in wanted}

    def turn(self, purpose: Purpose) -> None:
        """The calls for this purpose come now."""
        self._here = self._ahead.pop(purpose, deque())

    def next_to(self, call: Call) -> Unread | None:
        """The answer to `call`, if it is the next one here."""
        if self._here and self._here[0][0].is_like(call):
            return self._here.popleft()[1]
        self._here.clear()
        return None

    def remembered(self, identity: Identity) -> Content | None:
        """Made anew: what one test does with its answer is nothing to the next."""
        kept = self._remembered.get(identity)
        return kept.content() if kept else None

    def remember(self, identity: Identity, reply: object, content: Content) -> None:
        """Keep an answer, where other tests make the same call."""
        if identity in self._repeated and not isinstance(content, Held):
            kept = reply if isinstance(reply, Unread) else _Copied(copy.deepcopy(content))
            self._remembered[identity] = kept

    def digest(self, calls: Sequence[Call]) -> bytes | None:
        """One for the answers to these very calls, all of which are here or remembered; None if they are not."""
        digests, here = [], iter(self._here)
        for call in calls:
            reply: Unread | _Copied | None = self._remembered.get(call.identity)
            if reply is None:
                expected, reply = next(here, (None, None))
                if expected is not call:
                    return None
            if not isinstance(reply, Unread):
                return None
            digests.append(reply.digest)
        return of_all(digests)

    def skip(self) -> None:
        """What is here need not be read."""
        for call, reply in self._here:
            if call.identity in self._repeated:
                self._remembered[call.identity] = reply
        self._here.clear()

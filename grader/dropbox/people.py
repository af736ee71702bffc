"""Who may come in: a token for each person of the roster, and sessions for those who showed theirs.

Neither is stored: of both only the digest is, so who reads the file can't log in. They are long and random, so a plain
digest is enough, and guessing is hopeless without any limit on tries.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from grader.dropbox.store import Store
from grader.errors import UsageError

Role = Literal["student", "instructor"]
STUDENT: Final[Role] = "student"
INSTRUCTOR: Final[Role] = "instructor"

SESSION_SECONDS = 12 * 3600
#: Somebody who logs in again and again fills nothing.
_SESSIONS_EACH = 10
_MOST_CHARACTERS = 200


@dataclass(frozen=True)
class Person:
    """name: in the results; full_name, email: as the roster has them, or ''."""

    name: str
    role: Role = STUDENT
    full_name: str = ""
    email: str = ""


class People:
    """The people of a drop-box."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, people: Sequence[Person], *, again: bool = False) -> dict[str, str]:
        """Name → a new token, of those who have none yet; `again`: of all, and their earlier ones open nothing more.

        The tokens are known to the caller alone.
        """
        made: dict[str, str] = {}
        with self._store.together() as db:
            known = {row[0] for row in db.execute("SELECT name FROM people")}
            for person in people:
                if person.name in known and not again:
                    continue
                made[person.name] = token = new_token()
                _forget_sessions(db, person.name)
                db.execute(
                    "INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?, ?)",
                    (person.name, person.role, person.full_name, person.email, _digest(token)),
                )
        return made

    def revoke(self, name: str) -> None:
        """Let nobody in by that name any more; what was handed in stays. Raises UsageError where nobody has it."""
        with self._store.together() as db:
            if not db.execute("DELETE FROM people WHERE name = ?", (name,)).rowcount:
                raise UsageError(f"nobody called {name!r} has a token here")
            _forget_sessions(db, name)

    def everybody(self, role: Role = STUDENT) -> list[Person]:
        """Who has a token, by name."""
        rows = self._store.rows(
            "SELECT name, role, full_name, email FROM people WHERE role = ? ORDER BY name", (role,)
        )
        return [Person(*row) for row in rows]

    def person(self, name: str) -> Person | None:
        """Whoever is called so."""
        rows = self._store.rows("SELECT name, role, full_name, email FROM people WHERE name = ?", (name,))
        return Person(*rows[0]) if rows else None

    def log_in(self, token: str) -> str:
        """The secret of a new session for whoever has that token; '' where nobody does."""
        name = self._name_by("SELECT token_hash, name FROM people WHERE token_hash = ?", token)
        if not name:
            return ""
        secret, now = secrets.token_urlsafe(32), time.time()
        with self._store.together() as db:
            db.execute("DELETE FROM sessions WHERE expires < ?", (now,))
            db.execute(
                "DELETE FROM sessions WHERE hash IN"
                " (SELECT hash FROM sessions WHERE name = ? ORDER BY expires DESC LIMIT -1 OFFSET ?)",
                (name, _SESSIONS_EACH - 1),
            )
            db.execute(
                "INSERT INTO sessions VALUES (?, ?, ?)", (_digest(secret), name, now + SESSION_SECONDS)
            )
        return secret

    def of_session(self, secret: str) -> Person | None:
        """Whose session that is, unless it is over."""
        query = "SELECT hash, name FROM sessions WHERE hash = ? AND expires > ?"
        name = self._name_by(query, secret, time.time())
        return self.person(name) if name else None

    def log_out(self, secret: str) -> None:
        """End a session."""
        with self._store.together() as db:
            db.execute("DELETE FROM sessions WHERE hash = ?", (_digest(secret),))

    def _name_by(self, query: str, secret: str, *more: object) -> str:
        if not secret or len(secret) > _MOST_CHARACTERS:
            return ""
        wanted = _digest(secret)
        rows = self._store.rows(query, (wanted, *more))
        # How long the search takes tells of digests at most, and those can't be steered.
        return str(rows[0][1]) if rows and hmac.compare_digest(str(rows[0][0]), wanted) else ""


def new_token() -> str:
    """160 random bits. The word before them is for people, and for spreadsheets, which would read a number."""
    return f"drop_{secrets.token_hex(20)}"


def form_token(session: str) -> str:
    """What a form of that session must bring along: another page can't know it."""
    return hmac.new(session.encode(), b"form", "sha256").hexdigest()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "backslashreplace")).hexdigest()


def _forget_sessions(db: sqlite3.Connection, name: str) -> None:
    db.execute("DELETE FROM sessions WHERE name = ?", (name,))

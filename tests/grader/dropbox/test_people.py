"""Tokens and sessions: known to their owners alone, and over when they should be."""

from __future__ import annotations

import time

import pytest

from grader.dropbox.box import Box
from grader.dropbox.people import SESSION_SECONDS, Person
from grader.errors import UsageError

from .conftest import with_people


def test_neither_tokens_nor_sessions_are_stored_in_the_open(box: Box) -> None:
    tokens = with_people(box)
    session = box.people.log_in(tokens["ada"])
    stored = b"".join(path.read_bytes() for path in box.folder.glob("dropbox.db*"))
    for secret in [*tokens.values(), session]:
        assert len(secret) >= 40
        assert secret.encode() not in stored
        assert secret.removeprefix("drop_").encode() not in stored


def test_a_token_opens_its_owners_session_and_no_other(box: Box) -> None:
    tokens = with_people(box)
    for name in ("ada", "bob", "prof"):
        person = box.people.of_session(box.people.log_in(tokens[name]))
        assert person is not None
        assert person.name == name
    for wrong in (
        "",
        "ada",
        tokens["ada"][:-1],
        tokens["ada"] + "0",
        tokens["ada"].upper(),
        "x" * 10_000,
        "\udcff",
    ):
        assert box.people.log_in(wrong) == ""
        assert box.people.of_session(wrong) is None


def test_who_has_a_token_keeps_it_and_another_one_ends_the_old_one(box: Box) -> None:
    old = with_people(box)["ada"]
    session = box.people.log_in(old)
    assert box.people.add([Person("ada"), Person("cleo")]).keys() == {"cleo"}
    assert box.people.log_in(old)
    new = box.people.add([Person("ada")], again=True)["ada"]
    assert not box.people.log_in(old)
    assert box.people.of_session(session) is None
    assert box.people.log_in(new)


def test_who_is_revoked_is_out_at_once(box: Box) -> None:
    tokens = with_people(box)
    session = box.people.log_in(tokens["ada"])
    box.people.revoke("ada")
    assert box.people.of_session(session) is None
    assert not box.people.log_in(tokens["ada"])
    with pytest.raises(UsageError, match="nobody called 'ada'"):
        box.people.revoke("ada")


def test_a_session_ends(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = with_people(box)
    session = box.people.log_in(tokens["ada"])
    other = box.people.log_in(tokens["ada"])
    box.people.log_out(other)
    assert box.people.of_session(other) is None
    assert box.people.of_session(session)
    later = time.time() + SESSION_SECONDS + 1
    monkeypatch.setattr("grader.dropbox.people.time.time", lambda: later)
    assert box.people.of_session(session) is None


def test_logging_in_again_and_again_fills_nothing(box: Box) -> None:
    token = with_people(box)["ada"]
    sessions = [box.people.log_in(token) for _ in range(15)]
    assert sum(box.people.of_session(one) is not None for one in sessions) == 10
    assert box.people.of_session(sessions[-1])

"""`grader package`: one table of systems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.platforms import PACKAGES


def test_the_help_names_every_system(cli: Callable[..., Any]) -> None:
    done = cli("package", "--help", env={"COLUMNS": "200"})
    assert done.code == 0
    assert all(system in done.out for system in PACKAGES)


def test_an_unknown_system_is_answered_with_those_there_are(cli: Callable[..., Any], tiny: Any) -> None:
    done = cli("package", "--for", "abacus", "x.zip", "--course", tiny.root / "course.yaml")
    assert done.code == 2
    assert "gradescope" in done.err
    assert "Traceback" not in done.err

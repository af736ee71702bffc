"""The part of `grader release --check` that takes no time: what is handed out as it stands, stands so in both trees."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", ["cnn", "rnn"])
def test_what_is_copied_out_of_the_solutions_is_what_they_hold(name: str) -> None:
    solutions, checks = ROOT / "solutions" / name, ROOT / "exercises" / name / "checks"
    pairs = [
        (file, source)
        for file in checks.rglob("*.py")
        for source in (solutions / file.relative_to(checks), solutions / "checks" / file.relative_to(checks))
        if source.is_file()
    ]
    assert {"plugins", "checks"} <= {part for file, _ in pairs for part in file.relative_to(ROOT).parts}
    assert [str(file) for file, source in pairs if file.read_bytes() != source.read_bytes()] == []

"""The inputs of a property are the same for every student, whatever else happens to be loaded."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.testing.hidden import HiddenTest


def drawn() -> list[dict[str, object]]:
    @given(number=st.integers(), text=st.text(max_size=3))
    def property_of(student: SimpleNamespace, number: int, text: str) -> None:
        student.f(number)

    test = HiddenTest("t", "f", "title", 1, property_of, {})
    test.draw(7, examples=60)
    return test.inputs


def test_inputs_do_not_depend_on_the_modules_that_are_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = drawn()
    numbers = "\n".join(f"NUMBER_{i} = {987654321 + 7 * i}" for i in range(200))
    (tmp_path / "full_of_constants.py").write_text(numbers, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module("full_of_constants")
    assert drawn() == before

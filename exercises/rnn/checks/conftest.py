"""Lets a plain `pytest` run these checks on your files in the folder above."""

from pathlib import Path

import pytest

from grader.testing import OwnFunctions


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "exercise(name): the exercise a check belongs to")


@pytest.fixture(scope="session")
def student() -> OwnFunctions:
    return OwnFunctions(Path(__file__).resolve().parent.parent)

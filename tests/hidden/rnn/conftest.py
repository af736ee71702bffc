"""Run bare, the hidden tests grade the reference."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings

from grader.testing import EXAMPLES, reference_for

# As many inputs as graded submissions get; the grader sets its own.
settings.register_profile("hidden", max_examples=EXAMPLES, deadline=None, database=None)
settings.load_profile("hidden")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "exercise(name, points=0, examples=…): what a test belongs to, and is worth"
    )


@pytest.fixture(scope="session")
def reference() -> SimpleNamespace:
    return reference_for(Path(__file__))


@pytest.fixture(scope="session")
def student(reference: SimpleNamespace) -> SimpleNamespace:
    return reference

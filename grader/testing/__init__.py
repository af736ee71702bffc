"""What authors write tests with, and a test as data: collected, its inputs drawn and kept, run, shrunk, evidenced.

In: a test function and a `Student`. Out: `TestRun`: outcome, message, evidence. Hidden tests, visible checks and the
catalogue import from this door alone: the comparing helpers (`agree` and its kin), `mistake` and `variant`,
`reference_for` and `OwnFunctions` for plain pytest runs; the marker is `@pytest.mark.exercise(name, points=…)`.
"""

from __future__ import annotations

from grader.course import mistake, variant
from grader.testing.collecting import collect
from grader.testing.compare import (
    TOLERANCE,
    Mismatch,
    agree,
    agree_integer,
    agree_shapes,
    magnitude,
    must_raise,
    real_array,
    require,
)
from grader.testing.evidence import example_of
from grader.testing.fresh import key_of
from grader.testing.hidden import EXAMPLES, HiddenTest, rehearse_all
from grader.testing.input_cache import fill_from_cache
from grader.testing.kept_inputs import KeptInputs, digest_of
from grader.testing.plugin import OwnFunctions, reference_for
from grader.testing.run import TestRun, run_test
from grader.testing.status import cannot_run, loading_problems, remarks_on, status_of, why_not_there

__all__ = [
    "EXAMPLES",
    "TOLERANCE",
    "HiddenTest",
    "KeptInputs",
    "Mismatch",
    "OwnFunctions",
    "TestRun",
    "agree",
    "agree_integer",
    "agree_shapes",
    "cannot_run",
    "collect",
    "digest_of",
    "example_of",
    "fill_from_cache",
    "key_of",
    "loading_problems",
    "magnitude",
    "mistake",
    "must_raise",
    "real_array",
    "reference_for",
    "rehearse_all",
    "remarks_on",
    "require",
    "run_test",
    "status_of",
    "variant",
    "why_not_there",
]

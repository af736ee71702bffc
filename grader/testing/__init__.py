"""What authors write tests with, and a test as data: collected, its inputs drawn and kept, run, shrunk, evidenced.

In: a test function and a `Student`. Out: `TestRun`: outcome, message, evidence. Hidden tests, visible checks and the
catalogue import from this door alone: the comparing helpers (`agree` and its kin), `mistake`, `form` and `variant`,
`reference_for` and `OwnFunctions` for plain pytest runs; the marker is `@pytest.mark.exercise(name, points=…)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.course import StyleDecides, form, mistake, small_inputs, variant
from grader.doors import opened_late
from grader.testing.chosen import (
    CHOSEN_FILE,
    Candidates,
    Choice,
    decided_by,
    fitting_choice,
    mark_of,
    why_all,
    write_choice,
)
from grader.testing.collecting import collect, collect_visible
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
from grader.testing.fresh import key_of, share_of
from grader.testing.hidden import EXAMPLES, HiddenTest, rehearse_all
from grader.testing.idioms import not_for_hidden_tests
from grader.testing.kept_inputs import KeptInputs, digest_of
from grader.testing.light import keep_tests, kept_tests
from grader.testing.packed import is_array, is_nonfinite, is_shape, items_of, mapping_of, parts_of, unpack
from grader.testing.passing import Passing
from grader.testing.program import example_of
from grader.testing.run import TestRun, run_test
from grader.testing.source_rules import is_rule, rule_results
from grader.testing.status import (
    cannot_run,
    loading_problems,
    remarks_on,
    stands_elsewhere,
    status_of,
    syntax_fault,
    why_not_there,
)
from grader.testing.strategies import number_lists, numbers
from grader.testing.values import agree_printed, agree_table, agree_text, agree_value
from grader.testing.watching import Observed, observe, take

if TYPE_CHECKING:
    from grader.testing.input_cache import cache_folder, fill_from_cache, kept_from_cache
    from grader.testing.plugin import OwnFunctions, reference_for

__all__ = [
    "CHOSEN_FILE",
    "EXAMPLES",
    "TOLERANCE",
    "Candidates",
    "Choice",
    "HiddenTest",
    "KeptInputs",
    "Mismatch",
    "Observed",
    "OwnFunctions",
    "Passing",
    "StyleDecides",
    "TestRun",
    "agree",
    "agree_integer",
    "agree_printed",
    "agree_shapes",
    "agree_table",
    "agree_text",
    "agree_value",
    "cache_folder",
    "cannot_run",
    "collect",
    "collect_visible",
    "decided_by",
    "digest_of",
    "example_of",
    "fill_from_cache",
    "fitting_choice",
    "form",
    "is_array",
    "is_nonfinite",
    "is_rule",
    "is_shape",
    "items_of",
    "keep_tests",
    "kept_from_cache",
    "kept_tests",
    "key_of",
    "loading_problems",
    "magnitude",
    "mapping_of",
    "mark_of",
    "mistake",
    "must_raise",
    "not_for_hidden_tests",
    "number_lists",
    "numbers",
    "observe",
    "parts_of",
    "real_array",
    "reference_for",
    "rehearse_all",
    "remarks_on",
    "require",
    "rule_results",
    "run_test",
    "share_of",
    "small_inputs",
    "stands_elsewhere",
    "status_of",
    "syntax_fault",
    "take",
    "unpack",
    "variant",
    "why_all",
    "why_not_there",
    "write_choice",
]

__getattr__ = opened_late(
    __name__,
    {"input_cache": "cache_folder fill_from_cache kept_from_cache", "plugin": "OwnFunctions reference_for"},
)

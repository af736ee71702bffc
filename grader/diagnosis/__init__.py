"""Which mistake is it? A student's outputs on fixed probes, compared with those of known mistakes.

In: a function that fails, and the catalogue. Out: a `Diagnosis`: a known mistake, or a true observation, or nothing.

Where none of them is equal on every probe, the nearest observation that is true on every probe is said; where there is
none, nothing: a mistake named wrongly is worse than silence.
"""

from __future__ import annotations

from grader.diagnosis.budget import with_limits_of_its_own
from grader.diagnosis.diagnoser import Diagnoser
from grader.diagnosis.digests import (
    DIGESTS,
    DigestDiagnoser,
    can_diagnose,
    digests_file,
    make_digests,
    read_digests,
)
from grader.diagnosis.failed_exercises import Diagnosing
from grader.diagnosis.kept import kept_tables

__all__ = [
    "DIGESTS",
    "Diagnoser",
    "Diagnosing",
    "DigestDiagnoser",
    "can_diagnose",
    "digests_file",
    "kept_tables",
    "make_digests",
    "read_digests",
    "with_limits_of_its_own",
]

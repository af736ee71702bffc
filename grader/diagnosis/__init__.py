"""Which mistake is it? A student's outputs on fixed probes, compared with those of known mistakes.

In: a function that fails, and the catalogue. Out: a `Diagnosis`: a known mistake, or a true observation, or nothing.

What a plug-in `diagnosis` of an assignment needs comes from here: `Topic`, `probes_from`, and what is said of changes
and relations.

Where none of them is equal on every probe, the nearest observation that is true on every probe is said; where there is
none, nothing: a mistake named wrongly is worse than silence.
"""

from __future__ import annotations

from grader.diagnosis.budget import with_limits_of_its_own
from grader.diagnosis.change import ORDER, Variant, argument, exchanged, result, set_to, shifted
from grader.diagnosis.diagnoser import Diagnoser
from grader.diagnosis.digests import DIGESTS, DigestDiagnoser, digests_file, make_digests, read_digests
from grader.diagnosis.failed_exercises import Diagnosing, beside
from grader.diagnosis.kept import kept_tables
from grader.diagnosis.outcomes import array_of
from grader.diagnosis.pairs import Pair, Part, Relation
from grader.diagnosis.probes import FRESH, MOST
from grader.diagnosis.topic import Topic, Topics, probes_from
from grader.diagnosis.topics import specs_of, topics_of

__all__ = [
    "DIGESTS",
    "FRESH",
    "MOST",
    "ORDER",
    "Diagnoser",
    "Diagnosing",
    "DigestDiagnoser",
    "Pair",
    "Part",
    "Relation",
    "Topic",
    "Topics",
    "Variant",
    "argument",
    "array_of",
    "beside",
    "digests_file",
    "exchanged",
    "kept_tables",
    "make_digests",
    "probes_from",
    "read_digests",
    "result",
    "set_to",
    "shifted",
    "specs_of",
    "topics_of",
    "with_limits_of_its_own",
]

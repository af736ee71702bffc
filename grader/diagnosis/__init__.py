"""Which mistake is it? A student's outputs on fixed probes, compared with those of known mistakes.

Where none of them is equal on every probe, the nearest observation that is true on every probe is said; where there is
none, nothing: a mistake named wrongly is worse than silence.
"""

from grader.diagnosis.diagnoser import Diagnoser
from grader.diagnosis.digests import DigestDiagnoser, make_digests

__all__ = ["Diagnoser", "DigestDiagnoser", "make_digests"]

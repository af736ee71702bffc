"""What a diagnosis may cost."""

from __future__ import annotations

from collections.abc import Mapping

from grader.course import Limit
from grader.intake import Source
from grader.wall import Session


def with_limits_of_its_own(session: Session, sources: Mapping[str, Source]) -> Session:
    """The same submission with a small budget of its own: what the probes use, no test misses."""
    limits = session.assignment.limits.model_copy(
        update={
            "exercise": Limit.model_construct(cpu=6.0, wall=60.0),
            "submission": Limit.model_construct(cpu=20.0, wall=200.0),
        }
    )
    model = session.assignment.model_copy(update={"limits": limits})
    apart = Session(session.launcher, model, sources, own=session.own)
    apart.reports = session.reports
    return apart

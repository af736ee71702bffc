"""When work is due, and what late work costs, as course.yaml says it."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from grader.times import parse_time, zone_of


def _moment(value: object) -> datetime:
    """A time with a zone. Without one it would mean another hour on every machine."""
    moment = parse_time(value) if isinstance(value, str) else value
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment
    what = (
        "a date alone"
        if isinstance(value, date) and not isinstance(value, datetime)
        else "no time with a zone"
    )
    raise ValueError(f"{what}; write it with its time and its zone, such as 2025-06-01T23:59:00+02:00")


Moment = Annotated[datetime, BeforeValidator(_moment)]


class AttemptPolicy(BaseModel):
    """Which of a student's submissions counts, and how many may.

    counts: the one handed in last; the best, after what being late costs; the last before the due date; or the last,
    whose score no later grading lowers. limit: submissions after so many do not count.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    counts: Literal["latest", "best", "last before due", "never lower"] = "latest"
    limit: Annotated[int, Field(ge=1)] | None = None


class LatePolicy(BaseModel):
    """What late work costs: a percentage of its score for every day begun after due date and grace, up to the cap.

    timezone: of times without one in a roster ("Europe/Berlin"); without it such a time counts as unknown.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    grace_minutes: Annotated[float, Field(ge=0)] = 0
    percent_a_day: Annotated[float, Field(ge=0, le=100)] = 0
    cap_percent: Annotated[float, Field(ge=0, le=100)] = 100
    timezone: str | None = None

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str | None) -> str | None:
        if name is not None and zone_of(name) is None:
            raise ValueError(f"there is no time zone {name!r}; write it like Europe/Berlin, or UTC")
        return name

    @property
    def zone(self) -> tzinfo | None:
        """The zone of times that come without one."""
        return zone_of(self.timezone) if self.timezone else None

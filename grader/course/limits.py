"""What a worker may use, as course.yaml says it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Model(BaseModel):
    """A part of course.yaml: unknown keys are refused, nothing is changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Limit(Model):
    """Seconds. `cpu` decides; `wall` stands behind it for code that sleeps or waits."""

    cpu: Annotated[float, Field(gt=0)]
    wall: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _wall_is_behind(self) -> Limit:
        if self.wall < 2 * self.cpu:
            raise ValueError("wall must be at least twice cpu, or a loaded machine fails correct code")
        return self


class Limits(Model):
    """What a worker may use: seconds for a call, an exercise, a submission; memory; printed output; input size."""

    call: Limit = Limit(cpu=2, wall=20)
    exercise: Limit = Limit(cpu=20, wall=120)
    submission: Limit = Limit(cpu=90, wall=600)
    memory_mb: Annotated[int, Field(ge=256)] = 1024
    output_kb: Annotated[int, Field(ge=1, le=1024)] = 64
    submission_mb: Annotated[int, Field(ge=1, le=1024)] = 20

"""A question of a checkpoint, as course.yaml asks it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from grader.course.limits import Model

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Points = Annotated[float, Field(gt=0, le=1000)]


class Question(Model):
    """One question of a checkpoint. `parts`: the numbers asked for; `options`: letter → text of a choice.

    kind: numeric, choice, free, or one that a plug-in of the assignment adds. how: what students are told of how to
    write the answer, where the kind's own words do not do.
    """

    name: Slug
    kind: Slug
    points: Points
    ask: Annotated[str, Field(min_length=10)]
    how: str = ""
    parts: tuple[str, ...] = ()
    options: dict[Annotated[str, Field(pattern=r"^[a-z]$")], str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Question:
        if self.kind == "choice" and len(self.options) < 2:
            raise ValueError("a choice question needs at least two options")
        if self.kind == "numeric" and not self.parts:
            raise ValueError("a numeric question needs parts: what is asked for, one entry a number")
        return self

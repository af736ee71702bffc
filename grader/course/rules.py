"""A rule about the source of an exercise, as course.yaml declares it: students read it before they write."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from grader.course.asked import Points
from grader.course.limits import Model

Dotted = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]

#: What `without` may name.
CONSTRUCTS = ("for", "while", "comprehension", "recursion", "lambda", "try", "global")


class Rule(Model):
    """One of `calls`, `never_calls` and `without`, and why. It has points of its own, part of the exercise's."""

    points: Points
    because: Annotated[str, Field(min_length=3, max_length=200)]
    calls: Dotted | None = None
    never_calls: tuple[Dotted, ...] = ()
    without: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_one(self) -> Rule:
        if sum(map(bool, (self.calls, self.never_calls, self.without))) != 1:
            raise ValueError("a rule has one of `calls`, `never_calls` and `without`")
        for construct in self.without:
            if construct not in CONSTRUCTS:
                raise ValueError(f"without: {construct} is none of {', '.join(CONSTRUCTS)}")
        return self

    @property
    def title(self) -> str:
        """The rule with its reason, as students read it."""
        names = " and ".join(self.never_calls or self.without)
        what = f"Calls {self.calls}" if self.calls else f"Does without {names}"
        return f"{what}: {self.because.rstrip('.')}"

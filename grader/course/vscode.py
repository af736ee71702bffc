"""What course.yaml says of the handout's files for an editor."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from grader.course.limits import Model


class VsCode(Model):
    """What the handout holds for VS Code. tasks: those that check; kit: what `pip install` gets the kit from.

    With `kit` the handout has a container to work in, too.
    """

    tasks: bool = True
    kit: Annotated[str, Field(max_length=300, pattern=r"^([^\s\-]\S*( @ \S+)?)?$")] = ""

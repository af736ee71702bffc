"""What belongs to an assignment beside its exercises: the questions, the capstone, and handing it all in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from grader.course import Assignment
from grader.intake import Submission

if TYPE_CHECKING:
    from grader.questions import Overview

CAPSTONE = "capstone.py"
#: What the capstone leaves when it has run.
_PICTURE = "capstone.svg"
#: What the last `grader pack` noted.
RECEIPT = Path(".grader") / "receipt.json"

Capstone = Literal["none", "to run", "has run"]
Handin = Literal["not packed", "changed", "packed"]


@dataclass(frozen=True)
class Besides:
    """How the rest stands. packed: when the zip was packed, as the receipt has it; file: the zip's path.

    examples: how the student's own examples stand, in short; nothing where there are none.
    """

    questions: Overview
    capstone: Capstone = "none"
    handin: Handin = "not packed"
    packed: str = ""
    file: str = ""
    examples: str = ""

    def to_data(self) -> dict[str, Any]:
        """JSON data."""
        return {
            "questions": {
                "total": self.questions.total,
                "answered": self.questions.answered,
                "unanswered": list(self.questions.unanswered),
                "remarks": list(self.questions.remarks),
            },
            "capstone": self.capstone,
            "handin": self.handin,
            "examples": self.examples,
        }


def questions_of(submission: Submission, assignment: Assignment) -> Overview:
    """How far the answers of a submission have come."""
    from grader.questions import look_over, read_answers  # where one exercise is checked, none is looked at

    answers = read_answers(submission.answers, submission.notebook_answers, assignment)
    return look_over(answers, assignment)


def look_around(folder: Path, submission: Submission, questions: Overview, examples: str) -> Besides:
    """How all that is no exercise stands in a student's folder."""
    receipt = receipt_in(folder)
    handin: Handin = "not packed"
    if receipt:
        handin = "packed" if receipt.get("work") == submission.sha256 else "changed"
    capstone: Capstone = "none"
    if (folder / CAPSTONE).is_file():
        capstone = "has run" if (folder / _PICTURE).is_file() else "to run"
    return Besides(
        questions,
        capstone,
        handin,
        str(receipt.get("time", "")),
        str(receipt.get("file", "")),
        examples,
    )


def receipt_in(folder: Path) -> dict[str, Any]:
    """What the last `grader pack` noted; a damaged note is none."""
    try:
        data = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}

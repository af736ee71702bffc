"""For those who write assignments: the handout derived, the course examined.

In: solutions/ and tests/hidden/. Out: exercises/ (`build_handout`), notebooks, and an `Examination` that says whether
the course is fit to grade with, why, and what of that was proven (`prove`, `fairness_of`).
"""

from __future__ import annotations

from grader.authoring.choosing import about_choice, choose_inputs
from grader.authoring.fairness import Fairness, fairness_of
from grader.authoring.from_notebook import draft_from_notebook
from grader.authoring.from_submission import UNREAD, Entry, check_words, entry_of, tried
from grader.authoring.new import Draft, check_names, example_draft, write_assignment
from grader.authoring.notebooks import CHECK_PREFIX, notebook
from grader.authoring.perturbations import PERTURBATIONS
from grader.authoring.perturbed_values import PERTURBED_VALUES
from grader.authoring.proof import ALLOWED, CAUGHT, NO_EFFECT, PASSED, not_proven, prove, proven, unproven
from grader.authoring.release import (
    ANSWERS,
    README,
    build_handout,
    compare_handout,
    handout_zip,
    write_handout,
)
from grader.authoring.solutions import released_solutions
from grader.authoring.validate import Examination, ExerciseExam, Material, Progress, examine
from grader.authoring.validate_seeds import examine_seeds
from grader.authoring.validate_submissions import examine_submissions
from grader.authoring.wrong_answers import try_wrong_answers

__all__ = [
    "ALLOWED",
    "ANSWERS",
    "CAUGHT",
    "CHECK_PREFIX",
    "NO_EFFECT",
    "PASSED",
    "PERTURBATIONS",
    "PERTURBED_VALUES",
    "README",
    "UNREAD",
    "Draft",
    "Entry",
    "Examination",
    "ExerciseExam",
    "Fairness",
    "Material",
    "Progress",
    "about_choice",
    "build_handout",
    "check_names",
    "check_words",
    "choose_inputs",
    "compare_handout",
    "draft_from_notebook",
    "entry_of",
    "examine",
    "examine_seeds",
    "examine_submissions",
    "example_draft",
    "fairness_of",
    "handout_zip",
    "not_proven",
    "notebook",
    "prove",
    "proven",
    "released_solutions",
    "tried",
    "try_wrong_answers",
    "unproven",
    "write_assignment",
    "write_handout",
]

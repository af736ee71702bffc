"""What a course is: course.yaml and what an author wrote → typed models.

In: the folder of a course. Out: `Course` and its `Assignment`s; the reference's functions, the cells of a chapter, the
catalogue of mistakes and right variants, the hints. Knows nothing of students, submissions or tests.
"""

from __future__ import annotations

from grader.course.alive import living, unheard
from grader.course.asked import Points, Question, Slug
from grader.course.catalogue import file_of
from grader.course.docstring_checks import FOLDER as CHECKS
from grader.course.docstring_checks import visible_checks
from grader.course.duedates import AttemptPolicy
from grader.course.example_inputs import JUDGES, SmallInputs, load_small_inputs, small_inputs
from grader.course.formulas import plain_formulas
from grader.course.handed_out import original_name, replace_kept, reset
from grader.course.hints import Hint, has_hints, next_hint
from grader.course.limits import Limit, Limits
from grader.course.marks import BEGIN as BEGIN_SOLUTION
from grader.course.marks import END as END_SOLUTION
from grader.course.mistakes import FOLDER as MISTAKES
from grader.course.mistakes import Mistake, StyleDecides, form, load_mistakes, mistake
from grader.course.models import (
    COURSE_FILE,
    Assignment,
    Chapter,
    Course,
    Exercise,
    find_course,
    grading_text,
    load_course,
)
from grader.course.percent import (
    Cell,
    hints_of,
    percent_text,
    read_cells,
    solution_of,
    strip_solutions,
    stub_text,
    student_cells,
)
from grader.course.plugins import PLUGINS, load_plugin
from grader.course.reference import DATA, Reference, fingerprint, frozen, load_functions
from grader.course.reserved import why_no_chapter, why_no_exercise
from grader.course.rules import Rule
from grader.course.secret import course_secret
from grader.course.variants import FOLDER as VARIANTS
from grader.course.variants import Variant, load_variants, variant, variants_among
from grader.course.yamlplace import duplicate_key, line_of, read_yaml, suggestion, why_no_yaml

__all__ = [
    "BEGIN_SOLUTION",
    "CHECKS",
    "COURSE_FILE",
    "DATA",
    "END_SOLUTION",
    "JUDGES",
    "MISTAKES",
    "PLUGINS",
    "VARIANTS",
    "Assignment",
    "AttemptPolicy",
    "Cell",
    "Chapter",
    "Course",
    "Exercise",
    "Hint",
    "Limit",
    "Limits",
    "Mistake",
    "Points",
    "Question",
    "Reference",
    "Rule",
    "Slug",
    "SmallInputs",
    "StyleDecides",
    "Variant",
    "course_secret",
    "duplicate_key",
    "file_of",
    "find_course",
    "fingerprint",
    "form",
    "frozen",
    "grading_text",
    "has_hints",
    "hints_of",
    "line_of",
    "living",
    "load_course",
    "load_functions",
    "load_mistakes",
    "load_plugin",
    "load_small_inputs",
    "load_variants",
    "mistake",
    "next_hint",
    "original_name",
    "percent_text",
    "plain_formulas",
    "read_cells",
    "read_yaml",
    "replace_kept",
    "reset",
    "small_inputs",
    "solution_of",
    "strip_solutions",
    "stub_text",
    "student_cells",
    "suggestion",
    "unheard",
    "variant",
    "variants_among",
    "visible_checks",
    "why_no_chapter",
    "why_no_exercise",
    "why_no_yaml",
]

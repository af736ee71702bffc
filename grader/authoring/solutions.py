"""Solutions that a course hands out when their time has come: a file for students, made when an author asks for it.

It is no part of the handout: before its time a solution lies on no student's machine, so nothing is hidden there.
"""

from __future__ import annotations

from datetime import datetime

import yaml

from grader.course import Course, solution_of
from grader.questions import KEY_FILE, load_key

SCHEMA = 1
_HEAD = "# Solutions that your course has released. Put this file into your exercise folder: grader solution EXERCISE\n"


def released_solutions(course: Course, name: str, now: datetime) -> tuple[bytes, tuple[str, ...]]:
    """solutions.yaml with what may be handed out at `now`, and the names of what stands in it.

    Raises CourseError where a chapter lacks a function, or the key a sketch.
    """
    model = course.assignments[name]

    def open_now(item: str) -> bool:
        begin = model.solution_from(item)
        return begin is not None and begin <= now

    code = {
        exercise.name: solution_of(course.solutions(name) / f"{chapter.name}.py", exercise.name)
        for chapter, exercise in model.exercises()
        if open_now(exercise.name)
    }
    asked = [q.name for chapter in model.open_chapters for q in chapter.questions if open_now(q.name)]
    sketches = {}
    if asked:
        key = load_key(course.solutions(name) / KEY_FILE, model).questions
        sketches = {question: key[question].sketch.strip() for question in asked}
    data = {"schema": SCHEMA, "assignment": name, "exercises": code, "questions": sketches}
    text = yaml.dump(data, Dumper=_Blocks, sort_keys=False, allow_unicode=True, width=110)
    return (_HEAD + text).encode(), (*code, *sketches)


class _Blocks(yaml.SafeDumper):
    """Code and sketches as blocks that can be read in the file as well."""


_Blocks.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)

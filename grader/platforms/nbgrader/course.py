"""The course as nbgrader wants it: `source/<assignment>/`, and a configuration that brings the drop-in.

nbgrader copies every file of the source folder to students as it is, and clears solutions in notebooks alone. So
notebooks are the only track there: no chapter and no answer goes along in any other form.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.authoring import ANSWERS, README, handout_zip, notebook
from grader.course import COURSE_FILE, Assignment, Chapter, Course, Question
from grader.errors import CourseError
from grader.grading import answer_key
from grader.intake import ANSWER_PREFIX
from grader.questions import model_answers

CONFIG = "nbgrader_config.py"

_BEGIN, _END = "<!-- ### BEGIN SOLUTION -->", "<!-- ### END SOLUTION -->"
_CONFIG = """\
# The course as nbgrader sees it, made by `grader export-course`. Change what you like: it is not written again.
c = get_config()  # noqa: F821

from grader.platforms.nbgrader import configure

configure(c, course={course})
"""
_README = """\
# {title}

One notebook a chapter, in this order:

{chapters}

1. You need Python 3.11 or newer and the kit that checks your work; your course page says where to get it.
2. Open the first notebook, read, and write the first function in place of the line that raises
   `NotImplementedError`. Run its cell, then the cell `check(...)` below it.
3. Save a notebook before you go on to the next chapter, which imports what you wrote.
4. Answer the questions at the end of each notebook, in the cells below them.

`grader check`, in a terminal in this folder, says where you stand; `grader hint {exercise}` gives the next hint for
an exercise. Leave the other files where they are: the commands read them. Hand in the notebooks, unfinished ones too.
"""


def source_files(course: Course, name: str) -> dict[str, bytes]:
    """Every file of `source/<assignment>/`: relative path → content.

    Raises CourseError where the course can't be an nbgrader course, GraderError without the extra `notebooks`.
    """
    assignment = course.assignments[name]
    models = model_answers(answer_key(course, name), assignment)
    pages = {
        f"{chapter.name}.ipynb": _source_notebook(
            course.solutions(name) / f"{chapter.name}.py", chapter, models
        )
        for chapter in assignment.open_chapters
    }
    own = {f"{chapter.name}{end}" for chapter in assignment.chapters for end in (".py", ".ipynb")}
    with zipfile.ZipFile(io.BytesIO(handout_zip(course, name, assignment))) as handout:
        files = {path.removeprefix(f"{name}/"): handout.read(path) for path in handout.namelist()}
    files = {path: data for path, data in files.items() if path not in own | {ANSWERS, README}} | pages
    files[README] = _readme(assignment).encode()
    return dict(sorted(files.items()))


def _readme(assignment: Assignment) -> str:
    lines = (
        f"- `{c.name}.ipynb`: {c.title}{f', about {c.minutes} minutes' if c.minutes else ''}"
        for c in assignment.open_chapters
    )
    first = next(iter(assignment.chapter_of()), "EXERCISE")
    return _README.format(title=assignment.title, chapters="\n".join(lines), exercise=first)


def _source_notebook(path: Path, chapter: Chapter, models: Mapping[str, Any]) -> bytes:
    page = json.loads(notebook(path, chapter, solution=True))
    questions = {f"{ANSWER_PREFIX}{question.name}": question for question in chapter.questions}
    exercises = {exercise.name for exercise in chapter.exercises}
    for cell in page["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        identity = marks.get("grade_id")
        if identity in questions:
            question = questions[identity]
            text = _with_model("".join(cell["source"]), question, models.get(question.name, ""))
            cell["source"] = text.splitlines(keepends=True)
        elif cell["cell_type"] == "code" and marks.get("solution") and identity not in exercises:
            raise CourseError(
                f"{path}: a solution stands outside of every exercise; in its place nbgrader would put a line that "
                "raises, so write those helpers inside the functions that use them"
            )
    return (json.dumps(page, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _with_model(empty: str, question: Question, model: Any) -> str:
    """The empty answer cell with the model answer in a region that nbgrader takes out again."""
    if isinstance(model, Mapping):
        lines = [f"{part}: {model.get(part, '')}" for part in question.parts]
    elif isinstance(model, list):
        lines = [str(line) for line in model]
    else:
        lines = str(model).strip().split("\n")
    return "\n".join([empty, _BEGIN, *lines, _END])


def config_text(course: Course) -> str:
    """nbgrader_config.py: the two lines that bring the drop-in."""
    return _CONFIG.format(course=repr(str(course.root / COURSE_FILE)))

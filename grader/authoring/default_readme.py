"""The handout's README.md where the assignment brings none of its own in `handout/`."""

from __future__ import annotations

from grader.course import Assignment

_TEXT = """\
# {title}

1. You need Python 3.11 or newer and the kit that checks your work; your course page says where to get it.
2. Open a terminal in this folder and run

       grader check

   It shows every exercise and what to do next. Nothing passes yet: that is where everybody starts.
3. Open the first chapter, read, and write the first function in place of the line that raises
   `NotImplementedError`. Save, and run `grader check` again. Then the next function.

{chapters}

Every chapter is here twice, as a Python file and as a notebook with the same text. Choose one of the two and leave
the other as it is: the one that you changed counts. If you change both, the file counts.

| command, in this folder | what it does |
|---|---|
| `grader check -e {exercise}` | checks one exercise only |
| `grader check --watch` | checks again at every save |
| `grader hint {exercise}` | the next hint, where your course has written hints |
| `grader reset {exercise}` | this one function as it was handed out; your file is kept |
| `grader pack` | the zip to hand in |
{rules}{questions}
Leave the folder `checks` and course.yaml as they are: the commands read them. Hand in unfinished work, too: each
exercise counts by itself.
"""
_RULES = """
Some exercises are also about how they are written. These points are for the source, where the function works:

{rules}
"""
_QUESTIONS = "\nAnswer the questions in `answers.yaml`, or in the cells at the end of each notebook.\n"


def default_readme(assignment: Assignment) -> bytes:
    """What a student has to know to begin."""
    chapters = [
        f"- `{chapter.name}.py`: {', '.join(f'`{exercise.name}`' for exercise in chapter.exercises)}"
        + (f", about {chapter.minutes} minutes" if chapter.minutes else "")
        for chapter in assignment.open_chapters
    ]
    asked = any(chapter.questions for chapter in assignment.open_chapters)
    rules = [
        f"- `{exercise.name}`: {rule.title} ({rule.points:g} {'point' if rule.points == 1 else 'points'})"
        for _, exercise in assignment.exercises()
        for rule in exercise.rules
    ]
    text = _TEXT.format(
        title=assignment.title,
        chapters="\n".join(chapters),
        exercise=next(iter(assignment.chapter_of()), "EXERCISE"),
        rules=_RULES.format(rules="\n".join(rules)) if rules else "",
        questions=_QUESTIONS if asked else "",
    )
    return text.encode()

"""`grader new`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.authoring import Draft, check_names, draft_from_notebook, example_draft, write_assignment
from grader.course import COURSE_FILE, find_course
from grader.errors import UsageError

_NEXT = """
Next:
  grader release     # makes the handout, exercises/{name}/
  grader validate --assignment {name} --no-matrix
docs/authors.md of the kit goes on from here."""


def run(name: str, exercises: Sequence[str], *, notebook: Path | None, course_path: Path | None) -> int:
    """Write the assignment and say what to do next. Returns the exit code."""
    check_names(name, exercises)
    root = _root(course_path)
    left: Sequence[str] = ()
    if notebook is None:
        draft: Draft = example_draft(name, exercises)
    elif exercises:
        raise UsageError("--from takes the exercises that the notebook has; leave --exercises out")
    else:
        draft, left = draft_from_notebook(name, notebook)
    for path in write_assignment(root, name, draft):
        print(path)
    for one in left:
        print(f"not taken over: {one}")
    print(_NEXT.format(name=name))
    return 0


def _root(course_path: Path | None) -> Path:
    """The folder of the course: named, the nearest one above, or else where one stands."""
    if course_path is not None:
        return course_path.parent if course_path.name == COURSE_FILE else course_path
    try:
        return find_course(Path.cwd()).parent
    except UsageError:
        return Path.cwd()

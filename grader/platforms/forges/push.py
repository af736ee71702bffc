"""A push, graded in the student's own repository: for practice, with tests that may be seen.

Run as `python -m grader.platforms.forges.push github FOLDER` (or gitlab) from the folder of the kit. Exits 0 where all
points are earned, 1 where some are not, as Classroom's own reporter does, and 2 where nothing could be graded. Whoever
pushed reads all that is printed here, so errors are not printed: they may quote a hidden test.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

from grader.errors import WallError
from grader.intake import Receipt
from grader.platforms.forges import github, gitlab
from grader.platforms.forges.places import remarks
from grader.platforms.one import course_in, grade_folder

_NOT_GRADED = "Nothing was graded. This is not your fault and no judgement of your work; tell your instructor"


def main(forge: str, folder: Path, kit: Path) -> int:
    """Grade `folder` and report it to the forge's job. Returns the exit code."""
    try:
        with github.no_commands() if forge == "github" else nullcontext():
            course, name = course_in(kit)
            assignment = course.assignments[name]
            result = grade_folder(course, name, folder.resolve(), "your submission", Receipt())
            found = remarks(result, assignment, folder.resolve())
    except Exception as error:
        why = (
            "no wall around student code on this machine"
            if isinstance(error, WallError)
            else type(error).__name__
        )
        print(f"{_NOT_GRADED} ({why}).")
        return 2
    if result.status == "grader error":
        print(f"{_NOT_GRADED} (the grader stumbled).")
        return 2
    if forge == "github":
        github.report_step(result, assignment, found)
    else:
        gitlab.report_job(result, assignment, found, folder.resolve())
    return 0 if result.score >= result.max_score else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path.cwd()))

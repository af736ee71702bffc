"""`grader export-course`."""

from __future__ import annotations

from pathlib import Path

from grader.commands import open_course
from grader.errors import UsageError
from grader.files import make_folder, write_bytes


def run(folder: Path, course_path: Path | None, assignment: str | None) -> int:
    """Write an nbgrader course into `folder`, with every assignment unless one is named. Returns the exit code.

    Files that are there are replaced, save nbgrader_config.py; others stay.
    """
    from grader.platforms.nbgrader import CONFIG, config_text, source_files

    course = open_course(course_path)
    names = [course.assignment(assignment)[0]] if assignment else list(course.assignments)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; give a folder for the nbgrader course")
    for name in names:
        files = source_files(course, name)
        target = folder / "source" / name
        for path, data in files.items():
            make_folder((target / path).parent, shared=True)
            write_bytes(target / path, data, shared=True)
        print(f"{target}: {len(files)} files")
    lines = config_text(course)
    if (folder / CONFIG).exists():
        print(
            f"{folder / CONFIG} is there already and stays as it is; these are the lines it needs:\n\n{lines}"
        )
    else:
        write_bytes(folder / CONFIG, lines.encode(), shared=True)
        print(folder / CONFIG)
    for name in names:
        print(f"Next, in {folder}: nbgrader generate_assignment {name}")
    return 0

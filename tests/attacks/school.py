"""The same hostile class in nbgrader: its code and answers in released notebooks, autograded with the drop-in.

What is attacked is nbgrader's own command with the configuration that `grader export-course` writes. The arena is the
same, canaries and all; beside it lies the nbgrader course, with canaries in its sources and its gradebook.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

from attack_arena import (  # as test_attacks.py has loaded it
    BEGINNER,
    NEIGHBOUR,
    REPOSITORY,
    Arena,
    Ran,
    enlist,
    load_builders,
    mark_gradebook,
    marked_outside,
    plant,
    python,
    running,
    watching,
)

from grader.authoring import CHECK_PREFIX
from grader.course import Assignment, load_course
from grader.intake import ANSWER_PREFIX, ANSWERS, Submission, collect, discover, open_bundle
from grader.questions import read_answers

NAME = "cnn"
#: Whose feedback pages are made: nbgrader takes half a second for each, and minutes for one with megabytes of code.
#: All pages are made of the graded notebooks, and those of everybody are looked at.
PAGES = "--student=[fnv]*"  # the families feedback and verdict, and the neighbour
#: One submission after the other, and a second of nbgrader's own for each notebook.
RUN_SECONDS = 2400

#: Attacks that can't be made here, beside those of which no entry is a folder.
ELSEWHERE = {
    "intake/case-collisions": "names of folders: nbgrader has the names that its exchange gave",
    "intake/neighbour-impostors": "names of folders: nbgrader has the names that its exchange gave",
    "intake/student-ids": "names of folders: nbgrader has the names that its exchange gave",
    "intake/long-ids": "names of folders: nbgrader has the names that its exchange gave",
    "feedback/ids-with-formulas": "names of folders: nbgrader has the names that its exchange gave",
    "feedback/ids-with-markup": "names of folders: nbgrader has the names that its exchange gave",
    "feedback/ids-with-control-characters": "names of folders: nbgrader has the names that its exchange gave",
    "intake/submitted-folder": "a layout of folders: nbgrader's is fixed",
}
#: The status of a submission that nbgrader can't read, with nothing of the kit in the traceback.
REFUSED = "refused by nbgrader"
NO_FOLDER = "an archive or a lone file: nbgrader collects folders of notebooks"
SPECIAL = "links, pipes, devices, closed, endless or too deep: nbgrader itself copies them, before the drop-in is asked"


def _classroom() -> ModuleType:
    """How the nbgrader tests put code into released notebooks."""
    name = "nbgrader_classroom"
    if name not in sys.modules:
        path = REPOSITORY / "tests/grader/platforms/nbgrader/classroom.py"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec and spec.loader
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def fight(made: Arena, names: list[str]) -> None:
    """Autograde the neighbour without the attackers, then among them, and note all that is different afterwards."""
    plant(made)
    # The attacks are told this folder as OUT: its gradebook is what they would read and change.
    made.out = made.root / "nbgrader"
    made.watched = [made.out / folder for folder in ("source", "release", "submitted")]
    _found(made)
    assignment = load_course(made.course / "course.yaml").assignments[NAME]
    submitted = made.out / "submitted"
    for student in (NEIGHBOUR, BEGINNER):
        _hand_in(made, made.submissions / student, submitted / student, assignment)
    _nbgrader(made, "autograde", NAME)
    made.alone = _result(made, NEIGHBOUR)
    mark_gradebook(made)
    with watching(made):
        enlist(made, names, load_builders().BUILDERS)
        for name in names:
            made.students[name] = list(_handed_in(made, name, submitted, assignment))
        before = {*made.out.iterdir(), made.out / "feedback"}
        with running(made):
            made.ran = _nbgrader(made, "autograde", NAME, "--force", may_fail=True)
            _nbgrader(made, "generate_feedback", NAME, PAGES)
    made.strays = marked_outside(made) + sorted(map(str, set(made.out.iterdir()) - before))
    students = [NEIGHBOUR, *(student for name in names for student in made.students[name])]
    for student in students:
        made.results[student] = _result(made, student)
        made.files[student] = {
            path.name: path
            for path in sorted(made.out.glob(f"*/{student}/{NAME}/*"))
            if path.suffix in (".ipynb", ".html") and path.parts[-4] in ("autograded", "feedback")
        }
    for student, seconds in _seconds(made, students).items():
        made.results[student]["run"] = {"seconds": seconds}


def _found(made: Arena) -> None:
    """The nbgrader course, released; its canaries are planted afterwards, as nothing of them is to be released."""
    course = REPOSITORY / "course.yaml"
    ran = python(made, made.cwd, "-m", "grader.cli", "export-course", made.out, "--course", course)
    assert ran.code == 0, ran.err + ran.out
    settings = made.out / "nbgrader_config.py"
    text = settings.read_text(encoding="utf-8").replace(str(course), str(made.course / "course.yaml"))
    settings.write_text(text, encoding="utf-8")
    _nbgrader(made, "generate_assignment", NAME)
    for path in (made.out / "source" / NAME).glob("*.ipynb"):
        page = json.loads(path.read_text(encoding="utf-8"))
        page["metadata"]["canary"] = made.tokens["reference"]
        path.write_text(json.dumps(page), encoding="utf-8")


def _nbgrader(made: Arena, *arguments: str, may_fail: bool = False) -> Ran:
    ran = python(made, made.out, "-m", "nbgrader", *arguments, seconds=RUN_SECONDS)
    assert may_fail or ran.code == 0, ran.out[-3000:] + ran.err[-6000:]
    return ran


def _handed_in(made: Arena, name: str, submitted: Path, assignment: Assignment) -> Iterator[str]:
    """Hand in an attack's entries; yields the students whose are. Notes why, where none can be."""
    if name in ELSEWHERE:
        made.left_out[name] = ELSEWHERE[name]
        return
    reasons = []
    for student in made.students[name]:
        entry = made.submissions / student
        if entry.is_symlink() or not entry.is_dir():
            reasons.append(SPECIAL if entry.is_symlink() else NO_FOLDER)
        elif not _ordinary(entry):
            reasons.append(SPECIAL)
        else:
            _hand_in(made, entry, submitted / student, assignment)
            yield student
    if len(reasons) == len(made.students[name]):
        made.left_out[name] = reasons[0]


def _ordinary(entry: Path) -> bool:
    """Whether whoever copies it with everything in it gets what a student could have written there."""
    try:
        found = [path.lstat() for path in (entry, *entry.rglob("*"))]
    except OSError:
        return False
    files = [status for status in found if not stat.S_ISDIR(status.st_mode)]
    return all(status.st_mode & 0o400 for status in found) and all(
        stat.S_ISREG(status.st_mode) and status.st_size < 1 << 30 for status in files
    )


def _hand_in(made: Arena, entry: Path, folder: Path, assignment: Assignment) -> None:
    """What lies in `entry`, as nbgrader would have collected it: chapters and answers in released notebooks.

    Notebooks, and files that are no chapter, are handed in as they are.
    """
    target = folder / NAME
    found = next(e for e in discover(made.submissions, NAME, assignment).entries if e.student == entry.name)
    submission = open_bundle(collect(found, assignment), assignment, {})
    values = read_answers(submission.answers, {}, assignment).values
    chapters = {f"{chapter.name}.py" for chapter in assignment.open_chapters}
    in_notebooks = chapters | ({ANSWERS} if values else set())
    shutil.copytree(entry, target, ignore=lambda place, _: in_notebooks if Path(place) == entry else ())
    for page, cells in _pages(made, entry, submission, values, assignment).items():
        if not (target / page).exists():
            (target / page).write_text(json.dumps(cells), encoding="utf-8")


def _pages(
    made: Arena, entry: Path, submission: Submission, values: Mapping[str, Any], assignment: Assignment
) -> dict[str, dict[str, Any]]:
    """File name → released notebook with the student's code and answers; one at least, as nbgrader wants."""
    classroom = _classroom()
    pages = {}
    for chapter in assignment.open_chapters:
        path = entry / f"{chapter.name}.py"
        answers = [question.name for question in chapter.questions if question.name in values]
        if not path.exists() and not answers and chapter is not assignment.open_chapters[0]:
            continue
        page = classroom.Nbgrader(made.out).released(chapter.name)
        texts = {}
        if path.exists():
            texts = _arranged(classroom.arranged, path, submission, [e.name for e in chapter.exercises])
        first = next(cell for cell in page["cells"] if cell["cell_type"] == "code")
        first["source"] = f"{''.join(first['source'])}\n{texts.pop('', '')}"
        for cell in page["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            question = name.removeprefix(ANSWER_PREFIX)
            if name in texts:
                cell["source"] = texts[name]
            elif question in answers:
                instruction = "".join(cell["source"]).split("\n")[0]
                cell["source"] = f"{instruction}\n{classroom.as_text(values[question])}"
        pages[f"{chapter.name}.ipynb"] = page
    return pages


def _arranged(
    arranged: Callable[..., dict[str, str]], path: Path, submission: Submission, exercises: list[str]
) -> dict[str, str]:
    """The chapter's text by exercise; all of it before the first one where it can't be read as Python."""
    source = submission.sources.get(path.stem)
    try:
        # What this process takes for a tree of megabytes would count as the command's: it is forked from here.
        if source is not None and path.stat().st_size < 1 << 20:
            return arranged(source.cells, exercises)
    except (ValueError, RecursionError, MemoryError):
        pass
    return {"": path.read_bytes().decode("utf-8", "replace")}


def _result(made: Arena, student: str) -> dict[str, Any]:
    """What nbgrader has of one student, in the form of a result.json as far as the attacks' tests look at it."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{made.out / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(NAME, student)
        scores = {
            grade.name: grade.auto_score or 0.0 for page in submission.notebooks for grade in page.grades
        }
        score = submission.score
    log = _error_of(made.ran, made.out / "submitted" / student / NAME)
    graded = (made.out / "autograded" / student / NAME).is_dir()
    refused = "grader error" if str(REPOSITORY / "grader") + os.sep in log or not log else REFUSED
    return {
        "status": "graded" if graded and not log else refused,
        "problems": log.split("\n"),
        "exercises": list(_named(scores, CHECK_PREFIX)),
        "questions": list(_named(scores, ANSWER_PREFIX)),
        "score": score,
    }


def _named(scores: Mapping[str, float], prefix: str) -> Iterator[dict[str, Any]]:
    for name, score in sorted(scores.items()):
        if name.startswith(prefix):
            yield {"name": name.removeprefix(prefix), "score": score}


def _error_of(ran: Ran | None, submission: Path) -> str:
    """What nbgrader says where it fails on a submission: the end of its traceback."""
    _, _, after = (ran.err if ran else "").partition(f"There was an error processing assignment: {submission}\n")
    return after.partition("[AutogradeApp | WARNING] Removing failed")[0][-4000:]


def _seconds(made: Arena, students: list[str]) -> dict[str, float]:
    """How long each took: nbgrader grades one after the other, and the notebooks say when they were written."""
    ends = {
        student: max(path.stat().st_mtime for path in made.files[student].values() if path.suffix == ".ipynb")
        for student in students
        if made.files[student]
    }
    in_order = sorted(ends, key=lambda student: ends[student])
    gaps = {later: ends[later] - ends[earlier] for earlier, later in pairwise(in_order)}
    return {student: gaps.get(student, 0.0) for student in students}

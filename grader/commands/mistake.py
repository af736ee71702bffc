"""`grader mistake new`."""

from __future__ import annotations

from pathlib import Path

from grader.authoring import UNREAD, Entry, check_words, entry_of, tried
from grader.batch import assignment_in, read_handout
from grader.commands import open_course
from grader.course import Course
from grader.errors import UsageError, WallError
from grader.files import make_folder, write_atomically
from grader.gradebook import FILE_NAME, Cluster, Gradebook, clusters_of
from grader.grading import Grader
from grader.intake import Submission, collect, discover, open_bundle
from grader.text import visible


def new(
    submissions: Path,
    results: Path,
    cluster_id: str,
    *,
    words: tuple[str, str, str],
    assignment: str | None,
    course_path: Path | None,
) -> int:
    """Make an entry of one member's function, and try it behind the wall. Returns the exit code."""
    check_words(*words)
    if not results.is_dir():
        raise UsageError(f"{results} is not a folder; give the folder that `grader grade` wrote")
    course = open_course(course_path)
    name, _ = course.assignment(assignment or assignment_in(course, submissions))
    with Gradebook(results / FILE_NAME, create=False, course=course) as gradebook:
        class_ = list(gradebook.results(name))
    cluster = next((one for one in clusters_of(class_) if one.id == cluster_id), None)
    if cluster is None:
        raise UsageError(f"there is no cluster {cluster_id!r}; `grader clusters {results}` lists them")
    graded = {one.student: one.submission_sha256 for one in class_ if one.student in cluster.students}
    member = _member(course, name, submissions, graded)
    entry = entry_of(course, name, cluster.exercise, member, words)
    module = entry.file.with_suffix("")
    for there in (entry.file, module):
        if there.exists():
            raise UsageError(f"{there} is there already: take it away, or give another --name")
    make_folder(entry.file.parent)
    write_atomically(entry.file, entry.text)
    print(f"{entry.file}\nmade of {visible(member.student, 80)}'s {cluster.exercise}.")
    if entry.lacks:
        print(f"It uses {', '.join(entry.lacks)}, which the entry lacks: write that into it.")
    good = _try(course, name, entry, cluster)
    print(f"Read it: the catalogue runs without a wall. Then take “{UNREAD}” off its name:")
    print(f"  mv {entry.file} {module}")
    print("  grader validate            # which test catches it, and is it the twin of another?")
    print(f"  grader grade {submissions} --out {results} --regrade     # names it")
    return 0 if good else 1


def _member(course: Course, name: str, submissions: Path, graded: dict[str, str]) -> Submission:
    """A submission of the cluster, the very one that was graded."""
    model, handout = course.assignments[name], read_handout(course, name)
    for found in discover(submissions, name, model).entries:
        if found.student in graded:
            opened = open_bundle(collect(found, model), model, handout)
            if opened.sha256 == graded[found.student]:
                return opened
    raise UsageError(
        f"{submissions} has no submission of this cluster as it was graded; give the folder that was graded last"
    )


def _try(course: Course, name: str, entry: Entry, cluster: Cluster) -> bool:
    """Grade the reference with this function in it, and say whether it is what the cluster does."""
    try:
        with Grader(course, name) as grader:
            found = tried(course, name, grader, entry, cluster.exercise)
    except WallError as error:
        print(f"Not tried: {error}")
        return False
    if found.diagnosis and found.diagnosis.kind != "observation":
        print(
            f"The catalogue knows it already: {found.diagnosis.mistake}. Grade again, and the cluster has that name."
        )
        return False
    if found.behaviour != cluster.behaviour:
        print(
            "Tried behind the wall, by itself: it does something else than in the submission. What does it lack?"
        )
        return False
    count = len(cluster.students)
    print(
        f"Tried behind the wall, by itself: it does what {'the one' if count == 1 else f'all {count}'} of the cluster "
        f"{'does' if count == 1 else 'do'}, and no entry of the catalogue does that."
    )
    return True

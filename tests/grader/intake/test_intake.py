"""Intake: what is on disk → Bundle → Submission. Nothing may crash, hang, be followed or be run."""

from __future__ import annotations

import io
import json
import os
import pickle
import socket
import stat
import unicodedata
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.course.models import Assignment
from grader.errors import UsageError
from grader.intake import (
    Bundle,
    Discovery,
    Submission,
    collect,
    discover,
    folder_bundle,
    open_bundle,
    result_folder,
)

MB = 2**20
POOL = b"def maxpool(x, size=2, stride=2):\n    return x\n"
CODE = b"def output_size(size, kernel):\n    return size - kernel + 1\n"
STUB = b"def output_size(size, kernel):\n    raise NotImplementedError\n"

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")


@pytest.fixture
def assignment() -> Assignment:
    return Assignment.model_validate(
        {
            "title": "CNN",
            "limits": {"submission_mb": 1},
            "chapters": [
                {
                    "name": "convolution",
                    "title": "Convolution",
                    "minutes": 1,
                    "exercises": [{"name": "output_size", "points": 1}],
                    "questions": [
                        {
                            "name": "strided-size",
                            "kind": "numeric",
                            "points": 1,
                            "ask": "How wide is it?",
                            "parts": ["w"],
                        }
                    ],
                },
                {
                    "name": "pooling",
                    "title": "Pooling",
                    "minutes": 1,
                    "exercises": [{"name": "relu", "points": 1}],
                    "questions": [
                        {
                            "name": "plain-language",
                            "kind": "free",
                            "points": 1,
                            "ask": "What does pooling do?",
                        }
                    ],
                },
                {
                    "name": "backward",
                    "title": "Backward",
                    "minutes": 1,
                    "available": False,
                    "exercises": [{"name": "relu_backward", "points": 1}],
                },
            ],
        }
    )


def notebook(*cells: Any, **extra: Any) -> bytes:
    """A notebook of code cells given by their source, or of whole cells given as dicts."""
    made = [
        cell
        if isinstance(cell, dict)
        else {"cell_type": "code", "metadata": {}, "outputs": [], "source": cell}
        for cell in cells
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made, **extra}).encode()


def answer(question: str, text: Any, cell_type: str = "markdown") -> dict[str, Any]:
    grading = {"grade_id": f"answer-{question}", "schema_version": 3, "grade": True, "solution": True}
    return {"cell_type": cell_type, "metadata": {"nbgrader": grading}, "source": text}


def zipped(
    members: Mapping[str, bytes] | list[tuple[Any, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    stream = io.BytesIO()
    pairs = members.items() if isinstance(members, Mapping) else members
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", method) as archive:
        warnings.simplefilter("ignore")  # zipfile warns of the duplicates that a test wants
        for name, data in pairs:
            archive.writestr(name, data)
    return stream.getvalue()


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def find(tmp_path: Path, assignment: Assignment) -> Discovery:
    return discover(tmp_path, "cnn", assignment)


def only_bundle(tmp_path: Path, assignment: Assignment) -> Bundle:
    (entry,) = find(tmp_path, assignment).entries
    return collect(entry, assignment)


def submitted(
    assignment: Assignment,
    files: Mapping[str, bytes],
    handout: Mapping[str, bytes] | None = None,
    kind: Any = "folder",
) -> Submission:
    return open_bundle(Bundle("ada", kind, dict(files)), assignment, handout or {})


def submitted_zip(assignment: Assignment, members: Any, **options: Any) -> Submission:
    return submitted(assignment, {"ada.zip": zipped(members, **options)}, kind="zip")


def said(lines: tuple[str, ...], *words: str) -> bool:
    """Whether one of `lines` holds all of `words`."""
    return any(all(word in line for word in words) for line in lines)


# ---------------------------------------------------------------- who submitted


def test_every_form_of_entry_is_found_sorted_by_student(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path, {"zoe/convolution.py": CODE, "bob.zip": zipped({}), "ada.ipynb": notebook()})
    entries = find(tmp_path, assignment).entries
    assert [(entry.student, entry.kind) for entry in entries] == [
        ("ada", "notebook"),
        ("bob", "zip"),
        ("zoe", "folder"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "ada b",
        "Ada",
        "..ada",
        "ада",
        "ada.b.c",
        "-rf",
        "ada;rm",
        "a'b\"c",
        "<b>",
        "con",
        "=1+1",
        "\x1b[2J",
        "a\nb",
    ],
)
def test_a_folder_is_a_student_whatever_its_name(name: str, tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / name, {"convolution.py": CODE})
    bundle = only_bundle(tmp_path, assignment)
    assert bundle.student == name
    assert set(bundle.files) == {"convolution.py"}


def test_the_ending_is_taken_off_files_only(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path, {"ada.zip/convolution.py": CODE, "bob.b.zip": zipped({}), "cy.ZIP": zipped({})})
    assert [entry.student for entry in find(tmp_path, assignment).entries] == ["ada.zip", "bob.b", "cy"]


def test_hidden_files_are_skipped_and_listed(tmp_path: Path, assignment: Assignment) -> None:
    clutter = [".DS_Store", ".gitkeep", "Thumbs.db", "._ada.zip", "desktop.ini"]
    write(tmp_path, dict.fromkeys(clutter, b"") | {"__MACOSX/x": b"", "ada/convolution.py": CODE})
    found = find(tmp_path, assignment)
    assert [entry.student for entry in found.entries] == ["ada"]
    assert all(said(found.skipped, name) for name in [*clutter, "__MACOSX"])


@pytest.mark.parametrize("name", ["bob.rar", "bob.tar.gz", "bob", "notes.txt", "bob.docx"])
def test_an_unknown_file_gives_an_unreadable_result(
    name: str, tmp_path: Path, assignment: Assignment
) -> None:
    write(tmp_path, {name: b"\x00\xff"})
    bundle = only_bundle(tmp_path, assignment)
    submission = open_bundle(bundle, assignment, {})
    assert submission.student == Path(name).stem
    assert not submission.readable
    assert said(submission.problems, f"{name}: ", "; hand in")


def test_a_lone_py_says_what_to_do(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path, {"ada.py": CODE})
    submission = open_bundle(only_bundle(tmp_path, assignment), assignment, {})
    assert (submission.student, submission.readable) == ("ada", False)
    assert said(submission.problems, "ada.py: ", "folder ada/", "convolution.py")


def test_a_folder_counts_before_files_of_its_name(tmp_path: Path, assignment: Assignment) -> None:
    write(
        tmp_path, {"ada/convolution.py": CODE, "ada.zip": zipped({}), "ada.ipynb": notebook(), "ada.txt": b""}
    )
    bundle = only_bundle(tmp_path, assignment)
    assert bundle.kind == "folder"
    assert [said(bundle.ignored, name) for name in ("ada.zip", "ada.ipynb", "ada.txt")] == [True] * 3


def test_a_zip_counts_before_a_notebook_of_its_name(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path, {"ada.ipynb": notebook(), "ada.zip": zipped({})})
    bundle = only_bundle(tmp_path, assignment)
    assert bundle.kind == "zip"
    assert said(bundle.ignored, "ada.ipynb", "ada.zip counts")


def test_names_that_differ_in_case_are_two_students(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path, {"ada/convolution.py": CODE, "ADA.zip": zipped({}), "Ada.ipynb": notebook()})
    students = [entry.student for entry in find(tmp_path, assignment).entries]
    assert students == ["ADA", "Ada", "ada"]
    assert len({result_folder(student).casefold() for student in students}) == 3


@pytest.mark.skipif(os.name == "nt", reason="Windows names are Unicode")
def test_names_that_are_not_utf8_become_storable_and_stay_apart(
    tmp_path: Path, assignment: Assignment
) -> None:
    for name in (b"ad\xff", b"ad\\xff"):
        try:
            (tmp_path / os.fsdecode(name)).mkdir()
        except OSError:
            pytest.skip("this file system takes UTF-8 names only")
    students = [entry.student for entry in find(tmp_path, assignment).entries]
    assert len(set(students)) == 2
    assert "ad\\xff" in students
    for student in students:
        student.encode("utf-8")


@pytest.mark.parametrize("there", [True, False])
def test_what_is_not_a_folder_is_wrong_usage(there: bool, tmp_path: Path, assignment: Assignment) -> None:
    path = tmp_path / "x"
    if there:
        path.write_bytes(b"")
    with pytest.raises(UsageError, match="not a folder"):
        discover(path, "cnn", assignment)
    with pytest.raises(UsageError, match="not a folder"):
        folder_bundle(path, assignment)


# ---------------------------------------------------------------- nbgrader's layout


def test_nbgraders_submitted_folder_holds_the_students(tmp_path: Path, assignment: Assignment) -> None:
    write(
        tmp_path,
        {"ada/cnn/convolution.ipynb": notebook("x = 1"), "ada/cnn/timestamp.txt": b"", "bob/ps1/a": b""},
    )
    ada, bob = (collect(entry, assignment) for entry in find(tmp_path, assignment).entries)
    assert (ada.student, set(ada.files)) == ("ada", {"convolution.ipynb"})
    assert "timestamp.txt (not part of the assignment)" in ada.ignored
    assert not open_bundle(bob, assignment, {}).readable


def test_an_nbgrader_course_folder_is_entered(tmp_path: Path, assignment: Assignment) -> None:
    write(
        tmp_path,
        {
            "submitted/ada/cnn/convolution.ipynb": notebook("x = 1"),
            "source/cnn/convolution.ipynb": notebook("answers"),
            "nbgrader_config.py": b"",
            "gradebook.db": b"",
        },
    )
    found = find(tmp_path, assignment)
    assert [entry.student for entry in found.entries] == ["ada"]
    assert set(collect(found.entries[0], assignment).files) == {"convolution.ipynb"}
    assert said(found.skipped, "source")


def test_a_student_called_submitted_hides_nobody(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path, {"submitted/x/cnn/convolution.py": CODE, "ada/convolution.py": CODE})
    assert [entry.student for entry in find(tmp_path, assignment).entries] == ["ada", "submitted"]


def test_chapters_beside_the_assignments_folder_count(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path, {"ada/convolution.py": CODE, "ada/cnn/convolution.py": STUB})
    submission = open_bundle(only_bundle(tmp_path, assignment), assignment, {})
    assert submission.sources["convolution"].cells == (CODE.decode(),)
    assert submission.problems == ()


# ---------------------------------------------------------------- a folder


def test_only_files_the_assignment_names_are_read(tmp_path: Path, assignment: Assignment) -> None:
    named = {"convolution.py": CODE, "pooling.ipynb": notebook(), "answers.yaml": b"a: 1\n"}
    other = {"notes.txt": b"", "checks/test_x.py": b"", "conftest.py": b"", "numpy.py": b""}
    write(tmp_path / "ada", named | other)
    bundle = only_bundle(tmp_path, assignment)
    assert bundle.files == named
    assert bundle.problems == ()
    for name in ("notes.txt", "checks/", "conftest.py", "numpy.py"):
        assert f"{name} (not part of the assignment)" in bundle.ignored


def test_closed_chapters_and_near_misses_are_explained(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / "ada", {"convolution.py": CODE, "backward.py": CODE, "answers.yml": b""})
    names = ("pooling (1).py", "Pooling.ipynb", "poolling.py")
    write(tmp_path / "ada", dict.fromkeys(names, CODE))
    bundle = only_bundle(tmp_path, assignment)
    assert set(bundle.files) == {"convolution.py", "answers.yml", *names[:2]}
    assert said(bundle.ignored, "backward.py", "not open yet")
    assert said(bundle.ignored, "poolling.py", "is it meant to be pooling.py?")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "pooling (1).py",
            "Pooling.py",
            "pooling.PY",
            "pooling-2.py",
            "pooling - Kopie.py",
            "Copy of pooling.py",
        ),
        *("pooling-Copy1.py", "pooling copy 2.py", "pooling_v2.py", "pooling.py.txt", "work/pooling.py"),
        "a/b/Pooling (3).py",
    ],
)
def test_a_name_or_place_that_is_clear_is_read_and_said(
    name: str, tmp_path: Path, assignment: Assignment
) -> None:
    write(tmp_path / "ada", {"convolution.py": CODE, name: POOL})
    submission = open_bundle(only_bundle(tmp_path, assignment), assignment, {})
    assert submission.sources["pooling"].cells == (POOL.decode(),)
    (problem,) = submission.problems
    assert "pooling.py" in problem
    packed = zipped({"convolution.py": CODE, name: POOL})
    zipped_one = submitted(assignment, {"ada.zip": packed}, kind="zip")
    assert (zipped_one.sources, zipped_one.problems) == (submission.sources, submission.problems)


@pytest.mark.parametrize(
    "name", ["pooling_test.py", "mypooling.py", "checks/pooling.py", "pooling.pyc", "venv/pooling.py"]
)
def test_a_name_that_only_looks_alike_is_not_read(name: str, tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / "ada", {"convolution.py": CODE, name: POOL})
    assert "pooling" not in open_bundle(only_bundle(tmp_path, assignment), assignment, {}).sources


def test_of_two_files_that_could_be_meant_the_worked_one_counts(
    tmp_path: Path, assignment: Assignment
) -> None:
    write(tmp_path / "ada", {"convolution.py": STUB, "convolution (1).py": CODE})
    submission = open_bundle(only_bundle(tmp_path, assignment), assignment, {})
    assert submission.sources["convolution"].cells == (CODE.decode(),)
    assert submission.unreadable == ()


def test_two_files_with_different_work_are_shown_to_a_person(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / "ada", {"convolution.py": CODE, "convolution (1).py": CODE + b"\nMORE = 1\n"})
    submission = open_bundle(only_bundle(tmp_path, assignment), assignment, {})
    assert submission.sources["convolution"].cells == (CODE.decode(),)
    assert submission.unreadable == ("convolution.py",)
    assert said(submission.problems, "convolution (1).py holds other work")


def test_the_zip_beside_untouched_files_is_read(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / "ada", {"convolution.py": STUB, "mine.zip": zipped({"convolution.py": CODE})})
    submission = open_bundle(only_bundle(tmp_path, assignment), assignment, {})
    assert submission.sources["convolution"].cells == (CODE.decode(),)
    assert said(submission.problems, "mine.zip/")


def test_one_nested_folder_is_entered(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / "ada", {"cnn-main/convolution.py": CODE, "cnn-main/x.txt": b"", "readme.md": b""})
    bundle = only_bundle(tmp_path, assignment)
    assert bundle.files == {"convolution.py": CODE}
    assert set(bundle.ignored) == {
        "readme.md (not part of the assignment)",
        "x.txt (not part of the assignment)",
    }


def test_two_nested_folders_are_not_chosen_between(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / "ada", {"old/convolution.py": CODE + b"OLD = 1\n", "new/convolution.py": CODE})
    submission = open_bundle(only_bundle(tmp_path, assignment), assignment, {})
    assert not submission.readable
    assert said(submission.problems, "several folders", "new/", "old/")


def test_of_two_nested_folders_the_one_with_work_counts(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / "ada", {"old/convolution.py": STUB, "new/convolution.py": CODE})
    submission = open_bundle(only_bundle(tmp_path, assignment), assignment, {})
    assert submission.sources["convolution"].cells == (CODE.decode(),)


@pytest.mark.parametrize("files", [{}, {"readme.txt": b""}, {"a/b/c/d/e/convolution.py": CODE}])
def test_a_folder_without_the_assignments_files_is_unreadable(
    files: dict[str, bytes], tmp_path: Path, assignment: Assignment
) -> None:
    write(tmp_path / "ada", files).mkdir(exist_ok=True)
    submission = open_bundle(only_bundle(tmp_path, assignment), assignment, {})
    assert not submission.readable
    assert said(submission.problems, "ada: no file of the assignment", "convolution.py")


def test_a_deep_tree_is_no_problem(tmp_path: Path, assignment: Assignment) -> None:
    deep = tmp_path / "ada"
    deep.mkdir()
    try:
        here = deep
        for _ in range(200):
            here = here / "d"
            here.mkdir()
    except OSError:
        pass  # as deep as this file system goes
    write(deep, {"convolution.py": CODE})
    assert set(only_bundle(tmp_path, assignment).files) == {"convolution.py"}


def test_a_folder_of_too_many_files_is_refused(
    tmp_path: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.intake.disk.MAX_FILES", 20)
    write(tmp_path / "ada", {f"{number}": b"" for number in range(20)} | {"convolution.py": CODE})
    bundle = only_bundle(tmp_path, assignment)
    assert bundle.files == {}
    assert said(bundle.problems, "ada: more than 20 files")


def test_a_huge_file_costs_itself_only(tmp_path: Path, assignment: Assignment) -> None:
    folder = write(tmp_path / "ada", {"pooling.py": CODE})
    with (folder / "convolution.ipynb").open("wb") as stream:
        stream.truncate(31 * MB)
    submission = open_bundle(only_bundle(tmp_path, assignment), assignment, {})
    assert set(submission.sources) == {"pooling"}
    assert submission.unreadable == ("convolution.ipynb",)
    assert said(submission.problems, "convolution.ipynb: too large: 31.0 MB, at most 1 MB may be submitted")


def test_the_cap_is_for_all_files_together(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / "ada", {"convolution.py": b"#" * (MB // 2), "pooling.py": b"#" * (MB // 2 + 1)})
    bundle = only_bundle(tmp_path, assignment)
    assert set(bundle.files) == {"convolution.py"}
    assert said(bundle.problems, "pooling.py: too large")


def test_exactly_the_cap_is_allowed(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / "ada", {"convolution.py": b"#" * MB})
    bundle = only_bundle(tmp_path, assignment)
    assert len(bundle.files["convolution.py"]) == MB


@pytest.mark.parametrize("name", ["ada.zip", "ada.ipynb"])
def test_a_huge_zip_or_notebook_is_refused(name: str, tmp_path: Path, assignment: Assignment) -> None:
    with (tmp_path / name).open("wb") as stream:
        stream.truncate(MB + 1)
    bundle = only_bundle(tmp_path, assignment)
    assert bundle.files == {}
    assert said(bundle.problems, f"{name}: too large")


def test_a_students_own_folder_is_read_likewise(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / "mine", {"convolution.py": CODE})
    bundle = folder_bundle(tmp_path / "mine", assignment)
    assert (bundle.student, bundle.kind, bundle.files) == ("mine", "folder", {"convolution.py": CODE})


# ---------------------------------------------------------------- links, pipes, permissions


def link(path: Path, target: Path) -> None:
    try:
        path.symlink_to(target, target_is_directory=target.is_dir())
    except (OSError, NotImplementedError):
        pytest.skip("no symlinks here")


def test_a_linked_chapter_is_not_followed(tmp_path: Path, assignment: Assignment) -> None:
    secret = tmp_path / "secret.py"
    secret.write_bytes(b"SECRET = 1")
    folder = write(tmp_path / "in" / "ada", {"pooling.py": CODE})
    link(folder / "convolution.py", secret)
    link(folder / "link", secret)
    bundle = only_bundle(tmp_path / "in", assignment)
    assert set(bundle.files) == {"pooling.py"}
    assert said(bundle.problems, "convolution.py: a symlink")
    assert "link -> symlink, not followed" in bundle.ignored
    assert open_bundle(bundle, assignment, {}).unreadable == ("convolution.py",)


def test_a_linked_folder_inside_is_not_entered(tmp_path: Path, assignment: Assignment) -> None:
    elsewhere = write(tmp_path / "elsewhere", {"convolution.py": CODE})
    folder = tmp_path / "in" / "ada"
    folder.mkdir(parents=True)
    link(folder / "cnn", elsewhere)
    bundle = only_bundle(tmp_path / "in", assignment)
    assert bundle.files == {}
    assert "cnn -> symlink, not followed" in bundle.ignored


@pytest.mark.parametrize("name", ["ada", "ada.zip", "ada.ipynb"])
@pytest.mark.parametrize("broken", [False, True])
def test_a_linked_entry_gives_a_problem(
    name: str, broken: bool, tmp_path: Path, assignment: Assignment
) -> None:
    elsewhere = write(tmp_path / "elsewhere", {"convolution.py": CODE})
    (tmp_path / "in").mkdir()
    link(tmp_path / "in" / name, tmp_path / "nothing" if broken else elsewhere)
    bundle = only_bundle(tmp_path / "in", assignment)
    assert (bundle.student, bundle.files) == ("ada", {})
    assert said(bundle.problems, f"{name}: a symlink")


def test_a_loop_of_links_ends(tmp_path: Path, assignment: Assignment) -> None:
    (tmp_path / "ada").mkdir()
    link(tmp_path / "ada" / "ada", tmp_path / "ada")
    assert only_bundle(tmp_path, assignment).files == {}


@needs_pipes
def test_pipes_never_block(tmp_path: Path, assignment: Assignment) -> None:
    (tmp_path / "ada").mkdir()
    os.mkfifo(tmp_path / "ada" / "convolution.py")
    for name in ("bob.zip", "cy"):
        os.mkfifo(tmp_path / name)
    bundles = [collect(entry, assignment) for entry in find(tmp_path, assignment).entries]
    assert [bundle.student for bundle in bundles] == ["ada", "bob", "cy"]
    assert all(said(bundle.problems, "not an ordinary file") for bundle in bundles)


@needs_pipes
def test_a_pipe_put_in_a_files_place_never_blocks(
    tmp_path: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "ada", {"convolution.py": CODE}) / "convolution.py"
    open_it = os.open

    def swap_then_open(name: Any, flags: int, *rest: Any, **more: Any) -> int:
        if Path(name).name == path.name and stat.S_ISREG(os.lstat(path).st_mode):
            path.unlink()
            os.mkfifo(path)
        return open_it(name, flags, *rest, **more)

    monkeypatch.setattr(os, "open", swap_then_open)
    bundle = only_bundle(tmp_path, assignment)
    assert bundle.files == {}
    assert said(bundle.problems, "convolution.py: not an ordinary file")


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no local sockets here")
def test_a_socket_is_a_problem(
    tmp_path: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket may have about a hundred characters only
    (tmp_path / "ada").mkdir()
    with socket.socket(socket.AF_UNIX) as far:
        far.bind("ada/convolution.py")
        assert said(only_bundle(tmp_path, assignment).problems, "convolution.py: not an ordinary file")


def test_what_may_not_be_opened_is_a_problem(
    tmp_path: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"ada/convolution.py": CODE, "bob/convolution.py": CODE})
    open_it = os.open

    def closed_open(path: Any, *rest: Any, **more: Any) -> int:
        if Path(path).name in ("convolution.py", "bob"):
            raise PermissionError(13, "Permission denied", str(path))
        return open_it(path, *rest, **more)

    monkeypatch.setattr(os, "open", closed_open)
    ada, bob = (collect(entry, assignment) for entry in find(tmp_path, assignment).entries)
    assert said(ada.problems, "convolution.py: can't be read (permission denied); hand it in again")
    assert said(bob.problems, "bob: can't be opened (permission denied); hand it in again")
    assert not said(ada.problems + bob.problems, str(tmp_path))


def test_a_folder_in_a_files_place_is_a_problem(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / "ada", {"convolution.py/x": b"", "pooling.py": CODE})
    bundle = only_bundle(tmp_path, assignment)
    assert set(bundle.files) == {"pooling.py"}
    assert said(bundle.problems, "convolution.py: a folder, not a file")


# ---------------------------------------------------------------- the Bundle


def test_the_digest_does_not_see_times_order_or_student() -> None:
    one = Bundle("ada", "folder", {"a": b"1", "b": b"2"})
    other = Bundle("bob", "folder", {"b": b"2", "a": b"1"}, ignored=("x",))
    assert one.sha256 == other.sha256


@pytest.mark.parametrize(
    "other",
    [
        Bundle("ada", "zip", {"a": b"1", "b": b"2"}),
        Bundle("ada", "folder", {"a": b"1b", "": b"2"}),
        Bundle("ada", "folder", {"a": b"12", "b": b""}),
        Bundle("ada", "folder", {"a": b"1"}),
        Bundle("ada", "folder", {"a": b"1", "b": b"2"}, problems=("a: too large",)),
    ],
)
def test_the_digest_sees_every_difference(other: Bundle) -> None:
    assert Bundle("ada", "folder", {"a": b"1", "b": b"2"}).sha256 != other.sha256


def test_a_bundle_travels(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / "ada", {"convolution.py": CODE})
    bundle = only_bundle(tmp_path, assignment)
    assert pickle.loads(pickle.dumps(bundle)) == bundle
    assert open_bundle(bundle, assignment, {}).sha256 == bundle.sha256


# ---------------------------------------------------------------- zips


def test_a_zip_gives_what_the_folder_gives(assignment: Assignment) -> None:
    files = {"convolution.py": CODE, "answers.yaml": b"strided-size: 16\n", "notes.txt": b""}
    flat, nested = (submitted_zip(assignment, {p + n: d for n, d in files.items()}) for p in ("", "ada-hw/"))
    for submission in (flat, nested):
        assert submission.sources["convolution"].cells == (CODE.decode(),)
        assert submission.answers == "strided-size: 16\n"
        assert submission.problems == ()
        assert submission.ignored == ("notes.txt (not part of the assignment)",)


def test_what_macs_add_to_a_zip_is_ignored(assignment: Assignment) -> None:
    submission = submitted_zip(
        assignment,
        {
            "hw/convolution.py": CODE,
            "__MACOSX/hw/convolution.py": b"\0junk",
            "__MACOSX/hw/._convolution.py": b"\0junk",
            "hw/.DS_Store": b"\0",
            ".DS_Store": b"\0",
        },
    )
    assert submission.sources["convolution"].cells == (CODE.decode(),)
    assert submission.problems == ()
    assert said(submission.ignored, "__MACOSX/")


@pytest.mark.parametrize(
    "name",
    [
        "../convolution.py",
        "hw/../../convolution.py",
        "/convolution.py",
        "/etc/passwd",
        "..\\convolution.py",
        "C:/convolution.py",
        "c:convolution.py",
        "//server/share/convolution.py",
    ],
)
def test_names_that_lead_elsewhere_are_refused(name: str, assignment: Assignment) -> None:
    submission = submitted_zip(assignment, {name: STUB, "pooling.py": CODE})
    assert set(submission.sources) == {"pooling"}
    assert said(submission.problems, "a name that no zip should hold")


def test_a_name_cut_by_a_nul_is_refused(assignment: Assignment) -> None:
    data = zipped({"convolution.pyXzz": STUB, "pooling.py": CODE}).replace(
        b"convolution.pyX", b"convolution.py\0"
    )
    submission = submitted(assignment, {"ada.zip": data}, kind="zip")
    assert set(submission.sources) == {"pooling"}
    assert said(submission.problems, "convolution.py\\x00zz")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_in_a_zip_are_refused(kind: int, assignment: Assignment) -> None:
    info = zipfile.ZipInfo("convolution.py")
    info.external_attr = (kind | 0o777) << 16
    info.create_system = 3
    submission = submitted_zip(assignment, [(info, b"/etc/passwd"), ("pooling.py", CODE)])
    assert set(submission.sources) == {"pooling"}
    assert said(submission.problems, "convolution.py: ")


def test_many_refused_members_dont_hide_the_assignments_problem(assignment: Assignment) -> None:
    members = [(f"../{number}", b"") for number in range(300)] + [
        ("convolution.py", b"\xff"),
        ("pooling.py", CODE),
    ]
    submission = submitted_zip(assignment, members)
    assert said(submission.problems, "convolution.py: not UTF-8 text")
    assert len(submission.problems) <= 50


def test_a_name_that_is_there_twice_is_refused(assignment: Assignment) -> None:
    members = [("convolution.py", CODE), ("./convolution.py", STUB), ("pooling.py", CODE)]
    submission = submitted_zip(assignment, members)
    assert set(submission.sources) == {"pooling"}
    assert said(submission.problems, "convolution.py: is in the zip 2 times")
    assert submission.unreadable == ("convolution.py",)


def test_an_encrypted_member_is_refused(assignment: Assignment) -> None:
    data = bytearray(zipped({"convolution.py": CODE}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    submission = submitted(assignment, {"ada.zip": bytes(data)}, kind="zip")
    assert not submission.readable
    assert said(submission.problems, "convolution.py: encrypted", "without a password")


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"PK\x05\x06" + b"\0" * 18 + b"x", b"Rar!\x1a\x07", b"\0" * 1000]
)
def test_what_is_no_zip_is_a_problem(data: bytes, assignment: Assignment) -> None:
    submission = submitted(assignment, {"ada.zip": data}, kind="zip")
    assert not submission.readable
    assert said(submission.problems, "ada.zip: ")


def test_a_cut_zip_is_a_problem(assignment: Assignment) -> None:
    submission = submitted(assignment, {"ada.zip": zipped({"convolution.py": CODE})[:-30]}, kind="zip")
    assert said(submission.problems, "ada.zip: not a zip file, or a damaged one; pack the files again")


def test_a_damaged_member_costs_itself_only(assignment: Assignment) -> None:
    data = zipped({"convolution.py": CODE, "pooling.py": b"x = 2\n"}, method=zipfile.ZIP_STORED)
    submission = submitted(assignment, {"ada.zip": data.replace(b"x = 2\n", b"x = 3\n", 1)}, kind="zip")
    assert set(submission.sources) == {"convolution"}
    assert said(submission.problems, "pooling.py: damaged in the zip")


def test_a_zip_that_holds_only_a_zip_is_opened_once(assignment: Assignment) -> None:
    inner = zipped({"convolution.py": CODE})
    submission = submitted_zip(assignment, {"inner.zip": inner})
    assert set(submission.sources) == {"convolution"}
    assert said(submission.problems, "inner.zip: a zip inside ada.zip; it was opened")
    deeper = submitted_zip(assignment, {"outer.zip": zipped({"inner.zip": inner})})
    assert not deeper.readable
    assert said(deeper.problems, "inner.zip: a zip inside the zip is not opened")


def test_backslashes_part_folders_as_slashes_do(assignment: Assignment) -> None:
    submission = submitted_zip(assignment, {"hw\\convolution.py": CODE, "hw\\pooling.py": CODE})
    assert set(submission.sources) == {"convolution", "pooling"}
    assert submission.problems == ()


def test_a_packed_environment_costs_nothing(assignment: Assignment) -> None:
    clutter = {
        f"{folder}/f{n}.py": b"" for n in range(900) for folder in (".venv/lib", "hw/venv/lib", "hw/.git/x")
    }
    submission = submitted_zip(assignment, {**clutter, "hw/convolution.py": CODE})
    assert set(submission.sources) == {"convolution"}
    assert submission.problems == ()


def test_two_folders_in_a_zip_are_not_chosen_between(assignment: Assignment) -> None:
    submission = submitted_zip(assignment, {"a/convolution.py": CODE, "b/convolution.py": CODE + b"B = 1\n"})
    assert not submission.readable
    assert said(submission.problems, "convolution.py: ", "several folders")


def test_a_zip_of_thousands_of_files_is_refused(assignment: Assignment) -> None:
    members = {f"{number}": b"" for number in range(2001)} | {"convolution.py": CODE}
    submission = submitted_zip(assignment, members, method=zipfile.ZIP_STORED)
    assert not submission.readable
    assert said(submission.problems, "ada.zip: more than 2000 files")


def test_a_bomb_is_stopped_while_it_unpacks(assignment: Assignment) -> None:
    bomb = zipped({"convolution.py": b" " * (200 * MB), "pooling.py": CODE})
    assert len(bomb) < MB
    submission = submitted(assignment, {"ada.zip": bomb}, kind="zip")
    assert set(submission.sources) == {"pooling"}
    assert said(submission.problems, "convolution.py: too large")


def test_a_bomb_that_lies_about_its_size_is_stopped(assignment: Assignment) -> None:
    data = bytearray(zipped({"convolution.py": b" " * (50 * MB), "pooling.py": CODE}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark) + offset
        data[at : at + 4] = (10).to_bytes(4, "little")
    submission = submitted(assignment, {"ada.zip": bytes(data)}, kind="zip")
    assert set(submission.sources) == {"pooling"}
    assert said(submission.problems, "convolution.py: damaged in the zip")


def test_a_bomb_of_many_members_is_stopped(assignment: Assignment) -> None:
    members = dict.fromkeys(("convolution.py", "pooling.py", "pooling.ipynb"), b"#" * (MB - 100))
    submission = submitted_zip(assignment, members)
    assert sum(line.count("too large") for line in submission.problems) == 2


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_without_a_bound_are_not_unpacked(method: int, assignment: Assignment) -> None:
    submission = submitted_zip(assignment, {"convolution.py": CODE}, method=method)
    assert not submission.readable
    assert said(submission.problems, "convolution.py: compressed in an unusual way")


def test_a_bomb_that_nobody_asked_for_is_not_unpacked(assignment: Assignment) -> None:
    submission = submitted_zip(assignment, {"convolution.py": CODE, "data.bin": b"\0" * (50 * MB)})
    assert set(submission.sources) == {"convolution"}
    assert submission.problems == ()


def test_opening_a_zip_writes_nothing(
    tmp_path: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    submitted_zip(assignment, {"../evil.py": CODE, "convolution.py": CODE})
    assert [path.name for path in tmp_path.rglob("*")] == ["work"]


# ---------------------------------------------------------------- text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\r\ny = 2\r\n", "x = 1\ny = 2\n"),
        (b"x = 1\ry = 2\r", "x = 1\ny = 2\n"),
        (b"\xef\xbb\xbfx = '\xc3\xa9'\n", "x = 'é'\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", None),
        (b"\xef\xbb\xbf# coding: latin-1\nx = '\xc3\xa9'\n", "# coding: latin-1\nx = 'é'\n"),
        (b"x = 1\n# coding: nonsense\n", "x = 1\n# coding: nonsense\n"),
        (b"", ""),
    ],
)
def test_python_is_decoded_as_python_does(data: bytes, text: str | None, assignment: Assignment) -> None:
    submission = submitted(assignment, {"convolution.py": data})
    assert submission.problems == ()
    cells = submission.sources["convolution"].cells
    assert cells == (text if text is not None else data.decode("cp1252"),)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"ok = 1\nx = '\xe9'\n", "not UTF-8 text, see line 2"),
        (b"x = 1\0", "NUL"),
        ("x = 1".encode("utf-16"), "UTF-16"),
        (b"# coding: nonsense\n", "coding line names nonsense"),
        (b"# coding: punycode\n" + b"a-" * 1000, "coding line names punycode"),
        (b"# coding: zlib\n", "coding line names zlib"),
        (b"# coding: unicode_escape\nx = '\\x41'\n", "coding line"),
        (b"# coding: ascii\nx = '\xe9'\n", "not ASCII text"),
    ],
)
def test_what_is_not_text_is_a_problem_of_its_file(data: bytes, what: str, assignment: Assignment) -> None:
    submission = submitted(assignment, {"convolution.py": data, "pooling.py": CODE})
    assert set(submission.sources) == {"pooling"}
    assert said(submission.problems, "convolution.py: ", what, "; ")
    assert submission.unreadable == ("convolution.py",)


def test_broken_python_is_not_judged_here(assignment: Assignment) -> None:
    submission = submitted(assignment, {"convolution.py": b"def f(:\n"})
    assert submission.sources["convolution"].cells == ("def f(:\n",)
    assert submission.problems == ()


def test_reading_compiles_and_runs_nothing(assignment: Assignment, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("student code was compiled or run by the grader")

    for name in ("compile", "exec", "eval"):
        monkeypatch.setattr(f"builtins.{name}", never)
    files = {"convolution.py": b"raise SystemExit\n", "pooling.ipynb": notebook("%run x\nraise SystemExit")}
    submission = submitted(assignment, files, handout=files)
    monkeypatch.undo()
    assert set(submission.sources) == {"convolution", "pooling"}


def test_answers_are_kept_as_text(assignment: Assignment) -> None:
    submission = submitted(assignment, {"answers.yaml": b"\xef\xbb\xbfstrided-size: 16\r\n"})
    assert (submission.answers, submission.readable) == ("strided-size: 16\n", True)
    assert submission.sources == {}


@pytest.mark.parametrize("data", [b"\xff\xfe\0", b"a: \0", b"a: \xe9", b"a: b\n" * 60_000])
def test_bad_answers_cost_nothing_else(data: bytes, assignment: Assignment) -> None:
    submission = submitted(assignment, {"answers.yaml": data, "convolution.py": CODE})
    assert submission.answers is None
    assert set(submission.sources) == {"convolution"}
    assert said(submission.problems, "answers.yaml: ")
    assert submission.unreadable == ("answers.yaml",)


# ---------------------------------------------------------------- notebooks


def cells_of(assignment: Assignment, data: bytes) -> tuple[str, ...]:
    submission = submitted(assignment, {"convolution.ipynb": data})
    return submission.sources["convolution"].cells


def test_code_cells_come_in_order_from_text_or_lines(assignment: Assignment) -> None:
    markdown = {"cell_type": "markdown", "metadata": {}, "source": "# not code"}
    raw = {"cell_type": "raw", "metadata": {}, "source": "not code"}
    data = notebook("a = 1\r\nb = 2", markdown, ["c = 3\n", "d = 4"], raw, [])
    assert cells_of(assignment, data) == ("a = 1\nb = 2", "c = 3\nd = 4", "")


def test_notebooks_of_format_3_are_read(assignment: Assignment) -> None:
    sheets = [
        {"cells": [{"cell_type": "code", "input": ["a = 1\n"]}, {"cell_type": "heading", "source": "x"}]}
    ]
    data = json.dumps(
        {"nbformat": 3, "worksheets": [*sheets, {"cells": [{"cell_type": "code", "input": "b"}]}]}
    )
    assert cells_of(assignment, data.encode()) == ("a = 1\n", "b")


@pytest.mark.sampled
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"print('not json')",
        b"[]",
        b"null",
        b"3",
        b"{}",
        b'{"cells": 3}',
        b'{"cells": {"a": 1}}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe{",
        b'{"cells": []\0}',
        b"9" * 10_000,
        b"[" + b"[]," * 340_000,
    ],
)
def test_what_is_no_notebook_is_a_problem(data: bytes, assignment: Assignment) -> None:
    submission = submitted(assignment, {"convolution.ipynb": data, "pooling.py": CODE})
    assert set(submission.sources) == {"pooling"}
    assert said(submission.problems, "convolution.ipynb: ", "; ")
    assert submission.unreadable == ("convolution.ipynb",)


def test_a_notebook_of_countless_parts_is_refused(assignment: Assignment) -> None:
    submission = submitted(assignment, {"convolution.ipynb": b'{"cells": [' + b"[]," * 1_000_001 + b"[]]}"})
    assert said(submission.problems, "convolution.ipynb: too complex; clear the outputs")


@pytest.mark.parametrize("cells", [["x"] * 2001, ["%\n" * 2**19, "%\n" * 2**19, "x"]])
def test_an_endless_notebook_is_refused(cells: list[str], assignment: Assignment) -> None:
    submission = submitted(assignment, {"convolution.ipynb": notebook(*cells)})
    assert said(submission.problems, "convolution.ipynb: too long", "; hand in only")


def test_long_white_space_is_no_trap(assignment: Assignment) -> None:
    page = notebook(" " * 500_000 + "x", answer("strided-size", "16"))
    files = {"convolution.py": b"x" + b" " * 500_000 + b"y", "convolution.ipynb": page}
    assert submitted(assignment, files, files).sources["convolution"].kind == "py"


@pytest.mark.parametrize(
    "bad",
    [
        {"cell_type": "code", "source": 3},
        {"cell_type": "code", "source": ["a", 3]},
        {"cell_type": "code"},
        {"cell_type": "code", "source": None},
        {"cell_type": "code", "source": "x = '\ud800'"},
        {"cell_type": "code", "source": "x\0"},
    ],
)
def test_a_bad_cell_is_passed_over_and_the_numbers_stay(bad: dict[str, Any], assignment: Assignment) -> None:
    submission = submitted(assignment, {"convolution.ipynb": notebook("a = 1", bad, "b = 2")})
    assert submission.sources["convolution"].cells == ("a = 1", "", "b = 2")
    assert said(submission.problems, "convolution.ipynb: cell 2 ")
    assert submission.unreadable == ("convolution.ipynb",)


@pytest.mark.parametrize("bad", [{}, {"cell_type": "nonsense"}, {"cell_type": ["code"]}, {"cell_type": None}])
def test_what_is_no_cell_is_passed_over(bad: dict[str, Any], assignment: Assignment) -> None:
    submission = submitted(assignment, {"convolution.ipynb": notebook("a = 1", bad, "b = 2")})
    assert submission.sources["convolution"].cells == ("a = 1", "b = 2")
    assert said(submission.problems, "convolution.ipynb: cell 2 ")


def test_cells_that_are_no_objects_are_passed_over(assignment: Assignment) -> None:
    data = json.dumps({"cells": [None, 3, "x", [], {"cell_type": "code", "source": "a = 1"}]}).encode()
    submission = submitted(assignment, {"convolution.ipynb": data})
    assert submission.sources["convolution"].cells == ("a = 1",)
    assert len(submission.problems) == 4


def test_a_notebook_of_nothing_but_junk_is_unreadable_and_soon_told(assignment: Assignment) -> None:
    junk = submitted(assignment, {"convolution.ipynb": json.dumps({"cells": [3] * 100}).encode()})
    assert not junk.readable
    assert said(junk.problems, "convolution.ipynb: none of its cells can be read")
    some = submitted(assignment, {"convolution.ipynb": notebook(*[{}] * 100, "a = 1")})
    assert some.readable
    assert len(some.problems) == 5
    assert said(some.problems, "96 more cells were passed over")


@pytest.mark.parametrize("metadata", [None, 3, [], {"nbgrader": 3}, {"nbgrader": {"grade_id": 3}}])
def test_odd_metadata_hurts_nobody(metadata: Any, assignment: Assignment) -> None:
    cell = {"cell_type": "code", "metadata": metadata, "source": "a = 1"}
    assert cells_of(assignment, notebook(cell)) == ("a = 1",)


def test_a_lone_notebook_is_the_source_of_every_chapter(tmp_path: Path, assignment: Assignment) -> None:
    data = notebook("a = 1", answer("strided-size", "16"), answer("plain-language", "It shrinks."))
    write(tmp_path, {"ada.ipynb": data})
    submission = open_bundle(only_bundle(tmp_path, assignment), assignment, {})
    assert {name: source.cells for name, source in submission.sources.items()} == {
        "convolution": ("a = 1",),
        "pooling": ("a = 1",),
    }
    assert {source.file for source in submission.sources.values()} == {"ada.ipynb"}
    assert submission.notebook_answers == {"strided-size": "16", "plain-language": "It shrinks."}


def test_a_lone_notebook_named_after_a_chapter_is_that_chapter(
    tmp_path: Path, assignment: Assignment
) -> None:
    write(tmp_path, {"pooling.ipynb": notebook("a = 1")})
    submission = open_bundle(only_bundle(tmp_path, assignment), assignment, {})
    assert (submission.student, set(submission.sources)) == ("pooling", {"pooling"})


def test_a_broken_lone_notebook_is_unreadable(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path, {"ada.ipynb": b"{"})
    submission = open_bundle(only_bundle(tmp_path, assignment), assignment, {})
    assert not submission.readable
    assert said(submission.problems, "ada.ipynb: not a notebook")


# ---------------------------------------------------------------- magics


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("%matplotlib inline\nx = 1", "pass  # %matplotlib inline\nx = 1"),
        ("x = 1\n!pip install torch", "x = 1\npass  # !pip install torch"),
        ("if x:\n    %time f()\ny = 1", "if x:\n    pass  # %time f()\ny = 1"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("\n%%capture out\nx = 1", "\n# %%capture out\nx = 1"),
        ("%%bash\nrm -rf /\n\necho", "# %%bash\n# rm -rf /\n\n# echo"),
        ("%%timeit\nx = 1", "# %%timeit\n# x = 1"),
        ("files = !ls", "files = None  # files = !ls"),
        ("t = %timeit -o f()", "t = None  # t = %timeit -o f()"),
        ("conv2d?\n?conv2d\nnp.dot??", "pass  # conv2d?\npass  # ?conv2d\npass  # np.dot??"),
        ("!echo a \\\n  b\nx = 1", "pass  # !echo a \\\n#   b\nx = 1"),
        ("!echo 'it(\nx = 1", "pass  # !echo 'it(\nx = 1"),
        ("x = 'open\n%time f()", "x = 'open\npass  # %time f()"),
    ],
)
def test_magics_are_neutralised_and_lines_keep_their_numbers(
    cell: str, plain: str, assignment: Assignment
) -> None:
    assert cells_of(assignment, notebook(cell)) == (plain,)
    assert plain.count("\n") == cell.count("\n")


@pytest.mark.parametrize(
    "cell",
    [
        "x = (a\n     % b)",
        "x = a \\\n  % b",
        '"""\n% of pixels\n!important\nwhat?\n"""',
        "'''it's\n% '''",
        'x = """a\\"""\n%b"""',
        "x = {\n  'a': b  # a ' in a comment (\n  % c}",
        "x = 'it\\\n% still'",
        'x = "a""b"\ny = ["]", \'(\',\n% c]',
        "x %= 2\ny = x != 3",
        "# %matplotlib inline\n# what?",
        "assert x == 3, 'what?'",
        "r'\\'\nx = (1\n%2)",
    ],
)
def test_python_that_only_looks_like_magic_is_left_alone(cell: str, assignment: Assignment) -> None:
    assert cells_of(assignment, notebook(cell)) == (cell,)


# ---------------------------------------------------------------- answers in notebooks


def test_only_questions_of_the_chapter_are_answered(assignment: Assignment) -> None:
    data = notebook(
        answer("strided-size", ["16\n", "px"]), answer("plain-language", "x"), answer("other", "x")
    )
    submission = submitted(assignment, {"convolution.ipynb": data})
    assert submission.notebook_answers == {"strided-size": "16\npx"}


def test_an_answer_in_a_code_cell_is_not_code(assignment: Assignment) -> None:
    data = notebook("a = 1", answer("strided-size", "16 px, of course", cell_type="code"), "b = 2")
    submission = submitted(assignment, {"convolution.ipynb": data})
    assert submission.notebook_answers == {"strided-size": "16 px, of course"}
    assert submission.sources["convolution"].cells == ("a = 1", "", "b = 2")


def test_an_untouched_answer_cell_is_no_answer(assignment: Assignment) -> None:
    given = {"convolution.ipynb": notebook("a", answer("strided-size", "Your answer here"))}
    data = notebook("b", answer("strided-size", "Your answer here \n"))
    assert submitted(assignment, {"convolution.ipynb": data}, given).notebook_answers == {}


def test_of_a_copied_answer_cell_the_worked_one_counts(assignment: Assignment) -> None:
    given = {"convolution.ipynb": notebook(answer("strided-size", "Your answer here"))}
    cells = [answer("strided-size", text) for text in ("Your answer here", "16", "17")]
    submission = submitted(assignment, {"convolution.ipynb": notebook(*cells)}, given)
    assert submission.notebook_answers == {"strided-size": "16"}
    assert said(submission.problems, "convolution.ipynb: two cells answer strided-size")


# ---------------------------------------------------------------- twins

HANDOUT = {"convolution.py": STUB, "convolution.ipynb": notebook("stub", answer("strided-size", "here"))}
WORKED = notebook("def output_size(size, kernel):\n    return size\n", answer("strided-size", "16"))


def twins(assignment: Assignment, script: bytes, page: bytes) -> Submission:
    return submitted(assignment, {"convolution.py": script, "convolution.ipynb": page}, HANDOUT)


def test_the_notebook_counts_if_only_it_was_changed(assignment: Assignment) -> None:
    submission = twins(assignment, STUB.replace(b"\n", b"  \r\n") + b"\n\n", WORKED)
    assert submission.sources["convolution"].file == "convolution.ipynb"
    assert submission.notebook_answers == {"strided-size": "16"}
    assert submission.problems == ()
    assert said(submission.ignored, "convolution.py", "no exercise is written in it")


def test_the_notebook_counts_if_only_its_answers_were_changed(assignment: Assignment) -> None:
    submission = twins(assignment, STUB, notebook("stub", answer("strided-size", "16")))
    assert submission.notebook_answers == {"strided-size": "16"}


def test_the_script_counts_if_only_it_was_changed(assignment: Assignment) -> None:
    executed = {
        "cell_type": "code",
        "execution_count": 7,
        "metadata": {"x": 1},
        "source": "stub\n",
        "outputs": [{}],
    }
    page = notebook(executed, "", answer("strided-size", "here"), metadata={"kernelspec": {}})
    submission = twins(assignment, CODE, page)
    assert submission.sources["convolution"].file == "convolution.py"
    assert submission.problems == ()
    assert said(submission.ignored, "convolution.ipynb", "no exercise is written in it")


def test_the_script_counts_if_both_were_changed_and_that_is_said(assignment: Assignment) -> None:
    submission = twins(assignment, CODE, WORKED)
    assert submission.sources["convolution"].file == "convolution.py"
    assert submission.notebook_answers == {}
    assert said(submission.problems, "convolution.ipynb: convolution.py was changed as well")
    assert submission.unreadable == ()


def test_a_name_on_top_of_the_script_is_no_work(assignment: Assignment) -> None:
    submission = twins(assignment, b"# Ada Lovelace, 12345\nimport numpy as np\n" + STUB, WORKED)
    assert submission.sources["convolution"].file == "convolution.ipynb"
    assert submission.problems == ()


@pytest.mark.parametrize(
    "body", ["pass", "...", "return None", "# to do\n    pass", '"""Size."""\n    return']
)
def test_an_emptied_stub_is_no_work(body: str, assignment: Assignment) -> None:
    submission = twins(assignment, f"def output_size(size, kernel):\n    {body}\n".encode(), WORKED)
    assert submission.sources["convolution"].file == "convolution.ipynb"


def test_two_untouched_twins_say_nothing(assignment: Assignment) -> None:
    submission = twins(assignment, STUB, HANDOUT["convolution.ipynb"])
    assert submission.sources["convolution"].file == "convolution.py"
    assert (submission.problems, submission.ignored) == ((), ())


def test_a_readable_twin_stands_in_for_a_broken_one(assignment: Assignment) -> None:
    assert twins(assignment, b"\xff", WORKED).sources["convolution"].file == "convolution.ipynb"
    submission = twins(assignment, CODE, b"{")
    assert submission.sources["convolution"].file == "convolution.py"
    assert said(submission.problems, "convolution.ipynb: not a notebook")


def test_each_chapter_chooses_for_itself(assignment: Assignment) -> None:
    files = {"convolution.py": STUB, "convolution.ipynb": WORKED, "pooling.py": CODE}
    submission = submitted(assignment, files, HANDOUT)
    assert {name: source.kind for name, source in submission.sources.items()} == {
        "convolution": "ipynb",
        "pooling": "py",
    }


# ---------------------------------------------------------------- messages


def test_messages_are_one_line_and_show_no_control_characters(tmp_path: Path, assignment: Assignment) -> None:
    names = ["a\x1b[31mb", "c\nd", "e\u202ef", "x" * 200]
    write(tmp_path / "ada", dict.fromkeys(names, b"") | {"convolution.py": CODE})
    for name in names[:3]:
        write(tmp_path, {name + ".rar": b""})
    for entry in find(tmp_path, assignment).entries:
        bundle = collect(entry, assignment)
        for line in (*bundle.problems, *bundle.ignored):
            assert line.isprintable()
            assert len(line) < 250


def test_long_lists_are_cut(tmp_path: Path, assignment: Assignment) -> None:
    write(tmp_path / "ada", {f"{number}.txt": b"" for number in range(500)} | {"convolution.py": CODE})
    ignored = only_bundle(tmp_path, assignment).ignored
    assert len(ignored) < 50
    assert said(ignored, "461 more")


# ---------------------------------------------------------------- the folder of a result


@pytest.mark.parametrize(
    "name", ["ada", "ada.b", "ada_lovelace-2", "a1234567", "zoë", "ада", "李", "ada b", "a@b.edu"]
)
def test_ordinary_names_stay_themselves(name: str) -> None:
    assert result_folder(name) == name


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Ada", "Ada+1"),
        ("ADA", "ADA+7"),
        ("Ada Lovelace", "Ada Lovelace+11"),
        ("a/b", "a%2Fb"),
        ("a\\b", "a%5Cb"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        (".ada", "%2Eada"),
        ("-rf", "%2Drf"),
        ("ada.", "ada%2E"),
        ("ada ", "ada%20"),
        ("con", "%63on"),
        ("com1.x", "%63om1.x"),
        ("a%2fb", "a%252fb"),
        ("a\nb", "a%0Ab"),
        ("grades.csv", "grades%2Ecsv"),
        ("gradebook.db-wal", "gradebook%2Edb-wal"),
        ("", "+0"),
    ],
)
def test_other_names_are_encoded(name: str, folder: str) -> None:
    assert result_folder(name) == folder


def test_long_names_are_cut_and_stay_apart() -> None:
    names = ["x" * 101, "x" * 102, "x" * 300, "é" * 90, "A" * 100, "\u0301" * 40, "x" * 101 + "+h"]
    folders = [result_folder(name) for name in names]
    assert len(set(folders)) == len(names)
    assert all(len(folder.encode()) <= 200 and "+h" in folder for folder in folders)


def test_names_that_some_file_systems_take_for_the_same_stay_apart() -> None:
    names = [
        "ada",
        "Ada",
        "ADA",
        "aDa",
        "zoë",
        "zoe\u0308",
        "ZOË",
        "strasse",
        "straße",
        "STRASSE",
        "K",
        "\u212a",
        "k",
    ]
    names += ["ſ", "s", "ı", "i", "İ", "I", "ﬁ", "fi", "σ", "ς", "\u1100\u1161", "\uac00", "ǆ", "ǅ", "Ǆ"]

    def key(name: str) -> str:
        return unicodedata.normalize("NFC", unicodedata.normalize("NFD", result_folder(name)).casefold())

    assert len({key(name) for name in names}) == len(names)

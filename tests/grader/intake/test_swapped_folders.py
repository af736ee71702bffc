"""A submission whose owner still holds it: folders become links to what the grader alone may read, while it is read."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.course.models import Assignment
from grader.intake import bundle as bundles
from grader.intake import disk, downloads
from grader.intake.bundle import Bundle, collect, discover

SECRET = b"# the reference solution\n"
MINE = b"# my own work\n"

pytestmark = pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="no such links on this system")


@pytest.fixture
def assignment() -> Assignment:
    exercise = {"name": "conv2d", "points": 1}
    chapter = {"name": "convolution", "title": "Convolution", "minutes": 5, "exercises": [exercise]}
    return Assignment.model_validate({"title": "CNN", "chapters": [chapter]})


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    folder = tmp_path / "solutions"
    (folder / "cnn").mkdir(parents=True)
    for place in (folder, folder / "cnn"):
        (place / "convolution.py").write_bytes(SECRET)
        (place / "ada.zip").write_bytes(SECRET)
    return folder


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    folder = tmp_path / "submissions" / "ada"
    (folder / "work").mkdir(parents=True)
    (folder / "work" / "convolution.py").write_bytes(MINE)
    return tmp_path / "submissions"


def swapped(path: Path, target: Path) -> None:
    path.rename(path.with_name("aside"))
    path.symlink_to(target, target_is_directory=True)


def all_bytes(bundle: Bundle) -> bytes:
    return b"".join(bundle.files.values())


@pytest.mark.parametrize("what", ["the student's folder", "a folder in it"])
def test_a_folder_swapped_between_listing_and_reading_brings_nothing(
    submissions: Path, secret: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """This brought 85 of 85 points: the reference was read in the student's name."""
    (entry,) = discover(submissions, "cnn", assignment).entries
    folder = submissions / "ada"
    if what == "the student's folder":
        (secret / "work").mkdir()
        (secret / "work" / "convolution.py").write_bytes(SECRET)
    else:
        folder = folder / "work"

    def listed_then_swapped(*arguments: Any) -> Any:
        seen = disk.survey(*arguments)
        if not folder.is_symlink():
            swapped(folder, secret)
        return seen

    monkeypatch.setattr(bundles, "survey", listed_then_swapped)
    bundle = collect(entry, assignment)
    assert bundle.files == {}
    assert any("convolution.py" in problem for problem in bundle.problems)


def test_a_folder_swapped_after_the_class_was_listed_brings_nothing(
    submissions: Path, secret: Path, assignment: Assignment
) -> None:
    (entry,) = discover(submissions, "cnn", assignment).entries
    swapped(submissions / "ada", secret)
    bundle = collect(entry, assignment)
    assert bundle.files == {}
    assert bundle.problems


def test_nor_does_a_course_folder_of_nbgraders_layout(
    tmp_path: Path, secret: Path, assignment: Assignment
) -> None:
    place = tmp_path / "submitted" / "ada" / "cnn"
    place.mkdir(parents=True)
    (place / "convolution.py").write_bytes(MINE)
    (entry,) = discover(tmp_path / "submitted", "cnn", assignment).entries
    swapped(tmp_path / "submitted" / "ada", secret)
    assert collect(entry, assignment).files == {}


def test_the_time_beside_a_submission_is_not_read_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    (tmp_path / "ada").symlink_to(tmp_path / "other", target_is_directory=True)
    assert not downloads.nbgrader_receipt(tmp_path / "ada").submitted


def test_submissions_that_the_instructor_linked_to_are_read(
    submissions: Path, tmp_path: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what lies in it is others' business; the way to it is the instructor's own."""
    (tmp_path / "link").symlink_to(submissions, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    for way in (tmp_path / "link", Path("link"), Path("submissions"), submissions / ".." / "submissions"):
        (entry,) = discover(way, "cnn", assignment).entries
        assert all_bytes(collect(entry, assignment)) == MINE


@contextlib.contextmanager
def swapping(folder: Path, target: Path) -> Iterator[None]:
    """Someone who makes `folder` a link to `target` and back, as fast as they can."""
    link, aside, stop = folder.with_name("link"), folder.with_name("aside"), threading.Event()
    link.symlink_to(target, target_is_directory=True)

    def swap() -> None:
        while not stop.is_set():
            folder.rename(aside)
            link.rename(folder)
            folder.rename(link)
            aside.rename(folder)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("place", ["", "work"])
def test_a_race_is_never_won(submissions: Path, secret: Path, assignment: Assignment, place: str) -> None:
    (secret / "work").mkdir()
    (secret / "work" / "convolution.py").write_bytes(SECRET)
    (entry,) = discover(submissions, "cnn", assignment).entries
    read: list[bytes] = []
    folder = submissions / "ada" / "work" if place else submissions / "ada"
    with swapping(folder, secret):
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            read.append(all_bytes(collect(entry, assignment)))
    assert SECRET not in read, f"{read.count(SECRET)} of {len(read)} readings brought the reference"
    assert MINE in read, "nothing was read at all"


def test_a_system_without_descriptors_of_folders_still_follows_no_link(
    submissions: Path, secret: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "_BY_DESCRIPTOR", False)
    (entry,) = discover(submissions, "cnn", assignment).entries
    assert all_bytes(collect(entry, assignment)) == MINE
    swapped(submissions / "ada" / "work", secret)
    assert SECRET not in collect(entry, assignment).files.values()

"""What is accepted, what is refused, and what is left of it when the server is killed."""

from __future__ import annotations

import io
import os
import sqlite3
from pathlib import Path

import pytest

from grader.dropbox.box import Box
from grader.dropbox.uploads import Refused, Room

from .conftest import RIGHT, WRONG, MakeBox, hand_in

NAMES = {
    "alpha.py": "alpha.py",
    "../../etc/alpha.py": "alpha.py",
    "C:\\work\\alpha.py": "alpha.py",
    "/alpha.py": "alpha.py",
    "a\x00l\npha.py": "a␀l",
    "x" * 5000 + ".py": "x" * 117 + ".py",
    "\u202eyp.py": "<U+202E>yp.py",
    "<script>.zip": "<script>.zip",
}


def test_what_is_acknowledged_lies_on_the_disk(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    monkeypatch.setattr("grader.dropbox.uploads.os.fsync", fsync)
    upload = hand_in(box, "ada", RIGHT)
    path = box.uploads.path(upload)
    assert synced == [str(path), str(path.parent)]
    assert path.read_bytes() == RIGHT
    assert path.stat().st_mode & 0o077 == 0
    # Another reader, as after a kill: the commit is there. FULL: it was synced, too.
    with sqlite3.connect(box.folder / "dropbox.db") as db:
        assert db.execute("SELECT key, state FROM uploads").fetchall() == [(upload.key, "waiting")]
    assert box._store.rows("PRAGMA synchronous") == [(2,)]
    assert box._store.rows("PRAGMA journal_mode") == [("wal",)]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown_and_never_names_a_file(box: Box, name: str) -> None:
    upload = hand_in(box, "ada", RIGHT, name)
    assert upload.file.startswith(NAMES[name])
    assert "/" not in upload.file
    assert box.uploads.path(upload).parent == box.folder / "uploads"
    assert sorted(path.name for path in (box.folder / "uploads").iterdir()) == [
        f"{upload.key}{upload.suffix}"
    ]


@pytest.mark.parametrize(
    "name", ["page.html", "alpha", "alpha.py.exe", ".py/", "alpha.py\x00.html", "", "a.svg"]
)
def test_what_the_grader_would_not_read_is_refused(box: Box, name: str) -> None:
    with pytest.raises(Refused) as refused:
        hand_in(box, "ada", RIGHT, name)
    assert refused.value.status == 415
    assert not list((box.folder / "uploads").iterdir())


def test_the_same_again_is_the_same_upload(make_box: MakeBox) -> None:
    box = make_box("    attempts: {limit: 2}\n")
    first = hand_in(box, "ada", RIGHT)
    assert hand_in(box, "ada", RIGHT) == first
    assert hand_in(box, "bob", RIGHT).key != first.key
    other = hand_in(box, "ada", WRONG)
    assert box.uploads.left("ada") == 0
    # No third one, but the first may count again.
    assert hand_in(box, "ada", RIGHT).key not in (first.key, other.key)
    assert len(list((box.folder / "uploads").iterdir())) == 4


def test_no_more_than_the_course_allows(make_box: MakeBox) -> None:
    box = make_box("    attempts: {limit: 1}\n")
    hand_in(box, "ada", RIGHT)
    with pytest.raises(Refused, match="The one submission that this assignment allows") as refused:
        hand_in(box, "ada", WRONG)
    assert (refused.value.status, refused.value.after) == (403, 0)
    assert len(list((box.folder / "uploads").iterdir())) == 1
    hand_in(box, "bob", WRONG)


@pytest.mark.parametrize(
    ("room", "status"),
    [(Room(queue=2), 503), (Room(queue_each=2), 429), (Room(a_day=2), 429), (Room(free_mb=1 << 40), 503)],
)
def test_a_full_queue_a_hasty_student_and_a_full_disk_are_refused(
    make_box: MakeBox, room: Room, status: int
) -> None:
    box = make_box(room=room)
    if room.free_mb < 1 << 40:
        for number in range(2):
            box.uploads.refuse_early("ada")
            hand_in(box, "ada", b"%d" % number)
        with pytest.raises(Refused) as late:
            hand_in(box, "ada", b"2")
        assert late.value.status == status
        assert len(list((box.folder / "uploads").iterdir())) == 2
    with pytest.raises(Refused) as early:
        box.uploads.refuse_early("ada")
    assert early.value.status == status
    assert early.value.after > 0
    assert str(early.value).endswith(".")


def test_what_could_not_be_kept_is_not_acknowledged(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(28, "No space left on device")

    with pytest.raises(Refused) as refused:
        box.uploads.accept("ada", "alpha.py", Full())
    assert refused.value.status == 503
    assert "not handed in" in refused.value.why
    assert box.uploads.counts() == (0, 0, 0)
    assert not list((box.folder / "uploads").iterdir())
    with pytest.raises(Refused, match="empty"):
        hand_in(box, "ada", b"")


def test_a_file_without_a_row_is_swept_away_and_others_stay(box: Box) -> None:
    upload = hand_in(box, "ada", RIGHT)
    orphan = box.folder / "uploads" / f"{'0' * 32}.zip"
    orphan.write_bytes(b"half")
    box.uploads.sweep()
    assert not orphan.exists()
    assert box.uploads.path(upload).read_bytes() == RIGHT


def test_the_oldest_first_and_a_students_one_after_the_other(box: Box) -> None:
    first, second, third = (
        hand_in(box, who, data) for who, data in [("ada", b"1"), ("ada", b"2"), ("bob", b"3")]
    )
    assert [box.uploads.place(one) for one in (first, second, third)] == [1, 2, 3]
    one, two = box.uploads.claim(), box.uploads.claim()
    assert one is not None
    assert two is not None
    assert (one.id, two.id) == (first.id, third.id)
    assert box.uploads.claim() is None
    box.uploads.done(one, 1)
    again = box.uploads.claim()
    assert again is not None
    assert again.id == second.id
    assert box.uploads.place(second) == 1


def test_somebody_elses_upload_is_not_found(box: Box) -> None:
    upload = hand_in(box, "ada", RIGHT)
    assert box.uploads.one(upload.key, "ada") == upload
    assert box.uploads.one(upload.key, "bob") is None


def test_a_folder_that_others_can_write_to_is_refused(tmp_path: Path, make_box: MakeBox) -> None:
    (tmp_path / "box").mkdir()
    (tmp_path / "box").chmod(0o777)
    with pytest.raises(Exception, match="can be written by other users"):
        make_box()

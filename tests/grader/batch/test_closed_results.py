"""RESULTS belong to whoever grades: nobody else reads them, or has a hand in what is written there."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.batch.run import Options, grade_class
from grader.errors import GraderError, UsageError
from grader.files import make_folder, only_run, refuse_others, write_atomically, write_bytes
from grader.gradebook.database import FILE_NAME, Gradebook
from grader.testing.input_cache import fill_from_cache

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away"
)

SOMEBODY = 12345
Cli = Callable[..., Any]


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A user who lets everybody read and write what they make."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.lstat().st_mode) for path in (folder, *folder.rglob("*"))}


def closed(folder: Path) -> None:
    open_to_others = {name: oct(mode) for name, mode in modes(folder).items() if mode & 0o077}
    assert not open_to_others


@pytest.fixture
def small_class(tmp_path: Path, tiny: Any) -> Path:
    for student in ("ada", "bob"):
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / "alpha.py").write_text("def double(x):\n    return x + x\n")
    return tmp_path / "class"


class Nobody:
    """Grades nobody: each entry fails, and is written all the same."""

    def run(self, bundles: Any) -> Iterator[Any]:
        from grader.batch.pool import Graded

        for bundle in bundles:
            yield Graded(bundle, error="not tried")

    def close(self) -> None:
        pass


def grade(tiny: Any, small_class: Path, out: Path) -> None:
    grade_class(tiny.course, "tiny", small_class, out, Options(jobs=1, confined=False), Nobody())


# ---------------------------------------------------------------- closed from the first byte


@pytest.mark.usefixtures("open_umask")
def test_everything_in_results_is_closed(
    tiny: Any, small_class: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def looked_at(descriptor: int) -> None:
        assert os.fstat(descriptor).st_mode & 0o077 == 0, "open to others before it was whole"
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", looked_at)
    out = tmp_path / "deep" / "out"
    grade(tiny, small_class, out)
    assert {"gradebook.db", ".lock", "grades.csv", "report.html", "result.json", "feedback.html"} <= set(
        modes(out)
    )
    closed(tmp_path / "deep")


@pytest.mark.usefixtures("open_umask")
def test_what_sqlite_lays_beside_the_gradebook_is_closed_too(tmp_path: Path) -> None:
    with Gradebook(tmp_path / FILE_NAME):
        found = modes(tmp_path)
        assert {FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"} <= set(found)
        assert not [name for name, mode in found.items() if name.startswith(FILE_NAME) and mode & 0o077]


def test_a_gradebook_of_an_earlier_version_is_closed(tmp_path: Path) -> None:
    with Gradebook(tmp_path / FILE_NAME):
        pass
    (tmp_path / FILE_NAME).chmod(0o644)
    with Gradebook(tmp_path / FILE_NAME, create=False):
        assert modes(tmp_path)[FILE_NAME] == 0o600


@pytest.mark.usefixtures("open_umask")
def test_what_is_meant_for_others_keeps_the_rights_that_the_umask_gives(tmp_path: Path) -> None:
    """nbgrader's folders and the handout."""
    make_folder(tmp_path / "a" / "b", shared=True)
    write_bytes(tmp_path / "a" / "b" / "c", b"", shared=True)
    os.umask(0o022)
    write_bytes(tmp_path / "a" / "b" / "d", b"", shared=True)
    found = modes(tmp_path)
    assert [found[name] for name in "abcd"] == [0o777, 0o777, 0o666, 0o644]


# ---------------------------------------------------------------- planted beforehand


@pytest.mark.parametrize("name", ["grades.csv.tmp", "grades.csv"])
def test_nothing_is_written_through_a_link_that_was_planted(tmp_path: Path, name: str) -> None:
    target = tmp_path / "target"
    target.write_text("mine")
    (tmp_path / name).symlink_to(target)
    write_atomically(tmp_path / "grades.csv", "grades")
    assert target.read_text() == "mine"
    assert not (tmp_path / "grades.csv").is_symlink()
    assert (tmp_path / "grades.csv").read_text() == "grades"


def test_the_lock_is_no_link(tmp_path: Path) -> None:
    (tmp_path / ".lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(GraderError, match=r"\.lock"), only_run(tmp_path):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_stays_behind_where_writing_fails(tmp_path: Path) -> None:
    (tmp_path / "grades.csv").mkdir()
    with pytest.raises(GraderError, match=r"grades\.csv: can't write"):
        write_atomically(tmp_path / "grades.csv", "grades")
    assert [path.name for path in tmp_path.iterdir()] == ["grades.csv"]


# ---------------------------------------------------------------- folders of others


def foreign(folder: Path) -> None:
    os.chown(folder, SOMEBODY, SOMEBODY)


def writable_by_all(folder: Path) -> None:
    folder.chmod(0o777)


def writable_and_sticky(folder: Path) -> None:
    folder.chmod(0o1777)


def writable_by_a_group(folder: Path) -> None:
    os.chown(folder, -1, SOMEBODY)
    folder.chmod(0o770)


OPEN = [
    pytest.param(foreign, "belongs to another user", marks=as_root),
    pytest.param(writable_by_a_group, "chmod 700", marks=as_root),
    (writable_by_all, "chmod 700"),
    (writable_and_sticky, "chmod 700"),
]


@pytest.mark.parametrize(("spoil", "says"), OPEN)
def test_a_results_folder_that_others_can_write_to_is_refused(
    tiny: Any, small_class: Path, tmp_path: Path, spoil: Callable[[Path], None], says: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    spoil(out)
    with pytest.raises(UsageError, match=says) as raised:
        grade(tiny, small_class, out)
    assert str(out) in str(raised.value)
    assert not list(out.iterdir()), "something was written there"


@pytest.mark.parametrize(("spoil", "says"), OPEN)
def test_nor_is_a_gradebook_read_from_one(tmp_path: Path, spoil: Callable[[Path], None], says: str) -> None:
    with Gradebook(tmp_path / FILE_NAME):
        pass
    spoil(tmp_path)
    with pytest.raises(UsageError, match=says):
        Gradebook(tmp_path / FILE_NAME, create=False)


@pytest.mark.parametrize(("spoil", "says"), OPEN)
def test_nor_inputs_from_a_cache_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], None], says: str
) -> None:
    """Inputs that somebody put there would decide what passes."""
    cache = tmp_path / "cache"
    cache.mkdir()
    spoil(cache)
    monkeypatch.setenv("GRADER_CACHE", str(cache))
    with pytest.raises(UsageError, match=says):
        fill_from_cache([], tmp_path, "", 0)


def test_folders_of_ones_own_are_fine(tmp_path: Path) -> None:
    for name, mode in (("closed", 0o700), ("readable", 0o755)):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(mode)
        refuse_others(tmp_path / name)
    (tmp_path / "link").symlink_to(tmp_path / "closed")
    refuse_others(tmp_path / "link")
    refuse_others(tmp_path / "not yet there")


@as_root
def test_a_group_of_ones_own_is_nobody_else(tmp_path: Path) -> None:
    """Many systems give each user such a group, and let it write what the user makes."""
    os.chown(tmp_path, 0, 0)
    tmp_path.chmod(0o775)
    refuse_others(tmp_path)


@as_root
def test_a_link_of_somebody_else_is_not(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    os.chown(tmp_path / "link", SOMEBODY, SOMEBODY, follow_symlinks=False)
    with pytest.raises(UsageError, match="belongs to another user"):
        refuse_others(tmp_path / "link")


def test_the_command_says_so_in_one_line(cli: Cli, tiny: Any, small_class: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out").chmod(0o777)
    done = cli("grade", small_class, "--out", tmp_path / "out", "--course", tiny.root / "course.yaml")
    assert done.code == 2
    assert f"{tmp_path / 'out'} can be written by other users" in done.err
    assert "Traceback" not in done.err

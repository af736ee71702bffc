"""From the queue to the record: once each, in order, whenever the server was killed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.commands.serve import write_submissions
from grader.dropbox.box import Box
from grader.dropbox.grading import Graders
from grader.dropbox.uploads import DONE, GRADING, WAITING
from grader.errors import GraderError, WallError
from grader.exports import grades_csv
from grader.files import only_run
from grader.gradebook import rename
from grader.intake import collect, discover, result_folder

from .conftest import RIGHT, WRONG, MakeBox, PretendedPool, attempts, hand_in, settled, until, with_people

Start = Callable[[Box], Graders]


class Killed(BaseException):
    """In the place of SIGKILL: nothing of what would follow happens."""


def states(box: Box) -> list[str]:
    return [row[0] for row in box._store.rows("SELECT state FROM uploads ORDER BY id")]


def test_what_is_handed_in_is_graded_and_every_other_command_finds_it(box: Box, start: Start) -> None:
    with_people(box)
    graders = start(box)
    for student, data in [("ada", RIGHT), ("bob", WRONG)]:
        hand_in(box, student, data)
        graders.wake()
    settled(box)
    assert sorted(attempts(box)) == [("ada", "graded", 2), ("bob", "graded", 0)]
    with box.gradebook() as book:
        results = list(book.results("words"))
    assert "ada" in grades_csv(results, box.assignment)
    assert results[0].lms == {"system": "dropbox", "name": "Ada Lovelace", "email": "ada@example.org"}
    until(lambda: (box.results / result_folder("bob") / "feedback.html").is_file())


def test_the_handout_is_tried_before_anything_is_accepted(
    box: Box, pool: PretendedPool, start: Start
) -> None:
    start(box)
    assert [bundle.files for bundle in pool.seen] == [{"alpha.py": b"def double(x):\n    ...\n"}]
    assert attempts(box) == []
    pool.broken.add(b"def double(x):\n    ...\n")
    with pytest.raises(GraderError, match="the handout can't be graded"):
        start(box)


def test_without_a_wall_it_does_not_start(box: Box) -> None:
    class NoWall(PretendedPool):
        def run(self, bundles: object) -> object:  # type: ignore[override]
            raise WallError("no wall here")
            yield

    with pytest.raises(WallError):
        Graders(box, 1, confined=True, failed=lambda error: None, pool=NoWall()).start()


@pytest.mark.parametrize("moment", ["claimed", "begun", "recorded", "finished"])
def test_killed_at_any_moment_it_is_on_record_once(
    box: Box, start: Start, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As much of a grading is done as comes before `moment`; then another server starts."""
    hand_in(box, "ada", RIGHT)
    upload = box.uploads.claim()
    assert upload is not None
    graders = Graders(box, 1, confined=True, failed=lambda error: None, pool=PretendedPool())
    if moment != "claimed":
        bundle = graders._begin(upload)
        assert bundle is not None
        pool = PretendedPool()
        pool.tests = graders.tests
        [graded] = pool.run([bundle])
        done = type(box.uploads).done

        def killed(*_: object) -> None:
            raise Killed

        if moment == "recorded":
            monkeypatch.setattr(type(box.uploads), "done", killed)
        if moment == "finished":
            monkeypatch.setattr("grader.dropbox.grading.write_result", killed)
        if moment in ("recorded", "finished"):
            with pytest.raises(Killed):
                graders._record(upload, graded)
        monkeypatch.undo()
        assert type(box.uploads).done is done
    assert states(box) == [DONE if moment == "finished" else GRADING]
    start(box)
    settled(box)
    assert attempts(box) == [("ada", "graded", 2)]
    [last] = box.uploads.latest()
    assert last.attempt == 1
    until(lambda: (box.results / "ada" / "feedback.html").is_file())


def test_a_grader_error_on_record_when_it_was_killed_is_not_recorded_twice_by_that(
    box: Box, start: Start, pool: PretendedPool
) -> None:
    hand_in(box, "ada", RIGHT)
    pool.broken.add(RIGHT)
    graders = start(box)
    settled(box)
    graders.stop()
    [last] = box.uploads.latest()
    box._store.rows("UPDATE uploads SET state = 'grading', attempt = 0")
    Graders(box, 1, confined=True, failed=lambda error: None, pool=pool).recover()
    # Settled as that attempt; then tried again, as a run of `grader grade` does.
    assert len(attempts(box)) == 1
    assert states(box) == [WAITING]
    assert last.attempt == 1


def test_a_grader_error_is_no_zero_and_is_tried_again_after_the_next_start(
    box: Box, start: Start, pool: PretendedPool
) -> None:
    hand_in(box, "ada", RIGHT)
    pool.broken.add(RIGHT)
    start(box)
    settled(box)
    assert attempts(box) == [("ada", "grader error", 0)]
    pool.broken.clear()
    start(box)
    until(lambda: len(attempts(box)) == 2)
    assert attempts(box)[1] == ("ada", "graded", 2)


def test_an_upload_that_ends_the_server_again_and_again_is_put_aside(
    box: Box, start: Start, pool: PretendedPool
) -> None:
    hand_in(box, "ada", RIGHT)
    for _ in range(5):
        assert box.uploads.claim()
        Graders(box, 1, confined=True, failed=lambda error: None, pool=pool).recover()
    hand_in(box, "bob", RIGHT)
    start(box)
    settled(box)
    assert sorted(attempts(box)) == [("ada", "grader error", 0), ("bob", "graded", 2)]
    start(box)
    settled(box)
    assert len(attempts(box)) == 2


def test_the_same_again_is_not_graded_again_but_counts_last(
    box: Box, start: Start, pool: PretendedPool
) -> None:
    start(box)
    for data in (RIGHT, RIGHT, WRONG, RIGHT):
        hand_in(box, "ada", data)
        settled(box)
    assert [score for *_, score in attempts(box)] == [2, 0, 2]
    with box.gradebook() as book:
        [result] = book.results("words")
    assert result.score == 2


def test_handed_in_again_late_it_is_still_as_early_as_the_first_time(make_box: MakeBox, start: Start) -> None:
    box = make_box("    due: 2999-01-01T00:00:00+00:00\n")
    start(box)
    first = hand_in(box, "ada", RIGHT)
    settled(box)
    hand_in(box, "ada", WRONG)
    hand_in(box, "ada", RIGHT)
    settled(box)
    with box.gradebook() as book:
        [result] = book.results("words")
    assert result.late is not None
    assert (result.late.submitted, result.late.source) == (first.at, "the drop-box")


def test_who_was_renamed_in_the_gradebook_goes_on_under_the_new_name(box: Box, start: Start) -> None:
    start(box)
    hand_in(box, "ada", RIGHT)
    settled(box)
    with box.gradebook() as book:
        rename(book, "words", "ada", "lovelace", who="prof", reason="")
    hand_in(box, "ada", WRONG)
    settled(box)
    assert {student for student, *_ in attempts(box)} == {"lovelace"}


def test_while_another_command_writes_results_it_waits_and_loses_nothing(
    box: Box, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start(box)
    with only_run(box.results):
        hand_in(box, "ada", RIGHT)
        until(lambda: GRADING in states(box))
        until(lambda: "another run is writing" in capsys.readouterr().err)
        assert attempts(box) == []
    settled(box)
    assert len(attempts(box)) == 1


def test_trouble_with_one_grading_leaves_the_upload_waiting(
    box: Box, start: Start, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("grader.dropbox.grading._TROUBLE", 0.05)
    real, failures = Graders._record, [OSError(28, "No space left on device")]

    def record(self: Graders, *values: object) -> None:
        if failures:
            raise failures.pop()
        real(self, *values)  # type: ignore[arg-type]

    monkeypatch.setattr(Graders, "_record", record)
    start(box)
    hand_in(box, "ada", RIGHT)
    settled(box)
    assert attempts(box) == [("ada", "graded", 2)]
    assert "No space left on device" in capsys.readouterr().err


def test_two_are_graded_at_once(box: Box, start: Start, pool: PretendedPool) -> None:
    start(box)
    pool.go.clear()
    hand_in(box, "ada", RIGHT)
    hand_in(box, "bob", RIGHT)
    until(lambda: states(box) == [GRADING, GRADING])
    pool.go.set()
    settled(box)


def test_a_folder_of_the_last_uploads_is_what_is_on_record(box: Box, start: Start, tmp_path: Path) -> None:
    """So `grader grade` on it grades again only what changed."""
    start(box)
    for student, name in [
        ("ada", "alpha.py"),
        ("bob", "work.zip"),
        ("cleo", "alpha.ipynb"),
        ("dan", "odd.py"),
    ]:
        hand_in(box, student, RIGHT, name)
    settled(box)
    write_submissions(box, tmp_path / "class")
    entries = discover(tmp_path / "class", "words", box.assignment).entries
    assert [entry.student for entry in entries] == ["ada", "bob", "cleo", "dan"]
    with box.gradebook() as book:
        for entry in entries:
            found = collect(entry, box.assignment).sha256 in book.submissions("words", entry.student)
            assert found or entry.student == "dan"

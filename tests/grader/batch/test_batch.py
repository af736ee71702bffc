"""Grading a class: nothing finished is lost or done twice, and a grader's failure is never a student's."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.batch.pool import Graded
from grader.batch.run import Options, Summary, grade_class
from grader.errors import CourseError, GraderError, UsageError
from grader.gradebook.database import FILE_NAME, Gradebook
from grader.grading.grader import Grader
from grader.intake import Bundle, open_bundle, result_folder
from grader.result import Result, without_times
from grader.wall.launcher import can_fork_workers

ALPHA = """
def double(x):
    return 2 * x
def total(x):
    if not len(x): raise ValueError
    return sum(x)
"""
BETA = """
import numpy as np
def scaled(x, factor=4):
    return x * factor
def clip(x):
    return np.maximum(x, 0)
"""
GOOD = {"alpha": ALPHA, "beta": BETA}
HALF = {"alpha": GOOD["alpha"]}
WRONG = {**GOOD, "beta": GOOD["beta"].replace("np.maximum(x, 0)", "x")}
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes")


class Here:
    """An executor in this process. graded: whom it graded; lost: for whom the grader fails."""

    def __init__(
        self, grader: Grader, *, lost: Iterable[str] = (), during: Callable[[], None] | None = None
    ) -> None:
        self.grader = grader
        self.lost = set(lost)
        self.during = during
        self.graded: list[str] = []
        self.closed = False

    def run(self, bundles: Iterable[Bundle]) -> Iterator[Graded]:
        for bundle in bundles:
            if self.during:
                self.during()
            self.graded.append(bundle.student)
            if bundle.student in self.lost:
                yield Graded(bundle, error="the grading process was lost (exit code -9)")
                continue
            result = self.grader.grade(open_bundle(bundle, self.grader.assignment, {}))
            yield Graded(bundle, result_json=result.to_json())

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def run(grader: Grader, tiny: Any, tmp_path: Path) -> Callable[..., tuple[Summary, list[str]]]:
    """run() → the summary and who was graded in that run."""

    def once(
        submissions: Path | None = None, *, regrade: bool = False, out: Path | None = None, **how: Any
    ) -> tuple[Summary, list[str]]:
        here = Here(grader, **how)
        options = Options(jobs=1, regrade=regrade, confined=grader.confined)
        summary = grade_class(
            tiny.course, "tiny", submissions or tmp_path / "class", out or tmp_path / "out", options, here
        )
        assert here.closed
        return summary, here.graded

    return once


@pytest.fixture
def small_class(tmp_path: Path, write_class: Callable[..., Path]) -> Path:
    return write_class(tmp_path / "class", ada=GOOD, bob=HALF, eve=WRONG)


def read_result(out: Path, student: str) -> Result:
    return Result.from_json((out / result_folder(student) / "result.json").read_text())


def attempts(out: Path) -> dict[str, int]:
    with Gradebook(out / FILE_NAME, create=False) as book:
        return {student: len(book.attempts("tiny", student)) for student in book.latest("tiny")}


def stable(out: Path) -> dict[str, Any]:
    with Gradebook(out / FILE_NAME, create=False) as book:
        return {result.student: without_times(result) for result in book.results("tiny")}


# ---------------------------------------------------------------- one run, and the next


def test_a_run_writes_gradebook_csv_report_and_a_folder_a_student(
    run: Any, small_class: Path, tmp_path: Path
) -> None:
    summary, graded = run()
    assert graded == ["ada", "bob", "eve"]
    assert (summary.graded, summary.kept, summary.statuses) == (3, 0, {"graded": 3})
    assert sorted(summary.scores) == [5, 9, 10]
    assert (summary.mean, summary.median) == (8, 9)
    out = tmp_path / "out"
    files = {path.name for path in out.iterdir() if not path.name.startswith(".")}
    assert files >= {"ada", "bob", "eve", "grades.csv", "report.html", FILE_NAME}
    for student in ("ada", "bob", "eve"):
        assert {path.name for path in (out / student).iterdir()} == {"result.json", "feedback.html"}
        assert read_result(out, student).student == student
    header, *rows = (out / "grades.csv").read_text().splitlines()
    assert header.startswith('"student","status","score","max_score","needs_manual","double","total"')
    assert [row.split(",")[:3] for row in rows] == [
        ['"ada"', '"graded"', '"10"'], ['"bob"', '"graded"', '"5"'], ['"eve"', '"graded"', '"9"'],
    ]  # fmt: skip


def test_the_same_command_again_grades_nobody(run: Any, small_class: Path, tmp_path: Path) -> None:
    run()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*/*")}
    summary, graded = run()
    assert (graded, summary.graded, summary.kept) == ([], 0, 3)
    assert summary.statuses == {"graded": 3}
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*/*")} == before


def test_a_changed_submission_is_a_new_attempt(run: Any, small_class: Path, tmp_path: Path) -> None:
    run()
    (small_class / "bob" / "beta.py").write_text(GOOD["beta"])
    summary, graded = run()
    assert (graded, summary.kept) == (["bob"], 2)
    assert attempts(tmp_path / "out") == {"ada": 1, "bob": 2, "eve": 1}
    assert read_result(tmp_path / "out", "bob").score == 10


def test_a_new_submission_is_graded_and_one_that_is_gone_stays_in_the_book(
    run: Any, small_class: Path, tmp_path: Path, write_class: Any
) -> None:
    run()
    shutil.rmtree(small_class / "ada")
    write_class(small_class, zoe=GOOD)
    summary, graded = run()
    assert graded == ["zoe"]
    assert set(attempts(tmp_path / "out")) == {"ada", "bob", "eve", "zoe"}
    assert summary.statuses == {"graded": 3}


def test_regrade_keeps_the_old_attempt_and_tells_what_changed(
    run: Any, small_class: Path, tmp_path: Path
) -> None:
    run()
    (small_class / "eve" / "beta.py").write_text(GOOD["beta"])
    summary, graded = run(regrade=True)
    assert sorted(graded) == ["ada", "bob", "eve"]
    assert [(c.student, c.before, c.after, c.max_score) for c in summary.changes] == [("eve", 9, 10, 10)]
    assert attempts(tmp_path / "out") == {"ada": 2, "bob": 2, "eve": 2}


@pytest.mark.slow
def test_changed_tests_grade_everybody_again(make_course: Any, small_class: Path, tmp_path: Path) -> None:
    def once(course: Any) -> list[str]:
        with Grader(course.course, "tiny", confined=can_fork_workers()) as grader:
            here = Here(grader)
            grade_class(course.course, "tiny", small_class, tmp_path / "out", Options(jobs=1), here)
            return here.graded

    course = make_course()
    assert once(course) == ["ada", "bob", "eve"]
    assert once(course) == []
    (course.hidden / "seed.txt").write_text("another line")
    assert sorted(once(course)) == ["ada", "bob", "eve"]


@pytest.mark.parametrize("lost", ["ada", "ada/result.json", "ada/feedback.html", "grades.csv", "report.html"])
def test_files_that_are_missing_are_written_again_without_grading(
    run: Any, small_class: Path, tmp_path: Path, lost: str
) -> None:
    run()
    path = tmp_path / "out" / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    _, graded = run()
    assert graded == []
    assert path.exists()
    assert read_result(tmp_path / "out", "ada").score == 10
    assert (tmp_path / "out" / "ada" / "feedback.html").is_file()


def test_a_second_attempt_committed_before_its_files_were_written_gets_them(
    run: Any, grader: Grader, small_class: Path, tmp_path: Path
) -> None:
    run()
    (small_class / "bob" / "beta.py").write_text(GOOD["beta"])
    out = tmp_path / "out"
    run(out=tmp_path / "elsewhere")
    with Gradebook(out / FILE_NAME) as book:  # as a run that was killed right after the commit leaves it
        book.add(read_result(tmp_path / "elsewhere", "bob"))
    _, graded = run()
    assert graded == []
    assert read_result(out, "bob").score == 10


def test_half_a_file_of_a_killed_run_does_not_stay(run: Any, small_class: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "ada").mkdir(parents=True)
    for half in ("result.json.tmp", "result.json.0123456789abcdef.tmp"):
        (tmp_path / "out" / "ada" / half).write_text('{"half": ')
    run()
    assert {path.name for path in (tmp_path / "out" / "ada").iterdir()} == {"result.json", "feedback.html"}


def test_odd_entries_all_yield_a_result(run: Any, small_class: Path, tmp_path: Path) -> None:
    (small_class / "empty").mkdir()
    (small_class / "broken.zip").write_bytes(b"PK\x03\x04 no zip")
    (small_class / "grades.csv").mkdir()
    (small_class / "Ada").mkdir()
    (small_class / "=1+1").mkdir()
    summary, _ = run()
    assert set(attempts(tmp_path / "out")) == {
        "ada",
        "bob",
        "eve",
        "empty",
        "broken",
        "grades.csv",
        "Ada",
        "=1+1",
    }
    assert summary.statuses == {"graded": 3, "unreadable": 5}
    assert (tmp_path / "out" / "grades.csv").is_file()
    for student in attempts(tmp_path / "out"):
        assert read_result(tmp_path / "out", student).student == student
    assert "'=1+1" in (tmp_path / "out" / "grades.csv").read_text()


# ---------------------------------------------------------------- the grader's own failures


def test_a_grader_error_is_told_counted_apart_and_graded_on_the_next_run(
    run: Any, small_class: Path, tmp_path: Path
) -> None:
    summary, _ = run(lost=["bob"])
    assert summary.statuses == {"graded": 2, "grader error": 1}
    assert [student for student, _ in summary.grader_errors] == ["bob"]
    assert sorted(summary.scores) == [9, 10]
    failed = read_result(tmp_path / "out", "bob")
    assert (failed.status, failed.score) == ("grader error", 0)
    assert [exercise.name for exercise in failed.exercises] == ["double", "total", "scaled", "clip"]
    assert "not the student's fault" in failed.exercises[0].message
    summary, graded = run()
    assert graded == ["bob"]
    assert summary.statuses == {"graded": 3}
    assert read_result(tmp_path / "out", "bob").score == 5
    assert attempts(tmp_path / "out")["bob"] == 2


def test_an_interrupted_run_keeps_what_it_has(run: Any, small_class: Path, tmp_path: Path) -> None:
    count = iter(range(9))

    def interrupt() -> None:
        if next(count) == 2:
            raise KeyboardInterrupt

    summary, _ = run(during=interrupt)
    assert summary.interrupted
    assert set(attempts(tmp_path / "out")) == {"ada", "bob"}
    assert run()[1] == ["eve"]


KILLER = '''\
import os, signal
from pathlib import Path

import numpy as np
import pytest

from grader.testing.compare import agree

FATAL = Path({file!r})


@pytest.mark.exercise("double", points=3)
def test_double(student, reference):
    """Doubles"""
    got = student.double(np.ones(1))
    if np.all(got == 666) and FATAL.exists() and (left := int(FATAL.read_text())) > 0:
        FATAL.write_text(str(left - 1))
        os.kill(os.getpid(), signal.SIGKILL)
    agree(got, reference.double(np.ones(1)))


@pytest.mark.exercise("total", points=2)
def test_total(student):
    """Sums"""
    assert student.total([1, 2]) == 3
'''


@posix
def test_a_killed_grading_process_costs_one_more_try_and_a_second_one_is_a_grader_error(
    make_course: Any, write_class: Any, tmp_path: Path
) -> None:
    fatal = tmp_path / "times"
    course = make_course({"tests/hidden/tiny/test_alpha.py": KILLER.format(file=str(fatal))})
    marked = {**GOOD, "alpha": GOOD["alpha"].replace("2 * x", "666 + 0 * x")}
    folder = write_class(tmp_path / "class", ada=GOOD, mal=marked, zoe=GOOD)
    options = Options(jobs=2, confined=can_fork_workers())

    def once(times: int, out: str) -> dict[str, str]:
        fatal.write_text(str(times))
        grade_class(course.course, "tiny", folder, tmp_path / out, options)
        return {student: result["status"] for student, result in stable(tmp_path / out).items()}

    assert once(1, "retried") == dict.fromkeys(("ada", "mal", "zoe"), "graded")
    assert attempts(tmp_path / "retried") == {"ada": 1, "mal": 1, "zoe": 1}
    assert once(9, "failed") == {"ada": "graded", "mal": "grader error", "zoe": "graded"}
    assert fatal.read_text() == "7"
    assert once(0, "failed") == dict.fromkeys(("ada", "mal", "zoe"), "graded")
    assert stable(tmp_path / "failed") == stable(tmp_path / "retried")


def test_a_course_that_can_not_be_graded_with_ends_the_run_before_anybody_is_graded(
    make_course: Any, small_class: Path, tmp_path: Path
) -> None:
    course = make_course({"tests/hidden/tiny/test_alpha.py": "import no_such_module\n"})
    with pytest.raises(CourseError, match="no_such_module"):
        grade_class(course.course, "tiny", small_class, tmp_path / "out", Options(jobs=2))
    assert attempts(tmp_path / "out") == {}


# ---------------------------------------------------------------- kill -9


def committed(out: Path) -> list[tuple[int, str, str]]:
    try:
        book = sqlite3.connect(f"file:{out / FILE_NAME}?mode=ro", uri=True)
    except sqlite3.Error:
        return []
    try:
        return book.execute("SELECT id, student, result FROM attempts ORDER BY id").fetchall()
    except sqlite3.Error:
        return []
    finally:
        book.close()


def of_session(session: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (OSError, IndexError):
            continue
        if entry.name.isdigit() and int(fields[3]) == session and fields[0] != "Z":
            found.append(int(entry.name))
    return found


@pytest.mark.skipif(not can_fork_workers(), reason="reads /proc")
def test_a_run_killed_in_the_middle_goes_on_where_it_stopped(
    tiny: Any, run: Any, write_class: Any, started: Any, cli: Any, tmp_path: Path, wait_for: Any
) -> None:
    kinds = [GOOD, HALF, WRONG, {"alpha": "def double(:"}]
    folder = write_class(tmp_path / "forty", **{f"s{n:02}": kinds[n % 4] for n in range(40)})
    out = tmp_path / "killed"
    arguments = ("grade", folder, "--out", out, "--jobs", 2, "--course", tiny.root)
    driver: subprocess.Popen[str] = started(*arguments, cwd=tmp_path)
    wait_for(lambda: len(committed(out)) >= 4 or driver.poll() is not None, "four commits")
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait()
    kept = committed(out)
    assert 4 <= len(kept) < 40, driver.communicate()
    wait_for(lambda: not of_session(driver.pid), "the end of the grading processes")

    done = cli(*arguments)
    assert done.code == 0, done.err
    after = committed(out)
    assert after[: len(kept)] == kept
    assert sorted(student for _, student, _ in after) == [f"s{n:02}" for n in range(40)]
    for _, student, text in after:
        written = json.loads((out / student / "result.json").read_text())
        # The seal is put on when a result is read.
        assert written.pop("seal").startswith(f"tiny · {student} · ")
        assert written | {"seal": ""} == json.loads(text)
        assert (out / student / "feedback.html").is_file()

    run(folder, out=tmp_path / "undisturbed")
    assert stable(out) == stable(tmp_path / "undisturbed")
    assert (out / "grades.csv").read_bytes() == (tmp_path / "undisturbed" / "grades.csv").read_bytes()


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("inside", ["class", "class/results", "class/ada/deep/results", "class/../class/x"])
def test_results_inside_the_submissions_are_refused(
    run: Any, small_class: Path, tmp_path: Path, inside: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="lies inside"):
        run(out=tmp_path / inside)
    assert sorted(tmp_path.rglob("*")) == before


@posix
def test_results_inside_the_submissions_by_way_of_a_link_are_refused(
    run: Any, small_class: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(small_class)
    with pytest.raises(UsageError, match="lies inside"):
        run(out=tmp_path / "link" / "results")


def test_submissions_that_are_not_there_or_empty_are_said_so(run: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        run(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="not a folder"):
        run(tmp_path / "file")
    (tmp_path / "void").mkdir()
    with pytest.raises(UsageError, match="no submissions"):
        run(tmp_path / "void")
    assert not (tmp_path / "out").exists()


def test_two_runs_do_not_write_to_one_folder(
    run: Any, small_class: Path, tmp_path: Path, cli: Any, tiny: Any
) -> None:
    refused: list[Any] = []

    def second() -> None:
        if not refused:
            refused.append(cli("grade", small_class, "--out", tmp_path / "out", "--course", tiny.root))

    run(during=second)
    assert refused[0].code == 2
    assert "another run is writing" in refused[0].err
    assert attempts(tmp_path / "out") == {"ada": 1, "bob": 1, "eve": 1}
    assert run()[0].kept == 3


@pytest.mark.sampled
@pytest.mark.parametrize(
    "blocked",
    [
        "out",
        "out/below",
        "out/ada",
        "out/grades.csv/x",
        "out/report.html/x",
        "out/ada/result.json/x",
        "out/gradebook.db/x",
    ],
)
def test_a_place_that_can_not_be_written_is_one_clear_error(
    run: Any, small_class: Path, tmp_path: Path, blocked: str
) -> None:
    path = tmp_path / blocked.removesuffix("/below")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("in the way")
    out = tmp_path / ("out/below" if blocked.endswith("below") else "out")
    with pytest.raises(GraderError) as caught:
        run(out=out)
    assert str(path.parent if blocked.endswith("/x") else path) in str(caught.value)


@pytest.mark.slow
@posix
def test_a_full_disk_is_one_clear_message_and_the_next_run_goes_on(
    run: Any, tiny: Any, small_class: Path, tmp_path: Path, surroundings: Any, grade_command: Any
) -> None:
    limited = 'ulimit -f 64; exec "$@"'  # no file larger than 64 blocks
    words = grade_command("grade", small_class, "--out", tmp_path / "out", "--course", tiny.root, "--jobs", 1)
    done = subprocess.run(
        ["bash", "-c", limited, "bash", *words],
        capture_output=True,
        text=True,
        env=surroundings,
        timeout=90,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("grader: ")
    assert len(done.stderr.splitlines()) == 1
    run()
    assert set(attempts(tmp_path / "out").values()) == {1}

"""Grading on a Dask cluster: the same results as on one machine, whatever happens to the workers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from grader.batch.run import Options, Summary, grade_class
from grader.course.models import Course, load_course
from grader.errors import CourseError, GraderError, UsageError, WallError
from grader.gradebook.database import FILE_NAME, Gradebook
from grader.intake import Bundle
from grader.result import without_times
from grader.wall.launcher import can_fork_workers

if find_spec("distributed") is None:
    pytest.skip("needs Dask: pip install 'cnn-grader[cluster]'", allow_module_level=True)

from grader.batch.cluster.driver import ClusterPool
from grader.batch.cluster.parcel import pack, unpack
from grader.batch.cluster.versions import explain, mend, versions_of
from grader.batch.cluster.worker import Session

from .conftest import FATAL, GOOD, KINDS, SECRET, SLOW
from .started import WITHOUT_A_WALL, Cluster, free_port, wait_until


def grade(
    course: Course,
    folder: Path,
    out: Path,
    address: str | None,
    *,
    during: Callable[[int], None] = lambda done: None,
    notes: list[str] | None = None,
    **how: Any,
) -> Summary:
    """Grade on the cluster at `address`, or here. during(done) is called after each commit."""
    pool = None
    if address is not None:
        say = (notes if notes is not None else []).append
        pool = ClusterPool(course, "small", address, say=say, **{"timeout": 10, "patience": 30, **how})
    options = Options(jobs=1, progress=lambda done, total, student: during(done))
    return grade_class(course, "small", folder, out, options, pool)


def texts(out: Path) -> dict[str, Any]:
    with Gradebook(out / FILE_NAME, create=False) as book:
        return {result.student: without_times(result) for result in book.results("small")}


def attempts(out: Path) -> dict[str, int]:
    with Gradebook(out / FILE_NAME, create=False) as book:
        return {student: len(book.attempts("small", student)) for student in book.latest("small")}


def forty(prefix: str, text: str = GOOD, number: int = 40) -> dict[str, str]:
    return {f"{prefix}{n:02}": text for n in range(number)}


# ---------------------------------------------------------------- without a cluster


def test_a_parcel_is_the_same_bytes_each_time_and_unpacks_to_the_same_files(
    course: Course, tmp_path: Path
) -> None:
    parcel = pack(course, "small")
    (course.root / "tests" / "hidden" / "small" / "__pycache__").mkdir(exist_ok=True)
    (course.root / "tests" / "hidden" / "small" / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert pack(course, "small") == parcel
    assert unpack(parcel, tmp_path) == tmp_path / "course.yaml"
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {
        "course.yaml",
        "solutions/small/alpha.py",
        "tests/hidden/small/seed.txt",
        "tests/hidden/small/test_cluster_alpha.py",
        "exercises/small/alpha.py",
        "exercises/small/data/numbers.csv",
    }
    for name in names:
        assert (tmp_path / name).read_bytes() == (course.root / name).read_bytes()


def test_a_damaged_parcel_is_refused(course: Course, tmp_path: Path) -> None:
    parcel = pack(course, "small")
    damaged = type(parcel)(parcel.assignment, parcel.archive[:-1] + b"x", parcel.sha256)
    with pytest.raises(CourseError, match="damaged"):
        unpack(damaged, tmp_path)
    assert not list(tmp_path.iterdir())


def report(**packages: str | None) -> dict[str, Any]:
    same = {"python": "3.11.4.final.0", "numpy": "2.1.0", "hypothesis": "6.100.0", "cnn-grader": "0.1.0"}
    return {"packages": {**same, **packages}}


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        ({}, ()),
        ({"python": "3.11.9.final.0"}, ()),
        ({"python": "3.12.4.final.0"}, ("start it with Python 3.11",)),
        ({"numpy": "2.1.1"}, ("pip install 'numpy==2.1.0'",)),
        ({"hypothesis": None}, ("hypothesis is not installed", "pip install 'hypothesis==6.100.0'")),
        ({"cnn-grader": None, "grader": "0.1.0"}, ()),
        ({"cnn-grader": None}, ("pip install 'cnn-grader[cluster]==0.1.0'",)),
    ],
)
def test_what_differs_is_told_with_what_to_install(other: dict[str, Any], wanted: tuple[str, ...]) -> None:
    lines = mend(versions_of(report()), versions_of(report(**other)))
    assert bool(lines) == bool(wanted)
    for part in wanted:
        assert part in lines[0]


def test_many_workers_with_the_same_fault_make_one_paragraph() -> None:
    text = explain({f"tcp://node{n}": ("numpy is 1",) for n in range(500)})
    assert text.count("numpy is 1") == 1
    assert "and 497 more" in text


def test_an_address_where_nobody_answers_is_one_message_within_the_timeout(
    course: Course, write_class: Any, tmp_path: Path
) -> None:
    folder = write_class(tmp_path / "class", {"ada": GOOD})
    address = f"tcp://127.0.0.1:{free_port()}"
    start = time.monotonic()
    with pytest.raises(UsageError, match="no Dask scheduler answers") as caught:
        grade(course, folder, tmp_path / "out", address, timeout=1)
    assert time.monotonic() - start < 15
    assert address in str(caught.value)
    assert "\n" not in str(caught.value)
    assert attempts(tmp_path / "out") == {}


def test_an_address_that_is_none_is_said_so(course: Course, write_class: Any, tmp_path: Path) -> None:
    folder = write_class(tmp_path / "class", {"ada": GOOD})
    with pytest.raises(UsageError, match="no Dask scheduler answers at nonsense"):
        grade(course, folder, tmp_path / "out", "nonsense://here", timeout=1)


def test_a_class_that_is_graded_already_needs_no_cluster(
    course: Course, write_class: Any, tmp_path: Path
) -> None:
    folder = write_class(tmp_path / "class", {"ada": GOOD})
    grade(course, folder, tmp_path / "out", None)
    summary = grade(course, folder, tmp_path / "out", "tcp://127.0.0.1:1")
    assert (summary.graded, summary.kept) == (0, 1)


@pytest.mark.slow
def test_the_command_says_in_one_message_that_nobody_answers_and_exits_2(
    course: Course, write_class: Any, tmp_path: Path
) -> None:
    folder = write_class(tmp_path / "class", {"ada": GOOD})
    command = [sys.executable, "-m", "grader.cli", "grade", str(folder), "--out", str(tmp_path / "out")]
    address = f"tcp://127.0.0.1:{free_port()}"
    for more, wanted in ((["--jobs", "2"], "--jobs is for this machine"), ([], "no Dask scheduler answers")):
        arguments = [*command, "--course", str(course.root), "--cluster", address, *more]
        done = subprocess.run(
            arguments, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 2
        assert wanted in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_a_worker_that_hears_nothing_any_more_takes_the_course_off_its_disk(
    course: Course, tmp_path: Path
) -> None:
    session = Session(pack(course, "small"), confined=can_fork_workers(), lease=0.01)
    session.begin(tmp_path)
    try:
        wait_until(lambda: not list(tmp_path.iterdir()), "the end of the lease")
        assert session.grade(Bundle("ada", "folder", {"alpha.py": GOOD.encode()})) == ("unprepared", "")
    finally:
        session.close()


# ---------------------------------------------------------------- two workers


def test_results_are_those_of_one_machine_and_nothing_of_the_course_stays(
    cluster: Cluster, course: Course, write_class: Any, tmp_path: Path
) -> None:
    students = {f"s{n:02}": KINDS[n % 4] for n in range(8)} | {"zz": KINDS[4], "=1+1": GOOD, "美咲": SLOW}
    folder = write_class(tmp_path / "class", students)
    during: dict[str, int] = {}
    progress: list[int] = []

    def watch(done: int) -> None:
        progress.append(done)
        during.update({name: len(cluster.holding(name, SECRET)) for name in ("one", "two")})

    summary = grade(course, folder, tmp_path / "far", cluster.address, during=watch)
    grade(course, folder, tmp_path / "near", None)
    assert summary.graded == len(students)
    assert progress == list(range(1, len(students) + 1))
    assert texts(tmp_path / "far") == texts(tmp_path / "near")
    assert (tmp_path / "far" / "grades.csv").read_bytes() == (tmp_path / "near" / "grades.csv").read_bytes()
    assert during == {"one": 1, "two": 1}, "one copy of the seed on each worker"
    assert not cluster.holding("one", SECRET)
    assert not cluster.holding("two", SECRET)
    assert not cluster.holding("scheduler", SECRET)


def test_a_grading_process_that_is_lost_is_tried_on_the_other_worker_then_a_grader_error(
    cluster: Cluster, course: Course, write_class: Any, tmp_path: Path
) -> None:
    folder = write_class(tmp_path / "class", {"ada": GOOD, "mal": FATAL, "zoe": GOOD})
    notes: list[str] = []
    grade(course, folder, tmp_path / "out", cluster.address, notes=notes)
    results = texts(tmp_path / "out")
    assert {student: result["status"] for student, result in results.items()} == {
        "ada": "graded",
        "mal": "grader error",
        "zoe": "graded",
    }
    assert "lost (exit code -9)" in results["mal"]["problems"][0]
    assert "127.0.0.1" not in str(results)
    assert [note for note in notes if "mal" in note and "tcp://127.0.0.1" in note]


def test_a_course_that_can_not_be_graded_with_is_refused_before_anybody_is_graded(
    cluster: Cluster, course: Course, write_class: Any, tmp_path: Path
) -> None:
    shutil.copytree(course.root, tmp_path / "broken")
    (tmp_path / "broken" / "tests" / "hidden" / "small" / "test_cluster_alpha.py").write_text(
        "import nothing_like_it\n"
    )
    folder = write_class(tmp_path / "class", {"ada": GOOD})
    with pytest.raises(CourseError, match="nothing_like_it"):
        grade(load_course(tmp_path / "broken" / "course.yaml"), folder, tmp_path / "out", cluster.address)
    assert attempts(tmp_path / "out") == {}
    assert not cluster.holding("one", SECRET)


@pytest.mark.slow
def test_a_worker_that_sends_another_result_is_not_believed(course: Course) -> None:
    pool = ClusterPool(course, "small", "tcp://127.0.0.1:1")
    pool._tests = "0" * 64
    bundle = Bundle("ada", "folder", {"alpha.py": b"x = 1"})
    result = {
        "schema": 1,
        "assignment": "small",
        "student": "ada",
        "status": "graded",
        "score": 5,
        "max_score": 5,
        "submission_sha256": bundle.sha256,
        "tests_sha256": "0" * 64,
    }
    assert pool._not_its_result(bundle, json.dumps(result)) == ""
    for change in ({"student": "bob"}, {"submission_sha256": "1"}, {"tests_sha256": "1"}, {"score": "many"}):
        assert pool._not_its_result(bundle, json.dumps({**result, **change}))
    assert pool._not_its_result(bundle, "[]")
    assert pool._not_its_result(bundle, "not json")


# ---------------------------------------------------------------- faults


@pytest.mark.slow
def test_a_killed_worker_costs_nobody_anything(
    own_cluster: Cluster, course: Course, write_class: Any, tmp_path: Path
) -> None:
    own_cluster.start_worker("one", "--no-nanny")
    own_cluster.start_worker("two", "--no-nanny")
    own_cluster.wait_for("one", "two")
    folder = write_class(tmp_path / "class", forty("s", SLOW, 12))

    def kill(done: int) -> None:
        if done == 3:
            own_cluster.kill("one")

    summary = grade(course, folder, tmp_path / "out", own_cluster.address, during=kill)
    assert summary.graded == 12
    assert attempts(tmp_path / "out") == dict.fromkeys(forty("s", number=12), 1)
    assert {result["status"] for result in texts(tmp_path / "out").values()} == {"graded"}
    # Its grading process outlived it, and took the course off the disk.
    wait_until(lambda: not own_cluster.holding("one", SECRET), "the end of the orphaned grading process")


@pytest.mark.slow
def test_a_worker_that_comes_late_takes_over_from_one_that_is_killed(
    own_cluster: Cluster, course: Course, write_class: Any, tmp_path: Path
) -> None:
    own_cluster.start_worker("first", "--no-nanny")
    own_cluster.wait_for("first")
    folder = write_class(tmp_path / "class", forty("s", GOOD, 6))

    def replace(done: int) -> None:
        if done == 2:
            own_cluster.kill("first")
            own_cluster.start_worker("second", "--no-nanny", threads=2)

    summary = grade(course, folder, tmp_path / "out", own_cluster.address, during=replace)
    assert summary.graded == 6
    assert attempts(tmp_path / "out") == dict.fromkeys(forty("s", number=6), 1)
    assert not own_cluster.holding("second", SECRET)


@pytest.mark.slow
def test_a_scheduler_that_is_lost_ends_the_run_and_keeps_what_is_graded(
    own_cluster: Cluster, course: Course, write_class: Any, tmp_path: Path
) -> None:
    own_cluster.start_worker("one", "--no-nanny")
    own_cluster.wait_for("one")
    folder = write_class(tmp_path / "class", forty("s", SLOW, 8))

    def kill(done: int) -> None:
        if done == 2:
            own_cluster.kill("scheduler")

    with pytest.raises(GraderError, match="is gone") as caught:
        grade(course, folder, tmp_path / "out", own_cluster.address, during=kill, timeout=2)
    assert not isinstance(caught.value, UsageError)
    assert len(attempts(tmp_path / "out")) >= 2
    assert grade(course, folder, tmp_path / "out", None).kept >= 2
    wait_until(
        lambda: not own_cluster.holding("one", SECRET),
        "the worker to end, and the course with it",
        seconds=80,
    )


def other_version(folder: Path, name: str, version: str) -> str:
    """A folder for PYTHONPATH where `name` is installed in another version, as importlib.metadata finds it."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return str(folder)


@pytest.mark.slow
def test_a_worker_with_another_version_is_refused_with_what_to_install_and_gets_no_course(
    own_cluster: Cluster, course: Course, write_class: Any, tmp_path: Path
) -> None:
    own_cluster.start_worker("right", "--no-nanny")
    own_cluster.start_worker(
        "wrong", "--no-nanny", PYTHONPATH=other_version(tmp_path / "site", "hypothesis", "6.0.1")
    )
    own_cluster.wait_for("right", "wrong")
    folder = write_class(tmp_path / "class", {"ada": GOOD})
    with pytest.raises(UsageError, match="pip install 'hypothesis==") as caught:
        grade(course, folder, tmp_path / "out", own_cluster.address)
    assert "hypothesis is 6.0.1" in str(caught.value)
    assert str(caught.value).count("tcp://") == 1
    assert "numpy" not in str(caught.value)
    assert not own_cluster.holding("right", SECRET)
    assert not own_cluster.holding("wrong", SECRET)


@pytest.mark.slow
def test_a_worker_without_a_wall_is_refused_and_used_only_where_that_was_asked_for(
    own_cluster: Cluster, course: Course, write_class: Any, tmp_path: Path
) -> None:
    own_cluster.start_worker("bare", "--no-nanny", code=WITHOUT_A_WALL)
    own_cluster.wait_for("bare")
    folder = write_class(tmp_path / "class", {"ada": GOOD})
    with pytest.raises(WallError, match=r"worker tcp://.* can't confine student code"):
        grade(course, folder, tmp_path / "out", own_cluster.address)
    assert attempts(tmp_path / "out") == {}
    assert not own_cluster.holding("bare", SECRET)
    grade(course, folder, tmp_path / "out", own_cluster.address, confined=False)
    result = texts(tmp_path / "out")["ada"]
    assert (result["score"], result["unconfined"]) == (5, True)

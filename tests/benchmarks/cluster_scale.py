"""The cluster path, measured: `python tests/benchmarks/cluster_scale.py [simulated|real|faults] [NUMBER]`.

Scheduler and workers are started with Dask's own commands on this machine, in folders of their own. simulated: NUMBER
submissions whose grading is a sleep of 5 ms and a Result of real size: what driver, scheduler and workers cost, and
whether their memory stays flat. real: the sample class, NUMBER submissions, here and through one and two workers.
faults: the same while workers are killed at random. Compare ratios within one run.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "grader" / "batch" / "cluster"))

from started import Cluster  # type: ignore[import-not-found]  # noqa: E402

from grader.batch.cluster.driver import ClusterPool  # noqa: E402
from grader.batch.pool import (  # noqa: E402
    Executor,
    Job,
    LocalPool,
    read_handout,
)
from grader.course.models import Course, load_course  # noqa: E402
from grader.grading.grader import Grader  # noqa: E402
from grader.intake import Bundle, collect, discover, open_bundle  # noqa: E402
from grader.result import Result, without_times  # noqa: E402

#: Its loops run into their limits and would hide what is measured.
_TOO_SLOW = ("farid", "mallory")


def sample(course: Course, name: str, number: int) -> Iterator[Bundle]:
    """`number` bundles: the sample class over and over, each under a name and with a digest of its own."""
    assignment = course.assignments[name]
    entries = discover(ROOT / "tests" / "sample_class", name, assignment).entries
    bundles = [collect(entry, assignment) for entry in entries if entry.student not in _TOO_SLOW]
    bundles = [bundle for bundle in bundles if bundle.kind == "folder"]
    for n in range(number):
        bundle = bundles[n % len(bundles)]
        files = {
            file: data + b"\n# %d\n" % n if file.endswith(".py") else data
            for file, data in bundle.files.items()
        }
        yield replace(bundle, student=f"{bundle.student}-{n:05}", files=files)


def resident(pid: int) -> float:
    """MB of one process."""
    return float(psutil.Process(pid).memory_info().rss) / (1 << 20)


def simulated(number: int) -> None:
    course = load_course(ROOT / "course.yaml")
    name, assignment = course.assignment("cnn")
    with tempfile.TemporaryDirectory() as folder, Grader(course, name) as grader:
        one = next(sample(course, name, 1))
        canned = grader.grade(open_bundle(one, assignment, read_handout(course, name))).to_json()
        file = Path(folder) / "canned.json"
        file.write_text(canned)
        cluster = Cluster(Path(folder))
        try:
            cluster.start_scheduler()
            told = {"CANNED_RESULT": str(file), "CANNED_SECONDS": "0.005"}
            for worker in ("one", "two"):
                preload = str(ROOT / "tests" / "benchmarks" / "canned_worker.py")
                cluster.start_worker(worker, "--no-nanny", "--preload", preload, **told)
            cluster.wait_for("one", "two")
            pids = {"driver": os.getpid(), **{who: p.pid for who, p in cluster.processes.items()}}
            size = sum(map(len, one.files.values())) >> 10
            print(
                f"{number} submissions of {size} KB, results of {len(canned) >> 10} KB, two workers, 5 ms each"
            )
            print("| graded | a second |" + "".join(f" {who}, MB |" for who in pids))
            print("|---:|---:|" + "---:|" * len(pids))
            pool = ClusterPool(course, name, cluster.address)
            last, done = time.perf_counter(), 0
            students: set[str] = set()
            try:
                for graded in pool.run(sample(course, name, number)):
                    assert graded.result_json, graded.error
                    students.add(graded.bundle.student)
                    done += 1
                    if done % (number // 10) == 0:
                        now = time.perf_counter()
                        rate = (number // 10) / (now - last)
                        last = now
                        memory = "".join(f" {resident(pid):.0f} |" for pid in pids.values())
                        print(f"| {done} | {rate:.0f} |{memory}", flush=True)
            finally:
                pool.close()
            assert len(students) == done == number
        finally:
            cluster.stop()


def timed(pool: Executor, bundles: list[Bundle]) -> tuple[float, dict[str, Any]]:
    """Seconds a submission from the first result to the last, starting up left out; results without times."""
    moments: list[float] = []
    results: dict[str, Any] = {}
    try:
        for graded in pool.run(bundles):
            moments.append(time.perf_counter())
            assert graded.result_json, graded.error
            results[graded.bundle.student] = without_times(Result.from_json(graded.result_json))
    finally:
        pool.close()
    return (moments[-1] - moments[0]) / (len(moments) - 1), results


def real(number: int) -> None:
    course = load_course(ROOT / "course.yaml")
    name, _ = course.assignment("cnn")
    bundles = list(sample(course, name, number))
    job = Job(ROOT / "course.yaml", name, True, read_handout(course, name))
    seconds: dict[str, float] = {}
    results: dict[str, dict[str, Any]] = {}
    for jobs in (1, 2):
        seconds[f"here, {jobs}"], results[f"here, {jobs}"] = timed(LocalPool(job, jobs), bundles)
    for workers, threads in (("1", 1), ("2", 1), ("1", 2)):
        with tempfile.TemporaryDirectory() as folder:
            cluster = Cluster(Path(folder))
            try:
                cluster.start_scheduler()
                names = ["one", "two"][: int(workers)]
                for worker in names:
                    cluster.start_worker(worker, "--no-nanny", threads=threads)
                cluster.wait_for(*names)
                what = f"Dask, {workers} of {threads} thread{'s' * (threads > 1)}"
                seconds[what], results[what] = timed(ClusterPool(course, name, cluster.address), bundles)
            finally:
                cluster.stop()
    print(f"{number} submissions of the sample class, start-up left out")
    print("| where | s/submission | against here, 1 | same results |\n|---|---:|---:|---|")
    for what, each in seconds.items():
        same = "yes" if results[what] == results["here, 1"] else "NO"
        print(f"| {what} | {each:.3f} | {seconds['here, 1'] / each:.2f}× faster | {same} |")


def faults(number: int) -> None:
    course = load_course(ROOT / "course.yaml")
    name, _ = course.assignment("cnn")
    bundles = list(sample(course, name, number))
    job = Job(ROOT / "course.yaml", name, True, read_handout(course, name))
    _, undisturbed = timed(LocalPool(job, 2), bundles)
    dice = random.Random(8)
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder))
        try:
            cluster.start_scheduler()
            for worker in ("one", "two"):
                cluster.start_worker(worker)  # with Dask's nanny, which starts a lost worker again
            cluster.wait_for("one", "two")
            pool = ClusterPool(course, name, cluster.address)
            results: dict[str, Any] = {}
            failed: list[str] = []
            killed = {"Dask workers": 0, "grading processes": 0}
            twice = 0
            try:
                for graded in pool.run(bundles):
                    twice += graded.bundle.student in results
                    if graded.result_json:
                        results[graded.bundle.student] = without_times(Result.from_json(graded.result_json))
                    else:
                        failed.append(graded.error)
                    if dice.random() < 0.15:
                        killed[_kill_one(cluster, dice)] += 1
            finally:
                pool.close()
        finally:
            cluster.stop()
    same = sum(results[student] == undisturbed[student] for student in results)
    print(
        "| submissions | killed | as undisturbed | graded twice | grader errors |\n|---:|---|---:|---:|---|"
    )
    told = ", ".join(f"{count} {what}" for what, count in killed.items())
    print(f"| {number} | {told} | {same} | {twice} | {'; '.join(failed) or 'none'} |")


def _kill_one(cluster: Cluster, dice: random.Random) -> str:
    """SIGKILL for a Dask worker or a grading process of one."""
    nanny = psutil.Process(cluster.processes[dice.choice(["one", "two"])].pid)
    inside = [p for p in nanny.children(recursive=True) if "grader.batch.cluster.process" in p.cmdline()]
    workers = [p.parent() for p in inside]
    victims = inside if dice.random() < 0.5 else workers
    what = "grading processes" if victims is inside else "Dask workers"
    for victim in victims[:1]:
        os.kill(victim.pid, signal.SIGKILL)
    return what


if __name__ == "__main__":
    what = sys.argv[1] if len(sys.argv) > 1 else "simulated"
    defaults = {"simulated": 10_000, "real": 30, "faults": 40}
    {"simulated": simulated, "real": real, "faults": faults}[what](
        int(sys.argv[2]) if len(sys.argv) > 2 else defaults[what]
    )

"""Well-formed frames with wrongly typed fields, every field of every reply: graded to the end, without points, cheaply.

What speaks here is a thread in the worker's place, so that thousands of gradings take a minute or two. The quick suite
tries some of them, `-m slow` all.
"""

from __future__ import annotations

import copy
import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path as Path_
from typing import Any

import numpy as np
import pytest

from grader.course.models import Limits
from grader.feedback import feedback_html
from grader.grading.grader import Grader
from grader.result import Result
from grader.wall.launcher import Launcher, can_fork_workers
from grader.wall.near_end import Worker
from grader.worker.ends import PipeEnd, pipes
from grader.worker.wire import Channel, WireError, encode

from ..conftest import submission
from ..scratch import case, scratch_course

pytestmark = pytest.mark.skipif(not can_fork_workers(), reason="needs memfd_create, which Linux has")

#: Above the numbers that processes have: its CPU time reads as 0.
NOBODY = (1 << 22) + 1
#: CPU seconds of the grader's own for one submission of this tiny course, and characters of its result.
MOST_SECONDS, MOST_JSON = 5.0, 1 << 20

DTYPES = "?bBhHiIlLefdFD"
_DEEP: Any = 1
for _ in range(12):
    _DEEP = [_DEEP]
#: bytes, sets and objects are not among them: no frame can hold them.
WRONG: dict[str, Any] = {
    "None": None,
    "True": True,
    "False": False,
    **{f"integer {value}": value for value in (0, 1, -1, 2**31, 2**63 - 1, -(2**63))},
    "100 digits": 10**100,
    "3,900 digits": 10**3899,
    **{f"float {value}": float(value) for value in ("nan", "inf", "-inf", "1", "-0.0", "1e308")},
    "complex": 1 + 2j,
    "no text": "",
    "text": "wrong",
    "a megabyte of text": "w" * (1 << 20),
    "halves of characters": "\ud800\x00\u202e\x1b[2J" * 50,
    "markup": "<script>pwned()</script>",
    "no list": [],
    "no tuple": (),
    "list": [1, "a", None, 2.5],
    "tuple": (1, ("a", (2.5,))),
    "deep list": _DEEP,
    "lists by the thousand": [[[float(n)]] for n in range(5000)],
    "texts by the thousand": ["w" * 100] * 5000,
    "no mapping": {},
    "mapping": {"id": 1, "value": {"a": [1]}, "\ud800": None},
    "mapping of arrays": {str(n): np.ones(3) for n in range(200)},
    "arrays by the thousand": [np.ones(2) for _ in range(1000)],
    "arrays in tuples": ((np.ones(2), np.zeros((2, 2))), np.array(True)),
    **{f"array of {code}": np.arange(3).astype(code) for code in DTYPES},
    **{f"one of {code}": np.array(1).astype(code) for code in "?ldD"},
    "empty array": np.zeros((0, 4)),
    "eight dimensions": np.zeros((1,) * 8),
    "large array": np.full((600, 600), np.nan),
}

Path = tuple[str | int, ...]
RETURNED = {"value": -12345, "changed": [0]}
RAISED = {"raised": {"kind": "E", "text": "t", "lineage": ["E", "Exception"], "file": "alpha.py", "line": 3}}
PROBLEM = {"chapter": "alpha", "file": "alpha.py", "kind": "error", "message": "m", "line": 1}
LOADED = {"loaded": True, "problems": [PROBLEM], "slow": [["alpha", 0]]}
QUESTION = {"ask": {"name": "double", "args": [1.0], "kwargs": {}}}
#: Reply → the paths of its fields. "all" stands for many answers in one frame.
FIELDS: dict[str, tuple[dict[str, Any], list[Path]]] = {
    "load": (
        LOADED,
        [
            ("id",), ("printed",), ("loaded",), ("problems",), ("problems", 0),
            *(("problems", 0, key) for key in PROBLEM), ("slow",), ("slow", 0), ("slow", 0, 0), ("slow", 0, 1),
        ],
    ),
    "returned": (RETURNED, [("id",), ("n",), ("printed",), ("value",), ("changed",), ("changed", 0), ("new",), ()]),
    "raised": (
        RAISED,
        [("raised",), *(("raised", key) for key in RAISED["raised"]), ("raised", "lineage", 0), ("raised", "new")],
    ),
    **{why: ({why: "because"}, [(why,)]) for why in ("missing", "lost", "blocked", "unsupported")},
    "held": ({"held": True}, [("held",), ("new",)]),
    "ask": (QUESTION, [("ask",), ("ask", "name"), ("ask", "args"), ("ask", "args", 0), ("ask", "kwargs")]),
    "all": (RETURNED, [("all",), ("all", 0), ("all", -1, "n"), ("all", 0, "printed"), ("all", 0, "value")]),
}  # fmt: skip
CASES = [(kind, path, wrong) for kind, (_, paths) in FIELDS.items() for path in paths for wrong in WRONG]


def put(reply: dict[str, Any], path: Path, value: Any) -> Any:
    """`reply` with `value` at `path`; without any path it is the whole frame."""
    if not path:
        return value
    reply = copy.deepcopy(reply)
    place: Any = reply
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return reply


class Liar(Launcher):
    """Workers whose replies are all of one kind, with one wrong field."""

    def __init__(self, limits: Limits, kind: str, path: Path, value: Any) -> None:
        super().__init__(limits)
        self._kind, self._path, self._value = kind, path, value
        self._threads: list[threading.Thread] = []

    def spawn(self) -> Worker:
        near, far = pipes()
        end = PipeEnd(*far, waits=False)
        self._threads.append(threading.Thread(target=self._serve, args=(end,), daemon=True))
        self._threads[-1].start()
        return Worker(Channel(near), os.memfd_create("printed"), NOBODY, self)

    def reap(self, worker: Worker) -> float:
        return 0.0

    def close(self) -> None:
        for thread in self._threads:
            thread.join(10)

    def _serve(self, end: PipeEnd) -> None:
        channel, asked = Channel(end), ""
        try:
            while True:
                request = channel.receive()
                if "do" not in request:  # the answer to a question
                    channel.send({"id": asked, "printed": 0, **RETURNED})
                    continue
                asked = request["id"]
                calls = channel.receive() if request["do"] == "calls" else None
                for frame in self._frames(request, calls):
                    channel.send_bytes(frame)
        except WireError:
            end.close()

    def _frames(self, request: dict[str, Any], calls: list[Any] | None) -> Iterator[bytes]:
        base = {"id": request["id"], "printed": 0}
        if request["do"] == "load":
            yield self._framed({**base, **LOADED}, self._kind == "load")
            return
        answer = {**base, **(RETURNED if self._kind == "load" else FIELDS[self._kind][0])}
        together = calls is not None and request["together"]
        if together and self._kind in ("all", "load"):
            many = [{**answer, "n": number} for number in range(len(calls or []))]
            yield self._framed({**base, "all": many}, self._kind == "all")
            return
        for number in range(1 if calls is None or together else len(calls)):
            yield self._framed({**answer, "n": number}, self._kind != "load" and self._path[:1] != ("all",))

    def _framed(self, reply: dict[str, Any], wrong: bool) -> bytes:
        return encode(put(reply, self._path, self._value) if wrong else reply)


def grade(grader: Grader, kind: str, path: Path, wrong: str) -> tuple[Result, float]:
    with Liar(grader.assignment.limits, kind, path, WRONG[wrong]) as liar:
        own, grader._launcher = grader._launcher, liar
        started = time.thread_time()
        try:
            result = grader.grade(submission({"alpha": "", "beta": ""}))
        finally:
            grader._launcher = own
        return result, time.thread_time() - started


def failures(grader: Grader, cases: list[tuple[str, Path, str]]) -> tuple[list[str], float, str]:
    """What went wrong, and the CPU seconds and the case of the slowest."""
    found: list[str] = []
    slowest = (0.0, "")
    for kind, path, wrong in cases:
        case = f"{kind} {path}: {wrong}"
        try:
            result, seconds = grade(grader, kind, path, wrong)
            text = result.model_dump_json()
            page = feedback_html(Result.model_validate_json(text), grader.assignment)
        except Exception as error:
            found.append(f"{case}: {type(error).__name__}: {error}"[:300])
            continue
        slowest = max(slowest, (seconds, case))
        # An empty list as value is an answer like any other, and right where nothing was asked about.
        found += [f"{case}: {result.score} points"] if result.score and path[-1:] != ("value",) else []
        found += [f"{case}: {seconds:.1f} s"] if seconds > MOST_SECONDS else []
        found += [f"{case}: {len(text)} characters"] if len(text) > MOST_JSON else []
        found += [f"{case}: alive on the page"] if "<script>pwned" in page else []
    return found, *slowest


def test_some_wrongly_typed_fields_where_an_object_is_awaited(tmp_path: Path_) -> None:
    reference = "class f:\n    def __init__(self): self.x = 1\n"
    course = scratch_course(tmp_path, case("assert student.f().x == 1"), reference)
    cases = [one for one in CASES if one[0] in ("held", "returned", "raised")]
    with Grader(course, "scratch") as grader:
        for kind, path, wrong in [*random.Random(17).sample(cases, 50), ("held", ("new",), "None")]:
            with Liar(grader.assignment.limits, kind, path, WRONG[wrong]) as liar:
                own, grader._launcher = grader._launcher, liar
                try:
                    result = grader.grade(submission({"one": ""}))
                finally:
                    grader._launcher = own
            assert (result.status, result.score) == ("graded", 0), (kind, path, wrong)


def test_some_wrongly_typed_fields(grader: Grader) -> None:
    found, _, _ = failures(grader, random.Random(14).sample(CASES, 30))
    assert found == []


@pytest.mark.slow
def test_every_field_of_every_reply_with_every_wrong_type(
    grader: Grader, capsys: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()
    found, seconds, slowest = failures(grader, CASES)
    fields = sum(len(paths) for _, paths in FIELDS.values())
    with capsys.disabled():
        print(
            f"\n{len(CASES)} frames ({fields} fields, {len(WRONG)} values) in {time.monotonic() - started:.0f} s: "
            f"{len(found)} failures; slowest {seconds:.2f} CPU s of the grader's own ({slowest})"
        )
    assert found == []

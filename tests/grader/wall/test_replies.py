"""A reply is typed before it is used: nothing of it is compared, formatted or printed in another form."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.course.models import Limit
from grader.errors import StudentBroke, StudentTimeout
from grader.wall import replies
from grader.wall.near_end import Worker
from grader.worker.ends import PipeEnd, pipes
from grader.worker.wire import Channel, WireError, encode

ARRAYS = [np.ones(3) for _ in range(2000)]


class Touchy:
    """Stands for whatever must not be used: comparing, formatting or measuring it fails the test."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError("compared")

    def __repr__(self) -> str:
        raise AssertionError("formatted")

    __hash__ = None  # type: ignore[assignment]
    __str__ = __format__ = __len__ = __bool__ = __iter__ = __repr__  # type: ignore[assignment]


WRONG: list[Any] = [
    Touchy(),
    np.ones(2),
    ARRAYS,
    None,
    True,
    1.5,
    float("nan"),
    10**400,
    b"x",
    (),
    {"a": 1},
    [[]],
]


RETURNED = {"id": "a", "n": 0, "printed": 0, "value": 1, "changed": []}
FIELDS = {
    **dict.fromkeys(("id", "n", "printed", "changed", "together"), RETURNED),
    **{
        why: {"id": "a", "n": 0, "printed": 0}
        for why in ("missing", "lost", "blocked", "unsupported", "raised", "held")
    },
}
#: In these a list, or a mapping, has the right form whatever is in it; "held" has to be True.
RIGHT = {"changed": list, "raised": dict, "held": bool}


def read(reply: dict[str, Any], field: str) -> None:
    fields = replies.envelope(reply, "a")
    if field == "together":
        replies.together(fields)
    replies.answer(fields, 0)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [(field, wrong) for field in FIELDS for wrong in WRONG if type(wrong) is not RIGHT.get(field)],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_field_of_a_wrong_type_breaks_the_protocol(field: str, wrong: Any) -> None:
    with pytest.raises(StudentBroke):
        read({**FIELDS[field], field: wrong}, field)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("field", ["kind", "text", "lineage", "file", "line"])
def test_an_exception_is_text_and_numbers_or_nothing(field: str, wrong: Any) -> None:
    raised = {
        "kind": "ValueError",
        "text": "no",
        "lineage": ["ValueError"],
        "file": "a.py",
        "line": 3,
        field: wrong,
    }
    started = time.process_time()
    content = replies.answer({"printed": 0, "raised": raised}).content
    assert isinstance(content, replies.Raised)
    assert content.line is None or content.line == 3
    assert all(type(text) is str and len(text) < 400 for text in (content.kind, content.text, content.file))
    assert len(content.lineage) <= 10
    assert time.process_time() - started < 5


@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("field", ["problems", "slow"])
def test_what_is_said_of_loading_is_taken_as_far_as_it_has_the_form(field: str, wrong: Any) -> None:
    found = replies.loaded({"loaded": True, field: wrong})
    assert found.problems == ()
    assert found.slow == ()
    entries = [
        wrong,
        {"chapter": wrong, "file": wrong, "kind": wrong, "message": wrong, "line": wrong},
        [wrong, wrong],
    ]
    found = replies.loaded({"loaded": True, field: entries})
    assert all(problem.kind == "error" and problem.chapter == "" for problem in found.problems)
    assert found.slow == ()


@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: type(value).__name__)
def test_a_question_has_a_name_and_arguments(wrong: Any) -> None:
    good = {"name": "f", "args": [], "kwargs": {}}
    assert replies.question(good).name == "f"
    with pytest.raises(StudentBroke):
        replies.question({**good, "name": wrong})
    for field, kind in (("args", list), ("kwargs", dict)):
        if type(wrong) is not kind:
            with pytest.raises(StudentBroke):
                replies.question({**good, field: wrong})


class _NoLauncher:
    def reap(self, worker: Worker) -> float:
        return 0.0


@pytest.fixture
def line() -> Iterator[tuple[Worker, PipeEnd, int]]:
    """A worker whose other end the test holds, in this very process; and the descriptor to write replies to."""
    near, (reading, writing) = pipes()
    worker = Worker(Channel(near), os.memfd_create("printed"), os.getpid(), _NoLauncher())
    far = PipeEnd(reading, writing, waits=False)
    yield worker, far, writing
    worker.close()
    far.close()


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs Linux's clock of another process")
def test_a_first_byte_sent_early_buys_no_computing(line: tuple[Worker, PipeEnd, int]) -> None:
    worker, far, writing = line
    done = threading.Event()

    def compute() -> None:
        far.read(1 << 16, None)
        os.write(writing, b"\0")
        while not done.is_set():
            pass

    thread = threading.Thread(target=compute)
    thread.start()
    try:
        with pytest.raises(StudentTimeout, match="of computing"):
            worker.request({"do": "call"}, Limit(cpu=0.3, wall=60))
    finally:
        done.set()
        thread.join()


def test_a_frame_in_crumbs_is_refused_before_it_costs(line: tuple[Worker, PipeEnd, int]) -> None:
    worker, far, writing = line

    def trickle() -> None:
        far.read(1 << 16, None)
        for byte in encode({"id": "x" * 3000}):
            try:
                os.write(writing, bytes([byte]))
            except OSError:
                return
            time.sleep(0.001)

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        with pytest.raises(StudentBroke, match="crumbs"):
            worker.request({"do": "call"}, Limit(cpu=50, wall=100))
    finally:
        thread.join()


def test_an_honest_large_frame_is_not_called_crumbs() -> None:
    near, (reading, writing) = pipes(4096)
    other = Channel(PipeEnd(reading, writing, waits=False))
    array = np.arange(400_000.0)
    thread = threading.Thread(target=lambda: other.send({"value": array}))
    thread.start()
    try:
        assert np.array_equal(Channel(near).receive(time.monotonic() + 60)["value"], array)
    except WireError as error:  # pragma: no cover
        raise AssertionError(str(error)) from error
    finally:
        thread.join()
        near.close()
        other.close()

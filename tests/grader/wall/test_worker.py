"""A real worker, started by the real launchers: what it answers, what it survives, what it leaves behind."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.course.models import Limit, Limits, load_course
from grader.errors import StudentBroke, StudentTimeout, WallError
from grader.wall.launcher import Launcher, PlainLauncher, ZygoteLauncher, can_fork_workers, launch
from grader.wall.near_end import Worker
from grader.worker.ends import SocketEnd
from grader.worker.serve import _names_random
from grader.worker.wire import Channel, encode

LIMITS = Limits(
    call=Limit(cpu=0.5, wall=3),
    exercise=Limit(cpu=5, wall=20),
    submission=Limit(cpu=10, wall=40),
    memory_mb=512,
    output_kb=4,
)
#: Starting a plain worker imports numpy, so the first request may take a while on a loaded machine.
GENEROUS = Limit(cpu=10, wall=60)
linux = pytest.mark.skipif(not can_fork_workers(), reason="the zygote needs Linux")


def load_request(sources: dict[str, Any], exercises: dict[str, str], **more: Any) -> dict[str, Any]:
    """What the grader sends to load the chapter `ch`."""
    plain = {"unavailable": {}, "packages": ["numpy"], "answered": []}
    return {"do": "load", "load": ["ch"], "sources": sources, "exercises": exercises, **plain, **more}


class Loaded:
    """A worker with one chapter `ch` loaded; every name called is taken for an exercise of it."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.problems: list[dict[str, Any]] = []

    def load(self, text: str, *, exercises: str = "f g h", **more: dict[str, Any]) -> Loaded:
        chapters = {"ch": {"file": "ch.py", "cells": [textwrap.dedent(text)]}, **more.get("sources", {})}
        known = {**dict.fromkeys(exercises.split(), "ch"), **more.get("exercises_of", {})}
        request = load_request(chapters, known)
        self.problems = self.worker.request(request, GENEROUS)["problems"]
        return self

    def call(self, name: str, *args: Any, limit: Limit = GENEROUS, **kwargs: Any) -> dict[str, Any]:
        request = {"do": "call", "name": name, "args": list(args), "kwargs": kwargs}
        reply = self.worker.request(request, limit)
        return {key: value for key, value in reply.items() if key not in ("id", "printed")}

    def printed(self) -> str:
        return self.worker.printed(0, self.worker.printed_bytes())


@pytest.fixture(scope="module", params=[pytest.param("zygote", marks=linux), "plain"])
def launcher(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    with ZygoteLauncher(LIMITS) if request.param == "zygote" else PlainLauncher(LIMITS) as made:
        yield made


@pytest.fixture
def spawn(launcher: Launcher) -> Iterator[Callable[[str], Loaded]]:
    """spawn(source) → a fresh worker with that chapter."""
    workers: list[Worker] = []

    def make(text: str, **more: Any) -> Loaded:
        workers.append(launcher.spawn())
        return Loaded(workers[-1]).load(text, **more)

    yield make
    for worker in workers:
        worker.close()


@pytest.fixture(scope="module")
def best() -> Iterator[Launcher]:
    """The best launcher of this machine: a worker of the zygote's is there at once."""
    with ZygoteLauncher(LIMITS) if can_fork_workers() else PlainLauncher(LIMITS) as made:
        yield made


@pytest.fixture
def spawn_best(best: Launcher) -> Iterator[Callable[[str], Loaded]]:
    """Like `spawn`, from the best launcher alone."""
    workers: list[Worker] = []

    def make(text: str, **more: Any) -> Loaded:
        workers.append(best.spawn())
        return Loaded(workers[-1]).load(text, **more)

    yield make
    for worker in workers:
        worker.close()


# ---------------------------------------------------------------- values

PRELUDE = """
import array, collections, decimal, fractions
import numpy as np
Pair = collections.namedtuple("Pair", "a b")
class Liar(float):
    def __eq__(self, other): return True
    __hash__ = None
class Whole(int): pass
class Sub(np.ndarray): pass
class OwnList(list): pass
class Indexed:
    def __index__(self): return 7
class Arrayed:
    def __array__(self, dtype=None, copy=None): return np.arange(3.0)
class Trap:
    def __float__(self): raise ValueError("no")
def f(text):
    return eval(text)
"""

VALUES: list[tuple[str, Any]] = [
    ("None", None),
    ("True", True),
    ("np.bool_(True)", True),
    ("np.int8(-3)", -3),
    ("10 ** 30", 10**30),
    ("Whole(5)", 5),
    ("Indexed()", 7),
    ("np.float32(0.5)", 0.5),
    ("Liar(2.5)", 2.5),
    ("fractions.Fraction(1, 4)", 0.25),
    ("decimal.Decimal('0.5')", 0.5),
    ("1 + 2j", 1 + 2j),
    ("'text'", "text"),
    ("[1, 2.5, [True, None]]", [1, 2.5, [True, None]]),
    ("OwnList([1])", [1]),
    ("Pair(1, 2)", (1, 2)),
    ("{'a': np.int64(1)}", {"a": 1}),
    ("collections.OrderedDict(a=1)", {"a": 1}),
]
ARRAYS: list[tuple[str, Any]] = [
    ("np.arange(3, dtype=np.float32)", np.arange(3, dtype=np.float32)),
    ("np.array([1, 2], dtype=object)", np.array([1.0, 2.0])),
    ("np.array([fractions.Fraction(1, 2)])", np.array([0.5])),
    ("np.arange(6.0).reshape(2, 3).T", np.arange(6.0).reshape(2, 3).T),
    ("np.arange(6.0)[::-2]", np.array([5.0, 3.0, 1.0])),
    ("np.arange(3.0).astype('>f8')", np.arange(3.0)),
    ("np.broadcast_to(np.float64(1), (2, 2))", np.ones((2, 2))),
    ("np.array(3.0)", np.array(3.0)),
    ("np.zeros((0, 4))", np.zeros((0, 4))),
    ("np.matrix([[1.0, 2.0]])", np.array([[1.0, 2.0]])),
    ("np.ma.masked_array([1.0, 2.0], [False, True])", np.array([1.0, 2.0])),
    ("np.arange(3.0).view(Sub)", np.arange(3.0)),
    ("np.arange(3, dtype=np.longdouble)", np.arange(3.0)),
    ("Arrayed()", np.arange(3.0)),
    ("range(3)", np.arange(3)),
    ("bytearray(b'ab')", np.array([97, 98], dtype=np.uint8)),
    ("array.array('d', [1.0, 2.0])", np.array([1.0, 2.0])),
    ("collections.deque([1.0, 2.0])", np.array([1.0, 2.0])),
    ("[0.0] * 60_000", np.zeros(60_000)),
]
UNSUPPORTED = [
    "(x for x in [1])", "{1, 2j}", "object()", "Trap()", "lambda: 1", "np.array(['a'])", "np.array([object()])",
    "np.zeros(2, dtype=[('a', 'f8')])", "np.array(['2020'], dtype='datetime64[Y]')", "np.zeros((1,) * 9)",
    "{1: {1: {1, object()}}}",
]  # fmt: skip


@pytest.fixture(scope="module")
def evaluate(launcher: Launcher) -> Iterator[Callable[[str], dict[str, Any]]]:
    """evaluate(expression) → the reply; one worker for all of them."""
    worker = launcher.spawn()
    loaded = Loaded(worker).load(PRELUDE)
    yield lambda text: loaded.call("f", text)
    worker.close()


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_values_come_back_as_exact_builtins(evaluate: Any, text: str, expected: Any) -> None:
    reply = evaluate(text)
    assert reply == {"value": expected, "changed": []}
    assert type(reply["value"]) is type(expected)


@pytest.mark.parametrize(("text", "expected"), ARRAYS)
def test_whatever_is_an_array_comes_back_as_a_plain_one(evaluate: Any, text: str, expected: Any) -> None:
    reply = evaluate(text)
    assert "value" in reply, reply
    got = np.asarray(reply["value"])
    assert type(reply["value"]) in (np.ndarray, list)
    assert got.shape == expected.shape
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize(
    ("text", "shape"),
    [("[np.zeros(3) for _ in range(300)]", (300, 3)), ("[[0.5] * 600 for _ in range(600)]", (600, 600))],
)
def test_long_lists_of_rows_cross(evaluate: Any, text: str, shape: tuple[int, ...]) -> None:
    assert np.asarray(evaluate(text)["value"]).shape == shape


@pytest.mark.parametrize("text", UNSUPPORTED)
def test_what_is_no_value_is_reported_as_such(evaluate: Any, text: str) -> None:
    assert list(evaluate(text)) == ["unsupported"]


def test_a_list_that_contains_itself_is_reported_not_followed(spawn_best: Any) -> None:
    reply = spawn_best("def f():\n    x = []\n    x.append(x)\n    return x").call("f")
    assert "unsupported" in reply


@linux
def test_a_result_too_large_to_send_is_reported(spawn_best: Any) -> None:
    reply = spawn_best("import numpy as np\ndef f():\n    return np.zeros(9_000_000)").call("f")
    assert "4 MB" in reply["unsupported"]


def test_arguments_arrive_as_they_were_sent(spawn: Any) -> None:
    loaded = spawn("def f(*args, **kwargs):\n    return args, kwargs")
    args = (np.arange(3), 2, 2.5, [1, (2, None)], "x", {"k": np.ones((1, 1))})
    value = loaded.call("f", *args, key=np.float64(3).item())["value"]
    assert repr(value) == repr((args, {"key": 3.0}))


def test_an_argument_changed_in_place_is_reported_by_its_position(spawn: Any) -> None:
    loaded = spawn("def f(x, y, z):\n    y[0] = 9\n    z[0, 0] += 1\n    return 0")
    assert loaded.call("f", np.zeros(2), np.zeros(2), z=np.zeros((1, 1)))["changed"] == [1, 2]


def test_an_array_that_is_given_back_again_with_other_numbers_is_reported(spawn: Any) -> None:
    kept = "import numpy as np\nB = np.zeros(3)\ndef f(x):\n    B[:] = x\n    return B"
    loaded = spawn(kept)
    assert [loaded.call("f", float(n))["changed"] for n in range(4)][-1] == [-1]
    view = spawn(kept.replace("return B", "return 0.0, B[1:]"))
    assert [view.call("f", float(n))["changed"] for n in range(4)][-1] == [-1]


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nB = np.ones(3)\ndef f(x):\n    return B",
        "import numpy as np\ndef f(x):\n    return np.full(3, x)",
        "import numpy as np\nB = np.ones(3)\ndef f(x):\n    B[:] = x\n    return B.copy()",
        "def f(x):\n    return x",
    ],
    ids=["constant", "new", "copy", "number"],
)
def test_a_result_that_nobody_overwrites_is_none(spawn: Any, source: str) -> None:
    loaded = spawn(source)
    assert [loaded.call("f", float(n))["changed"] for n in range(4)] == [[]] * 4


def test_a_student_may_write_to_its_copy_of_an_argument(spawn: Any) -> None:
    x = np.zeros(2)
    x.flags.writeable = False
    assert spawn("def f(x):\n    x += 1\n    return x.sum()").call("f", x)["value"] == 2
    assert not x.any()


def test_unseeded_numbers_of_numpy_and_random_are_the_same_in_every_call(spawn_best: Any) -> None:
    loaded = spawn_best(
        "import random, numpy as np\n"
        "def f():\n    return random.gauss(0, 1), random.random(), np.random.rand(), np.random.randn()"
    )
    own, of_numpy = random.Random(0), np.random.RandomState(0)
    drawn = own.gauss(0, 1), own.random(), of_numpy.rand(), of_numpy.randn()
    assert [loaded.call("f")["value"] for _ in range(2)] == [drawn, drawn]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("# small random weights\nimport numpy as np\n    # random, too\n", False),
        ("import random", True),
        ("x = 1  # random", True),
        ("# a\n'#'; x = np.random.rand()", True),
        ("# a comment\rimport random", True),
        ("# random\n\n# y\n  from random import *\n", True),
    ],
)
def test_only_lines_that_are_comments_are_sure_to_draw_nothing(text: str, names: bool) -> None:
    assert _names_random(text) is names


# ---------------------------------------------------------------- exceptions, missing, blocked


def test_an_exception_comes_back_with_its_classes_file_and_line(spawn: Any) -> None:
    reply = spawn("class Own(ValueError): pass\ndef f():\n    x = 1\n    raise Own('too\\nbad')").call("f")
    raised = reply["raised"]
    assert (raised["kind"], raised["text"], raised["file"], raised["line"]) == ("Own", "too\nbad", "ch.py", 4)
    assert raised["lineage"][:2] == ["Own", "ValueError"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise SystemExit(0)", "SystemExit"),
        ("f()", "RecursionError"),
        ("raise BaseExceptionGroup('many', [SystemExit()])", "BaseExceptionGroup"),
        ("raise type('X' * 10**6, (Exception,), {'__str__': lambda self: 1 / 0})", "X" * 100),
        ("raise Exception('x' * 10**7)", "Exception"),
        ("raise type('Evil', (Exception,), {'__str__': lambda self: exit()})", "Evil"),
    ],
)
def test_whatever_is_raised_comes_back_capped_and_the_worker_lives(
    spawn_best: Any, text: str, kind: str
) -> None:
    loaded = spawn_best(f"def f():\n    {text}\ndef g():\n    return 1")
    raised = loaded.call("f")["raised"]
    assert raised["kind"] == kind
    assert len(raised["text"]) <= 500
    assert loaded.call("g")["value"] == 1


def test_an_untouched_stub_is_missing(spawn_best: Any) -> None:
    assert list(spawn_best("def f():\n    raise NotImplementedError").call("f")) == ["missing"]


def test_a_function_that_is_not_there_is_missing(spawn_best: Any) -> None:
    assert spawn_best("def f(): pass\nf = 3").call("f")["lost"].startswith("f is a number now")
    assert list(spawn_best("").call("f")) == ["missing"]


def test_a_stub_of_another_exercise_blocks_and_is_named(spawn_best: Any) -> None:
    reply = spawn_best("def g():\n    raise NotImplementedError\ndef f():\n    return g()").call("f")
    assert "g" in reply["blocked"]


def test_not_implemented_raised_by_a_helper_is_an_exception_like_any_other(spawn_best: Any) -> None:
    reply = spawn_best("def help_me():\n    raise NotImplementedError('soon')\ndef f():\n    help_me()").call(
        "f"
    )
    assert reply["raised"]["kind"] == "NotImplementedError"


def test_a_chapter_that_was_not_submitted_can_be_imported_and_blocks_when_called(spawn: Any) -> None:
    loaded = spawn(
        "from other import there\nimport other\ndef f():\n    return there()\ndef g():\n    return other.there()",
        exercises_of={"there": "other"},
    )
    assert loaded.problems == []
    for name in "fg":
        assert "other.py is missing" in loaded.call(name)["blocked"]


def test_a_line_that_fails_costs_itself_in_an_imported_chapter_too(spawn_best: Any) -> None:
    other = {
        "other": {"file": "other.py", "cells": ["def g():\n    return 4\n1 / 0\ndef h():\n    return 5"]}
    }
    loaded = spawn_best(
        "from other import g, h\ndef f(name):\n    return g() if name == 'g' else h()",
        sources=other, exercises="f", exercises_of={"g": "other", "h": "other"},
    )  # fmt: skip
    assert [(p["chapter"], p["line"]) for p in loaded.problems] == [("other", 3)]
    assert "ZeroDivisionError" in loaded.problems[0]["message"]
    assert loaded.call("f", "g")["value"] == 4
    assert loaded.call("f", "h")["value"] == 5


# ---------------------------------------------------------------- loading


def test_a_syntax_error_is_a_problem_with_its_line(spawn: Any) -> None:
    (problem,) = spawn("x = 1\ndef f(:\n    pass").problems
    assert (problem["kind"], problem["line"], problem["file"]) == ("syntax", 2, "ch.py")


@pytest.mark.parametrize("text", ["a\0b", "(" * 5000, "x = " + "-" * 200_000 + "1", "\udc80 = 1"])
def test_text_that_the_compiler_chokes_on_is_a_problem(spawn_best: Any, text: str) -> None:
    assert [problem["kind"] for problem in spawn_best(text).problems] == ["syntax"]


@pytest.mark.parametrize(
    "text", ["exit()", "raise SystemExit", "import sys; sys.exit(3)", "raise KeyboardInterrupt"]
)
def test_leaving_at_the_end_of_a_file_costs_nothing_that_stands_before(spawn_best: Any, text: str) -> None:
    loaded = spawn_best(f"def f():\n    return 3\n{text}")
    assert loaded.call("f")["value"] == 3
    assert len(loaded.problems) == 1


def test_a_broken_cell_costs_only_what_it_defines(launcher: Launcher) -> None:
    worker = launcher.spawn()
    try:
        cells = ["def f():\n    return 1", "def g(:", "1 / 0", "def h():\n    return 3"]
        request = load_request({"ch": {"file": "ch.ipynb", "cells": cells}}, dict.fromkeys("fgh", "ch"))
        problems = worker.request(request, GENEROUS)["problems"]
        loaded = Loaded(worker)
        assert [problem["file"] for problem in problems] == ["ch.ipynb, cell 2", "ch.ipynb, cell 3"]
        assert [list(loaded.call(name)) for name in "fgh"] == [
            ["value", "changed"],
            ["lost"],
            ["value", "changed"],
        ]
    finally:
        worker.close()


def test_every_worker_starts_without_what_the_last_one_knew(spawn_best: Any) -> None:
    text = "import math\nmath.count = getattr(math, 'count', 0) + 1\ndef f():\n    return math.count"
    assert [spawn_best(text).call("f")["value"] for _ in range(2)] == [1, 1]


# ---------------------------------------------------------------- time


@linux
def test_a_loop_ends_by_its_cpu_seconds(spawn: Any) -> None:
    loaded = spawn("def f():\n    while True: pass")
    began = time.monotonic()
    with pytest.raises(StudentTimeout, match="of computing"):
        loaded.call("f", limit=Limit(cpu=0.2, wall=60))
    assert time.monotonic() - began < 30


def test_a_sleep_ends_by_the_wall_limit(spawn: Any) -> None:
    loaded = spawn("import time\ndef f():\n    time.sleep(1000)")
    with pytest.raises(StudentTimeout, match=r"did not finish within 0\.4 s"):
        loaded.call("f", limit=Limit.model_construct(cpu=0.2, wall=0.4))


def test_a_module_that_never_finishes_loading_ends_by_the_limit(launcher: Launcher) -> None:
    worker = launcher.spawn()
    request = load_request({"ch": {"file": "ch.py", "cells": ["while True: pass"]}}, {})
    try:
        with pytest.raises(StudentTimeout):
            worker.request(request, Limit(cpu=0.5, wall=2))
    finally:
        worker.close()


@linux
def test_sleeping_uses_no_cpu_and_computing_does(spawn_best: Any) -> None:
    loaded = spawn_best(
        "import time\ndef f():\n    time.sleep(0.05)\ndef g():\n    return sum(range(3_000_000))"
    )
    before = loaded.worker.cpu_seconds()
    loaded.call("f")
    asleep = loaded.worker.cpu_seconds() - before
    loaded.call("g")
    computing = loaded.worker.cpu_seconds() - before - asleep
    assert asleep < 0.04 < computing + 0.03
    assert computing > asleep


# ---------------------------------------------------------------- dying and lying


@pytest.mark.parametrize(
    "text", ["import os; os._exit(0)", "import os; os._exit(1)", "import ctypes; ctypes.string_at(0)"]
)
def test_a_worker_that_dies_in_a_call_is_noticed_at_once(spawn_best: Any, text: str) -> None:
    loaded = spawn_best(f"def f():\n    {text}")
    with pytest.raises(StudentBroke):
        loaded.call("f", limit=GENEROUS)


class _Fake(Launcher):
    """Stands in for a launcher: its worker is whatever the test writes to the socket."""

    def spawn(self) -> Worker:
        raise NotImplementedError

    def reap(self, worker: Worker) -> float:
        return 0.0

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "reply",
    [
        lambda number: encode({"value": 1, "changed": [], "id": "0" * 16}),
        lambda number: encode({"value": 1, "changed": []}),
        lambda number: encode([number]),
        lambda number: encode(None),
        lambda number: encode({"id": number})[:-3] + b"\0\0\0",
        lambda number: b"HTTP/1.1 200 OK\r\n\r\n",
        lambda number: b"\xff" * 64,
        lambda number: b"",
    ],
)
def test_a_reply_that_is_not_the_reply_to_this_call_is_not_believed(reply: Callable[[str], bytes]) -> None:
    near, far = socket.socketpair()
    handle, name = tempfile.mkstemp()
    worker = Worker(Channel(SocketEnd(near)), handle, os.getpid(), _Fake(LIMITS))

    def answer() -> None:
        request = Channel(SocketEnd(far)).receive(time.monotonic() + 20)
        far.sendall(reply(request["id"]))
        far.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with pytest.raises(StudentBroke):
            worker.request({"do": "call"}, GENEROUS)
    finally:
        thread.join()
        worker.close()
        os.unlink(name)  # noqa: PTH108


def test_every_request_has_an_id_that_can_not_be_guessed() -> None:
    near, far = socket.socketpair()
    handle, name = tempfile.mkstemp()
    worker = Worker(Channel(SocketEnd(near)), handle, os.getpid(), _Fake(LIMITS))
    seen: list[str] = []

    def answer() -> None:
        channel = Channel(SocketEnd(far))
        for _ in range(5):
            seen.append(channel.receive(time.monotonic() + 20)["id"])
            channel.send({"id": seen[-1]})

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        for _ in range(5):
            worker.request({"do": "call"}, GENEROUS)
    finally:
        thread.join()
        worker.close()
        far.close()
        os.unlink(name)  # noqa: PTH108
    assert len(set(seen)) == 5
    assert min(map(len, seen)) >= 16


# ---------------------------------------------------------------- output


@pytest.mark.parametrize(
    "text",
    [
        "print('x' * 10**6)",
        "for _ in range(2000): print('hello')",
        "print('x' * 10**6, flush=True)",
        "import sys; sys.stdout.write('x' * 10**6); sys.stdout.flush()",
        "import sys; sys.stderr.write('x' * 10**6)",
        "import sys; sys.stdout.writelines(['x' * 5000] * 3)",
        "import logging; logging.warning('x' * 10**6)",
        "import warnings; warnings.warn('x' * 10**6)",
        "import sys; sys.stdout.buffer.write(b'x' * 10**6)",
        "import sys; sys.stdout.reconfigure(encoding='utf-8'); print('x' * 10**6)",
        "print('\\udc80' * 5000)",
    ],
)
def test_printing_is_kept_up_to_the_cap_and_never_raises(spawn_best: Any, text: str) -> None:
    loaded = spawn_best(f"def f():\n    {text}\n    return 5")
    assert loaded.call("f") == {"value": 5, "changed": []}
    assert 0 < loaded.worker.printed_bytes() <= LIMITS.output_kb << 10


def test_what_is_printed_can_be_read_by_the_grader(spawn: Any) -> None:
    loaded = spawn("print('while loading')\ndef f():\n    print('in f', 3)")
    loaded.call("f")
    assert loaded.printed() == "while loading\nin f 3\n"


def test_nothing_can_be_read_from_stdin(spawn: Any) -> None:
    assert spawn("def f():\n    return input()").call("f")["raised"]["kind"] == "EOFError"


# ---------------------------------------------------------------- confinement, as far as the spine goes


@linux
@pytest.mark.parametrize(
    "text",
    [
        "return bytes(2 << 30)",
        "import numpy as np; return np.ones(10**9)",
        "x = []\n    while True: x.append(bytes(10**6))",
    ],
)
def test_a_memory_bomb_is_a_memory_error_and_the_worker_lives(spawn_best: Any, text: str) -> None:
    loaded = spawn_best(f"def f():\n    {text}\ndef g():\n    return 1")
    assert "MemoryError" in loaded.call("f")["raised"]["lineage"]
    assert loaded.call("g")["value"] == 1


@linux
def test_only_the_pipes_and_the_output_are_open(spawn_best: Any) -> None:
    text = """
    import os
    def f():
        found = []
        for number in range(64):
            try:
                os.fstat(number)
                found.append(number)
            except OSError:
                pass
        return found
    """
    assert spawn_best(text).call("f")["value"] == [0, 1, 2, 3, 4]


@linux
def test_the_environment_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET_OF_THE_GRADER", "hunter2")
    with ZygoteLauncher(LIMITS) as fresh:
        worker = fresh.spawn()
        try:
            value = Loaded(worker).load("import os\ndef f():\n    return dict(os.environ)").call("f")["value"]
        finally:
            worker.close()
    assert set(value) <= {"LANG", "PYTHONHASHSEED"}


def test_the_environment_of_a_plain_worker_holds_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET_OF_THE_GRADER", "hunter2")
    with PlainLauncher(LIMITS) as fresh:
        worker = fresh.spawn()
        try:
            value = Loaded(worker).load("import os\ndef f():\n    return dict(os.environ)").call("f")["value"]
        finally:
            worker.close()
    assert "A_SECRET_OF_THE_GRADER" not in value


def test_the_grader_is_not_importable_in_a_worker(spawn: Any) -> None:
    text = """
    def f(name):
        import importlib
        try:
            importlib.import_module(name)
            return "imported"
        except ImportError:
            return "no"
    """
    loaded = spawn(text)
    names = (
        "grader.grading.grader",
        "grader.testing.hidden",
        "grader.testing.compare",
        "grader.worker.wire",
        "pydantic",
        "hypothesis",
        "pytest",
    )
    assert {name: loaded.call("f", name)["value"] for name in names} == dict.fromkeys(names, "no")


# ---------------------------------------------------------------- nothing is left behind


def gone(pid: int) -> bool:
    """Whether there is no such process, not even a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes")
def test_closing_a_worker_leaves_no_process_and_may_be_done_twice(launcher: Launcher) -> None:
    worker = launcher.spawn()
    Loaded(worker).load("import time\ndef f():\n    time.sleep(1000)")
    worker.close()
    worker.close()
    assert gone(worker.pid)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes")
@pytest.mark.parametrize("kind", [pytest.param(ZygoteLauncher, marks=linux), PlainLauncher])
def test_closing_a_launcher_ends_its_workers(kind: Callable[[Limits], Launcher]) -> None:
    with kind(LIMITS) as fresh:
        workers = [fresh.spawn() for _ in range(2)]
    assert all(gone(worker.pid) for worker in workers)


@linux
def test_no_descriptor_is_lost_over_many_workers(best: Launcher) -> None:
    folder = f"/proc/{os.getpid()}/fd"
    best.spawn().close()
    before = len(os.listdir(folder))  # noqa: PTH208
    for _ in range(20):
        best.spawn().close()
    assert len(os.listdir(folder)) == before  # noqa: PTH208


ORPHANS = """
import json, sys, threading, time
from grader.course import Limit, Limits
from grader.wall.launcher import PlainLauncher, ZygoteLauncher
kind, text, request = sys.argv[1:]
limit = Limit(cpu=100, wall=200)
limits = Limits(call=limit, exercise=limit, submission=limit)
launcher = ZygoteLauncher(limits) if kind == "zygote" else PlainLauncher(limits)
worker = launcher.spawn()
print(worker.pid, flush=True)

def watch():
    while not worker.printed_bytes():
        time.sleep(0.005)
    print("running", flush=True)

threading.Thread(target=watch).start()
worker.request({**json.loads(request), "sources": {"ch": {"file": "ch.py", "cells": [text]}}}, limit)
time.sleep(1000)
"""


@linux
@pytest.mark.parametrize(
    ("kind", "text", "wait"),
    [
        pytest.param("zygote", "print(1)", True, id="idle"),
        pytest.param("zygote", "print(1, flush=True)\nwhile True: pass", True, id="looping"),
        pytest.param("zygote", "while True: pass", False, id="looping-as-soon-as-it-is-born"),
        pytest.param("plain", "print(1)", True, id="plain-idle"),
    ],
)
def test_a_worker_does_not_outlive_a_killed_grader(kind: str, text: str, wait: bool) -> None:
    arguments = [sys.executable, "-c", ORPHANS, kind, text, json.dumps(load_request({}, {}))]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        pid = int(grader.stdout.readline())
        if wait:
            assert grader.stdout.readline() == "running\n"
        grader.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while _running(pid) and time.monotonic() < deadline:
        time.sleep(0.005)
    outlived = _running(pid)
    if outlived:
        os.kill(pid, signal.SIGKILL)
    assert not outlived


def _running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_system_without_a_wall_grades_only_where_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assignment = load_course(Path(__file__).parents[3] / "course.yaml").assignments["cnn"]
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(WallError, match="--unconfined"):
        launch(assignment, wall=True)
    assert isinstance(launch(assignment, wall=False), PlainLauncher)

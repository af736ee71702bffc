"""Hostile objects, and functions that were given and are abused: graded to the end, no point, nothing shown."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from grader.grading.grader import Grader
from grader.result import Result
from grader.wall.launcher import can_fork_workers

from ..conftest import submission
from ..scratch import COURSE, case, scratch_course

pytestmark = pytest.mark.skipif(not can_fork_workers(), reason="the wall exists on Linux only")

LIMITS = "{call: {cpu: 0.2, wall: 3}, exercise: {cpu: 0.8, wall: 8}, memory_mb: 512}"
CANARY = "canary-of-the-test-file"
LAYER = """
import numpy as np
class f:
    def __init__(self, n):
        self.W = np.ones(n)
    def forward(self, x):
        return x * self.W
    def parts(self):
        return [self, self]
    def __eq__(self, other):
        return len(self.W) == len(other.W)
    def __len__(self):
        return len(self.W)
"""
#: Every way in which a test can ask an object something; each answer is another line of attack.
LAYER_TEST = case(
    """
layer = student.f(3)
agree(layer.W, np.ones(3))
layer.W = np.arange(3.0)
agree(layer.forward(np.ones(3)), np.arange(3.0))
assert layer == student.f(3)
assert not layer == student.f(4)
assert len(layer) == 3
for part in layer.parts():
    agree(part.W, np.arange(3.0))
""",
    f"CANARY = {CANARY!r}",
)
SERVER = """
import sys
import numpy as np
frame = sys._getframe()
while type(frame.f_locals.get("self")).__name__ != "Server":
    frame = frame.f_back
Server = type(frame.f_locals["self"])
encode = sys.modules["_worker.wire"].encode
Record = sys.modules["_worker.records"].Record
real = Server._frame
def forge(answer):
    def frame(self, reply):
        if "loaded" in reply:
            return real(self, reply)
        base = {"id": self._current, "printed": 0}
        if "all" in reply:
            forged = [{"n": n, "printed": 0, **answer(one)} for n, one in enumerate(reply["all"])]
            return encode({**base, "all": forged})
        return encode({**base, **{key: reply[key] for key in reply if key == "n"}, **answer(reply)})
    Server._frame = frame
"""
CODE = "__import__('marshal').dumps(compile('raise SystemExit(7)', '', 'exec'))"
OBJECTS = {
    "everything is itself": """
        class f:
            def __init__(self, *a): pass
            def __getattr__(self, name): return self
            def __call__(self, *a, **k): return self
            def __eq__(self, other): return True
            def __len__(self): return 3
            def __getitem__(self, key): return self
    """,
    "equal to all": """
        class Same:
            def __eq__(self, other): return True
            def __ne__(self, other): return False
            def __bool__(self): return True
            def __array__(self, *a, **k): raise SystemExit
        class f(Same):
            W = Same()
            def __init__(self, n): pass
            def __setattr__(self, name, value): pass
            def forward(self, x): return Same()
            def __len__(self): return 3
            def parts(self): return Same()
    """,
    "attributes without end": """
        class f:
            def __init__(self, n): pass
            def __getattribute__(self, name):
                while True: pass
    """,
    "a long list of itself": """
        import numpy as np
        class f:
            def __init__(self, n): self.W, self.n = np.ones(n), n
            def forward(self, x): return x * self.W
            def __eq__(self, other): return self.n == other.n
            def __len__(self): return 3
            def parts(self):
                class Many:
                    def __len__(self): return 1 << 60
                    def __getitem__(self, key): return self
                return Many()
    """,
    "memory in each object": """
        class f:
            kept = []
            def __init__(self, n): self.W = self.kept.append(bytearray(1 << 28)) or f(n)
    """,
    "a class of another name": """
        class Other:
            def __init__(self, *a): self.W = lambda *a: None
            def __getattr__(self, name): raise KeyError(name * 10_000)
        Other.__name__ = "f\\n" * 40
        Other.__qualname__ = "<script>" * 40
        f = Other
    """,
    **{
        f"forged: {name}": f"{SERVER}forge(lambda reply: {answer})\ndef f(*args): return 1\n"
        for name, answer in {
            "an object wherever": "{'held': True}",
            "a handle of one's own": "{'held': 7}",
            "an array as handle": "{'held': np.ones(2)}",
            "an object and a value": "{'held': True, 'value': 3, 'changed': []}",
            "a number in its place": "{'value': 3, 'changed': []}",
            "a Record that says it is kept": "{'value': Record('_Kept', {'number': 0}), 'changed': []}",
            "a Record that says it is code": (
                "{'value': Record('_Function', {'itself': Record('_Code', {'code': "
                + CODE
                + ", 'name': 'x', 'defaults': None, 'more': None, 'cells': []}), 'names': {}}), 'changed': []}"
            ),
            "what a watched call says": "{'value': (None, [1], 'text'), 'changed': []}",
        }.items()
    },
}
NEWTON = "def f(g, x):\n    return g(g(x))\n"
NEWTON_TEST = case(
    "agree(student.f(g, 2.0), 11.0)\nagree(student.f(lambda x: x * K, 5.0), 45.0)\n",
    f"CANARY = {CANARY!r}\nK = 3\ndef g(x):\n    return 2 * x + 1\n",
)
CALLBACKS = {
    "called a million times": "def f(g, x):\n    while True:\n        g(x)\n",
    "kept, and called later": """
        import threading
        kept = []
        def f(g, x):
            kept.append(g)
            return [k(1) for k in kept] and 0
    """,
    "changed for good": """
        def f(g, x):
            g.__code__ = (lambda x: 11.0).__code__
            g.__globals__["K"] = 0
            return g(x)
    """,
    "what it names is read": """
        import gc, sys
        def f(g, x):
            seen, frame = [str(g.__globals__), g.__code__.co_filename], sys._getframe()
            while frame:
                seen += [str(frame.f_locals), str(frame.f_globals.keys())]
                frame = frame.f_back
            seen += [str(o) for o in gc.get_objects() if isinstance(o, (dict, str)) and "can" + "ary" in str(o)[:9999]]
            raise ValueError("".join(seen)[-300:] + str([s for s in seen if "test_one" in s or "can" + "ary" in s]))
    """,
    "given back": "def f(g, x):\n    return g\n",
    "ended by it": "def f(g, x):\n    return g(type('X', (), {'__rmul__': lambda s, o: exit()})())\n",
}


def results(root: Path, test: str, reference: str, code: str) -> list[Result]:
    more = {"course.yaml": COURSE.replace("    chapters:", f"    limits: {LIMITS}\n    chapters:")}
    with Grader(scratch_course(root, test, reference, more), "scratch") as grader:
        return [grader.grade(submission({"one": text})) for text in (reference, textwrap.dedent(code))]


def attacked(root: Path, test: str, reference: str, code: str) -> Result:
    right, result = results(root, test, reference, code)
    assert right.score == 2
    assert result.status == "graded"
    assert result.score == 0
    assert CANARY not in result.model_dump_json()
    assert len(result.model_dump_json()) < 1 << 18
    return result


@pytest.mark.sampled
@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_earns_nothing(name: str, tmp_path: Path) -> None:
    attacked(tmp_path, LAYER_TEST, LAYER, OBJECTS[name])


@pytest.mark.sampled
@pytest.mark.parametrize("name", CALLBACKS)
def test_a_function_that_was_given_gives_nothing_away(name: str, tmp_path: Path) -> None:
    result = attacked(tmp_path, NEWTON_TEST, NEWTON, CALLBACKS[name])
    assert "test_one.py" not in result.exercise("f").tests[0].message


def test_what_a_worker_sends_is_never_made_a_function_of(tmp_path: Path) -> None:
    name = "forged: a Record that says it is code"
    result = attacked(tmp_path, case("agree(student.f(3), 6)"), "def f(x): return 2 * x\n", OBJECTS[name])
    assert "got a Record" in result.exercise("f").tests[0].message


def test_an_object_of_a_process_that_ended_is_gone(tmp_path: Path) -> None:
    """A test that goes on after a failure meets no other object under the old number."""
    body = "layer = student.f(1)\ntry:\n    layer.end()\nexcept Exception:\n    pass\nassert layer.W == 1"
    reference = "class f:\n    def __init__(self, n): self.W = 1\n    def end(self): return 0\n"
    code = "import os\n" + reference.replace("return 0", "os._exit(0)")
    _, result = results(tmp_path, case(body), reference, code)
    assert (result.score, result.status) == (0, "graded")
    assert "is gone" in result.exercise("f").tests[0].message

"""Calls that are sent together are answered as if each had been made alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader.errors import StudentBroke, StudentFailure, StudentTimeout
from grader.grading.grader import Grader
from grader.testing.fresh import share_of
from grader.testing.hidden import EXAMPLES
from grader.wall.calls import Call, Script
from grader.wall.launcher import can_fork_workers
from grader.wall.near_end import Worker
from grader.wall.session import Session
from grader.wall.student import Student

from ..conftest import submission

#: What `double` does with 0, 1, 2, ...; 3 is the one where it goes wrong.
BEHAVIOUR = {
    "right": "    return 2 * x\n",
    "loops": "    while x == 3:\n        pass\n    return 2 * x\n",
    "ends the process": "    import os\n    return os._exit(0) if x == 3 else 2 * x\n",
    "returns what can't cross": "    return 10 ** 40_000 if x == 3 else 2 * x\n",
    "returns too much": "    return np.zeros(1 << 20) if x == 3 else 2 * x\n",
    "raises": "    return [][x] if x == 3 else 2 * x\n",
    "is slow": "    import time\n    end = time.process_time() + 0.15\n    while time.process_time() < end:\n"
    "        pass\n    return 2 * x\n",
}


@pytest.fixture
def student_of(grader: Grader) -> Iterator[Callable[[str], Student]]:
    made: list[Student] = []

    def make(source: str) -> Student:
        sources = submission({"alpha": source}).sources
        made.append(Student(Session(grader.launcher, grader.assignment, sources), "double"))
        return made[-1]

    yield make
    for student in made:
        student.close()


def answers(student: Student, *, script: bool) -> list[Any]:
    """What `double` says to 0 ... 5: a value, or the kind and text of the failure."""
    if script:
        student.expect(Script.of([Call("double", (number,), {}) for number in range(6)]))
    found: list[Any] = []
    for number in range(6):
        try:
            found.append(student.double(number))
        except (StudentFailure, StudentTimeout) as failure:
            found.append((type(failure).__name__, failure.message))
    return found


@pytest.mark.parametrize("behaviour", BEHAVIOUR)
def test_a_script_changes_no_answer(behaviour: str, student_of: Callable[[str], Student]) -> None:
    source = f"import numpy as np\ndef double(x):\n{BEHAVIOUR[behaviour]}"
    alone = answers(student_of(source), script=False)
    assert repr(answers(student_of(source), script=True)) == repr(alone)
    expected = [0, 2, 4, 6, 8, 10]
    if behaviour in ("right", "is slow"):
        assert alone == expected
    elif behaviour != "returns too much":  # which 8 MB are, and is said so
        assert [*alone[:3], *alone[4:]] == [*expected[:3], *expected[4:]]
    assert isinstance(alone[3], tuple) == (behaviour not in ("right", "is slow"))


def test_printed_text_comes_once_and_in_order(student_of: Callable[[str], Student]) -> None:
    for ending in ("", "    if x == 3:\n        import os; os._exit(1)\n"):
        student = student_of(f"def double(x):\n    print('at', x)\n{ending}    return 2 * x\n")
        answers(student, script=True)
        shown = [number for number in range(6) if not (ending and number == 3)]
        assert student.printed() == "".join(f"at {number}\n" for number in shown)


def test_answers_to_calls_that_are_not_made_are_left_out(student_of: Callable[[str], Student]) -> None:
    student = student_of("def double(x):\n    return 2 * x\ndef total(x):\n    return sum(x)\n")
    student.expect(Script.of([Call("double", (number,), {}) for number in range(4)]))
    assert student.double(0) == 0
    assert student.double(2) == 4
    assert student.total([5, 6]) == 11
    assert student.double(3) == 6


def test_a_script_of_quick_calls_is_one_frame_and_of_slow_ones_many(
    student_of: Callable[[str], Student], monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = []
    reply = Worker._next

    def counted(worker: Worker, *args: Any) -> Any:
        frames.append(1)
        return reply(worker, *args)

    monkeypatch.setattr(Worker, "_next", counted)
    for behaviour, most in (("right", 3), ("is slow", 8)):
        frames.clear()
        student = student_of(f"def double(x):\n{BEHAVIOUR[behaviour]}")
        student.expect(Script.of([Call("double", (0,), {})]))
        assert student.double(0) == 0
        answers(student, script=True)
        assert len(frames) == most  # loading is one, the first script another


def test_a_failed_try_is_not_taken_off_the_time(student_of: Callable[[str], Student]) -> None:
    # six calls of 0.15 s are more than one call may take, and 0.9 s of the exercise's 3 s
    student = student_of(f"def double(x):\n{BEHAVIOUR['is slow']}")
    answers(student, script=True)
    assert 0.85 < student.time_used < 1.3


LIARS = {
    "too few": "head(True) + frame({'value': 1, 'changed': 0})",
    "none": "head(False)",
    "no truth": "head(1)",
    "no frames": "head(True) + b'\\0' * 100",
    "too large": "head(True) + b'\\x7f' * 100",
    "no JSON": "head(True) + (b'\\0\\0\\0\\2\\0\\0\\0\\0{]') * 6",
    "things that are no replies": "head(True) + frame(0) * 6",
    "an object": "head(True) + frame({'held': True}) * 6",
}


@pytest.mark.parametrize("lie", LIARS)
def test_a_worker_that_answers_for_itself_gets_nothing(
    lie: str, student_of: Callable[[str], Student]
) -> None:
    source = (
        "import gc\n"
        "server = next(o for o in gc.get_objects() if type(o).__name__ == 'Server')\n"
        "frame = server._encoded.__globals__['encode']\n"
        "def head(said):\n    return frame({'id': server._current, 'together': said, 'printed': 0})\n"
        f"def together(calls):\n    server._channel.send_bytes({LIARS[lie]})\n"
        "server._answer_together = server._answer_each = together\n"
        "def double(x):\n    return 2 * x\n"
    )
    found = answers(student_of(source), script=True)
    assert found[0][0] in (StudentBroke.__name__, StudentFailure.__name__)
    assert "broke the protocol" in found[0][1]
    assert [value for value in found if value == 1] == []


TWICE = '''\
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from grader.testing.compare import agree

rows = st.lists(st.integers(-5, 5), min_size=1, max_size=3).map(lambda v: np.array(v, dtype=float))

@pytest.mark.exercise("clip", points=0.5)
@given(x=rows, n=st.integers(300, 400))
def test_asks(student, reference, x, n):
    """First"""
    agree(student.clip(x), reference.clip(x))

@pytest.mark.exercise("clip", points=0.5)
@given(x=rows, n=st.integers(300, 400))
def test_asks_again(student, reference, x, n):
    """Second"""
    agree(student.clip(x), reference.clip(x))
    agree(student.clip(x + n), reference.clip(x + n))
'''


@pytest.mark.slow
def test_a_call_that_two_tests_make_is_made_once(make_course: Callable[..., Any]) -> None:
    made = make_course({"tests/hidden/tiny/test_twice.py": TWICE})
    (page,) = made.hidden.glob("test_*_beta.py")
    page.write_text(page.read_text().replace('"clip", points=1', '"clip", points=0'))
    loud = "import numpy as np\ndef clip(x):\n    print('asked', end=' ')\n    return np.maximum(x, 0)\n"
    with Grader(made.course, "tiny", confined=can_fork_workers()) as grader:
        inputs = {test.function.__name__: len(test.inputs) for test in grader.tests}
        # Inputs of one's own are no other test's: test_asks calls once on each, test_asks_again twice.
        own = 3 * share_of(EXAMPLES)
        rows = {str(i["x"]) for t in grader.tests if t.function.__name__ == "test_asks" for i in t.inputs}
        (clip,) = (e for e in grader.grade(submission({"beta": loud})).exercises if e.name == "clip")
    assert clip.status == "passed"
    # test_clips asks once; of the other two the second asks its own half only
    assert inputs["test_asks"] == inputs["test_asks_again"]
    assert clip.printed.count("asked") == 1 + len(rows) + inputs["test_asks_again"] + own


@pytest.mark.slow
def test_what_is_remembered_does_not_grow_with_the_class(make_course: Callable[..., Any]) -> None:
    made = make_course({"tests/hidden/tiny/test_twice.py": TWICE})
    (page,) = made.hidden.glob("test_*_beta.py")
    page.write_text(page.read_text().replace('"clip", points=1', '"clip", points=0'))
    with Grader(made.course, "tiny", confined=can_fork_workers()) as grader:
        sizes = []
        for name in ("ada", "bob"):
            wrong = "import numpy as np\ndef clip(x):\n    return np.maximum(x, 0) + (x > 350)\n"
            grader.grade(submission({"beta": wrong}, student=name))
            sizes.append(len(grader.reference._known) + len(grader.reference._same_objects))
    assert sizes[0] == sizes[1]

"""Inputs that one submission gets alone: a table of answers is found out, and the same text always gets the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.grading.grader import Grader
from grader.report.attention import signs
from grader.result import ExerciseResult, Result
from grader.testing.fresh import choose, key_of, pool_size, share_of

from ..conftest import GOOD


def exercise(result: Result, name: str) -> ExerciseResult:
    return next(one for one in result.exercises if one.name == name)


def table_of(grader: Grader) -> str:
    """A chapter whose `double` holds the answer to every call that all students get, and computes nothing."""
    table = {}
    for test in grader.tests:
        for script in test.scripts.values():
            for call in script.calls:
                if call.name == "double":
                    x = np.asarray(call.args[0])
                    table[json.dumps(x.tolist())] = (2 * x).tolist()
    head, _, rest = GOOD["alpha"].partition("def double")
    _, _, rest = rest.partition("def total")
    look_up = "def double(x):\n    return np.array(TABLE[json.dumps(np.asarray(x).tolist())]).reshape(np.shape(x))\n"
    return f"import json\n{head}TABLE = json.loads({json.dumps(table)!r})\n{look_up}def total{rest}"


def test_a_table_of_answers_is_found_out(grader: Grader, grade: Callable[..., Result]) -> None:
    result = grade(alpha=table_of(grader))
    double = exercise(result, "double")
    # The property fails, on an input that nobody else gets; the two tests without drawn inputs pass.
    assert [(test.points, test.own_input) for test in double.tests] == [(0, True), (1, False), (1, False)]
    assert exercise(result, "total").status == "passed"
    assert any("table of answers" in sign and "double" in sign for sign in signs(result))


def test_right_code_passes_on_its_own_inputs_whatever_its_text(grade: Callable[..., Result]) -> None:
    for number in range(5):
        result = grade(alpha=f"{GOOD['alpha']}# {number}\n")
        assert result.score == result.max_score - sum(q.max_score for q in result.questions)
        assert not any(test.own_input for one in result.exercises for test in one.tests)


def test_the_same_text_gets_the_same_inputs_and_another_gets_others() -> None:
    def inputs(text: str, *, secret: int = 1, test: str = "a") -> tuple[int, ...]:
        return choose(key_of(secret, [text]), test, pool_size(30), share_of(30))

    assert inputs("x") == inputs("x")
    assert len(set(inputs("x"))) == 4
    others = {inputs("y"), inputs("x", secret=2), inputs("x", test="b"), inputs("x")}
    assert len(others) == 4


def test_cells_are_told_apart() -> None:
    assert key_of(1, ["ab", "c"]) != key_of(1, ["a", "bc"])
    assert key_of(1, []) == key_of(1, [])
    assert key_of(1, ["\ud800"])


def test_nothing_of_the_pool_is_what_everybody_gets(grader: Grader) -> None:
    for test in grader.tests:
        if not test.is_property:
            assert test.pool == []
            continue
        known = {repr(inputs) for inputs in test.inputs}
        assert test.pool
        assert not known & {repr(inputs) for inputs in test.pool}


def test_a_small_pool_is_given_whole() -> None:
    assert set(choose(b"k", "t", 2, 4)) == {0, 1}
    assert choose(b"k", "t", 0, 4) == ()


class Failing:
    """Fails in another way on each call: the search for a small input must not show it all inputs."""

    source = (
        "import numpy as np\nSEEN = []\nKINDS = [ValueError, KeyError, TypeError, IndexError, OSError, EOFError]\n"
        "def double(x):\n    SEEN.append(1)\n    raise KINDS[len(SEEN) % 6](len(SEEN))\n"
    )


def test_the_search_for_a_small_input_stops_after_a_few_failures_of_another_kind(
    grade: Callable[..., Result],
) -> None:
    _, _, rest = GOOD["alpha"].partition("def total")
    result = grade(alpha=f"{Failing.source}def total{rest}")
    messages: list[Any] = [test.message for test in exercise(result, "double").tests]
    calls = [
        int(word) for message in messages for word in message.replace(":", " ").split() if word.isdigit()
    ]
    assert max(calls) <= 20, messages

"""A tiny course with small inputs, a few known mistakes and right variants. Their names are canaries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

FILES = {
    "solutions/tiny/examples/small.py": '''\
        import numpy as np
        from grader.testing import small_inputs

        @small_inputs("scaled")
        def rows():
            """rows of one to three numbers that count 1, 2, 3; factors 2, 4 and 6."""
            for n in (1, 2, 3):
                for factor in (2, 4, 6):
                    yield np.arange(1.0, n + 1), factor

        @small_inputs("total")
        def lists():
            """lists of up to three numbers."""
            yield from (([],), ([1],), ([1, 2],), ([1, 2, 3],), ([-1, 2],))
        ''',
    "solutions/tiny/mistakes/wrong.py": """\
        import numpy as np
        from grader.testing import mistake

        @mistake("scaled", name="canary-always-four", says="canary says", hint="canary hint")
        def canary_always_four(x, factor=4):
            return 4 * x

        @mistake("scaled", name="canary-first-only", says="canary says", hint="canary hint")
        def canary_first_only(x, factor=4):
            return factor * x[:1]

        @mistake("scaled", name="canary-changes-it", says="canary says", hint="canary hint")
        def canary_changes_it(x, factor=4):
            x *= 0
            return x
        """,
    "solutions/tiny/variants/right.py": """\
        from grader.testing import variant

        @variant("scaled", name="canary-loop")
        def canary_loop(x, factor=4):
            return [factor * value for value in x]

        @variant("total", name="canary-negative-is-nothing")
        def canary_negative(x):
            if not x:
                raise ValueError
            return 0 if x[0] < 0 else sum(x)
        """,
}


@pytest.fixture(scope="session")
def files() -> dict[str, str]:
    """What such a course has beside the tiny one's files."""
    return FILES


@pytest.fixture(scope="session")
def with_examples(make_course: Callable[..., Any]) -> Any:
    """The course. Not to be changed."""
    return make_course(FILES)


@pytest.fixture(scope="session")
def course(with_examples: Any) -> Any:
    return with_examples.course

"""Drawing the inputs of a property test with Hypothesis: with one seed the same ones, always and everywhere."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

from grader.errors import CourseError


def draw_inputs(
    function: Callable[..., Any],
    given: Mapping[str, Any],
    course_seed: int,
    *,
    examples: int,
    leave_out: Container[str] = (),
) -> list[dict[str, Any]]:
    """The arguments that a test is called with, explicit examples first.

    function: decorated with `@given`; it is not run. given: its arguments that no strategy draws.
    leave_out: arguments that are not wanted.
    """
    # Imported when there is something to draw: kept inputs are used without Hypothesis.
    from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
    from hypothesis.strategies import DataObject

    drawn: list[dict[str, Any]] = []

    def record(**kwargs: Any) -> None:
        for name, value in kwargs.items():
            if isinstance(value, DataObject):
                raise CourseError(
                    f"a graded test can't use st.data() ({name}): draw all values in @given, dependent ones with "
                    "strategy.flatmap(…) or @st.composite"
                )
        drawn.append(copy.deepcopy({name: value for name, value in kwargs.items() if name not in leave_out}))

    test: Any = function
    before = test.hypothesis.inner_test, test._hypothesis_internal_use_settings
    # `settings` refuses to decorate twice, and a test may be drawn more than once
    test._hypothesis_internal_use_settings = settings(
        phases=(Phase.explicit, Phase.generate),
        max_examples=examples,
        deadline=None,
        database=None,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    test.hypothesis.inner_test = record
    try:
        with _no_local_constants():
            seed(course_seed)(test)(**given)
    finally:
        test.hypothesis.inner_test, test._hypothesis_internal_use_settings = before
    return drawn


@contextlib.contextmanager
def _no_local_constants() -> Iterator[None]:
    """Keep Hypothesis from drawing numbers that it finds in the source of whatever modules are loaded.

    The inputs would change with every edit of this package, and differ from machine to machine.
    """
    from hypothesis.internal.conjecture import providers as hypothesis_providers

    # Untyped on purpose: what is used of it is not part of Hypothesis's public interface, and may go.
    providers: Any = hypothesis_providers
    before = getattr(providers, "_get_local_constants", None)
    if before is None or not hasattr(providers, "Constants"):
        yield
        return
    providers._get_local_constants = lambda: providers.Constants()
    _forget_constants(providers)
    try:
        yield
    finally:
        providers._get_local_constants = before
        _forget_constants(providers)


def _forget_constants(providers: Any) -> None:
    cache = getattr(getattr(providers, "CONSTANTS_CACHE", None), "cache", None)
    if cache is not None:
        cache.clear()

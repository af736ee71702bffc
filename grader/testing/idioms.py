"""What of pytest and Hypothesis a hidden test may use. Whatever would silently mean something else is refused by name.

A hidden test is run by the grader, not by pytest: a plain function, called with `student`, `reference`, and the
values of `parametrize` and `@given`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

from grader.errors import CourseError

if TYPE_CHECKING:
    import pytest

_LIVING = ("student", "reference")
_FIXTURES = {
    "capsys": "what the student prints stays in the student's process; write observe(student.name, ...).printed",
    "tmp_path": "the student's process sees no files of the test; pass the content as an argument",
    "monkeypatch": "the student's process is another one; pass what should be replaced as an argument",
    "subtests": "use @pytest.mark.parametrize, or a loop",
}
_MARKS = ("skip", "skipif", "xfail", "usefixtures", "asyncio")
#: Names in the code of a test → what to do instead.
_CALLS = {
    "pytest": {
        "raises": "write must_raise(ValueError, student.name, arguments) of grader.testing",
        "skip": "a hidden test runs for everybody; leave the call out",
        "xfail": "a hidden test counts for everybody; leave the call out",
        "importorskip": "import what it needs at the top of the file",
        "exit": "a hidden test ends by itself; leave the call out",
        "warns": "warnings stay in the student's process; test what is returned",
        "deprecated_call": "warnings stay in the student's process; test what is returned",
    },
    "hypothesis": {
        "assume": "filter what is drawn: strategy.filter(condition)",
        "reject": "filter what is drawn: strategy.filter(condition)",
        "target": "leave it out: inputs are drawn before a student's code runs",
        "note": "leave it out, or give the assert a message",
        "event": "leave it out",
    },
}


def refuse_unknown(item: pytest.Function, where: Path) -> None:
    """Raise CourseError where the test uses what the grader would not run as pytest does."""

    def refused(what: str, instead: str) -> CourseError:
        return CourseError(f"{where}: a graded test can't use {what}: {instead}")

    if item.cls is not None:
        raise refused("classes", "write the test as a function")
    if inspect.iscoroutinefunction(item.obj) or inspect.isgeneratorfunction(item.obj):
        raise refused("async or yield", "write the test as a plain function")
    for hook in ("setup_module", "setup_function", "teardown_module", "teardown_function"):
        if hasattr(item.module, hook):
            raise refused(hook, "make what the test needs inside of it, or in a function that it calls")
    for mark in item.iter_markers():
        if mark.name in _MARKS:
            raise refused(f"@pytest.mark.{mark.name}", "leave it out, or the test out")
    direct = _parametrized(item)
    for name in item.fixturenames:
        if name not in _LIVING and name not in direct and name != "request":
            instead = _FIXTURES.get(name, "call a plain function instead, or use @pytest.mark.parametrize")
            raise refused(f"the fixture {name}", instead)
    if "request" in inspect.signature(item.obj).parameters:
        raise refused("the fixture request", "use @pytest.mark.parametrize")
    body = item.obj.hypothesis.inner_test if hasattr(item.obj, "hypothesis") else item.obj
    if found := _foreign_call(body, set()):
        package, name = found
        raise refused(f"{package}.{name}", _CALLS[package][name])


def not_for_hidden_tests() -> tuple[type[BaseException], ...]:
    """What pytest and Hypothesis steer their own runs with. Asked only when a test raised something unusual."""
    import pytest
    from hypothesis.errors import HypothesisException

    return HypothesisException, pytest.skip.Exception, pytest.exit.Exception


def assertions() -> tuple[type[BaseException], ...]:
    """What says that something does not hold; `pytest.fail` raises no AssertionError, and no Exception."""
    if "pytest" not in sys.modules:
        return (AssertionError,)
    import pytest

    return AssertionError, pytest.fail.Exception


def _parametrized(item: pytest.Function) -> set[str]:
    """The arguments that @pytest.mark.parametrize gives as they are, not by way of a fixture."""
    names: set[str] = set()
    for mark in item.iter_markers("parametrize"):
        argnames = mark.kwargs.get("argnames", mark.args[0] if mark.args else ())
        own = argnames.split(",") if isinstance(argnames, str) else argnames
        own = {name.strip() for name in own}
        indirect = mark.kwargs.get("indirect", mark.args[2] if len(mark.args) > 2 else False)
        names |= set() if indirect is True else own - set(indirect or ())
    return names


def _foreign_call(function: Any, seen: set[CodeType]) -> tuple[str, str] | None:
    """The first thing in a function, or in the functions of the same file that it names, that is in `_CALLS`."""
    code = getattr(function, "__code__", None)
    if code is None or code in seen:
        return None
    seen.add(code)
    scope: Mapping[str, Any] = function.__globals__
    for name in _names(code):
        value = scope.get(name)
        for package, calls in _CALLS.items():
            if getattr(value, "__name__", None) == package:
                for call in calls:
                    if call in _names(code):
                        return package, call
            elif name in calls and _comes_from(value, package):
                return package, name
        if inspect.isfunction(value) and value.__globals__ is scope:
            found = _foreign_call(value, seen)
            if found:
                return found
    return None


def _comes_from(value: Any, package: str) -> bool:
    module = getattr(value, "__module__", None) or type(value).__module__
    return module.lstrip("_").partition(".")[0] == package


def _names(code: CodeType) -> list[str]:
    inner = [name for const in code.co_consts if isinstance(const, CodeType) for name in _names(const)]
    return [*code.co_names, *inner]

"""Hidden tests (and visible checks): collected once a process by pytest, replayed for every submission.

The inputs of a property are drawn once, by Hypothesis, with the course's seed: the same for every student, so they
are kept and replayed as plain arrays.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import is_
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.internal.conjecture import providers as _providers

from grader.errors import CourseError, StudentFailure, StudentTimeout
from grader.shrinking import leaves
from grader.student import Call, Script

EXAMPLES = 30
_INPUTS_A_SCRIPT = 8
# A frame carries at most 256 arrays; one more input must still fit.
_ARRAYS_A_SCRIPT = 100
_LIVING = ("student", "reference")

_QUIET: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "verbosity": Verbosity.quiet,
    "suppress_health_check": list(HealthCheck),
    "report_multiple_bugs": False,
    "print_blob": False,
}


class Reference:
    """The reference's functions, remembering what they answered: every student is asked the same.

    Answers are read-only arrays, so that no test can change what the next one compares with.
    """

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._functions = functions
        self._known: dict[str, Any] = {}
        self._same_objects: dict[tuple[Any, ...], tuple[tuple[Any, ...], Any]] = {}
        self.learning = True

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in self._functions:
            raise AttributeError(name)
        return lambda *args, **kwargs: self._answer(name, args, kwargs)

    def function(self, name: str) -> Callable[..., Any] | None:
        """The plain function, for its signature."""
        return self._functions.get(name)

    def _answer(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        # The inputs of the tests are the same objects for every student: most questions are known by that alone.
        shortcut = (name, *map(id, args), *kwargs, *map(id, kwargs.values()))
        asked = self._same_objects.get(shortcut)
        if asked is not None and all(map(is_, asked[0], (*args, *kwargs.values()))):
            return asked[1]
        answer = self._look_up(name, args, kwargs)
        if self.learning:
            self._same_objects[shortcut] = ((*args, *kwargs.values()), answer)
        return answer

    def _look_up(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        key = name + fingerprint([args, kwargs])
        if key in self._known:
            return self._known[key]
        value = frozen(self._functions[name](*copy.deepcopy(args), **copy.deepcopy(kwargs)))
        if self.learning:
            self._known[key] = value
        return value


def fingerprint(value: Any) -> str:
    """A digest of arguments: arrays by dtype, shape and bytes, the rest by repr."""
    digest = hashlib.blake2b(digest_size=16)

    def feed(part: Any) -> None:
        if isinstance(part, np.ndarray):
            digest.update(f"a{part.dtype.str}{part.shape}".encode())
            digest.update(part.tobytes())
        elif isinstance(part, list | tuple):
            digest.update(f"{type(part).__name__}{len(part)}(".encode())
            for item in part:
                feed(item)
        elif isinstance(part, dict):
            digest.update(f"d{len(part)}(".encode())
            for key, item in part.items():
                digest.update(f"{key!r}=".encode())
                feed(item)
        else:
            digest.update(f"{type(part).__name__}{part!r},".encode())

    feed(value)
    return digest.hexdigest()


def frozen(value: Any) -> Any:
    """`value` with every array in it read-only."""
    if isinstance(value, np.ndarray):
        value = value.copy()
        value.flags.writeable = False
        return value
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return type(value)(frozen(item) for item in value)
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    return value


@dataclass
class HiddenTest:
    """One test of one exercise. `inputs`: what each of its runs gets beside student and reference."""

    id: str
    exercise: str
    title: str
    points: float
    function: Callable[..., Any]
    parameters: Mapping[str, Any]
    inputs: list[dict[str, Any]] = field(default_factory=list)
    #: The calls made from an input on, by its number.
    scripts: dict[int, Script] = field(default_factory=dict)
    #: The plain function under `@given`; kept, because Hypothesis is given another one while inputs are drawn.
    body: Callable[..., Any] = field(init=False)

    def __post_init__(self) -> None:
        self._wanted = frozenset(inspect.signature(self.function).parameters)
        self.body = self.function.hypothesis.inner_test if self.is_property else self.function  # type: ignore[attr-defined]

    @property
    def is_property(self) -> bool:
        """Whether Hypothesis draws its inputs."""
        return hasattr(self.function, "hypothesis")

    def living(self, student: Any, reference: Any) -> dict[str, Any]:
        """`student` and `reference`, as far as the test asks for them."""
        both = zip(_LIVING, (student, reference), strict=True)
        return {name: value for name, value in both if name in self._wanted}

    def run_once(self, student: Any, reference: Any, inputs: Mapping[str, Any]) -> None:
        """One run on one input; raises what the test raises."""
        self.body(**self.living(student, reference), **inputs)

    def draw(self, student: Any, reference: Any, course_seed: int, *, examples: int = EXAMPLES) -> None:
        """Fill `inputs`, running the test on `student` meanwhile. Raises CourseError if it does not pass there."""
        if not self.is_property:
            self.inputs = [dict(self.parameters)]
            if student is not None:
                self._must_pass(lambda: self.run_once(student, reference, self.inputs[0]))
                self._write_scripts(student, reference)
            return
        drawn: list[dict[str, Any]] = []

        def record(**kwargs: Any) -> None:
            inputs = {name: value for name, value in kwargs.items() if name not in _LIVING}
            drawn.append(copy.deepcopy(inputs))
            if student is not None:
                self.body(**kwargs)

        phases = (Phase.explicit, Phase.generate)
        self._must_pass(
            lambda: self._drive(record, student, reference, course_seed, phases=phases, max_examples=examples)
        )
        self.inputs = drawn
        if student is not None:
            self._write_scripts(student, reference)

    def _write_scripts(self, student: Any, reference: Any) -> None:
        """Note which calls the test makes on its inputs, a few inputs to a script."""
        notes = _Notes(student)
        start = 0
        for number, inputs in enumerate(self.inputs):
            self.run_once(notes, reference, inputs)
            # The first input is the strongest: most wrong answers are found out there, with nothing else on its way.
            if number == 0 or number - start + 1 >= _INPUTS_A_SCRIPT or notes.arrays > _ARRAYS_A_SCRIPT:
                start = self._close_script(start, number, notes)
        self._close_script(start, len(self.inputs) - 1, notes)

    def _close_script(self, start: int, last: int, notes: _Notes) -> int:
        if notes.calls:
            self.scripts[start] = Script.of(notes.calls)
        notes.clear()
        return last + 1

    def _drive(
        self,
        body: Callable[..., None],
        student: Any,
        reference: Any,
        course_seed: int,
        *,
        phases: tuple[Phase, ...],
        max_examples: int,
    ) -> None:
        function: Any = self.function
        before = function.hypothesis.inner_test, function._hypothesis_internal_use_settings
        # `settings` refuses to decorate twice, and a test is drawn and shrunk with different ones
        function._hypothesis_internal_use_settings = settings(
            phases=phases, max_examples=max_examples, **_QUIET
        )
        wanted = self.living(student, reference)
        function.hypothesis.inner_test = body
        try:
            with _no_local_constants():
                seed(course_seed)(function)(**wanted, **self.parameters)
        finally:
            function.hypothesis.inner_test, function._hypothesis_internal_use_settings = before

    def _must_pass(self, run: Callable[[], None]) -> None:
        try:
            run()
        except (StudentFailure, StudentTimeout):
            raise
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            detail = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise CourseError(f"hidden test {self.id}: the reference does not pass it: {detail}") from error


# Untyped on purpose: what is used of it is not part of Hypothesis's public interface, and may go.
providers: Any = _providers


@contextlib.contextmanager
def _no_local_constants() -> Iterator[None]:
    """Keep Hypothesis from drawing numbers that it finds in the source of whatever modules are loaded.

    The inputs would change with every edit of this package, and differ from machine to machine.
    """
    before = getattr(providers, "_get_local_constants", None)
    if before is None or not hasattr(providers, "Constants"):
        yield
        return
    providers._get_local_constants = lambda: providers.Constants()
    _forget_constants()
    try:
        yield
    finally:
        providers._get_local_constants = before
        _forget_constants()


def _forget_constants() -> None:
    cache = getattr(getattr(providers, "CONSTANTS_CACHE", None), "cache", None)
    if cache is not None:
        cache.clear()


class _Notes:
    """Stands in a student's place and keeps what was called."""

    def __init__(self, student: Any) -> None:
        self._student = student
        self.calls: list[Call] = []
        self.arrays = 0

    def clear(self) -> None:
        self.calls = []
        self.arrays = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(self._student, name)

        def noted(*args: Any, **kwargs: Any) -> Any:
            self.calls.append(Call(name, args, kwargs))
            self.arrays += sum(1 for leaf in leaves([args, kwargs]) if isinstance(leaf, np.ndarray))
            return function(*args, **kwargs)

        return noted


class _Collector:
    """A pytest plugin that keeps what was collected."""

    def __init__(self) -> None:
        self.items: list[pytest.Item] = []
        self.errors: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "exercise(name, points=0): what a test belongs to")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = list(session.items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            lines = str(report.longrepr).strip().splitlines()
            self.errors.append(f"{report.nodeid}: {lines[-1] if lines else 'does not import'}")


def collect(folder: Path, exercises: Mapping[str, str], *, only: str | None = None) -> list[HiddenTest]:
    """The tests in `folder`, in order of the files and of `exercises`. Inputs are not drawn yet.

    exercises: exercise → chapter; tests of other exercises (of chapters switched off) are left out.
    Raises CourseError where a test does not import, names no exercise, or has no title.
    """
    collector = _Collector()
    arguments = ["--collect-only", "--import-mode=importlib", "-c", os.devnull, "--rootdir", str(folder)]
    for name in ("cacheprovider", "terminal", "logging", "faulthandler", "xdist", "unraisableexception"):
        arguments += ["-p", f"no:{name}"]
    with _plain_pytest_environment(), Path(os.devnull).open("w") as null, contextlib.redirect_stdout(null):
        before = set(sys.modules)
        code = pytest.main([*arguments, str(folder)], plugins=[collector])
        # Another course's tests may have the same names; importlib mode would hand out these again.
        for name in set(sys.modules) - before:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(folder)):
                del sys.modules[name]
    if collector.errors:
        raise CourseError("\n".join(collector.errors))
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise CourseError(f"pytest can't collect the tests in {folder} (exit code {int(code)})")
    tests = [test for item in collector.items if (test := _from_item(item, folder)).exercise in exercises]
    if only is not None:
        tests = [test for test in tests if test.exercise == only]
    order = list(exercises)
    return sorted(tests, key=lambda test: order.index(test.exercise))


@contextlib.contextmanager
def _plain_pytest_environment() -> Iterator[None]:
    """Whatever plugins and options the surroundings ask for, the same tests are collected."""
    changed = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": None, "PYTEST_PLUGINS": None}
    before = {name: os.environ.get(name) for name in changed}

    def apply(values: Mapping[str, str | None]) -> None:
        for name, value in values.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    apply(changed)
    try:
        yield
    finally:
        apply(before)


def _from_item(item: pytest.Item, folder: Path) -> HiddenTest:
    where = f"{Path(item.path).name}::{item.name}"
    marker = item.get_closest_marker("exercise")
    if not isinstance(item, pytest.Function) or marker is None or not marker.args:
        raise CourseError(
            f'{folder / where}: say what it belongs to: @pytest.mark.exercise("conv2d", points=3)'
        )
    title = (inspect.getdoc(item.obj) or "").splitlines()
    if not title:
        raise CourseError(
            f"{folder / where}: its docstring's first line is the title that students see; add one"
        )
    points = marker.kwargs.get("points", 0)
    if isinstance(points, bool) or not isinstance(points, int | float):
        raise CourseError(f"{folder / where}: points must be a number, not {points!r}")
    callspec = getattr(item, "callspec", None)
    return HiddenTest(
        id=where,
        exercise=str(marker.args[0]),
        title=title[0].rstrip("."),
        points=float(points),
        function=item.obj,
        parameters=dict(callspec.params) if callspec else {},
    )

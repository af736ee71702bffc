"""Visible checks that were collected before, without pytest and Hypothesis: importing those takes as long as checking.

What was collected is kept beside the drawn inputs, under the same digest of the checks' files. The files are then
imported with stand-ins for both packages, whose decorators leave the plain functions as they are. Whatever does not
work so is collected with pytest again: this only saves time.
"""

from __future__ import annotations

import base64
import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from grader.testing.hidden import HiddenTest
from grader.testing.kept_inputs import frame_of, value_of

_PACKAGES = ("pytest", "hypothesis")


def keep_tests(file: Path, key: bytes, tests: Sequence[HiddenTest]) -> None:
    """Note what was collected. A folder that can't be written to, or parameters that can't be kept, cost time only."""
    entries = []
    for test in tests:
        frame = frame_of(dict(test.parameters))
        function = getattr(test.body, "__name__", "")
        if frame is None or function != test.id.partition("::")[2].partition("[")[0]:
            return
        module = test.body.__module__
        entries.append(
            [test.id, test.exercise, test.title, test.points, test.examples, test.is_property, module,
             base64.b64encode(frame).decode("ascii")]
        )  # fmt: skip
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(json.dumps({"key": key.hex(), "tests": entries}), encoding="utf-8")


def kept_tests(file: Path, key: bytes, folder: Path) -> list[HiddenTest] | None:
    """The tests as they were collected from `folder`, their inputs not filled in; None where they must be collected."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["key"] != key.hex():
            return None
        names = {entry[0].partition("::")[0]: entry[6] for entry in data["tests"]}
        modules = dict(zip(names, _imported(folder, names), strict=True))
        return [_made(entry, modules) for entry in data["tests"]]
    except Exception:
        # The checks' own code runs here, against stand-ins: whatever it raises, pytest knows better.
        return None


def _made(entry: Sequence[Any], modules: Mapping[str, ModuleType]) -> HiddenTest:
    test_id, exercise, title, points, examples, is_property, _, frame = entry
    file, _, rest = test_id.partition("::")
    function = getattr(modules[file], rest.partition("[")[0])
    if hasattr(function, "hypothesis") != is_property:
        raise ValueError(f"{test_id} is not as it was")
    return HiddenTest(
        id=test_id,
        exercise=exercise,
        title=title,
        points=points,
        function=function,
        parameters=value_of(base64.b64decode(frame)),
        modules=tuple(modules.values()),
        examples=examples,
    )


def _imported(folder: Path, names: Mapping[str, str]) -> list[ModuleType]:
    """Import files under the names that pytest gave them. names: file → module."""
    found = []
    with _stand_ins():
        for file, name in names.items():
            spec = importlib.util.spec_from_file_location(name, folder / file)
            if spec is None or spec.loader is None:
                raise ImportError(file)
            module = importlib.util.module_from_spec(spec)
            # Dataclasses look their module up while they are made.
            before = sys.modules.get(name)
            sys.modules[name] = module
            try:
                spec.loader.exec_module(module)
            finally:
                if before is None:
                    del sys.modules[name]
                else:
                    sys.modules[name] = before
            found.append(module)
    return found


@contextlib.contextmanager
def _stand_ins() -> Iterator[None]:
    """While the block runs, `import pytest` and `import hypothesis…` give stand-ins."""
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in _PACKAGES}
    for name in before:
        del sys.modules[name]
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.partition(".")[0] in _PACKAGES]:
            del sys.modules[name]
        sys.modules.update(before)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in _PACKAGES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def exec_module(self, module: ModuleType) -> None:
        special = _PYTEST if module.__name__ == "pytest" else _HYPOTHESIS
        module.__dict__.update(special)
        name = module.__name__

        def get(attribute: str) -> Any:
            if attribute.startswith("__"):
                raise AttributeError(attribute)
            if name == "pytest":
                return _Late(attribute)
            return _Anything()

        module.__dict__["__getattr__"] = get


class _Anything:
    """Stands for a strategy, or for whatever makes one; nothing is ever drawn from it."""

    def __getattr__(self, name: str) -> _Anything:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> _Anything:
        return self

    def __or__(self, other: object) -> _Anything:
        return self


class _Late:
    """`pytest.raises` and the like: the real one, when a check comes to it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        import pytest

        return getattr(pytest, self._name)(*args, **kwargs)


class _Mark:
    """`pytest.mark`: what it decorates stays as it is."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return _decorator


def _decorator(*args: Any, **kwargs: Any) -> Any:
    """A decorator, with its own arguments or without."""
    if len(args) == 1 and not kwargs and callable(args[0]):
        return args[0]
    return lambda function: function


def _given(*args: Any, **kwargs: Any) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        function.hypothesis = SimpleNamespace(inner_test=function)
        return function

    return mark


_PYTEST = {"mark": _Mark(), "fixture": _decorator}
_HYPOTHESIS = {
    "given": _given,
    "example": lambda *args, **kwargs: lambda function: function,
    "settings": lambda *args, **kwargs: lambda function: function,
    "seed": lambda *args, **kwargs: lambda function: function,
}

"""Tests that were collected before, without pytest and Hypothesis: importing those takes as long as checking.

What was collected is kept beside the drawn inputs, under the same digest of the tests' files. The files are then
imported with stand-ins for both packages, whose decorators leave the plain functions as they are. Whatever does not
work so is collected with pytest again: this only saves time. Nothing can be drawn from tests that came so.
"""

from __future__ import annotations

import base64
import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from grader.errors import GraderError
from grader.files import make_folder, write_bytes
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
    with contextlib.suppress(GraderError):
        make_folder(file.parent)
        write_bytes(file, json.dumps({"key": key.hex(), "tests": entries}).encode())


def kept_tests(file: Path, key: bytes, folder: Path) -> list[HiddenTest] | None:
    """The tests as they were collected from `folder`, their inputs not filled in; None where they must be collected."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["key"] != key.hex():
            return None
        names = {entry[6]: entry[0].partition("::")[0] for entry in data["tests"]}
        modules, everything = _imported(folder, names)
        return [_made(entry, modules, everything) for entry in data["tests"]]
    except Exception:
        # The checks' own code runs here, against stand-ins: whatever it raises, pytest knows better.
        return None


def _made(
    entry: Sequence[Any], modules: Mapping[str, ModuleType], everything: tuple[ModuleType, ...]
) -> HiddenTest:
    test_id, exercise, title, points, examples, is_property, module, frame = entry
    function = getattr(modules[module], test_id.partition("::")[2].partition("[")[0])
    if hasattr(function, "hypothesis") != is_property:
        raise ValueError(f"{test_id} is not as it was")
    return HiddenTest(
        id=test_id,
        exercise=exercise,
        title=title,
        points=points,
        function=function,
        parameters=value_of(base64.b64decode(frame)),
        modules=everything,
        examples=examples,
    )


def _imported(folder: Path, names: Mapping[str, str]) -> tuple[dict[str, ModuleType], tuple[ModuleType, ...]]:
    """Import files under the names that pytest gave them, after what pytest imports first. names: module → file.

    Returns the modules by name, and all that came from the folder.
    """
    packages = {name.rpartition(".")[0] for name in names} - {""}
    first = dict.fromkeys(packages, "__init__.py")
    if (folder / "conftest.py").exists():
        first |= {f"{package}.conftest".lstrip("."): "conftest.py" for package in packages or {""}}
    tops = {*names, *first}
    with _stand_ins(), _apart(tops):
        found = {name: _import_file(name, folder / file) for name, file in {**first, **names}.items()}
        own = {name: module for name, module in sys.modules.items() if _below(name, tops)}
    return found, tuple(own[name] for name in sorted(own))


def _import_file(name: str, file: Path) -> ModuleType:
    if name in sys.modules:
        return sys.modules[name]  # another one of the package has imported it
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(str(file))
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _below(name: str, tops: Iterable[str]) -> bool:
    return any(name == top or name.startswith(f"{top}.") for top in tops)


@contextlib.contextmanager
def _apart(tops: Iterable[str]) -> Iterator[None]:
    """While the block runs, modules of these names, and what is below them, are the block's own."""
    before = {name: module for name, module in sys.modules.items() if _below(name, tops)}
    for name in before:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in [name for name in sys.modules if _below(name, tops)]:
            del sys.modules[name]
        sys.modules.update(before)


@contextlib.contextmanager
def _stand_ins() -> Iterator[None]:
    """While the block runs, `import pytest` and `import hypothesis…` give stand-ins."""
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in _PACKAGES}
    for name in before:
        del sys.modules[name]
    finder, writes_no_bytecode = _Finder(), sys.dont_write_bytecode
    sys.meta_path.insert(0, finder)
    sys.dont_write_bytecode = True  # nothing is left in the author's folder
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes_no_bytecode
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
        return self._real()(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._real(), name)

    def _real(self) -> Any:
        import pytest

        return getattr(pytest, self._name)


class _Settings:
    """`settings`: a decorator, and profiles that nobody asks for."""

    def __call__(self, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        return lambda function: function

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None


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
    "settings": _Settings(),
    "seed": lambda *args, **kwargs: lambda function: function,
}

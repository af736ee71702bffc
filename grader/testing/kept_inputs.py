"""Inputs of tests, drawn once and kept in a file: drawing them takes longer than testing with them.

Kept under a digest of everything that decides them. A damaged or outdated file only means drawing again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import struct
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from grader import __version__
from grader.errors import GraderError
from grader.files import make_folder, write_bytes
from grader.testing.chosen import Choice
from grader.testing.hidden import HiddenTest
from grader.wall import Caps, WireError, decode, encode

_LENGTHS = struct.Struct(">II")
_DIGEST_BYTES = 32
_CAPS = Caps(buffers=16_384, nodes=1_000_000)
_MAX_FILE_BYTES = 64 << 20
#: Stands first in the list that a dataclass crosses as; no list of a test's inputs begins with it.
_DATACLASS = "\0dataclass"

Inputs = list[dict[str, Any]]


class KeptInputs:
    """The inputs of tests that are drawn with one seed.

    file: keeps them; its folder is made when needed, closed to others. key: a digest of what decides the inputs.
    pool: whether further ones are drawn, for submissions of their own. choice: which of the others are used; what the
    key is made of decides it, too.
    """

    def __init__(
        self,
        file: Path,
        key: bytes,
        *,
        seed: int,
        examples: int,
        pool: bool = False,
        choice: Choice | None = None,
    ) -> None:
        self._file = file
        self._choice = choice
        self._pool = pool
        self._seed = seed
        self._examples = examples
        self._key = key
        self._known = dict(_read(file, key))
        self._changed = False

    def has(self, test: HiddenTest) -> bool:
        """Whether the inputs of `test` are there, and need not be drawn."""
        return not test.is_property or test.id in self._known

    def restore(self, test: HiddenTest) -> bool:
        """Give `test` its inputs if nothing has to be drawn for that; whether it has them now."""
        if not test.is_property:
            test.draw(self._seed, examples=self._examples)
            return True
        if test.id not in self._known:
            return False
        try:
            kept = _from_wire(self._known[test.id].tree, _dataclasses_of(test.modules))
            test.inputs, test.pool = kept["inputs"], kept["pool"]
        except (WireError, TypeError, ValueError, KeyError):
            return False
        return True

    def fill(self, test: HiddenTest) -> None:
        """Give `test` its inputs. Raises CourseError if they can't be drawn."""
        if self.restore(test):
            return
        test.draw(self._seed, examples=self._examples, pool=self._pool, choice=self._choice)
        kept = {"inputs": test.inputs, "pool": test.pool}
        if found := _kept(test.id, kept, _dataclasses_of(test.modules)):
            self._known[test.id] = found
            self._changed = True

    def keep(self) -> bool:
        """Write what was drawn; whether there was anything. A folder that can't be written to costs time only."""
        if not self._changed:
            return False
        try:
            make_folder(self._file.parent)
            # Whole or not at all: another process may read it at this moment.
            write_bytes(self._file, self._key + b"".join(one.frame for one in self._known.values()))
        except GraderError:
            return False
        return True


def digest_of(folder: Path, seed: int, examples: int) -> bytes:
    """What decides the inputs of the tests in `folder`: their files, the seed, and what draws."""
    digest = hashlib.sha256()
    versions = (__version__, np.__version__, version("hypothesis"), sys.version, seed, examples)
    digest.update(repr(versions).encode())
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if any(part.startswith((".", "__pycache__")) for part in name.parts) or not path.is_file():
            continue
        content = path.read_bytes()
        digest.update(f"{name.as_posix()} {len(content)} ".encode())
        digest.update(content)
    return digest.digest()


@dataclasses.dataclass(frozen=True)
class _Kept:
    """The inputs of one test, as they lie in the file and as they cross the wire."""

    frame: bytes
    tree: Any


def _kept(name: str, inputs: dict[str, Inputs], classes: Mapping[str, type]) -> _Kept | None:
    """What is kept of one test, or nothing where it would not come back exactly: that could change a verdict."""
    try:
        frame = encode([name, _to_wire(inputs)])
        tree = _decoded(frame)[1]
        again = encode([name, _to_wire(_from_wire(tree, classes))])
    except (WireError, TypeError, ValueError, KeyError):
        return None
    return _Kept(frame, tree) if frame == again else None


def frame_of(value: dict[str, Any]) -> bytes | None:
    """Plain values as bytes, or None where they would not come back exactly."""
    found = _kept("", {"inputs": [value], "pool": []}, {})
    return found.frame if found else None


def value_of(frame: bytes) -> dict[str, Any]:
    """What `frame_of` was given. Raises WireError, TypeError or ValueError for other bytes."""
    value: dict[str, Any] = _from_wire(_decoded(frame)[1], {})["inputs"][0]
    return value


def _to_wire(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return [_DATACLASS, _name_of(type(value)), {name: _to_wire(getattr(value, name)) for name in names}]
    if type(value) in (list, tuple):
        return type(value)(map(_to_wire, value))
    if type(value) is dict:
        return {key: _to_wire(item) for key, item in value.items()}
    return value


def _from_wire(value: Any, classes: Mapping[str, type]) -> Any:
    if isinstance(value, list) and len(value) == 3 and value[0] == _DATACLASS:
        return classes[value[1]](**_from_wire(value[2], classes))
    if isinstance(value, list | tuple):
        return type(value)(_from_wire(item, classes) for item in value)
    if isinstance(value, dict):
        return {key: _from_wire(item, classes) for key, item in value.items()}
    return value


def _dataclasses_of(modules: Iterable[ModuleType]) -> dict[str, type]:
    """By name, but for names that two have."""
    found = {
        value
        for module in modules
        for value in list(vars(module).values())
        if isinstance(value, type) and dataclasses.is_dataclass(value)
    }
    names = Counter(map(_name_of, found))
    return {_name_of(kind): kind for kind in found if names[_name_of(kind)] == 1}


def _name_of(kind: type) -> str:
    # Without the packages above the file: which those are depends on where pytest was started.
    return f"{kind.__module__.rpartition('.')[2]}.{kind.__qualname__}"


def _decoded(frame: bytes) -> Any:
    head, body = _LENGTHS.unpack_from(frame)
    start = _LENGTHS.size
    return decode(frame[start : start + head], frame[start + head : start + head + body], _CAPS)


def _read(file: Path, key: bytes) -> Iterator[tuple[str, _Kept]]:
    """The tests in a file of this key, as far as it can be read."""
    try:
        if file.stat().st_size > _MAX_FILE_BYTES:
            return
        data = file.read_bytes()
    except OSError:
        return
    if data[:_DIGEST_BYTES] != key:
        return
    place = _DIGEST_BYTES
    while place < len(data):
        try:
            size = _LENGTHS.size + sum(_LENGTHS.unpack_from(data, place))
            name, inputs = _decoded(data[place : place + size])
        except (struct.error, WireError, TypeError, ValueError):
            return
        if not isinstance(name, str) or not isinstance(inputs, dict) or not inputs.get("inputs"):
            return
        yield name, _Kept(data[place : place + size], inputs)
        place += size

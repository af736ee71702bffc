"""The inputs of the visible checks, drawn once and kept in the student's folder: drawing takes longer than checking.

Kept under a digest of everything that decides them. A damaged or outdated file only means drawing again.
"""

from __future__ import annotations

import hashlib
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np

from grader import __version__
from grader.hidden import HiddenTest, fingerprint
from grader.worker.wire import Caps, WireError, decode, encode

_FILE = Path(".grader") / "inputs.bin"
_LENGTHS = struct.Struct(">II")
_DIGEST_BYTES = 32
_CAPS = Caps(buffers=4096)
_MAX_FILE_BYTES = 16 << 20


class KeptInputs:
    """checks_folder: whose files draw; folder: the student's, which keeps what was drawn."""

    def __init__(self, checks_folder: Path, folder: Path, *, seed: int, examples: int) -> None:
        self._file = folder / _FILE
        self._seed = seed
        self._examples = examples
        self._key = _digest_of(checks_folder, seed, examples)
        self._known = dict(_read(self._file, self._key))
        self._changed = False

    def fill(self, check: HiddenTest) -> None:
        """Give `check` its inputs. Raises CourseError if they can't be drawn."""
        if not check.is_property:
            check.draw(None, None, self._seed, examples=self._examples)
        elif check.id in self._known:
            check.inputs = self._known[check.id]
        else:
            check.draw(None, None, self._seed, examples=self._examples)
            self._known[check.id] = check.inputs
            self._changed = True

    def keep(self) -> None:
        """Write what was drawn; a folder that can't be written to costs time, nothing else."""
        if not self._changed:
            return
        beside = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            self._file.parent.mkdir(exist_ok=True)
            # Whole or not at all: another check may read it at this moment.
            beside.write_bytes(self._key + b"".join(_frames(self._known)))
            beside.replace(self._file)
        except OSError:
            return


def _digest_of(checks_folder: Path, seed: int, examples: int) -> bytes:
    digest = hashlib.sha256()
    versions = (__version__, np.__version__, hypothesis.__version__, sys.version, seed, examples)
    digest.update(repr(versions).encode())
    for path in sorted(checks_folder.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(checks_folder).as_posix()} {len(content)} ".encode())
        digest.update(content)
    return digest.digest()


def _frames(known: dict[str, list[dict[str, Any]]]) -> Iterator[bytes]:
    for name, inputs in known.items():
        try:
            frame = encode([name, inputs])
            again = _decoded(frame)
        except (WireError, TypeError, ValueError):
            continue
        # What does not come back exactly is drawn every time: a list for a tuple could change a verdict.
        if fingerprint(again) == fingerprint([name, inputs]):
            yield frame


def _decoded(frame: bytes) -> Any:
    head, body = _LENGTHS.unpack_from(frame)
    start = _LENGTHS.size
    return decode(frame[start : start + head], frame[start + head : start + head + body], _CAPS)


def _read(file: Path, key: bytes) -> Iterator[tuple[str, list[dict[str, Any]]]]:
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
        if not isinstance(name, str) or not isinstance(inputs, list) or not inputs:
            return
        yield name, inputs
        place += size

"""The hidden tests' inputs, and what was collected, kept from run to run in the instructor's own cache folder.

They are secret: the folder is closed to other users, and no worker can read it (see docs/security.md).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from pathlib import Path

import platformdirs

from grader.files import CACHE_VARIABLE, forget_unused, note_use, refuse_others
from grader.testing.chosen import fitting_choice
from grader.testing.fresh import to_draw
from grader.testing.hidden import EXAMPLES, HiddenTest
from grader.testing.kept_inputs import KeptInputs, digest_of
from grader.testing.light import keep_tests, kept_tests

_PATTERN, _NOTES = "inputs-*.bin", "tests-*.json"
_LOCK = "drawing.lock"


def cache_folder() -> Path | None:
    """Where things are kept that can be made again, or None where nothing shall be kept."""
    named = os.environ.get(CACHE_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    return platformdirs.user_cache_path("grader", appauthor=False)


def kept_from_cache(
    folder: Path, tests_sha256: str, seed: int, exercises: Collection[str]
) -> list[HiddenTest] | None:
    """The hidden tests in `folder` as they were collected before, with their inputs; None where that was not kept.

    Without pytest and Hypothesis, so nothing else can be drawn from them. Raises UsageError as `fill_from_cache` does.
    """
    cache = cache_folder()
    if cache is None:
        return None
    refuse_others(cache)
    key = _key(folder, tests_sha256, seed)
    file, notes = _files(cache, key)
    tests = kept_tests(notes, key, folder)
    # Chapters may have been opened since, or closed.
    if tests is None or {test.exercise for test in tests} != set(exercises):
        return None
    kept = KeptInputs(file, key, seed=seed, examples=EXAMPLES, pool=True)
    if not all(map(kept.restore, tests)):
        return None
    note_use(file)
    note_use(notes)
    return tests


def fill_from_cache(tests: Iterable[HiddenTest], folder: Path, tests_sha256: str, seed: int) -> None:
    """Give hidden tests their inputs: those that the course's author has chosen, else all. folder: theirs.

    Raises CourseError if they can't be drawn, UsageError where others could change what is kept.
    """
    cache, choice = cache_folder(), fitting_choice(folder, seed)
    if cache is None:
        for test in tests:
            test.draw(seed, pool=True, choice=choice)
        return
    refuse_others(cache)
    key, tests = _key(folder, tests_sha256, seed), list(tests)
    file, notes = _files(cache, key)
    open_kept = partial(KeptInputs, file, key, seed=seed, examples=EXAMPLES, pool=True, choice=choice)
    kept = open_kept()
    if all(map(kept.has, tests)):
        for test in tests:
            kept.fill(test)
        kept.keep()  # what could not be made of it was drawn anew
        note_use(file)
    else:
        with _alone(cache, key):
            # Whoever had to wait finds them drawn.
            kept = open_kept()
            for test in tests:
                kept.fill(test)
            if kept.keep():
                forget_unused(cache, _PATTERN)
    keep_tests(notes, key, tests)
    forget_unused(cache, _NOTES)


def _key(folder: Path, tests_sha256: str, seed: int) -> bytes:
    """What decides the tests and their inputs."""
    decides = digest_of(folder, seed, EXAMPLES) + f"{tests_sha256} {to_draw(EXAMPLES)}".encode()
    return hashlib.sha256(decides).digest()


def _files(cache: Path, key: bytes) -> tuple[Path, Path]:
    """Where the inputs are kept, and what was collected."""
    name = key.hex()[:16]
    return cache / f"inputs-{name}.bin", cache / f"tests-{name}.json"


@contextlib.contextmanager
def _alone(cache: Path, key: bytes) -> Iterator[None]:
    """While others need the same inputs, too, one process draws them; where that can't be arranged, each does."""
    try:
        import fcntl

        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(cache / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except (ImportError, OSError):
        yield
        return
    try:
        # One byte of the file a key: who draws for one course waits for nobody who draws for another.
        fcntl.lockf(file, fcntl.LOCK_EX, 1, int.from_bytes(key[:4], "big"))
        yield
    finally:
        os.close(file)

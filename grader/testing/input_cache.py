"""The hidden tests' inputs, kept from run to run in the instructor's own cache folder.

They are secret: the folder is closed to other users, and no worker can read it (see docs/security.md).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import platformdirs

from grader.files import CACHE_VARIABLE, refuse_others
from grader.testing.hidden import EXAMPLES, HiddenTest
from grader.testing.kept_inputs import KeptInputs, digest_of

_PATTERN = "inputs-*.bin"
_FILES_KEPT = 8


def cache_folder() -> Path | None:
    """Where things are kept that can be made again, or None where nothing shall be kept."""
    named = os.environ.get(CACHE_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    return platformdirs.user_cache_path("grader", appauthor=False)


def fill_from_cache(tests: Iterable[HiddenTest], folder: Path, tests_sha256: str, seed: int) -> None:
    """Give hidden tests their inputs. folder: theirs.

    Raises CourseError if they can't be drawn, UsageError where others could change what is kept.
    """
    cache = cache_folder()
    if cache is None:
        for test in tests:
            test.draw(seed, pool=True)
        return
    refuse_others(cache)
    key = hashlib.sha256(digest_of(folder, seed, EXAMPLES) + tests_sha256.encode()).digest()
    kept = KeptInputs(cache / f"inputs-{key.hex()[:16]}.bin", key, seed=seed, examples=EXAMPLES, pool=True)
    for test in tests:
        kept.fill(test)
    if kept.keep():
        _forget_the_oldest(cache)


def _forget_the_oldest(cache: Path) -> None:
    with contextlib.suppress(OSError):
        files = sorted(cache.glob(_PATTERN), key=lambda path: path.stat().st_mtime)
        for path in files[:-_FILES_KEPT]:
            path.unlink()

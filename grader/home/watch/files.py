"""Saves, as events: the names of files that a check depends on, told within a few hundredths of a second."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from grader.course import Assignment
from grader.intake import chapter_files

# Milliseconds: an editor writes a file in several steps, which count as one save if they come this close together.
_STEP = 30
_LONGEST = 200


@contextlib.contextmanager
def noticing_saves(
    folders: Iterable[Path], wanted: Callable[[Path], bool], push: Callable[[], None]
) -> Iterator[None]:
    """Call `push` (from another thread) after every save of a `wanted` file directly in one of `folders`."""
    # Imported here: only watch mode pays for it. Where a platform has none, the loop's own looks must do.
    try:
        from watchfiles import watch
    except ImportError:
        yield
        return

    stop = threading.Event()

    def follow() -> None:
        # Where the system can't tell of changes (some containers, network drives), `Signature` still finds them.
        with contextlib.suppress(OSError, RuntimeError):
            for _ in watch(
                *folders,
                watch_filter=lambda change, path: wanted(Path(path)),
                debounce=_LONGEST,
                step=_STEP,
                stop_event=stop,
                recursive=False,
                raise_interrupt=False,
            ):
                push()

    thread = threading.Thread(target=follow, name="saves", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=2)


class Signature:
    """Size and time of the files that count: tells a change that nobody reported."""

    def __init__(self, folder: Path, checks: Path, assignment: Assignment) -> None:
        self._folder = folder
        self._checks = checks
        self._chapters = frozenset(chapter_files(assignment))

    def wants(self, path: Path) -> bool:
        """Whether a change of `path` can change a verdict."""
        return path.name in self._chapters or self.is_check(path)

    def is_check(self, path: Path) -> bool:
        """Whether `path` belongs to the visible checks."""
        return path.suffix in (".py", ".json") and path.parent.name == self._checks.name

    def of_chapters(self) -> tuple[object, ...]:
        """Of the student's files."""
        return tuple(_stamp(self._folder / name) for name in sorted(self._chapters))

    def of_checks(self) -> tuple[object, ...]:
        """Of the checks."""
        with contextlib.suppress(OSError):
            return tuple(
                (p.name, _stamp(p)) for p in sorted(self._checks.iterdir()) if p.suffix in (".py", ".json")
            )
        return ()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size

"""CPU time for reading and marking the answers of one submission, kept also where one answer uses up all of it."""

from __future__ import annotations

import signal
import threading
import time
from types import TracebackType

#: For reading one submission's answers, and again for marking them. The slowest that are known take a tenth of it.
CPU_SECONDS = 5.0


class OverBudget(BaseException):
    """The time is used up. No Exception: what reads tolerantly catches those, and would go on."""


class Budget:
    """A context manager, to be entered for each piece of work; raises OverBudget in it, or when it is entered.

    In a process's main thread the work is interrupted, by a signal that Python's regular expressions heed as well.
    Elsewhere (and on Windows) the time is looked at between two pieces only.
    """

    def __init__(self, cpu_seconds: float) -> None:
        self._left = cpu_seconds
        self._started = 0.0
        self._interrupts = hasattr(signal, "setitimer") and (
            threading.current_thread() is threading.main_thread()
        )

    def __enter__(self) -> None:
        if self._left <= 0:
            raise OverBudget
        self._started = time.thread_time()
        if self._interrupts:
            signal.signal(signal.SIGVTALRM, _interrupt)
            signal.setitimer(signal.ITIMER_VIRTUAL, self._left)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._interrupts:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        # The signal came: the clocks of thread and process may differ by a little.
        self._left = 0 if kind is OverBudget else self._left - (time.thread_time() - self._started)


def _interrupt(*_: object) -> None:
    raise OverBudget

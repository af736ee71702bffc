"""For cluster_scale.py, by `dask worker --preload`: the student's time is simulated, everything else is real.

A grading process is replaced by a sleep and a Result made beforehand, with this student's name and digest.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from grader.batch.cluster import worker
from grader.intake import Bundle


class Canned:
    """Answers like a grading process after CANNED_SECONDS."""

    def __init__(self, *_: object, **__: object) -> None:
        self._result: dict[str, Any] = json.loads(Path(os.environ["CANNED_RESULT"]).read_text())
        self._seconds = float(os.environ["CANNED_SECONDS"])

    def begin(self, seconds: float) -> None:
        """Ready at once."""

    def grade(self, bundle: Bundle, seconds: float) -> tuple[str, str]:
        time.sleep(self._seconds)
        own = {"student": bundle.student, "submission_sha256": bundle.sha256}
        return "result", json.dumps({**self._result, **own}, ensure_ascii=False)

    def close(self) -> None:
        """Nothing to end."""


def dask_setup(dask_worker: object) -> None:
    """Called by Dask when the worker starts."""
    worker.GradingProcess = Canned  # type: ignore[assignment,misc]

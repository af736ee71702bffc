"""A class: who is graded, in which order, on which processes; resumed where it stopped.

In: SUBMISSIONS and a course. Out: a RESULTS folder. run.py is the driver and alone writes; pool.py grades on this
machine, cluster/ on a Dask cluster; similarity.py looks for shared passages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.doors import opened_late

if TYPE_CHECKING:
    from grader.batch.entries import assignment_in
    from grader.batch.pages import mend_files, take_away, write_result
    from grader.batch.pool import (
        GRACE,
        TRIES,
        Executor,
        Graded,
        Job,
        LocalPool,
        local_pool,
        read_handout,
        serve_bundles,
    )
    from grader.batch.preview import Preview, what_would_change
    from grader.batch.run import (
        Options,
        Progress,
        Summary,
        finish,
        grade_class,
        more_for_report,
        result_of,
    )
    from grader.batch.similarity import read_sources, similar_pairs

__all__ = [
    "GRACE",
    "TRIES",
    "Executor",
    "Graded",
    "Job",
    "LocalPool",
    "Options",
    "Preview",
    "Progress",
    "Summary",
    "assignment_in",
    "finish",
    "grade_class",
    "local_pool",
    "mend_files",
    "more_for_report",
    "read_handout",
    "read_sources",
    "result_of",
    "serve_bundles",
    "similar_pairs",
    "take_away",
    "what_would_change",
    "write_result",
]

# A grading process needs pool.py alone: neither the gradebook nor the pages.
__getattr__ = opened_late(
    __name__,
    {
        "entries": "assignment_in",
        "pages": "mend_files take_away write_result",
        "pool": "GRACE TRIES Executor Graded Job LocalPool local_pool read_handout serve_bundles",
        "preview": "Preview what_would_change",
        "run": "Options Progress Summary finish grade_class more_for_report result_of",
        "similarity": "read_sources similar_pairs",
    },
)

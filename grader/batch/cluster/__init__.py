"""Grading on a Dask cluster: the unit of work of `grader.batch.pool`, handed to other machines.

`driver` runs where the instructor sits and alone writes; `worker` and `process` run on the cluster; `parcel` is what
crosses (the course, once a worker); `versions` refuses a cluster that would grade differently.

Trust: Dask sends pickles both ways. Scheduler, workers and driver must trust each other, and the network between them;
where it can't be trusted, start Dask with TLS and use a tls:// address. Student code never comes near that: on a worker
it runs behind the same wall as on one machine, and what is believed of a worker's answer is a Result's JSON, checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.doors import opened_late

if TYPE_CHECKING:
    from grader.batch.cluster.driver import ClusterPool

__all__ = [
    "ClusterPool",
]

__getattr__ = opened_late(
    __name__,
    {
        "driver": "ClusterPool",
    },
)

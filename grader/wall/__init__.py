"""The grader's side of the wall: workers started, asked and ended; what they say believed as far as it was checked.

In: the chapters of one submission. Out: `Student`, whose functions are called like a module's, within deadlines and
budgets. The only room that imports `grader.worker`; nothing of a test comes here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.wall.calls import Call, Identity, Script
from grader.wall.crossing import answer_digest, crossed
from grader.wall.launcher import (
    Launcher,
    begin_launch,
    can_fork_workers,
    launch,
    launch_own,
    unwalled_if_needed,
    walled,
)
from grader.wall.objects import (
    Function,
    Handle,
    InProcess,
    Kept,
    done,
    has_kept,
    kept_in,
    label_of,
    observed,
    performed,
    replayed,
    sent,
)
from grader.wall.own_time import OwnTime
from grader.wall.packages import installed_versions
from grader.wall.probing import probe_wall
from grader.wall.ready import Purpose, of_all
from grader.wall.replies import Problem
from grader.wall.session import ChapterReport, Session
from grader.wall.standin import StandIn
from grader.wall.student import Student
from grader.wall.surroundings import OPTIONS, Allowance, allowances, in_container
from grader.worker.frames import frames_of
from grader.worker.operations import subject_of
from grader.worker.records import record_of
from grader.worker.statements import Broken, only_tries_out, statements_of
from grader.worker.values import Caps, WireError
from grader.worker.wire import decode, encode

if TYPE_CHECKING:
    from grader.worker.probe import Probe

__all__ = [
    "OPTIONS",
    "Allowance",
    "Broken",
    "Call",
    "Caps",
    "ChapterReport",
    "Function",
    "Handle",
    "Identity",
    "InProcess",
    "Kept",
    "Launcher",
    "OwnTime",
    "Probe",
    "Problem",
    "Purpose",
    "Script",
    "Session",
    "StandIn",
    "Student",
    "WireError",
    "allowances",
    "answer_digest",
    "begin_launch",
    "can_fork_workers",
    "crossed",
    "decode",
    "done",
    "encode",
    "frames_of",
    "has_kept",
    "in_container",
    "installed_versions",
    "kept_in",
    "label_of",
    "launch",
    "launch_own",
    "observed",
    "of_all",
    "only_tries_out",
    "performed",
    "probe_wall",
    "record_of",
    "replayed",
    "sent",
    "statements_of",
    "subject_of",
    "unwalled_if_needed",
    "walled",
]

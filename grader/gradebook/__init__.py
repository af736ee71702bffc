"""Results kept: one SQLite file, every attempt; rosters, late work, answers that a person confirmed, comments.

In: Results, rosters, confirmed answers. Out: what counts now, late penalties taken off. late.py alone decides those.
"""

from __future__ import annotations

from grader.gradebook.answers import Waiting, by_key, confirmation, free_text, read_csv, to_csv
from grader.gradebook.changes import what_changed
from grader.gradebook.cluster_sheet import clusters_csv, read_clusters_csv
from grader.gradebook.clusters import Cluster, clusters_of, left_apart, reached
from grader.gradebook.comments import Comment
from grader.gradebook.confirmations import Confirmation, Given, answer_sha256, now
from grader.gradebook.database import FILE_NAME, Attempt, Gradebook
from grader.gradebook.identity import People, identity_of
from grader.gradebook.late import count_late, unknown_extensions
from grader.gradebook.news import Moved, News, news_of
from grader.gradebook.parting import GRADER
from grader.gradebook.people import changes as people_changes
from grader.gradebook.people import merge, remove, rename, restore, split
from grader.gradebook.people_log import PeopleChange, merged_names, present_names
from grader.gradebook.roster import Match, Roster, read_roster
from grader.gradebook.row import Row
from grader.gradebook.seal import is_genuine
from grader.gradebook.spelling import folded, participant

__all__ = [
    "FILE_NAME",
    "GRADER",
    "Attempt",
    "Cluster",
    "Comment",
    "Confirmation",
    "Given",
    "Gradebook",
    "Match",
    "Moved",
    "News",
    "People",
    "PeopleChange",
    "Roster",
    "Row",
    "Waiting",
    "answer_sha256",
    "by_key",
    "clusters_csv",
    "clusters_of",
    "confirmation",
    "count_late",
    "folded",
    "free_text",
    "identity_of",
    "is_genuine",
    "left_apart",
    "merge",
    "merged_names",
    "news_of",
    "now",
    "participant",
    "people_changes",
    "present_names",
    "reached",
    "read_clusters_csv",
    "read_csv",
    "read_roster",
    "remove",
    "rename",
    "restore",
    "split",
    "to_csv",
    "unknown_extensions",
    "what_changed",
]

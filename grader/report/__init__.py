"""Results of a class → one page for the instructor, with item analysis.

In: Results and what the gradebook says beside them. Out: HTML as text; pure functions, nothing is graded or read here.
"""

from __future__ import annotations

from grader.report.attention import unread
from grader.report.build import More, report_html
from grader.report.items import Item
from grader.report.sharing import side_by_side
from grader.report.similar import Passage, Shared, Side, SimilarityOptions, SimilarPair, similarity_html
from grader.report.statistics import ClassStatistics, class_statistics

__all__ = [
    "ClassStatistics",
    "Item",
    "More",
    "Passage",
    "Shared",
    "Side",
    "SimilarPair",
    "SimilarityOptions",
    "class_statistics",
    "report_html",
    "side_by_side",
    "similarity_html",
    "unread",
]

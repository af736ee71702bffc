"""Results of a class → one page for the instructor, with item analysis."""

from grader.report.build import report_html
from grader.report.statistics import ClassStatistics, Item, class_statistics

__all__ = ["ClassStatistics", "Item", "class_statistics", "report_html"]

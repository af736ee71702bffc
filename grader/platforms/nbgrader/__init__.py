"""For people who run nbgrader: the course as an nbgrader course, the drop-in grader, scores pushed and pulled.

In `nbgrader_config.py`, two lines:

    from grader.platforms.nbgrader import configure
    configure(c, course="/path/to/course.yaml")
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.platforms.nbgrader.course import CONFIG, config_text, source_files
from grader.platforms.nbgrader.pulling import pull
from grader.platforms.nbgrader.pushing import push

__all__ = ["CONFIG", "DROP_IN", "config_text", "configure", "pull", "push", "source_files"]

DROP_IN = "grader.platforms.nbgrader.dropin"


def configure(c: Any, course: str | Path, *, confined: bool = True) -> None:
    """Let `nbgrader autograde` grade in this kit's workers instead of executing notebooks in a kernel.

    c: the config object of nbgrader_config.py; course: the kit's course.yaml, or the folder it stands in;
    confined: False only on a machine without a wall, for submissions that are trusted.
    """
    c.Autograde.sanitize_preprocessors = [
        f"{DROP_IN}.OwnMarks",
        "nbgrader.preprocessors.ClearOutput",
        "nbgrader.preprocessors.DeduplicateIds",
        "nbgrader.preprocessors.OverwriteKernelspec",
        "nbgrader.preprocessors.OverwriteCells",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.Autograde.autograde_preprocessors = [
        f"{DROP_IN}.GradeConfined",
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        f"{DROP_IN}.RecordGrades",
        f"{DROP_IN}.DefuseMarkup",
        f"{DROP_IN}.LatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.Application.logging_config = {
        "formatters": {"console": {"class": "grader.platforms.nbgrader.log.VisibleLog"}}
    }
    c.GradeConfined.course = str(course)
    c.GradeConfined.confined = confined
    # An answer cell keeps its own instruction; nbgrader's stub in it would look like an answer.
    c.ClearSolutions.text_stub = ""

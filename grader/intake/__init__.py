"""A folder, .zip or .ipynb → Submission. All is read as data: nothing is run, imported or compiled.

In: SUBMISSIONS, as students and systems left them. Out: a `Submission`, and what of it could not be read.

`discover` lists who submitted, `collect` reads one entry's bytes, `open_bundle` makes sense of them. Only
the driver needs the disk; a Bundle is plain data and may be opened in another process or on another
machine.
"""

from __future__ import annotations

from grader.intake.bundle import Bundle, collect, discover, folder_bundle
from grader.intake.choosing import meant_by
from grader.intake.disk import look
from grader.intake.download_zip import as_folder
from grader.intake.downloads import nbgrader_receipt
from grader.intake.entry import Discovery, Entry
from grader.intake.layout import ANSWERS, EXAMPLES, Unreadable, chapter_files, is_clutter
from grader.intake.names import result_folder, shown
from grader.intake.notebook import ANSWER_PREFIX, parse_notebook
from grader.intake.receipt import Receipt
from grader.intake.submission import Source, Submission, open_bundle
from grader.intake.twins import line_of, touched, untouched_twins, written_in

__all__ = [
    "ANSWERS",
    "ANSWER_PREFIX",
    "EXAMPLES",
    "Bundle",
    "Discovery",
    "Entry",
    "Receipt",
    "Source",
    "Submission",
    "Unreadable",
    "as_folder",
    "chapter_files",
    "collect",
    "discover",
    "folder_bundle",
    "is_clutter",
    "line_of",
    "look",
    "meant_by",
    "nbgrader_receipt",
    "open_bundle",
    "parse_notebook",
    "result_folder",
    "shown",
    "touched",
    "untouched_twins",
    "written_in",
]

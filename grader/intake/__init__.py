"""A folder, .zip or .ipynb → Submission. All is read as data: nothing is run, imported or compiled.

`discover` lists who submitted, `collect` reads one entry's bytes, `open_bundle` makes sense of them. Only
the driver needs the disk; a Bundle is plain data and may be opened in another process or on another
machine.
"""

from grader.intake.bundle import Bundle, collect, discover, folder_bundle
from grader.intake.entry import Discovery, Entry
from grader.intake.names import result_folder, shown
from grader.intake.submission import Source, Submission, open_bundle

__all__ = [
    "Bundle",
    "Discovery",
    "Entry",
    "Source",
    "Submission",
    "collect",
    "discover",
    "folder_bundle",
    "open_bundle",
    "result_folder",
    "shown",
]

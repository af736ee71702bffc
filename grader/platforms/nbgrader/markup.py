"""Takes out of a graded notebook what would act in the browser of the person who looks at it.

nbgrader's pages show a student's Markdown with its HTML, in the session that can change every grade: a script in an
answer could give its author full marks, or read everybody else's. Code is text there, but characters that reorder a
line would show other code than was graded, and nbgrader takes minutes for megabytes of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from grader.platforms.nbgrader.cells import OWN
from grader.platforms.nbgrader.plain_markdown import as_text, plain_markdown
from grader.text import visible

_IMAGE = frozenset(["image/png", "image/jpeg", "image/gif"])
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_ID = re.compile(r"[a-zA-Z0-9_-]{1,200}")
_FLAGS = frozenset(["deletable", "editable", "grade", "locked", "solution", "task"])
_LANGUAGE = {"name": "python"}
_PARTS = frozenset(["cells", "metadata", "nbformat", "nbformat_minor"])
#: Characters of a student's that a notebook shows, in one cell and in all; the submitted one has the rest.
_IN_A_CELL, _IN_ALL = 100_000, 400_000


def defuse(page: Any) -> None:
    """Make an nbformat 4 notebook safe to show. Changed in place; locked cells keep their text.

    page: after nbgrader's OverwriteCells, which gives locked cells the source's text again.
    """
    for part in page.keys() - _PARTS:
        del page[part]
    kernel = page["metadata"].get("kernelspec")
    page["metadata"].clear()
    page["metadata"]["language_info"] = dict(_LANGUAGE)
    if isinstance(kernel, Mapping):
        names = {
            key: kernel[key] for key in ("display_name", "language", "name") if _is_name(kernel.get(key))
        }
        page["metadata"]["kernelspec"] = names
    page["cells"] = [cell for cell in page["cells"] if cell.get("cell_type") in ("code", "markdown", "raw")]
    room = _IN_ALL
    for number, cell in enumerate(page["cells"]):
        metadata = dict(cell["metadata"])
        cell["metadata"].clear()
        cell["metadata"].update(_metadata(metadata))
        if "id" in cell and not _is_id(cell["id"]):
            cell["id"] = f"cell-{number}"
        if "attachments" in cell:
            cell["attachments"] = _images(cell["attachments"])
        if not _is_locked(cell):
            text = visible(cell["source"], min(room, _IN_A_CELL), multiline=True)
            room -= min(room, len(cell["source"]))
            if cell["cell_type"] == "markdown":
                text = plain_markdown(text, cell.get("attachments", {}))
            elif cell["cell_type"] == "raw":
                text = as_text(text)
            cell["source"] = text


def _metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What nbgrader needs of a cell's metadata, each of its type: its pages print them as they are."""
    kept = {key: metadata[key] for key in ("deletable", "editable") if isinstance(metadata.get(key), bool)}
    own = metadata.get(OWN)
    if isinstance(own, Mapping) and _is_id(own.get("answer")):
        kept[OWN] = {"answer": own["answer"]}
    marks = metadata.get("nbgrader")
    # Without an id it is no cell of the source, and a box for its score would belong to nobody.
    if isinstance(marks, Mapping) and _is_id(marks.get("grade_id")):
        kept["nbgrader"] = {key: value for key, value in marks.items() if _is_mark(key, value)}
    return kept


def _is_mark(key: str, value: object) -> bool:
    if key in _FLAGS:
        return isinstance(value, bool)
    if key in ("points", "schema_version"):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return key in ("grade_id", "checksum", "cell_type") and _is_id(value)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_locked(cell: Any) -> bool:
    """Whether its text is the source's: OverwriteCells takes the id off a cell that the source does not have."""
    marks = cell["metadata"].get("nbgrader")
    if not isinstance(marks, Mapping):
        return False
    return bool(marks.get("grade_id")) and bool(marks.get("locked")) and not marks.get("solution")


def _is_name(text: object) -> bool:
    return isinstance(text, str) and re.fullmatch(r"[\w .()-]{1,60}", text) is not None


def _images(attachments: Any) -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in attachments.items() if isinstance(attachments, Mapping) else ():
        images = {
            kind: data
            for kind, data in (bundle.items() if isinstance(bundle, Mapping) else ())
            if kind in _IMAGE and isinstance(data, str) and _BASE64.fullmatch(data)
        }
        if images:
            kept[str(name)] = images
    return kept

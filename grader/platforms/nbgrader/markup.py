"""Takes out of a graded notebook what would act in the browser of the person who looks at it.

nbgrader's pages show a student's Markdown with its HTML, in the session that can change every grade: a script in an
answer could give its author full marks, or read everybody else's.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping
from typing import Any

from grader.platforms.nbgrader.cells import OWN

_COMMENT = re.compile(r"<!--[^<>]*-->")
# HTML begins with < and a letter, a slash, ! or ?; "a < b" does not.
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
# The name of an attachment ends the match, so that what a student writes beside it can't be part of it.
_PICTURE = re.compile(r"!\[(?:[^\[\]\n]{0,200}\]\(attachment:([\w.-]{1,100})\))?")
# MathJax makes links of these, javascript: ones included.
_MATH_LINK = re.compile(r"\\(?=href|csname|url|class|style|cssId|require)")
_IMAGE = frozenset(["image/png", "image/jpeg", "image/gif"])
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_KEPT = ("nbgrader", "deletable", "editable", OWN)
_LANGUAGE = {"name": "python"}


def defuse(page: Any) -> None:
    """Make an nbformat 4 notebook safe to show. Changed in place; locked cells keep their text.

    page: after nbgrader's OverwriteCells, which gives locked cells the source's text again.
    """
    kernel = page["metadata"].get("kernelspec")
    page["metadata"].clear()
    page["metadata"]["language_info"] = dict(_LANGUAGE)
    if isinstance(kernel, Mapping):
        names = {
            key: kernel[key] for key in ("display_name", "language", "name") if _is_name(kernel.get(key))
        }
        page["metadata"]["kernelspec"] = names
    page["cells"] = [cell for cell in page["cells"] if cell.get("cell_type") in ("code", "markdown", "raw")]
    for number, cell in enumerate(page["cells"]):
        for key in [key for key in cell["metadata"] if key not in _KEPT]:
            del cell["metadata"][key]
        if "id" in cell and not _ID.fullmatch(str(cell["id"])):
            cell["id"] = f"cell-{number}"
        if "attachments" in cell:
            cell["attachments"] = _images(cell["attachments"])
        if not _is_locked(cell):
            if cell["cell_type"] == "markdown":
                cell["source"] = without_markup(cell["source"], cell.get("attachments", {}))
            elif cell["cell_type"] == "raw":
                cell["source"] = html.escape(cell["source"], quote=False)


def without_markup(text: str, images: Collection[str] = ()) -> str:
    """Markdown whose HTML and images are shown as text; plain comments stay, they show nothing.

    images: the attachments that stay pictures. nbgrader can't show a page on which one is missing, and any other
    address would be told who looks at it.
    """
    text = _PICTURE.sub(lambda found: found[0] if found[1] in images else r"!\[", text)
    pieces: list[str] = []
    end = 0
    for comment in _COMMENT.finditer(text):
        pieces += [_escaped(text[end : comment.start()]), comment[0]]
        end = comment.end()
    return "".join([*pieces, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return _MATH_LINK.sub(r"\\backslash ", _TAG.sub("&lt;", text))


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

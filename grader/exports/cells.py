"""Cells of CSV files that a spreadsheet will open."""

from __future__ import annotations

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> str:
    """Text for one cell. A text that a spreadsheet would run as a formula gets a leading apostrophe.

    Numbers stay as they are, negative ones too.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:.10g}"
    text = str(value).encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "")
    return (
        f"'{text}" if text.lstrip().startswith(_FORMULA_STARTS) or text.startswith(_FORMULA_STARTS) else text
    )

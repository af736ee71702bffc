"""Cells of CSV files that a spreadsheet will open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

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


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """CSV with every text quoted and defused, and numbers as bare numbers, which importers ask for."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    for row in rows:
        writer.writerow([cell if _is_number(cell) else safe_cell(cell) for cell in row])
    return out.getvalue()


def number(value: float) -> float:
    """A score as it is written: whole where it is whole, four decimals at most."""
    return int(value) if float(value).is_integer() else round(value, 4)


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)

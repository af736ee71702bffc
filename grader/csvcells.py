"""CSV files that spreadsheets open, and what spreadsheets make of CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.errors import UsageError

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


def read_sheet(path: Path) -> list[list[str]]:
    """The cells of a CSV file, as any spreadsheet saves it: commas, semicolons or tabs; UTF-8 or UTF-16, with a mark
    in front or not.

    Raises UsageError.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: can't be read ({error.strerror})") from None
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8; save the sheet as “CSV UTF-8”") from None
    first = text.partition("\n")[0]
    try:
        return list(
            csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
        )
    except csv.Error as error:
        raise UsageError(f"{path}: can't be read as CSV: {error}") from None

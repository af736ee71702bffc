"""CSV files that spreadsheets open, and what spreadsheets make of CSV files."""

from __future__ import annotations

import csv
import io
import re
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


def unsafe_again(cell: str) -> str:
    """What `safe_cell` was given, where it put an apostrophe in front; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and safe_cell(cell[1:]) == cell else cell


def read_sheet(path: Path) -> list[list[str]]:
    """The cells of a CSV file, as any spreadsheet saves it: commas, semicolons or tabs; UTF-8 or UTF-16, with a mark
    in front or not; the separator named in the first line (`sep=;`) or not. Such a line comes back as an empty one, so
    that the others keep their numbers.

    Raises UsageError.
    """
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: can't be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8; save the sheet as “CSV UTF-8”") from None
    first = text.partition("\n")[0]
    named = re.fullmatch(r'"?sep=([,;\t])"?[,;\t]*\r?', first, re.IGNORECASE)
    # What stands in quotes separates nothing: "Doe, Jane".
    sign = named[1] if named else max(",;\t", key=re.sub(r'"[^"]*"', "", _first_filled(text)).count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True))
    except csv.Error as error:
        raise UsageError(f"{path}: can't be read as CSV: {error}") from None
    return [[], *lines[1:]] if named else lines


def head_and_lines(lines: list[list[str]]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The first line that is not empty, and those after it that are not, with their numbers from 1."""
    filled = [(number, cells) for number, cells in enumerate(lines, start=1) if any(map(str.strip, cells))]
    return ([cell.strip() for cell in filled[0][1]], filled[1:]) if filled else ([], [])


def _first_filled(text: str) -> str:
    return next((line for line in text.split("\n") if line.strip(",;\t\r ")), "")


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    if b"\0" in data[:2]:
        return data.decode("utf-16-be" if data[:1] == b"\0" else "utf-16-le")
    return data.decode("utf-8-sig")

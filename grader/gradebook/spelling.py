"""One name in several spellings, and what spreadsheets make of numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: A spreadsheet keeps so many digits of a number.
DIGITS_KEPT = 15
# 1.7E+16, 1,7e16, 1.70E16
_ROUNDED = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d+)", re.IGNORECASE)


def folded(text: str) -> str:
    """`text` so that spellings of one name are equal: case, width and blanks don't count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def bare(name: str) -> str:
    """Letters and digits alone, without accents: Canvas's `doejane`, `team_1`."""
    return re.sub(r"[\W_]", "", _plain_letters(name))


def words(name: str) -> set[str]:
    """The words of a name, without accents."""
    return set(_plain_letters(name).replace(",", " ").split())


def _plain_letters(name: str) -> str:
    letters = unicodedata.normalize("NFKD", folded(name))
    return unicodedata.normalize("NFC", "".join(ch for ch in letters if not "\u0300" <= ch <= "\u036f"))


def same_words(name: str, other: str) -> bool:
    """Whether two names can be one person's: the same words, or two at least and all of the shorter one's."""
    own, others = words(name), words(other)
    return own == others or (len(own & others) > 1 and (own <= others or others <= own))


def name_keys(name: str) -> Iterator[str]:
    """Ways to write a name: as it is, first name first, and as Canvas puts it in file names ("doejane")."""
    yield folded(name)
    last, comma, first = name.partition(",")
    if comma:
        yield folded(f"{first} {last}")
        yield re.sub(r"[\W]", "", folded(name))
    else:
        *firsts, last = folded(name).split() or [""]
        yield re.sub(r"[\W]", "", last + "".join(firsts))


def participant(cell: str) -> str:
    """The number in Moodle's "Participant 123"; any other cell as it is."""
    match = re.fullmatch(r"\D*?(\d+)", cell.strip())
    return match[1] if match else cell.strip()


def numeral(cell: str) -> str:
    """A whole number as such, where a program made one with a point of it: 104.0."""
    match = re.fullmatch(r"(\d+)[.,]0+", cell)
    return match[1] if match else cell


def is_rounded(cell: str, *, number: bool = True) -> bool:
    """Whether a spreadsheet rounded the number in a cell: 1.7E+16. number: what is meant can be nothing else; otherwise
    5e7 may be somebody's login.
    """
    match = _ROUNDED.fullmatch(cell)
    return match is not None and (number or "+" in cell or match[2] is not None)


def may_be_rounded(cell: str, number: str) -> bool:
    """Whether `cell` can be what a spreadsheet made of `number`."""
    if match := _ROUNDED.fullmatch(cell):
        digits, power = match[1] + (match[2] or ""), int(match[3])
        if len(number) != power + 1 or power < len(digits) - 1:
            return False
        unit: int = 10 ** (power + 1 - len(digits))
        return 2 * abs(int(digits) * unit - int(number)) <= unit
    # All digits shown, of which fifteen were kept, cut or rounded.
    if len(cell) != len(number) or cell[DIGITS_KEPT:].strip("0") or len(cell) <= DIGITS_KEPT:
        return False
    return abs(int(cell) - int(number)) < int("1".ljust(len(cell) - DIGITS_KEPT + 1, "0"))

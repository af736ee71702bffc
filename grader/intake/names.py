"""Names that other people chose: shown safely, and turned into folders that can't collide."""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_FOLDER = 100

_PLAIN = frozenset(" ._-@,")
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10))]
)
# A student called grades.csv must not sit where RESULTS keeps a file of its own.
_LIKE_A_RESULT = re.compile(r"\.(db(-\w+)?|csv|html?|json|lock|log|tmp|txt|png|svg|zip|xlsx)$", re.IGNORECASE)


def shown(text: str, limit: int = 120) -> str:
    """`text` for a message: one line of at most `limit` characters, whatever is not printable escaped."""
    safe = "".join(ch if ch.isprintable() else ch.encode("unicode_escape").decode("ascii") for ch in text)
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def readable(name: str) -> str:
    """A file name as valid Unicode: bytes that are not UTF-8 become `\\xNN`; every other name stays as it is.

    The file system hands such bytes over as lone surrogates, which neither JSON nor the gradebook can store.
    """

    def escape(ch: str) -> str:
        code = ord(ch)
        if 0xDC80 <= code <= 0xDCFF:
            return f"\\x{code - 0xDC00:02x}"
        return f"\\u{code:04x}" if 0xD800 <= code <= 0xDFFF else ch

    return "".join(escape(ch) for ch in name)


def result_folder(student: str) -> str:
    """The folder of a student's results: a lower-case name stays itself, others are marked or encoded.

    Injective, on file systems that ignore case or Unicode normalisation too: capitals add `+` and a bit
    mask (hex) of their positions, doubtful characters are percent-encoded, and what gets longer than
    MAX_FOLDER bytes ends in `+h` and a hash. Never empty, hidden, dots only, a device name of Windows or
    the name of a file in RESULTS. A link to it must be URL-quoted, because of the percent signs.
    """
    folder = _encode(student, ascii_only=False)
    if not unicodedata.is_normalized("NFC", folder):
        folder = _encode(student, ascii_only=True)
    if len(folder.encode("utf-8")) > MAX_FOLDER:
        digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        folder = folder[:40].rstrip(" .") + "+h" + digest
    return folder


def _encode(student: str, *, ascii_only: bool) -> str:
    doubtful = _doubtful_positions(student)
    pieces: list[str] = []
    capitals = 0
    for index, ch in enumerate(student):
        lower = ch.lower()
        if index in doubtful or (ascii_only and not ch.isascii()):
            pieces.append(_percent(ch))
        elif ch in _PLAIN or _has_one_spelling(ch):
            pieces.append(ch)
        elif _has_one_spelling(lower) and lower.upper() == ch:
            pieces.append(ch)
            capitals |= 1 << index
        else:
            pieces.append(_percent(ch))
    # The empty name gets a mask as well: "+0", which no other name ends in.
    return "".join(pieces) + (f"+{capitals:x}" if capitals or not student else "")


def _doubtful_positions(student: str) -> set[int]:
    """Where a character that is harmless elsewhere would make the whole name special."""
    positions: set[int] = set()
    if student[:1] in (" ", ".", "-"):
        positions.add(0)
    if student[-1:] in (" ", "."):
        positions.add(len(student) - 1)
    if student.split(".")[0].rstrip(" ").lower() in _RESERVED:
        positions.add(0)
    if own := _LIKE_A_RESULT.search(student):
        positions.add(own.start())
    return positions


def _has_one_spelling(ch: str) -> bool:
    """Whether no other character is taken for this lower-case letter or digit, as ſ may be for s."""
    return ch.isalnum() and unicodedata.normalize("NFKC", ch.upper().casefold()) == ch


def _percent(ch: str) -> str:
    return "".join(f"%{byte:02X}" for byte in ch.encode("utf-8", "surrogatepass"))

"""Bytes → text, as Python reads its own files: UTF-8, or what the file declares."""

from __future__ import annotations

import codecs
import re

from grader.intake.layout import Unreadable

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
# Python knows odd codecs (punycode takes quadratic time, unicode_escape rewrites); these are what editors
# write.
_ENCODINGS = frozenset(
    [
        *("utf-8", "ascii", "iso8859-1", "iso8859-2", "iso8859-5", "iso8859-7", "iso8859-9", "iso8859-15"),
        *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "koi8-r", "koi8-u", "mac-roman", "gb2312"),
        *("gbk", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "cp932", "cp949", "cp950"),
    ]
)
_SAVE = "save it as UTF-8 and hand it in again"


def decoded(data: bytes) -> str:
    """`data` as UTF-8 text with plain line ends, a byte order mark dropped. Raises Unreadable."""
    return _decoded(data, "utf-8")


def decoded_source(data: bytes) -> str:
    """Python source as text with plain line ends; a coding line is obeyed. Raises Unreadable."""
    if data.startswith(codecs.BOM_UTF8):
        return _decoded(data, "utf-8")
    return _decoded(data, _declared_encoding(data))


def with_plain_line_ends(text: str) -> str:
    """`text` with \\n for the line ends of Windows and of old Macs."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def has_half_characters(text: str) -> bool:
    """Whether `text` holds lone surrogates, which JSON can spell and nothing can store."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _decoded(data: bytes, encoding: str) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable(f"UTF-16 text, not UTF-8; {_SAVE}")
    if b"\0" in data:
        raise Unreadable("not text: it holds NUL bytes; hand in the source file itself")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"not {encoding.upper()} text, see line {line}; {_SAVE}") from None
    return with_plain_line_ends(text.removeprefix("\ufeff"))


def _declared_encoding(data: bytes) -> str:
    # As PEP 263 has it: in the first two lines, in the second only if the first is blank or a comment.
    for line in re.split(rb"\r\n|\r|\n", data[:1000], maxsplit=2)[:2]:
        if match := _COOKIE.match(line):
            declared = match[1].decode("ascii")
            try:
                name = codecs.lookup(declared).name
            except LookupError:
                name = ""
            if name not in _ENCODINGS:
                raise Unreadable(f"its coding line names {declared[:40]}, which is not read here; {_SAVE}")
            return name
        if not _BLANK.match(line):
            break
    return "utf-8"

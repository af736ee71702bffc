"""Times as other systems write them. What is not understood for certain is None, never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
#: As Moodle writes them in German, French and Spanish, where they differ.
_ELSEWHERE = {
    name: number
    for number, names in enumerate(
        (
            "januar janvier enero",
            "februar février febrero",
            "märz mars marzo",
            "avril abril",
            "mai mayo",
            "juni juin junio",
            "juli juillet julio",
            "août agosto",
            "septembre septiembre",
            "oktober octobre octubre",
            "novembre noviembre",
            "dezember décembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
# Moodle in English: "Tuesday, 12 March 2024, 10:15 PM".
_WORDED = re.compile(
    r"(?:[^\W\d]+,? )?(\d{1,2})\.? (?:de )?([^\W\d]+)(?: de)? (\d{4}),? +"
    r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?: *([ap])\.?m\.?)?",
    re.IGNORECASE,
)
# ISO 8601, and nbgrader's and Ruby's way of writing it: the zone after a blank, by name or by number.
_SPACED = re.compile(
    r"(\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?) *([A-Za-z][\w/+-]*|[+-]\d{2}:?\d{2})?"
)


# As spreadsheets write them: 25.10.2025 23:00 is clear, 10/26/2025 10:15 PM only where one number can't be a month.
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}),? +(\d{1,2}):(\d{2})(?::(\d{2}))?")
_SLASHED = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}),? +(\d{1,2}):(\d{2})(?::(\d{2}))?(?: *([ap])\.?m\.?)?", re.IGNORECASE
)


def parse_time(text: str, zone: tzinfo | None = None) -> datetime | None:
    """`text` as a time with a zone, or None. zone: where a time without one was written down; None: nobody knows."""
    text = " ".join(text.split())
    if match := _SPACED.fullmatch(text):
        return _spaced(match, zone)
    if match := _WORDED.fullmatch(text):
        return _worded(match, zone)
    if match := _DOTTED.fullmatch(text):
        day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
        return _made(lambda: datetime(year, month, day, hour, minute, second), zone)
    if match := _SLASHED.fullmatch(text):
        return _slashed(match, zone)
    return None


def zone_of(name: str) -> tzinfo | None:
    """The time zone called `name` ("UTC", "Europe/Berlin", "+0100"), or None."""
    if name.upper() in ("Z", "UTC", "GMT"):
        return UTC
    if match := re.fullmatch(r"([+-])(\d{2}):?(\d{2})", name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-offset if match[1] == "-" else offset) if offset < timedelta(hours=24) else None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _spaced(match: re.Match[str], zone: tzinfo | None) -> datetime | None:
    if match[2]:
        zone = zone_of(match[2])
    date, clock = re.split("[T ]", match[1])
    hours, _, rest = clock.partition(":")
    whole, _, fraction = rest.partition(".")
    # Python 3.11 reads three or six digits of a second only.
    micro = f".{fraction[:6]:0<6}" if fraction else ""
    return _made(lambda: datetime.fromisoformat(f"{date}T{hours:0>2}:{whole}{micro}"), zone)


def _worded(match: re.Match[str], zone: tzinfo | None) -> datetime | None:
    day, month, year, hour, minute, second, half = match.groups()
    names = {name: number for number, name in enumerate(_MONTHS, start=1)} | _ELSEWHERE
    if month.lower() not in names:
        return None
    hours = int(hour)
    if half and not 1 <= hours <= 12:
        return None
    if half:
        hours = hours % 12 + 12 * (half.lower() == "p")
    number = names[month.lower()]
    return _made(lambda: datetime(int(year), number, int(day), hours, int(minute), int(second or 0)), zone)


def _slashed(match: re.Match[str], zone: tzinfo | None) -> datetime | None:
    first, second, year, hour, minute = (int(part) for part in match.groups()[:5])
    if (first > 12) == (second > 12) and first != second:
        return None
    day, month = (first, second) if first > 12 else (second, first)
    half = match[7]
    if half and not 1 <= hour <= 12:
        return None
    hours = hour % 12 + 12 * (half.lower() == "p") if half else hour
    return _made(lambda: datetime(year, month, day, hours, minute, int(match[6] or 0)), zone)


def _made(make: Callable[[], datetime], zone: tzinfo | None) -> datetime | None:
    try:
        return make().replace(tzinfo=zone) if zone is not None else None
    except ValueError:
        return None

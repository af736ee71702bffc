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
# Moodle in English: "Tuesday, 12 March 2024, 10:15 PM".
_WORDED = re.compile(
    r"(?:[a-z]+, )?(\d{1,2}) ([a-z]+) (\d{4}),? +(\d{1,2}):(\d{2})(?::(\d{2}))?(?: *([ap])\.?m\.?)?",
    re.IGNORECASE,
)
# ISO 8601, and nbgrader's and Ruby's way of writing it: the zone after a blank, by name or by number.
_SPACED = re.compile(
    r"(\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?) *([A-Za-z][\w/+-]*|[+-]\d{2}:?\d{2})?"
)


def parse_time(text: str, zone: tzinfo | None = None) -> datetime | None:
    """`text` as a time with a zone, or None. zone: where a time without one was written down; None: nobody knows."""
    text = " ".join(text.split())
    if match := _SPACED.fullmatch(text):
        return _spaced(match, zone)
    if match := _WORDED.fullmatch(text):
        return _worded(match, zone)
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
    if month.lower() not in _MONTHS:
        return None
    hours = int(hour)
    if half and not 1 <= hours <= 12:
        return None
    if half:
        hours = hours % 12 + 12 * (half.lower() == "p")
    number = _MONTHS.index(month.lower()) + 1
    return _made(lambda: datetime(int(year), number, int(day), hours, int(minute), int(second or 0)), zone)


def _made(make: Callable[[], datetime], zone: tzinfo | None) -> datetime | None:
    try:
        return make().replace(tzinfo=zone) if zone is not None else None
    except ValueError:
        return None

"""Times as other systems write them. What is not understood for certain is None, never a guess."""

from __future__ import annotations

import re
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
# Whatever follows the time of day: "PM", a zone by name or number, or a word for "o'clock".
_PARTS = re.compile(
    r"(?P<rest>.*?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: *[ap]\.?m\.?)?)"
    r"(?: *(?:Uhr|h))?(?: *\(?(?P<zone>[A-Za-z][\w/+-]*|[+-]\d{1,2}(?::?\d{2})?)\)?)?",
    re.IGNORECASE,
)
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
    r"(?: *(?P<half>[ap])\.?m\.?)?"
)
#: ISO 8601 and nbgrader's way of writing it; Moodle's "Tuesday, 12 March 2024, 10:15 PM" in several languages; as
#: spreadsheets write it: 25.10.2025 23:00 is clear, 10/26/2025 10:15 PM only where one number can't be a month.
_WRITTEN = [
    re.compile(date + _CLOCK, re.IGNORECASE)
    for date in (
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:T|,? )",
        r"(?:[^\W\d]+,? )?(?P<day>\d{1,2})\.? (?:de )?(?P<name>[^\W\d]+)(?: de)? (?P<year>\d{4}),? +",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}),? +",
        r"(?P<first>\d{1,2})/(?P<other>\d{1,2})/(?P<year>\d{4}),? +",
    )
]
#: Short names of a zone's time that are nobody else's, and where they hold. CST, IST, BST and the like are several.
_SHORT = {
    "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon", "CET": "Europe/Berlin", "CEST": "Europe/Berlin",
    "EET": "Europe/Helsinki", "EEST": "Europe/Helsinki", "EST": "America/New_York", "EDT": "America/New_York",
    "PDT": "America/Los_Angeles",
}  # fmt: skip


def parse_time(text: str, zone: tzinfo | None = None) -> datetime | None:
    """`text` as a time with a zone, or None. zone: where a time without one was written down; None: nobody knows."""
    parts = _PARTS.fullmatch(" ".join(text.split()))
    moment = _naive(parts["rest"]) if parts else None
    if parts is None or moment is None:
        return None
    if not parts["zone"]:
        return moment.replace(tzinfo=zone) if zone is not None else None
    return _in_zone(moment, parts["zone"], zone)


def why_unread(text: str) -> str:
    """Why `parse_time` made nothing of `text`, in words, with what to write instead."""
    text = " ".join(text.split())
    if parse_time(text, UTC) is not None:
        return "no time with a zone (give `late: {timezone: ...}` in course.yaml, or write it in full)"
    parts = _PARTS.fullmatch(text)
    if parts and parts["zone"] and _naive(parts["rest"]):
        return f"which time {parts['zone']!r} is, is not certain; write +02:00 or Europe/Berlin, for example"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", text):
        return "a day without a time of day; write it like 2025-10-25 23:00"
    if re.match(r"\d{1,2}/\d{1,2}/\d{2,4}\b", text):
        return "which figure is the day and which the month is not guessed; write it like 2025-10-25 23:00"
    return "not understood as a time; write it like 2025-10-25 23:00"


def zone_of(name: str) -> tzinfo | None:
    """The time zone called `name` ("UTC", "Europe/Berlin", "+0100"), or None."""
    if name.upper() in ("Z", "UTC", "GMT"):
        return UTC
    if match := re.fullmatch(r"([+-])(\d{1,2})(?::?(\d{2}))?", name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(-offset if match[1] == "-" else offset) if offset < timedelta(hours=24) else None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _in_zone(moment: datetime, name: str, zone: tzinfo | None) -> datetime | None:
    """`moment` in the zone called `name`. A short name (CEST) is believed where clocks show it at that moment: in the
    course's own zone, or in the one place that has the name.
    """
    if re.fullmatch(r"[A-Za-z]{3,4}", name) and zone_of(name) is not UTC:
        for place in filter(None, (zone, zone_of(_SHORT.get(name.upper(), "")))):
            for fold in (0, 1):
                there = moment.replace(tzinfo=place, fold=fold)
                if there.tzname() == name.upper():
                    return there
        return None
    found = zone_of(name)
    return moment.replace(tzinfo=found) if found is not None else None


def _naive(text: str) -> datetime | None:
    """A date and a time of day, without a zone; None where it can be read in two ways, or not at all."""
    match = next((match for pattern in _WRITTEN if (match := pattern.fullmatch(text))), None)
    if match is None:
        return None
    part = match.groupdict()
    if "first" in part:
        first, other = int(part["first"]), int(part["other"])
        if (first > 12) == (other > 12) and first != other:
            return None
        day, month = (first, other) if first > 12 else (other, first)
    elif "name" in part:
        names = {name: number for number, name in enumerate(_MONTHS, start=1)} | _ELSEWHERE
        day, month = int(part["day"]), names.get(part["name"].lower(), 0)
    else:
        day, month = int(part["day"]), int(part["month"])
    hour = int(part["hour"])
    if part["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (part["half"].lower() == "p")
    micro = int(f"{part['fraction'] or '0':0<6}"[:6])
    try:
        return datetime(
            int(part["year"]), month, day, hour, int(part["minute"]), int(part["second"] or 0), micro
        )
    except ValueError:
        return None

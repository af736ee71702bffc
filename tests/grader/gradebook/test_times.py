"""Times as people and systems write them: read where certain, otherwise the truth about why not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grader.batch.run import Options, grade_class
from grader.gradebook.roster import read_roster
from grader.times import parse_time, why_unread

from ..batch.partial_runs import Scored
from ..conftest import TinyCourse, write_tree

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "zone", "wanted"),
    [
        ("2025-10-25 23:00 CEST", "Europe/Berlin", "2025-10-25T23:00:00+02:00"),
        ("2025-10-25 23:00:00 cest", None, "2025-10-25T23:00:00+02:00"),
        ("25.10.2025 23:00 CEST", None, "2025-10-25T23:00:00+02:00"),
        ("Dienstag, 12. März 2024, 22:15 Uhr", "Europe/Berlin", "2024-03-12T22:15:00+01:00"),
        ("Dienstag, 12. März 2024, 22:15 CET", None, "2024-03-12T22:15:00+01:00"),
        ("10/26/2025 10:15 PM EDT", None, "2025-10-26T22:15:00-04:00"),
        ("2025-01-25 23:00 EST", None, "2025-01-25T23:00:00-05:00"),
        ("2025-10-26 02:30 CEST", "Europe/Berlin", "2025-10-26T02:30:00+02:00"),
        ("2025-10-26 02:30 CET", "Europe/Berlin", "2025-10-26T02:30:00+01:00"),
        ("2025-01-25 23:00 CST", "America/Chicago", "2025-01-25T23:00:00-06:00"),
        ("2025-01-25 23:00 CST", "Asia/Shanghai", "2025-01-25T23:00:00+08:00"),
        ("2025-07-25 23:00 BST", "Europe/London", "2025-07-25T23:00:00+01:00"),
        ("2025-07-25 23:00 IST", "Asia/Kolkata", "2025-07-25T23:00:00+05:30"),
        ("2025-07-25T23:00:00.123Z", None, "2025-07-25T23:00:00.123000+00:00"),
        ("2025-07-25 23:00+02", None, "2025-07-25T23:00:00+02:00"),
        ("2025-07-25 23:00 (CEST)", None, "2025-07-25T23:00:00+02:00"),
        ("Sunday, 26 October 2025, 10:15\N{NO-BREAK SPACE}PM", "Europe/Berlin", "2025-10-26T22:15:00+01:00"),
        ("2025-07-25 23:00 GMT", None, "2025-07-25T23:00:00+00:00"),
    ],
)
def test_a_zone_is_believed_where_it_is_certain(text: str, zone: str | None, wanted: str) -> None:
    found = parse_time(text, ZoneInfo(zone) if zone else None)
    assert found is not None
    assert found.isoformat() == wanted


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2025-07-26 22:15 CET", "'CET' is, is not certain"),
        ("2025-07-26 22:15 EST", "'EST' is, is not certain"),
        ("2025-10-26 22:15 CST", "'CST' is, is not certain"),
        ("2025-10-26 22:15 IST", "'IST' is, is not certain"),
        ("2025-10-26 22:15 BLA", "'BLA' is, is not certain"),
        ("2025-10-26 22:15 GMT+2", "'GMT+2' is, is not certain"),
        ("2025-10-26 22:15", "no time with a zone"),
        ("10/11/2025 10:15 PM", "which figure"),
        ("03/04/25", "without a time of day"),
        ("2025-10-26", "without a time of day"),
        ("26.10.2025", "without a time of day"),
        ("1761500000", "not understood"),
        ("2025-13-26 10:00", "not understood"),
        ("45955.93", "not understood"),
    ],
)
def test_it_is_said_truly_why_a_time_is_not_read(text: str, says: str) -> None:
    assert parse_time(text, None) is None
    assert says in why_unread(text)


def test_times_that_no_one_can_read_are_counted_at_the_end_of_the_run(
    tiny: TinyCourse, tmp_path: Path
) -> None:
    due = {"due": datetime(2025, 6, 1, 22, 0, tzinfo=UTC)}
    model = tiny.assignment.model_validate({**tiny.assignment.model_dump(exclude={"due"}), **due})
    course = tiny.course.model_copy(update={"assignments": {"tiny": model}})
    times = {"ada": "soon", "ben": "2025-06-01 12:00:00 UTC", "cy": "2025-06-01"}
    files = {f"{who}/timestamp.txt": text for who, text in times.items()}
    write_tree(tmp_path / "in", files | {f"{who}/alpha.py": f"x = '{who}'" for who in times})
    summary = grade_class(course, "tiny", tmp_path / "in", tmp_path / "out", Options(jobs=1), Scored("tiny"))
    (said,) = [line for line in summary.remarks if "timestamp.txt" in line]
    assert "for 2: ada, cy" in said
    (tmp_path / "r.csv").write_text(
        "student,submitted\nada,2025-06-01\nben,2025-06-01 12:00 CST\ncy,1.6.2025 8:00\n"
    )
    options = Options(jobs=1, roster=read_roster(tmp_path / "r.csv"))
    summary = grade_class(course, "tiny", tmp_path / "in", tmp_path / "out", options, Scored("tiny"))
    said = "\n".join(summary.remarks)
    for part in ("without a time of day", "'CST'", "no time with a zone", "could not be taken for 3"):
        assert part in said

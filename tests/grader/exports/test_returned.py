"""Pages on their way back: named as the LMS wants them, each to its own student, nobody's to somebody else."""

from __future__ import annotations

import io
import json
import mailbox
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.exports import Pairing, canvas_pages, mail_merge, mails, moodle_pages, pair_up
from grader.gradebook import Roster, read_roster
from grader.result import Result

from .test_exports import ASSIGNMENT, MOODLE, result


def page(found: Result) -> bytes | None:
    return None if found.student == "nobody" else f"<p>{found.student}</p>".encode()


def files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def roster(tmp_path: Path) -> Callable[[str], Roster]:
    def read(text: str) -> Roster:
        (tmp_path / "people.csv").write_text(text, encoding="utf-8")
        return read_roster(tmp_path / "people.csv")

    return read


def moodle(student: str, number: str, **more: Any) -> Result:
    return result(student, lms={"system": "moodle", "id": number, "name": student}, **more)


def test_moodle_finds_name_number_plugin_and_file_between_underscores() -> None:
    data, remarks = moodle_pages(pair_up([moodle("Jane_Doe/../x", "501"), result("bo")], None), page)
    (name,) = files(data)
    parts = name.split("_", 4)
    assert parts == ["Jane Doe x", "501", "assignsubmission", "file", "/feedback.html"]
    assert remarks == ["bo: Moodle's number is not known; pass Moodle's worksheet as --roster"]


def test_moodles_worksheet_says_the_numbers(roster: Any) -> None:
    pairing = pair_up([result("Jane Doe"), result("nobody"), result("bo@example.org")], roster(MOODLE))
    data, remarks = moodle_pages(pairing, page)
    assert files(data) == {
        "Jane Doe_501_assignsubmission_file_/feedback.html": b"<p>Jane Doe</p>",
        "Bo Li_502_assignsubmission_file_/feedback.html": b"<p>bo@example.org</p>",
    }
    assert remarks == ["nobody: no page; run `grader grade` again"]


def test_canvas_wants_both_of_its_numbers() -> None:
    lms = {"system": "canvas", "id": "12345", "name": "doejane", "attachment": "67890"}
    found = [result("doejane", lms=lms), result("bo", lms={**lms, "attachment": ""}), result("cy")]
    data, remarks = canvas_pages(pair_up(found, None), page)
    assert list(files(data)) == ["doejane_12345_67890_feedback.html"]
    assert [line.split(":")[0] for line in remarks] == ["bo", "cy"]


GROUP = "name,email,group\nJane Doe,jane@example.org,G1\nBo Li,bo@example.org,G1\nCy,not an address,\n"


def test_each_member_of_a_group_gets_a_message(roster: Any, tmp_path: Path) -> None:
    pairing = pair_up([result("G1", 70.5), result("Cy")], roster(GROUP))
    data, remarks = mails(pairing, page, ASSIGNMENT, "course@example.org")
    assert remarks == ["Cy: no e-mail address; pass a --roster with a column `email`"]
    path = tmp_path / "box"
    path.write_bytes(data)
    messages = list(mailbox.mbox(path))
    assert [message["To"] for message in messages] == ["jane@example.org", "bo@example.org"]
    body, attached = messages[0].get_payload()
    assert "70.5 of 100 points" in body.get_payload(decode=True).decode()
    assert attached.get_filename() == "feedback.html"
    assert attached.get_payload(decode=True) == b"<p>G1</p>"


def test_a_spreadsheet_runs_nothing_of_a_mail_merge(roster: Any) -> None:
    pairing = pair_up([result('=HYPERLINK("x")', lms={"email": "a@b.example\r\nBcc: x@y.example"})], None)
    text, remarks = mail_merge(pairing, ASSIGNMENT)
    assert not any(line.startswith("=") for line in text.splitlines())
    assert "Bcc" not in text
    assert len(remarks) == 1


def test_a_failed_grading_sends_nothing() -> None:
    pairing = Pairing(pair_up([moodle("Jane", "5", status="grader error")], None).pairs)
    assert files(moodle_pages(pairing, page)[0]) == {}
    assert mails(pairing, page, ASSIGNMENT, "")[0] == b""


@pytest.mark.slow
def test_the_command(tmp_path: Path, write_class: Any, tiny: Any, cli: Any) -> None:
    write_class(tmp_path / "class", g1={"alpha": "x = 1\n"}, cy={"alpha": "x = 1\n"})
    (tmp_path / "people.csv").write_text(GROUP.lower())
    graded = cli("grade", tmp_path / "class", "--out", tmp_path / "out", "--course", tiny.root)
    assert graded.code == 0, graded.err
    export = ("export", tmp_path / "out", "--course", tiny.root, "--roster", tmp_path / "people.csv", "--to")
    ran = cli(*export, "pages", "--without", "bo li")
    assert ran.code == 0, ran.err
    assert sorted(str(p.relative_to(tmp_path)) for p in (tmp_path / "out-pages").rglob("*.*")) == [
        "out-pages/cy/feedback.html",
        "out-pages/jane doe/feedback.html",
    ]
    assert cli(*export, "mbox").code == 0
    assert (tmp_path / "out" / "mbox.mbox").read_bytes().count(b"\nTo: ") == 2
    refused = cli(*export, "csv", "--without", "Zoë")
    assert (refused.code, "nobody of that name" in refused.err) == (2, True)
    assert json.loads((tmp_path / "out" / "cy" / "result.json").read_text())["score"] == 0

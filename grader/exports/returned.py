"""Feedback pages on their way back to the students: for Moodle's and Canvas's upload, in folders, by mail.

Everything works on a Pairing and a function that gives the page of a result; who can't be reached is in the remarks.

Moodle, "Upload multiple feedback files in a zip", reads name_number_assignsubmission_file_/ as it wrote it itself
(mod/assign/feedback/file/importziplib.php: four underscores part name, number, plugin, file). Canvas, "Upload
submissions", finds student and file by the two numbers in name_user_attachment_file.
"""

from __future__ import annotations

import io
import mailbox
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

from grader.course import Assignment
from grader.csvcells import csv_text, number
from grader.exports.pair import Pair
from grader.exports.pairing import Pairing, counts
from grader.result import Result
from grader.text import visible

#: Of a result, as its student may see it; None where there is none.
Page = Callable[[Result], bytes | None]
_FILE = "feedback.html"
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def moodle_pages(pairing: Pairing, page: Page) -> tuple[bytes, list[str]]:
    """The zip, and remarks."""
    files: dict[str, bytes] = {}
    remarks: list[str] = []
    for pair, data in _with_pages(pairing, page, remarks):
        own = pair.row.get("participant") if pair.row else ""
        known = (
            pair.result.lms.get("id", "")
            if pair.result.lms.get("system") == "moodle" and not pair.member
            else ""
        )
        user = "".join(filter(str.isdigit, own)) or known
        if not user or pair.doubtful:
            remarks.append(f"{_who(pair)}: Moodle's number is not known; pass Moodle's worksheet as --roster")
            continue
        name = pair.row.name if pair.row and pair.row.has_name else pair.result.lms.get("name", "Participant")
        files[f"{_plain(name)}_{user}_assignsubmission_file_/{_FILE}"] = data
    return _zip(files), remarks


def canvas_pages(pairing: Pairing, page: Page) -> tuple[bytes, list[str]]:
    """The zip, and remarks. Canvas wants the number of a file that the student handed in, which its download has."""
    files: dict[str, bytes] = {}
    remarks: list[str] = []
    for pair, data in _with_pages(pairing, page, remarks):
        lms = pair.result.lms
        user, attachment = lms.get("id", ""), lms.get("attachment", "")
        if lms.get("system") != "canvas" or not (user.isdigit() and attachment.isdigit()) or pair.member:
            remarks.append(
                f"{_who(pair)}: not graded from Canvas's own download, so Canvas can't tell whose page it is"
            )
            continue
        files[f"{_plain(lms.get('name', '') or 'student')}_{user}_{attachment}_{_FILE}"] = data
    return _zip(files), remarks


def mails(pairing: Pairing, page: Page, assignment: Assignment, sender: str) -> tuple[bytes, list[str]]:
    """An mbox with one message a student, the page attached, and remarks. Nothing is sent."""
    remarks: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mbox"
        box = mailbox.mbox(path)
        for pair, data in _with_pages(pairing, page, remarks):
            address = _address(pair)
            if not address:
                remarks.append(f"{_who(pair)}: no e-mail address; pass a --roster with a column `email`")
                continue
            message = EmailMessage()
            message["To"] = address
            if sender:
                message["From"] = sender
            message["Subject"] = " ".join(f"Feedback: {assignment.title}".split())
            message.set_content(_summary(pair.result, assignment))
            message.add_attachment(data, maintype="text", subtype="html", filename=_FILE)
            box.add(mailbox.mboxMessage(message))
        box.close()
        return path.read_bytes() if path.exists() else b"", remarks


def mail_merge(pairing: Pairing, assignment: Assignment) -> tuple[str, list[str]]:
    """A CSV for a mail program's own merge, and remarks."""
    rows: list[list[object]] = [["name", "email", "score", "max_score", "text"]]
    remarks = []
    for pair in pairing.pairs:
        if not counts(pair.result):
            continue
        address = _address(pair)
        if not address:
            remarks.append(f"{_who(pair)}: no e-mail address; pass a --roster with a column `email`")
        result = pair.result
        rows.append(
            [
                _who(pair),
                address,
                number(result.score),
                number(result.max_score),
                _summary(result, assignment),
            ]
        )
    return csv_text(rows), remarks


def _with_pages(pairing: Pairing, page: Page, remarks: list[str]) -> Iterator[tuple[Pair, bytes]]:
    for pair in pairing.pairs:
        if not counts(pair.result):
            continue
        data = page(pair.result)
        if data is None:
            remarks.append(f"{_who(pair)}: no page; run `grader grade` again")
        else:
            yield pair, data


def _who(pair: Pair) -> str:
    return pair.row.name if pair.row and pair.row.has_name else pair.result.student


def _address(pair: Pair) -> str:
    found = (pair.row.get("email") if pair.row else "") or (
        "" if pair.member else pair.result.lms.get("email", "")
    )
    return found.strip() if "@" in found and not any(c in found for c in "\r\n,;<>") else ""


def _summary(result: Result, assignment: Assignment) -> str:
    lines = [f"{assignment.title}: {result.score:g} of {result.max_score:g} points."]
    if result.late and result.late.penalty_percent:
        lines.append(f"Late by {result.late.days} days: {result.late.penalty_percent:g} % off.")
    if result.regraded:
        lines += [f"Graded anew, {result.regraded.before:g} points before.", *result.regraded.changed]
    if result.attempts:
        lines.append(result.attempts.says)
    if result.needs_manual:
        lines.append("Some answers wait for a person and are not counted yet.")
    return "\n".join(visible(line, 600) for line in lines)


def _plain(name: str) -> str:
    """No underscore, by which the parts are told from each other, and nothing that a path could be made of."""
    kept = "".join(c if c.isalnum() or c in " .'-" else " " for c in visible(name, 80))
    return " ".join(word for word in kept.split() if word.strip(".")) or "student"


def _zip(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()

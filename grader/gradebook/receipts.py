"""What is known of a submission beside its files, as a row of the gradebook."""

from __future__ import annotations

import json

from grader.intake import Receipt

RECEIVE = (
    "INSERT OR REPLACE INTO receipts (assignment, student, submission_sha256, submitted, source, note, lms)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
RECEIVED = (
    "SELECT submitted, source, note, lms FROM receipts"
    " WHERE assignment = ? AND student = ? AND submission_sha256 = ?"
)


def joined(known: Receipt, said: Receipt) -> Receipt:
    """`said`, with what it does not say as it was known."""
    if not said.says_when:
        said = Receipt(known.submitted, known.source, known.note, said.lms)
    return said if said.lms else Receipt(said.submitted, said.source, said.note, known.lms)


def as_row(receipt: Receipt) -> tuple[str, str, str, str]:
    """Time, source, note, and the LMS's words as JSON."""
    return receipt.submitted, receipt.source, receipt.note, json.dumps(dict(receipt.lms), ensure_ascii=False)


def from_row(row: tuple[str, str, str, str]) -> Receipt:
    """The Receipt of such a row."""
    return Receipt(row[0], row[1], row[2], json.loads(row[3]))

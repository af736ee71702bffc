"""The tables of a gradebook, and how those of earlier versions become these."""

from __future__ import annotations

import sqlite3

from grader.gradebook.parting import part_namesakes

#: Format 1 had no `people`, and names alone told who is who. Format 2 had no comments beside a person's points.
VERSION = 3

SCHEMA = """
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY,
    assignment TEXT NOT NULL,
    student TEXT NOT NULL,
    submission_sha256 TEXT NOT NULL,
    tests_sha256 TEXT NOT NULL,
    status TEXT NOT NULL,
    score REAL NOT NULL,
    max_score REAL NOT NULL,
    finished TEXT NOT NULL,
    result TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS confirmations (
    id INTEGER PRIMARY KEY,
    assignment TEXT NOT NULL,
    student TEXT NOT NULL,
    question TEXT NOT NULL,
    answer_sha256 TEXT NOT NULL,
    score REAL NOT NULL,
    who TEXT NOT NULL,
    at TEXT NOT NULL,
    comment TEXT NOT NULL DEFAULT '',
    items TEXT NOT NULL DEFAULT '',
    withdrawn INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS receipts (
    assignment TEXT NOT NULL,
    student TEXT NOT NULL,
    submission_sha256 TEXT NOT NULL,
    submitted TEXT NOT NULL,
    source TEXT NOT NULL,
    note TEXT NOT NULL,
    lms TEXT NOT NULL,
    PRIMARY KEY (assignment, student, submission_sha256)
);
CREATE TABLE IF NOT EXISTS people (
    id INTEGER PRIMARY KEY,
    assignment TEXT NOT NULL,
    student TEXT NOT NULL,
    action TEXT NOT NULL,
    new TEXT NOT NULL,
    who TEXT NOT NULL,
    at TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY,
    assignment TEXT NOT NULL,
    at TEXT NOT NULL,
    before INTEGER NOT NULL,
    ended INTEGER NOT NULL DEFAULT 0,
    gone TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE IF NOT EXISTS comments (
    id INTEGER PRIMARY KEY,
    assignment TEXT NOT NULL,
    exercise TEXT NOT NULL,
    behaviour TEXT NOT NULL,
    comment TEXT NOT NULL,
    who TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS attempts_by_student ON attempts (assignment, student, id);
"""

_ADDED = {
    "people": {"reason": "TEXT NOT NULL DEFAULT ''"},
    "confirmations": {
        "comment": "TEXT NOT NULL DEFAULT ''",
        "items": "TEXT NOT NULL DEFAULT ''",
        "withdrawn": "INTEGER NOT NULL DEFAULT 0",
    },
}


def bring_up_to_date(database: sqlite3.Connection, version: int) -> list[str]:
    """What format `version` wrote, as this one does; what was changed, in words. Within the caller's transaction."""
    for table, columns in _ADDED.items():
        there = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        for name, kind in columns.items():
            if name not in there:
                database.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
    # Later formats know who is who: what people have said of that since stays.
    remarks = part_namesakes(database) if version < 2 else []
    database.execute(f"PRAGMA user_version = {VERSION}")
    return remarks

"""The tables of a gradebook."""

from __future__ import annotations

#: Format 1 had no `people`, and names alone told who is who.
VERSION = 2

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
    at TEXT NOT NULL
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
CREATE INDEX IF NOT EXISTS attempts_by_student ON attempts (assignment, student, id);
"""

"""Examples of one's own: a call and what should come back, written by a student before or beside the function.

In: examples.yaml, or a call in a notebook. Out: `Found`: which are valid, how many known mistakes they catch, and what
none of them tries. At home by digests (`Table`), when graded by the course's own functions (`Judges`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.doors import opened_late

if TYPE_CHECKING:
    from grader.examples.at_home import Home
    from grader.examples.cells import own_examples
    from grader.examples.example import Example, Found, Parameters, Verdict
    from grader.examples.judging import Judges, judge_all
    from grader.examples.known import judges_of, tables_file
    from grader.examples.reading import Examples, read_examples
    from grader.examples.said import sentences
    from grader.examples.table import TABLE, Table, read_tables
    from grader.examples.values import NotPlain, Right, plain

__all__ = [
    "TABLE",
    "Example",
    "Examples",
    "Found",
    "Home",
    "Judges",
    "NotPlain",
    "Parameters",
    "Right",
    "Table",
    "Verdict",
    "judge_all",
    "judges_of",
    "own_examples",
    "plain",
    "read_examples",
    "read_tables",
    "sentences",
    "tables_file",
]

# Late: at home neither numpy nor anything of the course's own functions is needed.
__getattr__ = opened_late(
    __name__,
    {
        "at_home": "Home",
        "cells": "own_examples",
        "example": "Example Found Parameters Verdict",
        "judging": "Judges judge_all",
        "known": "judges_of tables_file",
        "reading": "Examples read_examples",
        "said": "sentences",
        "table": "TABLE Table read_tables",
        "values": "NotPlain Right plain",
    },
)

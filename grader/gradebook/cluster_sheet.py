"""A sheet of clusters to comment on: written, edited in a spreadsheet, read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.csvcells import csv_text, head_and_lines, read_sheet, unsafe_again
from grader.errors import UsageError
from grader.gradebook.clusters import Cluster
from grader.gradebook.comments import LONGEST, Comment

COLUMNS = (
    "cluster",
    "exercise",
    "students",
    "member",
    "looks_like",
    "example",
    "fails",
    "comment",
    "by",
    "seen",
)


def clusters_csv(found: Sequence[Cluster], said: Mapping[str, Comment]) -> str:
    """Change `comment`, leave the rest. seen: the number of the last word that the sheet knows of."""
    rows = []
    for one in found:
        last = said.get(one.id)
        example, fails = (one.example.example, one.example.message) if one.example else ("", "")
        cells = (one.id, one.exercise, len(one.students), one.students[0], one.says, example, fails)
        rows.append((*cells, last.text if last else "", last.who if last else "", last.id if last else 0))
    return csv_text([COLUMNS, *rows])


def read_clusters_csv(
    path: Path, found: Sequence[Cluster], said: Mapping[str, Comment]
) -> tuple[dict[str, str], list[str]]:
    """Cluster → its new comment, and the lines that can't be taken, with why.

    A comment that was cleared is taken back, but only the very one that the sheet knew. Raises UsageError if the file
    as a whole can't be read.
    """
    header, lines = head_and_lines(read_sheet(path))
    header = [name.casefold() for name in header]
    if not lines or not {"cluster", "comment", "seen"} <= set(header):
        raise UsageError(f"{path}: needs the columns cluster, comment and seen, as --sheet writes them")
    known = {one.id for one in found} | set(said)
    taken: dict[str, str] = {}
    refused: list[str] = []
    for line, cells in lines:
        row = dict(zip(header, cells + [""] * len(header), strict=False))
        cluster, text = unsafe_again(row["cluster"].strip()), unsafe_again(row["comment"]).strip()
        last = said.get(cluster)
        number, current = (last.id, last.text) if last else (0, "")
        seen = row["seen"].strip().partition(".")[0] or "0"
        if text == current or (not text and seen != str(number)):
            continue
        if cluster not in known:
            refused.append(f"{path.name}:{line}: there is no cluster {cluster!r}")
        elif seen != str(number):
            refused.append(f"{path.name}:{line}: {cluster} has another comment since; look at that one")
        elif len(text) > LONGEST:
            refused.append(f"{path.name}:{line}: a comment has {LONGEST} characters at most")
        else:
            taken[cluster] = text
    return taken, refused

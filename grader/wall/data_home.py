"""The folder in which workers begin where an assignment has data files: a copy of those, and nothing else.

A copy, because a worker may learn where it is, and `stat` what lies beside: neither should be the course's folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.course import DATA


def home_with(data: Mapping[str, Path]) -> TemporaryDirectory[str] | None:
    """A new folder with `data/<name>` for each file, for whoever a worker becomes to read; None for no files."""
    if not data:
        return None
    home = TemporaryDirectory(prefix="grader-data-")
    root = Path(home.name)
    for name, path in data.items():
        copy = root / DATA / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return home

"""One warm, unprotected process: pytest in it, once for each submission. Arguments: RESULTS SUBMISSION..."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest


def main() -> None:
    results, *submissions = map(Path, sys.argv[1:])
    for submission in submissions:
        os.environ["SUBMISSION"] = str(submission)
        os.environ["POINTS_FILE"] = str(results / f"{submission.name}.json")
        pytest.main(["-q", "-p", "no:cacheprovider", "--tb=short", os.environ["HIDDEN_TESTS"] + "/hidden"])


if __name__ == "__main__":
    main()

"""One submission inside Gradescope's container: submission/ and submission_metadata.json in, results.json out.

Run as `python -m grader.platforms.gradescope /autograder`, from the folder that holds course.yaml. Nothing is graded
without a wall: the results.json then has no score, which Gradescope shows as a failed run and not as a zero.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.exports import failed_run, gradescope_results
from grader.files import make_folder, write_atomically
from grader.intake import Receipt
from grader.platforms.one import FOR_THE_STUDENT, course_in, grade_folder, tell_instructor
from grader.times import parse_time


def grade_one(root: Path, kit: Path) -> dict[str, Any]:
    """Grade root/submission with the course in `kit`; returns what goes to results.json. Raises GraderError."""
    course, name = course_in(kit)
    receipt = read_receipt(root / "submission_metadata.json")
    student = receipt.lms.get("name") or receipt.lms.get("email") or "submission"
    result = grade_folder(course, name, root.resolve() / "submission", student, receipt)
    return gradescope_results(result, course.assignments[name])


def read_receipt(path: Path) -> Receipt:
    """Who submitted and when, from submission_metadata.json; an empty Receipt where it can't be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Receipt(lms={"system": "gradescope"})
    if not isinstance(data, dict):
        return Receipt(lms={"system": "gradescope"})
    users = data.get("users")
    people = [user for user in users if isinstance(user, dict)] if isinstance(users, list) else []
    lms = {"system": "gradescope", "id": _text(data.get("id"))}
    for key in ("name", "email"):
        lms[key] = ", ".join(filter(None, (_text(person.get(key)) for person in people)))
    moment = parse_time(_text(data.get("created_at")))
    return Receipt(
        moment.isoformat() if moment else "",
        "Gradescope" if moment else "",
        lms={key: text for key, text in lms.items() if text},
    )


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) else ""


def main(root: Path, kit: Path) -> int:
    """Write root/results/results.json whatever happens. Returns 0 if the submission was graded, else 1."""
    code = 0
    try:
        results: Mapping[str, Any] = grade_one(root, kit)
    except Exception as error:
        tell_instructor(error, where="another base image of Gradescope's may do")
        results, code = failed_run(FOR_THE_STUDENT), 1
    make_folder(root / "results", shared=True)
    text = json.dumps(results, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    write_atomically(root / "results" / "results.json", text, shared=True)
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "/autograder"), Path.cwd()))

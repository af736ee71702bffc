"""What is known to nobody but whoever has the course."""

from __future__ import annotations

from grader.course.models import Course
from grader.errors import CourseError

SEED_FILE = "seed.txt"


def course_secret(course: Course, assignment: str) -> bytes:
    """seed.txt of the hidden tests, or else their text; empty without both.

    Raises CourseError where seed.txt can't be read.
    """
    folder = course.hidden_tests(assignment)
    try:
        return (folder / SEED_FILE).read_text(encoding="utf-8").strip().encode()
    except FileNotFoundError:
        return b"".join(path.read_bytes() for path in sorted(folder.rglob("*.py")))
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{folder / SEED_FILE} can't be read: {error}") from None

"""The kit and a course → an external grader's image, and a question for PrairieLearn, in one zip.

image/ holds the kit alone: PrairieLearn pulls images without a password, so everybody can. questions/ holds the hidden
tests and belongs into the course's private repository; PrairieLearn copies its tests/ to each grading job.
"""

from __future__ import annotations

import hashlib
import html
import json
import uuid
from collections.abc import Iterator

from grader.course import Course
from grader.intake import chapter_files
from grader.platforms.packing import File, own_source, python_version, requirements, secrets_of, zipped
from grader.platforms.prairielearn.limits import in_time

IMAGE = "YOUR-DOCKER-ACCOUNT/{name}-grader"
ENTRY = "/kit/grade.sh"

DOCKERFILE = """\
# The kit, without any course: PrairieLearn pulls images from public registries, so nothing secret may lie here.
FROM python:PYTHON-slim
COPY requirements.txt /kit/requirements.txt
RUN python -m pip install --no-cache-dir -q -r /kit/requirements.txt
COPY kit /kit
ENV PYTHONPATH=/kit PYTHONDONTWRITEBYTECODE=1
RUN chmod 755 /kit/grade.sh && python -m compileall -q /kit/grader
ENTRYPOINT ["/kit/grade.sh"]
"""

GRADE = """\
#!/bin/sh
# Runs once a submission: /grade/student in, /grade/results/results.json out. `grade.sh ready` draws inputs beforehand.
# What goes wrong is said in this log, which only instructors see; results.json then has no score.
kit="${GRADER_KIT:-/kit}"
export PYTHONPATH="$kit" OPENBLAS_NUM_THREADS=1
unset GRADER_CACHE GRADER_BWRAP
cd / || exit 1
exec "${GRADER_PYTHON:-python}" -m grader.platforms.prairielearn.run "$@"
"""

QUESTION = """\
<pl-question-panel>
  <p>{title}: download the folder, write the functions, and hand in your files. You may hand in a part.</p>
  <p><pl-file-download file-name="{name}.zip"></pl-file-download></p>
  <pl-file-upload optional-file-names="{files}"></pl-file-upload>
</pl-question-panel>

<pl-submission-panel>
  <pl-external-grader-results></pl-external-grader-results>
  <pl-file-preview></pl-file-preview>
</pl-submission-panel>
"""


def prairielearn_zip(course: Course, name: str) -> bytes:
    """The zip: image/ to build and push, questions/<name>/ for the course's repository. Raises GraderError."""
    return zipped(_files(course, name))


def _files(course: Course, name: str) -> Iterator[File]:
    # Imported here: the door to this file is opened inside the image, too, where nothing is written for students.
    from grader.authoring import handout_zip

    yield "image/Dockerfile", DOCKERFILE.replace("PYTHON", python_version()).encode(), 0o644
    yield "image/requirements.txt", requirements(course, name), 0o644
    yield "image/kit/grade.sh", GRADE.encode(), 0o755
    yield from own_source("image/kit")
    question = f"questions/{name}"
    yield f"{question}/info.json", _info(course, name), 0o644
    yield f"{question}/question.html", _question(course, name), 0o644
    handout = handout_zip(course, name, course.assignments[name])
    yield f"{question}/clientFilesQuestion/{name}.zip", handout, 0o644
    yield from secrets_of(course, name, f"{question}/tests/course")


def _info(course: Course, name: str) -> bytes:
    """info.json. Its uuid follows from the names, so that a package made again is the same question."""
    title = course.assignments[name].title
    digest = hashlib.sha256(f"{course.title}\n{name}".encode()).digest()
    info = {
        "uuid": str(uuid.UUID(bytes=digest[:16], version=4)),
        "title": title,
        "topic": course.title or title,
        "type": "v3",
        "singleVariant": True,
        "showCorrectAnswer": False,
        "partialCredit": True,
        "gradingMethod": "External",
        "externalGradingOptions": {
            "enabled": True,
            "image": IMAGE.format(name=name.lower()),
            "entrypoint": ENTRY,
            "timeout": in_time(course, name)[1],
        },
    }
    return (json.dumps(info, ensure_ascii=False, indent=2) + "\n").encode()


def _question(course: Course, name: str) -> bytes:
    assignment = course.assignments[name]
    # question.html is a Mustache template: braces in a title would be read as one.
    title = html.escape(assignment.title).replace("{", "&#123;")
    return QUESTION.format(title=title, name=name, files=", ".join(chapter_files(assignment))).encode()

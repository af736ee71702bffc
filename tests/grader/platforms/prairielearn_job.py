"""A grading job as PrairieLearn lays it out for a container, the container being this machine; and its contracts.

The models say what PrairieLearn's documentation and its schema of info.json say, unknown fields refused where it does.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

DataUrl = Annotated[str, Field(pattern=r"^data:image/(png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=]+$")]
MOST_BYTES = 1 << 20


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Image(Strict):
    url: DataUrl
    label: str = "Figure"


class DocumentedTest(Strict):
    """A test that `pl-external-grader-results` shows. Without points of all tests it shows no points at all."""

    name: str
    description: str | None = None
    points: float
    max_points: float
    message: str | None = None
    output: str | None = None
    images: list[Image] = Field(default_factory=list)


class Documented(Strict):
    """results.json as "External grading" describes it."""

    gradable: bool = True
    succeeded: bool = True
    score: Annotated[float, Field(ge=0, le=1)] | None = None
    message: str | None = None
    output: str | None = None
    images: list[Image] = Field(default_factory=list)
    tests: list[DocumentedTest] = Field(default_factory=list)
    format_errors: str | list[str] | None = None

    @model_validator(mode="after")
    def _score_if_gradable(self) -> Documented:
        assert (self.score is not None) == self.gradable, "a score is mandatory, or else not to be given"
        return self


class ExternalGradingOptions(Strict):
    enabled: bool = False
    image: str
    entrypoint: str | list[str] | None = None
    serverFilesCourse: list[str] = Field(default_factory=list)
    timeout: Annotated[int, Field(gt=0, le=600)] | None = None
    enableNetworking: bool = False
    environment: dict[str, str] = Field(default_factory=dict)


class InfoQuestion(Strict):
    """The part of infoQuestion.json that is used."""

    uuid: Annotated[
        str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
    ]
    type: Literal["v3"]
    title: str
    topic: str
    tags: list[str] = Field(default_factory=list)
    gradingMethod: Literal["Internal", "External", "Manual"]
    singleVariant: bool = False
    showCorrectAnswer: bool = True
    partialCredit: bool = True
    externalGradingOptions: ExternalGradingOptions


@dataclass(frozen=True)
class Graded:
    """What came of a job. size: of results.json in bytes."""

    code: int
    log: str
    data: dict[str, Any]
    size: int

    @property
    def results(self) -> Documented:
        return Documented.model_validate(self.data)


def unpacked(package: bytes, folder: Path) -> Path:
    """The package's zip, unpacked as `unzip` does it."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            path.chmod(entry.external_attr >> 16 & 0o777)
    return folder


def job(folder: Path, question: Path, submitted: Path) -> Path:
    """/grade of one job: the question's tests, and what a student submitted, a folder or a single file."""
    for name in ("serverFilesCourse", "shared", "data"):
        (folder / name).mkdir(parents=True)
    shutil.copytree(question / "tests", folder / "tests")
    if submitted.is_dir() and not submitted.is_symlink():
        # As `cp -a`: whatever could reach a container as it is, does.
        subprocess.run(["cp", "-a", str(submitted), str(folder / "student")], check=True)
    else:
        (folder / "student").mkdir()
        subprocess.run(["cp", "-a", str(submitted), str(folder / "student")], check=True)
    data = {"params": {}, "correct_answers": {}, "submitted_answers": {"_files": []}, "gradable": True}
    (folder / "data" / "data.json").write_text(json.dumps(data))
    return folder


def entry(image: Path, *words: object, as_user: tuple[str, ...] = (), **more: str) -> tuple[int, str]:
    """The image's entry point, with an environment as small as a container's: exit code and log."""
    done = subprocess.run(
        [*as_user, "sh", str(image / "kit" / "grade.sh"), *map(str, words)],
        cwd="/",
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "GRADER_KIT": str(image / "kit"),
            "GRADER_PYTHON": sys.executable,
            **more,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="backslashreplace",
        timeout=240,
        check=False,
        start_new_session=True,
    )
    return done.returncode, done.stdout


def graded(image: Path, folder: Path, *, as_user: tuple[str, ...] = (), **more: str) -> Graded:
    """Run a job. As PrairieLearn does, results.json is read only where the entry point ended with 0."""
    code, log = entry(image, folder, as_user=as_user, **more)
    path = folder / "results" / "results.json"
    if code or not path.is_file():
        return Graded(code, log, {}, 0)
    return Graded(code, log, json.loads(path.read_text(encoding="utf-8")), path.stat().st_size)

"""students.csv → a folder a student, checked out and never run: no hook, no submodule, no link, no filter."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from grader.csvcells import head_and_lines, read_sheet
from grader.errors import GraderError, UsageError
from grader.files import make_folder
from grader.platforms.forges.api import Forge
from grader.text import visible

_NAME = re.compile(r"\w[\w .@+'-]{0,80}")
_REPOSITORY = re.compile(r"[A-Za-z0-9_][\w.-]*(?:/[A-Za-z0-9_][\w.-]*)+", re.ASCII)
_SECONDS = 180
_SETTINGS = (
    "core.symlinks=false",
    "core.hooksPath=/dev/null",
    "protocol.allow=never",
    "protocol.https.allow=always",
    "transfer.fsckObjects=true",
    "http.followRedirects=false",  # the token would go along
    "advice.detachedHead=false",
)


@dataclass(frozen=True)
class Student:
    """A line of students.csv: who, and the repository as owner/name (GitLab: group/…/project)."""

    name: str
    repository: str


def read_students(path: Path) -> list[Student]:
    """The lines of students.csv, whose columns `student` and `repository` may stand among others. Raises UsageError."""
    head, lines = head_and_lines(read_sheet(path))
    students: list[Student] = []
    for line, cells in lines:
        row = dict(zip(head, (cell.strip() for cell in cells), strict=False))
        name, repository = row.get("student", ""), row.get("repository", "")
        if not _NAME.fullmatch(name) or not _REPOSITORY.fullmatch(repository):
            raise UsageError(
                f"{path}, line {line}: expected a student's name and a repository as owner/name, "
                f"not {visible(name, 80)!r} and {visible(repository, 80)!r}"
            )
        if name.casefold() in {student.name.casefold() for student in students}:
            raise UsageError(f"{path}, line {line}: {name} stands there twice")
        students.append(Student(name, repository))
    if not students:
        raise UsageError(f"{path}: no student in it; it has the columns student,repository")
    return students


def clone(forge: Forge, student: Student, folder: Path) -> str:
    """Check out the default branch's last commit into `folder`; returns the commit. Raises GraderError."""
    make_folder(folder.parent)
    url = f"{forge.server}/{student.repository}.git"
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    if forge.server.startswith("file://"):
        settings += ["-c", "protocol.file.allow=always"]
    try:
        options = ("--quiet", "--depth=1", "--no-tags", "--single-branch", "--no-recurse-submodules")
        _git(forge, *settings, "clone", *options, "--", url, str(folder))
        commit = _git(forge, "-C", str(folder), "rev-parse", "--verify", "HEAD")
    except GraderError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder / ".git")
    if not re.fullmatch(r"[0-9a-f]{40,64}", commit):
        raise GraderError(f"{student.repository}: git names no commit")
    return commit


def _git(forge: Forge, *words: str) -> str:
    user = "x-access-token" if forge.kind == "github" else "oauth2"
    secret = base64.b64encode(f"{user}:{forge.token}".encode()).decode()
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        # Not in the address or on the command line: others read those, and .git/config.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{forge.server}/.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {secret}",
    }
    try:
        done = subprocess.run(
            ["git", *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise GraderError(f"git took more than {_SECONDS} s") from None
    except OSError as error:
        raise GraderError(f"git can't be run ({error.strerror}); install it") from None
    if done.returncode:
        said = visible(done.stderr.decode("utf-8", "replace").strip().split("\n")[-1], 200)
        raise GraderError(f"git says: {said}")
    return done.stdout.decode("ascii", "replace").strip()

"""What the forges are in these tests: GitHub's runner, a Markdown reader, an API with repositories, strict schemas."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from markdown_it import MarkdownIt
from pydantic import BaseModel, ConfigDict, Field

TOKEN = "token-of-the-bot-6f1e"
#: The runner's commands, current and older ones.
COMMANDS = {
    *(
        "error",
        "warning",
        "notice",
        "debug",
        "group",
        "endgroup",
        "add-mask",
        "add-matcher",
        "remove-matcher",
        "echo",
    ),
    *("save-state", "set-output", "set-env", "add-path", "stop-commands"),
}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Annotation(Strict):
    """As GitHub documents it for a check run."""

    path: str = Field(min_length=1, max_length=4096)
    start_line: int = Field(ge=1)
    end_line: int = Field(ge=1)
    annotation_level: Literal["notice", "warning", "failure"]
    message: str = Field(min_length=1, max_length=65536)
    title: str = Field(max_length=255)


class Output(Strict):
    title: str
    summary: str = Field(max_length=65535)
    annotations: list[Annotation] = Field(max_length=50)


class CheckRun(Strict):
    """The body of `POST /repos/{owner}/{repo}/check-runs`."""

    name: str = Field(min_length=1)
    head_sha: str = Field(pattern="^[0-9a-f]{40}$")
    status: Literal["queued", "in_progress", "completed"]
    conclusion: Literal[
        "action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"
    ]
    output: Output


class RunnerTest(Strict):
    """A test as Classroom's runners give it to the reporter."""

    name: str
    status: Literal["pass", "fail", "error"]
    score: float
    message: str | None
    test_code: str
    filename: str
    line_no: int


class RunnerResult(Strict):
    version: Literal[1]
    status: Literal["pass", "fail", "error"]
    max_score: float
    tests: list[RunnerTest]


class Lines(Strict):
    begin: int = Field(ge=1)


class Location(Strict):
    path: str = Field(pattern=r"^[^./]")
    lines: Lines


class Issue(Strict):
    """Of a code quality report, as GitLab documents it."""

    description: str
    check_name: str
    fingerprint: str
    severity: Literal["info", "minor", "major", "critical", "blocker"]
    location: Location


class Comment(Strict):
    note: str = Field(max_length=1_000_000)


class Status(Strict):
    state: Literal["pending", "running", "success", "failed", "canceled"]
    name: str
    description: str = Field(max_length=255)


@dataclass
class Acted:
    """A command that the runner took from a step's output."""

    command: str
    properties: dict[str, str]
    data: str


def taken_by_the_runner(out: str) -> list[Acted]:
    """What GitHub's runner makes of a step's output: both forms of commands, and those that stop and resume it."""
    found: list[Acted] = []
    stopped = ""
    for line in out.splitlines():
        acted = _current(line, {*COMMANDS, stopped}) or _older(line, {*COMMANDS, stopped})
        if acted is None:
            continue
        if stopped:
            stopped = "" if acted.command == stopped else stopped
        elif acted.command == "stop-commands":
            stopped = acted.data.lower()
        else:
            found.append(acted)
    assert not stopped, "commands are still stopped at the end"
    return found


def _current(line: str, known: set[str]) -> Acted | None:
    line = line.lstrip()
    head, end, data = line[2:].partition("::")
    name, _, given = head.partition(" ")
    if not line.startswith("::") or not end or not name or name.lower() not in known:
        return None
    pairs = dict(pair.split("=", 1) for pair in given.split(",") if "=" in pair)
    return Acted(name.lower(), {key.strip(): _plain(value) for key, value in pairs.items()}, _plain(data))


def _older(line: str, known: set[str]) -> Acted | None:
    _, begin, rest = line.partition("##[")
    head, end, data = rest.partition("]")
    name = head.split(" ")[0].lower()
    return Acted(name, {}, data) if begin and end and name in known else None


def _plain(text: str) -> str:
    for sign, escaped in (("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C"), ("%", "%25")):
        text = text.replace(escaped, sign)
    return text


def markdown_problems(text: str) -> list[str]:
    """What of a summary would act: anything but headings, tables, names in backticks, and one block of code."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    kinds = ("heading", "table", "thead", "tbody", "tr", "th", "td", "paragraph")
    allowed = {"inline", "fence", *(f"{kind}_{side}" for kind in kinds for side in ("open", "close"))}
    problems = [token.type for token in tokens if token.type not in allowed]
    for token in tokens:
        problems += [
            child.type for child in token.children or () if child.type not in ("text", "code_inline")
        ]
    fences = [token for token in tokens if token.type == "fence"]
    if len(fences) != 1 or tokens[-1] is not fences[0]:
        problems.append(f"{len(fences)} blocks of code")
    problems += [
        "a line that GitLab could take for a command" for line in text.split("\n") if line.startswith("/")
    ]
    return problems


def unpack(data: bytes, folder: Path) -> Path:
    """A package in an empty folder, with the permissions of its files."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        archive.extractall(folder)
        for entry in archive.infolist():
            (folder / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
    return folder


def step(
    root: Path, *words: object, env: Mapping[str, str], seconds: float = 300
) -> subprocess.CompletedProcess[str]:
    """`./run …` as a step of a job, with nothing of this process around it."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    return subprocess.run(
        ["bash", str(root / "run"), *map(str, words)],
        cwd=root,
        env={**kept, "HOME": str(root.parent), "GRADER_PYTHON": sys.executable, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )


@dataclass
class Server:
    """A forge: bare repositories below `folder`, and what was posted: (path, token, body)."""

    folder: Path
    url: str = ""
    posted: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    pushes: dict[str, tuple[str, str]] = field(default_factory=dict)
    refuse: set[str] = field(default_factory=set)
    refused: int = 0
    asked: int = 0
    elsewhere: str = ""

    def push(self, repository: str, files: Path, moment: str = "") -> str:
        """A repository with the files of a folder; returns the commit."""
        work, bare = self.folder / "work" / repository, self.folder / f"{repository}.git"
        work.mkdir(parents=True, exist_ok=True)
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
        if not bare.exists():
            subprocess.run([*git, "init", "-q", "--bare", str(bare)], check=True)
        place = [f"--git-dir={bare}", f"--work-tree={files}", "-c", "core.bare=false"]
        subprocess.run([*git, *place, "add", "-A", "-f"], cwd=files, check=True, timeout=60)
        subprocess.run([*git, *place, "commit", "-q", "--allow-empty", "-m", "work"], cwd=files, check=True)
        done = subprocess.run([*git, *place, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
        self.pushes[repository] = (done.stdout.strip(), moment)
        return done.stdout.strip()


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A forge's API on this machine."""
    server = Server(folder)

    class Handler(http.server.BaseHTTPRequestHandler):
        def led_away(self) -> bool:
            server.asked += 1
            if server.elsewhere:
                self.send_response(307)
                self.send_header("Location", server.elsewhere + self.path)
                self.end_headers()
            return bool(server.elsewhere)

        def do_GET(self) -> None:
            if self.led_away():
                return
            for repository, (commit, moment) in server.pushes.items():
                if f"/repos/{repository}/activity" in self.path:
                    self.answer([{"after": commit, "timestamp": moment}])
                    return
                if f"/projects/{repository.replace('/', '%2F')}/events" in self.path:
                    self.answer([{"push_data": {"commit_to": commit}, "created_at": moment}])
                    return
            self.answer([])

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.led_away():
                return
            if any(name in self.path for name in server.refuse):
                server.refused += 1
                self.send_response(403)
                self.end_headers()
                return
            token = self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or ""
            server.posted.append((self.path, token, body))
            self.answer({"id": 1}, 201)

        def answer(self, data: object, code: int = 200) -> None:
            self.send_response(code)
            self.end_headers()
            self.wfile.write(json.dumps(data).encode())

        def log_message(self, *_: object) -> None:
            pass

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{listening.server_port}"
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()

"""The drop-box under load: clients hand in for minutes, and the server is killed. Is anything lost, or graded twice?

    python tests/benchmarks/serve_load.py                                  # 500 uploads in five minutes, 50 clients
    python tests/benchmarks/serve_load.py --count 40 --clients 8 --seconds 40

Each client sends what it has until it is acknowledged, as a person does who sees no receipt. A few uploads are hostile.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import io
import itertools
import json
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from grader.course import load_course  # noqa: E402
from grader.dropbox import Box  # noqa: E402

ASSIGNMENT = "cnn"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


class Server:
    """`grader serve start`, in a process of its own that can be killed."""

    def __init__(self, box: Path, port: int, log: Path) -> None:
        self.box, self.port, self.log = box, port, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "grader", "serve", "start", str(self.box), "--port", str(self.port),
                 "--course", str(ROOT), "--assignment", ASSIGNMENT],
                cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip
        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                if request(self.port, "GET", "/", timeout=2)[0] == 200:
                    return
            except OSError:
                time.sleep(0.2)
        raise SystemExit("the server did not start:\n" + self.log.read_text())

    def kill(self, number: int = signal.SIGKILL) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(60)


def request(
    port: int,
    method: str,
    path: str,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    timeout: float = 60,
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        own = {"Origin": f"http://127.0.0.1:{port}"} if method == "POST" else {}
        connection.request(method, path, body or None, {**own, **(headers or {})})
        reply = connection.getresponse()
        return reply.status, {key.lower(): value for key, value in reply.getheaders()}, reply.read()
    except http.client.HTTPException as error:
        raise OSError(str(error)) from None
    finally:
        connection.close()


class Client(threading.Thread):
    """A student. pieces: (seconds after the beginning, name of the file, bytes)."""

    def __init__(self, port: int, token: str, pieces: list[tuple[float, str, bytes]], begin: float) -> None:
        super().__init__(daemon=True)
        self.port, self.token, self.pieces, self.begin = port, token, pieces, begin
        self.acknowledged: dict[str, float] = {}
        self.refused: Counter[int] = Counter()
        self.broken = 0
        self.cookie = ""
        self.seconds: list[float] = []
        self.sending = False

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        return request(self.port, method, path, body, {"Cookie": self.cookie, **sent})

    def log_in(self) -> str:
        while True:
            try:
                if not self.cookie:
                    body = urllib.parse.urlencode({"token": self.token}).encode()
                    _, headers, _ = self.ask("POST", "/login", body)
                    self.cookie = headers["set-cookie"].split(";")[0]
                page = self.ask("GET", "/")[2].decode()
                return re.findall(r'name="form" value="(\w+)"', page)[0]
            except (OSError, KeyError, IndexError):
                time.sleep(0.5)

    def run(self) -> None:
        for after, name, data in self.pieces:
            time.sleep(max(0.0, self.begin + after - time.monotonic()))
            while True:
                boundary, form = "b" * 40, self.log_in()
                body = (
                    (
                        f'--{boundary}\r\nContent-Disposition: form-data; name="form"\r\n\r\n{form}\r\n--{boundary}\r\n'
                        f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
                        "Content-Type: application/octet-stream\r\n\r\n"
                    ).encode()
                    + data
                    + f"\r\n--{boundary}--\r\n".encode()
                )
                begun = time.monotonic()
                self.sending = True
                try:
                    status, headers, _ = self.ask(
                        "POST", "/uploads", body, Content_Type=f"multipart/form-data; boundary={boundary}"
                    )
                except OSError:
                    self.broken += 1  # killed in between: nobody said that it is there, so it is sent again
                    time.sleep(0.5)
                    continue
                finally:
                    self.sending = False
                if status == 303:
                    self.seconds.append(time.monotonic() - begun)
                    self.acknowledged[headers["location"].rpartition("/")[2]] = time.time()
                    break
                self.refused[status] += 1
                if status not in (429, 503):
                    break
                time.sleep(min(5, float(headers.get("retry-after", "1"))))


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def pieces_of(client: int, each: int, seconds: float, dice: random.Random) -> list[tuple[float, str, bytes]]:
    """What one student hands in: untouched chapters, a quick right one, and now and then something hostile."""
    handout = {path.name: path.read_bytes() for path in (ROOT / "exercises" / ASSIGNMENT).glob("*.py")}
    size = (ROOT / "solutions" / ASSIGNMENT / "convolution.py").read_bytes()
    found = []
    for number in range(each):
        mark = f"\n# {client} {number}\n".encode()
        kind = dice.random()
        if kind < 0.03:
            name, data = "bomb.zip", zipped({"convolution.py": b"\0" * (60 << 20)}) + mark
        elif kind < 0.06:
            name, data = (
                "../../../evil.zip",
                zipped({"../../convolution.py": b"import os" + mark, "/etc/x": b"y"}),
            )
        elif kind < 0.09:
            name, data = "page.zip", b"<script>alert(1)</script>" + mark
        elif kind < 0.12:
            name, data = "convolution.py", b"import os\nos._exit(0)\n" + mark
        elif kind < 0.2:
            name, data = "convolution.py", size + mark
        else:
            name, data = "work.zip", zipped({n: d + mark for n, d in handout.items()})
        found.append((seconds * (number + dice.random()) / each, name, data))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--kills", type=int, default=2)
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="serve-load-"))
    try:
        run(options, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def run(options: argparse.Namespace, home: Path) -> None:
    box, port, dice = home / "box", free_port(), random.Random(7)
    names = [f"s{number:03}" for number in range(options.clients)]
    (home / "roster.csv").write_text("login\n" + "\n".join(names) + "\n", encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "grader", "serve", "tokens", str(box), "--roster", str(home / "roster.csv"),
         "--course", str(ROOT), "--assignment", ASSIGNMENT],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with (box / "tokens.csv").open(encoding="utf-8") as file:
        tokens = [line["token"] for line in csv.DictReader(file)]
    server = Server(box, port, home / "log")
    server.start()
    begin = time.monotonic()
    each = options.count // options.clients
    clients = [
        Client(port, token, pieces_of(number, each, options.seconds, dice), begin)
        for number, token in enumerate(tokens)
    ]
    for client in clients:
        client.start()
    for number in range(options.kills):
        time.sleep(max(0.0, begin + options.seconds * (number + 1) / (options.kills + 1) - time.monotonic()))
        soon = time.monotonic() + 5
        while not any(client.sending for client in clients) and time.monotonic() < soon:
            time.sleep(0.001)  # in the middle of an upload, if there is one
        server.kill()
        server.start()
    for client in clients:
        client.join(options.seconds + 300)
    assert not any(client.is_alive() for client in clients), "a client never got through"
    handed_in = time.monotonic() - begin
    with Box(box, load_course(ROOT / "course.yaml"), ASSIGNMENT) as opened:
        end = time.monotonic() + 600
        while opened.uploads.counts()[1] and time.monotonic() < end:
            time.sleep(0.5)
        graded = time.monotonic() - begin
        closed = others_closed(clients)
        server.kill(signal.SIGTERM)
        report(options, opened, clients, closed, handed_in, graded)


def others_closed(clients: list[Client]) -> tuple[int, int]:
    """How many pages of somebody else were asked for, and how many of them said more than 404."""
    asked = opened = 0
    for client, other in itertools.pairwise(clients):
        client.log_in()
        for key in list(other.acknowledged)[:2]:
            for rest in ("", "/state", "/page"):
                asked += 1
                opened += client.ask("GET", f"/uploads/{key}{rest}")[0] != 404
    return asked, opened


def report(
    options: argparse.Namespace, box: Box, clients: list[Client], closed: tuple[int, int], handed_in: float,
    graded: float,
) -> None:  # fmt: skip
    keys = [key for client in clients for key in client.acknowledged]
    with box.gradebook() as book:
        rows = book._db.execute(
            "SELECT id, submission_sha256, student, status, finished FROM attempts"
        ).fetchall()
    uploads = {
        row[0]: row[1:] for row in box._store.rows("SELECT key, state, attempt, at, student FROM uploads")
    }
    lost = [key for key in keys if key not in uploads or uploads[key][0] != "done" or not uploads[key][1]]
    twice = [key for key, count in Counter((row[1], row[2]) for row in rows).items() if count > 1]
    by_id = {row[0]: row for row in rows}
    waits = sorted(
        _seconds(uploads[key][2], by_id[uploads[key][1]][4])
        for key in keys
        if uploads.get(key, (0, 0))[1] in by_id
    )
    took = [second for client in clients for second in client.seconds]
    found: dict[str, Any] = {
        "uploads acknowledged": len(keys),
        "of them lost": len(lost),
        "uploads kept": len(uploads),
        "attempts on record": len(rows),
        "graded twice into the record": len(twice),
        "one attempt an upload": len({row[1] for row in uploads.values()}) == len(uploads) == len(rows),
        "server killed": options.kills,
        "uploads cut off by that, and sent again": sum(client.broken for client in clients),
        "refused": dict(sum((client.refused for client in clients), Counter())),
        "seconds until all were handed in, graded": [round(handed_in), round(graded)],
        "seconds of an upload, median and worst": [round(statistics.median(took), 2), round(max(took), 2)],
        "seconds from there to the grade, median, 95 %, worst": [
            round(waits[int(part * (len(waits) - 1))], 1) for part in (0.5, 0.95, 1)
        ],
        "pages of others asked for, opened": list(closed),
        "statuses": dict(Counter(row[3] for row in rows)),
    }
    print(json.dumps(found, indent=1))
    if lost or twice or closed[1] or len(keys) != options.count // options.clients * options.clients:
        raise SystemExit("NOT as promised")


def _seconds(begin: str, end: str) -> float:
    from datetime import datetime

    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


if __name__ == "__main__":
    main()

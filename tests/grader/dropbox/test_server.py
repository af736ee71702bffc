"""The server: where it listens, and how patient it is. The command that makes tokens."""

from __future__ import annotations

import csv
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("python_multipart", reason="python-multipart is not installed")
uvicorn = pytest.importorskip("uvicorn", reason="uvicorn is not installed")

from typer.testing import CliRunner  # noqa: E402

from grader.cli import app as command  # noqa: E402
from grader.dropbox import server as module  # noqa: E402
from grader.dropbox.app import guarded_app  # noqa: E402
from grader.dropbox.box import Box  # noqa: E402
from grader.dropbox.server import Place  # noqa: E402
from grader.errors import UsageError  # noqa: E402
from grader.files import only_run  # noqa: E402

from .conftest import RIGHT, course_of, hand_in, until  # noqa: E402

ROSTER = (
    "name,login,email\nAda Lovelace,ada,ada@example.org\n=Bob,bob,bob@example.org\n=Bob,bob,bob@example.org\n"
)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "grader.example.edu"])
def test_it_listens_to_others_only_behind_a_proxy(host: str) -> None:
    with pytest.raises(UsageError, match=r"in plain text.*--behind-proxy"):
        Place(host).checked()
    assert Place(host, public="https://grader.example.edu/").checked().public == "https://grader.example.edu"
    assert Place().checked().origins(8410)[0] == "http://127.0.0.1:8410"


@pytest.mark.parametrize(
    "public", ["http://grader.example.edu", "grader.example.edu", "https://a.example/b", "https://"]
)
def test_the_address_of_the_proxy_must_be_one(public: str) -> None:
    with pytest.raises(UsageError, match="--behind-proxy"):
        Place(public=public).checked()


def test_one_server_a_box(box: Box) -> None:
    with only_run(box.folder), pytest.raises(UsageError, match="another `grader serve start`"):
        module.serve(box, Place(port=0), 1, confined=True, announce=lambda address: None)


@pytest.fixture
def port(box: Box, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The pages on a real port, with little patience."""
    monkeypatch.setattr(module, "HEAD_SECONDS", 0.4)
    monkeypatch.setattr("grader.dropbox.guard.OTHER_SECONDS", 0.6)
    listening = socket.create_server(("127.0.0.1", 0))
    number = listening.getsockname()[1]
    server = uvicorn.Server(module.configured(guarded_app(box, lambda: None, Place().origins(number))))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until(lambda: server.started)
    yield number
    server.should_exit = True
    thread.join(10)
    listening.close()


def answer(port: int, sent: bytes, more: bytes = b"") -> tuple[bytes, float]:
    """What comes back until the server closes, and after how many seconds; more: sent byte by byte."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(sent)
        got = b""
        connection.settimeout(0.05)
        rest = iter(more)
        while time.monotonic() < begun + 5:
            try:
                part = connection.recv(65536)
                if not part:
                    break
                got += part
            except TimeoutError:
                if (byte := next(rest, None)) is not None:
                    try:
                        connection.sendall(bytes([byte]))
                    except OSError:
                        break
            except OSError:
                break
    return got, time.monotonic() - begun


def test_slow_and_endless_requests_are_ended(port: int) -> None:
    host = f"Host: 127.0.0.1:{port}\r\n".encode()
    post = b"POST /login HTTP/1.1\r\n" + host + f"Origin: http://127.0.0.1:{port}\r\n".encode()
    whole = b"GET /drop.css HTTP/1.1\r\n" + host + b"\r\n"
    nothing, seconds = answer(port, b"")
    assert (nothing, seconds < 2) == (b"", True)
    trickled, seconds = answer(port, b"GET / HTTP/1.1\r\n", b"X-A: " + b"b" * 200)
    assert (trickled, seconds < 2) == (b"", True)
    second, seconds = answer(port, whole + b"GET / HTTP/1.1\r\n", b"X-A: " + b"b" * 200)
    assert second.count(b"HTTP/1.1 200 OK") == 1
    assert seconds < 2
    slow_body, seconds = answer(port, post + b"Content-Length: 2000\r\n\r\n", b"t" * 200)
    assert b"408" in slow_body.split(b"\r\n")[0]
    assert seconds < 3
    huge, _ = answer(port, b"GET / HTTP/1.1\r\n" + host + b"X-A: " + b"b" * 100_000 + b"\r\n\r\n")
    assert huge == b"" or huge.split(b" ")[1] in (b"400", b"431")
    garbage, _ = answer(port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
    assert garbage == b"" or garbage.split(b" ")[1] == b"400"
    good, _ = answer(port, whole)
    assert good.startswith(b"HTTP/1.1 200 OK")
    assert b"server:" not in good.lower()


def test_tokens_are_written_once_and_for_nobody_else_to_read(tmp_path: Path) -> None:
    course_of(tmp_path / "course")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    base = ["serve", "tokens", str(tmp_path / "box"), "--course", str(tmp_path / "course")]
    roster = ["--roster", str(tmp_path / "roster.csv"), "--link", "https://grader.example.edu/"]
    file = tmp_path / "box" / "tokens.csv"
    done = CliRunner().invoke(command, [*base, *roster])
    assert done.exit_code == 0, done.output
    assert file.stat().st_mode & 0o077 == 0
    lines = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert [(line["student"], line["email"]) for line in lines] == [
        ("ada", "ada@example.org"),
        ("bob", "bob@example.org"),
    ]
    assert lines[1]["name"].startswith("'=")
    assert lines[0]["link"] == f"https://grader.example.edu/#{lines[0]['token']}"
    assert lines[0]["token"] not in done.output
    again = CliRunner().invoke(command, [*base, *roster])
    assert "0 new tokens; 2 had one already" in again.output
    lost = CliRunner().invoke(command, [*base, "--again", "ada"])
    assert isinstance(
        lost.exception, UsageError
    )  # the file is there still: nothing was made, nothing is lost
    with Box(tmp_path / "box", course_of(tmp_path / "course"), "words") as box:
        assert box.people.log_in(lines[0]["token"])


@pytest.mark.parametrize("login", ["../evil", ".hidden", "a/b", "-x", "a\x07b", "x" * 200])
def test_a_name_that_no_file_can_have_gets_no_token(tmp_path: Path, login: str) -> None:
    course_of(tmp_path / "course")
    (tmp_path / "roster.csv").write_text(f"name,login\nAda,{login}\n", encoding="utf-8")
    done = CliRunner().invoke(
        command,
        ["serve", "tokens", str(tmp_path / "box"), "--course", str(tmp_path / "course"), "--roster",
         str(tmp_path / "roster.csv")],
    )  # fmt: skip
    assert isinstance(done.exception, UsageError)
    assert "line 2 of roster.csv" in str(done.exception)


def test_the_last_uploads_are_a_folder_that_can_be_graded_again(box: Box, tmp_path: Path) -> None:
    for student, data, name in [
        ("ada", b"old", "alpha.py"),
        ("ada", RIGHT, "alpha.py"),
        ("bob", b"PK", "my.zip"),
    ]:
        box.uploads.done(hand_in(box, student, data, name), 1)
    out = tmp_path / "class"
    done = CliRunner().invoke(
        command, ["serve", "submissions", str(box.folder), str(out), "--course", str(box.course.root)]
    )
    assert done.exit_code == 0, done.output
    assert (out / "ada" / "alpha.py").read_bytes() == RIGHT
    assert (out / "bob.zip").read_bytes() == b"PK"


def test_without_tokens_there_is_nothing_to_serve(box: Box) -> None:
    done = CliRunner().invoke(
        command, ["serve", "start", str(box.folder), "--course", str(box.course.root), "--port", "0"]
    )
    assert isinstance(done.exception, UsageError)
    assert "nobody has a token yet" in str(done.exception)

"""Who gets an answer from the server: the page with its token, and nobody else. Hostile answers stay text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

pytest.importorskip("httpx", reason="httpx is not installed")
testclient = pytest.importorskip("starlette.testclient", reason="starlette is not installed")

from grader.course import Course  # noqa: E402
from grader.errors import GraderError, UsageError  # noqa: E402
from grader.marking.app import guarded_app  # noqa: E402
from grader.marking.desk import Desk  # noqa: E402

Make = Callable[[Sequence[str]], Path]
HOSTILE = [
    "<script>alert(1)</script>",
    "</pre><img src=x onerror=alert(1)>",
    "\u202egnp.exe\u2066",
    "x" * 200_000,
    "{{ 7 * 7 }} ${7*7}",
    "=1+1",
]
TOKEN = "the-token"
HERE = "http://127.0.0.1:8400"
HEADERS = {"X-Grader-Token": TOKEN}


class Client:
    """A browser that has opened the page, or one that has not."""

    def __init__(self, desk: Desk) -> None:
        self.raw = testclient.TestClient(guarded_app(desk, "ada", TOKEN, 8400), base_url=HERE)

    def enter(self) -> Client:
        self.page = self.raw.get(f"/?token={TOKEN}")
        assert self.page.status_code == 200
        return self

    def mark(self, body: object, **headers: str) -> int:
        sent = body if isinstance(body, str) else json.dumps(body)
        headers = (
            HEADERS | {"Origin": HERE} | {name.replace("_", "-"): text for name, text in headers.items()}
        )
        return int(self.raw.post("/api/questions/why/mark", content=sent, headers=headers).status_code)


@pytest.fixture
def folder(results: Make) -> Path:
    return results(HOSTILE)


@pytest.fixture
def client(folder: Path, course: Course) -> Client:
    def pages() -> str:
        raise UsageError("another run is writing")

    return Client(Desk(folder, course, "words", pages))


def test_without_the_token_there_is_nothing(client: Client) -> None:
    for path in ("/", "/?token=", "/?token=wrong", "/mark.js", "/api/questions", "/api/names", "/nowhere"):
        reply = client.raw.get(path, headers=HEADERS if path == "/api/names" else {})
        assert reply.status_code == 403, path
        assert "set-cookie" not in reply.headers
        assert "s0" not in reply.text


def test_the_cookie_alone_reads_no_data(client: Client) -> None:
    client.enter()
    cookie = client.page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert TOKEN not in cookie
    assert client.raw.get("/").status_code == 200
    assert client.raw.get("/api/questions").status_code == 403
    assert client.raw.get("/api/questions", headers={"X-Grader-Token": "wrong"}).status_code == 403
    assert client.raw.get("/api/questions", headers=HEADERS).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost:8400", "127.0.0.1", "127.0.0.1:80", "[::1]:8400", ""]
)
def test_another_name_for_this_machine_is_refused(client: Client, host: str) -> None:
    client.enter()
    for path in (f"/?token={TOKEN}", "/api/questions"):
        assert client.raw.get(path, headers=HEADERS | {"Host": host}).status_code == 403


def test_requests_of_other_pages_are_refused(client: Client) -> None:
    client.enter()
    key = client.raw.get("/api/questions/why", headers=HEADERS).json()["answers"][0]["key"]
    body = {"key": key, "after": 0, "score": 1, "who": "ada"}
    for origin in ("https://evil.example", "null", "http://127.0.0.1:9999", f"{HERE}.evil.example"):
        assert client.mark(body, Origin=origin) == 403
        assert client.raw.get("/api/questions", headers=HEADERS | {"Origin": origin}).status_code == 403
    assert client.mark(body, Sec_Fetch_Site="cross-site") == 403
    assert client.mark(body, Sec_Fetch_Site="same-site") == 403
    assert client.raw.post("/api/questions/why/mark", json=body, headers=HEADERS).status_code == 403
    assert client.raw.get("/api/questions/why/marks", headers=HEADERS).json()["marks"] == {}
    assert client.mark(body, Sec_Fetch_Site="same-origin") == 200
    assert client.mark(body) == 409


def test_long_and_odd_bodies_are_refused(client: Client) -> None:
    client.enter()
    key = client.raw.get("/api/questions/why", headers=HEADERS).json()["answers"][0]["key"]
    good = {"key": key, "after": 0, "score": 1, "who": "ada"}
    assert client.mark("x" * ((64 << 10) + 1)) == 413
    for change in (
        {"score": "much"}, {"score": 99}, {"key": "../../etc/passwd"}, {"who": ""}, {"who": "  "}, {"who": "x" * 81},
        {"comment": "x" * 4001}, {"items": ["a b"]}, {"more": 1}, {"after": None},
    ):  # fmt: skip
        assert client.mark(good | change) == 400, change
    for text in (
        "",
        "[]",
        "{",
        '{"key": NaN}',
        "\x00",
        '{"score": 1e999}',
        json.dumps(good)[:-1] + ', "score": NaN}',
    ):
        assert client.mark(text) == 400, text
    assert client.raw.get("/api/questions/why/marks", headers=HEADERS).json()["marks"] == {}
    assert client.mark(good | {"comment": "\ud800"}) == 400
    assert client.mark(good) == 200


@pytest.mark.parametrize(
    "path",
    ["/../key.yaml", "/%2e%2e/%2e%2e/etc/passwd", "/mark.js/../../desk.py", "/gradebook.db", "//etc/passwd"],
)
def test_no_path_leads_to_a_file(client: Client, path: str) -> None:
    client.enter()
    for address in (path, f"/api/questions{path}", f"/api/questions/{path}/marks"):
        reply = client.raw.get(address, headers=HEADERS)
        assert reply.status_code in (400, 403, 404), address
        assert "root:" not in reply.text
        assert "SQLite" not in reply.text


def test_hostile_answers_are_data_and_no_page_holds_them(client: Client) -> None:
    client.enter()
    reply = client.raw.get("/api/questions/why", headers=HEADERS)
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-content-type-options"] == "nosniff"
    texts = [answer["text"] for answer in reply.json()["answers"]]
    assert "<script>alert(1)</script>" in texts
    assert "<U+202E>gnp.exe<U+2066>" in texts
    assert max(map(len, texts)) < 33_000
    assert "alert(1)" not in client.page.text


def test_the_policy_admits_no_script_but_the_page_s_own_files(client: Client) -> None:
    page = client.enter().page
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert re.findall(r"<script[^>]*>", page.text) == [
        '<script src="/mark.js" defer>',
        '<script src="/keys.js" defer>',
    ]
    assert not re.search(r"\son\w+=|style=|https?:", page.text)
    script = client.raw.get("/mark.js").text + client.raw.get("/keys.js").text
    assert not re.search(r"innerHTML|insertAdjacent|eval\(|document\.write|https?:", script)


def test_what_goes_wrong_is_said_in_a_sentence(client: Client, folder: Path) -> None:
    client.enter()
    reply = client.raw.post("/api/pages", json={}, headers=HEADERS | {"Origin": HERE})
    assert (reply.status_code, reply.json()) == (400, {"error": "another run is writing"})
    (folder / "gradebook.db").rename(folder / "elsewhere.db")
    reply = client.raw.get("/api/questions", headers=HEADERS)
    assert reply.status_code == 503
    assert "gradebook.db is not there" in reply.json()["error"]
    assert issubclass(UsageError, GraderError)

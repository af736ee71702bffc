"""The pages: who gets an answer, and what hostile requests and hostile uploads come to. Nothing is really graded."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx", reason="httpx is not installed")
pytest.importorskip("python_multipart", reason="python-multipart is not installed")
testclient = pytest.importorskip("starlette.testclient", reason="starlette is not installed")

from grader.dropbox.app import guarded_app  # noqa: E402
from grader.dropbox.box import Box  # noqa: E402
from grader.dropbox.grading import Graders  # noqa: E402
from grader.dropbox.uploads import Room  # noqa: E402
from grader.errors import GraderError  # noqa: E402

from .conftest import RIGHT, WRONG, MakeBox, hand_in, settled, with_people  # noqa: E402

HERE = "http://127.0.0.1:8410"
PUBLIC = "https://grader.example.edu"
Start = Callable[[Box], Graders]
OTHERS = ["", "/state", "/page"]


class Client:
    """A browser."""

    def __init__(self, box: Box, origin: str = HERE) -> None:
        self.origin, self.box = origin, box
        self.raw = testclient.TestClient(
            guarded_app(box, lambda: None, (origin,)), base_url=origin, follow_redirects=False,
            raise_server_exceptions=False,
        )  # fmt: skip

    def get(self, path: str, **headers: str) -> Any:
        return self.raw.get(path, headers=headers)

    def log_in(self, token: str, **headers: str) -> Any:
        return self.raw.post("/login", data={"token": token}, headers={"Origin": self.origin, **headers})

    def form(self) -> str:
        found = re.search(r'name="form" value="(\w+)"', self.get("/").text)
        return found[1] if found else ""

    def hand_in(
        self, data: bytes = RIGHT, name: str = "alpha.py", form: str | None = None, kind: str = "text/plain",
        **headers: str,
    ) -> Any:  # fmt: skip
        return self.raw.post(
            "/uploads",
            data={"form": self.form() if form is None else form},
            files={"file": (name, data, kind)},
            headers={"Origin": self.origin, **headers},
        )


Enter = Callable[[str], Client]


@pytest.fixture
def tokens(box: Box) -> dict[str, str]:
    return with_people(box)


@pytest.fixture
def enter(box: Box, tokens: dict[str, str]) -> Enter:
    def logged_in(name: str) -> Client:
        client = Client(box)
        assert client.log_in(tokens[name]).status_code == 303
        return client

    return logged_in


def test_from_the_token_to_the_page(box: Box, enter: Enter, start: Start) -> None:
    ada = enter("ada")
    home = ada.get("/").text
    assert "Ada Lovelace" in home
    assert "None yet." in home
    reply = ada.hand_in()
    assert reply.status_code == 303
    address = reply.headers["location"]
    receipt = ada.get(address).text
    upload = box.uploads.of("ada", 1)[0]
    assert upload.sha256 in receipt
    assert "Waiting: place 1 in the queue." in receipt
    assert ada.get(f"{address}/state").json() == {"says": "Waiting: place 1 in the queue.", "graded": False}
    assert ada.get(f"{address}/page").status_code == 404
    start(box)
    settled(box)
    assert ada.get(f"{address}/state").json() == {"says": "Graded: 2 of 3 points.", "graded": True}
    assert "a1a1a1" in ada.get(address).text  # the digest of the work
    for page in (f"{address}/page", "/page"):
        reply = ada.get(page)
        assert "2 of 3" in reply.text
        policy = reply.headers["content-security-policy"]
        assert "script-src" not in policy
        assert "default-src 'none'" in policy
        assert "form-action 'none'" in policy
        assert policy.endswith("frame-ancestors 'none'")
    assert "Counts." in ada.get("/").text


def test_another_students_pages_are_not_there(box: Box, enter: Enter, start: Start) -> None:
    start(box)
    upload = hand_in(box, "ada", RIGHT)
    settled(box)
    missing = enter("bob").get(f"/uploads/{'0' * 32}")
    assert missing.status_code == 404
    for client in (enter("bob"), enter("prof"), Client(box)):
        for rest in OTHERS:
            reply = client.get(f"/uploads/{upload.key}{rest}")
            assert (reply.status_code, reply.text == missing.text) == (404, True)
            assert upload.sha256 not in reply.text
    assert "alpha.py" not in enter("bob").get("/").text
    assert enter("bob").get("/page").status_code == 404
    assert enter("ada").get(f"/uploads/{upload.key}").status_code == 200


def test_the_report_is_for_instructors_alone(box: Box, enter: Enter, start: Start) -> None:
    start(box)
    hand_in(box, "ada", RIGHT)
    settled(box)
    for client in (enter("ada"), Client(box)):
        assert client.get("/report").status_code == 404
        assert client.get("/report/ada").status_code == 404
    prof = enter("prof")
    assert "1 of 2 who have a token" in prof.get("/").text
    report = prof.get("/report")
    assert report.status_code == 200
    policy = report.headers["content-security-policy"]
    assert "script-src 'sha256-" in policy
    assert "unsafe-inline'; script" in policy  # of styles alone
    [link] = set(re.findall(r'href="(report/[^"]+)"', report.text))
    assert "2 of 3" in prof.get(f"/{link}").text
    for nobody in ("bob", "%2e%2e", "gradebook.db", "%2e%2e%2fgradebook.db"):
        assert prof.get(f"/report/{nobody}").status_code == 404
    assert prof.hand_in(form="").status_code == 403


def test_only_the_token_in_the_form_opens(box: Box, tokens: dict[str, str]) -> None:
    client = Client(box)
    for address in (f"/?token={tokens['ada']}", f"/login?token={tokens['ada']}"):
        assert "set-cookie" not in client.get(address).headers
    for wrong in ("", "drop_" + "0" * 40, tokens["ada"][:-1], "' OR 1=1 --"):
        reply = client.log_in(wrong)
        assert reply.status_code == 403
        assert "set-cookie" not in reply.headers
        assert "opens nothing here" in reply.text
    assert client.hand_in(form="x").status_code == 403
    assert box.uploads.counts()[0] == 0


def test_cookies_are_closed_to_scripts_and_other_sites(box: Box, tokens: dict[str, str]) -> None:
    cookie = Client(box).log_in(tokens["ada"]).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    secure = Client(box, PUBLIC).log_in(tokens["ada"])
    assert secure.headers["set-cookie"].startswith("__Host-grader=")
    assert "Secure" in secure.headers["set-cookie"]
    assert secure.headers["strict-transport-security"].startswith("max-age=")
    assert tokens["ada"] not in cookie


def test_who_has_logged_out_is_out(enter: Enter) -> None:
    ada = enter("ada")
    session = dict(ada.raw.cookies)
    assert ada.raw.post("/logout", data={"form": "x"}, headers={"Origin": HERE}).status_code == 303
    ada.raw.cookies.update(session)
    assert "Ada Lovelace" in ada.get("/").text  # another page's form ends nothing
    ada.raw.post("/logout", data={"form": ada.form()}, headers={"Origin": HERE})
    ada.raw.cookies.update(session)
    assert "Ada Lovelace" not in ada.get("/").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": PUBLIC},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
    ],
    ids=str,
)
def test_forms_of_other_pages_do_nothing(
    box: Box, enter: Enter, tokens: dict[str, str], headers: dict[str, str]
) -> None:
    ada = enter("ada")
    form = ada.form()
    assert ada.hand_in(form=form, **headers).status_code == 403
    assert Client(box).log_in(tokens["ada"], **headers).status_code == 403
    assert ada.hand_in(form="").status_code == 403
    assert ada.hand_in(form=enter("bob").form()).status_code == 403
    assert box.uploads.counts()[0] == 0
    assert ada.hand_in(form=form).status_code == 303


def test_other_methods_and_addresses(enter: Enter) -> None:
    ada = enter("ada")
    for method in ("PUT", "DELETE", "TRACE", "OPTIONS", "PATCH"):
        assert ada.raw.request(method, "/uploads", headers={"Origin": HERE}).status_code == 405
    for path in ("/uploads", "/login", "/logout"):
        assert ada.get(path).status_code == 405
    for path in ("/../../etc/passwd", "/uploads/..%2f..%2fdropbox.db", "/uploads/", "/dropbox.db", "/.lock"):
        assert ada.get(path).status_code in (404, 400), path


def test_whatever_is_uploaded_never_comes_back(box: Box, enter: Enter, start: Start) -> None:
    ada = enter("ada")
    evil = "<script>alert(1)<img src=x onerror=alert(2)>.py"
    html = b"<script>document.title='owned'</script>"
    for name, kind in [("page.html", "text/html"), ("a.svg", "image/svg+xml"), ("a.js", "text/javascript")]:
        reply = ada.hand_in(html, name, kind=kind)
        assert (reply.status_code, reply.headers["content-type"]) == (415, "text/html; charset=utf-8")
    reply = ada.hand_in(html, evil, kind="text/html")
    assert reply.status_code == 303
    start(box)
    settled(box)
    address = reply.headers["location"]
    for page in ["/", address, f"{address}/page", f"{address}/state"]:
        got = ada.get(page)
        assert "owned" not in got.text
        if not page.endswith("state"):
            assert "<script>alert" not in got.text
        assert got.headers["x-content-type-options"] == "nosniff"
    assert "&lt;script&gt;alert(1)" in ada.get(address).text


def test_too_much_is_refused_and_leaves_nothing(box: Box, enter: Enter) -> None:
    ada = enter("ada")
    form = ada.form()
    for data in (b"x" * ((1 << 20) + (17 << 10)), b"x" * (3 << 20)):
        reply = ada.hand_in(data, form=form)
        assert reply.status_code == 413
        assert "more than 1 MB" in reply.text

    def unannounced() -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="alpha.py"\r\n\r\n'
        for _ in range(40):
            yield b"x" * (1 << 16)

    reply = ada.raw.post(
        "/uploads", content=unannounced(),
        headers={"Origin": HERE, "Content-Type": "multipart/form-data; boundary=b"},
    )  # fmt: skip
    assert reply.status_code == 413
    assert (
        ada.raw.post("/login", content=b"token=" + b"x" * 5000, headers={"Origin": HERE}).status_code == 413
    )
    assert not list((box.folder / "uploads").iterdir())
    assert ada.hand_in(form=form).status_code == 303


BODIES = {
    "no boundary": ("multipart/form-data", b"x"),
    "no end": ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="file"'),
    "another boundary": ("multipart/form-data; boundary=c", b"--b\r\n\r\n--b--"),
    "no name": (
        "multipart/form-data; boundary=b",
        b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
    ),
    "two files": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.py"\r\n\r\nx\r\n' * 2
        + b"--b--\r\n",
    ),
    "many fields": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="form"\r\n\r\nx\r\n' * 50 + b"--b--\r\n",
    ),
    "a long field": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="form"\r\n\r\n' + b"x" * 9000 + b"\r\n--b--\r\n",
    ),
    "json": ("application/json", b'{"file": 1}'),
    "nothing": ("text/plain", b""),
    "an odd charset": (
        "multipart/form-data; boundary=b; charset=rot13",
        b'--b\r\nContent-Disposition: form-data; name="form"\r\n\r\nx\r\n--b--\r\n',
    ),
}


@pytest.mark.parametrize("what", BODIES)
def test_what_is_no_form_is_said_to_be_none(box: Box, enter: Enter, what: str) -> None:
    kind, body = BODIES[what]
    reply = enter("ada").raw.post("/uploads", content=body, headers={"Origin": HERE, "Content-Type": kind})
    assert reply.status_code in (400, 403)
    assert box.uploads.counts()[0] == 0


def test_no_file_and_no_more_submissions(make_box: MakeBox) -> None:
    box = make_box("    attempts: {limit: 1}\n    due: 2001-01-01T00:00:00+00:00\n")
    ada = Client(box)
    ada.log_in(with_people(box)["ada"])
    assert "Submissions: 1 of 1 are left." in ada.get("/").text
    assert "It was due on 2001-01-01 00:00:00 UTC" in ada.get("/").text
    assert ada.raw.post("/uploads", data={"form": ada.form()}, headers={"Origin": HERE}).status_code == 400
    assert ada.hand_in().status_code == 303
    assert "Nothing new is taken any more" in ada.get("/").text
    reply = ada.hand_in(WRONG)
    assert reply.status_code == 403
    assert "is not handed in" in reply.text
    assert ada.hand_in().status_code == 303  # the same again is the same


def test_where_too_many_wait_it_says_when_to_come_again(make_box: MakeBox) -> None:
    box = make_box(room=Room(queue=1))
    tokens = with_people(box)
    hand_in(box, "bob", RIGHT)
    ada = Client(box)
    ada.log_in(tokens["ada"])
    reply = ada.hand_in()
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "60")
    assert reply.text.count("Too many uploads wait to be graded") == 1
    assert box.uploads.counts()[0] == 1


def test_who_is_very_fast_is_told_to_wait(box: Box, enter: Enter) -> None:
    ada = enter("ada")
    form = ada.form()
    replies = [ada.hand_in(RIGHT, form=form) for _ in range(7)]
    assert [reply.status_code for reply in replies] == [303] * 6 + [429]
    assert 0 < int(replies[-1].headers["retry-after"]) <= 10
    assert enter("bob").hand_in().status_code == 303


def test_trouble_is_said_without_paths(
    box: Box,
    enter: Enter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ada = enter("ada")

    def full(*_: object) -> None:
        raise GraderError(f"{tmp_path}: disk full")

    monkeypatch.setattr(type(box.uploads), "of", full)
    reply = ada.get("/")
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "60")
    assert str(tmp_path) not in reply.text
    assert "disk full" in capsys.readouterr().err


def test_every_page_has_a_policy_and_loads_nothing_from_elsewhere(enter: Enter) -> None:
    for client, paths in [(enter("ada"), ["/", "/drop.css", "/drop.js", "/nowhere"]), (enter("prof"), ["/"])]:
        for path in paths:
            reply = client.get(path)
            policy = dict(
                part.strip().split(" ", 1) for part in reply.headers["content-security-policy"].split(";")
            )
            assert policy["default-src"] == "'none'"
            assert policy["script-src"] == policy["form-action"] == "'self'"
            assert policy["frame-ancestors"] == "'none'"
            assert reply.headers["cache-control"] == "no-store"
            # With `no-referrer`, browsers send forms with the origin `null`, which is refused.
            assert reply.headers["referrer-policy"] == "same-origin"
            addresses = re.findall(r'(?:src|href|action)="([^"]*)"', reply.text)
            assert all(one.startswith(("/", "data:,")) and not one.startswith("//") for one in addresses)

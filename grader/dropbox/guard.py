"""Which requests are answered, and for how long: whoever reaches the port can send some.

- Host names this server and nothing else; a form must come from its own pages (Origin, Sec-Fetch-Site), and only
  a form changes anything. Its hidden token is checked by app.py.
- A body has a size and a time, an answer a time: nobody holds a place for long by being slow. Slow heads of requests
  are server.py's.
- Every answer has a policy: pages of this server run its own script and load nothing else; a page on which a student's
  work is shown runs nothing at all.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Bytes of a request's head, and of what isn't an upload.
HEAD_BYTES = 16 << 10
SMALL = 4 << 10
#: Around the file in an upload's form.
AROUND = 16 << 10
UPLOAD_SECONDS, OTHER_SECONDS = 300.0, 60.0
_DRAINED_SECONDS = 10.0
UPLOAD_PATH = "/uploads"
POLICY = "Content-Security-Policy"

_OWN_PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Not `no-referrer`: with that, browsers send forms without their origin.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class TooMuch(Exception):
    """A body is longer than it may be."""


class Guard:
    """An ASGI app around `app`. origins: what the server is called by its users; file_bytes: what a file may have."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...], file_bytes: int) -> None:
        self._app, self._origins, self._file_bytes = app, origins, file_bytes
        self._hosts = [origin.partition("://")[2] for origin in origins]
        self._secure = all(origin.startswith("https:") for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http":
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers.setdefault(POLICY, _OWN_PAGES)
                if self._secure:
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        is_upload = scope["path"] == UPLOAD_PATH and scope["method"] == "POST"
        most = self._file_bytes + AROUND if is_upload else SMALL
        seen = 0

        async def receive_guarded() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise TooMuch
            return message

        refusal = self._refusal(scope)
        try:
            async with asyncio.timeout(UPLOAD_SECONDS if is_upload else OTHER_SECONDS):
                if refusal is None and _length(scope) > most:
                    refusal = (413, too_much(self._file_bytes))
                if refusal:
                    await PlainTextResponse(refusal[1], refusal[0])(scope, receive, send_guarded)
                    return
                await self._app(scope, receive_guarded, send_guarded)
        except TimeoutError:
            if started:
                raise
            await PlainTextResponse("This took too long; nothing was handed in.", 408)(
                scope, receive, send_guarded
            )

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if sum(len(name) + len(text) for name, text in headers.raw) > HEAD_BYTES:
            return 431, "The head of this request is too long."
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "GET and POST are all that is answered here."
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return 403, f"This server is {self._origins[0]} and answers to no other name."
        if scope["method"] == "POST":
            origins = headers.getlist("origin")
            if len(origins) != 1 or origins[0] not in self._origins:
                return 403, "Forms of other pages are refused."
            if headers.get("sec-fetch-site", "same-origin") != "same-origin":
                return 403, "Forms of other pages are refused."
        return None


def too_much(file_bytes: int) -> str:
    return f"The file has more than {file_bytes >> 20} MB, so it is not handed in: pack only your work (grader pack)."


def _length(scope: Scope) -> int:
    text = Headers(scope=scope).get("content-length", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


async def drain(receive: Receive) -> None:
    """Read the rest of a body, not for long: a browser that still sends does not read the answer."""
    with contextlib.suppress(TimeoutError, TooMuch):
        async with asyncio.timeout(_DRAINED_SECONDS):
            while (message := await receive()).get("more_body") and message["type"] == "http.request":
                pass


class AtOnce:
    """How many uploads are being received: of all, and of each student. Memory and places are not endless."""

    def __init__(self, most: int = 64, each: int = 2) -> None:
        self._most, self._each = most, each
        self._now: dict[str, int] = {}

    @contextlib.contextmanager
    def place(self, student: str) -> Iterator[bool]:
        """Whether there is a place; held until the end."""
        mine = self._now.get(student, 0)
        if sum(self._now.values()) >= self._most or mine >= self._each:
            yield False
            return
        self._now[student] = mine + 1
        try:
            yield True
        finally:
            self._now[student] -= 1
            if not self._now[student]:
                del self._now[student]

"""Which requests are answered. Anything on this machine, and any page in the marker's browser, can send some.

- Host names this server and nothing else: a name of somebody else's that is made to mean 127.0.0.1 is refused.
- What another page sends is refused by its Origin and Sec-Fetch-Site; what changes something must name its origin.
- The page wants the token of the address, or the cookie that it was given for it. Cookies know no ports: another
  server on this machine gets it, too. So whatever has data wants the token as well, which the page keeps for itself.
"""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 64 << 10
TOKEN_HEADER = "X-Grader-Token"

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_NO_TOKEN = (
    "Open the address that `grader mark` printed: this one lacks its token, or is of an earlier start."
)


class Guard:
    """An ASGI app around `app`, for 127.0.0.1:`port`."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app, self._token = app, token
        self._host = f"127.0.0.1:{port}"
        self._cookie_name = f"grader-mark-{port}"
        self._cookie = secrets.token_urlsafe(24)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                if scope["path"] == "/" and message["status"] == 200:
                    headers.append(
                        "Set-Cookie", f"{self._cookie_name}={self._cookie}; Path=/; HttpOnly; SameSite=Strict"
                    )
            await send(message)

        refusal = self._refusal(scope)
        body = b"" if refusal else await _body(receive)
        if body is None:
            refusal = (413, f"More than {MOST_BYTES >> 10} kB: refused.")
        if refusal or body is None:
            status, why = refusal or (400, "")
            await PlainTextResponse(why, status)(scope, receive, send_guarded)
            return
        messages = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def received() -> Message:
            return next(messages, None) or await receive()

        await self._app(scope, received, send_guarded)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if headers.getlist("host") != [self._host]:
            return 403, f"This server is http://{self._host} and answers to no other name."
        origins = headers.getlist("origin")
        if origins not in ([], [f"http://{self._host}"]) or (scope["method"] != "GET" and not origins):
            return 403, "Requests of other pages are refused."
        entry = scope["path"] == "/"
        if not entry and headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return 403, "Requests of other pages are refused."
        if entry and self._is_token(QueryParams(scope["query_string"]).get("token", "")):
            return None
        if not self._has_cookie(headers.get("cookie", "")):
            return 403, _NO_TOKEN
        if scope["path"].startswith("/api/") and not self._is_token(headers.get(TOKEN_HEADER, "")):
            return 403, _NO_TOKEN
        return None

    def _is_token(self, text: str) -> bool:
        return secrets.compare_digest(text.encode("utf-8", "replace"), self._token.encode())

    def _has_cookie(self, text: str) -> bool:
        try:
            found = SimpleCookie(text).get(self._cookie_name)
        except CookieError:
            return False
        return found is not None and secrets.compare_digest(
            found.value.encode("utf-8", "replace"), self._cookie.encode()
        )


async def _body(receive: Receive) -> bytes | None:
    """The body of a request, None where it is too long."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return bytes(body)

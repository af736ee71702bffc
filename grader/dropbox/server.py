"""The server: uvicorn with limits, on 127.0.0.1 unless a proxy stands in front, until Ctrl+C or SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from grader.dropbox.app import guarded_app
from grader.dropbox.box import Box
from grader.dropbox.grading import Graders
from grader.dropbox.guard import HEAD_BYTES
from grader.errors import GraderError, UsageError
from grader.files import only_run

#: Seconds in which a whole head of a request must have come; connections at once.
HEAD_SECONDS = 15.0
_CONNECTIONS = 256
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Place:
    """Where it listens. public: the address by which a proxy with TLS is reached, https://…, '' where there is none."""

    host: str = "127.0.0.1"
    port: int = 8410
    public: str = ""

    def checked(self) -> Place:
        """This, if it is safe. Raises UsageError."""
        if self.public:
            parts = urlsplit(self.public)
            if parts.scheme != "https" or not parts.netloc or parts.path.strip("/") or parts.query:
                raise UsageError(
                    f"--behind-proxy {self.public}: give the address that students open, https://grader.example.edu, "
                    "without a path"
                )
            return Place(self.host, self.port, f"https://{parts.netloc.lower()}")
        if self.host not in _LOOPBACK:
            raise UsageError(
                f"--host {self.host}: tokens and work would cross the network in plain text, for everybody on the way "
                "to read. Put a proxy with TLS in front (docs/platforms/serve.md has one in four lines) and say "
                "--behind-proxy https://YOUR.ADDRESS, or stay on 127.0.0.1"
            )
        return self

    def origins(self, port: int) -> tuple[str, ...]:
        """What the server is called by browsers."""
        if self.public:
            return (self.public,)
        return tuple(f"http://{name}:{port}" for name in ("127.0.0.1", "localhost"))


class Patient(H11Protocol):
    """uvicorn's protocol, patient for so long only: a connection on which no whole request comes is closed."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._await_request()

    def _await_request(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up, self.cycle)

    def _give_up(self, before: object) -> None:
        if self.cycle is before:
            self.transport.abort()


def serve(box: Box, place: Place, jobs: int, *, confined: bool, announce: Callable[[str], None]) -> None:
    """Serve `box` until Ctrl+C or SIGTERM. announce: is told the address, when uploads are accepted.

    Raises UsageError where the port is taken, WallError or CourseError where nothing can be graded, then or later.
    """
    place = place.checked()
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(only_run(box.folder))
        except UsageError:
            raise UsageError(f"another `grader serve start` is using {box.folder}: one is enough") from None
        _serve(box, place, jobs, confined=confined, announce=announce)


def _serve(box: Box, place: Place, jobs: int, *, confined: bool, announce: Callable[[str], None]) -> None:
    try:
        family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
        listening = socket.create_server((place.host, place.port), family=family, backlog=256)
    except OSError as error:
        raise UsageError(f"{place.host}:{place.port} can't be listened on ({error.strerror})") from None
    origins = place.origins(listening.getsockname()[1])
    failures: list[GraderError] = []

    def failed(error: GraderError) -> None:
        failures.append(error)
        server.should_exit = True

    graders = Graders(box, jobs, confined=confined, failed=failed)
    server = uvicorn.Server(configured(guarded_app(box, graders.wake, origins)))
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        graders.start()
        announce(origins[0])
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
        listening.close()
        graders.stop()
    if failures:
        raise failures[0]


def configured(app: ASGIApp) -> uvicorn.Config:
    """uvicorn with every limit that it has. It believes no header about who asks, and keeps no log of addresses."""
    return uvicorn.Config(
        app, http=Patient, ws="none", loop="asyncio", lifespan="off", log_level="critical", access_log=False,
        proxy_headers=False, server_header=False, limit_concurrency=_CONNECTIONS,
        h11_max_incomplete_event_size=HEAD_BYTES, timeout_keep_alive=5, timeout_graceful_shutdown=5,
    )  # fmt: skip


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt

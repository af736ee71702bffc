"""The server: on 127.0.0.1 alone, until Ctrl+C."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import uvicorn

from grader.errors import UsageError
from grader.marking.app import guarded_app
from grader.marking.desk import Desk


def serve(desk: Desk, who: str, *, port: int, browser: bool, announce: Callable[[str], None]) -> None:
    """Serve the page until Ctrl+C or SIGTERM. announce: is told the address.

    port: 0 for any free one. Raises UsageError where it is taken.
    """
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise UsageError(f"--port {port}: can't be used ({error.strerror}); give another, or none") from None
    port = listening.getsockname()[1]
    token = secrets.token_urlsafe(24)
    address = f"http://127.0.0.1:{port}/?token={token}"
    config = uvicorn.Config(
        guarded_app(desk, who, token, port),
        http="h11", ws="none", loop="asyncio", lifespan="off", log_level="critical", access_log=False,
        proxy_headers=False, server_header=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    before = signal.signal(signal.SIGTERM, _interrupt)
    opener = _open(address) if browser and _has_screen() else None
    try:
        announce(address)
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass  # it is how a day of marking ends
    finally:
        signal.signal(signal.SIGTERM, before)
        listening.close()
        if opener:
            opener.unlink(missing_ok=True)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _has_screen() -> bool:
    """Elsewhere `webbrowser` would start one in the terminal, and wait for it."""
    return sys.platform in ("win32", "darwin") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _open(address: str) -> Path:
    """Open the page by a file that leads to it, which nobody else can read: command lines can be read by everybody."""
    handle, name = tempfile.mkstemp(prefix="grader-mark-", suffix=".html")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Marking</title>'
            f'<meta http-equiv="refresh" content="0; url={address}"><a href="{address}">To the page</a>'
        )
    webbrowser.open(Path(name).as_uri())
    return Path(name)

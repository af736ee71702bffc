"""A worker as a plain subprocess, for systems without fork: a self-check of one's own code needs no wall."""

from __future__ import annotations

import base64
import socket
import sys

from .serve import serve


def main(handover: str, settings: dict[str, int]) -> None:
    """Serve on the socket handed over: a descriptor number on POSIX, shared socket data from stdin on Windows."""
    if sys.platform == "win32":
        channel = socket.fromshare(base64.b64decode(sys.stdin.buffer.readline()))
    else:
        channel = socket.socket(fileno=int(handover))
    serve(channel, 1, settings)

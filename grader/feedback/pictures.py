"""Pictures of a result → PNG files as data addresses, grey: a level for a pixel."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.result import Picture
from grader.text import visible

MAX_SIDE = 64
MAX_PICTURES = 8


@dataclass(frozen=True)
class Drawn:
    """One picture for a page: its address, its size, and in words what it shows; lines for before and below all."""

    title: str
    text: str
    height: int
    width: int
    address: str
    about: str = ""
    note: str = ""


def drawn(pictures: Sequence[Picture]) -> list[Drawn]:
    """The pictures that can be drawn; one that is not whole is left out."""
    return [found for picture in pictures[:MAX_PICTURES] if (found := _drawn(picture))]


def _drawn(picture: Picture) -> Drawn | None:
    height, width = picture.height, picture.width
    if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE) or len(picture.levels) > 2 * MAX_SIDE**2:
        return None
    try:
        data = base64.b64decode(picture.levels, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(data) != height * width:
        return None
    levels = np.frombuffer(data, dtype=np.int8).astype(np.float64).reshape(height, width)
    # Where nothing is below 0, black is 0: what is light on dark looks so.
    low = -127 if (levels < 0).any() else 0
    greys = (255 * (levels - low) / (127 - low)).round().clip(0, 255).astype(np.uint8)
    encoded = base64.b64encode(_png(greys.tobytes(), height, width)).decode("ascii")
    return Drawn(
        visible(picture.title, 60),
        visible(picture.text, 200),
        height,
        width,
        f"data:image/png;base64,{encoded}",
        visible(picture.about, 300),
        visible(picture.note, 400),
    )


def _png(pixels: bytes, height: int, width: int) -> bytes:
    """Grey pixels of 8 bits as a PNG file (ISO/IEC 15948)."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + pixels[row * width : (row + 1) * width] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body

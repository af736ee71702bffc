"""The capstone's picture: one SVG file, made with numpy and the standard library alone.

Small images are PNGs inside it, a pixel of the array for a pixel of the image.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np

from capstone_training import Digits, Params, Score, shift

WIDTH = 760
# As in the figure and on the cards: blue above 0, orange below.
ABOVE, BELOW = (47, 127, 200), (224, 138, 46)
COLOURS = {"CNN": "#0b57a4", "MLP": "#a33c05"}
MOVED = 4  # pixels, for the picture of a shift


def png(pixels: np.ndarray) -> bytes:
    """An RGB image, (H, W, 3) uint8, as a PNG file."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def greys(values: np.ndarray, top: float) -> np.ndarray:
    """(H, W) numbers from 0 to top → (H, W, 3) from black to white."""
    levels = (255 * np.clip(values / (top or 1), 0, 1)).astype(np.uint8)
    return np.repeat(levels[..., np.newaxis], 3, axis=2)


def signs(values: np.ndarray, top: float) -> np.ndarray:
    """(H, W) numbers from -top to top → (H, W, 3): orange below 0, white at 0, blue above."""
    share = np.clip(values / (top or 1), -1, 1)[..., np.newaxis]
    end = np.where(share > 0, np.array(ABOVE), np.array(BELOW))
    return (255 + np.abs(share) * (end - 255)).astype(np.uint8)


def _image(pixels: np.ndarray, x: float, y: float, side: float) -> str:
    data = base64.b64encode(png(pixels)).decode()
    return (
        f'<image x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" style="image-rendering:pixelated" '
        f'preserveAspectRatio="none" href="data:image/png;base64,{data}"/>'
        f'<rect x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" fill="none" stroke="#7b8694"/>'
    )


def _text(text: str, x: float, y: float, *, size: int = 13, anchor: str = "start", fill: str = "#1b2430") -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">{text}</text>'


def _row(maps: np.ndarray, title: str, y: float, side: float, first: np.ndarray | None = None) -> list[str]:
    """A title and, below it, an image (if any) and the maps (F, H, W), all maps in one scale."""
    parts, x = [_text(title, 20, y)], 20.0
    if first is not None:
        parts += [_image(greys(first, 1), x, y + 8, side), _text("→", x + side + 8, y + 14 + side / 2)]
        x += side + 32
    for one in maps:
        parts.append(_image(greys(one, maps.max()), x, y + 8, side))
        x += side + 8
    return parts


def _chart(
    title: str, under: str, ticks: Sequence[str], lines: dict[str, list[float]], x: float, y: float
) -> list[str]:
    """Percent, 0 to 100, over evenly spaced ticks; one line a model."""
    width, height = 270, 150
    parts = [
        _text(title, x - 30, y - 14),
        _text(under, x + width / 2, y + height + 36, anchor="middle", size=12),
    ]
    for level in (0, 25, 50, 75, 100):
        at = y + height * (1 - level / 100)
        parts.append(f'<path d="M{x:g} {at:g}h{width}" stroke="#d9dde3"/>')
        parts.append(_text(str(level), x - 6, at + 4, size=11, anchor="end"))
    places = [x + 16 + k * (width - 32) / max(len(ticks) - 1, 1) for k in range(len(ticks))]
    for place, tick in zip(places, ticks, strict=True):
        parts.append(_text(tick, place, y + height + 17, size=11, anchor="middle"))
    for name, values in lines.items():
        points = [(px, y + height * (1 - v / 100)) for px, v in zip(places, values, strict=True)]
        path = " ".join(f"{px:g},{py:g}" for px, py in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>')
        for px, py in points:
            parts.append(
                f'<circle cx="{px:g}" cy="{py:g}" r="3.5" fill="{COLOURS[name]}"/>'
                if name == "CNN"
                else f'<rect x="{px - 3.5:g}" y="{py - 3.5:g}" width="7" height="7" fill="{COLOURS[name]}"/>'
            )
    below = -np.inf  # no name on top of another
    for name, values in sorted(lines.items(), key=lambda line: -line[1][-1]):
        below = max(below + 14, y + height * (1 - values[-1] / 100))
        parts.append(_text(name, x + width + 2, below + 4, size=12, fill=COLOURS[name]))
    return parts


def feature_maps(layers: SimpleNamespace, params: Params, image: np.ndarray) -> dict[str, np.ndarray]:
    """What the student's layers make of one image (1, H, W): (F, H, W) behind the first convolution + ReLU and
    behind each pool."""
    maps, a = {}, image[np.newaxis]
    for k in "1234":
        a = layers.relu(layers.conv2d(a, params["w" + k], params["b" + k]))
        maps["conv" + k] = np.asarray(a)[0]
        if k in "24":
            a = layers.maxpool(a)
            maps["pool" + k] = np.asarray(a)[0]
    return maps


def draw(layers: SimpleNamespace, params: Params, digits: Digits, scores: dict[str, Score]) -> str:
    """The SVG: first filters, feature maps of a held-out digit and of the same digit moved, and the curves."""
    digit = digits.x_held[0]
    moved = shift(digit, 0, MOVED)
    maps, moved_maps = (feature_maps(layers, params, image) for image in (digit, moved))
    top = np.abs(params["w1"]).max()
    parts = [_text("The first layer's filters (blue: above 0, orange: below 0)", 20, 30)]
    parts += [_image(signs(w[0], top), 20 + 76 * k, 38, 68) for k, w in enumerate(params["w1"])]
    parts += _row(
        maps["conv1"],
        "A held-out digit, and its maps behind the first convolution + ReLU",
        136,
        100,
        digit[0],
    )
    parts += _row(
        moved_maps["conv1"],
        f"The same digit {MOVED} pixels to the right: its maps move along",
        272,
        100,
        moved[0],
    )
    parts += _row(maps["pool2"], "The first digit again, behind the first pool", 408, 68)
    parts += _row(maps["pool4"], "... and behind the second pool: this is what the dense layer sees", 514, 68)
    shifted = {name: [score.held_out, *score.shifted.values()] for name, score in scores.items()}
    pixels = ["0", *(str(p) for p in next(iter(scores.values())).shifted)]
    by_images = {name: list(score.by_images.values()) for name, score in scores.items()}
    images = [str(n) for n in next(iter(scores.values())).by_images]
    parts += _chart("Accuracy on held-out digits, moved (%)", "pixels moved", pixels, shifted, 50, 650)
    parts += _chart("Accuracy by training images (%)", "training images", images, by_images, 430, 650)
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} 850" width="{WIDTH}" height="850" role="img" '
        f'font-family="sans-serif"><title>What the CNN has learned</title>\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )

"""The capstone's picture: one SVG file, made with the standard library alone."""

from __future__ import annotations

from html import escape

from capstone_training import Scores

WIDTH, HEIGHT = 760, 330
# As in the figure and on the cards.
RNN, BIGRAMS = "#0b57a4", "#a33c05"


def _text(
    text: str, x: float, y: float, *, size: int = 13, anchor: str = "start", fill: str = "#1b2430"
) -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'


def _chart(title: str, under: str, points: list[tuple[str, float]], level: float, x: float) -> list[str]:
    """The network's bits as a line with dots, the table's as a dashed level."""
    y, width, height = 60.0, 280.0, 190.0
    top = max([level, *(bits for _, bits in points)]) * 1.1
    parts = [
        _text(title, x - 30, y - 24),
        _text(under, x + width / 2, y + height + 38, anchor="middle", size=12),
    ]
    for tick in range(int(top) + 1):
        at = y + height * (1 - tick / top)
        parts += [
            f'<path d="M{x:g} {at:g}h{width}" stroke="#d9dde3"/>',
            _text(str(tick), x - 6, at + 4, size=11, anchor="end"),
        ]
    at = y + height * (1 - level / top)
    parts.append(
        f'<path d="M{x:g} {at:g}h{width}" stroke="{BIGRAMS}" stroke-width="2" stroke-dasharray="6 4"/>'
    )
    parts.append(_text("bigram table", x + width, at - 6, size=12, anchor="end", fill=BIGRAMS))
    places = [x + 12 + k * (width - 24) / max(len(points) - 1, 1) for k in range(len(points))]
    heights = [y + height * (1 - bits / top) for _, bits in points]
    line = " ".join(f"{px:g},{py:g}" for px, py in zip(places, heights, strict=True))
    parts.append(f'<polyline points="{line}" fill="none" stroke="{RNN}" stroke-width="2"/>')
    for (name, _), px, py in zip(points, places, heights, strict=True):
        parts.append(f'<circle cx="{px:g}" cy="{py:g}" r="3.5" fill="{RNN}"/>')
        parts.append(_text(name, px, y + height + 17, size=11, anchor="middle"))
    parts.append(_text("your RNN", places[-1], heights[-1] - 9, size=12, anchor="end", fill=RNN))
    return parts


def draw(scores: Scores) -> str:
    """The SVG: how the network learned, and how much it gains from what lies further back."""
    level = scores.bits["bigrams"]
    learned = [(f"{step / 1000:g}", bits) for step, bits in scores.curve]
    memory = [(str(length), bits) for length, bits in scores.by_memory.items()]
    body = "\n".join(
        [
            *_chart("Bits a character on days held out", "thousand steps of training", learned, level, 60),
            *_chart("The same, by what it may remember", "characters read before", memory, level, 440),
        ]
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family="sans-serif"><title>What the network has learned</title>\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )

"""LaTeX formulas of lesson text as text that can be read where nothing draws them: in a file, in a terminal.

Knows the part of LaTeX that formulas of a lesson need. What it does not know stands there by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CODE = r"```.*?```|`[^`\n]*`"
_MATH = re.compile(rf"(?P<code>{_CODE})|\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$`]+?)\$", re.DOTALL)
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)

_COMMANDS = {
    "cdot": "·", "times": "×", "partial": "∂", "approx": " ≈ ", "le": " ≤ ", "leq": " ≤ ", "ge": " ≥ ", "geq": " ≥ ",
    "ne": " ≠ ", "neq": " ≠ ", "in": " ∈ ", "infty": "∞", "pm": "±", "to": " → ", "dots": "…", "ldots": "…",
    "cdots": "…", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "quad": "    ", "qquad": "    ",
    "left": "", "right": "", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η",
    "theta": "θ", "lambda": "λ", "mu": "μ", "sigma": "σ", "pi": "π", "nabla": "∇",
}  # fmt: skip
_SPACES = {
    ",": " ",
    ";": " ",
    ":": " ",
    "!": "",
    " ": " ",
    "\\": "    ",
    "{": "{",
    "}": "}",
    "%": "%",
    "_": "_",
}
#: Operators that take what stands below them as a range, and words that need air behind them.
_BIG = {"sum": "Σ", "prod": "Π", "max": "max", "min": "min"}
_WORDS = ("log", "exp", "sin", "cos", "tanh")
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
_BELOW = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_ABOVE = str.maketrans("0123456789+-=()nTi", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿᵀⁱ")
_CAN_BE_BELOW, _CAN_BE_ABOVE = frozenset(map(chr, _BELOW)), frozenset(map(chr, _ABOVE))


def plain_formulas(text: str) -> str:
    """Markdown with its formulas (`$…$`, `$$…$$`) as plain text; code stays as it is."""

    def plain(match: re.Match[str]) -> str:
        if match["code"] is not None:
            return match["code"]
        if match["display"] is not None:
            return f"    {plain_formula(match['display'])}"
        found = plain_formula(match["inline"])
        # Broken over two lines before: it begins the second of them now.
        return f"\n{found}" if "\n" in match["inline"] else found

    return "\n".join(line.rstrip() for line in _MATH.sub(plain, text).split("\n"))


def plain_formula(latex: str) -> str:
    """One formula as plain text: `\\frac{a + b}{2}` is (a + b) / 2, `x_i^2` is xᵢ²."""
    text = "".join(_parts(_Tokens(latex), ""))
    text = re.sub(r"(?<=\S) {2,3}(?=\S)", " ", text)
    return re.sub(r" +([,)\]⌋⌉])|(?<=[(\[⌊⌈]) +", r"\1", text).strip()


class _Tokens:
    def __init__(self, latex: str) -> None:
        self._rest = [token if token.strip() else " " for token in _TOKEN.findall(latex.strip())]

    def next(self) -> str:
        return self._rest.pop(0) if self._rest else ""

    def peek(self) -> str:
        return self._rest[0] if self._rest else ""

    def skip_space(self) -> None:
        while self.peek() == " ":
            self.next()

    def argument(self) -> _Tokens:
        """What a command or a sign applies to: a group in braces, or the next token."""
        self.skip_space()
        found = _Tokens("")
        first = self.next()
        if first != "{":
            # `\hat x^2` is x̂ with a square: what follows the token is not of the argument.
            found._rest = [first] if first else []
            if first in ("\\text", "\\hat"):
                found._rest += ["{", *self.argument()._rest, "}"]
            return found
        depth = 1
        while self._rest:
            token = self.next()
            depth += (token == "{") - (token == "}")
            if not depth:
                break
            found._rest.append(token)
        return found


def _whole(tokens: _Tokens) -> str:
    return "".join(_parts(tokens, "")).strip()


def _parts(tokens: _Tokens, before: str) -> Iterator[str]:
    """The pieces of plain text, one after the other. before: the last piece."""
    while token := tokens.next():
        name = token[1:] if token[:1] == "\\" else ""
        if name in ("text", "mathrel", "mathrm", "mathbf", "operatorname"):
            piece = _raw(tokens.argument()) if name == "text" else _whole(tokens.argument())
        elif name == "frac":
            above, below = _whole(tokens.argument()), _whole(tokens.argument())
            wide = _in_brackets(above), _in_brackets(below)
            piece = " / ".join(wide) if wide != (above, below) else f"{above}/{below}"
        elif name == "sqrt":
            piece = f"√{_in_brackets(_whole(tokens.argument()))}"
        elif name in _ACCENTS:
            piece = _whole(tokens.argument()) + _ACCENTS[name]
        elif name in _BIG:
            piece = ("" if not before or before[-1:] in " ([" else " ") + _big(_BIG[name], tokens)
        elif name in _WORDS:
            piece = name
        elif name:
            piece = _COMMANDS.get(name, _SPACES.get(name, name))
            if name == "partial":
                tokens.skip_space()
        elif token == "_":
            piece = _below(_whole(tokens.argument()))
        elif token == "^":
            piece = _above(_whole(tokens.argument()))
        elif token in "{}":
            piece = ""
        else:
            piece = "−" if token == "-" else token
        before = piece or before
        yield piece


def _raw(tokens: _Tokens) -> str:
    """Text inside a formula, which may hold signs of its own: `label_n`."""
    return "".join(tokens._rest)


def _big(sign: str, tokens: _Tokens) -> str:
    """A sum or a maximum with its range: Σⱼ, Σ(n, i, j), Σ(i = 0 … K−1), and air behind it."""
    below = above = ""
    tokens.skip_space()
    while tokens.peek() in ("_", "^"):
        if tokens.next() == "_":
            below = _whole(tokens.argument())
        else:
            above = _whole(tokens.argument())
        tokens.skip_space()
    if above:
        return f"{sign}({below.replace('=', ' = ')} … {above}) "
    if below and len(below) == 1 and below in _CAN_BE_BELOW:
        return f"{sign}{below.translate(_BELOW)} "
    air = "" if tokens.peek() in ("(", "") else " "
    return f"{sign}({below}) " if below else f"{sign}{air}"


def _below(text: str) -> str:
    if text and set(text) <= _CAN_BE_BELOW and len(text) <= 2:
        return text.translate(_BELOW)
    return f"_{text}" if text.isalnum() else f"[{text.replace(',', ', ').replace('  ', ' ')}]"


def _above(text: str) -> str:
    plain = text.replace("−", "-")
    if plain and set(plain) <= _CAN_BE_ABOVE:
        return plain.translate(_ABOVE)
    return f"^{text}" if text.isalnum() else f"^({text})"


def _in_brackets(text: str) -> str:
    """A part of a fraction: in brackets where it is more than one thing."""
    return f"({text})" if re.search(r"[ +−·]", re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", text)) else text

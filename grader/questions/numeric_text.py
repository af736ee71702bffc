"""One number out of a text, in any of the spellings in which people write numbers. What is one, and what is a bet."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from grader.questions.phrases import word_set

#: Characters of an answer that are read. A longer one is no number: its end might take the number back.
MOST_CHARACTERS = 400
_MOST_DIGITS = 40

#: Digits, what may stand between two of them, and an exponent. No two parts can match the same character.
_RUN = re.compile(r"[0-9]+(?:[.,'_ ][0-9]+)*(?:[eE][+-]?[0-9]+)?")
_BETWEEN = re.compile(r"[.,'_ ]")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_BRACKETS = re.compile(r"\([^()]*\)")
_BY = re.compile(r"\bby\b")

_SPELLING = str.maketrans(
    dict.fromkeys("−‐‑–", "-")
    | dict.fromkeys("×✕*·⋅", "x")
    | dict.fromkeys("→⇒➔", "=")
    | {"’": "'", "⁄": "/"}
)
#: More than one number may be meant, or another one than the one that is written.
_BETS = word_set(
    """or not no never between to than least most below above under over except but either neither nor unless
    half twice double triple sqrt root log ln minus plus times squared cubed power dozen hundred thousand k mio
    million millions billion billions bn maybe perhaps possibly probably alternatively could might also"""
)
_BET_SIGNS = "?±∓<>≤≥≠|^√"


def read_number(text: str, *, square: bool = False) -> set[float]:
    """What a text may mean as one number; empty if it is none, or more than one.

    square: a size of an image side, for which "24 x 24" means 24. Otherwise a product or sum is worked out:
    "5 x 5" means 25. "1.234" is read both as a decimal and as a thousand and some: people write either. So is
    "12%", as 12 and as 0.12.
    """
    if len(text) > MOST_CHARACTERS or any(_changes_a_number(char) for char in text):
        return set()
    text = unicodedata.normalize("NFKC", text).strip(" \t\n*")  # * as Markdown has it
    text = "".join(str(unicodedata.decimal(char, char)) for char in text)
    text = _BY.sub("x", text.translate(_SPELLING).replace("->", "=").replace("=>", "="))
    *before, text = (side.strip(" \t\n,:;`\"'$") for side in text.split("="))
    plain = _BRACKETS.sub(" ", text).strip() or text.strip("() ")
    if any(_is_a_bet(side) for side in (*before, text)) or "/" in plain:
        return set()
    readings = _read(plain, square)
    # "12 = 24" and "12 (24)" name two numbers; "28 - 4 = 24" and "12 (24 halved)" say where one comes from.
    beside = [
        *map(_the_only, before),
        *(_lone(bracket.strip("( /,;)")) for bracket in _BRACKETS.findall(text)),
    ]
    same = all(number & readings for number in beside if number)
    return {number for number in readings if math.isfinite(number)} if same else set()


def _changes_a_number(char: str) -> bool:
    """Whether NFKC would make another number of it: 10³ is not 103, and 1½ is not 11/2."""
    return unicodedata.decomposition(char).startswith(("<super>", "<sub>", "<fraction>"))


def _is_a_bet(text: str) -> bool:
    # "12 m" may be metres, "2M" are millions.
    return any(sign in text for sign in _BET_SIGNS) or any(
        word.lower() in _BETS or word == "M" or word.endswith("n't") for word in _WORD.findall(text)
    )


def _lone(text: str) -> set[float]:
    return _readings(text) if _RUN.fullmatch(text) else set()


def _the_only(text: str) -> set[float]:
    """The number among words, if it is one number; "w1" is a name."""
    runs = list(_RUN.finditer(text))
    return _readings(runs[0][0]) if len(runs) == 1 and not text[: runs[0].start()][-1:].isalpha() else set()


def _read(text: str, square: bool) -> set[float]:
    runs = list(_RUN.finditer(text))
    if len(runs) == 1:
        return _with_its_signs(text[: runs[0].start()], runs[0][0], text[runs[0].end() :])
    rest = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ. \t")
    unit = text[len(rest) :].strip()
    terms = [term.strip() for term in rest.replace("+", "x").split("x")]
    signs = [char for char in rest if char in "x+"]
    factors = [_lone(term.removeprefix("-")) for term in terms]
    if len(unit) == 1 or not all(factors) or terms[0] == "0":
        return set()
    if square:
        return factors[0] if signs == ["x"] and factors[0] == factors[1] and "-" not in rest else set()
    numbers = [max(f) * (-1 if term[0] == "-" else 1) for term, f in zip(terms, factors, strict=True)]
    return {_work_out(numbers, signs)}


def _with_its_signs(before: str, run: str, after: str) -> set[float]:
    """The readings of the only number, `run`, with the sign before it and the unit behind."""
    if before[-1:] in (",", "'", "_") or "+" in before[:-1] or "+" in after or before[-1:].isalpha():
        return set()
    if before.endswith("."):
        run, before = f"0.{run}", before[:-1]
    negative = before.endswith("-")
    if negative and before[-2:-1].strip(" (:`\"'$"):
        return set()
    # "12e" and "12 x" are the beginnings of other numbers.
    if after.strip().lower() in ("e", "x") or after[:2].lower() in ("e+", "e-"):
        return set()
    found = _readings(run)
    if after.lstrip().startswith("%"):
        found |= {number / 100 for number in found}
    return {-number for number in found} if negative else found


def _work_out(factors: Sequence[float], signs: Sequence[str]) -> float:
    total, product = 0.0, factors[0]
    for sign, factor in zip(signs, factors[1:], strict=True):
        if sign == "x":
            product *= factor
        else:
            total, product = total + product, factor
    return total + product


def _readings(run: str) -> set[float]:
    """What a _RUN may mean: as a decimal, and with thousands set apart by one sign. Empty: several numbers, or none."""
    mantissa, _, exponent = run.lower().partition("e")
    groups = _BETWEEN.split(mantissa)
    signs = [char for char in mantissa if not char.isdecimal()]
    if len(run) > _MOST_DIGITS or len(exponent) > 4:
        return set()
    found: set[float] = set()
    if not signs or (len(signs) == 1 and signs[0] in ".,"):
        found.add(float(run.replace(",", ".")))
    thousands, decimals = groups, ""
    if len(set(signs)) == 2 and signs[-1] in ".," and signs.count(signs[-1]) == 1:
        thousands, decimals = groups[:-1], groups[-1]
    elif len(set(signs)) != 1:
        return found
    # 0.016 is not 16: no thousands begin with a zero.
    if (
        not exponent
        and len(groups[0]) <= 3
        and groups[0][0] != "0"
        and all(len(g) == 3 for g in thousands[1:])
    ):
        found.add(float(f"{''.join(thousands)}.{decimals or 0}"))
    return found

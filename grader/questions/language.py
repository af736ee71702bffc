"""Free text → the sentences in it that say something. English only; no grammar, a few plain observations.

1. What people write in many ways is made one: quotes, hyphens, contractions ("doesn't" → "does not").
2. The text is cut into sentences, and each sentence notes where its clauses begin: that is where the reach of a
   "not" ends.
3. Words without sense are dropped. English is held together by small words: articles, prepositions, pronouns,
   auxiliaries. They make up a third to a half of what people write, and are missing from a list of keywords.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from grader.questions.phrases import Sentence, word_set

#: Characters of an answer that are read: far more than anybody needs for a few sentences.
MOST_CHARACTERS = 4000


NEGATORS = word_set("not no never neither nor without hardly nothing nobody none unable fails")
#: What "it is not true that" and its kin become: it denies the whole rest of its sentence.
DENIAL = "untruly"

_GLUE = word_set(
    """a an the this that these those it its they them their we you your i he she one's who whom whose
    which what of in on at to for from by with into over across through between under above below
    around within after before than as per via is are was were be been being am do does did has have
    had can could will would shall should may might must not no never and or but so because since if
    when where while whether how why although though then hence therefore thus there here instead
    also only just still even already again every each all any some both either many much more most
    very too such other another own same about out up off away just need needs gets makes takes
    keeps gives"""
)
#: Verb forms that occur in sentences and hardly in keyword lists.
_VERBS = word_set(
    """needs gets makes takes keeps gives says tells means shows finds detects learns knows sees looks
    works uses moves slides scans shifts jumps skips computes calculates multiplies adds sums counts
    compares produces returns writes reports reduces shrinks halves lowers cuts saves loses forgets
    destroys ignores throws becomes stays changes helps allows lets generalises generalizes picks
    selects chooses replaces summarises summarizes belongs treats shares requires improves covers
    measures responds reacts sits stands lies remains preserves increases removes depends matters
    applies turns happens goes comes was were"""
)

_CONTRACTIONS = (
    (re.compile(r"\b(ca)n'?t\b"), "can not"),
    (re.compile(r"\bcannot\b"), "can not"),
    (re.compile(r"\bwo n'?t\b|\bwon't\b"), "will not"),
    (
        re.compile(r"\b(is|are|was|were|do|does|did|has|have|had|could|would|should|need)n'?t\b"),
        r"\1 not",
    ),
    (re.compile(r"\b(it|that|there|what|he|she)'s\b"), r"\1 is"),
    (re.compile(r"'(re|ve|ll|d)\b"), " "),
    (
        re.compile(
            r"\b(?:not (?:true|the case|correct|right)|wrong|false|untrue|incorrect)(?: to say)? that\b"
        ),
        f"is {DENIAL}",
    ),
    (re.compile(r"\bno longer\b|\bnot any ?more\b"), "not"),
    (re.compile(r"\bany ?more\b"), ""),
    # Emphasis, no negation.
    (re.compile(r"\bnot (?:only|just|merely|simply)\b"), ""),
    (re.compile(r"\bno (?:doubt|wonder)\b"), ""),
)
_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)|\n\s*\n|\n(?=\s*(?:[-–—*•+]|\d+[.)]|[a-z]\))\s)|\n(?=\s*[A-Z])")
_BULLET = re.compile(r"^\s*(?:[-–—*•+]|\d+[.)]|[a-z]\))\s+")
_WORD_OR_BREAK = re.compile(r"[^\W_]+(?:'[a-z]+)?|[,;:()–—/|\n]")
_BREAKING = word_set("but because since so while whereas although though hence therefore")
_AFTER_AND = word_set("it they we you the this that a an so one there therefore")

_BE = word_set("is are was were be been being has have had do does")

_LEAST_GLUE = 0.2
_LONG = 8


def sentences(text: str) -> list[Sentence]:
    """The sentences of `text` that make sense as such, normalised. Never raises."""
    text = (
        unicodedata.normalize("NFKC", text[:MOST_CHARACTERS])[:MOST_CHARACTERS]
        .replace("’", "'")
        .replace("‘", "'")
    )
    text = re.sub(r"(?<=\w)[-‐‑](?=\w)", " ", re.sub(r"[`*_#>\"“”„]", " ", text))
    segments: list[list[list[str]]] = []
    for piece in _SENTENCE_END.split(text):
        lowered = _BULLET.sub("", piece).lower()
        for pattern, plain in _CONTRACTIONS:
            lowered = pattern.sub(plain, lowered)
        segments.append(_segments(lowered))
    bare_run = _in_a_run_of_bare_ones([segment for sentence in segments for segment in sentence])
    found, at = [], 0
    for sentence in segments:
        kept = [segment for i, segment in enumerate(sentence, start=at) if i not in bare_run]
        at += len(sentence)
        if kept and _makes_sense([word for segment in kept for word in segment]):
            found.append(_joined(kept))
    return found


def _segments(text: str) -> list[list[str]]:
    """The words between two commas, colons, brackets or dashes. A line end alone is only where a line was full."""
    found: list[list[str]] = [[]]
    for token in _WORD_OR_BREAK.findall(text):
        if token == "\n":
            continue
        if token[0].isalnum():
            found[-1].append(token)
        elif found[-1]:
            found.append([])
    return [segment for segment in found if segment]


def _in_a_run_of_bare_ones(segments: Sequence[Sequence[str]]) -> set[int]:
    """Three or more segments in a row without any small word or verb are a list of keywords."""
    bare = [not any(word in _GLUE or word in _VERBS for word in segment) for segment in segments]
    found: set[int] = set()
    start = 0
    for at in range(len(bare) + 1):
        if at == len(bare) or not bare[at]:
            if at - start >= 3:
                found.update(range(start, at))
            start = at + 1
    return found


def _makes_sense(words: Sequence[str]) -> bool:
    """Enough small words. In a long sentence "is" counts for nothing: keywords with some strewn in are no sentence."""
    small = [word for word in words if word in _GLUE or word in _VERBS]
    if len(words) >= _LONG:
        small = [word for word in small if word not in _BE]
    return bool(small) and len(small) >= _LEAST_GLUE * len(words)


def _joined(segments: Sequence[Sequence[str]]) -> Sentence:
    words: list[str] = []
    breaks: set[int] = set()
    for segment in segments:
        breaks.add(len(words))
        words += segment
    breaks.update(at for at, word in enumerate(words) if word in _BREAKING)
    breaks.update(
        at for at, (word, after) in enumerate(pairwise(words)) if word == "and" and after in _AFTER_AND
    )
    return Sentence(tuple(words), frozenset(breaks))

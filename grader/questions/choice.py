"""Choice questions: a letter, or the text of an option. What is one clear answer is written down in instructors.md."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from grader.questions.marked import Marked, said
from grader.questions.phrases import word_set
from grader.questions.plainyaml import Value, as_text

if TYPE_CHECKING:
    from grader.questions.key import ChoiceKey

#: Characters of an answer that are read. A longer one names no letter: nobody can say what its end takes back.
MOST_CHARACTERS = 2000
#: What a notebook's answer cell asks for, before a colon.
LABEL = "letter"

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


#: What may stand before the letter: "My answer is option (c)".
_LEADS = word_set(
    "the my our answer option letter choice is it's i i'd i'm think say choose chose pick would"
)
_REASONS = word_set("because since as")
_PRAISE = word_set("right correct true my the it")
_DENIALS = word_set(
    "not isn't aren't wasn't doesn't don't can't cannot won't wrong false incorrect impossible"
)
_BEFORE_DENIED = word_set("not nor unlike than of")  # rather than, instead of
_JOINING = word_set("and or nor both all")
#: As the first word behind the letter they take it back, or add to it. The others do so where a sign follows.
_ADDING = word_set("or and nor maybe perhaps either possibly wait sorry")
_TAKING_BACK = word_set("no not")
_VERBS = word_set("is are was were")
#: A list of letters that are all denied together has no more words than this.
_LONGEST_LIST = 12
#: Shorter texts of options, such as "2", stand in many an explanation.
_TELLING = 4


def grade_choice(key: ChoiceKey, options: Mapping[str, str], points: float, value: Value) -> Marked:
    """All points for the right letter, none for another one or for several."""
    text = as_text(value)
    letter = read_choice(text, options)
    if letter is None:
        why = f"{said(text)} is not one clear letter of {', '.join(options)}: write the letter alone."
        return Marked(0, why, complete=False)
    if letter == key.answer:
        return Marked(points, f"{letter} is right.")
    return Marked(0, f"{letter} is not right. {key.remarks.get(letter, '')}".rstrip())


def read_choice(text: str, options: Mapping[str, str]) -> str | None:
    """The letter that was meant: "c", "(C)", "c) because …", or the option's own text. None if none, or several."""
    if len(text) > MOST_CHARACTERS:
        return None
    text = unicodedata.normalize("NFKC", text).strip().lower().replace("’", "'")
    by_text = [letter for letter, option in options.items() if _squeezed(option) == _squeezed(text)]
    if len(by_text) == 1:
        return by_text[0]
    found = list(_WORD.finditer(text))
    words = [match[0] for match in found]
    at = next(
        (at for at, word in enumerate(words) if word not in _LEADS or _is_letter(word, options, at)), None
    )
    if at is None or words[at] not in options or any(sign in text[: found[at].end()] for sign in "!¬≠~?/"):
        return None
    rest = text[found[at].end() :]
    if at + 1 == len(words):
        return words[at] if not any(sign in rest for sign in "?/") else None
    gap = rest[: found[at + 1].start() - found[at].end()]
    if not _begins_a_reason(gap, words[at + 1 :]) or _is_taken_back(rest, words[at + 1 :]):
        return None
    own = _squeezed(options[words[at]])
    others = [_squeezed(option) for letter, option in options.items() if letter != words[at]]
    without_own = _squeezed(rest).replace(own, "") if own else _squeezed(rest)
    if any(len(other) >= _TELLING and other in without_own for other in others):
        return None
    return None if _names_another(text, found[at:], options) else words[at]


def _is_letter(word: str, options: Mapping[str, str], at: int) -> bool:
    """Whether a word that could lead to the letter is one: "i" of nine options, where nothing stands before it."""
    return word in options and at > 0


def _begins_a_reason(gap: str, rest: Sequence[str]) -> bool:
    """Whether what follows the letter is set off from it: by a sign, by "because", or it says that it is right."""
    if any(sign in gap for sign in "/|&+?<>=→"):
        return False
    if gap.strip(" \t"):
        return True
    return (
        rest[0] in _REASONS
        or (rest[0] == "is" and len(rest) > 1 and rest[1] in _PRAISE)
        or rest[0] == "rather"
    )


def _is_taken_back(rest: str, words: Sequence[str]) -> bool:
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first in _ADDING or (first in _DENIALS and first not in _TAKING_BACK):
        return True
    if first in _TAKING_BACK:
        after = rest.partition(first)[2].lstrip()[:1]
        return not after.isalnum() and after not in ("(", "'", '"')
    return first in _VERBS and second in _DENIALS


def _names_another(text: str, found: Sequence[re.Match[str]], options: Mapping[str, str]) -> bool:
    """Whether the words behind the letter, found[0], name another one, and do not say that it is wrong."""
    words = [match[0] for match in found]
    denied = -1
    for at in range(1, len(words)):
        if words[at] not in options or words[at] == words[0] or _is_a_word(text, found, at, options):
            continue
        listed = at >= 2 and words[at - 1] in _JOINING and denied == at - 2
        if words[at - 1] in _BEFORE_DENIED or listed or _denied_behind(words, at, options):
            denied = at
        else:
            return True
    return False


def _is_a_word(text: str, found: Sequence[re.Match[str]], at: int, options: Mapping[str, str]) -> bool:
    """Whether "a" is the article here, "i" the writer, and "d" of "3 d" a dimension."""
    word, before = found[at][0], found[at - 1]
    if before[0].isdecimal() and not text[before.end() : found[at].start()].strip(" -"):
        return True
    if word not in ("a", "i") or at + 1 == len(found):
        return False
    after = found[at + 1]
    set_off = text[found[at].end() : after.start()].strip()
    return not set_off and after[0] not in options and after[0] not in _JOINING | _VERBS | _DENIALS


def _denied_behind(words: Sequence[str], at: int, options: Mapping[str, str]) -> bool:
    """Whether "… is wrong" follows, or "… and d are not": one denial, not two."""
    end = min(at + _LONGEST_LIST, len(words))
    after = next((i for i in range(at, end) if words[i] not in options and words[i] not in _JOINING), end)
    return sum(word in _DENIALS for word in words[after : after + 3]) == 1


def _squeezed(text: str) -> str:
    kept = unicodedata.normalize("NFKC", text).lower()
    return "".join(char for char in kept if char.isalnum() or char in "_(),;")

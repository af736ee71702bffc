"""Choice questions: which letter was chosen by which fifth of the class.

A good wrong option (distractor) is chosen by weak students more than by strong ones (Crocker & Algina, 1986, ch. 14).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from grader.course import Question
from grader.questions import read_choice
from grader.report.items import FIFTHS, MIN_FOR_FLAG
from grader.result import Result

_NO_ANSWER = "no answer"
_UNCLEAR = "no clear letter"


@dataclass(frozen=True)
class Option:
    """A letter of a question, and who chose it. counts: by fifth, weakest first; of a small class all in one."""

    letter: str
    text: str
    counts: tuple[int, ...]
    right: bool = False

    @property
    def total(self) -> int:
        """How many chose it."""
        return sum(self.counts)


@dataclass(frozen=True)
class ChoiceTable:
    """One choice question. options: its letters, then who gave none. odd: what to look at, in sentences."""

    question: str
    options: tuple[Option, ...]
    odd: tuple[str, ...] = ()


def choice_tables(
    results: Sequence[Result], fifths: Sequence[int | None], questions: Sequence[Question]
) -> tuple[ChoiceTable, ...]:
    """A table for each choice question of `questions`; fifths: as `fifths_of` has them."""
    asked = {question.name: question for question in questions if question.kind == "choice"}
    groups = FIFTHS if any(fifth is not None for fifth in fifths) else 1
    counts = {
        name: {key: [0] * groups for key in (*question.options, _UNCLEAR, _NO_ANSWER)}
        for name, question in asked.items()
    }
    right: dict[str, str] = {}
    read = {name: _reader(question.options) for name, question in asked.items()}
    for result, fifth in zip(results, fifths, strict=True):
        for answer in result.questions:
            if answer.name not in asked:
                continue
            letter = read[answer.name](answer.answer)
            counts[answer.name][letter][fifth or 0] += 1
            if answer.score > 0 and answer.confirmed_by == "":
                right[answer.name] = letter
    return tuple(_table(asked[name], counts[name], right.get(name, "")) for name in asked)


def _reader(options: Mapping[str, str]) -> Callable[[str], str]:
    """Answer → letter; the same few answers come from many."""

    @cache
    def letter(text: str) -> str:
        return (read_choice(text, options) or _UNCLEAR) if text.strip() else _NO_ANSWER

    return letter


def _table(question: Question, counts: Mapping[str, list[int]], right: str) -> ChoiceTable:
    options = tuple(
        Option(key, question.options.get(key, ""), tuple(by_fifth), key == right)
        for key, by_fifth in counts.items()
        if key in question.options or any(by_fifth)
    )
    return ChoiceTable(question.name, options, tuple(_odd(options, question)))


def _odd(options: Sequence[Option], question: Question) -> list[str]:
    letters = [option for option in options if option.letter in question.options]
    answered = sum(option.total for option in letters)
    if answered < MIN_FOR_FLAG:
        return []
    found = []
    right = next((option for option in letters if option.right), None)
    strongest = [(option.counts[-1], option) for option in letters if not option.right]
    if right is None:
        found.append(f"None of {answered} chose the right letter: is the key right, and was it taught?")
    elif len(right.counts) == FIFTHS and strongest:
        most, other = max(strongest, key=lambda pair: pair[0])
        if most > right.counts[-1] and most >= MIN_FOR_FLAG // 2:
            found.append(
                f"Of the strongest fifth {most} chose {other.letter} and {right.counts[-1]} the right letter, "
                f"{right.letter}: is the key right, or can {other.letter} be defended?"
            )
    unused = [option.letter for option in letters if not option.total]
    if unused and right is not None and answered >= 4 * len(letters):
        found.append(f"Nobody chose {' or '.join(unused)}: as a wrong answer it is too easily seen through.")
    return found

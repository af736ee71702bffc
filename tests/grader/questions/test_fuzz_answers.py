"""Answers, fuzzed for long: nothing raises, nothing takes its time, and no bet counts as right.

Texts come from a seeded generator: noise out of what readers look for, YAML included; long repetitions; and bets and
clear answers whose points are known. Each is graded as an answer (text, list, mapping), as answers.yaml and as cells.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from grader.course.models import Assignment, Question, load_course
from grader.questions import KEY_FILE, AnswerKey, Answers, grade_questions, load_key, read_answers
from grader.questions.key import ChoiceKey, NumericKey
from grader.questions.marking import NOT_READABLE, OUT_OF_TIME
from grader.result import QuestionResult

ROOT = Path(__file__).parents[3]
#: Of CPU time, for one text graded in five ways. The budget of the answers alone is ten times as much.
SLOWEST = 1.0
HEDGES = [
    "{0} or {1}", "{0}, {1}", "{0} / {1}", "{0}/{1}", "{0}; {1}", "{0} and {1}", "{0}: no, {1}",
    "not {1}, {0}", "either {0} or {1}", "{0}, maybe {1}", "{0}? {1}?", "{0}\n{1}", "{0} | {1}",
    "{0} & {1}", "first {0} then {1}", "I think {0} but maybe {1}", "{0} - no, wait, {1}",
    "option {0}, option {1}", "answer: {0}, answer: {1}", "{0} ({1})", "{0} or even {1}", "{0} (or {1})",
    "{0}, perhaps {1}", "{0} – {1}", "{0}-{1}", "{0} to {1}", "between {0} and {1}", "{0} = {1}",
    "{0}. {1}.", "{0} if not {1}", "it is {0}, or it is {1}", "{0} unless {1}", "{0} + {1}", "{0} {1}",
    "{0} or {1} or {0}", "{0}, {1}, {0}", "**{0}** or **{1}**", "{0}, else {1}", "[{0}, {1}]",
    "{{{0}, {1}}}",
]  # fmt: skip
CLEAR_LETTERS = [
    "{0}", "({0})", "{0}.", "{0})", "option {0}", "Answer: {0}", "The answer is {0}.", "**{0}**", "  {0}\n",
    "`{0}`", "{0}) because it follows from the text", "{0} because {1} is wrong", "{0}, not {1}",
    "I think {0}", "'{0}'", '"{0}"',
]  # fmt: skip
CLEAR_NUMBERS = [
    "{0}", " {0} ", "{0}.", "= {0}", "about {0}", "{0}.0", "**{0}**", "{0} px", "N = {0}", "+{0}", "'{0}'",
]  # fmt: skip
#: Between two answers, in any number and order.
BETWEEN = [
    " or ", " and ", ", ", "; ", " / ", " - ", ": ", " (", ") ", "\n", " ", "? ", "! ", ". ", " but ",
    " maybe ", " also ", " then ", " alternatively ", " possibly ", " as well as ", " could be ",
    " if anything ", " I mean ", " because ", " since ", " else ", " the answer is ", " option ",
    " letter ", " so ", " hence ", " a ", " both ", " too ", " -> ", " | ", " & ", " = ", "**", "`",
]  # fmt: skip
NOISE = [
    *"abcdx0123456789.,;:'\"!?-+*/=()[]{}<>|&#%@^~_ \n\t\r\\", "½", "³", "₂", "−", "–", "\u2009", "\u202e",
    "\u200b", "\x00", "\ud800", "\ufeff", "ﷺ", "\u0301", "é", "٣", "１", "⁄", "→", "×", "1e", "1e999",
    "0x1f", "1_000", "1,000.5", "nan", "inf", "1:30", "2024-01-01", "yes", "null", "~", "<<: ", "&a ", "*a",
    "!!int ", "- ", ": ", "? ", "|\n", ">\n", "---\n", "...\n", "{a: ", "[", "- - - ", "<!--", "-->",
    " or ", " and ", " not ", " no ", " because ", "is wrong", "maybe ", "option ", "answer ", "conv ",
    "conv1", "relu", "pool 2x2", "flatten", "dense ", "softmax", " -> ", "(8, 26, 26)", "8x26x26", "8@",
    "filters ", "kernel ", "stride ", "pad ", "=", "1352", "logits", "same ", "global ",
    "it is not true that ", "isn't ", "doesn't ", "filter ", "weights ", "fewer ", "pooling ", "keeps ",
    "the largest ", "place ", "number ", ". ", "neither ", "9" * 300, "why-share: ", "filter-shape: ",
    "sketch-a-stack: ", "conv-then-pool: ", "width: ", "after the pooling: ", "\nwhy-share:\n",
    "\nfilter-shape: c\n", "\n  ", "\n\n", "%YAML 9.9\n", "'", "\\U", "\u2028", "\x85", "\x1b[2J",
]  # fmt: skip


@dataclass
class Fuzzed:
    """What was tried, and what came of it."""

    tried: int = 0
    slowest: tuple[float, str] = (0.0, "")
    failures: list[str] = field(default_factory=list)

    def grade(self, text: str, run: Callable[[], list[QuestionResult]]) -> list[QuestionResult]:
        start = time.process_time()
        try:
            results = run()
        except Exception as error:
            self.failures.append(f"{type(error).__name__}: {error}, of {text[:200]!r}")
            return []
        spent = time.process_time() - start
        self.slowest = max(self.slowest, (spent, text[:60]))
        if spent > SLOWEST:
            self.failures.append(f"{spent:.2f} s, of {text[:200]!r}")
        for result in results:
            if not 0 <= result.score + (result.provisional or 0) <= result.max_score:
                self.failures.append(f"{result.name} has {result.score}, of {text[:200]!r}")
            if result.feedback in (NOT_READABLE, OUT_OF_TIME):
                self.failures.append(f"{result.name}: {result.feedback}, of {text[:200]!r}")
            result.model_dump_json()
        return results


def noise(rng: random.Random) -> str:
    """Pieces in any order, sometimes one of them very often, sometimes few that are repeated."""
    kind = rng.random()
    if kind < 0.1:
        return rng.choice(NOISE) * rng.choice([50, 1000, 20_000])
    if kind < 0.3:
        few = "".join(rng.choices(NOISE, k=rng.randint(2, 4)))
        return rng.choice(["", "c", "1", "conv "]) + few * rng.choice([10, 100, 3000]) + rng.choice(NOISE)
    return "".join(rng.choices(NOISE, k=rng.randint(1, 60)))


def in_five_ways(assignment: Assignment, key: AnswerKey, text: str) -> list[QuestionResult]:
    names = list(key.questions)
    found = []
    for answers in (
        read_answers(text, {}, assignment),
        read_answers(None, {**dict.fromkeys(names, text), text: text}, assignment),
        Answers(dict.fromkeys(names, text[:65536])),
        Answers({name: [text[:9000], {text[:9000]: [text[:9000]]}] for name in names}),
        read_answers("".join(f"{name}: {text[: 60_000 // len(names)]}\n" for name in names), {}, assignment),
    ):
        found += grade_questions(assignment, key, answers)
    return found


def bet(rng: random.Random, key: AnswerKey, asked: Question) -> tuple[str, bool]:
    """A text for a choice, or for the first part of a numeric question, and whether it is one answer and right."""
    mine = key.questions[asked.name]
    if isinstance(mine, ChoiceKey):
        right, others, clear = mine.answer, sorted(asked.options.keys() - {mine.answer}), CLEAR_LETTERS
    else:
        assert isinstance(mine, NumericKey)
        right, clear = f"{mine.parts[asked.parts[0]].accept[0]:g}", CLEAR_NUMBERS
        others = [str(int(right) + by) for by in (-1, 1, 2, 1000)]
    pair = [right, rng.choice(others)]
    rng.shuffle(pair)
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(clear).format(*pair), pair[0] == right
    between = "".join(rng.choices(BETWEEN, k=rng.randint(1, 4))) if kind < 0.6 else ""
    text = f"{pair[0]}{between}{pair[1]}" if between else rng.choice(HEDGES).format(*pair)
    if any(char.isdecimal() for char in text) and not any(char.isspace() or char in "-/" for char in text):
        # "16,17" may be a decimal, and "16" beside "17" one number.
        text = f"{pair[0]} {pair[1]}"
    return (text.upper() if rng.random() < 0.1 else text) + rng.choice(["", "", ".", " ", "\n"]), False


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    _, found = load_course(ROOT / "course.yaml").assignment("cnn")
    chapters = tuple(chapter.model_copy(update={"available": True}) for chapter in found.chapters)
    return found.model_copy(update={"chapters": chapters})


@pytest.fixture(scope="module")
def key(assignment: Assignment) -> AnswerKey:
    return load_key(ROOT / "solutions" / "cnn" / KEY_FILE, assignment)


def fuzz(assignment: Assignment, key: AnswerKey, *, texts: int, bets: int, seed: int) -> Fuzzed:
    rng, done = random.Random(seed), Fuzzed()
    for _ in range(texts):
        text = noise(rng)
        done.tried += 1
        done.grade(text, lambda text=text: in_five_ways(assignment, key, text))  # type: ignore[misc]
    asked = [q for c in assignment.chapters for q in c.questions if q.kind in ("choice", "numeric")]
    for _ in range(bets):
        question = rng.choice(asked)
        text, right = bet(rng, key, question)
        part, share = (question.parts[0], len(question.parts)) if question.parts else ("", 1)
        # The same as a file: YAML may make a list of it, or a mapping.
        as_file = f"{question.name}:\n  {part}: {text}\n" if part else f"{question.name}: {text}\n"
        ways = [Answers({question.name: {part: text} if part else text})]
        if "\n" not in text.strip():
            ways.append(read_answers(as_file, {}, assignment))
        done.tried += 1
        for answers in ways:
            results = done.grade(text, lambda answers=answers: grade_questions(assignment, key, answers))  # type: ignore[misc]
            score = sum(result.score for result in results)
            if abs(score - (question.points / share if right else 0)) > 0.01:
                done.failures.append(f"{question.name}: {score} points for {text!r} ({answers})")
    return done


@pytest.mark.parametrize(
    ("texts", "bets"), [(40, 400), pytest.param(2_000, 20_000, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_no_answer_costs_or_wins_what_it_should_not(
    assignment: Assignment, key: AnswerKey, texts: int, bets: int
) -> None:
    done = fuzz(assignment, key, texts=texts, bets=bets, seed=14)
    seconds, text = done.slowest
    print(
        f"\nTRIED {done.tried} answers, slowest {seconds:.2f} s of CPU ({text!r}), {len(done.failures)} failures"
    )
    assert done.failures == []

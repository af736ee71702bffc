"""Known mistakes: reading with a state, and writing by chance (Reader, sample)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from cell import rnn_step
from grader.testing import mistake
from sequences import one_hot

Array = np.ndarray
Params = dict[str, Array]
Scores = Callable[[int], Array]


class _Reader:
    """The right one, in pieces that a mistake changes."""

    def __init__(self, params: Params) -> None:
        self.params = params
        self.state = np.zeros(len(params["wh"]))

    def _after(self, state: Array, k: int) -> Array:
        p = self.params
        return rnn_step(one_hot(np.array([k]), len(p["wx"])), state[np.newaxis], p["wx"], p["wh"], p["b"])[0]

    def _scores(self, state: Array) -> Array:
        return state @ self.params["wy"] + self.params["by"]

    def read(self, ids: Sequence[int]) -> Array:
        for k in ids:
            self.state = self._after(self.state, k)
        return self._scores(self.state)

    def forget(self) -> None:
        self.state = np.zeros(len(self.params["wh"]))


@mistake(
    "Reader",
    name="state-not-kept",
    says="The state is not kept: the next call begins anew.",
    hint="What must stand in self.state when read returns?",
)
class StateNotKept(_Reader):
    def read(self, ids: Sequence[int]) -> Array:
        state = self.state
        for k in ids:
            state = self._after(state, k)
        return self._scores(state)


@mistake(
    "Reader",
    name="forgets-before-reading",
    says="Each call of read begins with the state 0: what was read before is forgotten.",
    hint="Who should call forget, and when?",
)
class ForgetsBeforeReading(_Reader):
    def read(self, ids: Sequence[int]) -> Array:
        self.state = np.zeros(len(self.params["wh"]))
        for k in ids:
            self.state = self._after(self.state, k)
        return self._scores(self.state)


@mistake(
    "Reader",
    name="reads-the-last-id-only",
    says="Of several ids only the last one is read.",
    hint="read([1, 2]) must do the same as read([1]), then read([2]).",
)
class ReadsTheLastIdOnly(_Reader):
    def read(self, ids: Sequence[int]) -> Array:
        self.state = self._after(self.state, ids[-1])
        return self._scores(self.state)


@mistake(
    "Reader",
    name="forgets-between-ids",
    says="Every id of a call is read from the state before the call: the state is not carried on between them.",
    hint="read([1, 2]) must do the same as read([1]), then read([2]).",
)
class ForgetsBetweenIds(_Reader):
    def read(self, ids: Sequence[int]) -> Array:
        start = self.state
        for k in ids:
            self.state = self._after(start, k)
        return self._scores(self.state)


@mistake(
    "Reader",
    name="does-not-forget",
    says="forget does not set the state back to 0.",
    hint="A name without self. is gone when the method ends.",
)
class DoesNotForget(_Reader):
    def forget(self) -> None:
        pass


@mistake(
    "Reader",
    name="probabilities-for-scores",
    says="Probabilities are returned; scores are asked for.",
    hint="Where is a softmax that nobody asked for?",
)
class ProbabilitiesForScores(_Reader):
    def _scores(self, state: Array) -> Array:
        powers = np.exp(super()._scores(state) - super()._scores(state).max())
        return powers / powers.sum()


@mistake(
    "Reader",
    name="state-for-scores",
    says="The state is returned; the scores that follow from it are asked for.",
    hint="wy and by make V scores of a state.",
)
class StateForScores(_Reader):
    def _scores(self, state: Array) -> Array:
        return state


@mistake(
    "Reader",
    name="by-not-added",
    says="The scores are made without their bias by.",
    hint="What are the scores where the state is 0?",
)
class ByNotAdded(_Reader):
    def _scores(self, state: Array) -> Array:
        return state @ self.params["wy"]


@mistake(
    "Reader",
    name="scores-before-reading",
    says="The scores are those of the state before the last id; they should be those after it.",
    hint="Which comes first in your loop: the new state, or the scores?",
)
class ScoresBeforeReading(_Reader):
    def read(self, ids: Sequence[int]) -> Array:
        scores = self._scores(self.state)
        for k in ids:
            scores = self._scores(self.state)
            self.state = self._after(self.state, k)
        return scores


@mistake(
    "Reader",
    name="rounded",
    says="Results are rounded: of small numbers nothing is left.",
    hint="Rounding is for printing. Nothing here asks for it.",
)
class Rounded(_Reader):
    def read(self, ids: Sequence[int]) -> Array:
        super().read(ids)
        self.state = self.state.round(6)
        return self._scores(self.state)


def probabilities(scores: Array) -> Array:
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def drawn(
    scores_after: Scores,
    start: int,
    length: int,
    rng: np.random.Generator,
    chances: Callable[[Array], Array],
    *,
    fed_back: bool = True,
    pick: Callable[[Array, np.random.Generator], int] = lambda p, rng: int(rng.choice(len(p), p=p)),
) -> list[int]:
    """sample; chances and the keywords are what a mistake changes."""
    found, last = list[int](), start
    for _ in range(length):
        one = pick(chances(np.asarray(scores_after(last))), rng)
        found.append(one)
        last = one if fed_back else last
    return found


@mistake(
    "sample",
    name="greedy",
    says="The most probable id is taken each time; it should be drawn.",
    hint="What is rng for?",
)
def greedy(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    return drawn(scores_after, start, length, rng, probabilities, pick=lambda p, _: int(p.argmax()))


@mistake(
    "sample",
    name="times-temperature",
    says="The scores are multiplied with the temperature; they should be divided by it.",
    hint="At a high temperature all ids should become nearly as probable as each other.",
)
def times_temperature(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    return drawn(scores_after, start, length, rng, lambda s: probabilities(s * temperature))


@mistake(
    "sample",
    name="temperature-ignored",
    says="The temperature has no effect.",
    hint="Dividing probabilities that are made to add up to 1 afterwards changes nothing. What is to be divided?",
)
def temperature_ignored(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    return drawn(scores_after, start, length, rng, probabilities)


@mistake(
    "sample",
    name="draw-not-fed-back",
    says="Every id is drawn as if the start had been read: what was drawn is not fed back.",
    hint="What do you call scores_after with, the second time?",
)
def draw_not_fed_back(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    return drawn(scores_after, start, length, rng, lambda s: probabilities(s / temperature), fed_back=False)


@mistake(
    "sample",
    name="start-included",
    says="The start is part of the result; only what was drawn should be.",
    hint="How many ids come back, and how many are asked for?",
)
def start_included(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    return [start, *drawn(scores_after, start, length, rng, lambda s: probabilities(s / temperature))]


@mistake(
    "sample",
    name="own-chance",
    says="Chance comes from somewhere else than rng: the same generator does not give the same text.",
    hint="Is np.random used, or a generator of your own?",
)
def own_chance(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    other = np.random.default_rng(12345)
    return drawn(scores_after, start, length, other, lambda s: probabilities(s / temperature))


@mistake(
    "sample",
    name="overflows",
    says="Large scores overflow: exp is taken of them as they are.",
    hint="exp(1000) is too large for any float. What may be subtracted from all scores?",
)
def overflows(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    def chances(scores: Array) -> Array:
        with np.errstate(all="ignore"):
            weights = np.exp(scores / temperature)
            return weights / weights.sum()

    return drawn(scores_after, start, length, rng, chances)


@mistake(
    "sample",
    name="every-id-alike",
    says="Every id is as probable as any other: the scores do not count.",
    hint="What does rng.choice draw with, if it is not given p?",
)
def every_id_alike(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    return drawn(scores_after, start, length, rng, lambda s: np.full(len(s), 1 / len(s)))


@mistake(
    "sample",
    name="one-number-for-all",
    says="A single random number is drawn for the whole text; each id needs one of its own.",
    hint="Is rng.random() inside of the loop?",
)
def one_number_for_all(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    u = rng.random()
    return drawn(
        scores_after,
        start,
        length,
        rng,
        lambda s: probabilities(s / temperature),
        pick=lambda p, _: int((p.cumsum() <= u).sum().clip(max=len(p) - 1)),
    )


@mistake(
    "sample",
    name="last-id-only",
    says="Only the last id that was drawn is returned; all of them are asked for.",
    hint="Where do you keep what was drawn?",
)
def last_id_only(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    return drawn(scores_after, start, length, rng, lambda s: probabilities(s / temperature))[-1:]


@mistake(
    "sample",
    name="at-least-one",
    says="One id is drawn even where none is asked for.",
    hint="How often does your loop run for a length of 0?",
)
def at_least_one(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    return drawn(scores_after, start, max(length, 1), rng, lambda s: probabilities(s / temperature))

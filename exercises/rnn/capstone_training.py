"""The training behind the capstone: the text, Adam, and what is measured.

Nothing to write here. `capstone.py` runs it; each part can be read, and changed, on its own.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np

Params = dict[str, np.ndarray]

TALE = Path(__file__).with_name("data") / "tale.txt"
TALE_END = Path(__file__).with_name("data") / "tale_end.txt"  # days that nobody trains on
HIDDEN = 18  # the most with fewer parameters than a bigram table of this alphabet has
WINDOW = 60  # characters
BATCH = 32
STEPS = 4000
RATE = 0.01
LIMIT = 1.0  # of the gradients' norm
MEMORIES = (1, 2, 4, 8, 16, 32, 64)
TEMPERATURES = (0.2, 0.6, 1.0, 1.5)
DRAWN = 240


@dataclass(frozen=True)
class Text:
    """The alphabet, the text to learn from as ids (L,), and the days held out, each a list of ids."""

    alphabet: str
    ids: np.ndarray
    held_out: list[list[int]]


@dataclass(frozen=True)
class Scores:
    """What was measured. Bits are the mean over held-out characters of −log₂ of the probability of what came."""

    parameters: dict[str, int]
    bits: dict[str, float]
    by_memory: dict[int, float]
    curve: list[tuple[int, float]]
    samples: dict[str, str]


def load_text() -> Text:
    """Read both files. Raises FileNotFoundError if one is not there."""
    learned, end = (file.read_text(encoding="utf-8") for file in (TALE, TALE_END))
    alphabet = "".join(sorted(set(learned + end)))
    number = {character: k for k, character in enumerate(alphabet)}
    days = [[number[c] for c in day] for day in end.splitlines(keepends=True)]
    return Text(alphabet, np.array([number[c] for c in learned]), days)


def first_params(rng: np.random.Generator, size: int, hidden: int = HIDDEN) -> Params:
    """Small weights; wh begins near the identity, so that a state lasts at first (Le, Jaitly, Hinton 2015)."""
    return {
        "wx": rng.normal(0, 0.3, (size, hidden)),
        "wh": 0.9 * np.eye(hidden) + rng.normal(0, 0.1, (hidden, hidden)),
        "b": np.zeros(hidden),
        "wy": rng.normal(0, 0.1, (hidden, size)),
        "by": np.zeros(size),
    }


class Adam:
    """A step rule that gives each weight a step size of its own (Kingma, Ba 2015)."""

    def __init__(self, params: Params) -> None:
        self.params, self.steps = params, 0
        self.mean = {key: np.zeros(value.shape) for key, value in params.items()}
        self.square = {key: np.zeros(value.shape) for key, value in params.items()}

    def step(self, grads: Params, rate: float) -> None:
        self.steps += 1
        for key, grad in grads.items():
            self.mean[key] = 0.9 * self.mean[key] + 0.1 * grad
            self.square[key] = 0.999 * self.square[key] + 0.001 * grad**2
            mean = self.mean[key] / (1 - 0.9**self.steps)
            square = self.square[key] / (1 - 0.999**self.steps)
            self.params[key] = self.params[key] - rate * mean / (np.sqrt(square) + 1e-8)


def held_out_bits(yours: SimpleNamespace, params: Params, text: Text) -> float:
    """Bits a character on the days held out: padded into one batch, of which the mask leaves what is real."""
    ids, mask = yours.pad_batch(text.held_out)
    loss, _ = yours.rnn_loss(params, ids[:, :-1], ids[:, 1:], mask[:, 1:])
    return float(loss) / np.log(2)


def bits_with_memory(yours: SimpleNamespace, params: Params, text: Text, length: int) -> float:
    """Bits a character where the network has read only the `length` characters before each."""
    ids = np.array([k for day in text.held_out for k in day])
    places = np.arange(max(MEMORIES), len(ids), 3)
    windows = ids[places[:, np.newaxis] + np.arange(-length, 0)]
    targets, mask = np.zeros_like(windows), np.zeros(windows.shape)
    targets[:, -1], mask[:, -1] = ids[places], 1
    loss, _ = yours.rnn_loss(params, windows, targets, mask)
    return float(loss) / np.log(2)


def train(yours: SimpleNamespace, text: Text, seed: int, steps: int, *, quiet: bool) -> tuple[Params, list]:
    """Parameters after `steps` steps of Adam, and (step, bits held out) ten times on the way."""
    rng = np.random.default_rng(seed)
    params = first_params(rng, len(text.alphabet))
    rule, curve, marks = Adam(params), [], {round(steps * k / 10) for k in range(1, 11)}
    inputs = targets = np.zeros((0, WINDOW), dtype=int)
    for step in range(1, steps + 1):
        if len(inputs) < BATCH:  # once through: cut the text anew, from another place on, and shuffle
            inputs, targets = yours.text_windows(text.ids[rng.integers(WINDOW) :], WINDOW)
            order = rng.permutation(len(inputs))
            inputs, targets = inputs[order], targets[order]
        _, grads = yours.rnn_loss(params, inputs[:BATCH], targets[:BATCH], np.ones((BATCH, WINDOW)))
        inputs, targets = inputs[BATCH:], targets[BATCH:]
        clipped, _ = yours.clip_gradients(grads, LIMIT)
        rule.step(clipped, RATE * (1 - step / (steps + 1)))
        if step in marks:
            curve.append((step, held_out_bits(yours, params, text)))
            if not quiet:
                _tell(
                    f"step {step} of {steps}: {curve[-1][1]:.2f} bits a character on days held out",
                    step == steps,
                )
    return params, curve


def write(yours: SimpleNamespace, params: Params, alphabet: str, temperature: float, seed: int) -> str:
    """A text that the network makes up."""
    reader = yours.Reader(params)
    drawn = yours.sample(
        lambda last: reader.read([last]),
        alphabet.index("\n"),
        DRAWN,
        temperature,
        np.random.default_rng(seed),
    )
    return "".join(alphabet[k] for k in drawn)


def compete(yours: SimpleNamespace, text: Text, seed: int, steps: int, *, quiet: bool = False) -> Scores:
    """Train the network, count the table, and measure both."""
    table = np.asarray(yours.bigram_table(str(TALE), text.alphabet))
    ids, mask = yours.pad_batch(text.held_out)
    seen = -np.log2(table[ids[:, :-1], ids[:, 1:]])
    params, curve = train(yours, text, seed, steps, quiet=quiet)
    samples = {
        f"your RNN, temperature {t:g}": write(yours, params, text.alphabet, t, seed) for t in TEMPERATURES
    }
    drawn = yours.sample(
        lambda last: np.log(table[last]), text.alphabet.index("\n"), DRAWN, 1.0, np.random.default_rng(seed)
    )
    samples["the bigram table, temperature 1"] = "".join(text.alphabet[k] for k in drawn)
    return Scores(
        parameters={"RNN": sum(value.size for value in params.values()), "bigrams": table.size},
        bits={"RNN": curve[-1][1], "bigrams": float((seen * mask[:, 1:]).sum() / mask[:, 1:].sum())},
        by_memory={length: bits_with_memory(yours, params, text, length) for length in MEMORIES},
        curve=curve,
        samples=samples,
    )


def _tell(text: str, last: bool) -> None:
    """On a terminal one line that changes; in a file or a notebook a line each."""
    if sys.stdout.isatty():
        print(f"\r{text}", end="\n" if last else "", flush=True)
    else:
        print(text, flush=True)

"""The training behind the capstone: the digits, the two models, Adam, and what is measured.

Nothing to write here. `capstone.py` runs it; each part can be read, and changed, on its own.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np

Params = dict[str, np.ndarray]

DIGITS = Path(__file__).with_name("data") / "digits.npz"
IMAGES = 2000  # for training; the other 1,000 are held out
BATCH = 32
EPOCHS = 5
LEAST_STEPS = 60
RATE = 0.01  # the best of 0.001, 0.003, 0.01, 0.03 for both models, on training digits set aside
FILTERS = (4, 4, 8, 8)
HIDDEN = 32
SHIFTS = (1, 2, 3)
SIZES = (100, 500, 2000)

# --- the data ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Digits:
    """Images (N, 1, 28, 28) from 0 to 1 and labels (N,), split."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_held: np.ndarray
    y_held: np.ndarray


def load_digits(seed: int, images: int = IMAGES) -> Digits:
    """Shuffle the 3,000 digits, 2,000 for training and 1,000 held out; keep the first `images` of the former
    and half as many of the latter. The first 100 are the same ones for every `images`.

    Raises FileNotFoundError if data/digits.npz is not there.
    """
    with np.load(DIGITS) as file:
        order = np.random.default_rng([seed, 0]).permutation(len(file["y"]))
        x, y = file["X"][order, np.newaxis] / 255.0, file["y"][order].astype(int)
    end = IMAGES + images // 2
    return Digits(x[:images], y[:images], x[IMAGES:end], y[IMAGES:end])


def shift(x: np.ndarray, down: int, right: int) -> np.ndarray:
    """Move every image (..., H, W) by whole pixels; zeros move in, what leaves is lost."""
    height, width = x.shape[-2:]
    moved = np.zeros_like(x)
    moved[..., max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = x[
        ..., max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)
    ]
    return moved


# --- the two models ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Model:
    """Parameters, a loss (params, x, labels) → (loss, grads), and logits (params, x)."""

    name: str
    params: Params
    loss: Callable
    logits: Callable

    @property
    def size(self) -> int:
        """How many numbers it learns."""
        return sum(value.size for value in self.params.values())


def he(rng: np.random.Generator, *shape: int, inputs: int) -> np.ndarray:
    """Normal first weights with variance 2/inputs: behind a ReLU, signals keep their size (He et al., 2015)."""
    return rng.normal(0, np.sqrt(2 / inputs), shape)


def cnn_params(
    rng: np.random.Generator, filters: tuple[int, ...] = FILTERS, side: int = 28, classes: int = 10
) -> Params:
    """w1, b1 … w5, b5 for one-channel images of side × side pixels: He for the weights, 0 for the biases."""
    params, channels = {}, 1
    for k, count in enumerate(filters, start=1):
        params[f"w{k}"] = he(rng, count, channels, 3, 3, inputs=9 * channels)
        params[f"b{k}"] = np.zeros(count)
        channels = count
    left = ((side - 4) // 2 - 4) // 2
    numbers = channels * left * left
    return params | {"w5": he(rng, numbers, classes, inputs=numbers), "b5": np.zeros(classes)}


def make_cnn(layers: SimpleNamespace, seed: int) -> Model:
    """The CNN around the student's own functions."""
    params = cnn_params(np.random.default_rng([seed, 1]))
    return Model("CNN", params, layers.cnn_loss, layers.cnn_forward)


def make_mlp(layers: SimpleNamespace, seed: int, inputs: int = 784, classes: int = 10) -> Model:
    """The MLP of the last lesson: flatten, dense, relu, dense."""
    rng = np.random.default_rng([seed, 2])
    params = {
        "w1": he(rng, inputs, HIDDEN, inputs=inputs),
        "b1": np.zeros(HIDDEN),
        "w2": he(rng, HIDDEN, classes, inputs=HIDDEN),
        "b2": np.zeros(classes),
    }

    def logits(params: Params, x: np.ndarray) -> np.ndarray:
        rows = x.reshape(len(x), -1)
        return layers.relu(rows @ params["w1"] + params["b1"]) @ params["w2"] + params["b2"]

    def loss(params: Params, x: np.ndarray, labels: np.ndarray) -> tuple[float, Params]:
        rows = x.reshape(len(x), -1)
        before = rows @ params["w1"] + params["b1"]
        hidden = layers.relu(before)
        value, d = layers.softmax_loss(hidden @ params["w2"] + params["b2"], labels)
        dbefore = layers.relu_backward(d @ params["w2"].T, before)
        grads = {"w2": hidden.T @ d, "b2": d.sum(axis=0), "w1": rows.T @ dbefore, "b1": dbefore.sum(axis=0)}
        return value, grads

    return Model("MLP", params, loss, logits)


# --- training and measuring -------------------------------------------------------------------------------


@dataclass
class Adam:
    """Each parameter steps by its gradient's running mean over the root of its running square, both corrected
    for their start at 0 (Kingma and Ba, 2015, algorithm 1)."""

    rate: float = RATE
    mean: Params = field(default_factory=dict)
    square: Params = field(default_factory=dict)
    steps: int = 0

    def step(self, params: Params, grads: Params) -> None:
        """Change params in place."""
        self.steps += 1
        for key, value in params.items():
            grad = np.asarray(grads[key], dtype=float)
            self.mean[key] = 0.9 * self.mean.get(key, 0) + 0.1 * grad
            self.square[key] = 0.999 * self.square.get(key, 0) + 0.001 * grad**2
            mean = self.mean[key] / (1 - 0.9**self.steps)
            square = self.square[key] / (1 - 0.999**self.steps)
            value -= self.rate * mean / (np.sqrt(square) + 1e-8)


def train(model: Model, x: np.ndarray, y: np.ndarray, steps: int, seed: int, title: str = "") -> float:
    """Adam on full batches, drawn from one shuffle of the images after the other. Returns the last loss."""
    rng = np.random.default_rng([seed, 3])
    batch = min(BATCH, len(x))
    order = np.concatenate([rng.permutation(len(x)) for _ in range(-(-steps * batch // len(x)))])
    adam, value = Adam(), np.nan
    for step in track(steps, title):
        chosen = order[step * batch : (step + 1) * batch]
        value, grads = model.loss(model.params, x[chosen], y[chosen])
        adam.step(model.params, grads)
    return float(value)


def track(steps: int, title: str) -> Iterator[int]:
    """Count to `steps` behind a progress bar; ten dots where no bar can be drawn; silence without a title."""
    bar = None
    if title and sys.stdout.isatty():
        with contextlib.suppress(ImportError):
            from rich.progress import track as bar
    if bar is not None:
        yield from bar(range(steps), description=title.ljust(24))
        return
    if title:
        print(title.ljust(24), end="", flush=True)
    for step in range(steps):
        yield step
        if title and (step + 1) * 10 // steps > step * 10 // steps:
            print(" .", end="", flush=True)
    if title:
        print(flush=True)


def accuracy(model: Model, x: np.ndarray, y: np.ndarray) -> float:
    """Percent of the images whose largest logit is the right one."""
    right = 0
    for start in range(0, len(x), 100):
        logits = np.asarray(model.logits(model.params, x[start : start + 100]))
        right += int((logits.argmax(axis=1) == y[start : start + 100]).sum())
    return 100 * right / len(x)


def shifted_accuracy(model: Model, x: np.ndarray, y: np.ndarray, pixels: int) -> float:
    """The mean of four accuracies: all images moved down, up, right and left."""
    ways = [(pixels, 0), (-pixels, 0), (0, pixels), (0, -pixels)]
    return float(np.mean([accuracy(model, shift(x, *way), y) for way in ways]))


@dataclass(frozen=True)
class Score:
    """What one model reached: percent on the held-out digits, on these shifted, and by training images."""

    parameters: int
    held_out: float
    shifted: dict[int, float]
    by_images: dict[int, float]


def sizes_for(images: int) -> list[int]:
    """The training set sizes: the few-sample curve in the full run, `images` alone in a smaller one."""
    return list(SIZES) if images == IMAGES else [images]


def steps_for(images: int) -> int:
    """How many gradient steps each training gets: EPOCHS epochs of the *largest* set. The small sets get just
    as many, so the number of different images is all that differs. Never fewer than LEAST_STEPS: with less, right
    code has learned next to nothing, and the CNN, which begins more slowly, is behind the MLP."""
    return max(EPOCHS * images // BATCH, LEAST_STEPS)


def compete(
    layers: SimpleNamespace, seed: int, images: int = IMAGES, quiet: bool = False
) -> tuple[dict[str, Score], Model, Digits]:
    """Train and measure both models. Returns their scores by name, the CNN trained on all images, the digits."""
    digits = load_digits(seed, images)
    scores, models = {}, {}
    for make in (make_cnn, make_mlp):
        by_images = {}
        for size in sizes_for(images):
            model = make(layers, seed)
            title = "" if quiet else f"{model.name}, {size} images"
            train(model, digits.x_train[:size], digits.y_train[:size], steps_for(images), seed, title)
            by_images[size] = accuracy(model, digits.x_held, digits.y_held)
        shifted = {p: shifted_accuracy(model, digits.x_held, digits.y_held, p) for p in SHIFTS}
        models[model.name] = model
        scores[model.name] = Score(model.size, by_images[images], shifted, by_images)
    return scores, models["CNN"], digits

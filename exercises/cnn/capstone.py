"""The capstone: your own layers learn to read digits, and compete with an MLP of ten times their parameters.

Nothing to write here; this is the training loop around what you wrote. From this folder

    python capstone.py

or, in a cell of the notebook of the last chapter,

    from capstone import run
    run()

`cnn_loss` and `cnn_forward` are yours, and so are the `relu`, `relu_backward` and `softmax_loss` inside the
MLP. Every number is decided by the seed: the split of the digits, the first weights, the order of the images.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from capstone_pictures import draw
from capstone_training import (
    BATCH,
    DIGITS,
    FILTERS,
    IMAGES,
    SHIFTS,
    Params,
    Score,
    cnn_params,
    compete,
    sizes_for,
    steps_for,
)

PATIENCE = 600.0  # seconds

# Which chapter holds what the run needs.
NEEDED = {
    "conv2d": "convolution",
    "relu": "pooling",
    "maxpool": "pooling",
    "relu_backward": "backward",
    "softmax_loss": "network",
    "cnn_forward": "network",
    "cnn_loss": "network",
}


class NotReady(Exception):
    """The run can't start; the message says what is missing and what to do."""


# --- what you wrote ---------------------------------------------------------------------------------------


def find_function(name: str, chapter: str) -> Callable:
    """The live function of the notebook this runs in, else the one in the chapter's file.

    Raises NotReady if there is none.
    """
    live = getattr(sys.modules["__main__"], name, None)
    if callable(live):
        return live
    try:
        return getattr(importlib.import_module(chapter), name)
    except Exception as error:
        raise NotReady(
            f"The capstone needs {name}, which can't be loaded from {chapter}: {type(error).__name__}: {error}"
        ) from error


def find_layers() -> SimpleNamespace:
    """All functions the run needs, each tried once on two tiny images. Raises NotReady for the first that fails."""
    # Lets chapters be imported from the notebooks of this folder, where that is where you work.
    with contextlib.suppress(ImportError):
        from grader import check
    layers = SimpleNamespace(**{name: find_function(name, chapter) for name, chapter in NEEDED.items()})
    x, labels = np.linspace(0, 1, 2 * 16 * 16).reshape(2, 1, 16, 16), np.array([0, 1])
    # Two images and three classes: what mixes up rows and columns stops here, not in the training.
    params = cnn_params(np.random.default_rng(0), (1, 1, 1, 1), side=16, classes=3)
    maps = np.zeros((2, 1, 14, 14))
    attempts = {
        "conv2d": lambda: np.shape(layers.conv2d(x, params["w1"], params["b1"])) == maps.shape,
        "relu": lambda: np.shape(layers.relu(x)) == x.shape,
        "maxpool": lambda: np.shape(layers.maxpool(maps)) == (2, 1, 7, 7),
        "relu_backward": lambda: np.shape(layers.relu_backward(x, x)) == x.shape,
        "softmax_loss": lambda: np.shape(layers.softmax_loss(np.zeros((2, 3)), labels)[1]) == (2, 3),
        "cnn_forward": lambda: np.shape(layers.cnn_forward(params, x)) == (2, 3),
        "cnn_loss": lambda: _gradients_fit(params, *layers.cnn_loss(params, x, labels)),
    }
    for name, attempt in attempts.items():
        advice = f"`grader check -e {name}` says more."
        try:
            fits = attempt()
        except NotImplementedError as error:
            why = str(error) or "not written yet"
            raise NotReady(f"The capstone needs {name}, which does not run yet: {why}. {advice}") from error
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            raise NotReady(f"The capstone needs {name}, which stopped with {why}. {advice}") from error
        if not fits:
            raise NotReady(
                f"The capstone needs {name}, which returns a wrong shape or not a number. {advice}"
            )
    return layers


def _gradients_fit(params: Params, loss: float, grads: Params) -> bool:
    return bool(np.isfinite(float(loss))) and all(
        np.shape(grads[key]) == value.shape and np.isfinite(grads[key]).all() for key, value in params.items()
    )


# --- the run ----------------------------------------------------------------------------------------------


def seconds_for(batch: float, images: int) -> float:
    """How long the run takes, from the seconds of one training batch; a forward pass is about a third of it."""
    passes = (1 + 4 * len(SHIFTS) + len(sizes_for(images)) - 1) * max(images // 2, 1) / BATCH / 3
    return batch * (len(sizes_for(images)) * steps_for(images) + passes)


def time_batch(layers: SimpleNamespace) -> float:
    """Seconds of one training batch of the CNN."""
    params = cnn_params(np.random.default_rng(0))
    x, labels = np.random.default_rng(0).random((BATCH, 1, 28, 28)), np.arange(BATCH) % 10
    fastest = PATIENCE
    for _ in range(3):
        start = time.perf_counter()
        layers.cnn_loss(params, x, labels)
        fastest = min(fastest, time.perf_counter() - start)
        if fastest > 1:  # the first call of quick code is slower than the rest; that of slow code is not
            break
    return fastest


def offer(batch: float, images: int) -> str:
    """What to say to code too slow for the run it was asked for."""
    small = next((n for n in (1000, 500, 200) if n < images and seconds_for(batch, n) < PATIENCE), 100)
    return (
        f"Your cnn_loss takes {batch:.1f} s for a batch of {BATCH} images, so this run would take about "
        f"{seconds_for(batch, images) / 60:.0f} minutes.\n"
        f"With fewer images, about {seconds_for(batch, small) / 60:.0f} minutes: `python capstone.py --images "
        f"{small}`, in a notebook `run(images={small})`. It leaves out the curve over training set sizes; the "
        f"difference on shifted digits shows, the lead on the others may not.\n"
        f"Better: write conv2d and conv2d_backward with matrix products in place of loops (im2col, first chapter).\n"
        f"`--patient`, or `run(patient=True)`, starts the long run as it is."
    )


@dataclass(frozen=True)
class Report:
    """What `run` found; a notebook shows it as the picture."""

    seed: int
    scores: dict[str, Score]
    picture: str = field(repr=False)

    def _repr_svg_(self) -> str:
        return self.picture


def stack_table() -> str:
    """The CNN's layers with the student's own shape_trace and param_count, or a line saying what lacks."""
    layers: list[tuple] = []
    for filters in (FILTERS[:2], FILTERS[2:]):
        for count in filters:
            layers += [("conv", count, 3, 1, 0), ("relu",)]
        layers.append(("maxpool", 2, 2))
    layers += [("flatten",), ("dense", 10)]
    try:
        shapes = find_function("shape_trace", "network")(layers, (1, 28, 28))
        counts = find_function("param_count", "sharing")
        lines = [
            f"  {layer[0]:8} {shape!s:14} {counts(layers[: k + 1], (1, 28, 28)) - counts(layers[:k], (1, 28, 28)):5}"
            for k, (layer, shape) in enumerate(zip(layers, shapes, strict=True))
        ]
    except Exception as error:
        return f"No table of the layers: shape_trace or param_count is not ready ({error})."
    return "\n".join(["  layer    shape      parameters", *lines])


def score_table(scores: dict[str, Score]) -> str:
    """The scores side by side, in words and percent."""
    rows: list[tuple[str, Callable[[Score], str]]] = [
        ("parameters", lambda score: f"{score.parameters:,}"),
        ("held-out digits", lambda score: f"{score.held_out:.1f} %"),
    ]
    for pixels in SHIFTS:
        rows.append(
            (
                f"moved by {pixels} pixel{'s' * (pixels > 1)}",
                lambda score, p=pixels: f"{score.shifted[p]:.1f} %",
            )
        )
    for size in next(iter(scores.values())).by_images:
        rows.append((f"trained on {size} images", lambda score, n=size: f"{score.by_images[n]:.1f} %"))
    lines = [f"  {'':24}" + "".join(f"{name:>10}" for name in scores)]
    lines += [
        f"  {title:24}" + "".join(f"{cell(score):>10}" for score in scores.values()) for title, cell in rows
    ]
    return "\n".join(lines)


def run(
    seed: int = 0, images: int = IMAGES, *, patient: bool = False, picture: str | Path = "capstone.svg"
) -> Report | None:
    """Train, compare, print, and draw into the file `picture`. Returns the report, or None (and says why) if it
    could not start: a function is not ready, or the run would take more than ten minutes.

    seed: any whole number from 0. images: for training, 100 to 2,000; half as many are tested.
    """
    try:
        if not 100 <= images <= IMAGES or seed < 0:
            raise NotReady(f"images must be from 100 to {IMAGES}, and seed not below 0.")
        layers = find_layers()
        if not DIGITS.is_file():
            raise NotReady(f"{DIGITS} is missing: it is part of the handout, beside capstone.py.")
        batch = time_batch(layers)
        if not patient and seconds_for(batch, images) > PATIENCE:
            raise NotReady(offer(batch, images))
        print(stack_table())
        print(f"\nAbout {max(seconds_for(batch, images), 1):.0f} seconds on this machine.\n")
        scores, cnn, digits = compete(layers, seed, images)
    except NotReady as error:
        print(error)
        return None
    except Exception as error:
        # By now only the student's own functions can stop it.
        print(_stopped(error))
        return None
    print(f"\n{score_table(scores)}\n")
    if scores["CNN"].held_out < 40:
        print(
            "The CNN has learned little. `grader check` says whether that is your code: a wrong gradient in cnn_loss "
            "is one reason, few images are another."
        )
    svg = draw(layers, cnn.params, digits, scores)
    Path(picture).write_text(svg, encoding="utf-8")
    print(f"Filters, feature maps and curves: {picture} (open it in a browser).")
    return Report(seed, scores, svg)


def _stopped(error: Exception) -> str:
    """Which of the functions stopped, and where, in one sentence."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.name in NEEDED]
    where = f"{frames[-1].name} ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else "A function"
    advice = f"`grader check -e {frames[-1].name}`" if frames else "`grader check`"
    return f"{where} stopped while the network was trained, with {type(error).__name__}: {error}. {advice} says more."


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Train your CNN on digits and compare it with an MLP.")
    parser.add_argument("--seed", type=int, default=0, help="decides every number [0]")
    parser.add_argument("--images", type=int, default=IMAGES, help=f"how many to train on [{IMAGES}]")
    parser.add_argument("--patient", action="store_true", help="run even if it takes more than ten minutes")
    parser.add_argument("--json", action="store_true", help="print only the scores, for other programs")
    chosen = parser.parse_args(arguments)
    if not chosen.json:
        return 0 if run(chosen.seed, chosen.images, patient=chosen.patient) else 1
    try:
        scores, _, _ = compete(find_layers(), chosen.seed, chosen.images, quiet=True)
    except NotReady as error:
        print(error, file=sys.stderr)
        return 1
    found = {name: asdict(score) for name, score in scores.items()}
    print(json.dumps({"seed": chosen.seed, "cpu_seconds": time.process_time(), "scores": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

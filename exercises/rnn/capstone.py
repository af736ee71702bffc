"""The capstone: your own network learns to write the log of a harbour, and competes with a table that has more numbers.

Nothing to write here; this is the training loop around what you wrote. From this folder

    python capstone.py

or, in a cell of the notebook of the last chapter,

    from capstone import run
    run()

Every number is decided by the seed: the first weights, and which windows of the text are read.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from capstone_pictures import draw
from capstone_training import (
    BATCH,
    STEPS,
    TALE,
    TALE_END,
    WINDOW,
    Scores,
    Text,
    compete,
    first_params,
    load_text,
)

PATIENCE = 600.0  # seconds

# Which chapter holds what the run needs.
NEEDED = {
    "text_windows": "sequences",
    "pad_batch": "sequences",
    "clip_gradients": "through_time",
    "bigram_table": "language",
    "rnn_loss": "language",
    "Reader": "language",
    "sample": "language",
}


class NotReady(Exception):
    """The run can't start; the message says what is missing and what to do."""


# --- what you wrote ---------------------------------------------------------------------------------------


def find(name: str, chapter: str) -> object:
    """The live one of the notebook this runs in, else the one in the chapter's file.

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


def find_all() -> SimpleNamespace:
    """All that the run needs, each tried once on a few characters. Raises NotReady for the first that fails."""
    # Lets chapters be imported from the notebooks of this folder, where that is where you work.
    with contextlib.suppress(ImportError):
        from grader import check
    yours = SimpleNamespace(**{name: find(name, chapter) for name, chapter in NEEDED.items()})
    params = first_params(np.random.default_rng(0), 3, 2)
    ids, mask = np.array([[0, 1], [2, 0]]), np.ones((2, 2))
    attempts = {
        "text_windows": lambda: np.shape(yours.text_windows(np.arange(7), 3)[1]) == (2, 3),
        "pad_batch": lambda: np.shape(yours.pad_batch([[1, 2], [1]])[1]) == (2, 2),
        "clip_gradients": lambda: yours.clip_gradients(params, 1.0)[0].keys() == params.keys(),
        "bigram_table": lambda: np.shape(yours.bigram_table(str(TALE), "abc")) == (3, 3),
        "rnn_loss": lambda: _gradients_fit(params, *yours.rnn_loss(params, ids, ids, mask)),
        "Reader": lambda: np.shape(yours.Reader(params).read([0, 1])) == (3,),
        "sample": lambda: (
            len(yours.sample(lambda last: np.zeros(3), 0, 4, 1.0, np.random.default_rng(0))) == 4
        ),
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
    return yours


def _gradients_fit(params: dict[str, np.ndarray], loss: float, grads: dict[str, np.ndarray]) -> bool:
    return bool(np.isfinite(float(loss))) and all(
        np.shape(grads[key]) == value.shape and np.isfinite(grads[key]).all() for key, value in params.items()
    )


# --- the run ----------------------------------------------------------------------------------------------


def seconds_for_step(yours: SimpleNamespace, text: Text) -> float:
    """Seconds of one training step."""
    params = first_params(np.random.default_rng(0), len(text.alphabet))
    ids = text.ids[: BATCH * WINDOW].reshape(BATCH, WINDOW)
    fastest = PATIENCE
    for _ in range(3):
        start = time.perf_counter()
        yours.rnn_loss(params, ids, ids, np.ones(ids.shape))
        fastest = min(fastest, time.perf_counter() - start)
        if fastest > 1:  # the first call of quick code is slower than the rest; that of slow code is not
            break
    return fastest


@dataclass(frozen=True)
class Report:
    """What `run` found; a notebook shows it as the picture."""

    seed: int
    scores: Scores
    picture: str = field(repr=False)

    def _repr_svg_(self) -> str:
        return self.picture


def table(scores: Scores) -> str:
    """The scores side by side, in words and bits."""
    lines = [
        f"  {'':38}{'your RNN':>10}{'bigrams':>10}",
        f"  {'parameters':38}{scores.parameters['RNN']:>10,}{scores.parameters['bigrams']:>10,}",
        f"  {'bits a character, on days held out':38}{scores.bits['RNN']:>10.2f}{scores.bits['bigrams']:>10.2f}",
    ]
    lines += [
        f"  {f'… of which the last {n} are remembered':38}{bits:>10.2f}" if n > 1 else
        f"  {'… of which only the last is remembered':38}{bits:>10.2f}"
        for n, bits in scores.by_memory.items()
    ]  # fmt: skip
    return "\n".join(lines)


def run(
    seed: int = 0, steps: int = STEPS, *, patient: bool = False, picture: str | Path = "capstone.svg"
) -> Report | None:
    """Train, compare, print, and draw into the file `picture`. Returns the report, or None (and says why) if it
    could not start: a function is not ready, or the run would take more than ten minutes.

    seed: any whole number from 0. steps: of training, 100 or more.
    """
    try:
        if steps < 100 or seed < 0:
            raise NotReady("steps must be at least 100, and seed not below 0.")
        for file in (TALE, TALE_END):
            if not file.is_file():
                raise NotReady(f"{file} is missing: it is part of the handout, beside capstone.py.")
        yours, text = find_all(), load_text()
        one = seconds_for_step(yours, text)
        if not patient and one * steps > PATIENCE:
            raise NotReady(_offer(one, steps))
        print(f"About {max(one * steps, 1):.0f} seconds on this machine.\n")
        scores = compete(yours, text, seed, steps)
    except NotReady as error:
        print(error)
        return None
    except Exception as error:
        # By now only the student's own code can stop it.
        print(_stopped(error))
        return None
    print(f"\n{table(scores)}\n")
    for title, sample in scores.samples.items():
        print(f"--- {title}\n{sample}\n")
    if scores.bits["RNN"] > scores.bits["bigrams"]:
        print(
            "The network has learned less than the table knows. `grader check` says whether that is your code: a wrong "
            "gradient in rnn_loss is one reason, few steps are another."
        )
    svg = draw(scores)
    Path(picture).write_text(svg, encoding="utf-8")
    print(f"The curves: {picture} (open it in a browser).")
    return Report(seed, scores, svg)


def _offer(one: float, steps: int) -> str:
    """What to say to code too slow for the run it was asked for."""
    fewer = max(100, int(PATIENCE / 2 / one) // 100 * 100)
    return (
        f"Your rnn_loss takes {one:.2f} s for {BATCH} windows of {WINDOW} characters, so this run would take about "
        f"{one * steps / 60:.0f} minutes.\n"
        f"With fewer steps, about {one * fewer / 60:.0f} minutes: `python capstone.py --steps {fewer}`, in a notebook "
        f"`run(steps={fewer})`; the network learns less then.\n"
        f"Better: no loop but the one over time; N, D and H belong into matrix products.\n"
        f"`--patient`, or `run(patient=True)`, starts the long run as it is."
    )


def _stopped(error: Exception) -> str:
    """Which of the functions stopped, and where, in one sentence."""
    inside = {*NEEDED, "read"}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.name in inside]
    name = "Reader" if frames and frames[-1].name == "read" else frames[-1].name if frames else ""
    where = f"{name} ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else "A function"
    advice = f"`grader check -e {name}`" if frames else "`grader check`"
    return f"{where} stopped during the run, with {type(error).__name__}: {error}. {advice} says more."


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(
        description="Train your character model and compare it with a bigram table."
    )
    parser.add_argument("--seed", type=int, default=0, help="decides every number [0]")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"of training [{STEPS}]")
    parser.add_argument("--patient", action="store_true", help="run even if it takes more than ten minutes")
    parser.add_argument("--json", action="store_true", help="print only the scores, for other programs")
    chosen = parser.parse_args(arguments)
    if not chosen.json:
        return 0 if run(chosen.seed, chosen.steps, patient=chosen.patient) else 1
    try:
        scores = compete(find_all(), load_text(), chosen.seed, chosen.steps, quiet=True)
    except NotReady as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps({"seed": chosen.seed, "cpu_seconds": time.process_time(), "scores": asdict(scores)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

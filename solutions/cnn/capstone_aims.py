"""The lesson's numbers, measured again with the reference: `grader capstone --seeds 5`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

SOLUTIONS = Path(__file__).parent
SCRIPT = SOLUTIONS / "handout" / "capstone.py"
# What the lesson claims of the means: the lead in points, and the largest share of the MLP's parameters.
LEAD_HELD_OUT, LEAD_AT_TWO, SHARE = 2.0, 10.0, 0.25
_MODELS = ("CNN", "MLP")
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Row:
    """One model, one seed: its parameters; percent by the name of the column; CPU seconds of that seed's run."""

    model: str
    parameters: int
    percent: Mapping[str, float]
    cpu_seconds: float


def main() -> int:
    """Run the reference's capstone for the seeds 0 to seeds - 1 and print every one, and the means.

    Returns 0 if the means reach the lesson's aims, else 1.
    """
    options = argparse.ArgumentParser(prog="grader capstone", description=__doc__)
    options.add_argument("--seeds", type=int, default=5, help="how many times, each with its own seed")
    options.add_argument("--images", type=int, help="how many to train on, if not the lesson's number")
    given = options.parse_args()
    if given.seeds < 1:
        options.error("--seeds: at least one seed is needed")
    found: dict[int, list[Row]] = {}
    with Console(stderr=True).status("training …") as status:
        for seed in range(given.seeds):
            status.update(f"training, seed {seed} ({seed + 1} of {given.seeds})")
            found[seed] = measure(seed, given.images)
    console = Console()
    console.print(table(found))
    aims = judge([row for rows in found.values() for row in rows])
    for sentence, reached in aims:
        console.print(f"{'reached' if reached else 'missed':8} {sentence}", highlight=False)
    seconds = fmean(rows[0].cpu_seconds for rows in found.values())
    console.print(f"{seconds:.0f} s of CPU time a seed, one thread", highlight=False)
    return 0 if all(reached for _, reached in aims) else 1


def measure(seed: int, images: int | None = None, script: Path = SCRIPT) -> list[Row]:
    """Both models' rows for one seed, from a process of its own: one thread, the reference's chapters in its path.

    Exits with a message if it fails.
    """
    command = [sys.executable, str(script), "--json", "--seed", str(seed)]
    if images is not None:
        command += ["--images", str(images)]
    done = subprocess.run(
        command,
        cwd=script.parent,
        env=os.environ | _ONE_THREAD | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(SOLUTIONS)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        reason = done.stderr.strip().splitlines()
        raise SystemExit(f"{script}, seed {seed}: {reason[-1] if reason else 'failed'}")
    data = json.loads(done.stdout)
    return [_row(name, data["scores"][name], data["cpu_seconds"]) for name in _MODELS]


def _row(name: str, score: Mapping[str, Any], cpu_seconds: float) -> Row:
    percent = {"held out": score["held_out"]}
    percent |= {f"±{pixels}": value for pixels, value in score["shifted"].items()}
    # The largest training set is the one behind all the other columns.
    *fewer, _ = score["by_images"].items()
    percent |= {f"n={images}": value for images, value in fewer}
    return Row(name, score["parameters"], percent, cpu_seconds)


def _means(rows: Sequence[Row], model: str) -> dict[str, float]:
    own = [row.percent for row in rows if row.model == model]
    return {column: fmean(percent[column] for percent in own) for column in own[0]}


def judge(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """The lesson's three aims, each in words with what was measured, and whether the means reach it."""
    cnn, mlp = (_means(rows, model) for model in _MODELS)
    size = {row.model: row.parameters for row in rows}
    lead, lead_at_two = cnn["held out"] - mlp["held out"], cnn["±2"] - mlp["±2"]
    share = size["CNN"] / size["MLP"]
    return [
        (f"held out: {lead:+.1f} points for the CNN, aim {LEAD_HELD_OUT:+g}", lead >= LEAD_HELD_OUT),
        (
            f"moved by 2 pixels: {lead_at_two:+.1f} points for the CNN, aim {LEAD_AT_TWO:+g}",
            lead_at_two >= LEAD_AT_TWO,
        ),
        (f"parameters: {share:.0%} of the MLP's, aim at most {SHARE:.0%}", share <= SHARE),
    ]


def table(found: Mapping[int, Sequence[Row]]) -> Table:
    """Every seed and the means, in percent: held out, moved by 1 to 3 pixels, trained on n images.

    Drawn so that it can be pasted into a Markdown page.
    """
    every = [row for rows in found.values() for row in rows]
    columns = list(every[0].percent)
    drawn = Table(box=box.MARKDOWN)
    drawn.add_column("seed")
    drawn.add_column("model")
    drawn.add_column("parameters", justify="right", no_wrap=True)
    for column in columns:
        drawn.add_column(column, justify="right", no_wrap=True)
    for seed, rows in found.items():
        for row in rows:
            cells = (f"{row.percent[column]:.1f}" for column in columns)
            drawn.add_row(str(seed), row.model, f"{row.parameters:,}", *cells)
    for model in _MODELS:
        means = _means(every, model)
        size = next(row.parameters for row in every if row.model == model)
        drawn.add_row("mean", model, f"{size:,}", *(f"{means[column]:.1f}" for column in columns))
    return drawn


if __name__ == "__main__":
    sys.exit(main())

"""The lesson's numbers, measured again with the reference: `grader capstone --assignment rnn --seeds 5`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from rich import box
from rich.console import Console
from rich.table import Table

SOLUTIONS = Path(__file__).parent
# What the lesson claims of the means: the lead in bits a character, what is gained by remembering 16 characters instead
# of 2, and the CPU seconds of a run.
LEAD, GAIN, SECONDS = 1.5, 1.5, 120.0
NEAR, FAR = 2, 16
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Row:
    """One seed: parameters and bits a character by the name of the model, the network's bits by how many characters
    it has read before, and the CPU seconds of the run."""

    parameters: Mapping[str, int]
    bits: Mapping[str, float]
    by_memory: Mapping[int, float]
    cpu_seconds: float


def main() -> int:
    """Run the reference's capstone for the seeds 0 to seeds - 1 and print every one, and the means.

    Returns 0 if the means reach the lesson's aims, else 1.
    """
    options = argparse.ArgumentParser(prog="grader capstone", description=__doc__)
    options.add_argument("--seeds", type=int, default=5, help="how many times, each with its own seed")
    options.add_argument("--steps", type=int, help="of training, if not the lesson's number")
    given = options.parse_args()
    if given.seeds < 1:
        options.error("--seeds: at least one seed is needed")
    found: dict[int, Row] = {}
    with tempfile.TemporaryDirectory() as folder, Console(stderr=True).status("training …") as status:
        script = handed_out(Path(folder))
        for seed in range(given.seeds):
            status.update(f"training, seed {seed} ({seed + 1} of {given.seeds})")
            found[seed] = measure(seed, given.steps, script)
    console = Console()
    console.print(table(found))
    aims = judge(list(found.values()))
    for sentence, reached in aims:
        console.print(f"{'reached' if reached else 'missed':8} {sentence}", highlight=False)
    return 0 if all(reached for _, reached in aims) else 1


def handed_out(folder: Path) -> Path:
    """The capstone's script in `folder`, with all that lies beside it in the handout."""
    shutil.copytree(SOLUTIONS / "handout", folder, dirs_exist_ok=True)
    shutil.copytree(SOLUTIONS / "data", folder / "data", dirs_exist_ok=True)
    return folder / "capstone.py"


def measure(seed: int, steps: int | None, script: Path) -> Row:
    """What one seed gives, in a process of its own: one thread, the reference's chapters in its path.

    Exits with a message if it fails.
    """
    command = [sys.executable, str(script), "--json", "--seed", str(seed)]
    if steps is not None:
        command += ["--steps", str(steps)]
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
    scores = data["scores"]
    by_memory = {int(length): bits for length, bits in scores["by_memory"].items()}
    return Row(scores["parameters"], scores["bits"], by_memory, data["cpu_seconds"])


def judge(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """The lesson's aims, each in words with what was measured, and whether the means reach it."""
    lead = fmean(row.bits["bigrams"] - row.bits["RNN"] for row in rows)
    gain = fmean(row.by_memory[NEAR] - row.by_memory[FAR] for row in rows)
    seconds = max(row.cpu_seconds for row in rows)
    network, bigrams = rows[0].parameters["RNN"], rows[0].parameters["bigrams"]
    return [
        (f"held out: {lead:.2f} bits a character below the bigram table, aim {LEAD:g}", lead >= LEAD),
        (f"parameters: {network:,}, fewer than the table's {bigrams:,}", network < bigrams),
        (f"{FAR} characters remembered, not {NEAR}: {gain:.2f} bits less, aim {GAIN:g}", gain >= GAIN),
        (
            f"the slowest seed: {seconds:.0f} s of CPU time, one thread, aim below {SECONDS:g}",
            seconds < SECONDS,
        ),
    ]


def table(found: Mapping[int, Row]) -> Table:
    """Every seed and the means, in bits a character held out: the bigram table, the network, and the network where it
    has read only the last m characters; and the seconds of CPU time.

    Drawn so that it can be pasted into a Markdown page.
    """
    rows = list(found.values())
    lines = {str(seed): _cells(row) for seed, row in found.items()}
    lines["mean"] = {name: fmean(_cells(row)[name] for row in rows) for name in _cells(rows[0])}
    drawn = Table(box=box.MARKDOWN)
    drawn.add_column("seed")
    for name in lines["mean"]:
        drawn.add_column(name, justify="right", no_wrap=True)
    for seed, cells in lines.items():
        drawn.add_row(
            seed, *(f"{value:.0f}" if name == "s" else f"{value:.2f}" for name, value in cells.items())
        )
    return drawn


def _cells(row: Row) -> dict[str, float]:
    memory = {f"m={length}": bits for length, bits in row.by_memory.items()}
    return {"table": row.bits["bigrams"], "RNN": row.bits["RNN"], **memory, "s": row.cpu_seconds}


if __name__ == "__main__":
    sys.exit(main())

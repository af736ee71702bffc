"""The layers against PyTorch's: the chapters' reference and solutions/cnn/fast, on one thread, in float64.

    python tests/benchmarks/torch_ratio.py [--rounds 60]

PyTorch is no dependency of this project; for this script alone, install it beside the project (pip install torch).
All sides first have to agree. Then they take turns, round by round, so that whatever else the machine does slows all
of them alike; a time is the median of the processor time of all rounds. Look at the ratio.

What is like what: PyTorch's pooling always notes the winners, and its backward pass starts from that note. So
`send_to_winners`, which has such a note too, is held against that backward pass, and `maxpool_backward`, which is given
only x, against what PyTorch does with only x: forward and backward. How the latter compares with the backward pass
alone stands below the table.
"""

from __future__ import annotations

import os

# Read by the libraries when they are loaded: before numpy is.
os.environ |= dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)

import argparse
import ctypes
import importlib
import importlib.util
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from grader.course.models import load_course
from grader.course.reference import load_functions

ROOT = Path(__file__).resolve().parents[2]
SIZES = (((8, 3, 32, 32), (16, 3, 3, 3)), ((32, 16, 28, 28), (32, 16, 3, 3)))
AIM = 1.2
WARM_UP = 3
# Of glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3

Call = Callable[[], Any]


@dataclass(frozen=True)
class Row:
    """One operation by all sides; `chapter` is None where the chapters have none like it."""

    name: str
    torch: Call
    fast: Call
    chapter: Call | None


def load_torch() -> Any:
    """PyTorch with one thread; ends the script with one line where there is none."""
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        sys.exit("This compares with PyTorch, which is not installed here: pip install torch")
    torch.set_num_threads(1)
    return torch


def keep_memory() -> None:
    """Have the C library keep freed memory for the next call, whoever makes it.

    By itself, glibc sometimes gives a large block back and fetches it again in every call, page by page, and sometimes
    does not, depending on what was freed before: that can take longer than a convolution, and says nothing about one.
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, 1 << 25)  # the most it takes
        libc.mallopt(M_TRIM_THRESHOLD, 1 << 30)


def load_fast() -> ModuleType:
    path = ROOT / "solutions" / "cnn" / "fast" / "layers.py"
    spec = importlib.util.spec_from_file_location("fast_layers", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows_of(torch: Any, x_shape: tuple[int, ...], w_shape: tuple[int, ...]) -> tuple[list[Row], Row]:
    """The table's operations on one size (3×3 with padding 1, pools 2×2), and the one that stands below it."""
    course = load_course(ROOT / "course.yaml")
    name, assignment = course.assignment("cnn")
    chapter = load_functions(course.solutions(name), assignment.chapter_of())
    fast = load_fast()
    functional = torch.nn.functional
    grad = torch.autograd.grad

    rng = np.random.default_rng(0)
    x, w, b = (rng.normal(size=shape) for shape in (x_shape, w_shape, w_shape[:1]))
    tx, tw, tb = (torch.from_numpy(array.copy()) for array in (x, w, b))
    gx, gw, gb = (tensor.clone().requires_grad_() for tensor in (tx, tw, tb))
    maps, pooled = functional.conv2d(gx, gw, gb, padding=1), functional.max_pool2d(gx, 2)
    dmaps, dpooled = rng.normal(size=maps.shape), rng.normal(size=pooled.shape)
    tdmaps, tdpooled = torch.from_numpy(dmaps), torch.from_numpy(dpooled)
    _, winners = fast.maxpool_with_winners(x)

    def pool_backward() -> Any:
        return grad(pooled, gx, tdpooled, retain_graph=True)[0]

    def pool_backward_from_x() -> Any:
        return grad(functional.max_pool2d(gx, 2), gx, tdpooled)[0]

    rows = [
        Row(
            "conv2d",
            lambda: functional.conv2d(tx, tw, tb, padding=1),
            lambda: fast.conv2d(x, w, b, 1, 1),
            lambda: chapter["conv2d"](x, w, b, 1, 1),
        ),
        Row(
            "conv2d_backward",
            lambda: grad(maps, (gx, gw, gb), tdmaps, retain_graph=True),
            lambda: fast.conv2d_backward(dmaps, x, w, 1, 1),
            lambda: chapter["conv2d_backward"](dmaps, x, w, 1, 1),
        ),
        Row(
            "maxpool",
            lambda: functional.max_pool2d(tx, 2),
            lambda: fast.maxpool(x),
            lambda: chapter["maxpool"](x),
        ),
        Row(
            "maxpool_with_winners",
            lambda: functional.max_pool2d(tx, 2),
            lambda: fast.maxpool_with_winners(x)[0],
            None,
        ),
        Row("send_to_winners", pool_backward, lambda: fast.send_to_winners(dpooled, winners, x.shape), None),
        Row(
            "maxpool_backward",
            pool_backward_from_x,
            lambda: fast.maxpool_backward(dpooled, x),
            lambda: chapter["maxpool_backward"](dpooled, x),
        ),
    ]
    without_note = Row(
        "maxpool_backward", pool_backward, lambda: fast.maxpool_backward(dpooled, x), rows[-1].chapter
    )
    return rows, without_note


def agree(row: Row) -> None:
    """End the script unless all sides say the same."""

    def arrays(answer: Any) -> list[Any]:
        parts = answer if isinstance(answer, tuple) else (answer,)
        return [np.asarray(part.detach() if hasattr(part, "detach") else part) for part in parts]

    expected = arrays(row.torch())
    for side, call in (("fast", row.fast), ("chapter", row.chapter)):
        for ours, theirs in zip(arrays(call()), expected, strict=True) if call else ():
            if ours.shape != theirs.shape or not np.allclose(ours, theirs, rtol=1e-10, atol=1e-10):
                sys.exit(f"{row.name}: {side} and PyTorch disagree; nothing was measured")


def measure(row: Row, rounds: int) -> tuple[float, float, float | None]:
    """Median milliseconds of PyTorch, fast and chapter."""
    calls = [call for call in (row.torch, row.fast, row.chapter) if call is not None]
    times: list[list[float]] = [[] for _ in calls]
    for number in range(WARM_UP + rounds):
        # The order turns, so that nobody always runs on the memory that the same other one left behind.
        for turn in range(len(calls)):
            which = (number + turn) % len(calls)
            start = time.process_time_ns()
            calls[which]()
            spent = time.process_time_ns() - start
            if number >= WARM_UP:
                times[which].append(spent / 1e6)
    torch, fast, *chapter = map(statistics.median, times)
    return torch, fast, chapter[0] if chapter else None


def line_of(row: Row, rounds: int) -> tuple[str, float]:
    """A line of the table, and the ratio of fast to PyTorch."""
    torch, fast, chapter = measure(row, rounds)
    line = f"{row.name:<22}{torch:>10.3f}{fast:>10.3f}{fast / torch:>8.2f}"
    if chapter is not None:
        line += f"{chapter:>12.3f}{chapter / torch:>8.2f}"
    return line, fast / torch


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60, help="how often each side runs (default: 60)")
    rounds = parser.parse_args().rounds
    torch = load_torch()
    keep_memory()
    print(
        f"Python {platform.python_version()}, numpy {np.__version__}, torch {torch.__version__}; one thread, ms"
    )
    over, beside = [], []
    for x_shape, w_shape in SIZES:
        rows, without_note = rows_of(torch, x_shape, w_shape)
        for row in (*rows, without_note):
            agree(row)
        size = f"x {x_shape}, w {w_shape}"
        print(f"\n{size}\n{'':<22}{'torch':>10}{'fast':>10}{'ratio':>8}{'chapter':>12}{'ratio':>8}")
        for row in rows:
            line, ratio = line_of(row, rounds)
            print(line, flush=True)
            if ratio > AIM:
                over.append(f"{row.name} on {size}")
        beside.append(line_of(without_note, rounds)[0])
    print(
        "\nmaxpool_backward is given only x: above, PyTorch goes forward and back for it. Against its way back alone:"
    )
    print(*beside, sep="\n")
    print(f"\nfast is over {AIM} in: {'; '.join(over)}" if over else f"\nfast is at most {AIM} in every row")


if __name__ == "__main__":
    main()

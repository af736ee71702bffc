"""The second lesson's reference against PyTorch, in float64: states, losses and gradients.

    python tests/benchmarks/torch_rnn.py [--seeds 5]

PyTorch is no dependency of this project; for this script alone, install it beside the project (pip install torch). Each
function is called on random sequences, one alone, one step alone and batches among them, and compared with PyTorch's
own layer that holds the same weights: transposed, the parts of an LSTM in its order i f g o, its second bias 0.
Gradients are held against autograd. Prints the largest difference of each; ends with 1 where one is above 1e-10.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

try:
    import torch
except ImportError:
    sys.exit("PyTorch is missing: pip install torch, in an environment that has numpy as well.")

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "solutions" / "rnn"))

from cell import rnn_forward, rnn_step, tanh
from gates import lstm_forward, lstm_step, sigmoid
from language import Reader, rnn_loss, temporal_softmax_loss
from sequences import one_hot
from through_time import clip_gradients, rnn_backward, rnn_step_backward

MOST = 1e-10
#: N, T, D, H.
SIZES = ((1, 1, 1, 1), (1, 7, 3, 5), (4, 1, 5, 3), (3, 6, 4, 4), (8, 40, 27, 32))

Pair = tuple[object, object]


def tensor(array: np.ndarray, *, grad: bool = False) -> torch.Tensor:
    return torch.tensor(array, dtype=torch.float64, requires_grad=grad)


class Case:
    """Random weights and sequences of one size; torch's leaves with the same numbers."""

    def __init__(self, seed: int, sizes: tuple[int, int, int, int]) -> None:
        self.n, self.t, self.d, self.h = sizes
        self.rng = np.random.default_rng(seed)
        self.x, self.h0 = self.draw(self.n, self.t, self.d), self.draw(self.n, self.h)
        self.wx, self.wh, self.b = self.draw(self.d, self.h), self.draw(self.h, self.h), self.draw(self.h)
        self.dstates = self.draw(self.n, self.t, self.h)

    def draw(self, *shape: int) -> np.ndarray:
        return self.rng.normal(size=shape) / np.sqrt(shape[-1])


def load(layer: torch.nn.Module, wx: np.ndarray, wh: np.ndarray, b: np.ndarray) -> None:
    """Give PyTorch's layer these weights: rows for columns, all of b in the first of its two biases."""
    values = (wx.T, wh.T, b, np.zeros_like(b))
    for parameter, value in zip(layer.parameters(), values, strict=True):
        parameter.data = tensor(value)


def torch_order(weights: np.ndarray) -> np.ndarray:
    """The columns i f o g as i f g o."""
    i, f, o, g = np.split(weights, 4, axis=-1)
    return np.concatenate([i, f, g, o], axis=-1)


def functions(case: Case) -> Iterator[tuple[str, Pair]]:
    wild = case.rng.normal(size=50) * 10.0 ** case.rng.integers(-9, 4, size=50)
    yield "tanh", (tanh(wild), torch.tanh(tensor(wild)))
    yield "sigmoid (given)", (sigmoid(wild), torch.sigmoid(tensor(wild)))
    ids = case.rng.integers(case.d, size=(case.n, case.t))
    yield "one_hot", (one_hot(ids, case.d), torch.nn.functional.one_hot(torch.tensor(ids), case.d))


def plain(case: Case) -> Iterator[tuple[str, Pair]]:
    cell = torch.nn.RNNCell(case.d, case.h, dtype=torch.float64)
    load(cell, case.wx, case.wh, case.b)
    ours = rnn_step(case.x[:, 0], case.h0, case.wx, case.wh, case.b)
    x, h = tensor(case.x[:, 0], grad=True), tensor(case.h0, grad=True)
    theirs = cell(x, h)
    yield "rnn_step and RNNCell", (ours, theirs)
    (theirs * tensor(case.dstates[:, 0])).sum().backward()
    grads = (x.grad, h.grad, cell.weight_ih.grad.T, cell.weight_hh.grad.T, cell.bias_ih.grad)
    mine = rnn_step_backward(case.dstates[:, 0], case.x[:, 0], case.h0, ours, case.wx, case.wh)
    for name, one, other in zip(("dx", "dh", "dwx", "dwh", "db"), mine, grads, strict=True):
        yield f"rnn_step_backward, {name}", (one, other)

    layer = torch.nn.RNN(case.d, case.h, batch_first=True, dtype=torch.float64)
    load(layer, case.wx, case.wh, case.b)
    states = rnn_forward(case.x, case.h0, case.wx, case.wh, case.b)
    x, h = tensor(case.x, grad=True), tensor(case.h0[np.newaxis], grad=True)
    theirs, _ = layer(x, h)
    yield "rnn_forward and RNN", (states, theirs)
    (theirs * tensor(case.dstates)).sum().backward()
    grads = (x.grad, h.grad[0], layer.weight_ih_l0.grad.T, layer.weight_hh_l0.grad.T, layer.bias_ih_l0.grad)
    mine = rnn_backward(case.dstates, case.x, case.h0, states, case.wx, case.wh)
    for name, one, other in zip(("dx", "dh0", "dwx", "dwh", "db"), mine, grads, strict=True):
        yield f"rnn_backward, {name}", (one, other)


def gates(case: Case) -> Iterator[tuple[str, Pair]]:
    wx, wh, b = case.draw(case.d, 4 * case.h), case.draw(case.h, 4 * case.h), case.draw(4 * case.h)
    memory = 3 * case.draw(case.n, case.h)
    cell = torch.nn.LSTMCell(case.d, case.h, dtype=torch.float64)
    layer = torch.nn.LSTM(case.d, case.h, batch_first=True, dtype=torch.float64)
    for module in (cell, layer):
        load(module, torch_order(wx), torch_order(wh), torch_order(b))
    ours = lstm_step(case.x[:, 0], case.h0, memory, wx, wh, b)
    theirs = cell(tensor(case.x[:, 0]), (tensor(case.h0), tensor(memory)))
    for name, one, other in zip(("state", "memory"), ours, theirs, strict=True):
        yield f"lstm_step and LSTMCell, {name}", (one, other)
    h0 = tensor(case.h0[np.newaxis])
    theirs, _ = layer(tensor(case.x), (h0, torch.zeros_like(h0)))
    yield "lstm_forward and LSTM", (lstm_forward(case.x, case.h0, wx, wh, b), theirs)


def language(case: Case) -> Iterator[tuple[str, Pair]]:
    v = case.d + 1
    ids, targets = (case.rng.integers(v, size=(case.n, case.t)) for _ in range(2))
    mask = (np.arange(case.t) < case.rng.integers(1, case.t + 1, size=(case.n, 1))).astype(float)
    scores = 5 * case.rng.normal(size=(case.n, case.t, v))
    leaf = tensor(scores, grad=True)
    theirs = masked_loss(leaf, targets, mask)
    theirs.backward()
    loss, dscores = temporal_softmax_loss(scores, targets, mask)
    yield "temporal_softmax_loss and cross_entropy", (loss, theirs)
    yield "temporal_softmax_loss, dscores", (dscores, leaf.grad)

    params = {
        "wx": case.draw(v, case.h), "wh": case.wh, "b": case.b, "wy": case.draw(case.h, v), "by": case.draw(v)
    }  # fmt: skip
    leaves = {name: tensor(value, grad=True) for name, value in params.items()}
    state, after = torch.zeros(case.n, case.h, dtype=torch.float64), []
    for t in range(case.t):
        state = torch.tanh(leaves["wx"][torch.tensor(ids[:, t])] + state @ leaves["wh"] + leaves["b"])
        after.append(state)
    guesses = torch.stack(after, 1) @ leaves["wy"] + leaves["by"]
    theirs = masked_loss(guesses, targets, mask)
    theirs.backward()
    loss, grads = rnn_loss(params, ids, targets, mask)
    yield "rnn_loss and autograd", (loss, theirs)
    for name, grad in grads.items():
        yield f"rnn_loss, gradient of {name}", (grad, leaves[name].grad)
    yield "Reader.read, all at once", (Reader(params).read(list(ids[0])), guesses[0, -1])

    before = torch.nn.utils.clip_grad_norm_(list(leaves.values()), 0.05)
    clipped, norm = clip_gradients(grads, 0.05)
    yield "clip_gradients and clip_grad_norm_, norm", (norm, before)
    for name, grad in clipped.items():
        # PyTorch adds 1e-6 to the norm that it divides by; that is taken back here.
        scale = (norm + 1e-6) / norm if norm > 0.05 else 1.0
        yield "clip_gradients and clip_grad_norm_, clipped", (grad, leaves[name].grad * scale)


def masked_loss(scores: torch.Tensor, targets: np.ndarray, mask: np.ndarray) -> torch.Tensor:
    """PyTorch's mean over what is not padding, which it knows by the target −100."""
    wanted = torch.tensor(np.where(mask > 0, targets, -100))
    return torch.nn.functional.cross_entropy(scores.flatten(0, 1), wanted.flatten())


TOPICS: tuple[Callable[[Case], Iterator[tuple[str, Pair]]], ...] = (functions, plain, gates, language)


def difference(ours: object, theirs: object) -> float:
    """The largest of one array; infinite where the shapes differ."""
    one = np.asarray(ours, dtype=float)
    other = theirs.detach().numpy() if isinstance(theirs, torch.Tensor) else np.asarray(theirs)
    return float(np.abs(one - other).max(initial=0)) if one.shape == other.shape else float("inf")


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--seeds", type=int, default=5, help="random weights and sequences of each size")
    given = options.parse_args()
    torch.set_num_threads(1)
    largest: dict[str, float] = {}
    for seed in range(given.seeds):
        for sizes in SIZES:
            case = Case(seed, sizes)
            for topic in TOPICS:
                for name, (ours, theirs) in topic(case):
                    largest[name] = max(largest.get(name, 0.0), difference(ours, theirs))
    print(f"PyTorch {torch.__version__}, numpy {np.__version__}, Python {platform.python_version()}, float64")
    print(f"the largest difference, {given.seeds} seeds × {len(SIZES)} sizes\n")
    for name, found in largest.items():
        print(f"{name:46} {found:8.1e}{'' if found <= MOST else '   too large'}")
    return int(any(not found <= MOST for found in largest.values()))


if __name__ == "__main__":
    sys.exit(main())

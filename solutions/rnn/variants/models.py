"""Right variants: losses over time, a reader and a writer."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

from cell import rnn_forward, rnn_step
from grader.testing import variant
from sequences import one_hot
from through_time import rnn_backward

Array = np.ndarray
Params = dict[str, Array]
Scores = Callable[[int], Array]


@variant("temporal_softmax_loss", name="flat")
def flat(scores: Array, targets: Array, mask: Array) -> tuple[float, Array]:
    rows = scores.reshape(-1, scores.shape[2])
    rows = rows - rows.max(axis=1, keepdims=True)
    place, target, real = np.arange(len(rows)), targets.ravel(), mask.ravel()
    sums = np.exp(rows).sum(axis=1)
    losses = np.log(sums) - rows[place, target]
    d = np.exp(rows) / sums[:, None]
    d[place, target] -= 1
    d *= (real / real.sum())[:, None]
    return (losses * real).sum() / real.sum(), d.reshape(scores.shape)


@variant("temporal_softmax_loss", name="real-places-alone")
def real_places_alone(scores: Array, targets: Array, mask: Array) -> tuple[float, Array]:
    real = mask.astype(bool)
    rows, target = scores[real], targets[real]
    rows = rows - rows.max(axis=1)[:, None]
    log_p = rows - np.log(np.exp(rows).sum(axis=1))[:, None]
    dscores = np.zeros_like(scores)
    dscores[real] = (np.exp(log_p) - one_hot(target, rows.shape[1])) / len(target)
    return -np.mean(log_p[np.arange(len(target)), target]), dscores


@variant("temporal_softmax_loss", name="place-by-place")
def place_by_place(scores: Array, targets: Array, mask: Array) -> list:
    loss, dscores, count = 0.0, np.zeros(scores.shape), int(mask.sum())
    for n, t in np.ndindex(mask.shape):
        if not mask[n, t]:
            continue
        s = scores[n, t] - scores[n, t].max()
        loss += np.log(np.exp(s).sum()) - s[targets[n, t]]
        dscores[n, t] = np.exp(s) / np.exp(s).sum()
        dscores[n, t, targets[n, t]] -= 1
    return [loss / count, (dscores / count).tolist()]


@variant("temporal_softmax_loss", name="float32")
def loss_in_float32(scores: Array, targets: Array, mask: Array) -> tuple[float, Array]:
    return flat(scores.astype(np.float32), targets, mask.astype(np.float32))


@variant("temporal_softmax_loss", name="log-add-exp")
def log_add_exp(scores: Array, targets: Array, mask: Array) -> tuple[float, Array]:
    log_p = scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True)
    weights = mask / mask.sum()
    loss = -np.sum(weights * np.take_along_axis(log_p, targets[..., None], -1)[..., 0])
    return loss, weights[..., None] * (np.exp(log_p) - np.eye(scores.shape[-1])[targets])


@variant("rnn_loss", name="flat-rows")
def flat_rows(params: Params, ids: Array, targets: Array, mask: Array) -> tuple[float, Params]:
    p = params
    x, h0 = one_hot(ids, len(p["wx"])), np.zeros((len(ids), p["wh"].shape[0]))
    states = rnn_forward(x, h0, p["wx"], p["wh"], p["b"])
    rows = states.reshape(-1, states.shape[2])
    loss, d = flat((rows @ p["wy"] + p["by"]).reshape(*ids.shape, -1), targets, mask)
    d = d.reshape(len(rows), -1)
    grads = {"wy": rows.T @ d, "by": d.sum(axis=0)}
    dstates = (d @ p["wy"].T).reshape(states.shape)
    grads["wx"], grads["wh"], grads["b"] = rnn_backward(dstates, x, h0, states, p["wx"], p["wh"])[2:]
    return loss, grads


@variant("rnn_loss", name="without-one-hot")
def without_one_hot(params: Params, ids: Array, targets: Array, mask: Array) -> list:
    wx, wh, b, wy, by = (params[key] for key in ("wx", "wh", "b", "wy", "by"))
    states = [np.zeros((len(ids), len(wh)))]
    for t in range(ids.shape[1]):
        states.append(np.tanh(wx[ids[:, t]] + states[-1] @ wh + b))
    loss, d = real_places_alone(np.stack([h @ wy + by for h in states[1:]], axis=1), targets, mask)
    grads = {key: np.zeros_like(value) for key, value in params.items()}
    later = np.zeros_like(states[0])
    for t in reversed(range(ids.shape[1])):
        grads["wy"] += states[t + 1].T @ d[:, t]
        grads["by"] += d[:, t].sum(axis=0)
        dsum = (d[:, t] @ wy.T + later) * (1 - states[t + 1] ** 2)
        np.add.at(grads["wx"], ids[:, t], dsum)
        grads["wh"] += states[t].T @ dsum
        grads["b"] += dsum.sum(axis=0)
        later = dsum @ wh.T
    return [loss, grads]


@variant("rnn_loss", name="sequence-by-sequence")
def sequence_by_sequence(params: Params, ids: Array, targets: Array, mask: Array) -> tuple[float, Params]:
    loss, grads = 0.0, dict.fromkeys(params, 0.0)
    for n in range(len(ids)):
        own, count = slice(n, n + 1), mask[n].sum()
        part, of_part = flat_rows(params, ids[own], targets[own], mask[own])
        loss += part * count / mask.sum()
        grads = {key: grads[key] + of_part[key] * count / mask.sum() for key in params}
    return loss, grads


@variant("rnn_loss", name="float32")
def model_in_float32(params: Params, ids: Array, targets: Array, mask: Array) -> tuple[float, Params]:
    single = {key: value.astype(np.float32) for key, value in params.items()}
    return flat_rows(single, ids, targets, mask)


@variant("Reader", name="row-of-weights")
class RowOfWeights:
    def __init__(self, params: Params) -> None:
        self.params = params
        self.forget()

    def read(self, ids: Sequence[int]) -> Array:
        for k in ids:
            self.state = np.tanh(self.params["wx"][k] + self.state @ self.params["wh"] + self.params["b"])
        return self.params["by"] + self.state @ self.params["wy"]

    def forget(self) -> None:
        self.state = np.zeros(self.params["wh"].shape[0])


@variant("Reader", name="whole-run")
class WholeRun:
    def __init__(self, params: Params) -> None:
        self.params = params
        self.state = np.zeros(len(params["wh"]))

    def read(self, ids: Sequence[int]) -> list:
        p = self.params
        x = one_hot(np.array([ids]), len(p["wx"]))
        self.state = rnn_forward(x, self.state[None], p["wx"], p["wh"], p["b"])[0, -1]
        return (self.state @ p["wy"] + p["by"]).tolist()

    def forget(self) -> None:
        self.state = 0 * self.state


@variant("Reader", name="remembers-what-it-read")
class RemembersWhatItRead:
    def __init__(self, params: Params) -> None:
        self.params = params
        self.seen: list[int] = []
        self.state = np.zeros(len(params["wh"]))

    def read(self, ids: Sequence[int]) -> Array:
        p = self.params
        self.seen += list(ids)
        h = np.zeros((1, len(p["wh"])))
        for k in self.seen:
            x = np.zeros((1, len(p["wx"])))
            x[0, k] = 1
            h = rnn_step(x, h, p["wx"], p["wh"], p["b"])
        self.state = h[0]
        return (h @ p["wy"] + p["by"])[0]

    def forget(self) -> None:
        self.seen, self.state = [], np.zeros(len(self.params["wh"]))


def _softmax(scores: Array) -> Array:
    weights = np.exp(scores - np.max(scores))
    return weights / np.sum(weights)


@variant("sample", name="searchsorted")
def searchsorted(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    found = np.zeros(length, dtype=int)
    for k in range(length):
        p = _softmax(scores_after(found[k - 1] if k else start) / temperature)
        found[k] = min(np.searchsorted(p.cumsum(), rng.random(), side="right"), len(p) - 1)
    return found.tolist()


@variant("sample", name="manual-loop")
def manual_loop(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    ids = [start]
    while len(ids) <= length:
        u, so_far, p = rng.random(), 0.0, _softmax(np.array(scores_after(ids[-1])) / temperature)
        for k in range(len(p)):
            so_far += p[k]
            if so_far > u:
                break
        ids.append(k)
    return ids[1:]


@variant("sample", name="choice-of-a-range")
def choice_of_a_range(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[np.int64]:
    found = []
    for _ in range(length):
        p = _softmax(np.divide(scores_after(start), temperature))
        start = rng.choice(np.arange(p.size), p=p)
        found.append(start)
    return found


@variant("sample", name="all-numbers-first")
def all_numbers_first(
    scores_after: Scores, start: int, length: int, temperature: float, rng: np.random.Generator
) -> list[int]:
    random.seed(1)
    found: list[int] = []
    for u in rng.random(length):
        p = _softmax(scores_after((found or [start])[-1]) / temperature)
        found.append(int(np.argmax(p.cumsum() > u)))
    return found

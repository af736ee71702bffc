from collections.abc import Callable, Sequence
import numpy as np
from cell import rnn_forward, rnn_step
from sequences import one_hot
from through_time import rnn_backward


def bigram_table(path: str, alphabet: str) -> np.ndarray:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    places = {character: k for k, character in enumerate(alphabet)}
    counts = np.ones((len(alphabet), len(alphabet)))
    for first, second in zip(text, text[1:], strict=False):
        if first in places and second in places:
            counts[places[first], places[second]] += 1
    return counts / counts.sum(axis=1, keepdims=True)


def temporal_softmax_loss(
    scores: np.ndarray, targets: np.ndarray, mask: np.ndarray
) -> tuple[float, np.ndarray]:
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    hit = np.eye(scores.shape[2])[targets]
    real = mask[:, :, np.newaxis] / mask.sum()
    loss = -(real * hit * log_probabilities).sum()
    return loss, np.where(real > 0, real * (np.exp(log_probabilities) - hit), 0.0)


def rnn_loss(
    params: dict[str, np.ndarray], ids: np.ndarray, targets: np.ndarray, mask: np.ndarray
) -> tuple[float, dict[str, np.ndarray]]:
    x = one_hot(ids, len(params["wx"]))
    h0 = np.zeros((len(ids), len(params["wh"])))
    states = rnn_forward(x, h0, params["wx"], params["wh"], params["b"])
    loss, dscores = temporal_softmax_loss(states @ params["wy"] + params["by"], targets, mask)
    _, _, dwx, dwh, db = rnn_backward(dscores @ params["wy"].T, x, h0, states, params["wx"], params["wh"])
    dwy = np.tensordot(states, dscores, axes=((0, 1), (0, 1)))
    return loss, {"wx": dwx, "wh": dwh, "b": db, "wy": dwy, "by": dscores.sum(axis=(0, 1))}


class Reader:

    def __init__(self, params: dict[str, np.ndarray]) -> None:
        self.params = params
        self.state = np.zeros(len(params["wh"]))

    def read(self, ids: Sequence[int]) -> np.ndarray:
        p = self.params
        for k in ids:
            x = one_hot(np.array([k]), len(p["wx"]))
            self.state = rnn_step(x, self.state[np.newaxis], p["wx"], p["wh"], p["b"])[0]
        return self.state @ p["wy"] + p["by"]

    def forget(self) -> None:
        self.state = np.zeros(len(self.params["wh"]))


def sample(
    scores_after: Callable[[int], np.ndarray],
    start: int,
    length: int,
    temperature: float,
    rng: np.random.Generator,
) -> list[int]:
    drawn: list[int] = []
    last = start
    for _ in range(length):
        scores = scores_after(last) / temperature
        weights = np.exp(scores - scores.max())
        last = int(rng.choice(len(weights), p=weights / weights.sum()))
        drawn.append(last)
    return drawn

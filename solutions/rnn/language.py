# %% [markdown]
# # A model of language
#
# TEXT

# %%
from collections.abc import Callable, Sequence

import numpy as np

from cell import rnn_forward, rnn_step
from sequences import one_hot
from through_time import rnn_backward


# %%
def bigram_table(path: str, alphabet: str) -> np.ndarray:
    """Which character follows which, counted in a file: the simplest model of a text.

    path: a text file in UTF-8
    alphabet: the V characters that count, each once; a pair with another character in it is left out

    Returns (V, V): entry [a, b] is how probable it is that alphabet[b] comes after alphabet[a]. That is the number
    of such pairs plus 1, divided by the sum of its row, so that no pair is impossible and every row adds up to 1.

    >>> bigram_table("data/rhyme.txt", "xz")  # neither is in it: every pair is as likely
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    ### BEGIN SOLUTION
    with open(path, encoding="utf-8") as file:
        text = file.read()
    places = {character: k for k, character in enumerate(alphabet)}
    counts = np.ones((len(alphabet), len(alphabet)))
    for first, second in zip(text, text[1:], strict=False):
        if first in places and second in places:
            counts[places[first], places[second]] += 1
    return counts / counts.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %%
def temporal_softmax_loss(
    scores: np.ndarray, targets: np.ndarray, mask: np.ndarray
) -> tuple[float, np.ndarray]:
    """The mean cross-entropy over all real places of a batch of sequences, and its gradient.

    scores: (N, T, V) one score for each id that might come, at every place
    targets: (N, T) whole numbers: the id that comes
    mask: (N, T) 1.0 where a place is real, 0.0 where it is padding; at least one is real

    Returns (loss, dscores). loss is the mean, over the real places, of minus the log of the probability of the
    target, where the softmax over the V scores of a place gives the probabilities. dscores: (N, T, V) the gradient
    of loss; 0 at padding.

    >>> scores, targets = np.zeros((1, 2, 2)), np.array([[1, 0]])
    >>> loss, dscores = temporal_softmax_loss(scores, targets, np.array([[1.0, 0.0]]))
    >>> round(float(loss), 4)
    0.6931
    >>> dscores
    array([[[ 0.5, -0.5],
            [ 0. ,  0. ]]])
    """
    ### BEGIN SOLUTION
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    hit = np.eye(scores.shape[2])[targets]
    real = mask[:, :, np.newaxis] / mask.sum()
    loss = -(real * hit * log_probabilities).sum()
    return loss, np.where(real > 0, real * (np.exp(log_probabilities) - hit), 0.0)
    ### END SOLUTION


# %%
def rnn_loss(
    params: dict[str, np.ndarray], ids: np.ndarray, targets: np.ndarray, mask: np.ndarray
) -> tuple[float, dict[str, np.ndarray]]:
    """The loss of a character model on a batch, and its gradient with respect to every parameter.

    params: wx (V, H), wh (H, H), b (H,) of the network, wy (H, V) and by (V,), which make scores of a state
    ids, targets, mask: (N, T) what is read, what comes next, and which places are real

    Every id becomes a one-hot row; the states begin with 0; scores = states wy + by at every place; the loss is
    that of temporal_softmax_loss.

    Returns (loss, grads): one number, and a dict with the keys of params, where grads[key] has the shape of
    params[key].

    >>> params = {"wx": np.zeros((2, 1)), "wh": np.zeros((1, 1)), "b": np.zeros(1)}
    >>> params |= {"wy": np.zeros((1, 2)), "by": np.zeros(2)}
    >>> loss, grads = rnn_loss(params, np.array([[0, 1]]), np.array([[1, 1]]), np.ones((1, 2)))
    >>> round(float(loss), 4)
    0.6931
    >>> grads["by"]
    array([ 0.5, -0.5])
    >>> grads["wx"].shape
    (2, 1)
    """
    ### BEGIN SOLUTION
    x = one_hot(ids, len(params["wx"]))
    h0 = np.zeros((len(ids), len(params["wh"])))
    states = rnn_forward(x, h0, params["wx"], params["wh"], params["b"])
    loss, dscores = temporal_softmax_loss(states @ params["wy"] + params["by"], targets, mask)
    _, _, dwx, dwh, db = rnn_backward(dscores @ params["wy"].T, x, h0, states, params["wx"], params["wh"])
    dwy = np.tensordot(states, dscores, axes=((0, 1), (0, 1)))
    return loss, {"wx": dwx, "wh": dwh, "b": db, "wy": dwy, "by": dscores.sum(axis=(0, 1))}
    ### END SOLUTION


# %%
class Reader:
    """A character model that reads a text bit by bit, and keeps its state from one call to the next.

    params: as for rnn_loss
    state: (H,) what it knows of all that it has read; 0 at the beginning

    >>> params = {"wx": np.array([[0.5], [0.0]]), "wh": np.array([[2.0]]), "b": np.zeros(1)}
    >>> reader = Reader(params | {"wy": np.array([[1.0, -1.0]]), "by": np.zeros(2)})
    >>> reader.read([0])
    array([ 0.462117, -0.462117])
    >>> reader.read([1, 1])
    array([ 0.896832, -0.896832])
    >>> reader.forget()
    >>> reader.state
    array([0.])
    """

    def __init__(self, params: dict[str, np.ndarray]) -> None:
        self.params = params
        self.state = np.zeros(len(params["wh"]))

    def read(self, ids: Sequence[int]) -> np.ndarray:
        """Read one or more ids, one after the other. Returns (V,): the scores of what may come next."""
        ### BEGIN SOLUTION
        p = self.params
        for k in ids:
            x = one_hot(np.array([k]), len(p["wx"]))
            self.state = rnn_step(x, self.state[np.newaxis], p["wx"], p["wh"], p["b"])[0]
        return self.state @ p["wy"] + p["by"]
        ### END SOLUTION

    def forget(self) -> None:
        """Back to the state of the beginning."""
        ### BEGIN SOLUTION
        self.state = np.zeros(len(self.params["wh"]))
        ### END SOLUTION


# %%
def sample(
    scores_after: Callable[[int], np.ndarray],
    start: int,
    length: int,
    temperature: float,
    rng: np.random.Generator,
) -> list[int]:
    """A text that a model makes up, character by character.

    scores_after: a function: given the id that was read last, it returns (V,) scores of what may come next
    start: the id to begin with; it is not part of the result
    length: how many ids to draw
    temperature: above 0; the scores are divided by it before the softmax
    rng: where chance comes from

    Each id that is drawn is what scores_after is asked next. To draw one, take a single number u = rng.random():
    the id is the first one whose probability, added to the probabilities of all ids before it, is larger than u.
    (`rng.choice(V, p=probabilities)` does the same.)

    Returns a list of `length` ids.

    >>> sample(lambda last: np.array([0.0, 0.0, 900.0]) * (last != 2), 0, 3, 1.0, np.random.default_rng(0))
    [2, 0, 2]
    """
    ### BEGIN SOLUTION
    drawn: list[int] = []
    last = start
    for _ in range(length):
        scores = scores_after(last) / temperature
        weights = np.exp(scores - scores.max())
        last = int(rng.choice(len(weights), p=weights / weights.sum()))
        drawn.append(last)
    return drawn
    ### END SOLUTION

# %% [markdown]
# # Gates
#
# TEXT

# %%
import numpy as np

from cell import tanh


def sigmoid(x: np.ndarray) -> np.ndarray:
    """From 0 to 1, entry by entry: 1 / (1 + e⁻ˣ), as a squeezed tanh. This one is given."""
    return 0.5 + 0.5 * np.tanh(0.5 * x)


# %%
def lstm_step(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, wx: np.ndarray, wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The next state and the next memory of an LSTM.

    x: (N, D) what each sequence reads, h: (N, H) its state, c: (N, H) its memory
    wx: (D, 4H), wh: (H, 4H), b: (4H,) the weights

    The sums x wx + h wh + b have four parts of H columns, in this order: input gate i, forget gate f, output gate o,
    and candidate g. The three gates go through the sigmoid, the candidate through tanh. Then
    c_next = f·c + i·g and h_next = o·tanh(c_next), entry by entry.

    Returns (h_next, c_next), each (N, H).

    >>> x, h, c = np.zeros((1, 1)), np.zeros((1, 1)), np.array([[3.0]])
    >>> b = np.array([-50.0, 50.0, 0.0, 1.0])  # nothing comes in, nothing is forgotten, half goes out
    >>> h_next, c_next = lstm_step(x, h, c, np.zeros((1, 4)), np.zeros((1, 4)), b)
    >>> h_next, c_next
    (array([[0.497527]]), array([[3.]]))
    """
    ### BEGIN SOLUTION
    i, f, o, g = np.split(x @ wx + h @ wh + b, 4, axis=1)
    c_next = sigmoid(f) * c + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(c_next), c_next
    ### END SOLUTION


# %%
def lstm_forward(x: np.ndarray, h0: np.ndarray, wx: np.ndarray, wh: np.ndarray, b: np.ndarray) -> np.ndarray:
    """All states of an LSTM that reads its sequences from the first to the last step, from an empty memory on.

    x: (N, T, D) N sequences of T steps
    h0: (N, H) the states before the first step; the memory before it is 0
    wx: (D, 4H), wh: (H, 4H), b: (4H,) the same weights in every step

    Returns (N, T, H): entry [n, t] is the state of sequence n after it has read x[n, t].

    >>> x = np.array([[[1.0], [0.0]]])  # one sequence, two steps
    >>> wx = np.array([[50.0, 0.0, 0.0, 1.0]])  # the 1 opens the input gate, and is what comes in
    >>> b = np.array([-25.0, 25.0, 25.0, 0.0])
    >>> lstm_forward(x, np.zeros((1, 1)), wx, np.zeros((1, 4)), b)
    array([[[0.642015],
            [0.642015]]])
    """
    ### BEGIN SOLUTION
    states = np.zeros((x.shape[0], x.shape[1], h0.shape[1]))
    h, c = h0, np.zeros(h0.shape)
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t], h, c, wx, wh, b)
        states[:, t] = h
    return states
    ### END SOLUTION

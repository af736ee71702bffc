# %% [markdown]
# # The cell
#
# TEXT

# %%
import numpy as np


# %%
def tanh(x: np.ndarray) -> np.ndarray:
    """The hyperbolic tangent, entry by entry: (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), for numbers of any size.

    Written with exponentials, without np.tanh; whatever x is, nothing overflows.

    x: an array of any shape

    Returns an array of the same shape, with values from −1 to 1.

    >>> tanh(np.array([0.0, 0.5, -2.0]))
    array([ 0.      ,  0.462117, -0.964028])
    >>> tanh(np.array([-1000.0, 1000.0]))
    array([-1.,  1.])
    """
    ### BEGIN SOLUTION
    # e^(−2|x|) − 1, exact for small x too, and never larger than 1.
    shrunk = np.expm1(-2 * np.abs(x))
    return -np.sign(x) * shrunk / (shrunk + 2)
    ### END SOLUTION


# %%
def rnn_step(x: np.ndarray, h: np.ndarray, wx: np.ndarray, wh: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The next state: tanh(x wx + h wh + b).

    x: (N, D) what each of the N sequences reads in this step
    h: (N, H) the state of each
    wx: (D, H), wh: (H, H), b: (H,) the weights

    Returns the next state of each, (N, H).

    >>> x, h = np.array([[1.0, 0.0]]), np.array([[0.5]])
    >>> rnn_step(x, h, np.array([[2.0], [4.0]]), np.array([[-1.0]]), np.array([-1.0]))
    array([[0.462117]])
    """
    ### BEGIN SOLUTION
    return tanh(x @ wx + h @ wh + b)
    ### END SOLUTION


# %%
def rnn_forward(x: np.ndarray, h0: np.ndarray, wx: np.ndarray, wh: np.ndarray, b: np.ndarray) -> np.ndarray:
    """All states of a network that reads its sequences from the first to the last step.

    x: (N, T, D) N sequences of T steps
    h0: (N, H) the states before the first step
    wx: (D, H), wh: (H, H), b: (H,) the same weights in every step

    Returns (N, T, H): entry [n, t] is the state of sequence n after it has read x[n, t].

    >>> x = np.array([[[1.0], [0.0], [0.0]]])  # one sequence, three steps
    >>> rnn_forward(x, np.zeros((1, 1)), np.array([[0.5]]), np.array([[2.0]]), np.zeros(1))
    array([[[0.462117],
            [0.727894],
            [0.896832]]])
    """
    ### BEGIN SOLUTION
    states = np.zeros((x.shape[0], x.shape[1], h0.shape[1]))
    h = h0
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, wx, wh, b)
        states[:, t] = h
    return states
    ### END SOLUTION

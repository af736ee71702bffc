# %% [markdown]
# # Backward through time
#
# TEXT

# %%
import numpy as np

from cell import rnn_forward


# %%
def rnn_step_backward(
    dnext: np.ndarray, x: np.ndarray, h: np.ndarray, h_next: np.ndarray, wx: np.ndarray, wh: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of one step, h_next = tanh(x wx + h wh + b).

    dnext: (N, H) the gradient of the loss with respect to h_next
    x: (N, D), h: (N, H), wx: (D, H), wh: (H, H) what the step was given
    h_next: (N, H) what it returned

    Returns (dx, dh, dwx, dwh, db), each with the shape of what it belongs to.

    >>> one = np.array([[1.0]])
    >>> dx, dh, dwx, dwh, db = rnn_step_backward(one, 3 * one, 2 * one, 0.5 * one, -4 * one, 6 * one)
    >>> dx, dh
    (array([[-3.]]), array([[4.5]]))
    >>> dwx, dwh, db
    (array([[2.25]]), array([[1.5]]), array([0.75]))
    """
    ### BEGIN SOLUTION
    dsum = dnext * (1 - h_next**2)
    return dsum @ wx.T, dsum @ wh.T, x.T @ dsum, h.T @ dsum, dsum.sum(axis=0)
    ### END SOLUTION


# %%
def rnn_backward(
    dstates: np.ndarray, x: np.ndarray, h0: np.ndarray, states: np.ndarray, wx: np.ndarray, wh: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of a whole sequence: backpropagation through time.

    dstates: (N, T, H) the gradient of the loss with respect to every state, as far as the loss looks at that
        state itself; what comes back from later steps is not in it
    x: (N, T, D), h0: (N, H), wx: (D, H), wh: (H, H) what rnn_forward was given
    states: (N, T, H) what it returned

    Returns (dx, dh0, dwx, dwh, db), each with the shape of what it belongs to. The weights are the same in every
    step, so their gradients are sums over all steps.

    >>> one = np.array([[1.0]])
    >>> x, states = np.array([[[1.0], [3.0]]]), np.array([[[0.5], [0.0]]])
    >>> dstates = np.array([[[0.0], [1.0]]])  # the loss looks at the last state only
    >>> dx, dh0, dwx, dwh, db = rnn_backward(dstates, x, 0 * one, states, 2 * one, 4 * one)
    >>> dx
    array([[[6.],
            [2.]]])
    >>> dh0, dwx, dwh, db
    (array([[12.]]), array([[6.]]), array([[0.5]]), array([4.]))
    """
    ### BEGIN SOLUTION
    dx = np.zeros(x.shape)
    dwx, dwh, db = np.zeros(wx.shape), np.zeros(wh.shape), np.zeros(len(wh))
    dh = np.zeros(h0.shape)
    for t in reversed(range(x.shape[1])):
        before = states[:, t - 1] if t > 0 else h0
        dx[:, t], dh, *shares = rnn_step_backward(dstates[:, t] + dh, x[:, t], before, states[:, t], wx, wh)
        dwx, dwh, db = dwx + shares[0], dwh + shares[1], db + shares[2]
    return dx, dh, dwx, dwh, db
    ### END SOLUTION


# %%
def clip_gradients(grads: dict[str, np.ndarray], limit: float) -> tuple[dict[str, np.ndarray], float]:
    """Gradients made shorter where all of them together are longer than a limit.

    grads: name → array, of any shapes; these arrays stay as they are
    limit: the largest norm that is left alone, above 0

    Returns (clipped, norm). norm is the length of all gradients as if they were one long vector: the root of the
    sum of all squares, before clipping. clipped has the same names and shapes: the same numbers where norm is at
    most limit, else all of them times limit / norm.

    >>> clipped, norm = clip_gradients({"w": np.array([[3.0, 0.0]]), "b": np.array([4.0])}, 1.0)
    >>> norm
    5.0
    >>> clipped["w"], clipped["b"]
    (array([[0.6, 0. ]]), array([0.8]))
    """
    ### BEGIN SOLUTION
    norm = float(np.sqrt(sum((grad**2).sum() for grad in grads.values())))
    factor = limit / norm if norm > limit else 1.0
    return {name: grad * factor for name, grad in grads.items()}, norm
    ### END SOLUTION


# %%
def gradient_norms(
    dlast: np.ndarray, x: np.ndarray, h0: np.ndarray, wx: np.ndarray, wh: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """How much of a gradient at the last state arrives at each state before it.

    dlast: (N, H) the gradient of the loss with respect to the last state, the only one that the loss looks at
    x: (N, T, D), h0: (N, H), wx: (D, H), wh: (H, H), b: (H,) as for rnn_forward

    Returns (T + 1,): entry T is the norm of dlast, entry t < T the norm of the gradient with respect to the state
    before step t, so that entry 0 belongs to h0. A norm is the root of the sum of all squares, over the batch too.

    >>> zero, one = np.zeros((1, 1)), np.ones((1, 1))
    >>> x = np.zeros((1, 3, 1))
    >>> gradient_norms(one, x, zero, one, 0.5 * one, np.zeros(1))
    array([0.125, 0.25 , 0.5  , 1.   ])
    """
    ### BEGIN SOLUTION
    states = rnn_forward(x, h0, wx, wh, b)
    norms = [np.linalg.norm(dlast)]
    d = dlast
    for t in reversed(range(x.shape[1])):
        before = states[:, t - 1] if t > 0 else h0
        _, d, *_ = rnn_step_backward(d, x[:, t], before, states[:, t], wx, wh)
        norms.append(np.linalg.norm(d))
    return np.array(norms[::-1])
    ### END SOLUTION

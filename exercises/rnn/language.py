# %% [markdown]
# # A model of language
#
# **Time:** about 120 minutes: 30 to read, 60 to write four functions and a class, 30 to train and look at
# the result.
#
# A **model of language** says how probable each next character is, after all that came before. That is
# all it does. But whoever can say that well must know a lot: which letters make a word, which words go
# together, and who it was that opened the door. And whoever can say it can also write: draw a character,
# read it, draw the next.

# %%
from collections.abc import Callable, Sequence

import numpy as np

from cell import rnn_forward, rnn_step
from sequences import one_hot
from through_time import rnn_backward

# %% [markdown]
# ## The simplest model: counting pairs
#
# Before anything is learned by gradient, something to beat. Count in a text how often each character
# follows each other one. That table is a model of language with a memory of one single character, a
# **bigram** table.
#
# ```text
#    text  a b b a b          followed by       plus 1         divided by its row
#                              a   b             a   b           a      b
#    pairs ab bb ba ab     a   0   2         a   1   3       a   0.25   0.75
#                          b   1   1         b   2   2       b   0.5    0.5
# ```
#
# Why plus 1? The pair *aa* does not occur here, but who says that it never does? A probability of 0 would
# make the very first *aa* infinitely surprising. One more count for each pair takes care of that:
# everything is possible, some of it is unlikely.
#
# The table has V² numbers. For a memory of two characters it would need V³, for ten V¹¹: with
# 27 characters, more than five million billion. A recurrent network has the same number of weights,
# however far it looks back. That is what it is for.
#
# **Pitfalls.**
#
# - Row: what came first. Column: what follows. Each *row* adds up to 1, the columns do not.
# - A pair with a character outside the alphabet is left out. Do not first delete such characters and then
#   count: in `a-b` nothing follows `a` that counts, and after deleting, `ab` would.
# - Add the 1 before you divide. And add it to every pair, also in a row that was never seen.
# - Line ends and spaces are characters as others are. They count where the alphabet has them.
# - Name the encoding when you open the file. Not every computer takes UTF-8 by itself.

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
    raise NotImplementedError("bigram_table is not written yet")

# %% [markdown]
# ## How wrong is a guess?
#
# After each character the network gives one **score** for each character of the alphabet. Softmax makes
# probabilities of them, and the loss is the surprise at what really came, −log p. As in a classifier,
# only that there is one question at every *place* of every sequence:
#
#     pₖ = e^zₖ / (Σⱼ e^zⱼ)
#     loss = −1/R Σ(n,t) mask[n, t] log p[n, t, target]
#
# where R is the number of real places, the sum of the mask.
#
# ```text
#    scores (N, T, V)        targets (N, T)      mask (N, T)
#
#    [. . .] [. . .] [. . .]      2  0  1          1  1  1        each [. . .] is a softmax of its own
#    [. . .] [ pad ] [ pad ]      1  0  0          1  0  0        4 real places: divide by 4, not by 6
# ```
#
# **The mask.** At padding nothing came, so nobody can be surprised. Those places count neither in the sum
# nor in the number that it is divided by. Forget the second, and a batch with much padding seems to be
# easier than it is. Forget both, and the network learns to write padding.
#
# The mean is one over all real *characters* of the batch. That is not the mean over sequences of their
# means: there, a character of a short word would weigh more than one of a long word.
#
# **The gradient** is as short as ever: probability minus the one-hot target, at each real place, divided
# by the number of real places; 0 at padding.
#
#     dscores[n, t] = mask[n, t]/R · (p[n, t] − onehot(target[n, t]))
#
# **Large scores.** e¹⁰⁰⁰ is infinite. A constant added to all V scores of a place changes no
# probability, so take off the largest of each place first. And write the log out, instead of taking the
# log of a probability that may be 0: log pₖ = (zₖ − m) − log Σⱼ e^(zⱼ − m), with m the
# largest.
#
# A model that knows nothing finds every character equally probable. Its loss is log V: 3.3 for 27
# characters. Each real model begins near that; what is far above has an error in it.
#
# **Pitfalls.**
#
# - **Softmax over the wrong axis.** Over V, the last. Over time, the places would compete with each
#   other.
# - **Loss averaged over padding**: `.mean()` divides by N·T.
# - **Mask ignored in the gradient**, or only there.
# - The largest score of each place, `keepdims=True`, not of the whole array.
# - The scores at padding may be anything, and their p is not the target's one-hot. Their gradient has to
#   be set to 0.

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
    raise NotImplementedError("temporal_softmax_loss is not written yet")

# %% [markdown]
# ## The whole model
#
# Now everything comes together, and each part is written already. One-hot rows go into the network; each
# state, times `wy`, plus `by`, gives scores; scores and targets give the loss. Then back.
#
# ```text
#    forward                                shape         backward, read from the bottom up
#    x = one_hot(ids, V)                    (N, T, V)     (x is data: it needs no gradient)
#    states = rnn_forward(x, 0, ...)        (N, T, H)     dwx, dwh, db, from rnn_backward(dstates, ...)
#    scores = states @ wy + by              (N, T, V)     dstates = dscores @ wyᵀ
#                                                         dwy = Σ statesᵀ dscores,  dby = Σ dscores
#    loss = temporal_softmax_loss(...)      one number    dscores, from the same function
# ```
#
# `wy` and `by` are used at every place of every sequence, so their gradients are sums over n *and* t. One
# way: lay all places below each other, `states.reshape(-1, H)` and `dscores.reshape(-1, V)`; then it is
# the dense layer that you know.
#
# `dstates` is how the loss looks at each state *directly*. That a state also matters for all later
# guesses is added by `rnn_backward`. That is the whole point of it.
#
# The windows of a text hang together, but each begins here with state 0: it is read as if nothing had
# come before. Nothing is learned over a border of windows. How far back a model can learn is limited by
# T, and by what you saw in the chapter about time.
#
# **Pitfalls.**
#
# - The targets are given; don't shift them a second time.
# - Divide nothing by N or T here: the loss has done it.
# - `params["wx"]` has V rows: that is where V stands.
# - The keys of grads are those of params, all five, and each gradient has its parameter's shape. Print
#   both side by side.
# - A gradient is only as good as its check: move one number of each array a little, both ways.

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
    raise NotImplementedError("rnn_loss is not written yet")

# %% [markdown]
# ## A reader that remembers
#
# Training reads windows, many at a time. To *use* the model you want something that reads one text, bit
# by bit, and says at any time what may come next. It has to keep its state between two calls: a function
# forgets, an object does not.
#
# ```text
#    reader = Reader(params)       state 0
#    reader.read([t, h])           state after "th"      --> scores of what comes next
#    reader.read([e])              state after "the"     --> scores of what comes next
#    reader.forget()               state 0
# ```
#
# Reading in two bites must give the same as reading all at once. That is the best check of it, and a
# property that you can rely on later: a text may be as long as it likes and still costs one state.
#
# **Pitfalls.**
#
# - **The state is not carried on**: `read` begins at 0 each time, or computes the new state and does not
#   keep it.
# - *All* ids are read, one after the other, not only the last.
# - The state belongs to *this* reader. Written in the class instead of in `self`, all readers would share
#   it.
# - `rnn_step` wants and gives (1, H), the state is (H,).
# - Reading changes the state, never params.

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
        raise NotImplementedError("Reader.read is not written yet")

    def forget(self) -> None:
        """Back to the state of the beginning."""
        raise NotImplementedError("Reader.forget is not written yet")

# %% [markdown]
# ## Letting it write
#
# A model that says what may come next can write: draw one character by its probabilities, read it, ask
# again. What the model says depends on what was drawn, and so its own words lead it on.
#
# ```text
#    start --> [model] --> scores --> probabilities --> draw "t" --.
#                 ^                                                |
#                 '------------------- reads "t" <-----------------'
# ```
#
# **Why draw, and not take the most probable?** Always taking the best is called *greedy*. It looks safe,
# and turns in circles: *the the the the*. The same state always has the same answer, and a text that
# surprises nobody is not a text. A text drawn by the probabilities is surprising about as often as the
# real one.
#
# **Temperature** is a knob between the two. Divide the scores by it before the softmax:
#
# ```text
#    scores             2      1      0
#
#    temperature 0.5    0.87   0.12   0.02      careful: near greedy
#    temperature 1      0.67   0.24   0.09      what the model believes
#    temperature 2      0.51   0.31   0.19      daring: nearly anything goes
# ```
#
# **How to draw.** Lay the probabilities side by side on a line from 0 to 1, and throw one number u:
#
# ```text
#    id      0        1                 2
#         |------|------------|------------------|
#         0     0.2          0.5      ^          1
#                                     u = 0.8: id 2
# ```
#
# The id is the first whose part of the line ends *behind* u.
#
# Here the model is not an array but a **function** that you are given: `scores_after(last)`. Whatever can
# answer that question can write: a Reader, `lambda last: reader.read([last])`; the bigram table,
# `lambda last: np.log(table[last])`; or a rule that you make up. That is why `sample` need not know what
# a network is.
#
# **Pitfalls.**
#
# - **Greedy**: an `argmax` where something should be drawn.
# - **Temperature multiplied**: 0.5 then makes the text wild, 2 makes it dull.
# - What was drawn is not read: `scores_after(start)` in every turn.
# - The start is not part of the result, and there are exactly `length` ids.
# - Ask once for each id. The model behind may have a state, and asking *is* reading.
# - One number of chance for each id, from `rng`, not from `np.random`: or nobody can repeat what you saw.
# - Take off the largest score before the exponential, after dividing: with a small temperature scores get
#   large.

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
    raise NotImplementedError("sample is not written yet")

# %% [markdown]
# ## What to remember
#
# - A model of language gives a probability for each next character. Counting pairs is the simplest; it is
#   what has to be beaten.
# - Softmax over V at each place; the loss is the mean over *real* characters, and so is its gradient. A
#   new model begins at log V.
# - Each part is used at every place: all gradients of weights are sums over n and t.
# - A reader keeps its state between calls: two bites give the same as one.
# - Draw, don't take the best. Temperature divides the scores: low is careful, high is wild.

# %% [markdown]
# ## Capstone: does it work?
#
# When the checks of this chapter pass, let your network learn. In a terminal, in this folder,
# `python capstone.py`; in the notebook, in a new cell:
#
# ```python
# from capstone import run
# run()
# ```
#
# It trains your character model on a small tale, the log of a harbour in `data/tale.txt`, with your
# `text_windows`, `rnn_loss` and `clip_gradients`; with our solution that takes half a minute. Beside it
# stands your `bigram_table` of the same tale, with *more* numbers in it (2,116) than the network has
# weights (2,044). Both are then asked about the days at the end of the log, `data/tale_end.txt`, which
# neither has seen.
#
# The surprise is printed in **bits**: the loss, divided by log 2. With 2 bits a character a model is as
# unsure as between 2² = 4 equally probable characters, with half a bit as between 2^(0.5) = 1.4.
# Look at three things:
#
# - **The bits on the days held out**, of both. Which model is less surprised, and with how many
#   parameters?
# - **How far back it remembers.** The network is asked the same questions again, and is shown only the
#   last few characters before each: 1, 2, 4, 8, 16, 32, 64. From where on do more of them no longer help?
#   Think of what `show_gradient_norms` printed. With one or two it is worse than the table: in training it hardly
#   ever had to guess with so little.
# - **What it writes**, at temperatures 0.2, 0.6, 1 and 1.5. Which one looks most like the tale? What does
#   it have right (letters, words, line ends), and what not at all? Read on: does a captain keep boat,
#   fish and pronoun to the end of the day? The table's text stands below.
#
# `capstone.svg` has the curves. With our solution, the mean of five seeds is 0.51 bits a character, and
# 2.81 for the table. With 1 character of memory it is 4.51, with 2 it is 3.49, with 4 it is 1.68, with 8
# it is 0.66, with 16 it is 0.42; what lies further back brings 0.03 more. (That is below 0.51, because
# there every day begins with an empty state, and here with the days before it.) Yours should be close;
# try other seeds with `run(seed=1)`.

"""Hidden tests of the chapter `language`, its losses and its table: 16 points. The rest: test_writing.py."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.testing import agree, magnitude

from .models import Model, model, models
from .strategies import FLOAT32, SEEDS, UNITS, Array, Ids, halves, part, same_keys

TEXTS = st.sampled_from(("data/rhyme.txt", "data/tale.txt"))
#: Some that are frequent in any English text.
COMMON = "adehilnorst"
#: What both losses return.
SCORED, LOSS = "loss, dscores", "loss, grads"


@st.composite
def alphabets(draw: st.DrawFn, letters: str, *, always: str = "") -> tuple[str, str]:
    """Calls of bigram_table: a text, and three to seven characters in any order. always: some that are among them."""
    rng = np.random.default_rng(draw(SEEDS))
    others = rng.permutation(sorted(set(letters) - set(always)))[: draw(st.integers(3, 6)) - len(always)]
    return draw(TEXTS), "".join(rng.permutation([*others, *always]))


@pytest.mark.exercise("bigram_table", points=1)
def test_letters_in_order(student: SimpleNamespace, reference: SimpleNamespace) -> None:
    """Frequent letters, in their order"""
    for path in ("data/rhyme.txt", "data/tale.txt"):
        agree(student.bigram_table(path, COMMON), reference.bigram_table(path, COMMON), what=path)


@pytest.mark.exercise("bigram_table", points=1.5)
@given(call=alphabets(COMMON, always="e"))
@example(call=("data/rhyme.txt", "thei"))
@example(call=("data/rhyme.txt", "eabdntu"))
def test_some_letters(student: SimpleNamespace, reference: SimpleNamespace, call: tuple[str, str]) -> None:
    """A few letters in any order: pairs with another character do not count"""
    agree(student.bigram_table(*call), reference.bigram_table(*call))


@pytest.mark.exercise("bigram_table", points=0.75)
@given(call=alphabets("XZ0123456789#%+", always="e"))
@example(call=("data/rhyme.txt", "X0e"))
@example(call=("data/rhyme.txt", "ZX"))
def test_characters_that_do_not_occur(
    student: SimpleNamespace, reference: SimpleNamespace, call: tuple[str, str]
) -> None:
    """Characters that are not in the text: no pair is impossible"""
    agree(student.bigram_table(*call), reference.bigram_table(*call))


@pytest.mark.exercise("bigram_table", points=0.75)
@given(call=alphabets(COMMON + "T,.;", always="\n "))
@example(call=("data/rhyme.txt", "\nta,;"))
def test_line_ends(student: SimpleNamespace, reference: SimpleNamespace, call: tuple[str, str]) -> None:
    """The end of a line is a character, too"""
    agree(student.bigram_table(*call), reference.bigram_table(*call))


@dataclass(frozen=True)
class Scored:
    """A call of temporal_softmax_loss: scores (N, T, V), targets (N, T), mask (N, T)."""

    scores: Array
    targets: Ids
    mask: Array

    @property
    def args(self) -> tuple[Array, Ids, Array]:
        return self.scores, self.targets, self.mask

    def times(self, unit: float) -> Scored:
        return replace(self, scores=self.scores * unit)


def scored(seed: int, sizes: tuple[int, int, int] = (2, 3, 4), *, padded: bool = True) -> Scored:
    """The call that belongs to a seed. padded: sequence 0 ends before the others, and another one may."""
    n, t, v = sizes
    rng = np.random.default_rng([seed, 4])
    lengths = rng.integers(1, t + 1, n)
    lengths[0] = rng.integers(1, t) if padded and t > 1 else t
    mask = (np.arange(t) < lengths[:, np.newaxis]).astype(float) if padded else np.ones((n, t))
    targets = rng.integers(0, v, (n, t))
    return Scored(2 * halves(rng, n, t, v), targets, mask)


@st.composite
def losses(
    draw: st.DrawFn,
    shapes: tuple[tuple[int, int, int], ...],
    *,
    padded: bool,
    units: tuple[float, ...] = (1.0,),
) -> Scored:
    """Calls of temporal_softmax_loss."""
    call = scored(draw(SEEDS), draw(st.sampled_from(shapes)), padded=padded)
    return call.times(draw(st.sampled_from(units)))


ONE_PLACE = ((1, 1, 3), (1, 1, 4), (1, 1, 2))
SEVERAL = ((2, 3, 4), (3, 2, 4), (4, 3, 2), (2, 4, 3), (1, 3, 4))


@pytest.mark.exercise("temporal_softmax_loss", points=1)
@given(call=losses(ONE_PLACE, padded=False))
@example(call=scored(1, (1, 1, 3), padded=False))
def test_one_place(student: SimpleNamespace, reference: SimpleNamespace, call: Scored) -> None:
    """One place of one sequence: loss and gradient"""
    got, right = student.temporal_softmax_loss(*call.args), reference.temporal_softmax_loss(*call.args)
    agree(got, right, tolerance=FLOAT32, what=SCORED)


@pytest.mark.exercise("temporal_softmax_loss", points=1)
@given(call=losses(SEVERAL, padded=False))
@example(call=scored(2, padded=False))
def test_loss(student: SimpleNamespace, reference: SimpleNamespace, call: Scored) -> None:
    """The loss where all places are real: the mean over N and T"""
    got, right = student.temporal_softmax_loss(*call.args), reference.temporal_softmax_loss(*call.args)
    agree(part(got, 0, SCORED), right[0], tolerance=FLOAT32, what="loss")


@pytest.mark.exercise("temporal_softmax_loss", points=1)
@given(call=losses(SEVERAL, padded=False))
@example(call=scored(3, padded=False))
def test_gradient(student: SimpleNamespace, reference: SimpleNamespace, call: Scored) -> None:
    """The gradient where all places are real"""
    got, right = student.temporal_softmax_loss(*call.args), reference.temporal_softmax_loss(*call.args)
    agree(part(got, 1, SCORED), right[1], tolerance=FLOAT32, what="dscores")


@pytest.mark.exercise("temporal_softmax_loss", points=1.25)
@given(call=losses(SEVERAL, padded=True))
@example(call=scored(4))
def test_loss_with_padding(student: SimpleNamespace, reference: SimpleNamespace, call: Scored) -> None:
    """The loss where some places are padding: the mean over the real ones"""
    got, right = student.temporal_softmax_loss(*call.args), reference.temporal_softmax_loss(*call.args)
    agree(part(got, 0, SCORED), right[0], tolerance=FLOAT32, what="loss")


@pytest.mark.exercise("temporal_softmax_loss", points=1.25)
@given(call=losses(SEVERAL, padded=True))
@example(call=scored(5))
def test_gradient_with_padding(student: SimpleNamespace, reference: SimpleNamespace, call: Scored) -> None:
    """The gradient where some places are padding: 0 there"""
    got, right = student.temporal_softmax_loss(*call.args), reference.temporal_softmax_loss(*call.args)
    agree(part(got, 1, SCORED), right[1], tolerance=FLOAT32, what="dscores")


@pytest.mark.exercise("temporal_softmax_loss", points=0.5)
@given(call=losses(SEVERAL, padded=True, units=(0.137, 3.7, 1.3e-6)))
@example(call=Scored(np.array([[[11.7, 0.0]]]), np.array([[0]]), np.ones((1, 1))))
@example(call=Scored(np.array([[[1.3e-6, -2.6e-6, 0.0]]]), np.array([[1]]), np.ones((1, 1))))
def test_any_scores(student: SimpleNamespace, reference: SimpleNamespace, call: Scored) -> None:
    """Fractions and small numbers"""
    got, right = student.temporal_softmax_loss(*call.args), reference.temporal_softmax_loss(*call.args)
    agree(got, right, scale=(max(1.0, magnitude(call.scores)), 1.0), what=SCORED)


@pytest.mark.exercise("temporal_softmax_loss", points=1)
@given(call=losses(SEVERAL[:3], padded=False, units=(400.1, 571428.4)))
@example(
    call=Scored(
        np.array([[[1000.0, 999.0, -1000.0], [-1000.0, -1001.0, -1000.0]]]),
        np.array([[2, 1]]),
        np.ones((1, 2)),
    )
)
@example(call=Scored(np.array([[[857142.6, -857142.6, 0.0]]]), np.array([[1]]), np.ones((1, 1))))
def test_large_scores(student: SimpleNamespace, reference: SimpleNamespace, call: Scored) -> None:
    """Large scores of either sign: nothing overflows, and no log of 0"""
    got, right = student.temporal_softmax_loss(*call.args), reference.temporal_softmax_loss(*call.args)
    agree(got, right, scale=(max(1.0, magnitude(call.scores)), 1.0), what=SCORED)


def agree_gradients(got: object, expected: dict[str, Array], call: Model, keys: tuple[str, ...]) -> None:
    """Require these gradients; those of wy and wh are as small as the states are."""
    grads = same_keys(part(got, 1, LOSS), {key: expected[key] for key in keys}, "grads")
    for key in keys:
        scale = call.unit if key in ("wy", "wh") else 1.0
        agree(grads[key], expected[key], tolerance=FLOAT32, scale=scale, what=key)


@pytest.mark.exercise("rnn_loss", points=1)
@given(call=models(padded=False))
@example(call=model(1, padded=False))
def test_model_loss(student: SimpleNamespace, reference: SimpleNamespace, call: Model) -> None:
    """The loss of a batch without padding"""
    loss = part(student.rnn_loss(*call.args), 0, LOSS)
    agree(loss, reference.rnn_loss(*call.args)[0], tolerance=FLOAT32, what="loss")


@pytest.mark.exercise("rnn_loss", points=1.25)
@given(call=models(padded=False, one_sequence=True))
@example(call=model(2, (1, 3, 4, 2), padded=False))
def test_output_gradients(student: SimpleNamespace, reference: SimpleNamespace, call: Model) -> None:
    """The gradients of wy and by, for one sequence without padding"""
    expected = reference.rnn_loss(*call.args)[1]
    agree_gradients(student.rnn_loss(*call.args), expected, call, ("wy", "by"))


@pytest.mark.exercise("rnn_loss", points=1.25)
@given(call=models(padded=False))
@example(call=model(3, padded=False))
def test_network_gradients(student: SimpleNamespace, reference: SimpleNamespace, call: Model) -> None:
    """The gradients of wx, wh and b, without padding"""
    expected = reference.rnn_loss(*call.args)[1]
    agree_gradients(student.rnn_loss(*call.args), expected, call, ("wx", "wh", "b"))


@pytest.mark.exercise("rnn_loss", points=0.75)
@given(call=models(padded=True))
@example(call=model(4, padded=True))
def test_model_with_padding(student: SimpleNamespace, reference: SimpleNamespace, call: Model) -> None:
    """Loss and gradients of a batch with padding"""
    got, (loss, grads) = student.rnn_loss(*call.args), reference.rnn_loss(*call.args)
    agree(part(got, 0, LOSS), loss, tolerance=FLOAT32, what="loss")
    agree_gradients(got, grads, call, ("wx", "wh", "b", "wy", "by"))


@pytest.mark.exercise("rnn_loss", points=0.75)
@given(call=models(padded=False, units=True))
@example(call=model(5, padded=False).times(UNITS[0]))
@example(call=model(6, padded=False).times(UNITS[1]))
@example(call=model(7, padded=False).times(UNITS[2]))
def test_model_of_any_numbers(student: SimpleNamespace, reference: SimpleNamespace, call: Model) -> None:
    """Fractions, large and small numbers, without padding"""
    got, (loss, grads) = student.rnn_loss(*call.args), reference.rnn_loss(*call.args)
    agree(part(got, 0, LOSS), loss, tolerance=FLOAT32, scale=magnitude(call.params["by"]), what="loss")
    agree_gradients(got, grads, call, ("wx", "wh", "b", "wy", "by"))

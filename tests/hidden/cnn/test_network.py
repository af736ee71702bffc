"""Hidden tests of the chapter `network`: 15 points.

No ReLU and no pool of a network is decided by rounding (see `network` in strategies.py): every correct order of
summation, a convolution by FFT or in float32 too, takes the same branches. Values are compared with more tolerance
than elsewhere for the same reason.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.testing import agree, agree_shapes, magnitude, require

from .strategies import UNITS, Array, Layers, Network, network, networks, probe, scores, stacks

#: Sums of exponentials in float32 are good to about 1e-6 of the largest term.
FLOAT32 = 1e-5
#: Fewer than of other inputs: a network in plain loops takes a hundred times as long as a convolution.
NETWORKS = 12

#: Few maps where they are large: they cost most.
PROBE = network(11, image=(2, 17, 20), filters=(1, 2, 3, 2), images=2, classes=4)
#: To be taken times a unit.
LITTLE = network(7, image=(1, 16, 16), filters=(1, 1, 1, 1), images=1, classes=2)


def part(got: object, number: int, names: str) -> object:
    """One of the two values that softmax_loss or cnn_loss returns, whatever the other one is."""
    require(isinstance(got, list | tuple) and len(got) == 2, f"expected two values: {names}", got=got)
    assert isinstance(got, list | tuple)
    return got[number]


def agree_gradients(
    got: object, expected: dict[str, Array], keys: tuple[str, ...], unit: float = 1.0
) -> None:
    """Require these gradients, each on its own scale: w5's are often a hundred times as large as b1's.

    unit: that of the image. Biases of maps have its inverse: the maps grew, and the logits did not.
    """
    grads = part(got, 1, "loss, grads")
    require(isinstance(grads, dict), "grads should be a dict with the keys of params", got=grads)
    assert isinstance(grads, dict)
    for key in keys:
        require(key in grads, f"grads has no {key!r}", got=sorted(map(str, grads)))
        scale = 1 / unit if key in ("b1", "b2", "b3", "b4") else 1.0
        agree(grads[key], expected[key], tolerance=FLOAT32, scale=scale, what=key)


@pytest.mark.exercise("shape_trace", points=1)
@given(stack=stacks(kinds=("conv", "relu"), most=3, dense=False, plain=True))
@example(stack=([("conv", 5, 3, 1, 0), ("relu",), ("conv", 4, 2, 1, 0)], (3, 8, 8)))
def test_trace_of_convolutions(
    student: SimpleNamespace, reference: SimpleNamespace, stack: tuple[Layers, tuple[int, int, int]]
) -> None:
    """Convolutions and ReLUs on a square image: one shape a layer"""
    agree_shapes(student.shape_trace(*stack), reference.shape_trace(*stack))


@pytest.mark.exercise("shape_trace", points=0.5)
@given(stack=stacks(kinds=("maxpool", "relu"), dense=False))
@example(stack=([("maxpool", 2, 2), ("relu",), ("maxpool", 3, 1)], (2, 13, 10)))
def test_trace_of_pools(
    student: SimpleNamespace, reference: SimpleNamespace, stack: tuple[Layers, tuple[int, int, int]]
) -> None:
    """Pools: channels stay, ragged edges are dropped, height and width each have their own length"""
    agree_shapes(student.shape_trace(*stack), reference.shape_trace(*stack))


@pytest.mark.exercise("shape_trace", points=0.75)
@given(stack=stacks(kinds=("relu",), most=2, plain=True))
@example(stack=([("relu",), ("flatten",), ("dense", 7), ("relu",), ("dense", 5)], (3, 4, 4)))
def test_trace_of_dense_layers(
    student: SimpleNamespace, reference: SimpleNamespace, stack: tuple[Layers, tuple[int, int, int]]
) -> None:
    """(D,) after flatten and (units,) after dense, on a square image"""
    agree_shapes(student.shape_trace(*stack), reference.shape_trace(*stack))


@pytest.mark.exercise("shape_trace", points=0.75)
@given(stack=stacks())
@example(
    stack=(
        [
            ("conv", 4, 3, 2, 1),
            ("relu",),
            ("maxpool", 2, 2),
            ("flatten",),
            ("dense", 7),
            ("relu",),
            ("dense", 5),
        ],
        (3, 14, 9),
    )
)
@example(stack=([("maxpool", 3, 2), ("conv", 300, 3, 1, 1), ("flatten",), ("dense", 9)], (3, 4099, 2501)))
def test_trace_to_the_end(
    student: SimpleNamespace, reference: SimpleNamespace, stack: tuple[Layers, tuple[int, int, int]]
) -> None:
    """Whole stacks: stride, padding and pools, down to the last dense layer"""
    agree_shapes(student.shape_trace(*stack), reference.shape_trace(*stack))


@pytest.mark.exercise("cnn_forward", points=1.75, examples=NETWORKS)
@given(net=networks(smallest=True, positive=True, one_image=True))
@example(net=network(3, image=(1, 16, 16), filters=(1, 2, 2, 3), images=1, positive=True))
def test_forward_positive(student: SimpleNamespace, reference: SimpleNamespace, net: Network) -> None:
    """One image, nothing negative, maps of 1×1 at the end: no ReLU, ragged edge or order of flattening matters"""
    agree(student.cnn_forward(net.params, net.x), reference.cnn_forward(net.params, net.x), tolerance=FLOAT32)


@pytest.mark.exercise("cnn_forward", points=1.25, examples=NETWORKS)
@given(net=networks(square=True))
@example(net=network(5, image=(2, 16, 16), filters=(1, 2, 3, 2), images=2))
def test_forward_relu(student: SimpleNamespace, reference: SimpleNamespace, net: Network) -> None:
    """Filters of both signs: a ReLU after each convolution, none after the dense layer"""
    agree(student.cnn_forward(net.params, net.x), reference.cnn_forward(net.params, net.x), tolerance=FLOAT32)


@pytest.mark.exercise("cnn_forward", points=1, examples=NETWORKS)
@given(net=networks(units=True))
@example(net=PROBE)
@example(net=LITTLE.times(UNITS[1]))
@example(net=LITTLE.times(UNITS[2]))
def test_forward_any_size(student: SimpleNamespace, reference: SimpleNamespace, net: Network) -> None:
    """Images that are not square, pools with a ragged edge, large and small numbers"""
    logits = student.cnn_forward(net.params, net.x)
    agree(logits, reference.cnn_forward(net.params, net.x), tolerance=FLOAT32, scale=net.unit)


@pytest.mark.exercise("softmax_loss", points=1.25)
@given(pair=scores())
@example(pair=(probe(4, 3), np.array([2, 0, 1, 2])))
def test_loss_value(
    student: SimpleNamespace, reference: SimpleNamespace, pair: tuple[Array, NDArray[np.int64]]
) -> None:
    """The loss: the mean over the batch of −log p of the right class"""
    loss = part(student.softmax_loss(*pair), 0, "loss, dlogits")
    agree(loss, reference.softmax_loss(*pair)[0], tolerance=FLOAT32, what="loss")


@pytest.mark.exercise("softmax_loss", points=1.25)
@given(pair=scores())
@example(pair=(probe(4, 3), np.array([2, 0, 1, 2])))
def test_logits_gradient(
    student: SimpleNamespace, reference: SimpleNamespace, pair: tuple[Array, NDArray[np.int64]]
) -> None:
    """dlogits: (p − onehot)/N"""
    dlogits = part(student.softmax_loss(*pair), 1, "loss, dlogits")
    agree(dlogits, reference.softmax_loss(*pair)[1], tolerance=FLOAT32, what="dlogits")


@pytest.mark.exercise("softmax_loss", points=0.5)
@given(pair=scores(units=st.sampled_from((0.137, 3.7, 500.0, 142857.1))))
@example(
    pair=(
        np.array([[1000.0, 999.0, -1000.0], [-1000.0, -1001.0, -1000.0], [-2000.0, -1500.0, 1500.0]]),
        np.array([2, 1, 0]),
    )
)
@example(pair=(np.array([[11.7, 0.0]]), np.array([0])))
@example(pair=(np.array([[857142.6, -857142.6, 0.0]]), np.array([1])))
@example(pair=(np.array([[1.3e-6, -2.6e-6, 0.0]]), np.array([1])))
def test_large_logits(
    student: SimpleNamespace, reference: SimpleNamespace, pair: tuple[Array, NDArray[np.int64]]
) -> None:
    """Large logits of either sign: nothing overflows, and no log of 0; fractions and small numbers"""
    # A float32 logit is rounded as it stands; what is left of that in a probability is rounded beside 1.
    scale = max(1.0, magnitude(pair[0])), 1.0
    agree(student.softmax_loss(*pair), reference.softmax_loss(*pair), scale=scale, what="loss, dlogits")


@pytest.mark.exercise("cnn_loss", points=1, examples=NETWORKS)
@given(net=networks())
@example(net=PROBE)
def test_network_loss(student: SimpleNamespace, reference: SimpleNamespace, net: Network) -> None:
    """The loss of a batch"""
    loss = part(student.cnn_loss(net.params, net.x, net.labels), 0, "loss, grads")
    agree(loss, reference.cnn_loss(net.params, net.x, net.labels)[0], tolerance=FLOAT32, what="loss")


@pytest.mark.exercise("cnn_loss", points=1, examples=NETWORKS)
@given(net=networks(square=True, positive=True, one_image=True))
@example(net=network(3, image=(1, 20, 20), filters=(1, 2, 2, 3), images=1, positive=True))
def test_dense_gradient(student: SimpleNamespace, reference: SimpleNamespace, net: Network) -> None:
    """The gradient of the dense layer's weights, w5, for one image"""
    expected = reference.cnn_loss(net.params, net.x, net.labels)[1]
    agree_gradients(student.cnn_loss(net.params, net.x, net.labels), expected, ("w5",))


@pytest.mark.exercise("cnn_loss", points=1, examples=NETWORKS)
@given(net=networks())
@example(net=PROBE)
def test_second_block(student: SimpleNamespace, reference: SimpleNamespace, net: Network) -> None:
    """The gradients of the second block's filters, w4 and w3"""
    expected = reference.cnn_loss(net.params, net.x, net.labels)[1]
    agree_gradients(student.cnn_loss(net.params, net.x, net.labels), expected, ("w4", "w3"))


@pytest.mark.exercise("cnn_loss", points=1, examples=NETWORKS)
@given(net=networks(units=True, same_logits=True))
@example(net=PROBE)
@example(net=LITTLE.times(UNITS[1], same_logits=True))
@example(net=LITTLE.times(UNITS[2], same_logits=True))
def test_first_block(student: SimpleNamespace, reference: SimpleNamespace, net: Network) -> None:
    """The gradients of the first block's filters, w2 and w1, also for images of large and small numbers"""
    expected = reference.cnn_loss(net.params, net.x, net.labels)[1]
    agree_gradients(student.cnn_loss(net.params, net.x, net.labels), expected, ("w2", "w1"), net.unit)


@pytest.mark.exercise("cnn_loss", points=1, examples=NETWORKS)
@given(net=networks(units=True, same_logits=True))
@example(net=PROBE)
@example(net=LITTLE.times(UNITS[1], same_logits=True))
@example(net=LITTLE.times(UNITS[2], same_logits=True))
def test_bias_gradients(student: SimpleNamespace, reference: SimpleNamespace, net: Network) -> None:
    """The gradients of all biases, b1 to b5"""
    expected = reference.cnn_loss(net.params, net.x, net.labels)[1]
    keys = ("b5", "b4", "b3", "b2", "b1")
    agree_gradients(student.cnn_loss(net.params, net.x, net.labels), expected, keys, net.unit)

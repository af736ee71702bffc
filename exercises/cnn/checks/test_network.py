"""Checks of the chapter `network`: shapes and logits by hand, losses, and gradients against your own loss."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.testing import agree, agree_shapes, real_array, require

# The same few inputs on every run, so that an answer changes only when the code does.
FEW = settings(
    max_examples=15,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
DELTA = np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
PARAMS = ("w1", "b1", "w2", "b2", "w3", "b3", "w4", "b4", "w5", "b5")


def copying_network() -> dict[str, np.ndarray]:
    """One channel; each filter copies its input; logits are m and -m of the last maximum m."""
    params = {f"w{k}": DELTA.reshape(1, 1, 3, 3) for k in range(1, 5)}
    params |= {f"b{k}": np.zeros(1) for k in range(1, 5)}
    return params | {"w5": np.array([[1.0, -1.0]]), "b5": np.array([0.0, 3.0])}


def random_network() -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """A fixed small network with two images of 17×16, all numbers different: params, x, labels."""
    rng = np.random.default_rng(44)
    sides = {"w1": (2, 1, 3, 3), "w2": (3, 2, 3, 3), "w3": (2, 3, 3, 3), "w4": (3, 2, 3, 3), "w5": (3, 4)}
    params = {key: rng.normal(0.1, 0.4, shape) for key, shape in sides.items()}
    params |= {f"b{k}": rng.normal(0.3, 0.2, params[f"w{k}"].shape[0]) for k in range(1, 5)}
    params["b5"] = rng.normal(0.0, 0.2, 4)
    params["w5"] = params["w5"] / 4
    # Low enough for the last ReLU to close a whole window: a gradient that slips through there is noticed.
    params["b4"] = params["b4"] - 2.0
    return params, rng.normal(0.0, 1.0, (2, 1, 17, 16)), np.array([2, 0])


def loss_and_gradient(got: object, names: str) -> tuple[Any, Any]:
    """The two values that the loss functions return."""
    require(isinstance(got, list | tuple) and len(got) == 2, f"expected two values: {names}", got=got)
    assert isinstance(got, list | tuple)
    return got[0], got[1]


@pytest.mark.exercise("shape_trace")
def test_trace_by_hand(student: Any) -> None:
    """A small stack for 28×28 digits"""
    layers = [("conv", 4, 3, 1, 0), ("relu",), ("maxpool", 2, 2), ("flatten",), ("dense", 10)]
    agree_shapes(
        student.shape_trace(layers, (1, 28, 28)), [(4, 26, 26), (4, 26, 26), (4, 13, 13), (676,), (10,)]
    )


@pytest.mark.exercise("shape_trace")
def test_trace_of_an_oblong_image(student: Any) -> None:
    """Stride 2, padding and a ragged pool on an image of 9×6"""
    layers = [("conv", 5, 3, 2, 1), ("maxpool", 2, 1), ("maxpool", 2, 2)]
    agree_shapes(student.shape_trace(layers, (3, 9, 6)), [(5, 5, 3), (5, 4, 2), (5, 2, 1)])


@pytest.mark.exercise("cnn_forward")
def test_filters_that_copy(student: Any) -> None:
    """Filters that copy: the logits come from the maximum of rows and columns 6 to 9"""
    x = np.zeros((2, 1, 16, 16))
    x[0, 0, 7, 8] = 5.0
    x[0, 0, 5, 8] = 90.0  # outside
    x[1, 0, 9, 6] = 2.0
    agree(student.cnn_forward(copying_network(), x), np.array([[5.0, -2.0], [2.0, 1.0]]))


@pytest.mark.exercise("cnn_forward")
def test_relu_between_the_layers(student: Any) -> None:
    """Filters that turn the sign: a ReLU leaves nothing of a bright picture, for the next filter to turn back"""
    params, x = copying_network(), np.ones((1, 1, 18, 17))
    for turned in (("w1", "w2"), ("w2", "w3"), ("w3", "w4"), ("w4",)):
        changed = {**params, **{key: -params[key] for key in turned}}
        agree(
            student.cnn_forward(changed, x), np.array([[0.0, 3.0]]), what=f"{' and '.join(turned)} negative"
        )


@pytest.mark.exercise("cnn_forward")
def test_every_bias_counts(student: Any) -> None:
    """A black picture and filters that copy: each bias adds its own number"""
    params = copying_network() | {f"b{k}": np.array([10.0**k]) for k in range(1, 5)}
    agree(student.cnn_forward(params, np.zeros((1, 1, 16, 17))), np.array([[11110.0, -11107.0]]))


@pytest.mark.exercise("cnn_forward")
def test_images_do_not_mix(student: Any) -> None:
    """Images in another order give the same logits in that order"""
    params, x, _ = random_network()
    forward = real_array(student.cnn_forward(params, x))
    require(forward.shape == (2, 4), f"shape {forward.shape}, expected (2, 4)", got=forward)
    require(bool((np.abs(forward[0] - forward[1]) > 1e-6).any()), "two images, one answer", got=forward)
    agree(student.cnn_forward(params, x[::-1].copy()), forward[::-1])


@pytest.mark.exercise("softmax_loss")
def test_equal_logits(student: Any) -> None:
    """Four equal logits: the loss is log 4, every class has p = 1/4"""
    dlogits = np.array([[0.25, 0.25, -0.75, 0.25], [-0.75, 0.25, 0.25, 0.25]]) / 2
    got = student.softmax_loss(np.full((2, 4), 3.0), np.array([2, 0]))
    agree(got, (np.log(4.0), dlogits), tolerance=1e-5, what="loss, dlogits")


@pytest.mark.exercise("softmax_loss")
def test_two_classes_by_hand(student: Any) -> None:
    """Logits log 3 and 0: p is 3/4 and 1/4"""
    got = student.softmax_loss(np.array([[np.log(3.0), 0.0]]), np.array([1]))
    agree(got, (np.log(4.0), np.array([[0.75, -0.75]])), tolerance=1e-5, what="loss, dlogits")


@pytest.mark.exercise("softmax_loss")
def test_large_logits_by_hand(student: Any) -> None:
    """Logits of 1000 and -1000 do not overflow"""
    got = student.softmax_loss(np.array([[1000.0, -1000.0], [-1000.0, -1000.0]]), np.array([1, 0]))
    agree(
        got,
        (1000.0 + np.log(2.0) / 2, np.array([[0.5, -0.5], [-0.25, 0.25]])),
        tolerance=1e-5,
        what="loss, dlogits",
    )


@pytest.mark.exercise("softmax_loss")
@FEW
@given(row=st.integers(0, 2), shift=st.integers(-5, 5))
def test_constant_changes_nothing(student: Any, row: int, shift: int) -> None:
    """The same number added to all logits of one image changes nothing"""
    logits, labels = np.array([[1.0, -2.0, 0.5], [3.0, 0.0, 2.0], [-1.0, -1.5, 1.0]]), np.array([0, 2, 1])
    loss, dlogits = loss_and_gradient(student.softmax_loss(logits, labels), "loss, dlogits")
    moved = logits.copy()
    moved[row] += shift
    right = (float(real_array(loss, what="loss")), real_array(dlogits, what="dlogits"))
    require(bool(right[1].any()), "dlogits is zero everywhere", got=dlogits)
    agree(student.softmax_loss(moved, labels), right, tolerance=1e-5, what="loss, dlogits")


@pytest.mark.exercise("cnn_loss")
def test_blank_network(student: Any) -> None:
    """With w5 and b5 zero all classes are equally likely: the loss is log 4"""
    params, x, labels = random_network()
    params = {**params, "w5": np.zeros((3, 4)), "b5": np.zeros(4)}
    loss, grads = loss_and_gradient(student.cnn_loss(params, x, labels), "loss, grads")
    agree(loss, np.log(4.0), tolerance=1e-5, what="loss")
    require(
        isinstance(grads, dict) and "b5" in grads, "grads should be a dict with the keys of params", got=grads
    )
    agree(grads["b5"], np.array([-0.25, 0.25, -0.25, 0.25]), tolerance=1e-5, what="b5")


@pytest.mark.exercise("cnn_loss")
def test_gradients_have_the_shapes(student: Any) -> None:
    """grads has a gradient for every parameter, in its shape"""
    params, x, labels = random_network()
    _, grads = loss_and_gradient(student.cnn_loss(params, x, labels), "loss, grads")
    require(isinstance(grads, dict), "grads should be a dict with the keys of params", got=grads)
    for key in PARAMS:
        require(key in grads, f"grads has no {key!r}", got=sorted(map(str, grads)))
        shape = real_array(grads[key], what=key).shape
        require(shape == params[key].shape, f"{key}: shape {shape}, expected {params[key].shape}")


@pytest.mark.exercise("cnn_loss")
def test_gradient_is_the_slope(student: Any) -> None:
    """Moving the weights of one array a little changes your loss as grads says"""
    params, x, labels = random_network()
    _, grads = loss_and_gradient(student.cnn_loss(params, x, labels), "loss, grads")
    require(isinstance(grads, dict), "grads should be a dict with the keys of params", got=grads)
    rng, h = np.random.default_rng(3), 1e-3
    for key in reversed(PARAMS):  # the last layer first, as the gradient travels
        require(key in grads, f"grads has no {key!r}", got=sorted(map(str, grads)))
        way = rng.normal(0.0, 1.0, params[key].shape)
        mine = real_array(grads[key], what=key)
        require(mine.shape == way.shape, f"{key}: shape {mine.shape}, expected {way.shape}", got=mine)
        losses = []
        for step in (h, -h):
            moved = {**params, key: params[key] + step * way}
            loss, _ = loss_and_gradient(student.cnn_loss(moved, x, labels), "loss, grads")
            losses.append(float(real_array(loss, what="loss")))
        slope = (losses[0] - losses[1]) / (2 * h)
        require(abs(slope) > 1e-3, f"your loss does not depend on {key}")
        agree((mine * way).sum(), slope, tolerance=1e-3, what=f"slope of the loss along {key}")

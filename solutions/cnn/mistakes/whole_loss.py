"""Known mistakes: forward, loss and backward through the whole stack (cnn_loss)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d
from network import cnn_loss, softmax_loss
from pooling import maxpool, relu
from grader.testing import mistake

Array = np.ndarray
Params = dict[str, Array]
Result = tuple[float, Params]


def backpropagated(
    params: Params,
    x: Array,
    labels: Array,
    *,
    gates: tuple[int, ...] = (1, 2, 3, 4),
    pool_gradient: Callable[[Array, Array], Array] = maxpool_backward,
    conv_input: Callable[[int, dict[int, Array], dict[int, Array]], Array] = lambda k, inputs, z: inputs[k],
) -> Result:
    """The whole pass; the keywords are what a mistake changes. `gates`: convolutions whose ReLU is passed backward."""
    inputs: dict[int, Array] = {}
    z: dict[int, Array] = {}
    before_pool: dict[int, Array] = {}
    a = x
    for k in range(1, 5):
        inputs[k] = a
        z[k] = conv2d(a, params[f"w{k}"], params[f"b{k}"])
        a = relu(z[k])
        if k in (2, 4):
            before_pool[k] = a
            a = maxpool(a)
    flat = a.reshape(len(a), -1)
    loss, dlogits = softmax_loss(flat @ params["w5"] + params["b5"], labels)
    grads = {"w5": flat.T @ dlogits, "b5": dlogits.sum(axis=0)}
    d = (dlogits @ params["w5"].T).reshape(a.shape)
    for k in (4, 3, 2, 1):
        if k in before_pool:
            d = pool_gradient(d, before_pool[k])
        if k in gates:
            d = relu_backward(d, z[k])
        d, grads[f"w{k}"], grads[f"b{k}"] = conv2d_backward(d, conv_input(k, inputs, z), params[f"w{k}"])
    return loss, grads


def changed(result: Result, change: Callable[[str, Array], Array]) -> Result:
    loss, grads = result
    return loss, {key: change(key, value) for key, value in grads.items()}


@mistake(
    "cnn_loss",
    name="relu-not-passed-backward",
    says="The ReLUs are left out on the way back.",
    hint="Every layer of the forward pass has its step backward, in reverse order.",
)
def relu_not_passed_backward(params: Params, x: Array, labels: Array) -> Result:
    return backpropagated(params, x, labels, gates=())


@mistake(
    "cnn_loss",
    name="first-relu-left-out",
    says="The ReLU after the first convolution is left out on the way back.",
    hint="w1 and b1 get their gradients through a ReLU, too.",
)
def first_relu_left_out(params: Params, x: Array, labels: Array) -> Result:
    return backpropagated(params, x, labels, gates=(2, 3, 4))


@mistake(
    "cnn_loss",
    name="relu-before-the-pool-left-out",
    says="The ReLUs just before the pools are left out on the way back.",
    hint="Between a pool and its convolution stands a ReLU. The order backward: pool, relu, conv.",
)
def relu_before_the_pool_left_out(params: Params, x: Array, labels: Array) -> Result:
    return backpropagated(params, x, labels, gates=(1, 3))


@mistake(
    "cnn_loss",
    name="relu-of-the-first-block-left-out",
    says="The ReLUs of the first block are left out on the way back.",
    hint="Both blocks are built alike, forward and backward.",
)
def relu_of_the_first_block_left_out(params: Params, x: Array, labels: Array) -> Result:
    return backpropagated(params, x, labels, gates=(3, 4))


@mistake(
    "cnn_loss",
    name="conv-input-before-relu",
    says="dw is computed with the numbers before the ReLU; the convolution was given those after it.",
    hint="What exactly went into each convolution? That is what its backward pass needs.",
)
def conv_input_before_relu(params: Params, x: Array, labels: Array) -> Result:
    def before_relu(k: int, inputs: dict[int, Array], z: dict[int, Array]) -> Array:
        return z[k - 1] if k in (2, 4) else inputs[k]

    return backpropagated(params, x, labels, conv_input=before_relu)


@mistake(
    "cnn_loss",
    name="pool-gradient-spread-evenly",
    says="The pools' gradients are spread evenly; all of it goes to the maximum.",
    hint="You wrote the backward pass of max pooling in the chapter before.",
)
def pool_gradient_spread_evenly(params: Params, x: Array, labels: Array) -> Result:
    def even(d: Array, before: Array) -> Array:
        result = np.zeros(before.shape)
        shares = d.repeat(2, axis=2).repeat(2, axis=3) / 4
        result[:, :, : shares.shape[2], : shares.shape[3]] = shares
        return result

    return backpropagated(params, x, labels, pool_gradient=even)


@mistake(
    "cnn_loss",
    name="pool-gradient-to-the-corner",
    says="The pools' gradients go to each window's corner instead of its maximum.",
    hint="The backward pass of a pool needs what went into it, to find the maxima again.",
)
def pool_gradient_to_the_corner(params: Params, x: Array, labels: Array) -> Result:
    def corner(d: Array, before: Array) -> Array:
        result = np.zeros(before.shape)
        result[:, :, : 2 * d.shape[2] : 2, : 2 * d.shape[3] : 2] = d
        return result

    return backpropagated(params, x, labels, pool_gradient=corner)


@mistake(
    "cnn_loss",
    name="divided-by-the-batch-twice",
    says="The gradients are divided by N a second time; softmax_loss has done it.",
    hint="dlogits is divided by N there and nowhere else.",
)
def divided_by_the_batch_twice(params: Params, x: Array, labels: Array) -> Result:
    return changed(cnn_loss(params, x, labels), lambda key, value: value / len(x))


@mistake(
    "cnn_loss",
    name="multiplied-by-the-batch",
    says="The gradients belong to the sum of the losses; the loss is their mean.",
    hint="Use dlogits as softmax_loss returns it.",
)
def multiplied_by_the_batch(params: Params, x: Array, labels: Array) -> Result:
    return changed(cnn_loss(params, x, labels), lambda key, value: value * len(x))


@mistake(
    "cnn_loss",
    name="dense-bias-averaged",
    says="The gradient of b5 is a mean over the batch; it is a sum.",
    hint="dlogits is divided by N already. What is left to do over the batch?",
)
def dense_bias_averaged(params: Params, x: Array, labels: Array) -> Result:
    return changed(cnn_loss(params, x, labels), lambda key, value: value / len(x) if key == "b5" else value)


@mistake(
    "cnn_loss",
    name="conv-gradients-averaged",
    says="The gradients of the convolutions are averaged over the batch; they are sums.",
    hint="Nothing is averaged on the way back.",
)
def conv_gradients_averaged(params: Params, x: Array, labels: Array) -> Result:
    return changed(cnn_loss(params, x, labels), lambda key, value: value if key[1] == "5" else value / len(x))


@mistake(
    "cnn_loss",
    name="dense-gradient-transposed",
    says="The gradient of w5 is transposed; it should have w5's shape.",
    hint="Each gradient has its parameter's shape. Which of the two matrices comes first?",
)
def dense_gradient_transposed(params: Params, x: Array, labels: Array) -> Result:
    return changed(cnn_loss(params, x, labels), lambda key, value: value.T if key == "w5" else value)


@mistake(
    "cnn_loss",
    name="biases-missing",
    says="The gradients of the biases are missing.",
    hint="grads has the same keys as params. Compare them.",
)
def biases_missing(params: Params, x: Array, labels: Array) -> Result:
    loss, grads = cnn_loss(params, x, labels)
    return loss, {key: value for key, value in grads.items() if key[0] == "w"}


@mistake(
    "cnn_loss",
    name="first-layer-missing",
    says="The gradients of the first convolution are missing.",
    hint="The way back ends at the image, not before. Does your loop reach layer 1?",
)
def first_layer_missing(params: Params, x: Array, labels: Array) -> Result:
    loss, grads = cnn_loss(params, x, labels)
    return loss, {key: value for key, value in grads.items() if key[1] != "1"}


@mistake(
    "cnn_loss",
    name="keys-renamed",
    says="The keys of grads are dw1, db1, …; they should be those of params.",
    hint="The training loop looks for grads[key] with each key of params.",
)
def keys_renamed(params: Params, x: Array, labels: Array) -> Result:
    loss, grads = cnn_loss(params, x, labels)
    return loss, {f"d{key}": value for key, value in grads.items()}


@mistake(
    "cnn_loss",
    name="gradients-negative",
    says="The gradients have the wrong sign: the step downhill belongs to the training.",
    hint="A gradient points uphill. Who subtracts it?",
)
def gradients_negative(params: Params, x: Array, labels: Array) -> Result:
    return changed(cnn_loss(params, x, labels), lambda key, value: -value)


@mistake(
    "cnn_loss",
    name="updated-parameters",
    says="Updated parameters are returned instead of gradients.",
    hint="This function only measures; the training loop takes the step.",
)
def updated_parameters(params: Params, x: Array, labels: Array) -> Result:
    return changed(cnn_loss(params, x, labels), lambda key, value: params[key] - 0.01 * value)


@mistake(
    "cnn_loss",
    name="convolutions-not-trained",
    says="Only the dense layer gets gradients; those of the convolutions are 0.",
    hint="From the dense layer the gradient goes on: back into the shape of the maps, then through the blocks.",
)
def convolutions_not_trained(params: Params, x: Array, labels: Array) -> Result:
    return changed(cnn_loss(params, x, labels), lambda key, value: value if key[1] == "5" else 0 * value)


@mistake(
    "cnn_loss",
    name="loss-zero",
    says="The loss is 0: it is not handed through.",
    hint="The loss is the first value of softmax_loss.",
)
def loss_zero(params: Params, x: Array, labels: Array) -> Result:
    return 0.0, cnn_loss(params, x, labels)[1]


@mistake(
    "cnn_loss",
    name="loss-summed",
    says="The loss is the sum over the batch; the mean is asked for.",
    hint="Use the loss as softmax_loss returns it.",
)
def loss_summed(params: Params, x: Array, labels: Array) -> Result:
    loss, grads = cnn_loss(params, x, labels)
    return loss * len(x), grads


@mistake(
    "cnn_loss",
    name="gradients-only",
    says="Only the gradients are returned; the loss is missing.",
    hint="Two values are asked for: loss, grads.",
)
def gradients_only(params: Params, x: Array, labels: Array) -> Any:
    return cnn_loss(params, x, labels)[1]


@mistake(
    "cnn_loss",
    name="loss-only",
    says="Only the loss is returned; the gradients are missing.",
    hint="Two values are asked for: loss, grads.",
)
def loss_only(params: Params, x: Array, labels: Array) -> float:
    return cnn_loss(params, x, labels)[0]

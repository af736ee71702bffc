"""Right variants: softmax_loss, cnn_forward and cnn_loss."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from _views import Array, patches
from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d
from network import cnn_forward, cnn_loss, softmax_loss
from pooling import flatten, maxpool, relu
from grader.testing import variant

Params = dict[str, Array]


@variant("softmax_loss", name="log-sum-exp")
def log_sum_exp(logits: Array, labels: Array) -> tuple[float, Array]:
    largest = logits.max(axis=1)
    total = largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1))
    loss = np.mean(total - logits[np.arange(len(labels)), labels])
    onehot = np.eye(logits.shape[1])[labels]
    return float(loss), (np.exp(logits - total[:, None]) - onehot) / len(labels)


@variant("softmax_loss", name="logaddexp")
def logaddexp(logits: Array, labels: Array) -> tuple[Array, Array]:
    log_p = logits - np.logaddexp.reduce(logits, axis=1)[:, None]
    onehot = np.eye(logits.shape[1])[labels]
    return np.array(-(log_p * onehot).sum() / len(logits)), (np.exp(log_p) - onehot) / len(logits)


@variant("softmax_loss", name="row-by-row-lists")
def row_by_row(logits: Array, labels: Array) -> list:
    loss, gradient = 0.0, []
    for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
        largest = max(row)
        powers = [math.exp(value - largest) for value in row]
        loss += largest + math.log(sum(powers)) - row[label]
        gradient.append([(p / sum(powers) - (k == label)) / len(labels) for k, p in enumerate(powers)])
    return [loss / len(labels), gradient]


@variant("softmax_loss", name="float32")
def loss_in_float32(logits: Array, labels: Array) -> tuple[np.float32, Array]:
    z = logits.astype(np.float32)
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    gradient = np.exp(log_p)
    gradient[np.arange(len(labels)), labels] -= 1
    return np.float32(-log_p[np.arange(len(labels)), labels].mean()), gradient / np.float32(len(labels))


@variant("softmax_loss", name="gradient-from-probabilities")
def gradient_from_probabilities(logits: Array, labels: Array) -> tuple[float, Array]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    gaps = (logits.max(axis=1) - logits[np.arange(len(labels)), labels]) + np.log(powers.sum(axis=1))
    p[np.arange(len(labels)), labels] -= 1
    p /= len(labels)
    return gaps.mean(), p


@variant("softmax_loss", name="subtract-at")
def subtract_at(logits: Array, labels: Array) -> tuple[float, Array]:
    shifted = logits - np.max(logits, axis=1)[:, None]
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1))[:, None]
    gradient = np.exp(log_p) / len(logits)
    np.subtract.at(gradient, (range(len(labels)), labels), 1 / len(labels))
    return -np.take_along_axis(log_p, labels[:, None], axis=1).mean(), gradient


@variant("softmax_loss", name="image-by-image-mean")
def image_by_image_mean(logits: Array, labels: Array) -> tuple[float, Array]:
    parts = [log_sum_exp(row[None], np.array([label])) for row, label in zip(logits, labels, strict=True)]
    return sum(loss for loss, _ in parts) / len(parts), np.concatenate([d for _, d in parts]) / len(parts)


@variant("softmax_loss", name="transposed-inside")
def transposed_inside(logits: Array, labels: Array) -> tuple[float, Array]:
    z = np.ascontiguousarray(logits.T)
    z = z - z.max(axis=0)
    log_p = z - np.log(np.exp(z).sum(axis=0))
    onehot = np.arange(len(z))[:, None] == labels
    return -log_p.T[onehot.T].mean(), ((np.exp(log_p) - onehot) / len(labels)).T


def by_einsum(x: Array, w: Array, b: Array) -> Array:
    return np.einsum("nchwij,fcij->nfhw", patches(x, 3, 3, 1), w, optimize=True) + b[:, None, None]


def by_fourier(x: Array, w: Array, b: Array) -> Array:
    size = x.shape[2:]
    spectrum = np.einsum("nchw,fchw->nfhw", np.fft.rfft2(x), np.conj(np.fft.rfft2(w, s=size)))
    return np.fft.irfft2(spectrum, s=size)[:, :, : size[0] - 2, : size[1] - 2] + b[:, None, None]


def by_blocks(x: Array) -> Array:
    n, c, h, w = x.shape
    return x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))


def forward(
    params: Params,
    x: Array,
    conv: Callable[[Array, Array, Array], Array] = conv2d,
    pool: Callable[[Array], Array] = maxpool,
) -> Array:
    for k in (1, 2, 3, 4):
        x = np.maximum(conv(x, params[f"w{k}"], params[f"b{k}"]), 0)
        if k % 2 == 0:
            x = pool(x)
    return x.reshape(len(x), -1) @ params["w5"] + params["b5"]


@variant("cnn_forward", name="written-out")
def written_out(params: Params, x: Array) -> Array:
    a = relu(conv2d(x, params["w1"], params["b1"]))
    a = maxpool(relu(conv2d(a, params["w2"], params["b2"])))
    a = relu(conv2d(a, params["w3"], params["b3"], 1, 0))
    a = maxpool(relu(conv2d(a, params["w4"], params["b4"], stride=1, pad=0)), size=2, stride=2)
    return np.dot(flatten(a), params["w5"]) + params["b5"]


@variant("cnn_forward", name="einsum")
def forward_by_einsum(params: Params, x: Array) -> Array:
    return forward(params, x, by_einsum, by_blocks)


@variant("cnn_forward", name="fourier")
def forward_by_fourier(params: Params, x: Array) -> Array:
    return forward(params, x, by_fourier)


@variant("cnn_forward", name="float32")
def forward_in_float32(params: Params, x: Array) -> Array:
    single = {key: value.astype(np.float32) for key, value in params.items()}
    return forward(single, x.astype(np.float32), by_einsum)


@variant("cnn_forward", name="pool-before-relu")
def pool_before_relu(params: Params, x: Array) -> Array:
    a = relu(conv2d(x, params["w1"], params["b1"]))
    a = relu(maxpool(conv2d(a, params["w2"], params["b2"])))
    a = relu(conv2d(a, params["w3"], params["b3"]))
    a = relu(maxpool(conv2d(a, params["w4"], params["b4"])))
    return flatten(a) @ params["w5"] + params["b5"]


@variant("cnn_forward", name="image-by-image")
def image_by_image(params: Params, x: Array) -> list:
    return [forward(params, image[None])[0].tolist() for image in x]


@variant("cnn_forward", name="channels-last-dense")
def channels_last_dense(params: Params, x: Array) -> Array:
    for k in (1, 2, 3, 4):
        x = relu(conv2d(x, params[f"w{k}"], params[f"b{k}"]))
        x = maxpool(x) if k in (2, 4) else x
    weights = params["w5"].reshape(*x.shape[1:], -1)
    return np.tensordot(x, weights, axes=3) + params["b5"]


@variant("cnn_forward", name="transposed-product")
def transposed_product(params: Params, x: Array) -> Array:
    x = np.asfortranarray(x)
    for k in (1, 2, 3, 4):
        x = relu(by_einsum(x, params[f"w{k}"], params[f"b{k}"]))
        x = by_blocks(x) if k in (2, 4) else x
    return (params["w5"].T @ flatten(x).T + params["b5"][:, None]).T


@variant("cnn_loss", name="layer-list")
def layer_list(params: Params, x: Array, labels: Array) -> tuple[float, Params]:
    steps: list[tuple[str, Array]] = []
    for k in (1, 2, 3, 4):
        steps.append((f"conv{k}", x))
        x = conv2d(x, params[f"w{k}"], params[f"b{k}"])
        steps.append(("relu", x))
        x = relu(x)
        if k in (2, 4):
            steps.append(("pool", x))
            x = maxpool(x)
    loss, d = softmax_loss(flatten(x) @ params["w5"] + params["b5"], labels)
    grads = {"b5": np.ones(len(x)) @ d, "w5": flatten(x).T @ d}
    d = (d @ params["w5"].T).reshape(x.shape)
    for kind, given in reversed(steps):
        if kind == "pool":
            d = maxpool_backward(d, given)
        elif kind == "relu":
            d = relu_backward(d, given)
        else:
            d, grads["w" + kind[-1]], grads["b" + kind[-1]] = conv2d_backward(
                d, given, params["w" + kind[-1]]
            )
    return loss, grads


@variant("cnn_loss", name="relu-gate-from-its-output")
def gate_from_output(params: Params, x: Array, labels: Array) -> tuple[float, Params]:
    p, a = params, [x]
    for k in (1, 2, 3, 4):
        x = relu(conv2d(x, p[f"w{k}"], p[f"b{k}"]))
        a.append(x)
        x = maxpool(x) if k in (2, 4) else x
        a.append(x)
    loss, d = softmax_loss(flatten(x) @ p["w5"] + p["b5"], labels)
    grads = {"w5": flatten(x).T @ d, "b5": d.sum(0)}
    d = (d @ p["w5"].T).reshape(x.shape)
    for k in (4, 3, 2, 1):
        d = maxpool_backward(d, a[2 * k - 1]) if k in (2, 4) else d
        d = d * (a[2 * k - 1] > 0)
        d, grads[f"w{k}"], grads[f"b{k}"] = conv2d_backward(d, a[2 * k - 2], p[f"w{k}"])
    return loss, grads


@variant("cnn_loss", name="image-by-image")
def loss_image_by_image(params: Params, x: Array, labels: Array) -> tuple[float, Params]:
    parts = [cnn_loss(params, image[None], label[None]) for image, label in zip(x, labels, strict=True)]
    grads = {key: sum(part[key] for _, part in parts) / len(x) for key in params}
    return sum(loss for loss, _ in parts) / len(x), grads


@variant("cnn_loss", name="lists-of-gradients")
def lists_of_gradients(params: Params, x: Array, labels: Array) -> list:
    loss, grads = layer_list(params, x, labels)
    return [loss, {key: value.tolist() for key, value in grads.items()}]


@variant("cnn_loss", name="more-keys-than-asked-for")
def more_keys(params: Params, x: Array, labels: Array) -> tuple[float, Params]:
    _, grads = layer_list(params, x, labels)
    return softmax_loss(cnn_forward(params, x), labels)[0], {**grads, "x": np.zeros_like(x)}


@variant("cnn_loss", name="float32")
def loss_of_float32(params: Params, x: Array, labels: Array) -> tuple[float, Params]:
    single = {key: value.astype(np.float32) for key, value in params.items()}
    loss, grads = layer_list(single, x.astype(np.float32), labels)
    return np.float32(loss), {key: value.astype(np.float32) for key, value in grads.items()}

# bruno - chapter 5
import math

import numpy as np

from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d, output_size
from pooling import flatten, maxpool, relu


def shape_trace(layers: list[tuple], input_shape: tuple[int, int, int]) -> list[tuple[int, ...]]:
    shape = input_shape
    trace = []
    for layer in layers:
        if layer[0] == "conv":
            H = output_size(shape[1], layer[2], layer[3], layer[4])
            W = output_size(shape[2], layer[2], layer[3], layer[4])
            shape = (layer[1], H, W)
        if layer[0] == "maxpool":
            H = output_size(shape[1], layer[1], layer[2])
            W = output_size(shape[2], layer[1], layer[2])
            shape = (shape[0], H, W)
        if layer[0] == "flatten":
            shape = (shape[0] * shape[1] * shape[2],)
        if layer[0] == "dense":
            shape = (layer[1],)
        trace.append(shape)
    return trace


def dense(x, w, b):
    out = np.zeros((len(x), len(b)))
    for n in range(len(x)):
        for k in range(len(b)):
            out[n, k] = b[k]
            for d in range(len(w)):
                out[n, k] += x[n, d] * w[d, k]
    return out


def cnn_forward(params: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    a1 = relu(conv2d(x, params["w1"], params["b1"]))
    a2 = relu(conv2d(a1, params["w2"], params["b2"]))
    p1 = maxpool(a2)
    a3 = relu(conv2d(p1, params["w3"], params["b3"]))
    a4 = relu(conv2d(a3, params["w4"], params["b4"]))
    p2 = maxpool(a4)
    return dense(flatten(p2), params["w5"], params["b5"])


def softmax_loss(logits: np.ndarray, labels: np.ndarray):
    N, K = logits.shape
    loss = 0.0
    dlogits = np.zeros((N, K))
    for n in range(N):
        top = max(logits[n])
        total = 0.0
        for k in range(K):
            total += math.exp(logits[n, k] - top)
        loss += math.log(total) - (logits[n, labels[n]] - top)
        for k in range(K):
            dlogits[n, k] = math.exp(logits[n, k] - top) / total / N
        dlogits[n, labels[n]] -= 1 / N
    return loss / N, dlogits


def cnn_loss(params: dict[str, np.ndarray], x: np.ndarray, labels: np.ndarray):
    z1 = conv2d(x, params["w1"], params["b1"])
    a1 = relu(z1)
    z2 = conv2d(a1, params["w2"], params["b2"])
    a2 = relu(z2)
    p1 = maxpool(a2)
    z3 = conv2d(p1, params["w3"], params["b3"])
    a3 = relu(z3)
    z4 = conv2d(a3, params["w4"], params["b4"])
    a4 = relu(z4)
    p2 = maxpool(a4)
    flat = flatten(p2)
    loss, dlogits = softmax_loss(dense(flat, params["w5"], params["b5"]), labels)

    grads = {}
    grads["w5"] = np.zeros(params["w5"].shape)
    grads["b5"] = np.zeros(params["b5"].shape)
    dflat = np.zeros(flat.shape)
    for n in range(len(flat)):
        for k in range(len(params["b5"])):
            grads["b5"][k] += dlogits[n, k]
            for d in range(len(params["w5"])):
                grads["w5"][d, k] += flat[n, d] * dlogits[n, k]
                dflat[n, d] += params["w5"][d, k] * dlogits[n, k]
    da4 = maxpool_backward(dflat.reshape(p2.shape), a4)
    da3, grads["w4"], grads["b4"] = conv2d_backward(relu_backward(da4, z4), a3, params["w4"])
    dp1, grads["w3"], grads["b3"] = conv2d_backward(relu_backward(da3, z3), p1, params["w3"])
    da2 = maxpool_backward(dp1, a2)
    da1, grads["w2"], grads["b2"] = conv2d_backward(relu_backward(da2, z2), a1, params["w2"])
    dx, grads["w1"], grads["b1"] = conv2d_backward(relu_backward(da1, z1), x, params["w1"])
    return loss, grads

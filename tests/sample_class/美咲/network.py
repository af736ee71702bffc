"""第5章 小さなCNN"""
import numpy as np

from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d, output_size
from pooling import flatten, maxpool, relu


def shape_trace(layers, input_shape):
    trace, shape = [], input_shape
    for layer in layers:
        match layer:
            case ["conv", f, k, s, p]:
                shape = (f, output_size(shape[1], k, s, p), output_size(shape[2], k, s, p))
            case ["maxpool", k, s]:
                shape = (shape[0], output_size(shape[1], k, s), output_size(shape[2], k, s))
            case ["flatten"]:
                shape = (shape[0] * shape[1] * shape[2],)
            case ["dense", u]:
                shape = (u,)
        trace.append(shape)
    return trace


def cnn_forward(params, x):
    for k in "1234":
        x = relu(conv2d(x, params["w" + k], params["b" + k]))
        if k in "24":
            x = maxpool(x)
    return np.einsum("nd,dk->nk", flatten(x), params["w5"]) + params["b5"]


def softmax_loss(logits, labels):
    z = logits - logits.max(axis=1)[:, None]
    lse = np.log(np.exp(z).sum(axis=1))
    n = np.arange(len(z))
    d = np.exp(z - lse[:, None])
    d[n, labels] -= 1
    return np.mean(lse - z[n, labels]), d / len(z)


def cnn_loss(params, x, labels):
    steps = []
    for k in "1234":
        z = conv2d(x, params["w" + k], params["b" + k])
        a = relu(z)
        steps.append((k, x, z, a))
        x = maxpool(a) if k in "24" else a
    flat = flatten(x)
    loss, d = softmax_loss(flat @ params["w5"] + params["b5"], labels)
    grads = {"w5": np.einsum("nd,nk->dk", flat, d), "b5": np.einsum("nk->k", d)}
    d = np.einsum("nk,dk->nd", d, params["w5"]).reshape(x.shape)
    for k, x, z, a in reversed(steps):
        if k in "24":
            d = maxpool_backward(d, a)
        d, grads["w" + k], grads["b" + k] = conv2d_backward(relu_backward(d, z), x, params["w" + k])
    return loss, grads

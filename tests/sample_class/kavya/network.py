import numpy as np
from backward import conv2d_backward, maxpool_backward, relu_backward
from convolution import conv2d, output_size
from pooling import flatten, maxpool, relu


def shape_trace(layers, input_shape):
    trace = []
    for layer in layers:
        before = trace[-1] if trace else input_shape
        if layer[0] == "conv":
            after = (layer[1], output_size(before[1], *layer[2:]), output_size(before[2], *layer[2:]))
        elif layer[0] == "maxpool":
            after = (before[0], output_size(before[1], *layer[1:]), output_size(before[2], *layer[1:]))
        elif layer[0] == "flatten":
            after = (before[0]*before[1]*before[2],)
        elif layer[0] == "dense":
            after = (layer[1],)
        else:
            after = before
        trace.append(after)
    return trace


def layers_of(params, x):
    """every step with what it needs on the way back"""
    steps = []
    for i in range(1, 5):
        steps.append(("conv", i, x)); x = conv2d(x, params["w%d" % i], params["b%d" % i])
        steps.append(("relu", i, x)); x = relu(x)
        if i in (2, 4):
            steps.append(("pool", i, x)); x = maxpool(x)
    steps.append(("flatten", 5, x)); x = flatten(x)
    steps.append(("dense", 5, x)); x = x @ params["w5"] + params["b5"]
    return x, steps


def cnn_forward(params, x):
    return layers_of(params, x)[0]


def softmax_loss(logits, labels):
    N = len(labels)
    z = logits - np.max(logits, 1).reshape(N, 1)
    s = np.exp(z).sum(1).reshape(N, 1)
    loss = (np.log(s[:, 0]) - z[np.arange(N), labels]).sum()/N
    d = np.exp(z)/s
    d[np.arange(N), labels] -= 1
    return loss, d/N


def cnn_loss(params, x, labels):
    logits, steps = layers_of(params, x)
    loss, d = softmax_loss(logits, labels)
    grads = {}
    for what, i, x in steps[::-1]:
        w, b = "w%d" % i, "b%d" % i
        if what == "dense":
            grads[w], grads[b] = x.T @ d, d.sum(0)
            d = d @ params[w].T
        elif what == "flatten":
            d = d.reshape(x.shape)
        elif what == "pool":
            d = maxpool_backward(d, x)
        elif what == "relu":
            d = relu_backward(d, x)
        else:
            d, grads[w], grads[b] = conv2d_backward(d, x, params[w])
    return loss, grads

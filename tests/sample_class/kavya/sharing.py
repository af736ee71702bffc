import numpy as np
from convolution import output_size


def edge_filters():
    v = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
    return np.stack([v, v.T, np.ones((3, 3))/9])


def param_count(layers, input_shape):
    shape = input_shape
    total = 0
    for layer in layers:
        if layer[0] == "conv":
            total += layer[1]*(shape[0]*layer[2]**2 + 1
            shape = (layer[1], output_size(shape[1], *layer[2:]), output_size(shape[2], *layer[2:]))
        elif layer[0] == "maxpool":
            shape = (shape[0], output_size(shape[1], *layer[1:]), output_size(shape[2], *layer[1:]))
        elif layer[0] == "flatten":
            shape = (np.prod(shape),)
        elif layer[0] == "dense":
            total += layer[1]*(shape[0] + 1)
            shape = (layer[1],)
    return total


def conv_matrix(kernel, height, width):
    KH, KW = kernel.shape
    OH, OW = height - KH + 1, width - KW + 1
    M = np.zeros((OH*OW, height*width))
    for i, j, u, v in np.ndindex(OH, OW, KH, KW):
        M[i*OW + j, (i + u)*width + j + v] = kernel[u, v]
    return M

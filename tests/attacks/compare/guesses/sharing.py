import numpy as np


def edge_filters():
    return np.zeros((3, 3, 3))


def param_count(layers, input_shape):
    return 0


def conv_matrix(kernel, height, width):
    return np.zeros((1, 1))

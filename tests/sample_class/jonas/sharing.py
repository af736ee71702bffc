import numpy as np

from convolution import conv_at, output_size


def edge_filters() -> np.ndarray:
    """Three 3×3 filters, stacked."""
    blur = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 0]]) / 4
    sobel = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])
    return np.stack((sobel.T, sobel, blur))


def param_count(layers: list[tuple], input_shape: tuple[int, int, int]) -> int:
    """The number of weights and biases in a stack of layers."""
    shape = input_shape
    summe = 0
    for layer in layers:
        art = layer[0]
        if art == "conv":
            summe += layer[1] * (shape[0] * layer[2] ** 2 + 1)
            shape = (layer[1], output_size(shape[1], *layer[2:]), output_size(shape[2], *layer[2:]))
        elif art == "maxpool":
            shape = (shape[0], output_size(shape[1], *layer[1:]), output_size(shape[2], *layer[1:]))
        elif art == "flatten":
            shape = (shape[0] * shape[1] * shape[2],)
        elif art == "dense":
            summe += layer[1] * (shape[0] + 1)
            shape = (layer[1],)
    return summe


def conv_matrix(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    """Column by column: what does the convolution answer to an image with a single 1?"""
    oh, ow = output_size(height, kernel.shape[0]), output_size(width, kernel.shape[1])
    matrix = np.zeros((oh * ow, height * width))
    for pixel in range(height * width):
        image = np.zeros(height * width)
        image[pixel] = 1
        image = image.reshape(height, width)
        matrix[:, pixel] = [conv_at(image, kernel, i, j) for i in range(oh) for j in range(ow)]
    return matrix

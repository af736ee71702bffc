import numpy as np
from convolution import output_size

def edge_filters():
	vertical = np.array([[-3., 0., 3.], [-10., 0., 10.], [-3., 0., 3.]])
	return np.array([vertical, np.transpose(vertical), np.full((3, 3), 1. / 9.)])

def param_count(layers, input_shape):
	forme = input_shape
	nombre = 0
	for couche in layers:
		if couche[0] == "conv":
			nombre += couche[1] * (forme[0] * couche[2] ** 2 + 1)
			forme = (couche[1], output_size(forme[1], *couche[2:]), output_size(forme[2], *couche[2:]))
		elif couche[0] == "maxpool":
			forme = (forme[0], output_size(forme[1], *couche[1:]), output_size(forme[2], *couche[1:]))
		elif couche[0] == "flatten":
			forme = (forme[0] * forme[1] * forme[2],)
		elif couche[0] == "dense":
			nombre += (forme[0] + 1) * couche[1]
			forme = (couche[1],)
	return nombre

def conv_matrix(kernel, height, width):
	oh = output_size(height, kernel.shape[0])
	ow = output_size(width, kernel.shape[1])
	matrice = np.zeros((oh * ow, height * width))
	for ligne in range(oh * ow):
		i, j = divmod(ligne, ow)
		for u in range(kernel.shape[0]):
			debut = (i + u) * width + j
			matrice[ligne, debut:debut + kernel.shape[1]] = kernel[u]
	return matrice

import numpy as np
from convolution import conv2d, output_size
from pooling import relu, maxpool, flatten
from backward import relu_backward, maxpool_backward, conv2d_backward

def shape_trace(layers, input_shape):
	forme = input_shape
	formes = []
	for couche in layers:
		if couche[0] == "conv":
			forme = (couche[1], output_size(forme[1], *couche[2:]), output_size(forme[2], *couche[2:]))
		elif couche[0] == "maxpool":
			forme = (forme[0], output_size(forme[1], *couche[1:]), output_size(forme[2], *couche[1:]))
		elif couche[0] == "flatten":
			forme = (forme[0] * forme[1] * forme[2],)
		elif couche[0] == "dense":
			forme = (couche[1],)
		formes.append(forme)
	return formes

def bloc(x, w1, b1, w2, b2):
	z1 = conv2d(x, w1, b1)
	a1 = relu(z1)
	z2 = conv2d(a1, w2, b2)
	a2 = relu(z2)
	return maxpool(a2), (x, z1, a1, z2, a2)

def bloc_backward(d, garde, w1, w2):
	x, z1, a1, z2, a2 = garde
	d = relu_backward(maxpool_backward(d, a2), z2)
	d, dw2, db2 = conv2d_backward(d, a1, w2)
	d, dw1, db1 = conv2d_backward(relu_backward(d, z1), x, w1)
	return d, dw1, db1, dw2, db2

def cnn_forward(params, x):
	p = params
	x, _ = bloc(x, p["w1"], p["b1"], p["w2"], p["b2"])
	x, _ = bloc(x, p["w3"], p["b3"], p["w4"], p["b4"])
	return flatten(x) @ p["w5"] + p["b5"]

def softmax_loss(logits, labels):
	n = logits.shape[0]
	perte = 0.0
	d = np.zeros(logits.shape)
	for k in range(n):
		z = logits[k] - np.max(logits[k])
		somme = np.sum(np.exp(z))
		perte += np.log(somme) - z[labels[k]]
		d[k] = np.exp(z) / somme
		d[k, labels[k]] -= 1.0
	return perte / n, d / n

def cnn_loss(params, x, labels):
	p = params
	x1, garde1 = bloc(x, p["w1"], p["b1"], p["w2"], p["b2"])
	x2, garde2 = bloc(x1, p["w3"], p["b3"], p["w4"], p["b4"])
	plat = flatten(x2)
	perte, d = softmax_loss(plat @ p["w5"] + p["b5"], labels)
	g = {"w5": plat.T @ d, "b5": d.sum(axis=0)}
	d = (d @ p["w5"].T).reshape(x2.shape)
	d, g["w3"], g["b3"], g["w4"], g["b4"] = bloc_backward(d, garde2, p["w3"], p["w4"])
	d, g["w1"], g["b1"], g["w2"], g["b2"] = bloc_backward(d, garde1, p["w1"], p["w2"])
	return perte, g

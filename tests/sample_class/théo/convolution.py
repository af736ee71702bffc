# TP 4 - convolution (écrit avec le Bloc-notes)
import numpy as np

def output_size(size, kernel, stride=1, pad=0):
	"""Nombre de positions du noyau."""
	total = size + 2 * pad
	if size < 1 or kernel < 1 or stride < 1 or pad < 0 or kernel > total:
		raise ValueError("paramètres impossibles")
	return (total - kernel) // stride + 1

def conv_at(image, kernel, row, col):
	result = 0.0
	for u in range(kernel.shape[0]):
		result += np.dot(image[row + u, col:col + kernel.shape[1]], kernel[u])
	return result

def conv2d_single(image, kernel):
	kh, kw = kernel.shape
	out = np.zeros((output_size(image.shape[0], kh), output_size(image.shape[1], kw)))
	for u in range(kh):
		for v in range(kw):
			out += image[u:u + out.shape[0], v:v + out.shape[1]] * kernel[u, v]
	return out

def zero_pad(x, pad):
	h, w = x.shape[-2:]
	out = np.zeros(x.shape[:-2] + (h + 2 * pad, w + 2 * pad))
	out[..., pad:pad + h, pad:pad + w] = x
	return out

def conv2d(x, w, b, stride=1, pad=0):
	oh = output_size(x.shape[2], w.shape[2], stride, pad)
	ow = output_size(x.shape[3], w.shape[3], stride, pad)
	x = zero_pad(x, pad)
	out = np.zeros((x.shape[0], w.shape[0], oh, ow))
	for n in range(x.shape[0]):
		for f in range(w.shape[0]):
			carte = np.zeros((x.shape[2] - w.shape[2] + 1, x.shape[3] - w.shape[3] + 1))
			for c in range(x.shape[1]):
				carte += conv2d_single(x[n, c], w[f, c])
			out[n, f] = carte[::stride, ::stride] + b[f]
	return out

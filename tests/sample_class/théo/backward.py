import numpy as np
from convolution import zero_pad

def relu_backward(dout, x):
	return np.where(x <= 0, 0.0, dout)

def maxpool_backward(dout, x, size=2, stride=2):
	dx = np.zeros(x.shape)
	for n in range(dout.shape[0]):
		for c in range(dout.shape[1]):
			for i in range(dout.shape[2]):
				for j in range(dout.shape[3]):
					a = i * stride
					b = j * stride
					k = np.argmax(x[n, c, a:a + size, b:b + size])
					dx[n, c, a + k // size, b + k % size] += dout[n, c, i, j]
	return dx

def conv2d_backward(dout, x, w, stride=1, pad=0):
	h, l = x.shape[2:]
	xp = zero_pad(x, pad)
	dxp = np.zeros(xp.shape)
	dw = np.zeros(w.shape)
	db = np.zeros(w.shape[0])
	for f in range(w.shape[0]):
		db[f] = dout[:, f].sum()
		for i in range(dout.shape[2]):
			for j in range(dout.shape[3]):
				a = i * stride
				b = j * stride
				d = dout[:, f, i, j].reshape(-1, 1, 1, 1)
				dw[f] += (d * xp[:, :, a:a + w.shape[2], b:b + w.shape[3]]).sum(axis=0)
				dxp[:, :, a:a + w.shape[2], b:b + w.shape[3]] += d * w[f]
	return dxp[:, :, pad:pad + h, pad:pad + l], dw, db

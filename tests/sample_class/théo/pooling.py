import numpy as np
from convolution import output_size

def relu(x):
	return x * (x >= 0)

def maxpool(x, size=2, stride=2):
	oh = output_size(x.shape[2], size, stride)
	ow = output_size(x.shape[3], size, stride)
	out = np.zeros(x.shape[:2] + (oh, ow))
	for i in range(oh):
		for j in range(ow):
			a = i * stride
			b = j * stride
			out[:, :, i, j] = np.amax(x[:, :, a:a + size, b:b + size], axis=(-2, -1))
	return out

def flatten(x):
	return x.reshape(x.shape[0], x[0].size)

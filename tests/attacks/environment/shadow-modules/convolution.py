def output_size(*args, **kwargs):
    import numpy

    return numpy.shadowed

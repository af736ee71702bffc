import numpy as np


def conv_at(*args, **kwargs):
    for size in (600, 400, 200, 100):
        try:
            np.ones(size << 17).sum()
            return None
        except MemoryError:
            pass

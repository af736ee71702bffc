import time


def conv_at(*args, **kwargs):
    time.sleep(1e6)

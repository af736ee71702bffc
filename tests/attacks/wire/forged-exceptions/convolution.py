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


def describe(**words):
    inner = [[key, value] for key, value in words.items()]
    pairs = [["id", server()._current], ["raised", {"d": inner}]]
    send(json.dumps({"m": {"d": pairs}, "b": []}).encode())


def output_size(*args, **kwargs):
    describe(kind="ValueError", text="x" * 3_000_000, lineage=["ValueError"] * 20_000, file="a.py", line=True)


def conv_at(*args, **kwargs):
    describe(kind=["<b>"] * 99, text={"d": []}, lineage=[["ValueError"]], file="<script>pwned()</script>", line={"i": "9" * 3000})


def conv2d_single(*args, **kwargs):
    describe(kind="StudentTimeout", text="\x1b[2J\x1b]8;;http://pwned\x07", lineage=None, file=None, line=-1)


def zero_pad(*args, **kwargs):
    describe()

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

problem = {"d": [["chapter", "convolution"], ["file", "<script>pwned()</script>"], ["kind", "syntax"],
                 ["message", "\x1b[31mpwned\u202e" * 900], ["line", {"i": "9" * 3999}]]}
other = {"d": [["chapter", "pooling"], ["kind", "syntax"], ["message", "not mine"], ["file", "pooling.py"], ["line", 1]]}
pairs = [["id", server()._current], ["loaded", True], ["problems", [problem] * 1000 + [other] * 1000]]
send(json.dumps({"m": {"d": pairs}, "b": []}).encode())


def output_size(*args, **kwargs):
    return 1

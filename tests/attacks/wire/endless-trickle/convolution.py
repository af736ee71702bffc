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

import os
import struct
import time


def output_size(*args, **kwargs):
    frame = b'{"m": {"d": [["id", "x"]]}, "b": []}' + b" " * 1000
    for byte in struct.pack(">II", len(frame), 0) + frame:
        os.write(4, bytes([byte]))
        time.sleep(0.1)

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


def output_size(*args, **kwargs):
    send(b'{"m"', lengths=(100, 0))
    os._exit(0)


def conv_at(*args, **kwargs):
    os.close(4)
    while True:
        pass


def conv2d_single(*args, **kwargs):
    os.close(3)
    os.close(4)
    return 1

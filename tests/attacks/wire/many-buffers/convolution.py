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


def output_size(*args, **kwargs):
    send(b'{"m": null, "b": [' + b",".join([b"0"] * 100_000) + b"]}")


def conv_at(*args, **kwargs):
    number = server()._current.encode()
    send(b'{"m": {"d": [["id", "%s"], ["value", [' % number + b",".join([b"[]"] * 1_000_000) + b']], ["changed", []]]}, "b": []}')

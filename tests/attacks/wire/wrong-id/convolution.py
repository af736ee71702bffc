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
    send(b'{"m": {"d": [["id", "0123456789abcdef"], ["value", 1], ["changed", {"t": []}]]}, "b": []}')
    send(b'{"m": {"d": [["id", null], ["value", 1], ["changed", []]]}, "b": []}')


conv_at = output_size

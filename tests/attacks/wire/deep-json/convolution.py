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
    send(b"[" * 4_000_000)


def conv_at(*args, **kwargs):
    send(b'{"m": {"i": "' + b"9" * 4_000_000 + b'"}, "b": []}')


def conv2d_single(*args, **kwargs):
    send(b'{"m": ' + b"9" * 4_000_000 + b', "b": []}')


def zero_pad(*args, **kwargs):
    number = server()._current.encode()
    send(b'{"m": {"d": [["id", "x"], ["id", "%s"], ["value", Infinity], ["changed", []]]}, "b": []}' % number)


def conv2d(*args, **kwargs):
    number = server()._current.encode()
    send(b'{"m": {"d": [["id", "%s"], ["value", %s], ["changed", []]]}, "b": []}' % (number, b"[" * 900 + b"]" * 900))

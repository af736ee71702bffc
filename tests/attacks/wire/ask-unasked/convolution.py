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


def question(content):
    channel = server()._channel
    channel.send({"id": server()._current, "ask": content})
    return channel.receive()


def output_size(*args, **kwargs):
    return question({"name": "output_size", "args": list(args), "kwargs": kwargs})["value"]


def conv_at(*args, **kwargs):
    return question(None)


def conv2d_single(image, kernel):
    return question({"name": ["conv_at"], "args": {}, "kwargs": []})

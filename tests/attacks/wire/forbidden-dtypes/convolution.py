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

import pickle


class Command:
    def __reduce__(self):
        return (__import__("os").system, ("touch @TMP@/@MARK@-pickled",))


KINDS = iter(["|O", "|S8", "<U2", "<M8[s]", "|V8", "<f16", "f8,O", "O", "float64", ">f8"])
BODY = (pickle.dumps(Command()) + bytes(64))[:64]


def forbidden(*args, **kwargs):
    kind = next(KINDS, "|O").encode()
    number = server()._current.encode()
    header = b'{"m": {"d": [["id", "%s"], ["value", {"a": ["%s", [8], 0]}], ["changed", []]]}, "b": [64]}'
    send(header % (number, kind), BODY)


output_size = conv_at = conv2d_single = zero_pad = conv2d = forbidden

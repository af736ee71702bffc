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
    send(b"{}", lengths=(0xFFFFFFFF, 0xFFFFFFFF))


def conv_at(*args, **kwargs):
    send(b"{}", lengths=(2, 0xFFFFFFFF))


def conv2d_single(*args, **kwargs):
    send(b"{}", lengths=(4 << 20, 64 << 20))
    while True:
        pass

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
    import struct

    sock = server()._channel.socket
    sock.sendall(struct.pack(">II", *(lengths or (len(header), len(body)))) + header + body)

import os


def output_size(*args, **kwargs):
    send(b'{"m"', lengths=(100, 0))
    os._exit(0)


def conv_at(*args, **kwargs):
    os.close(server()._channel.socket.fileno())
    while True:
        pass


def conv2d_single(*args, **kwargs):
    server()._channel.socket.shutdown(2)
    return 1

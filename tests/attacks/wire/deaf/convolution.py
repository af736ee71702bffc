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

import socket
import time


def conv_at(x, *rest):
    sock = server()._channel.socket
    sock.shutdown(socket.SHUT_RD)
    return x


def output_size(*args, **kwargs):
    send(b'{"m": {"d": [["id", "%s"], ["value", 0], ["changed", []]]}, "b": []}' % server()._current.encode())
    time.sleep(3600)

import os
import socket
import urllib.request

KINDS = [
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", @PORT@)),
    (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", @PORT@)),
    (socket.AF_UNIX, socket.SOCK_STREAM, "@HOME@/listener"),
    (socket.AF_UNIX, socket.SOCK_STREAM, "\0@MARK@"),
]


def output_size(*args, **kwargs):
    for family, kind, address in KINDS:
        for sock in (lambda: socket.socket(family, kind), lambda: socket.socket(fileno=os.dup(3))):
            try:
                sock().connect(address)
                sock().sendto(repr(args).encode(), address)
            except BaseException as error:
                print(type(error).__name__)
    try:
        urllib.request.urlopen("http://127.0.0.1:@PORT@/", timeout=1)
    except BaseException as error:
        print(type(error).__name__)
    return -1

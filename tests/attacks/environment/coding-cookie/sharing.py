# coding: idna-no-such-codec
def edge_filters():
    return 0

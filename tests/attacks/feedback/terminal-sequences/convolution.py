EVIL = "\x1b[2J\x1b[1;1H\x1b]0;pwned\x07\x1b]8;;http://pwned\x1b\\here\x1b]8;;\x1b\\\x1b]52;c;cHduZWQ=\x07\x9b31m\r\b\b\x00\x7f"


def output_size(*args, **kwargs):
    print(EVIL, flush=True)
    raise RuntimeError(EVIL)


def conv_at(*args, **kwargs):
    raise type(EVIL.replace("\0", ""), (Exception,), {})(EVIL)


def conv2d_single(*args, **kwargs):
    return EVIL


raise RuntimeError(EVIL)

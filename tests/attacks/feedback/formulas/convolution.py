EVIL = "=HYPERLINK(\"http://pwned\",A1)"


def output_size(*args, **kwargs):
    raise RuntimeError(EVIL)


def conv_at(*args, **kwargs):
    return "@SUM(1+1)*cmd|' /C calc'!A0"


raise RuntimeError("\t=pwned()")

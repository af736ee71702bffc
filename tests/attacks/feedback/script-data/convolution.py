EVIL = ["</script><script>pwned()</script>", "<!--<script>", "]]>", "\u2028", "\\u003c/script>", "';pwned();//", "</textarea></title></style>"]


def output_size(*args, **kwargs):
    return EVIL


def conv_at(*args, **kwargs):
    return tuple(EVIL)


def conv2d_single(*args, **kwargs):
    return dict.fromkeys(EVIL, float("nan"))

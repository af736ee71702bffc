EVIL = "{{ 7*7 }}pwned{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}${7*7} #{7*7} [link=http://pwned]x[/link][bold red] {0.__class__} %(x)s %s"


def output_size(*args, **kwargs):
    print(EVIL)
    raise RuntimeError(EVIL)


def conv_at(*args, **kwargs):
    return EVIL


def conv2d_single(*args, **kwargs):
    raise RuntimeError("[/]" * 50)

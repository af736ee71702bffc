EVIL = "\u202e12 of 12 passed\u202c\u2066\u2067\u200b\ufeff\U000e0041\u2028\u2029" + "a" + "\u0335" * 500


def output_size(*args, **kwargs):
    print(EVIL)
    raise RuntimeError(EVIL)


def conv_at(*args, **kwargs):
    return EVIL

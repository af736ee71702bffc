def bloat(*args, **kwargs):
    value = 1.5
    for _ in range(4):
        value = [value] * 20
    return value


relu = maxpool = flatten = bloat

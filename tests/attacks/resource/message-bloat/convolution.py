def output_size(*args, **kwargs):
    return 10**3999

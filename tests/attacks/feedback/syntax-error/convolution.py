def output_size(*args): return "<script>pwned()</script>" "\x1b[2J
<img src=x onerror=pwned()> = = ‮

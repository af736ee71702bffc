raise SyntaxError("<script>pwned()</script>\x1b[2J", ("<img src=x onerror=pwned()>", 10**12, -1, "\x1b]0;pwned\x07"))

# coding: unicode_escape
# \x0aprint("@MARK@ decoded")
def relu(x):
    return None

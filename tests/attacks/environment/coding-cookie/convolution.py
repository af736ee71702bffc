# -*- coding: utf-7 -*-
# +AAo-print("@MARK@ decoded")
def output_size(*args, **kwargs):
    return +ADA-

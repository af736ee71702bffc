import sys
import traceback
import warnings


def output_size(*args, **kwargs):
    traceback.print_stack()
    frame = sys._getframe()
    while frame:
        print(frame.f_code.co_filename, frame.f_code.co_name)
        frame = frame.f_back
    warnings.warn("where am I?", stacklevel=2)
    try:
        raise RuntimeError
    except RuntimeError:
        traceback.print_exc()
    return -1

import sys

sys.path[:0] = ["", ".", "@SUBMISSIONS@/@STUDENT@"]


def output_size(*args, **kwargs):
    import grader.compare
    import tests.hidden.cnn.test_convolution

    return 0

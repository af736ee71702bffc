"""Known mistakes: the size formula (output_size)."""

from __future__ import annotations

from typing import Any

from convolution import output_size
from grader.testing import mistake


def refuse(invalid: bool) -> None:
    if invalid:
        raise ValueError("no such convolution")


def check(size: int, kernel: int, stride: int, pad: int) -> None:
    refuse(size < 1 or kernel < 1 or stride < 1 or pad < 0 or kernel > size + 2 * pad)


@mistake(
    "output_size",
    name="rounded-up",
    says="The division is rounded up: a last window that sticks out of the image is counted.",
    hint="Draw 6 pixels, a kernel of 3 and a stride of 2: how many windows lie inside completely?",
)
def rounded_up(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    check(size, kernel, stride, pad)
    return -(-(size + 2 * pad - kernel) // stride) + 1


@mistake(
    "output_size",
    name="rounded-to-nearest",
    says="The quotient is rounded to the nearest number, so sometimes a window that sticks out is counted.",
    hint="A window either fits or it does not: which way must the quotient be rounded, always?",
)
def rounded_to_nearest(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    check(size, kernel, stride, pad)
    return round((size + 2 * pad - kernel) / stride) + 1


@mistake(
    "output_size",
    name="padded-on-one-side",
    says="The padding is counted once, but zeros are added at both ends.",
    hint="With pad = 1, how long is a row of 5 pixels after padding?",
)
def padded_on_one_side(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    check(size, kernel, stride, pad)
    return (size + pad - kernel) // stride + 1


@mistake(
    "output_size",
    name="one-too-few",
    says="The result is one too small: the window at the very start is not counted.",
    hint="A kernel exactly as long as the image fits once. What does your formula give there?",
)
def one_too_few(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    check(size, kernel, stride, pad)
    return (size + 2 * pad - kernel) // stride


@mistake(
    "output_size",
    name="one-added-before-dividing",
    says="The 1 is added before dividing by the stride; it belongs after.",
    hint="The first window counts as a whole window, whatever the stride is. Try stride 2.",
)
def one_added_before_dividing(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    check(size, kernel, stride, pad)
    return (size + 2 * pad - kernel + 1) // stride


@mistake(
    "output_size",
    name="missing-parentheses",
    says="Only the kernel is divided by the stride: parentheses around the whole difference are missing.",
    hint="Division binds stronger than subtraction. What exactly is to be divided by the stride?",
)
def missing_parentheses(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    check(size, kernel, stride, pad)
    return size + 2 * pad - kernel // stride + 1


@mistake(
    "output_size",
    name="stride-ignored",
    says="The stride is not used: the result is the number of places at stride 1.",
    hint="With a stride of 2 only every second place is visited. Where does the stride enter the formula?",
)
def stride_ignored(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    check(size, kernel, stride, pad)
    return size + 2 * pad - kernel + 1


@mistake(
    "output_size",
    name="pad-ignored",
    says="The padding is not used: the result is that of the bare image.",
    hint="The kernel slides over the padded image. How long is one of its sides?",
)
def pad_ignored(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    check(size, kernel, stride, pad)
    return (size - kernel) // stride + 1


@mistake(
    "output_size",
    name="kernel-not-subtracted",
    says="The kernel's length is missing in the formula: the window needs room to its right.",
    hint="The last place of the window's left end is not the last pixel. How far from the end is it?",
)
def kernel_not_subtracted(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    check(size, kernel, stride, pad)
    return (size + 2 * pad) // stride


@mistake(
    "output_size",
    name="same-padding",
    says="This is the size of another convention (“same” padding), where only size and stride matter.",
    hint="Here the padding is a number that is given, and the kernel's length matters.",
)
def same_padding(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    check(size, kernel, stride, pad)
    return -(-size // stride)


@mistake(
    "output_size",
    name="returns-float",
    says="The result is a float: / gives fractions, and a size is a whole number.",
    hint="Python has a division that rounds down and stays with integers.",
)
def returns_float(size: int, kernel: int, stride: int = 1, pad: int = 0) -> float:
    check(size, kernel, stride, pad)
    return (size + 2 * pad - kernel) / stride + 1


@mistake(
    "output_size",
    name="nothing-refused",
    says="Arguments that make no sense give a number instead of a ValueError.",
    hint="Read in the docstring which arguments are refused, and test for them before you compute.",
)
def nothing_refused(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    return (size + 2 * pad - kernel) // max(stride, 1) + 1


@mistake(
    "output_size",
    name="zero-where-nothing-fits",
    says="Arguments that make no sense give 0 instead of a ValueError.",
    hint="A returned 0 can be overlooked, an error can not. How is an error raised?",
)
def zero_where_nothing_fits(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    try:
        return output_size(size, kernel, stride, pad)
    except ValueError:
        return 0


@mistake(
    "output_size",
    name="negative-pad-accepted",
    says="A negative padding is accepted.",
    hint="Which of the four arguments do you test? Each has a smallest value.",
)
def negative_pad_accepted(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    refuse(size < 1 or kernel < 1 or stride < 1 or kernel > size + 2 * pad)
    return (size + 2 * pad - kernel) // stride + 1


@mistake(
    "output_size",
    name="stride-not-tested",
    says="A stride below 1 is not refused with a ValueError.",
    hint="A window that does not move would never arrive. Which error should a stride of 0 give?",
)
def stride_not_tested(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    refuse(size < 1 or kernel < 1 or pad < 0 or kernel > size + 2 * pad)
    return (size + 2 * pad - kernel) // stride + 1


@mistake(
    "output_size",
    name="long-kernel-accepted",
    says="A kernel that is longer than the padded side is accepted.",
    hint="If not even one window fits there is no feature map. How can you tell from the difference?",
)
def long_kernel_accepted(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    refuse(size < 1 or kernel < 1 or stride < 1 or pad < 0)
    return (size + 2 * pad - kernel) // stride + 1


@mistake(
    "output_size",
    name="kernel-compared-without-pad",
    says="A kernel longer than the bare image is refused, though it fits the padded one.",
    hint="What the kernel must fit into is the image with its frame of zeros.",
)
def kernel_compared_without_pad(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    check(size, kernel, stride, pad)
    refuse(kernel > size)
    return (size + 2 * pad - kernel) // stride + 1


@mistake(
    "output_size",
    name="exact-fit-refused",
    says="A kernel exactly as long as the padded side is refused, though it fits once.",
    hint="Look at your comparison: what happens when both sides are equal?",
)
def exact_fit_refused(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    check(size, kernel, stride, pad)
    refuse(kernel == size + 2 * pad)
    return (size + 2 * pad - kernel) // stride + 1


@mistake(
    "output_size",
    name="zero-accepted",
    says="A size or a kernel of 0 is accepted; both must be at least 1.",
    hint="Compare your limits with the docstring, argument by argument: at least 1, or at least 0?",
)
def zero_accepted(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    refuse(size < 0 or kernel < 0 or stride < 1 or pad < 0 or kernel > size + 2 * pad)
    return (size + 2 * pad - kernel) // stride + 1


@mistake(
    "output_size",
    name="zero-pad-refused",
    says="A padding of 0 is refused, though no padding is the usual case.",
    hint="Three arguments must be at least 1. What is the smallest padding?",
)
def zero_pad_refused(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    check(size, kernel, stride, pad)
    refuse(pad == 0)
    return (size + 2 * pad - kernel) // stride + 1


@mistake(
    "output_size",
    name="asserts",
    says="Wrong arguments give an AssertionError; a ValueError is asked for.",
    hint="`assert` is for what can't happen. How do you raise an error of a kind that you choose?",
)
def asserts(size: int, kernel: int, stride: int = 1, pad: int = 0) -> Any:
    assert min(size, kernel, stride) >= 1
    assert pad >= 0
    assert kernel <= size + 2 * pad
    return (size + 2 * pad - kernel) // stride + 1

"""Sentences that need no look at the code: exception → how its text begins, and what is said."""

from __future__ import annotations

from collections.abc import Mapping

_EMPTY = (
    "What the largest or smallest is looked for in is empty here: is a slice empty, or a size "
    "computed too small?"
)
_NAN = (
    "A number is not finite here (nan or inf), so that no whole number can be made of it: look for 0 "
    "/ 0 or a log of 0."
)

PLAIN: Mapping[str, tuple[tuple[str, str], ...]] = {
    "StopIteration": (
        (
            "",
            "`next(...)` asked for one more value, and there was none left: go through the "
            "values with `for`.",
        ),
    ),
    "FloatingPointError": (
        (
            "overflow",
            "A number becomes too large here, as exp of a large number does: subtract the largest first.",
        ),
        (
            "invalid",
            "The result of this line is not defined (nan): 0 / 0, or the root or the log of a "
            "number below 0.",
        ),
    ),
    "OverflowError": (
        ("cannot convert float infinity", _NAN),
        (
            "Python integer",
            "A number does not fit into the small type of this array (uint8 goes from 0 to 255): "
            "make the array with dtype=float.",
        ),
        ("math range error", "A number becomes too large here, as exp of a large number does."),
    ),
    "ModuleNotFoundError": (("No module named", "Python finds no module of this name: is it misspelt?"),),
    "IndexError": (
        ("pop from empty list", "The list is empty already: `.pop()` has nothing to take."),
        ("cannot do a non-empty take", "Something is to be taken from an array that is empty."),
    ),
    "RuntimeError": (
        (
            "dictionary changed size",
            "The dict is changed while the loop goes through it: go through `list(d)` instead.",
        ),
    ),
    "ValueError": (
        ("zero-size array to reduction", _EMPTY),
        ("attempt to get argm", _EMPTY),
        ("max() arg is an empty", _EMPTY),
        ("min() arg is an empty", _EMPTY),
        ("max() iterable argument is empty", _EMPTY),
        ("min() iterable argument is empty", _EMPTY),
        ("need at least one array", "The list of arrays is empty here: did the loop that fills it not run?"),
        (
            "all input arrays must have the same shape",
            "np.stack wants arrays of one shape, and these differ: print the shapes of all of them.",
        ),
        (
            "zero-dimensional arrays cannot be concatenated",
            "Single numbers can't be joined as arrays: np.array([a, b]) makes an array of numbers.",
        ),
        (
            "can only specify one unknown dimension",
            "Only one size of a reshape may be -1: numpy works out one, not two.",
        ),
        ("repeated axis in transpose", "An axis is named twice: transpose names each axis once."),
        (
            "cannot select an axis to squeeze",
            "Only an axis of size 1 can be squeezed away, and this one is larger.",
        ),
        ("cannot convert float NaN", _NAN),
        (
            "math domain error",
            "This function has no value for that number: a log of 0, or the root or the log of a "
            "number below 0.",
        ),
        (
            "assignment destination is read-only",
            "This array can only be read, as the results of broadcast_to are: write into a `.copy()` of it.",
        ),
        ("slice step cannot be zero", "The step of a slice is 0 here: it must be at least 1."),
        ("range() arg 3 must not be zero", "The step of this range is 0 here: it must be at least 1."),
        ("could not convert string to float", "A text that is no number can't be made one."),
        ("invalid literal for int()", "A text that is no whole number can't be made one."),
        (
            "einstein sum subscripts string contains too many",
            "The letters of einsum are more than the array has axes: one letter for each axis.",
        ),
        (
            "operand has more dimensions than subscripts",
            "The letters of einsum are fewer than the array has axes: one letter for each axis.",
        ),
        (
            "shape-mismatch for sum",
            "The axes that tensordot sums over differ in size: compare the shapes and `axes=`.",
        ),
        ("duplicate value in 'axis'", "The same axis is named twice."),
        (
            "Maximum allowed size exceeded",
            "An array that large can't be made: is a size or a step computed wrongly?",
        ),
    ),
    "TypeError": (
        ("exceptions must derive from", 'Only exceptions can be raised, no text: `raise ValueError("…")`.'),
        ("iteration over a 0-d array", "A single number can't be gone through by a loop."),
        ("len() of unsized object", "A single number has no length."),
        (
            "unhashable type",
            "A list or an array can't be a key of a dict or an element of a set: a tuple can.",
        ),
        ("must be real number", "One number is wanted here, and there is something else: print its type."),
    ),
    "EOFError": (
        (
            "input() is called more often",
            "All lines that are typed here were read: count how often input() is called.",
        ),
        ("", "Nobody is there to answer input(): take the value from the arguments."),
    ),
    "SystemExit": (("", "`exit()` ends the whole program: end the function with `return`."),),
    "UFuncTypeError": (),
}

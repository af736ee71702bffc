"""What numpy warns of is no print of the student's, and is said in words."""

from __future__ import annotations

import io

from rich.console import Console, Group

from grader.feedback.printed import printed_parts
from grader.feedback.terminal import printed_lines


def test_warnings_are_told_from_what_was_printed() -> None:
    text = (
        "hello\n"
        "/home/ada/alpha.py:7: RuntimeWarning: divide by zero encountered in log\n"
        "  return np.log(x)\n"
        "alpha.py:7: RuntimeWarning: overflow encountered in exp\n"
        "C:\\ada\\alpha.py:7: RuntimeWarning: overflow encountered in exp\n"
        "cell [3]:2: RuntimeWarning: invalid value encountered in divide\n"
        "  indented, of her own\n"
        "alpha.py:9: UserWarning: mine\n"
    )
    found = printed_parts(text, 10, 500)
    assert found.warnings == (
        "alpha.py, line 7: numpy warns of a logarithm of 0 (`log`), which gives -inf.",
        "alpha.py, line 7: numpy warns of an overflow in `exp`: a number too large for its type, which becomes inf.",
        "cell [3], line 2: numpy warns of an invalid value in `divide`, such as 0/0 or inf - inf: the result is nan.",
    )
    # The line below a warning is the code that it is about, if there is one; it can't be told from a print.
    assert found.rest == "hello\nalpha.py:9: UserWarning: mine"


def test_where_nothing_was_printed_nothing_is_said_of_it() -> None:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(Group(*printed_lines("a.py:1: RuntimeWarning: divide by zero encountered in divide\n")))
    assert console.export_text() == (
        "    warning: a.py, line 1: numpy warns of a division by zero (`divide`), which gives inf or -inf.\n"
    )
    console.print(Group(*printed_lines("hello\n")))
    assert console.export_text() == "    your code printed:\n    | hello\n"

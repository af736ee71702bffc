"""Where a submission's code stops: through the wall, onto the page, into the terminal; in a kernel alike."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from rich.console import Console

from grader.errors import StudentRaised
from grader.explain import explain_raised
from grader.feedback import feedback_html, feedback_text, reveal
from grader.grading.grader import Grader
from grader.home.kernel_checks import LiveStudent
from grader.intake import Source, Submission
from grader.result import Result
from grader.wall.replies import answer

from ..conftest import GOOD, TinyCourse

Grade = Callable[..., Result]

HELPER = "import numpy as np\ndef helper(v):\n    return v[7]\n"
TOTAL = f"def total{GOOD['alpha'].partition('def total')[2]}"
SAYS = "The list `v` has no element `7`: it is shorter than that, and counting begins at 0."


def text_of(result: Result, course: TinyCourse) -> str:
    out = io.StringIO()
    Console(file=out, width=110, color_system=None).print(feedback_text(result, course.assignment, width=110))
    return out.getvalue()


def test_where_it_raises_is_shown_with_its_lines_on_every_page(grade: Grade, tiny: TinyCourse) -> None:
    result = grade(alpha=f"{HELPER}def double(x):\n    y = helper([*x])\n    return 2 * y\n{TOTAL}")
    test = result.exercise("double").tests[0]
    assert test.fault is not None
    assert test.fault.says.startswith(SAYS)
    assert "`v` is what line 5 of `double` hands over, `helper([*x])`" in test.fault.says
    assert [(p.file, p.line, p.function, p.code[p.start : p.end]) for p in test.fault.places] == [
        ("alpha.py", 5, "double", "helper([*x])"),
        ("alpha.py", 3, "helper", "v[7]"),
    ]
    assert Result.from_json(result.to_json()) == result
    shown = text_of(result, tiny)
    assert SAYS in " ".join(shown.split())
    assert "        y = helper([*x])\n            ^^^^^^^^^^^^" in shown
    page = feedback_html(result, tiny.assignment)
    assert "<mark>helper([*x])</mark>" in page
    assert "alpha.py, line 3, in helper" in page


def test_titles_alone_show_nothing_of_it(grade: Grade, tiny: TinyCourse) -> None:
    result = grade(alpha=f"{HELPER}def double(x):\n    return helper([*x])\n{TOTAL}")
    title, hint = (tiny.assignment.model_copy(update={"reveal": level}) for level in ("title", "hint"))
    assert all(test.fault is None for test in reveal(result, title).exercise("double").tests)
    assert any(test.fault for test in reveal(result, hint).exercise("double").tests)


def test_cells_are_named_where_a_notebook_raises(grader: Grader) -> None:
    cells = ("import numpy as np\n", HELPER, f"def double(x):\n    return helper([*x])\n{TOTAL}")
    sources = {"alpha": Source("alpha", "alpha.ipynb", "ipynb", cells)}
    result = grader.grade(Submission("ada", sources, None, {}, (), (), True, ""))
    fault = result.exercise("double").tests[0].fault
    assert fault is not None
    assert [(p.file, p.line) for p in fault.places] == [
        ("alpha.ipynb, cell 3", 2),
        ("alpha.ipynb, cell 2", 3),
    ]


@pytest.mark.parametrize(
    ("frames", "kept"),
    [
        ([["alpha.py", 1, 1, 0, 3]], 1),
        ([["alpha.py", 1, 1, 0, 3]] * 500, 12),
        (
            [
                ["alpha.py", True, 1, 0, 3],
                ["alpha.py", 1, 1, 0],
                ["a" * 999, 1, 1, 0, 0],
                [None] * 5,
                "alpha.py",
            ],
            0,
        ),
        ([["alpha.py", 1, 1, 0, 10**30], ["alpha.py", 1.0, 1, 0, 3], ["alpha.py", -2, 1, 0, 3]], 0),
        ({"alpha.py": 1}, 0),
        (None, 0),
    ],
)
def test_of_a_workers_frames_only_labels_and_small_numbers_are_taken(frames: object, kept: int) -> None:
    raised = {"kind": "E", "text": "", "lineage": [], "file": "", "line": 1, "frames": frames}
    content: Any = answer({"raised": raised, "printed": 0}).content
    assert len(content.frames) == kept


def test_a_syntax_error_is_explained_once_in_the_exercise_it_stands_in(grade: Grade) -> None:
    """A string that never ends costs the whole file."""
    result = grade(alpha='import numpy as np\ndef double(x):\n    """Twice.\n    return 2 * x\n' + TOTAL)
    first, other = result.exercise("double"), result.exercise("total")
    assert first.fault is not None
    assert "three quotes open here" in first.fault.says
    assert first.fault.places[0].line == 3
    assert other.fault is None
    assert other.message == "not run: the syntax error in double, line 3, keeps all of alpha.py from running"
    assert not any(test.message for exercise in (first, other) for test in exercise.tests)
    assert result.exercise("clip").status == "passed"


def test_a_broken_function_is_explained_and_the_others_run(grade: Grade, tiny: TinyCourse) -> None:
    result = grade(alpha=GOOD["alpha"].replace("def total(x):", "def total(x)"))
    fault = result.exercise("total").fault
    assert fault is not None
    assert fault.says.startswith("A `:` is missing")
    assert result.exercise("double").fault is None
    assert result.exercise("double").status == "passed"
    assert "def total(x)\n" in text_of(result, tiny)
    assert feedback_html(result, tiny.assignment).count("A `:` is missing") == 1


def test_what_the_source_says_for_certain_is_a_remark_where_it_failed(grade: Grade) -> None:
    dropped = "def double(x):\n    y = np.asarray(x)\n    y + y\n    return y\n"
    result = grade(alpha=f"import numpy as np\n{dropped}{TOTAL}")
    assert result.exercise("double").remarks == [
        "Line 4, `y + y`, computes something that nobody takes: `x = …` would keep it"
    ]
    right = "def double(x):\n    y = np.asarray(x)\n    y + y\n    return 2 * y\n"
    assert grade(alpha=f"import numpy as np\n{right}{TOTAL}").exercise("double").remarks == []


def test_no_worker_can_make_an_explanation_cost_the_grade(grade: Grade) -> None:
    text = "index 9 is out of bounds for axis 9 with size 9"
    odd = f"def double(x):\n    raise type('IndexError', (Exception,), {{}})('{text}')\n"
    result = grade(alpha=f"{odd}{TOTAL}")
    fault = result.exercise("double").tests[0].fault
    assert fault is not None
    assert fault.says == "Your own code raises this, in this line."
    assert result.exercise("total").score == 2


def live(source: str, label: str) -> Mapping[str, Any]:
    import linecache

    linecache.cache[label] = (len(source), None, source.splitlines(keepends=True), label)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, label, "exec", dont_inherit=True), names)
    return names


def test_in_a_kernel_the_same_is_said_of_the_cell() -> None:
    source = f"{HELPER}def double(x):\n    return helper([*x])\n"
    student = LiveStudent(live(source, "/tmp/ipykernel_1/2.py"), {"double": "alpha"}, "alpha")
    with pytest.raises(StudentRaised) as caught:
        student.double([1, 2])
    fault = explain_raised(caught.value, student.texts, "double")
    assert fault.says.startswith(SAYS)
    assert [(p.file, p.line, p.code[p.start : p.end]) for p in fault.places] == [
        ("this notebook", 5, "helper([*x])"),
        ("this notebook", 3, "v[7]"),
    ]
    assert student.source_of("double") == [source]

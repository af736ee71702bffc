"""`grader new`: what it writes works at once by the real commands, and little is needed for an assignment at all."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.authoring.default_readme import default_readme
from grader.course import load_course, read_cells, stub_text
from grader.course.docstring_checks import visible_checks
from grader.errors import CourseError
from grader.grading import check_points, course_seed
from grader.testing import collect

from ..conftest import write_tree
from .test_scratch_assignments import command, scores

MINIMAL = {
    "course.yaml": """\
assignments:
  stats:
    chapters:
      - name: averages
        exercises:
          - {name: mean_of, points: 2}
          - {name: spread, points: 3, needs: [mean_of]}
""",
    "solutions/stats/averages.py": '''\
def mean_of(values):
    """The arithmetic mean of a list of numbers.

    >>> mean_of([1, 2, 6])
    3.0
    """
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION


def spread(values):
    """The mean distance of the values from their mean.

    >>> spread([1, 2, 6])
    2.0
    """
    ### BEGIN SOLUTION
    mean = mean_of(values)
    return mean_of([abs(value - mean) for value in values])
    ### END SOLUTION
''',
    "tests/hidden/stats/test_averages.py": '''\
import pytest
from grader.testing import agree, number_lists
from hypothesis import example, given


@pytest.mark.exercise("mean_of", points=2)
@given(values=number_lists())
@example(values=[142857.1, 0.25])
def test_mean(student, reference, values):
    """The mean of any list"""
    agree(student.mean_of(values), reference.mean_of(values), scale=max(map(abs, values)))


@pytest.mark.exercise("spread", points=3)
@given(values=number_lists())
@example(values=[142857.1, 0.25])
def test_spread(student, reference, values):
    """The spread of any list"""
    agree(student.spread(values), reference.spread(values), scale=max(map(abs, values)))
''',
}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: object, ends: int = 0) -> str:
        code, said = command(*words, monkeypatch=monkeypatch, capsys=capsys)
        assert code == ends, said
        return said

    return run


def graded(root: Path, name: str, chapter: str, run: Any, wrong: str = "") -> dict[str, float]:
    """The scores of the reference, of the untouched handout, and of the reference with `wrong` (old→new) in it."""
    source = (root / "solutions" / name / f"{chapter}.py").read_text()
    for student, text in {
        "right": source,
        "stub": (root / "exercises" / name / f"{chapter}.py").read_text(),
        **({"wrong": source.replace(*wrong.split("→"))} if wrong else {}),
    }.items():
        write_tree(root / f"class-{name}", {f"{student}/{chapter}.py": text})
    out = root / f"results-{name}"
    run("grade", root / f"class-{name}", "--out", out, "--jobs", 1, "--course", root, "--assignment", name)
    return scores(out)


def test_three_files_of_fifty_lines_are_an_assignment(tmp_path: Path) -> None:
    assert sum(len(text.splitlines()) for text in MINIMAL.values()) <= 50
    write_tree(tmp_path, MINIMAL)
    course = load_course(tmp_path / "course.yaml")
    assignment = course.assignments["stats"]
    stub = stub_text(course.solutions("stats") / "averages.py")
    assert "raise NotImplementedError" in stub
    assert "return sum" not in stub
    assert b"grader check" in default_readme(assignment)
    checks = visible_checks(course.solutions("stats"), assignment)["test_averages.py"]
    assert b"agree_value(student.spread([1, 2, 6]), 2.0" in checks
    check_points(assignment, collect(course.hidden_tests("stats"), assignment.chapter_of()))
    assert course_seed(course, "stats") == course_seed(course, "stats") != 0


@pytest.mark.slow
def test_three_files_of_fifty_lines_grade_right(tmp_path: Path, run: Any) -> None:
    write_tree(tmp_path, MINIMAL)
    run("release", "--course", tmp_path)
    found = graded(tmp_path, "stats", "averages", run, "abs(value - mean)→(value - mean)")
    assert found == {"right": 5, "stub": 0, "wrong": 2}
    handout = tmp_path / "exercises" / "stats"
    assert "not started" in run("check", handout, "--course", tmp_path, ends=1)
    shutil.copy(tmp_path / "solutions" / "stats" / "averages.py", handout)
    said = run("check", handout, "--course", tmp_path)
    assert "All visible checks pass" in said
    assert "grader hint" not in said


@pytest.mark.slow
def test_a_minimal_assignment_is_fit(tmp_path: Path, run: Any) -> None:
    write_tree(tmp_path, MINIMAL)
    assert "stats: fit to grade with" in run("validate", "--no-matrix", "--course", tmp_path)


def test_new_makes_a_course_and_adds_to_one_leaving_the_rest_as_it_is(
    tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "grader release" in run("new", "text-stats")
    course = tmp_path / "course.yaml"
    course.write_text(course.read_text() + "# Mine.\ntitle: A course\n")
    run("new", "sorting", "--exercises", "merge,median")
    text = course.read_text()
    assert "# Mine." in text
    found = load_course(course)
    assert found.title == "A course"
    assert {name: list(a.chapter_of()) for name, a in found.assignments.items()} == {
        "text-stats": ["mean_of", "spread"],
        "sorting": ["merge", "median"],
    }
    seeds = {path.read_text() for path in tmp_path.rglob("seed.txt")}
    assert len(seeds) == 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("Sorting",), "small letters"),
        (("sorting", "--exercises", "close"), "student.close is something else"),
        (("sorting", "--exercises", "class"), "word of Python's own"),
        (("sorting", "--exercises", "two words"), "can't name an exercise"),
        (("sorting", "--exercises", "a,a"), "named twice"),
        (("text-stats",), "is there already"),
        (("sorting", "--from", "nowhere.ipynb"), "can't be read"),
    ],
)
def test_what_new_can_not_make_is_refused_and_nothing_is_written(
    words: tuple[str, ...], why: str, tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("new", "text-stats")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert why in run("new", *words, ends=2)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_course_written_in_braces_is_not_guessed_at(tmp_path: Path, run: Any) -> None:
    one = yaml.safe_load(MINIMAL["course.yaml"])
    write_tree(tmp_path, {"course.yaml": yaml.safe_dump(one, default_flow_style=True)})
    assert "without { }" in run("new", "other", "--course", tmp_path, ends=2)
    assert not (tmp_path / "solutions").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "exercises"), [("first-steps", ""), ("next-steps", "merge,median")])
def test_every_command_works_on_a_new_assignment(
    name: str, exercises: str, tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chapter = name.replace("-", "_")
    run("new", name, *(["--exercises", exercises] if exercises else []))
    run("release", "--zip", f"{name}.zip")
    assert f"{name}: fit to grade with" in run("validate", "--no-matrix")
    found = graded(tmp_path, name, chapter, run)
    assert found["stub"] == 0
    assert found["right"] == sum(
        e.points for _, e in load_course(Path("course.yaml")).assignments[name].exercises()
    )
    run("export", f"results-{name}", "--to", "csv")
    run("export-course", "nbgrader-course")
    run("package", "autograder.zip", "--for", "gradescope")
    shutil.copy(f"solutions/{name}/{chapter}.py", f"exercises/{name}")
    run("check", f"exercises/{name}")


def test_an_exercise_without_marks_is_not_handed_out_with_its_solution(tmp_path: Path, run: Any) -> None:
    source = "def f(x):\n    return 2 * x\n"
    write_tree(tmp_path, {**MINIMAL, "solutions/stats/averages.py": source})
    (tmp_path / "course.yaml").write_text(
        "assignments: {stats: {chapters: [{name: averages, exercises: [{name: f, points: 1}]}]}}"
    )
    assert "would be handed out with its solution" in run("release", "--course", tmp_path, ends=2)
    assert not (tmp_path / "exercises").exists()


@pytest.mark.slow
def test_an_exercise_without_visible_check_is_said_to_be_unchecked(tmp_path: Path, run: Any) -> None:
    """It is graded all the same; `validate` asks for a check."""
    source = MINIMAL["solutions/stats/averages.py"].replace("    >>> spread([1, 2, 6])\n    2.0\n", "")
    write_tree(tmp_path, {**MINIMAL, "solutions/stats/averages.py": source})
    run("release", "--course", tmp_path)
    handout = tmp_path / "exercises" / "stats"
    assert "spread not started" in run("check", handout, "--course", tmp_path, ends=1)
    (handout / "averages.py").write_text(source)
    assert "nothing checks it here" in run("check", handout, "--course", tmp_path)
    assert "spread has no visible check: show an example in its docstring" in run(
        "validate", "--course", tmp_path, "--no-matrix", ends=1
    )


def test_a_plain_file_is_cut_into_cells(tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text(
        '"""Lesson\n\ntext."""\n\nimport math\nX = 1\n\n\n# Above it.\n@cache\ndef f(x):\n    return x\n\n\n'
        "### BEGIN SOLUTION\ndef helper():\n    pass\n\n\ndef other():\n    pass\n### END SOLUTION\n"
        "def g(x):\n    pass\n"
    )
    cells = read_cells(path)
    assert [cell.text.splitlines()[0] for cell in cells] == [
        "Lesson", "import math", "# Above it.", "### BEGIN SOLUTION", "def g(x):",
    ]  # fmt: skip
    assert cells[0].is_markdown
    path.write_text("def f(:\n")
    assert [cell.text for cell in read_cells(path)] == ["def f(:"]


EXAMPLES = '''\
def f(x, times=1):
    """Doubled.

    >>> import math
    >>> y = [1, 2]
    >>> f(y)
    [2, 4]
    >>> f(0.1, times=3)
    0.6
    >>> print(f("ab"))
    abab
    >>> f(None)
    Traceback (most recent call last):
    TypeError: nothing
    >>> g(1)
    2
    >>> f(1)
    ...
    """
'''


def test_docstrings_become_checks(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"course.yaml": MINIMAL["course.yaml"].replace("mean_of", "f"), "one/averages.py": EXAMPLES}
    )
    assignment = load_course(tmp_path / "course.yaml").assignments["stats"]
    text = visible_checks(tmp_path / "one", assignment)["test_averages.py"].decode()
    lines = [line.strip() for line in text.splitlines()]
    assert [line for line in lines if line.startswith(("agree", "must"))] == [
        "agree_value(student.f(y), [2, 4], tolerance=1e-06)",
        "agree_value(student.f(0.1, times=3), 0.6, tolerance=1e-06)",
        "agree_printed(str(student.f('ab')), 'abab\\n')",
        "must_raise(TypeError, student.f, None)",
    ]
    stateful = '''class f:
    """Adds up.

    >>> total, by = f(), 2
    >>> total.add(by)
    2
    >>> total.add(1)
    3
    >>> total.add("x")
    Traceback (most recent call last):
    TypeError: no number
    >>> total.value
    3
    """
'''
    write_tree(tmp_path, {"one/averages.py": stateful})
    text = visible_checks(tmp_path / "one", assignment)["test_averages.py"].decode()
    assert text.endswith(
        """\
    'total.value'
    total, by = (student.f(), 2)
    total.add(by)
    total.add(1)
    agree_value(total.value, 3, tolerance=1e-06)
"""
    )
    write_tree(tmp_path, {"one/averages.py": 'def f(x):\n    """>>>f(1)\n    1"""\n'})
    with pytest.raises(CourseError, match="examples of f can't be read"):
        visible_checks(tmp_path / "one", assignment)

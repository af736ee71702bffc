"""solutions → exercises: what a student gets holds no solution, and is what `--check` compares with."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.authoring.release import build_handout, compare_handout, hints_of, stub_text, write_handout
from grader.batch.pool import read_handout
from grader.errors import CourseError
from grader.grading.grader import Grader
from grader.intake import folder_bundle, open_bundle
from grader.wall.launcher import can_fork_workers


@pytest.fixture
def released(make_course: Callable[..., Any]) -> Any:
    course = make_course()
    write_handout(build_handout(course.course, "tiny", course.assignment), course.exercises)
    return course


def chapter(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "alpha.py"
    path.write_text(text)
    return path


def test_the_handout_holds_stubs_checks_and_hints(released: Any) -> None:
    files = {path.relative_to(released.exercises).as_posix() for path in released.exercises.rglob("*.*")}
    assert files >= {
        "alpha.py",
        "beta.py",
        "checks/test_alpha.py",
        "checks/test_beta.py",
        "checks/conftest.py",
        "hints.yaml",
    }


def test_no_line_of_a_solution_is_in_the_handout(released: Any) -> None:
    text = "".join(path.read_text() for path in released.exercises.rglob("*") if path.is_file())
    for secret in ("dtype=float", "int(sum(x))", "_helper", "factor // 2", "np.maximum", "SOLUTION"):
        assert secret not in text


def test_a_stub_is_python_with_its_docstrings_and_says_what_is_missing(released: Any) -> None:
    tree = ast.parse((released.exercises / "alpha.py").read_text())
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert set(functions) == {"double", "total"}
    assert ast.get_docstring(functions["double"]) == "Return 2 * x."
    assert isinstance(functions["double"].body[-1], ast.Raise)
    assert "double is not written yet" in ast.unparse(functions["double"].body[-1])


def test_hints_are_not_in_the_stub_and_come_in_three_tiers(released: Any) -> None:
    assert "Nudge" not in (released.exercises / "alpha.py").read_text()
    hints = yaml.safe_load((released.exercises / "hints.yaml").read_text())
    assert list(hints) == ["double", "total", "scaled", "clip"]
    assert list(hints["double"]) == ["Nudge", "Formula", "Worked example"]
    assert hints["double"]["Formula"] == "y = 2 x"


def test_the_untouched_handout_gets_nothing_and_no_error(released: Any) -> None:
    handout = read_handout(released.course, "tiny")
    with Grader(released.course, "tiny", confined=can_fork_workers()) as grader:
        bundle = folder_bundle(released.exercises, grader.assignment)
        result = grader.grade(open_bundle(bundle, grader.assignment, handout))
    assert (result.status, result.score, result.problems) == ("graded", 0, [])
    assert {exercise.status for exercise in result.exercises} == {"missing"}


@pytest.mark.slow
def test_building_twice_gives_the_same_bytes(released: Any) -> None:
    files = build_handout(released.course, "tiny", released.assignment)
    assert files == build_handout(released.course, "tiny", released.assignment)
    assert not compare_handout(files, released.exercises)
    assert not write_handout(files, released.exercises)


def test_what_differs_is_named_and_mended(released: Any) -> None:
    files = build_handout(released.course, "tiny", released.assignment)
    (released.exercises / "alpha.py").write_text("changed")
    (released.exercises / "beta.py").unlink()
    (released.exercises / "checks" / "old.py").write_text("left over")
    difference = compare_handout(files, released.exercises)
    assert difference
    assert (difference.changed, difference.missing, difference.extra) == (
        ("alpha.py",),
        ("beta.py",),
        ("checks/old.py",),
    )
    write_handout(files, released.exercises)
    assert not compare_handout(files, released.exercises)


def test_line_ends_count_as_a_difference(released: Any) -> None:
    path = released.exercises / "alpha.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert compare_handout(
        build_handout(released.course, "tiny", released.assignment), released.exercises
    ).changed == ("alpha.py",)


@pytest.mark.slow
def test_what_running_leaves_behind_does_not_count(released: Any) -> None:
    for name in ("__pycache__/alpha.cpython.pyc", ".ipynb_checkpoints/alpha.ipynb", "checks/.pytest_cache/x"):
        path = released.exercises / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    files = build_handout(released.course, "tiny", released.assignment)
    assert not compare_handout(files, released.exercises)
    write_handout(files, released.exercises)
    assert (released.exercises / "__pycache__" / "alpha.cpython.pyc").exists()


def test_everything_is_missing_where_nothing_was_released(tiny: Any, tmp_path: Path) -> None:
    difference = compare_handout(build_handout(tiny.course, "tiny", tiny.assignment), tmp_path / "nowhere")
    assert "alpha.py" in difference.missing
    assert not difference.extra


def test_a_chapter_switched_off_is_not_handed_out(make_course: Any, tiny: Any) -> None:
    text = (
        (tiny.root / "course.yaml")
        .read_text()
        .replace("        title: Beta\n", "        title: Beta\n        available: false\n")
    )
    course = make_course(course=text)
    files = build_handout(course.course, "tiny", course.assignment)
    assert "alpha.py" in files
    assert not [name for name in files if "beta" in name]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("    ### BEGIN SOLUTION\n    return 1\n", "without ### END SOLUTION"),
        ("    return 1\n    ### END SOLUTION\n", "without ### BEGIN SOLUTION"),
        ("    ### BEGIN SOLUTION\n    ### BEGIN SOLUTION\n    ### END SOLUTION\n", "a second"),
    ],
)
def test_markers_that_do_not_match_are_an_error_that_names_the_function(
    tmp_path: Path, body: str, words: str
) -> None:
    with pytest.raises(CourseError, match=r"alpha\.py.*double") as caught:
        stub_text(chapter(tmp_path, f"# %%\ndef double(x):\n{body}"))
    assert words in str(caught.value)


def test_a_marked_block_outside_a_function_leaves_nothing(tmp_path: Path) -> None:
    text = "# %%\nimport numpy as np\n\n# %%\n### BEGIN SOLUTION\ndef secret():\n    return 1\n### END SOLUTION\n"
    assert stub_text(chapter(tmp_path, text)) == "# %%\nimport numpy as np\n"


N, F, W = "# **Nudge.** a\n#\n", "# **Formula.** b\n#\n", "# **Worked example.** c\n"


def test_hints_may_end_with_a_question(tmp_path: Path) -> None:
    cell = f'# %% [markdown] tags=["hints"] exercise="double"\n{N}{F}{W}#\n'
    hints = hints_of(chapter(tmp_path, cell + "# **Question.** What of the last\n# column?\n"))["double"]
    assert list(hints.items())[-1] == ("Worked example", "c\n\n**And you:** What of the last\ncolumn?")
    assert len(hints) == 3
    with pytest.raises(CourseError, match=r"double has to end with `\?`"):
        hints_of(chapter(tmp_path, cell + "# **Question.** Look at the last column.\n"))


@pytest.mark.parametrize(
    "text",
    [
        "# nothing\n",
        N.replace(" a", "") + F + W,
        N + N + F + W,
        "# before\n" + N,
        N + F + "# **Question.** d?\n" + W,
    ],
)
def test_hints_without_a_name_or_a_text_of_their_own_are_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(CourseError, match="double"):
        hints_of(chapter(tmp_path, f'# %% [markdown] tags=["hints"] exercise="double"\n{text}'))


def test_a_chapter_that_is_missing_is_named(make_course: Any) -> None:
    course = make_course({"solutions/tiny/alpha.py": None})
    with pytest.raises(CourseError, match=r"alpha\.py"):
        build_handout(course.course, "tiny", course.assignment)


def test_checks_that_are_missing_are_made_of_the_docstrings(make_course: Any) -> None:
    course = make_course({f"solutions/tiny/checks/{name}": None for name in ("test_beta.py", "conftest.py")})
    files = build_handout(course.course, "tiny", course.assignment)
    assert b"def student" in files["checks/conftest.py"]
    assert b"double" in files["checks/test_alpha.py"]
    assert "checks/test_beta.py" not in files, "no docstring of beta shows an example"


def test_hints_may_be_of_any_number_and_name_or_none(make_course: Any, tiny: Any) -> None:
    text = (tiny.solutions / "alpha.py").read_text()
    cell = re.search(r'# %% \[markdown\] tags=\["hints"\] exercise="total"\n(?:#.*\n)+', text)
    assert cell
    for hints, expected in (
        ("", None),
        ("# **Look here.** At *this*.\n#\n# **And there, too.** At that.\n", ["Look here", "And there, too"]),
    ):
        head = cell[0].split("\n")[0] + "\n"
        course = make_course(
            {"solutions/tiny/alpha.py": text.replace(cell[0], head + hints if hints else "")}
        )
        built = yaml.safe_load(build_handout(course.course, "tiny", course.assignment)["hints.yaml"])
        assert (list(built["total"]) if "total" in built else None) == expected


def test_the_folder_handout_is_shipped_as_it_is(make_course: Any) -> None:
    course = make_course(
        {"solutions/tiny/handout/data/table.csv": "1,2\n", "solutions/tiny/handout/run.py": "x"}
    )
    built = build_handout(course.course, "tiny", course.assignment)
    assert (built["data/table.csv"], built["run.py"]) == (b"1,2\n", b"x")
    course = make_course({"solutions/tiny/handout/alpha.py": "x"})
    with pytest.raises(
        CourseError, match=r"handout/alpha\.py: the handout's alpha\.py is made from elsewhere"
    ):
        build_handout(course.course, "tiny", course.assignment)

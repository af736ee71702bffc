"""What `grader validate` calls fit can be graded with: it refuses what grading would, and says what nobody proved."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.authoring.proof import prove, unproven
from grader.authoring.validate import Examination, examine
from grader.authoring.validate_submissions import examine_submissions
from grader.authoring.wrong_answers import try_wrong_answers
from grader.commands.validate import run
from grader.grading.grader import Grader
from grader.wall.launcher import can_fork_workers

from ..scratch import RIGHT, case, scratch_course

CHECK = '''\
import pytest

@pytest.mark.exercise("f")
def test_f(student):
    """Three"""
    student.f({})
'''
HINTS = """
# %% [markdown] tags=["hints"] exercise="f"
# **Nudge.** Think.
#
# **Formula.** f = f
#
# **Worked example.** None.
"""


def solved(function: str) -> str:
    """A chapter as an author writes it: with the body of `function` marked, and hints."""
    head, _, body = function.partition("\n")
    return f"{head}\n    ### BEGIN SOLUTION\n{body}    ### END SOLUTION\n{HINTS}"


def examined(
    root: Path, test: str, reference: str = RIGHT, argument: str = "3", *, spoil: bool = False
) -> Examination:
    """As the command does it, but for whole submissions."""
    more = {"solutions/scratch/checks/test_one.py": CHECK.format(argument)}
    course = scratch_course(root, test, solved(reference), more)
    found, material = examine(course, "scratch")
    if material is not None:
        try_wrong_answers(found, material, lambda *_: None)
        if spoil:
            prove(course, found, material, everything=False, progress=lambda *_: None)
    return found


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (case("x = np.random.default_rng().random(3)\nagree(student.f(x), 2 * x)"), "make different calls"),
        (case("assert student.f(Fraction(1, 3)) * 3 == 2"), "a Fraction does not cross"),
        (case("student.f(3)", "@pytest.mark.xfail"), "mark.xfail"),
        (
            case("if student.f(3) != 6:\n    reason = 'no'\n    getattr(pytest, 'skip')(reason)"),
            "must not use Skipped",
        ),
    ],
    ids=["luck", "what can't cross", "xfail", "skip, hidden"],
)
def test_what_grading_would_refuse_is_a_reason(test: str, words: str, tmp_path: Path) -> None:
    found = examined(tmp_path, test)
    assert any(words in reason for reason in found.reasons), found.reasons


def test_tests_that_accept_any_answer_are_not_fit(tmp_path: Path) -> None:
    found = examined(tmp_path, case("student.f(3)\nstudent.f(4)"))
    assert "f: always returning None passes every hidden test" in found.reasons
    assert "f: always returning {1} passes every hidden test" in found.reasons


def test_tests_that_see_one_answer_only_are_not_fit(tmp_path: Path) -> None:
    even = "def f(x):\n    return x % 2 == 0\n"
    found = examined(tmp_path, case("assert student.f(2) is True\nassert student.f(4) is True"), even)
    assert found.reasons == ["f: always returning True passes every hidden test"]
    both = case("assert student.f(2) is True\nassert student.f(3) is False")
    assert examined(tmp_path / "both", both, even).reasons == []


def test_points_for_one_answer_are_unproven(tmp_path: Path) -> None:
    even = "def f(x):\n    return x % 2 == 0\n"
    one = case("assert student.f(2) is True\nassert student.f(4) is True", points=1)
    two = case("assert student.f(3) is False\nassert student.f(5) is False", points=1)
    two = two[two.index("@pytest") :].replace("test_f", "test_odd")
    found = examined(tmp_path, f"{one}\n\n{two}", even)
    assert found.reasons == []
    assert any("always returning True gets 1 of 2 points, as it passes" in gap for gap in found.unproven)


def test_one_answer_is_right_where_nothing_else_is_asked(tmp_path: Path) -> None:
    found = examined(tmp_path, case("assert student.f(0) == 0"))
    assert found.reasons == []
    assert found.one_call == {"f"}


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("value", "loose", "strict", "named"),
    [
        ("str(x) + 'a'", "len(got) == len(right)", "got == right", "texts in capitals"),
        ("str(x) + 'a'", "got.startswith(str(x))", "got == right", "texts without their last character"),
        ("[x, 1, 2]", "got[:2] == right[:2]", "got == right", "lists without their last entry"),
        ("{'a': x, 'b': 1}", "got['a'] == x", "got == right", "dicts or sets without one entry"),
        ("{x, 'b'}", "got <= right", "got == right", "dicts or sets without one entry"),
        ("(x, x > 3)", "got[0] == x", "got == right", "True for False"),
    ],
)
def test_spoilt_texts_lists_dicts_sets_and_bools_must_be_noticed(
    value: str, loose: str, strict: str, named: str, tmp_path: Path
) -> None:
    reference = f"def f(x):\n    return {value}\n"
    for name, condition in (("loose", loose), ("strict", strict)):
        test = case(f"for x in (2, 3, 4):\n    got, right = student.f(x), {value}\n    assert {condition}")
        found = examined(tmp_path / name, test, reference, spoil=True)
        reasons = [reason for reason in found.reasons if "no hidden test notices results" in reason]
        assert any(named in reason and "this call would: f(x=" in reason for reason in reasons) == (
            name == "loose"
        )


def test_another_order_is_unproven_and_no_reason(tmp_path: Path) -> None:
    test = case("for x in (2, 3):\n    assert sorted(student.f(x)) == [1, x]")
    found = examined(tmp_path, test, "def f(x):\n    return [x, 1]\n", spoil=True)
    assert not any("order" in reason for reason in found.reasons)
    assert any("lists in reverse order" in gap for gap in found.unproven)


def test_where_nothing_wrong_was_seen_to_fail_the_course_is_unproven(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    doubles = case("assert student.f(2) == 4\nassert student.f(3) == 6")
    found = examined(tmp_path / "a", doubles)
    assert found.reasons == []
    assert unproven(found) == ["f"]
    assert unproven(examined(tmp_path / "c", doubles, spoil=True)) == []
    monkeypatch.setattr("grader.authoring.proof.can_run_mutants", lambda: False)
    reference = "def f(x):\n    return b'ab' * len(x)\n"
    more = {"solutions/scratch/checks/test_one.py": CHECK.format("b'a'")}
    test = case("assert student.f(b'ab') == b'abab'")
    scratch_course(tmp_path / "b", test, solved(reference), more)
    assert run(False, 0, tmp_path / "b" / "course.yaml", matrix=False) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "scratch: unproven: no wrong answer was seen to fail in f" in said
    assert "fit to grade with" not in said


def test_a_course_with_which_grading_works_is_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = {"solutions/scratch/checks/test_one.py": CHECK.format("3")}
    scratch_course(
        tmp_path, case("for n in range(4):\n    assert student.f(n) == 2 * n"), solved(RIGHT), more
    )
    assert run(False, 0, tmp_path / "course.yaml", matrix=False) == 0
    assert "scratch: fit to grade with" in capsys.readouterr().out


def test_wrong_answers_are_graded_behind_the_wall_too(tmp_path: Path) -> None:
    test = case("assert student.f(2) != 4.5\nstudent.f(3)")
    more = {"solutions/scratch/checks/test_one.py": CHECK.format("3")}
    course = scratch_course(tmp_path, test, solved(RIGHT), more)
    with Grader(course, "scratch", confined=can_fork_workers()) as grader:
        found, material = examine(course, "scratch", grader)
        assert material is not None
        examine_submissions(course, found, material, grader, everything=False, progress=lambda *_: None)
    assert "f: submitted, code that always returns 'a' gets all 2 points" in found.reasons

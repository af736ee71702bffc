"""`grader validate`: a fit course passes, and each way of being unfit is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.validate import examine
from grader.authoring.validate_seeds import examine_seeds
from grader.authoring.validate_submissions import examine_submissions
from grader.commands.validate import run
from grader.course.models import find_course, load_course
from grader.errors import CourseError
from grader.grading.grader import Grader
from grader.wall.launcher import can_fork_workers

from .tiny_courses import CATALOGUE, MISTAKES, VARIANTS, WILD


def reasons(course: Any) -> list[str]:
    return examine(course.course, "tiny")[0].reasons


@pytest.fixture
def edited(make_course: Callable[..., Any], tiny: Any) -> Callable[..., Any]:
    """edited("solutions/tiny/alpha.py", old, new) → a course in which that stands in that file."""

    def make(file: str, old: str, new: str) -> Any:
        path = tiny.root / file
        if not path.is_file():  # hidden tests have a number in their names
            path = next(path.parent.glob(f"test_*{path.name.removeprefix('test')}"))
        text = path.read_text(encoding="utf-8")
        assert old in text
        return make_course({**CATALOGUE, file: text.replace(old, new)})

    return make


def test_a_fit_course_has_no_reasons(make_course: Callable[..., Any]) -> None:
    found, material = examine(make_course(CATALOGUE).course, "tiny")
    assert found.reasons == []
    assert material is not None
    assert found.mistakes == (4, 4)
    assert found.variants == (2, 2)
    assert found.exercises["double"].caught == {
        "tripled": [True, False, True], "flattened": [False, False, True], "never-empty": [False, True, False]
    }  # fmt: skip


def test_hints_of_nothing_are_named_and_missing_ones_noted(edited: Callable[..., Any]) -> None:
    course = edited("solutions/tiny/alpha.py", 'exercise="total"', 'exercise="totals"')
    found, _ = examine(course.course, "tiny")
    assert any("hints of totals, which is no exercise" in reason for reason in found.reasons)
    assert any("there are hints, but none of total" in note for note in found.notes)


def test_points_that_do_not_add_up_are_named(edited: Callable[..., Any]) -> None:
    course = edited("tests/hidden/tiny/test_beta.py", '"clip", points=1', '"clip", points=2')
    assert reasons(course) == ["the hidden tests of clip are worth 2 points, course.yaml says 1"]


def test_a_worthless_test_is_named(edited: Callable[..., Any]) -> None:
    more = (
        '@pytest.mark.exercise("clip")\ndef test_nothing(student):\n'
        '    """Nothing"""\n    student.clip(np.ones(1))\n'
    )
    course = edited("tests/hidden/tiny/test_beta.py", "@pytest.mark", more + "\n\n@pytest.mark")
    assert any("test_nothing is worth nothing" in reason for reason in reasons(course))


def test_a_mistake_that_no_test_catches_is_named(make_course: Callable[..., Any]) -> None:
    blind = MISTAKES + (
        '\n@mistake("clip", name="above-nine", says="Cut above 9, too.", hint="Try 10.")\n'
        "def above_nine(x):\n    return np.clip(x, 0, 9)\n"
    )
    course = make_course({**CATALOGUE, "solutions/tiny/mistakes/all.py": blind})
    assert reasons(course) == ["clip: no hidden test catches the mistake 'above-nine'"]


def test_a_right_variant_that_is_refused_is_named_with_the_test(make_course: Callable[..., Any]) -> None:
    picky = VARIANTS + '\n@variant("total", name="float")\ndef total(x):\n    return float(sum(x))\n'
    found = reasons(make_course({**CATALOGUE, "solutions/tiny/variants/all.py": picky}))
    assert any(
        "'float' does not pass the hidden test" in reason and "test_sums" in reason for reason in found
    )


def test_a_visible_check_that_contradicts_is_named(edited: Callable[..., Any]) -> None:
    course = edited("solutions/tiny/checks/test_beta.py", "[0.0, 2.0]", "[0.0, 3.0]")
    assert any("clip: the reference does not pass the visible check" in reason for reason in reasons(course))


def test_a_reference_that_fails_a_hidden_test_is_named(edited: Callable[..., Any]) -> None:
    course = edited("tests/hidden/tiny/test_beta.py", "[0.0, 2.0]", "[0.0, 3.0]")
    assert any("clip: the reference does not pass the hidden test" in reason for reason in reasons(course))


def test_a_test_that_catches_nothing_new_is_named(make_course: Callable[..., Any]) -> None:
    fewer = MISTAKES[: MISTAKES.index('@mistake("double", name="never-empty"')]
    found = reasons(make_course({**CATALOGUE, "solutions/tiny/mistakes/all.py": fewer}))
    assert len(found) == 1
    assert "test_doubles_nothing catches no known mistake that the tests before it let through" in found[0]
    assert "add the mistake that it is for, or drop it" in found[0]


def test_mistakes_that_answer_alike_are_named(make_course: Callable[..., Any]) -> None:
    twice = MISTAKES + (
        '\n@mistake("clip", name="untouched", says="Nothing happens.", hint="What happens to -1?")\n'
        "def untouched(x):\n    return 1.0 * x\n"
    )
    found = reasons(make_course({**CATALOGUE, "solutions/tiny/mistakes/all.py": twice}))
    assert found == ["clip: these mistakes give the same answers, make them one: unchanged, untouched"]


def test_a_test_that_the_stub_passes_is_named(edited: Callable[..., Any]) -> None:
    tolerant = (
        "    try:\n        agree(student.clip(np.array([-1.0, 2.0])), [0.0, 2.0])\n"
        "    except NotImplementedError:\n        pass"
    )
    course = edited(
        "tests/hidden/tiny/test_beta.py",
        "    agree(student.clip(np.array([-1.0, 2.0])), [0.0, 2.0])",
        tolerant,
    )
    assert any("clip: the untouched stub passes" in reason for reason in reasons(course))


def test_a_test_that_leans_on_another_exercise_is_named(edited: Callable[..., Any]) -> None:
    course = edited(
        "tests/hidden/tiny/test_beta.py",
        "agree(student.clip(",
        "agree(student.double(1.0) / 2 * student.clip(",
    )
    assert "a test of clip calls the student's double" in reasons(course)


def test_an_exercise_without_a_visible_check_is_named(edited: Callable[..., Any]) -> None:
    course = edited(
        "solutions/tiny/checks/test_beta.py",
        '@pytest.mark.exercise("clip")',
        '@pytest.mark.exercise("scaled")',
    )
    assert any("clip has no visible check" in reason for reason in reasons(course))


def test_a_question_without_a_key_is_named(make_course: Callable[..., Any], tiny: Any) -> None:
    question = (
        "        questions:\n          - {name: why, kind: free, points: 1, ask: Say why twice is enough}\n"
    )
    text = (tiny.root / "course.yaml").read_text(encoding="utf-8") + question
    found = reasons(make_course(CATALOGUE, course=text))
    assert any("key.yaml" in reason for reason in found)


def test_a_broken_catalogue_is_named(make_course: Callable[..., Any]) -> None:
    broken = MISTAKES.replace('"clip"', '"clap"')
    found, material = examine(
        make_course({**CATALOGUE, "solutions/tiny/mistakes/all.py": broken}).course, "tiny"
    )
    assert material is None
    assert "there is no exercise 'clap'" in found.reasons[0]


@pytest.mark.slow
def test_a_mistake_that_costs_points_elsewhere_is_named(make_course: Callable[..., Any], tiny: Any) -> None:
    # `scaled` calls `double`, but course.yaml does not say so: nobody stands in for it
    text = (tiny.root / "course.yaml").read_text(encoding="utf-8").replace(", needs: [double]", "")
    course = make_course(CATALOGUE, course=text).course
    with Grader(course, "tiny", confined=can_fork_workers()) as grader:
        found, material = examine(course, "tiny", grader)
        assert material is not None
        examine_submissions(course, found, material, grader, everything=True, progress=lambda *_: None)
    assert any("'tripled' costs" in reason and "in scaled, too" in reason for reason in found.reasons)


@pytest.mark.slow
def test_whole_submissions_of_a_fit_course_give_no_reasons(make_course: Callable[..., Any]) -> None:
    course = make_course(CATALOGUE).course
    with Grader(course, "tiny", confined=can_fork_workers()) as grader:
        found, material = examine(course, "tiny", grader)
        assert material is not None
        examine_submissions(course, found, material, grader, everything=True, progress=lambda *_: None)
    assert found.reasons == []
    assert found.notes == [
        "whole submissions graded: reference, stubs, 30 that answer every call alike, 4 with one mistake, "
        "2 with a right variant"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_variant_that_is_wrong_only_for_some_seeds_is_found(
    jobs: int, make_course: Callable[..., Any]
) -> None:
    rarely_wrong = VARIANTS + (
        '\n@variant("total", name="not-eight")\ndef total(x):\n'
        "    if len(x) == 0:\n        raise ValueError\n    return 0 if x[0] == 8 else sum(x)\n"
    )
    course = make_course({**CATALOGUE, "solutions/tiny/variants/all.py": rarely_wrong}).course
    found, material = examine(course, "tiny")
    assert material is not None
    found.reasons.clear()
    examine_seeds(course, found, seeds=25, examples=5, jobs=jobs, progress=lambda *_: None)
    assert any("'not-eight' does not pass" in reason for reason in found.reasons)
    assert "4 of 5 accepted" in found.notes[-1], "two of them are references in single precision"


@pytest.mark.slow
def test_a_variant_that_only_the_wall_refuses_is_found(make_course: Callable[..., Any]) -> None:
    # in this process it passes; a worker has no package but numpy
    importing = VARIANTS + (
        '\n@variant("double", name="yaml")\ndef by_yaml(x):\n    import yaml\n'
        '    return x * yaml.safe_load("2")\n'
    )
    course = make_course({**CATALOGUE, "solutions/tiny/variants/all.py": importing}).course
    with Grader(course, "tiny", confined=can_fork_workers()) as grader:
        found, material = examine(course, "tiny", grader)
        assert material is not None
        assert found.reasons == []
        examine_submissions(course, found, material, grader, everything=True, progress=lambda *_: None)
    assert found.reasons == ["double: submitted, the right variant 'yaml' gets 0 of 3 points"]


def test_the_command_says_what_is_wrong_and_exits_1(
    edited: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    course = edited("tests/hidden/tiny/test_beta.py", '"clip", points=1', '"clip", points=2')
    assert run(False, 0, course.root) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "✗ the hidden tests of clip are worth 2 points, course.yaml says 1" in out
    assert "not fit to grade with: 1 reason (" in out


def test_the_command_exits_0_on_a_fit_course(
    make_course: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(False, 2, make_course({**CATALOGUE, **WILD}).root) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "4/4" in out
    assert "right variants, single precision among them, on 2 more seeds: 5 of 5 accepted" in out
    assert (
        "proven: 4 of 4 known mistakes caught; 2 of 2 right variants accepted; spoilt results noticed in"
        in out
    )
    assert "not proven: scaled: the catalogue has no mistake and no right variant of it" in out


@pytest.mark.slow
def test_tests_that_see_only_tame_numbers_are_not_fit(
    make_course: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(False, 0, make_course(CATALOGUE).root) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert (
        "✗ double: no hidden test notices results that are rounded to 2 decimals; this call would: double("
        in out
    )


def test_a_package_that_is_not_there_is_named_with_what_to_do(edited: Callable[..., Any]) -> None:
    course = edited(
        "solutions/tiny/alpha.py", "import numpy as np", "import numpy as np\nimport no_such_package"
    )
    (reason,) = reasons(course)
    assert (
        "alpha.py imports no_such_package, which is no chapter and is not installed here: install it"
        in reason
    )


def test_before_anything_is_examined_there_is_no_table(
    edited: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    course = edited(
        "solutions/tiny/alpha.py", "import numpy as np", "import numpy as np\nimport no_such_package"
    )
    assert run(False, 0, course.root) == 1
    out = capsys.readouterr().out
    assert "no_such_package" in out
    assert "Examination" not in out


def test_an_invalid_course_is_an_error_not_a_verdict(make_course: Callable[..., Any]) -> None:
    with pytest.raises(CourseError, match=r"course\.yaml"):
        run(False, 0, make_course(course="schema: 1\ntitle: Nothing in it\n").root)


@pytest.mark.slow
def test_the_lesson_is_fit_to_grade_with() -> None:
    course = load_course(find_course(Path(__file__).parent))
    found, _ = examine(course, "cnn")
    assert found.reasons == []
    assert found.mistakes[0] == found.mistakes[1] >= 110


@pytest.mark.slow
def test_every_right_variant_is_accepted_on_a_thousand_seeds() -> None:
    course = load_course(find_course(Path(__file__).parent))
    found, material = examine(course, "cnn")
    assert material is not None
    examine_seeds(course, found, seeds=1000, examples=5, progress=lambda *_: None)
    assert found.reasons == []

"""The catalogue: what may stand in it, in which order it is read, and how an entry gets into a submission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.authoring.insert_function import transplanted
from grader.authoring.mutation import mutants_of
from grader.course.catalogue import file_of
from grader.course.mistakes import load_mistakes
from grader.course.models import Course, find_course, load_course
from grader.course.reference import load_functions
from grader.course.variants import load_variants
from grader.errors import CourseError

HEAD = "import numpy as np\nfrom grader.course.mistakes import mistake\n"


def entry(
    exercise: str = "clip", *, name: str = "as-it-is", says: str = "Wrong.", hint: str = "Look."
) -> str:
    return (
        f"@mistake({exercise!r}, name={name!r}, says={says!r}, hint={hint!r})\n"
        f"def wrong_{name.replace('-', '_').replace(' ', '_')}(x):\n    return x\n"
    )


FORM = "from grader.testing import form\n@form('clip', 'as-it-is')\ndef otherwise(x):\n    return x + 1\n"


@pytest.fixture
def catalogue(make_course: Callable[..., Any]) -> Callable[..., Any]:
    """catalogue(first=text, ...) → the mistakes of a tiny course whose catalogue has these files."""

    def load(**files: str) -> Any:
        course = make_course(
            {f"solutions/tiny/mistakes/{name}.py": HEAD + text for name, text in files.items()}
        )
        return load_mistakes(course.course, "tiny")

    return load


@pytest.fixture(scope="module")
def lesson() -> Course:
    return load_course(find_course(Path(__file__).parent))


def test_mistakes_come_in_the_order_of_files_and_definitions(catalogue: Callable[..., Any]) -> None:
    found = catalogue(b=entry(name="third"), a=entry("double", name="first") + entry("total", name="second"))
    assert [(m.exercise, m.name) for m in found] == [
        ("double", "first"), ("total", "second"), ("clip", "third")
    ]  # fmt: skip
    assert found[0].function(5) == 5


def test_a_course_without_a_catalogue_has_no_mistakes(catalogue: Callable[..., Any]) -> None:
    assert catalogue() == ()


def test_a_file_may_use_the_reference_and_helpers_beside_it(catalogue: Callable[..., Any]) -> None:
    text = (
        "from alpha import double\nfrom _more import three\n"
        "@mistake('double', name='thrice', says='Too much.', hint='Twice.')\n"
        "def thrice(x):\n    return double(x) / 2 * three()\n"
    )
    (found,) = catalogue(a=text, _more="def three():\n    return 3\n")
    assert found.function(4) == 12


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"a": entry(), "b": entry()}, "two mistakes named 'as-it-is'"),
        ({"a": entry("clap")}, "no exercise 'clap'"),
        ({"a": entry(name="Not a slug")}, "joined by hyphens"),
        ({"a": entry(says=" ")}, "`says` must be one line"),
        ({"a": entry(hint="")}, "`hint` must be one line"),
        ({"a": entry(hint="One.\nTwo.")}, "`hint` must be one line"),
        ({"a": FORM + entry()}, "which must come before it"),
        ({"a": FORM}, "a form of 'as-it-is' of clip"),
        ({"alpha": entry()}, "give it another name"),
        ({"a": "import nowhere_to_be_found\n"}, "can't be imported: ModuleNotFoundError"),
    ],
)
def test_what_does_not_belong_into_a_catalogue_is_refused(
    catalogue: Callable[..., Any], files: dict[str, str], reason: str
) -> None:
    with pytest.raises(CourseError, match=reason):
        catalogue(**files)


def test_a_form_belongs_to_the_mistake_before_it(catalogue: Callable[..., Any]) -> None:
    one, other = catalogue(a=entry() + entry(name="another"), b=FORM + FORM.replace("otherwise", "thrice"))
    assert [form(7) for form in one.forms] == [8, 8]
    assert other.forms == ()


def test_mistakes_of_chapters_switched_off_are_left_out(make_course: Callable[..., Any], tiny: Any) -> None:
    text = (
        (tiny.root / "course.yaml")
        .read_text()
        .replace("title: Beta\n", "title: Beta\n        available: false\n")
    )
    course = make_course({"solutions/tiny/mistakes/a.py": HEAD + entry() + entry("double")}, course=text)
    assert [m.exercise for m in load_mistakes(course.course, "tiny")] == ["double"]


def test_variants_and_mistakes_do_not_stand_in_each_others_folder(make_course: Callable[..., Any]) -> None:
    course = make_course({"solutions/tiny/variants/a.py": HEAD + entry()})
    with pytest.raises(CourseError, match="only right variants"):
        load_variants(course.course, "tiny")


def test_the_lesson_has_its_mistakes_and_variants(lesson: Course) -> None:
    mistakes = Counter(m.exercise for m in load_mistakes(lesson, "cnn"))
    variants = Counter(v.exercise for v in load_variants(lesson, "cnn"))
    exercises = lesson.assignments["cnn"].chapter_of()
    assert mistakes.total() >= 110
    assert all(mistakes[name] >= 10 for name in exercises)
    assert all(mistakes[name] >= 12 for name in ("conv2d", "maxpool", "maxpool_backward", "conv2d_backward"))
    assert all(variants[name] >= 3 for name in exercises)
    many = ("conv2d_single", "conv2d", "maxpool", "conv_matrix", "relu_backward", "maxpool_backward",
            "conv2d_backward", "softmax_loss", "cnn_forward")  # fmt: skip
    assert all(variants[name] >= 8 for name in many)


def test_a_hint_is_not_the_diagnosis_again(lesson: Course) -> None:
    for mistake in load_mistakes(lesson, "cnn"):
        assert mistake.hint != mistake.says
        assert mistake.says[-1] in ".?", mistake
        assert mistake.hint[-1] in ".?", mistake
        assert len(mistake.says) <= 120, mistake
        assert len(mistake.hint) <= 200, mistake


def test_a_transplanted_mistake_answers_as_in_the_catalogue(lesson: Course, tmp_path: Path) -> None:
    found = {m.name: m for m in load_mistakes(lesson, "cnn") if m.exercise == "maxpool_backward"}
    wrong = found["every-tied-maximum"].function
    sources = {p.stem: p.read_text(encoding="utf-8") for p in lesson.solutions("cnn").glob("*.py")}
    sources["backward"] = transplanted(
        sources["backward"], "backward", "maxpool_backward", file_of(wrong), wrong.__name__
    )
    for name, text in sources.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert "grader" not in sources["backward"].partition("def _transplanted")[2]
    submitted = load_functions(tmp_path, lesson.assignments["cnn"].chapter_of())
    dout, x = np.array([[[[5.0]]]]), np.array([[[[1.0, 4.0], [4.0, 2.0]]]])
    assert submitted["maxpool_backward"](dout, x).tolist() == [[[[0.0, 5.0], [5.0, 0.0]]]]
    assert wrong(dout, x).tolist() == [[[[0.0, 5.0], [5.0, 0.0]]]]


def test_a_transplanted_function_may_call_the_one_it_replaces(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "from grader.course.mistakes import mistake\nfrom alpha import double as right\nFACTOR = 10\n"
        "@mistake('double', name='n', says='s', hint='h')\ndef wrong(x):\n    return FACTOR * right(x)\n"
    )
    text = transplanted("def double(x):\n    return 2 * x\n", "alpha", "double", tmp_path / "a.py", "wrong")
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    assert namespace["double"](3) == 60


def test_what_a_student_does_not_have_can_not_be_transplanted(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "from grader.authoring.in_process import copied\ndef wrong(x):\n    return copied(x)\n"
    )
    with pytest.raises(CourseError, match=r"comes from grader\.authoring\.in_process"):
        transplanted("", "alpha", "double", tmp_path / "a.py", "wrong")


def test_mutants_change_the_marked_blocks_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "alpha.py"
    path.write_text(
        "LIMIT = 5 + 1\ndef double(x):\n    kept = 3 * 4\n    ### BEGIN SOLUTION\n    if x < 0:\n"
        "        raise ValueError(f'{x + 1} is below 0')\n    return 2 * x\n    ### END SOLUTION\n"
    )
    found = [(m.before, m.after) for m in mutants_of(path)]
    assert ("return 2 * x", "return 2 + x") in found
    assert ("return 2 * x", "return 3 * x") in found
    assert ("if x < 0:", "if x <= 0:") in found
    assert ("if x < 0:", "if False:") in found
    assert {before for before, _ in found} == {
        "return 2 * x", "if x < 0:", "raise ValueError(f'{x + 1} is below 0')"
    }  # fmt: skip
    assert [after for before, after in found if before.startswith("raise")] == ["pass"]
    assert len(found) == len(set(found))


def test_a_few_mutants_are_spread_over_each_function_and_unmarked_code_may_be_changed_too(
    tmp_path: Path,
) -> None:
    path = tmp_path / "alpha.py"
    path.write_text(
        '@variant("double", name="sum")\ndef added(x, y=1):\n    """Twice."""\n    a = x + x\n    b = a * y\n'
        "    return b + 0 * a\n\ndef other(x):\n    return 3 + x\n"
    )
    assert list(mutants_of(path)) == [], "nothing is marked"
    everything = list(mutants_of(path, marked=False))
    assert {m.function for m in everything} == {"added", "other"}
    assert not any("sum" in m.before or "Twice" in m.before for m in everything), "marks and docstrings stay"
    few = list(mutants_of(path, marked=False, most=3))
    assert len([m for m in few if m.function == "added"]) <= 3
    assert {m.key for m in few} < {m.key for m in everything}
    assert len({m.before for m in few if m.function == "added"}) > 1, "not all in one line"
    assert len(list(mutants_of(path, marked=False, every=2))) < len(everything)

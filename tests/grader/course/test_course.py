"""course.yaml: an error names the file, the line, the field, and what was probably meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.course.models import find_course, load_course
from grader.errors import CourseError, UsageError

GOOD = """\
schema: 1
title: A course
assignments:
  cnn:
    title: An assignment
    reveal: hint
    imports: [numpy]
    limits:
      call: {cpu: 1, wall: 4}
      memory_mb: 512
    chapters:
      - name: first
        title: First
        minutes: 10
        exercises:
          - {name: one, points: 1.5}
          - {name: two, points: 2, needs: [one]}
        questions:
          - name: how-many
            kind: choice
            points: 1
            ask: How many are there?
            options: {a: one, b: two}
      - name: second
        title: Second
        minutes: 20
        available: false
        exercises:
          - {name: three, points: 4, needs: [one, two]}
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Any]:
    """load(old, new) loads GOOD with `old` replaced by `new`."""

    def read(old: str = "", new: str = "") -> Any:
        assert old in GOOD
        (tmp_path / "course.yaml").write_text(GOOD.replace(old, new, 1) if old else GOOD)
        return load_course(tmp_path / "course.yaml")

    return read


def test_a_good_course_is_read_with_its_defaults(load: Any, tmp_path: Path) -> None:
    course = load()
    name, assignment = course.assignment(None)
    assert (name, assignment.title, assignment.reveal) == ("cnn", "An assignment", "hint")
    assert (assignment.limits.call.wall, assignment.limits.memory_mb) == (4, 512)
    assert assignment.limits.submission.wall >= 2 * assignment.limits.submission.cpu
    assert course.root == tmp_path.resolve()


def test_a_chapter_switched_off_is_out_of_everything(load: Any) -> None:
    assignment = load().assignment("cnn")[1]
    assert assignment.chapter_of() == {"one": "first", "two": "first"}
    assert assignment.max_score == 4.5
    assert [chapter.name for chapter in assignment.open_chapters] == ["first"]
    assert load("        available: false\n").assignment("cnn")[1].max_score == 8.5


MISTAKES: list[tuple[str, str, int, str, str]] = [
    ("points: 1.5}", "pionts: 1.5}", 16, "pionts", "did you mean 'points'?"),
    ("    reveal: hint", "    reveel: hint", 6, "reveel", "did you mean 'reveal'?"),
    ("title: A course", "titel: A course", 2, "titel", "did you mean 'title'?"),
    ("memory_mb", "memory_gb", 10, "memory_gb", "did you mean 'memory_mb'?"),
    ("cpu: 1,", "cpus: 1,", 9, "cpus", "did you mean 'cpu'?"),
    ("        minutes: 10", "        minuets: 10", 14, "minuets", "did you mean 'minutes'?"),
    ("            kind: choice", "            knid: choice", 20, "knid", "did you mean 'kind'?"),
    ("{name: one, points: 1.5}", "{name: one}", 16, "points", "missing"),
    ("            ask: How many are there?\n", "", 19, "ask", "missing"),
    (
        "needs: [one]",
        "needs: [onn]",
        17,
        "cnn",
        "two needs onn, which no earlier entry defines (did you mean 'one'?)",
    ),
    ("needs: [one]", "needs: [two]", 17, "cnn", "two needs two"),
    ("needs: [one]", "needs: [three]", 17, "cnn", "two needs three"),
    ("name: two", "name: one", 17, "cnn", "one is listed twice"),
    ("points: 1.5", "points: 0", 16, "points", "greater than 0"),
    ("points: 1.5", "points: -1", 16, "points", "greater than 0"),
    ("points: 1.5", "points: .nan", 16, "points", ""),
    ("points: 1.5", "points: lots", 16, "points", "number"),
    ("name: one", "name: 1-one", 16, "name", "pattern"),
    ("{a: one, b: two}", "{a: one}", 19, "questions", "two options"),
    ("kind: choice", "kind: numeric", 19, "questions", "parts"),
    ("kind: choice", "kind: multiple", 20, "kind", "choice, free"),
    ("wall: 4", "wall: 1", 9, "call", "twice cpu"),
    ("reveal: hint", "reveal: everything", 6, "reveal", "'title'"),
    ("memory_mb: 512", "memory_mb: 1", 10, "memory_mb", "256"),
    ("schema: 1", "schema: 2", 1, "schema", "1"),
    ("how-many", "How Many", 19, "name", "pattern"),
]


@pytest.mark.parametrize(("old", "new", "line", "field", "words"), MISTAKES)
def test_a_mistake_is_named_with_file_line_field_and_what_to_do(
    load: Any, tmp_path: Path, old: str, new: str, line: int, field: str, words: str
) -> None:
    (tmp_path / "solutions" / "cnn").mkdir(parents=True)
    with pytest.raises(CourseError) as caught:
        load(old, new)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'course.yaml'}:")
    lines = [
        int(one.removeprefix(f"{tmp_path / 'course.yaml'}:").partition(":")[0])
        for one in message.splitlines()
    ]
    assert any(abs(near - line) <= 1 for near in lines), message
    assert field in message
    assert words in message


def test_several_mistakes_are_told_at_once(load: Any) -> None:
    with pytest.raises(CourseError) as caught:
        load("title: First\n        minutes: 10", "titel: First\n        minutes: ten")
    assert len(str(caught.value).splitlines()) == 2


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    path = tmp_path / "course.yaml"
    path.write_text(
        "assignments: {text-stats: {chapters: [{name: word_counts, exercises: [{name: f, points: 1}]}]}}"
    )
    course = load_course(path)
    assignment = course.assignments["text-stats"]
    assert (assignment.title, assignment.chapters[0].title) == ("Text stats", "Word counts")
    assert assignment.chapters[0].minutes == 0


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        ("    reveal: hint", "    reveal: hint\n    reveal: title", 7, "reveal"),
        ("title: A course", "title: A course\ntitle: Another", 3, "title"),
        ("memory_mb: 512", "memory_mb: 512\n      memory_mb: 600", 11, "memory_mb"),
        ("points: 1.5", "points: 1.5, points: 2", 16, "points"),
    ],
)
def test_a_key_that_stands_twice_is_an_error(load: Any, old: str, new: str, line: int, key: str) -> None:
    with pytest.raises(CourseError, match=rf"course\.yaml:{line}: the key '{key}' stands here twice"):
        load(old, new)


@pytest.mark.sampled
@pytest.mark.parametrize(
    "text",
    [
        "",
        "just text",
        "- a list",
        "a: [1, 2",
        "a: {b: c: d}",
        "\tx: 1",
        "a: &x [*x]",
        "!!python/object/apply:os.system ['true']",
        "a: b\n---\nc: d",
        "x: " + "[" * 2000,
        "? [a]\n: 1",
        "when: 2024-99-99",
        "a: !!int x",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_course_is_one_clear_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "course.yaml"
    path.write_text(text)
    with pytest.raises(CourseError, match=r"course\.yaml"):
        load_course(path)


def test_bytes_that_are_no_text_are_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "course.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CourseError, match="can't be read"):
        load_course(tmp_path / "course.yaml")
    with pytest.raises(CourseError, match="can't be read"):
        load_course(tmp_path / "nowhere.yaml")


def test_the_nearest_course_above_is_found(load: Any, tmp_path: Path) -> None:
    load()
    deep = tmp_path / "exercises" / "cnn"
    deep.mkdir(parents=True)
    assert find_course(deep) == tmp_path.resolve() / "course.yaml"


def test_no_course_anywhere_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--course"):
        find_course(tmp_path)


def test_an_unknown_assignment_or_exercise_gets_a_suggestion(load: Any) -> None:
    course = load()
    with pytest.raises(UsageError, match=r"did you mean 'cnn'\?"):
        course.assignment("cn")
    with pytest.raises(UsageError, match=r"did you mean 'two'\?"):
        course.assignments["cnn"].find_exercise("tow")


def test_several_assignments_must_be_told_apart(load: Any) -> None:
    more = GOOD[GOOD.index("  cnn:") :].replace("cnn:", "rnn:")
    course = load("  cnn:\n", more + "  cnn:\n")
    with pytest.raises(UsageError, match="rnn"):
        course.assignment(None)
    assert course.assignment("rnn")[0] == "rnn"


def test_the_handout_is_beside_course_yaml_in_a_student_s_copy(load: Any, tmp_path: Path) -> None:
    assert load().handout("cnn") == tmp_path.resolve()
    (tmp_path / "exercises" / "cnn").mkdir(parents=True)
    assert load().handout("cnn") == tmp_path.resolve() / "exercises" / "cnn"

"""A catalogue entry out of a submission: one function as text, run by nobody until somebody has read it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.authoring import UNREAD, check_words, entry_of
from grader.course import load_mistakes
from grader.course.models import load_course
from grader.errors import UsageError
from grader.intake import Submission

WORDS = ("off-by-one", "It is one too many.", "Count them.")
STUDENT = '''
import os
import numpy as np
from alpha import double
open("RAN", "w")
MINE = 3

def scaled(x):
    return 0

@print
def scaled(x, factor=4):
    """Written by Ada Lovelace."""
    import math
    rest = [value for value in x]  # Ada's own idea
    return double(np.asarray(rest)) * factor / 2 + MINE + math.floor(len(rest))

def clip(x):
    return x
'''


@pytest.fixture
def make(
    tiny: Any, submit: Callable[..., Submission], tmp_path: Path, monkeypatch: Any
) -> Callable[..., Any]:
    monkeypatch.chdir(tmp_path)

    def entry(code: str = STUDENT, exercise: str = "scaled") -> Any:
        return entry_of(tiny.course, "tiny", exercise, submit({"beta": code}), WORDS)

    return entry


def test_an_entry_is_the_one_function_and_what_the_reference_gives_it(make: Callable[..., Any]) -> None:
    made = make()
    imports = {line for line in made.text.splitlines() if line.startswith(("import", "from"))}
    assert imports == {
        "from __future__ import annotations", "import numpy as np", "from alpha import double",
        "from grader.testing import mistake",
    }  # fmt: skip
    assert made.text.count("def ") == 1
    assert "return double(np.asarray(rest)) * factor / 2" in made.text
    assert made.lacks == ("MINE",)
    assert 'name="off-by-one"' in made.text


def test_nothing_comes_along_that_may_hold_a_name_or_run_by_itself(make: Callable[..., Any]) -> None:
    made = make()
    for left_behind in ("Ada", "@print", "open(", "import os"):
        assert left_behind not in made.text
    assert not Path("RAN").exists()


DEEP = f"def scaled(x):\n    return {'(' * 5000}\n"


@pytest.mark.parametrize(
    "code", ["", "def other(x):\n    return 1\n", "def scaled(:\n", "scaled = 3\n", DEEP]
)
def test_where_there_is_no_such_function_that_is_said(make: Callable[..., Any], code: str) -> None:
    with pytest.raises(UsageError, match="no function scaled"):
        make(code)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("Off By One", "says", "hint"), "--name"),
        (("a", "", "hint"), "--says"),
        (("a", "says", "two\nlines"), "--hint"),
    ],
)
def test_words_that_the_catalogue_would_refuse_are_refused_first(
    words: tuple[str, str, str], what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        check_words(*words)


def test_no_entry_is_loaded_before_its_name_says_that_it_was_read(
    make: Callable[..., Any], tiny: Any, tmp_path: Path
) -> None:
    root = tmp_path / "course"
    shutil.copytree(tiny.course.root, root)
    course = load_course(root / "course.yaml")
    before = [one.name for one in load_mistakes(course, "tiny")]
    made = make("def clip(x):\n    return abs(x) + 1\n", "clip")
    file = course.solutions("tiny") / "mistakes" / made.file.name
    file.parent.mkdir(exist_ok=True)
    file.write_text(made.text, encoding="utf-8")
    assert file.name.endswith(f".py{UNREAD}")
    assert [one.name for one in load_mistakes(course, "tiny")] == before
    file.rename(file.with_suffix(""))
    (new,) = [one for one in load_mistakes(course, "tiny") if one.name not in before]
    assert (new.exercise, new.name, new.says, new.function(-3)) == ("clip", *WORDS[:2], 4)

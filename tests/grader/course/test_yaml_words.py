"""What is wrong in a YAML file is said with its line, in plain words, with what to write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from grader.course.models import load_course
from grader.course.yamlplace import why_no_yaml
from grader.errors import CourseError

JARGON = re.compile(r"block|token|scalar|mapping|sequence|node|stream|<|expected|flow|tag\b|alias|anchor")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x: 1\na: [1, 2\nb: 3\n", 2, "`[` is not closed: `]` is missing"),
        ("x: 1\na: {x: 1, y: 2\nb: 3\n", 2, "`{` is not closed: `}` is missing"),
        ("a: {x: [1,2}\n", 1, "`[` is not closed"),
        ("a: {x: 1: 2}\n", 1, "a colon too many"),
        ("a: {x: 1 y: 2}", 1, "a comma is missing"),
        ("a: b: c\n", 1, "a colon too many"),
        ("a: 'it's'\n", 1, "behind the closing quotation mark"),
        ('a: "hello\nb: 2\nc: 3\n', 1, "never closed"),
        ("a:\n\t- 1\n", 2, "a tab"),
        ("a: @x\n", 1, "nothing can begin with `@`"),
        ("a:\n  - 1\n - 2\n", 3, "indented otherwise"),
        ("a:\n  x: 1\n y: 2\n", 3, "indented otherwise"),
        ("a: 1\n  b: 2\n", 2, "indented, and the one above does not end with a colon"),
        ("a: - 1\n", 1, "line of its own"),
        ("a: &\n", 1, "`&` and `*`"),
        ("a: *b\n", 1, "`&` and `*`"),
        ("a: !x y\n", 1, "`!` at the start"),
        ("a: [1, , 2]\n", 1, "a value is missing before `,`"),
        ("a: | text\n  b\n", 1, "begin the text on the next line"),
        ('a: "\\q"\n', 1, "single ones"),
        ("a: {x: 1}}\n", 1, "a `}` too many"),
        ("a: 1\nhello\nb: 2\n", 2, "a colon is missing: write `name: value`"),
        ("a:b\nc: 1\n", 2, "the line above lacks one"),
        ("a: \x01b", 1, "can't be read"),
    ],
)
def test_what_is_wrong_where_and_what_to_write(text: str, line: int, words: str) -> None:
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.safe_load(text)
    where, why = why_no_yaml(caught.value, text)
    assert where == line
    assert words in why
    assert not JARGON.search(why)


def test_a_course_says_it_as_well(tmp_path: Path) -> None:
    path = tmp_path / "course.yaml"
    path.write_text("title: x\nassignments: {cnn: [1\nmore: 2\n", encoding="utf-8")
    with pytest.raises(CourseError, match=r"course.yaml:2: a `\[` is not closed: `\]` is missing"):
        load_course(path)

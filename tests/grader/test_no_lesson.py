"""The engine knows no lesson: no name of an exercise, and no word of what one lesson is about.

Docstrings and comments may take an example from a lesson; names, texts and templates may not.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader
from grader.course import load_course

PACKAGE = Path(grader.__file__).parent
ROOT = PACKAGE.parent
EXERCISES = {
    exercise.name
    for assignment in load_course(ROOT / "course.yaml").assignments.values()
    for chapter in assignment.chapters
    for exercise in chapter.exercises
}
WORDS = re.compile(
    r"convolution\w*|convs?|images?|filters?|channels?|digits?|pixels?|feature.?maps?|mnist|relu|(?:max)?pooling|strides?|"
    r"rnns?|lstms?|recurrent|bigrams?|one.?hot",
    re.IGNORECASE,
)
#: Words that mean something else there: file, word → what.
OTHERWISE = {
    ("feedback/html.py", "filters"): "of templates",
    ("marking/templates/", "filter|digit"): "of lists; of a key",
    ("report/", "filters?"): "of templates, and of the table's rows",
    ("worker/", "filter"): "of system calls",
    ("home/watch/files.py", "filter"): "of file names",
    ("home/own_examples.py", "filter"): "the builtin, inside a text",
    ("commands/doctor.py", "filters"): "of system calls",
    ("worker/", "channel"): "the wire",
    ("wall/", "channel"): "the wire",
    ("feedback/", "digits"): "of a number",
    ("explain/syntax.py", "digit"): "of a number",
    ("gradebook/", "digits"): "of a number",
    ("questions/numeric_text.py", "digits"): "of a number",
    ("worker/", "digits"): "of a number",
    ("testing/idioms.py", "filter"): "of strategies",
    ("worker/preload.py", "stride"): "a file of numpy's",
    ("platforms/", "image"): "of a container",
    ("authoring/editor_files.py", "image"): "of a container",
    ("platforms/prairielearn/", "images"): "pictures of a page, by PrairieLearn's name",
    ("intake/names.py", "digit"): "of a number",
    ("platforms/nbgrader/", "images?"): "those of Markdown",
    ("feedback/", "images?|pixel\\w*"): "pictures of a page",
    ("explain/names.py", "relu"): "what numpy does not have, and other libraries do",
    ("explain/dropped.py", "flatten"): "a method of numpy's arrays",
    ("course/formulas.py", "tanh"): "of every formula",
    ("platforms/nbgrader/formulas.py", "tanh"): "of every formula",
    ("report/items.py", "tanh"): "of Fisher's z",
    ("commands/demo.py", "sample"): "a class that is one",
    ("examples/judging.py", "sample"): "one of the known inputs",
    ("authoring/taken_otter.py", "reader"): "of a notebook",
    ("intake/submission.py", "reader"): "of files",
    ("questions/plainyaml.py", "reader"): "of events",
}


def pieces(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of all that is no comment and no docstring."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(text.splitlines(), start=1)
        return
    fresh = True  # at the beginning of a statement, where a text is a docstring
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            fresh = True
        elif token.type not in (tokenize.COMMENT, tokenize.NL):
            # The builtin is no word of a lesson.
            if not (fresh and token.type == tokenize.STRING) and token.string != "filter":
                yield token.start[0], token.string
            fresh = False


def words_of(text: str) -> Iterator[str]:
    """The words of a text; of a name with underscores its parts and the whole."""
    for word in re.findall(r"\w+", text):
        yield word
        if "_" in word:
            yield from filter(None, word.split("_"))
        yield from re.findall(r"[A-Z][a-z]+", word)


def found_in(path: Path) -> Iterator[str]:
    name = path.relative_to(PACKAGE).as_posix()
    for line, text in pieces(path):
        for word in words_of(text):
            if not (word in EXERCISES or WORDS.fullmatch(word)):
                continue
            if not any(
                name.startswith(where) and re.fullmatch(what, word, re.IGNORECASE)
                for where, what in OTHERWISE
            ):
                yield f"{name}:{line}: {word}"


def test_no_file_of_the_engine_knows_an_exercise_or_a_word_of_a_lesson() -> None:
    files = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".html", ".css", ".js")]
    assert len(files) > 200
    assert len(EXERCISES) > 15
    assert [found for path in sorted(files) for found in found_in(path)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('def conv2d(x):\n    "Convolve."\n', True),
        ('SAYS = "Which channel is read?"\n', True),
        ("PARTS = dict(first_filter=1)\n", True),
        ('def f(x):\n    "As conv2d does, for each channel."\n    return x  # like maxpool\n', False),
        ("total = channelled + digital\n", False),
    ],
)
def test_the_search_finds_names_and_texts_but_not_examples(
    text: str, found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    assert bool(list(found_in(tmp_path / "a.py"))) == found

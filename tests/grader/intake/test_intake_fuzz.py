"""Intake under fuzzing: whatever bytes and names come, a Submission comes out, and nothing else happens."""

from __future__ import annotations

import io
import json
import unicodedata
import warnings
import zipfile
from typing import Any, Literal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.course.models import Assignment
from grader.intake import Bundle, Submission, open_bundle, result_folder

quick = settings(max_examples=150, deadline=None, database=None, derandomize=True)

FILES = ("convolution.py", "convolution.ipynb", "pooling.py", "pooling.ipynb", "answers.yaml")
ASSIGNMENT = Assignment.model_validate(
    {
        "title": "CNN",
        "limits": {"submission_mb": 1},
        "chapters": [
            {"name": name, "title": name, "minutes": 1, "exercises": [{"name": f"use_{name}", "points": 1}]}
            for name in ("convolution", "pooling")
        ],
    }
)
HANDOUT = {"convolution.py": b"x = 1\n", "convolution.ipynb": b'{"cells": []}'}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
source_text = st.text(alphabet="a1 \n\t\\\"'#()[]{}%!?=\r\0\ud800é", max_size=40)
cell_like = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | json_values,
        "source": source_text | st.lists(source_text, max_size=4) | json_values,
        "input": source_text,
        "metadata": json_values
        | st.fixed_dictionaries(
            {"nbgrader": st.fixed_dictionaries({"grade_id": st.just("answer-x") | json_values})}
        ),
    },
)
notebook_like = st.fixed_dictionaries(
    {},
    optional={
        "cells": st.lists(cell_like | json_values, max_size=5) | json_values,
        "worksheets": st.lists(
            st.fixed_dictionaries({"cells": st.lists(cell_like, max_size=3)}) | json_values
        ),
        "nbformat": json_values,
    },
)
member_names = st.sampled_from(FILES) | st.builds(
    "".join,
    st.lists(st.sampled_from([*FILES, "..", "/", "\\", "hw", "C:", ".", "__MACOSX", "\n", "é"]), max_size=5),
)
contents = st.binary(max_size=60) | source_text.map(lambda text: text.encode("utf-8", "surrogatepass"))


def opened(kind: Literal["folder", "zip", "notebook"], files: dict[str, bytes]) -> Submission:
    """Open a Bundle and check what holds for every Submission."""
    submission = open_bundle(Bundle("ada", kind, files), ASSIGNMENT, HANDOUT)
    assert submission.readable == bool(submission.sources or submission.answers is not None)
    assert submission.readable or submission.problems
    for line in (*submission.problems, *submission.ignored):
        assert line.isprintable()
    for source in submission.sources.values():
        for cell in source.cells:
            cell.encode("utf-8")
            assert not set(cell) & set("\0\r")
    return submission


@quick
@given(st.dictionaries(st.sampled_from(FILES), contents))
def test_any_bytes_can_be_handed_in_as_files(files: dict[str, bytes]) -> None:
    opened("folder", files)


@quick
@given(st.binary(max_size=200))
@example(b"PK\x05\x06" + b"\xff" * 18)
@example(b"PK\x01\x02" * 100)
def test_any_bytes_can_be_handed_in_as_a_zip(data: bytes) -> None:
    opened("zip", {"ada.zip": data})


def make_zip(members: list[tuple[str, bytes]], methods: list[int]) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w") as archive:
        warnings.simplefilter("ignore")
        for (name, data), method in zip(members, methods, strict=False):
            archive.writestr(name or "empty", data, compress_type=method)
    return stream.getvalue()


zip_bytes = st.builds(
    make_zip,
    st.lists(st.tuples(member_names, contents), max_size=6),
    st.lists(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]), min_size=6, max_size=6),
)


@quick
@given(zip_bytes)
def test_any_members_can_be_in_a_zip(data: bytes) -> None:
    opened("zip", {"ada.zip": data})


@quick
@given(zip_bytes, st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_zip_may_be_damaged_anywhere(data: bytes, damage: list[tuple[float, int]]) -> None:
    damaged = bytearray(data)
    for place, value in damage:
        damaged[min(int(place * len(damaged)), len(damaged) - 1)] = value
    opened("zip", {"ada.zip": bytes(damaged)})


@quick
@given(json_values | notebook_like)
def test_any_json_can_be_handed_in_as_a_notebook(tree: Any) -> None:
    data = json.dumps(tree).encode()
    opened("notebook", {"ada.ipynb": data})
    opened("folder", {"convolution.ipynb": data, "convolution.py": b"x = 2"})


@quick
@given(source_text)
def test_a_cell_keeps_its_lines_whatever_is_in_it(text: str) -> None:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    data = json.dumps(
        {"cells": [{"cell_type": "code", "source": source} for source in ("x = 0", text)]}
    ).encode()
    first, cell = opened("notebook", {"ada.ipynb": data}).sources["pooling"].cells
    assert first == "x = 0"
    if "\0" not in text and "\ud800" not in text:
        assert cell.count("\n") == plain.count("\n")


names = st.text(st.sampled_from("aAbßſİıKéÉ\u0301\u1100\u1161 ./\\%+-~:\n2F") | st.characters(), max_size=12)
namesakes = st.sampled_from(
    [
        str,
        str.upper,
        str.lower,
        str.title,
        str.casefold,
        str.strip,
        result_folder,
        lambda name: unicodedata.normalize("NFC", name),
        lambda name: unicodedata.normalize("NFD", name),
        lambda name: unicodedata.normalize("NFKC", name),
        lambda name: name + ".",
        lambda name: name + "\0",
    ]
)


def as_a_file_system_sees_it(name: str) -> str:
    folded = unicodedata.normalize("NFD", result_folder(name)).casefold()
    return unicodedata.normalize("NFC", folded)


@settings(quick, max_examples=500)
@given(names, namesakes, namesakes)
def test_two_students_never_share_a_folder(name: str, one: Any, other: Any) -> None:
    if one(name) != other(name):
        assert as_a_file_system_sees_it(one(name)) != as_a_file_system_sees_it(other(name))


@settings(quick, max_examples=500)
@given(names | st.text(max_size=300))
def test_a_folder_is_one_safe_name(name: str) -> None:
    folder = result_folder(name)
    assert folder
    assert len(folder.encode()) <= 200
    assert not set(folder) & set('/\\:*?"<>|\0\n\x7f')
    assert folder.isprintable()
    assert folder[0] not in " .-"
    assert folder[-1] not in " ."
    assert folder.split(".")[0].rstrip().lower() not in ("con", "nul", "aux", "prn", "com1", "lpt9")

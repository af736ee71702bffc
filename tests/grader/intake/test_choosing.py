"""Which file is meant: what stands under another name or in several copies is read where it is certain, else held."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from grader.course.models import Assignment
from grader.intake import Submission, collect, discover, open_bundle

ADD = "def add(a, b):\n    return a + b\n"
TWICE = "def twice(a):\n    return 2 * a\n"
TIMES = "def times(a, b):\n    return a * b\n"
STUBS = "".join(f"def {name}:\n    raise NotImplementedError\n" for name in ("add(a, b)", "twice(a)"))
GIVEN_TO_MEND = "def add(a, b):\n    return a - b\n"

ASSIGNMENT = Assignment.model_validate(
    {
        "title": "Sums",
        "limits": {"submission_mb": 1},
        "chapters": [
            {
                "name": "sums",
                "title": "Sums",
                "minutes": 1,
                "exercises": [{"name": "add", "points": 1}, {"name": "twice", "points": 1}],
                "questions": [{"name": "why", "kind": "free", "points": 1, "ask": "Why is it so?"}],
            },
            {
                "name": "products",
                "title": "Products",
                "minutes": 1,
                "exercises": [{"name": "times", "points": 1}],
            },
        ],
    }
)
HANDOUT = {"sums.py": STUBS.encode(), "answers.yaml": b"why:\n"}


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


def handed_in(folder: Path, files: dict[str, str | bytes], handout: dict[str, bytes] = HANDOUT) -> Submission:
    for name, content in files.items():
        path = folder / "ada" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (entry,) = discover(folder, "sums", ASSIGNMENT).entries
    return open_bundle(collect(entry, ASSIGNMENT), ASSIGNMENT, handout)


def zipped(files: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "name",
    ["answers.yml", "answers.txt", "answer.yaml", "Answers.yaml.txt", "answers (1).yaml", "answers.md"],
)
def test_answers_under_another_ending_are_read(tmp_path: Path, name: str) -> None:
    found = handed_in(tmp_path, {"sums.py": ADD, name: "why: because"})
    assert found.answers == "why: because"
    assert any(name in problem for problem in found.problems)


@pytest.mark.parametrize("inside", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("name", ["hw3.py", "my solution.py", "Untitled.ipynb", "work/task one.py"])
def test_a_file_of_another_name_is_known_by_its_functions(tmp_path: Path, name: str, inside: bool) -> None:
    files: dict[str, str | bytes] = {
        name: notebook(ADD, TWICE) if name.endswith("b") else ADD + TWICE,
        "products.py": TIMES,
        "notes.py": "print(1)",
    }
    found = handed_in(tmp_path, {"hw.zip": zipped(files)} if inside else files)
    assert set(found.sources) == {"sums", "products"}
    assert "def twice" in "".join(found.sources["sums"].cells)
    assert any(name in problem and "sums." in problem for problem in found.problems)
    assert not any(name in line for line in found.ignored)
    assert any("notes.py" in line for line in found.ignored)


def test_one_file_may_hold_the_functions_of_all_chapters(tmp_path: Path) -> None:
    found = handed_in(tmp_path, {"everything.py": ADD + TWICE + TIMES})
    assert set(found.sources) == {"sums", "products"}


def test_a_file_that_only_has_the_stubs_is_not_the_chapter(tmp_path: Path) -> None:
    found = handed_in(tmp_path, {"old.py": STUBS, "products.py": TIMES})
    assert set(found.sources) == {"products"}


def test_two_files_that_may_be_the_chapter_wait_for_a_person(tmp_path: Path) -> None:
    files = {"one.py": ADD + TWICE, "two.py": ADD + "def twice(a):\n    return a + a\n", "products.py": TIMES}
    found = handed_in(tmp_path, dict(files))
    assert set(found.sources) == {"products"}
    assert "sums.py" in found.unreadable
    assert any("one.py" in problem and "two.py" in problem for problem in found.problems)


def test_of_two_copies_the_one_with_more_of_the_work_counts(tmp_path: Path) -> None:
    found = handed_in(tmp_path, {"sums.py": ADD + STUBS[30:], "sums (1).py": ADD + TWICE})
    assert found.sources["sums"].cells == (ADD + TWICE,)
    assert found.unreadable == ()
    assert any("sums (1).py" in problem for problem in found.problems)


def test_two_copies_without_the_right_name_that_differ_wait_for_a_person(tmp_path: Path) -> None:
    found = handed_in(tmp_path, {"sums (1).py": ADD, "sums (2).py": ADD.replace("a + b", "b + a")})
    assert "sums" not in found.sources
    assert "sums.py" in found.unreadable


def test_a_remark_more_makes_no_other_work(tmp_path: Path) -> None:
    found = handed_in(tmp_path, {"sums.py": ADD, "sums (1).py": "# mine\n\n" + ADD})
    assert found.unreadable == ()
    assert found.problems == ()


def test_a_copy_as_it_was_handed_out_is_no_rival_where_the_handout_gives_code(tmp_path: Path) -> None:
    handout = {"sums.py": GIVEN_TO_MEND.encode(), "sums.ipynb": notebook(GIVEN_TO_MEND).encode()}
    found = handed_in(tmp_path / "py", {"sums.py": GIVEN_TO_MEND, "sums (1).py": ADD}, handout)
    assert found.sources["sums"].cells == (ADD,)
    assert found.unreadable == ()
    found = handed_in(
        tmp_path / "nb", {"sums.py": GIVEN_TO_MEND + "\nX = 1\n", "sums.ipynb": notebook(ADD)}, handout
    )
    assert found.sources["sums"].kind == "ipynb"


def test_twins_with_different_functions_wait_for_a_person(tmp_path: Path) -> None:
    found = handed_in(tmp_path, {"sums.py": ADD, "sums.ipynb": notebook(TWICE)})
    assert found.sources["sums"].kind == "py"
    assert "sums.ipynb" in found.unreadable
    assert any("twice" in problem for problem in found.problems)


def test_a_zip_that_is_large_for_what_was_packed_along_is_read(tmp_path: Path) -> None:
    large = zipped({"hw/.venv/lib/numpy.so": b"\1" * (3 << 20), "hw/sums.py": ADD, "hw/products.py": TIMES})
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "ada.zip").write_bytes(large)
    (entry,) = discover(tmp_path / "alone", "sums", ASSIGNMENT).entries
    alone = open_bundle(collect(entry, ASSIGNMENT), ASSIGNMENT, HANDOUT)
    for found in (alone, handed_in(tmp_path / "folder", {"hw.zip": large})):
        assert set(found.sources) == {"sums", "products"}


def test_a_zip_that_is_large_for_its_own_work_is_refused(tmp_path: Path) -> None:
    found = handed_in(tmp_path, {"hw.zip": zipped({"sums.py": ADD + "#" * (3 << 20)})})
    assert not found.readable
    assert any("too large" in problem for problem in found.problems)


def test_a_function_in_a_text_cell_is_known(tmp_path: Path) -> None:
    page = json.loads(notebook(TWICE, ADD))
    page["cells"][1]["cell_type"] = "markdown"
    found = handed_in(tmp_path, {"sums.ipynb": json.dumps(page)})
    assert found.sources["sums"].as_text == {"add"}

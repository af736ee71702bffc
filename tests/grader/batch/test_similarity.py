"""Similar submissions: copies with other names are found, the handout's code is nobody's, and nobody is judged."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.batch.similarity import passages, read_sources, similar_pairs
from grader.commands.similarity import run
from grader.course.models import load_course
from grader.errors import UsageError
from grader.report import Passage, SimilarityOptions
from grader.report.similar import similarity_html

ROOT = Path(__file__).parents[3]
COURSE = ROOT / "course.yaml"

pytest.importorskip("copydetect", reason="copydetect is not installed")

STARTER = '''
import numpy as np

def pool(x, size):
    """Return the maximum of every window."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    assert rows >= 1 and columns >= 1, "the window must fit"
'''

ORIGINAL = """
    out = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            patch = x[r * size : r * size + size, c * size : c * size + size]
            best = -np.inf
            for value in patch.ravel():
                best = value if value > best else best
            out[r, c] = best
    return out
"""
COPIED = (
    ORIGINAL.replace("out", "result").replace("patch", "w").replace("best", "m").replace("value", "v")
    .replace("    for r in", "    # over the rows\n    for r in")
)  # fmt: skip
OWN = """
    blocks = x[: rows * size, : columns * size].reshape(rows, size, columns, size)
    return blocks.swapaxes(1, 2).reshape(rows, columns, -1).max(axis=-1)
"""
ANOTHER = """
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size))
    picked = windows[::size, ::size]
    return np.array([[np.amax(cell) for cell in line] for line in picked])
"""
CLASS = {
    "ada": {"pooling": STARTER + ORIGINAL},
    "ben": {"pooling": STARTER + COPIED},
    "cleo": {"pooling": STARTER + OWN},
    "dan": {"pooling": STARTER + ANOTHER},
}
STARTERS = {".py": {"pooling": STARTER}, ".ipynb": {}}


def test_a_copy_under_other_names_is_found_and_nobody_else() -> None:
    pairs = similar_pairs(CLASS, STARTERS, SimilarityOptions(common=3))
    assert [(pair.first, pair.second) for pair in pairs] == [("ada", "ben")]
    assert pairs[0].share > 0.8
    chapter = pairs[0].chapters[0]
    for side, name in ((chapter.first, "ada"), (chapter.second, "ben")):
        assert "".join(passage.text for passage in side.passages) == CLASS[name]["pooling"]
        shared = "".join(passage.text for passage in side.passages if passage.shared)
        assert "for c in range(columns)" in shared
        assert "Return the maximum of every window" not in shared


def test_starter_code_alone_makes_no_pair() -> None:
    untouched = {name: {"pooling": STARTER} for name in ("ada", "ben")}
    assert similar_pairs(untouched, STARTERS, SimilarityOptions(common=3)) == []


def test_what_many_have_is_how_one_writes_it() -> None:
    many = {f"s{i}": {"pooling": STARTER + ORIGINAL} for i in range(5)}
    assert similar_pairs(many, STARTERS, SimilarityOptions(common=4)) == []
    assert len(similar_pairs(many, STARTERS, SimilarityOptions(common=5))) == 10


def test_a_passage_that_stands_twice_in_one_file_is_still_found() -> None:
    twice = STARTER + ORIGINAL + STARTER.replace("pool", "again") + ORIGINAL
    pairs = similar_pairs(
        {"ada": {"pooling": twice}, "ben": {"pooling": twice}}, STARTERS, SimilarityOptions(common=3)
    )
    assert [p.share for p in pairs] == [1.0]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], [("abcdef", False)]),
        ([(1, 3)], [("a", False), ("bc", True), ("def", False)]),
        ([(3, 5), (1, 4)], [("a", False), ("bcde", True), ("f", False)]),
        ([(-4, 2), (5, 99), (4, 3)], [("ab", True), ("cde", False), ("f", True)]),
    ],
)
def test_passages_cut_the_code_and_lose_nothing(
    spans: list[tuple[int, int]], expected: list[tuple[str, bool]]
) -> None:
    assert passages("abcdef", spans) == tuple(Passage(*part) for part in expected)


def test_the_page_shows_both_sides_escaped_and_judges_nobody() -> None:
    hostile = "<script>alert(1)</script>\x1b[2J"
    code = STARTER + ORIGINAL + f'\n    note = "{hostile}"\n'
    pairs = similar_pairs(
        {hostile: {"pooling": code}, "ben": {"pooling": code}}, STARTERS, SimilarityOptions(common=3)
    )
    assignment = load_course(COURSE).assignments["cnn"]
    page = similarity_html(pairs, assignment, students=2, options=SimilarityOptions(common=3))
    assert "<script" not in page
    assert "\x1b" not in page
    assert page.count("<mark>") >= 2
    assert "places to look, not verdicts" in page
    assert not re.search(r"(?i)plagiar|cheat|guilty|copied from|suspect", page)
    assert not re.search(r"https?:|url\(|@import", page)


def test_the_sample_class_is_read_through_intake_notebooks_and_zips_too() -> None:
    course = load_course(COURSE)
    students, starters = read_sources(course, "cnn", ROOT / "tests" / "sample_class")
    assert {"ada", "olga", "noah", "mallory"} & set(students) >= {"olga", "noah", "mallory"}
    assert students["olga"]["convolution"].strip()
    assert (
        set(starters[".py"])
        == set(starters[".ipynb"])
        == {c.name for c in course.assignments["cnn"].chapters}
    )


def test_the_command_writes_one_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "submissions"
    for name in ("ada", "ben"):
        (folder / name).mkdir(parents=True)
        (folder / name / "pooling.py").write_text(CLASS[name]["pooling"], encoding="utf-8")
    out = tmp_path / "similarity.html"
    assert run(folder, out, most=5, common=None, assignment=None, course_path=COURSE) == 0
    assert "ada and ben" in out.read_text(encoding="utf-8")
    assert "1 pair to look at, of 2 submissions" in capsys.readouterr().out


@pytest.mark.parametrize("out", ["missing/similarity.html", "."])
def test_a_place_that_can_not_be_written_is_wrong_usage(tmp_path: Path, out: str) -> None:
    with pytest.raises(UsageError, match="--out"):
        run(tmp_path, tmp_path / out, most=5, common=None, assignment=None, course_path=COURSE)

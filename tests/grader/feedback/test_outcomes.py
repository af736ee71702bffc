"""One real submission for each way an exercise can end, graded, and what its student reads on page and terminal."""

from __future__ import annotations

import base64
import io
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from grader.batch.pool import read_handout
from grader.batch.run import grader_error
from grader.course.models import Assignment, Course, Limit, load_course
from grader.feedback import feedback_html, feedback_text
from grader.feedback.pictures import drawn
from grader.grading.grader import Grader
from grader.grading.showcase import Showcase
from grader.intake import Bundle, Submission, collect, discover, folder_bundle, open_bundle
from grader.result import ExerciseResult, Picture, Result
from grader.wall.session import Session

ROOT = Path(__file__).parents[3]
EXERCISE = "conv2d_single"

HEAD = '''
import numpy as np

def zero_pad(x, pad):
    raise NotImplementedError("zero_pad is not written yet")

def conv2d_single(image, kernel):
    """Slide the kernel over the image."""
    (height, width), (kh, kw) = image.shape, kernel.shape
'''
RIGHT = """
    rows, columns = height - kh + 1, width - kw + 1
    patches = np.lib.stride_tricks.sliding_window_view(image, (kh, kw))
    return np.einsum("rcij,ij->rc", patches, kernel)
"""
BODIES = {
    "wrong value": RIGHT.replace("patches, kernel", "patches, kernel[::-1, ::-1]"),
    "wrong shape": RIGHT.replace("return ", "return np.pad(").rstrip() + ", 1)\n",
    "raise": "    return [image[row] for row in range(height)][height]\n",
    "timeout": "    print('sliding', end='')\n    while True:\n        pass\n",
    "nan": RIGHT.replace("return ", "return 0 / np.zeros(1) + "),
    "missing": '    raise NotImplementedError("conv2d_single is not written yet")\n',
    "blocked": "    return zero_pad(image, 0)\n",
}
CONV2D = """
def output_size(size, kernel, stride=1, pad=0):
    return (size + 2 * pad - kernel) // stride + 1

def conv2d(x, w, b, stride=1, pad=0):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    patches = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncrqij,fcij->nfrq", patches, w) + b[:, None, None]
"""


@pytest.fixture(scope="module")
def course() -> Course:
    """The lesson's first chapter, with less patience for loops that never end."""
    found = load_course(ROOT / "course.yaml")
    lesson = found.assignments["cnn"]
    chapters = [c.model_copy(update={"available": c.name == "convolution"}) for c in lesson.chapters]
    changes = {
        "limits": lesson.limits.model_copy(
            update={"call": Limit(cpu=0.3, wall=20), "exercise": Limit(cpu=2, wall=60)}
        ),
        "chapters": tuple(chapters),
    }
    return found.model_copy(update={"assignments": {"cnn": lesson.model_copy(update=changes)}})


@pytest.fixture(scope="module")
def lesson(course: Course) -> Assignment:
    return course.assignments["cnn"]


@pytest.fixture(scope="module")
def grader(course: Course) -> Iterator[Grader]:
    with Grader(course, "cnn") as ready:
        yield ready


def handed_in(folder: Path, course: Course, files: Mapping[str, bytes]) -> Submission:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    lesson = course.assignments["cnn"]
    return open_bundle(folder_bundle(folder, lesson), lesson, read_handout(course, "cnn"))


@pytest.fixture(scope="module")
def results(grader: Grader, course: Course, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    folder = tmp_path_factory.mktemp("submissions")
    found = {
        kind: grader.grade(
            handed_in(folder / kind.replace(" ", "-"), course, {"convolution.py": (HEAD + body).encode()})
        )
        for kind, body in BODIES.items()
    }
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    lesson = course.assignments["cnn"]
    entry = next(e for e in discover(folder, "cnn", lesson).entries if e.student == "broken")
    found["unreadable"] = grader.grade(open_bundle(collect(entry, lesson), lesson, {}))
    bundle = Bundle("ada", "folder", {"convolution.py": HEAD.encode()})
    found["grader error"] = grader_error(
        bundle, "cnn", lesson, grader.tests_sha256, "the zygote is gone", confined=True
    )
    return found


def exercise_of(result: Result) -> ExerciseResult:
    return result.exercise(EXERCISE)


def card(page: str) -> str:
    """What a reader sees of the exercise's card."""
    start = page.index(f'id="exercise-{EXERCISE}"')
    inside = page[start : page.index("</article>", start)]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", inside))


def terminal(result: Result, lesson: Assignment) -> str:
    out = io.StringIO()
    Console(file=out, width=80, color_system=None).print(feedback_text(result, lesson, width=80))
    return out.getvalue()


SAID = {
    "wrong value": ("failed", ["first differs at", "the window of the first wrong value", "≠"]),
    "wrong shape": ("failed", ["shape (", "expected (", "≠"]),
    "raise": ("failed", ["raised", "Error", "convolution.py, line", "no value"]),
    "timeout": ("timeout", ["ran out of time", "did not finish within 0.3 s of computing"]),
    "nan": ("failed", ["nan at", "every value must be finite", "≠"]),
    "missing": ("missing", ["not started", "not written yet"]),
    "blocked": ("blocked", ["could not be tried", "needs zero_pad, which is not written yet"]),
}


@pytest.mark.sampled
@pytest.mark.parametrize("kind", SAID)
def test_each_ending_is_told_on_page_and_terminal(
    results: dict[str, Result], lesson: Assignment, kind: str
) -> None:
    status, said = SAID[kind]
    assert exercise_of(results[kind]).status == status
    if kind == "missing":
        # Nothing at all is written here, and such a page says where to start instead.
        for text in (feedback_html(results[kind], lesson), terminal(results[kind], lesson)):
            assert "Nothing written yet" in text
        return
    page = card(feedback_html(results[kind], lesson))
    shown = terminal(results[kind], lesson)
    flat = re.sub(r"\s+", " ", shown)
    for words in said:
        assert words in page, words
        assert words in flat, words
    assert max(len(line) for line in shown.splitlines()) <= 80
    assert "\x1b" not in shown


def test_a_wrong_value_gets_its_name_a_caret_and_a_frame(
    results: dict[str, Result], lesson: Assignment
) -> None:
    result = results["wrong value"]
    found = exercise_of(result).diagnosis
    assert found is not None
    assert "flipped" in found.mistake
    page = feedback_html(result, lesson)
    assert f"<strong>{found.says}</strong>" in page
    assert re.search(r'<td class="[^"]*window[^"]* et', page)
    lines = terminal(result, lesson).splitlines()
    carets = [line for line in lines if set(line.strip()) <= {"^", " "} and "^" in line]
    assert carets
    assert any("│" in line for line in lines)


def test_an_unreadable_submission_and_a_grader_error_have_pages_of_their_own(
    results: dict[str, Result], lesson: Assignment
) -> None:
    unreadable, stumbled = results["unreadable"], results["grader error"]
    assert (unreadable.status, stumbled.status) == ("unreadable", "grader error")
    for text in (feedback_html(unreadable, lesson), terminal(unreadable, lesson)):
        assert "could not be read" in text
        assert unreadable.problems[0].split(":")[0] in text
    for text in (feedback_html(stumbled, lesson), terminal(stumbled, lesson)):
        assert "The grader stumbled, not you" in text
        assert "zygote" not in text


def test_a_loop_that_never_ends_leaves_no_half_finished_output_in_the_result(
    results: dict[str, Result],
) -> None:
    assert exercise_of(results["timeout"]).printed == ""


@pytest.fixture(scope="module")
def working(grader: Grader, course: Course, tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("working") / "ada"
    return grader.grade(handed_in(folder, course, {"convolution.py": (HEAD + RIGHT + CONV2D).encode()}))


def test_a_convolution_that_works_shows_its_feature_maps(working: Result, lesson: Assignment) -> None:
    pictures = working.exercise("conv2d").pictures
    assert [picture.title for picture in pictures] == [
        "the digit",
        "vertical edges",
        "horizontal edges",
        "blur",
    ]
    assert [(p.height, p.width) for p in pictures] == [(28, 28)] + 3 * [(26, 26)]
    assert all(len(base64.b64decode(p.levels)) == p.height * p.width for p in pictures)
    vertical = np.frombuffer(base64.b64decode(pictures[1].levels), dtype=np.int8)
    assert max(abs(vertical.min()), vertical.max()) == 127
    assert vertical.min() < 0 < vertical.max()
    page = feedback_html(working, lesson)
    assert page.count('<img src="data:image/png;base64,') == 4
    assert 'alt="a handwritten 4, light on dark"' in page
    assert "CC BY-SA" in page


def test_one_that_fails_shows_none(results: dict[str, Result]) -> None:
    assert [e.name for r in results.values() for e in r.exercises if e.pictures] == []


@pytest.mark.parametrize(
    "body",
    [
        "    return np.zeros((1, 3, 26, 26)) * np.nan\n",
        "    return np.zeros((1, 3, 26, 25))\n",
        "    return np.ones((1, 3, 26, 26)) * 1j\n",
        "    return 'picture'\n",
        "    raise SystemExit\n",
        "    while True: pass\n",
    ],
)
def test_what_is_no_picture_becomes_none(course: Course, grader: Grader, body: str, tmp_path: Path) -> None:
    code = "import numpy as np\ndef conv2d(x, w, b, stride=1, pad=0):\n" + body
    submission = handed_in(tmp_path / "ada", course, {"convolution.py": code.encode()})
    session = Session(grader.launcher, course.assignments["cnn"], submission.sources)
    session.survey()
    passed = ExerciseResult(name="conv2d", score=12, max_score=12, status="passed")
    Showcase(course, "cnn").add([passed], session, submission.sources)
    assert passed.pictures == []
    assert session.budget.cpu < 1


@pytest.mark.sampled
@pytest.mark.parametrize(
    "changes",
    [
        {"levels": "!"},
        {"levels": ""},
        {"height": 0},
        {"height": 10**6, "width": 10**6},
        {"width": 3},
        {"levels": "A" * 10**5},
    ],
)
def test_a_picture_that_is_not_whole_is_left_out(changes: dict[str, object]) -> None:
    whole = Picture(title="t", text="t", height=1, width=2, levels=base64.b64encode(b"\x00\x7f").decode())
    assert len(drawn([whole])) == 1
    assert drawn([whole.model_copy(update=changes)]) == []


@pytest.mark.slow
def test_pictures_are_drawn_with_the_sign_as_light_and_dark() -> None:
    levels = bytes([0, 127, 129, 64])
    image = drawn(
        [Picture(title="t", text="t", height=2, width=2, levels=base64.b64encode(levels).decode())]
    )[0]
    data = base64.b64decode(image.address.partition(",")[2])
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24]) == (2, 2)
    start = data.index(b"IDAT")
    size = struct.unpack(">I", data[start - 4 : start])[0]
    rows = zlib.decompress(data[start + 4 : start + 4 + size])
    assert (list(rows[1:3]), list(rows[4:6])) == ([128, 255], [0, 192])

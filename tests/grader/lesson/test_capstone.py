"""The capstone: the training loop of the handout, and `grader capstone`."""

from __future__ import annotations

import importlib
import os
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from grader.authoring.notebooks import notebook
from grader.authoring.release import _course_of_one, stub_text
from grader.commands.capstone import run
from grader.course import load_course
from grader.errors import CourseError

ROOT = Path(__file__).parents[3]
SOLUTIONS = ROOT / "solutions" / "cnn"
HANDOUT = SOLUTIONS / "handout"
CHAPTERS = ("convolution", "pooling", "sharing", "backward", "network")
SUPPORT = ("capstone", "capstone_training", "capstone_pictures")


@pytest.fixture(scope="module", autouse=True)
def flat_imports() -> Iterator[None]:
    """The capstone and the chapters are importable by their bare names, as in a student's folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SOLUTIONS))
        patch.syspath_prepend(str(HANDOUT))
        yield
    for name in (*CHAPTERS, *SUPPORT, "capstone_aims"):
        sys.modules.pop(name, None)


@pytest.fixture
def capstone() -> ModuleType:
    return importlib.import_module("capstone")


@pytest.fixture
def training() -> ModuleType:
    return importlib.import_module("capstone_training")


@pytest.fixture
def layers(capstone: ModuleType) -> SimpleNamespace:
    return capstone.find_layers()


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ((0, 0), [[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
        ((1, 0), [[0, 0, 0], [1, 2, 3], [4, 5, 6]]),
        ((-1, 0), [[4, 5, 6], [7, 8, 9], [0, 0, 0]]),
        ((0, 2), [[0, 0, 1], [0, 0, 4], [0, 0, 7]]),
        ((0, -2), [[3, 0, 0], [6, 0, 0], [9, 0, 0]]),
    ],
)
def test_a_shift_moves_the_image_and_lets_zeros_in(training, way, expected):
    image = np.arange(1.0, 10).reshape(1, 1, 3, 3)
    assert training.shift(image, *way).tolist() == [[expected]]


def test_shifted_accuracy_is_the_mean_of_four_directions(training):
    # "Right" if the one bright pixel is still in the image: it stands 1 from the left and top, far from the others.
    x = np.zeros((1, 1, 9, 9))
    x[0, 0, 1, 1] = 1
    model = training.Model(
        "CNN", {}, None, lambda params, x: np.stack([0.5 - x.sum((1, 2, 3))] * 2, 1) * [1, -1]
    )
    found = [training.shifted_accuracy(model, x, np.array([1]), pixels) for pixels in (1, 2)]
    assert found == [100, 50]


def test_adam_takes_the_steps_worked_out_by_hand(training):
    adam, params = training.Adam(rate=0.01), {"w": np.array([1.0, 5.0])}
    # First step: mean 0.2/0.1 = 2, square 0.004/0.001 = 4, so a full step of 0.01, of 0 where the gradient is 0.
    adam.step(params, {"w": np.array([2.0, 0.0])})
    np.testing.assert_allclose(params["w"], [0.99, 5.0], atol=1e-9)
    # Second: mean (0.9·0.2 - 0.1)/0.19 = 0.42105, square (0.999·0.004 + 0.001)/0.001999 = 2.49925, root 1.58090.
    adam.step(params, {"w": np.array([-1.0, 0.0])})
    np.testing.assert_allclose(params["w"], [0.99 - 0.01 * 0.4210526 / 1.5809016, 5.0], atol=1e-8)


def test_the_mlps_gradient_agrees_with_central_differences(training, layers):
    rng = np.random.default_rng(5)
    model = training.make_mlp(layers, seed=0, inputs=6, classes=3)
    x, labels = rng.normal(size=(4, 1, 2, 3)), np.array([0, 2, 1, 2])
    _, grads = model.loss(model.params, x, labels)
    assert grads.keys() == model.params.keys()
    for key, value in model.params.items():
        numeric = np.zeros(value.shape)
        for place in np.ndindex(value.shape):
            ends = []
            for step in (1e-5, -1e-5):
                moved = {**model.params, key: value.copy()}
                moved[key][place] += step
                ends.append(model.loss(moved, x, labels)[0])
            numeric[place] = (ends[0] - ends[1]) / 2e-5
        np.testing.assert_allclose(grads[key], numeric, atol=1e-8, err_msg=key)


def test_the_split_holds_a_thousand_digits_out_and_follows_the_seed(training):
    digits, again, other = (training.load_digits(seed) for seed in (3, 3, 4))
    assert (digits.x_train.shape, digits.x_held.shape) == ((2000, 1, 28, 28), (1000, 1, 28, 28))
    assert np.array_equal(digits.x_train, again.x_train)
    assert not np.array_equal(digits.y_train, other.y_train)
    with np.load(HANDOUT / "data" / "digits.npz") as file:
        together = np.concatenate([digits.x_train, digits.x_held])
        assert sorted(map(bytes, np.rint(together * 255).astype(np.uint8))) == sorted(map(bytes, file["X"]))


def test_a_smaller_training_set_is_the_beginning_of_the_larger(training):
    small, large = training.load_digits(0, 100), training.load_digits(0)
    assert np.array_equal(small.x_train, large.x_train[:100])
    assert np.array_equal(small.x_held, large.x_held[:50])


def test_small_and_large_training_sets_get_equally_many_full_batches(training):
    batches: list[np.ndarray] = []

    def loss(params, x, labels):
        batches.append(labels)
        return 0.0, {}

    for size in (100, 2000):
        batches.clear()
        model = training.Model("CNN", {}, loss, None)
        training.train(model, np.zeros((size, 1)), np.arange(size), steps=75, seed=0)
        assert [len(batch) for batch in batches] == [32] * 75
        # One shuffle after the other: no image is seen twice more often than another.
        counts = np.bincount(np.concatenate(batches), minlength=size)
        assert counts.max() - counts.min() <= 1
    assert training.sizes_for(2000) == [100, 500, 2000]


def test_the_cnn_has_a_tenth_of_the_mlps_parameters(training, layers):
    assert training.make_cnn(layers, 0).size == 2358
    assert training.make_mlp(layers, 0).size == 25450


@pytest.mark.slow
def test_the_same_seed_gives_the_same_scores_and_another_seed_others(training, layers, monkeypatch):
    monkeypatch.setattr(training, "SHIFTS", (2,))
    first, second, other = (training.compete(layers, seed, 100, quiet=True)[0] for seed in (1, 1, 2))
    assert first == second
    assert first != other


def test_training_lowers_the_loss(training, layers):
    digits = training.load_digits(0, 100)
    model = training.make_cnn(layers, 0)
    before, _ = model.loss(model.params, digits.x_train, digits.y_train)
    training.train(model, digits.x_train, digits.y_train, steps=25, seed=0)
    after, _ = model.loss(model.params, digits.x_train, digits.y_train)
    assert after < 0.8 * before


def not_written(*arguments):
    raise NotImplementedError("conv2d is not written yet")


@pytest.mark.parametrize(
    ("name", "function", "words"),
    [
        ("cnn_loss", not_written, "needs cnn_loss, which does not run yet: conv2d is not written yet"),
        ("maxpool", lambda x: x[5], "needs maxpool, which stopped with IndexError"),
        ("relu", lambda x: x[0], "needs relu, which returns a wrong shape"),
        ("cnn_forward", lambda params, x: None, "needs cnn_forward, which returns a wrong shape"),
        ("softmax_loss", lambda logits, labels: 0.5, "needs softmax_loss, which stopped with"),
        (
            "cnn_loss",
            lambda params, x, labels: (float("nan"), params),
            "needs cnn_loss, which returns a wrong shape or not a number",
        ),
    ],
)
def test_a_function_that_is_not_ready_gets_a_kind_message(
    capstone, capsys, tmp_path, monkeypatch, name, function, words
):
    monkeypatch.setattr(importlib.import_module(capstone.NEEDED[name]), name, function)
    assert capstone.run(picture=tmp_path / "picture.svg") is None
    said = capsys.readouterr().out
    assert words in said
    assert f"grader check -e {name}" in said
    assert not list(tmp_path.iterdir())


def test_in_the_untouched_handout_the_script_says_what_is_needed_first(tmp_path):
    for chapter in CHAPTERS:
        (tmp_path / f"{chapter}.py").write_text(stub_text(SOLUTIONS / f"{chapter}.py"), encoding="utf-8")
    for module in SUPPORT:
        shutil.copy(HANDOUT / f"{module}.py", tmp_path)
    done = subprocess.run(
        [sys.executable, "capstone.py"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "needs conv2d, which does not run yet: conv2d is not written yet" in done.stdout


def test_work_in_notebooks_is_found_as_well(tmp_path):
    course = load_course(ROOT / "course.yaml")
    for chapter in course.assignments["cnn"].chapters:
        page = notebook(SOLUTIONS / f"{chapter.name}.py", chapter, solution=True)
        (tmp_path / f"{chapter.name}.ipynb").write_bytes(page)
        # The other track, untouched.
        (tmp_path / f"{chapter.name}.py").write_text(
            stub_text(SOLUTIONS / f"{chapter.name}.py"), encoding="utf-8"
        )
    (tmp_path / "course.yaml").write_bytes(_course_of_one(course, "cnn"))
    for module in SUPPORT:
        shutil.copy(HANDOUT / f"{module}.py", tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", "import capstone; print(capstone.find_layers().cnn_loss.__code__.co_filename)"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.startswith("network.ipynb, cell "), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("images", [100, 200])
def test_with_few_images_right_code_has_steps_enough_to_be_ahead(training, layers, images):
    scores, _, _ = training.compete(layers, 0, images, quiet=True)
    assert training.steps_for(images) >= 60
    assert scores["CNN"].held_out > 60
    assert scores["CNN"].shifted[2] > scores["MLP"].shifted[2]


def test_a_cnn_that_learned_little_is_not_blamed_on_the_code_alone(capstone, capsys, monkeypatch, tmp_path):
    scores, cnn, digits = importlib.import_module("capstone_training").compete(
        capstone.find_layers(), 1, 100, quiet=True
    )
    low = {name: replace(score, held_out=20.0) for name, score in scores.items()}
    monkeypatch.setattr(capstone, "compete", lambda *args: (low, cnn, digits))
    capstone.run(seed=1, images=100, picture=tmp_path / "picture.svg")
    said = " ".join(capsys.readouterr().out.split())
    assert "`grader check` says whether that is your code" in said
    assert "few images" in said


def test_missing_digits_are_named(capstone, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(capstone, "DIGITS", tmp_path / "digits.npz")
    assert capstone.run() is None
    assert "digits.npz is missing" in capsys.readouterr().out


def test_the_live_functions_of_a_notebook_come_before_the_files(capstone, monkeypatch):
    live = lambda params, x, labels: None  # noqa: E731
    monkeypatch.setattr(sys.modules["__main__"], "cnn_loss", live, raising=False)
    assert capstone.find_function("cnn_loss", "network") is live


@pytest.mark.parametrize("batch", [3.0, 8.0])
def test_slow_code_is_offered_a_run_that_fits_in_ten_minutes(capstone, capsys, monkeypatch, tmp_path, batch):
    monkeypatch.setattr(capstone, "time_batch", lambda layers: batch)
    assert capstone.run(picture=tmp_path / "picture.svg") is None
    said = capsys.readouterr().out
    offered = int(said.split("--images ")[1].split("`")[0])
    assert f"{batch} s for a batch of 32 images" in said
    assert capstone.seconds_for(batch, offered) < 600 < capstone.seconds_for(batch, 2000)


def test_a_patient_run_prints_the_scores_and_draws_a_picture(capstone, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(capstone, "time_batch", lambda layers: 100.0)
    report = capstone.run(seed=1, images=100, patient=True, picture=tmp_path / "picture.svg")
    said = capsys.readouterr().out
    assert "(4, 26, 26)" in said
    assert "2,358" in said
    assert f"{report.scores['MLP'].shifted[2]:.1f} %" in said
    svg = ElementTree.fromstring((tmp_path / "picture.svg").read_text(encoding="utf-8"))
    images = svg.findall(".//{http://www.w3.org/2000/svg}image")
    # Four filters; a digit with its four maps, twice; four maps behind the first pool, eight behind the second.
    assert len(images) == 4 + 2 * 5 + 4 + 8
    assert report._repr_svg_().startswith("<svg")


def test_a_png_holds_the_pixels_it_was_given():
    pixels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    made = importlib.import_module("capstone_pictures").png(pixels)
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", made[16:24]) == (3, 2)
    (length,) = struct.unpack(">I", made[33:37])
    rows = zlib.decompress(made[41 : 41 + length])
    assert rows == b"".join(b"\0" + row.tobytes() for row in pixels)


@pytest.fixture
def aims() -> ModuleType:
    return importlib.import_module("capstone_aims")


@pytest.mark.parametrize(
    ("measured", "reached"),
    [
        ([(2, 10, 250)], [True, True, True]),
        ([(1.9, 10, 250)], [False, True, True]),
        ([(2, 9.9, 250)], [True, False, True]),
        ([(2, 10, 251)], [True, True, False]),
        ([(1, 10, 250), (4, 8, 250)], [True, False, True]),
    ],
)
def test_the_aims_are_judged_by_the_means(aims, measured, reached):
    rows = []
    for lead, lead_at_two, parameters in measured:
        rows.append(aims.Row("MLP", 1000, {"held out": 80.0, "±2": 50.0}, 1.0))
        rows.append(aims.Row("CNN", parameters, {"held out": 80.0 + lead, "±2": 50.0 + lead_at_two}, 1.0))
    assert [aim for _, aim in aims.judge(rows)] == reached


@pytest.mark.slow
def test_the_command_prints_every_seed_and_the_means(cli):
    done = cli("capstone", "--assignment", "cnn", "--seeds", "2", "--images", "100", "--course", str(ROOT))
    lines = done.out.splitlines()
    first_cells = [line.split("|")[1].strip() for line in lines if line.count("|") > 3]
    assert first_cells[0] == "seed"
    assert first_cells[2:] == ["0", "0", "1", "1", "mean", "mean"]
    assert any("2,358" in line and "mean" in line for line in lines)


def test_the_command_refuses_less_than_one_seed(cli):
    done = cli("capstone", "--assignment", "cnn", "--seeds", "0", "--course", str(ROOT))
    assert (done.code, "at least one seed" in done.err) == (2, True)


def test_an_assignment_without_aims_is_a_course_error(tmp_path):
    (tmp_path / "course.yaml").write_bytes(_course_of_one(load_course(ROOT / "course.yaml"), "cnn"))
    (tmp_path / "solutions" / "cnn" / "plugins").mkdir(parents=True)
    (tmp_path / "solutions" / "cnn" / "plugins" / "question_structured.py").touch()
    with pytest.raises(CourseError, match=r"capstone_aims\.py is missing"):
        run([], course_path=tmp_path)


def test_a_capstone_that_fails_says_why(aims, tmp_path):
    (tmp_path / "capstone.py").write_text("raise SystemExit('no conv2d here')", encoding="utf-8")
    with pytest.raises(SystemExit, match="no conv2d here"):
        aims.measure(0, script=tmp_path / "capstone.py")


@pytest.mark.slow
def test_the_reference_reaches_the_aims_of_the_lesson(aims):
    measured = aims.measure(seed=0)
    assert [sentence for sentence, reached in aims.judge(measured) if not reached] == []
    cnn = measured[0]
    assert cnn.percent["n=100"] < cnn.percent["n=500"] < cnn.percent["held out"]
    assert cnn.cpu_seconds < 120

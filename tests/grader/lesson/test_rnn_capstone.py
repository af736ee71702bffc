"""The second lesson's capstone: the training loop of the handout, its text, and `grader capstone --assignment rnn`."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.authoring.release import stub_text

ROOT = Path(__file__).parents[3]
SOLUTIONS = ROOT / "solutions" / "rnn"
HANDOUT = SOLUTIONS / "handout"
CHAPTERS = ("sequences", "cell", "through_time", "gates", "language")
SUPPORT = ("capstone", "capstone_training", "capstone_pictures")


@pytest.fixture(scope="module", autouse=True)
def flat_imports() -> Iterator[None]:
    """The capstone and the chapters are importable by their bare names, as in a student's folder."""
    ours = (*CHAPTERS, *SUPPORT, "capstone_aims", "make_tale")
    for name in ours:  # the other lesson has a capstone, too
        sys.modules.pop(name, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SOLUTIONS))
        patch.syspath_prepend(str(HANDOUT))
        training = importlib.import_module("capstone_training")
        capstone = importlib.import_module("capstone")
        for module in (training, capstone):  # the tale joins the handout when it is released
            patch.setattr(module, "TALE", SOLUTIONS / "data" / "tale.txt")
        yield
    for name in ours:
        sys.modules.pop(name, None)


@pytest.fixture
def capstone() -> ModuleType:
    return importlib.import_module("capstone")


@pytest.fixture
def training() -> ModuleType:
    return importlib.import_module("capstone_training")


@pytest.fixture
def aims() -> ModuleType:
    return importlib.import_module("capstone_aims")


@pytest.fixture
def yours(capstone: ModuleType) -> SimpleNamespace:
    found: SimpleNamespace = capstone.find_all()
    return found


def handed_out(folder: Path, chapter: Callable[[Path], str]) -> Path:
    """What a student has, with these chapters in it."""
    shutil.copytree(HANDOUT, folder)
    shutil.copytree(SOLUTIONS / "data", folder / "data", dirs_exist_ok=True)
    for name in CHAPTERS:
        (folder / f"{name}.py").write_text(chapter(SOLUTIONS / f"{name}.py"), encoding="utf-8")
    return folder


def run_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "capstone.py", *arguments],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300,
    )  # fmt: skip


def test_the_tale_is_what_make_tale_writes(training: ModuleType) -> None:
    learned, held_out = importlib.import_module("make_tale").tale()
    assert (SOLUTIONS / "data" / "tale.txt").read_text(encoding="utf-8") == learned
    assert (HANDOUT / "data" / "tale_end.txt").read_text(encoding="utf-8") == held_out


def test_no_day_that_is_held_out_was_learned(training: ModuleType) -> None:
    text = training.load_text()
    learned = training.TALE.read_text(encoding="utf-8").splitlines()
    held_out = training.TALE_END.read_text(encoding="utf-8").splitlines()
    assert len(text.held_out) == len(held_out) == 40
    assert set(held_out).isdisjoint(learned)


def test_the_table_has_more_numbers_than_the_network(training: ModuleType) -> None:
    size = len(training.load_text().alphabet)
    params = training.first_params(np.random.default_rng(0), size)
    assert (sum(value.size for value in params.values()), size**2) == (2044, 2116)


def test_bits_are_those_of_the_table_where_the_network_knows_nothing(
    training: ModuleType, yours: SimpleNamespace
) -> None:
    text = training.load_text()
    params = {
        key: 0 * value
        for key, value in training.first_params(np.random.default_rng(0), len(text.alphabet)).items()
    }
    assert training.held_out_bits(yours, params, text) == pytest.approx(np.log2(len(text.alphabet)))
    assert training.bits_with_memory(yours, params, text, 3) == pytest.approx(np.log2(len(text.alphabet)))


def test_with_a_memory_of_one_only_the_last_character_is_read(
    training: ModuleType, yours: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[np.ndarray, ...]] = []

    def loss(params: Any, ids: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> tuple[float, None]:
        seen.append((ids, targets, mask))
        return 1.0, None

    text = training.load_text()
    training.bits_with_memory(SimpleNamespace(rnn_loss=loss), {}, text, 2)
    ((ids, targets, mask),) = seen
    whole = [k for day in text.held_out for k in day]
    place = max(training.MEMORIES)
    assert (ids[0].tolist(), targets[0, -1]) == (whole[place - 2 : place], whole[place])
    assert mask[0].tolist() == [0, 1]


def test_training_lowers_the_bits_and_follows_the_seed(training: ModuleType, yours: SimpleNamespace) -> None:
    text = training.load_text()
    few = training.Text(text.alphabet, text.ids[:4000], text.held_out[:3])
    runs = [training.train(yours, few, seed, 20, quiet=True)[1] for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]
    assert [step for step, _ in runs[0]] == list(range(2, 21, 2))
    assert runs[0][-1][1] < np.log2(len(text.alphabet)) - 0.5


def not_written(*arguments: object) -> None:
    raise NotImplementedError("rnn_step is not written yet")


@pytest.mark.parametrize(
    ("name", "function", "words"),
    [
        ("rnn_loss", not_written, "needs rnn_loss, which does not run yet: rnn_step is not written yet"),
        ("pad_batch", lambda sequences: sequences[9], "needs pad_batch, which stopped with IndexError"),
        ("text_windows", lambda ids, length: (ids, ids), "needs text_windows, which returns a wrong shape"),
        (
            "clip_gradients",
            lambda grads, limit: ({}, 1.0),
            "needs clip_gradients, which returns a wrong shape",
        ),
        ("sample", lambda *arguments: [], "needs sample, which returns a wrong shape"),
        ("Reader", not_written, "needs Reader, which does not run yet"),
        (
            "rnn_loss",
            lambda params, ids, targets, mask: (float("nan"), params),
            "needs rnn_loss, which returns a wrong shape or not a number",
        ),
    ],
)
def test_a_function_that_is_not_ready_gets_a_kind_message(
    capstone: ModuleType,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    function: Any,
    words: str,
) -> None:
    monkeypatch.setattr(importlib.import_module(capstone.NEEDED[name]), name, function)
    assert capstone.run(picture=tmp_path / "picture.svg") is None
    said = capsys.readouterr().out
    assert words in said
    assert f"grader check -e {name}" in said
    assert not list(tmp_path.iterdir())


def test_a_function_that_is_gone_is_named(
    capstone: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(importlib.import_module("language"), "sample")
    assert capstone.run() is None
    assert "needs sample, which can't be loaded from language" in capsys.readouterr().out


def test_a_missing_tale_is_named(
    capstone: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(capstone, "TALE", tmp_path / "tale.txt")
    assert capstone.run() is None
    assert "tale.txt is missing" in capsys.readouterr().out


def test_slow_code_is_offered_a_run_that_fits_in_ten_minutes(
    capstone: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capstone, "seconds_for_step", lambda *arguments: 0.5)
    assert capstone.run() is None
    said = capsys.readouterr().out
    offered = int(said.split("--steps ")[1].split("`")[0])
    assert offered * 0.5 < 600 < capstone.STEPS * 0.5


def test_in_the_untouched_handout_the_script_says_what_is_needed_first(tmp_path: Path) -> None:
    done = run_in(handed_out(tmp_path / "rnn", stub_text))
    assert (done.returncode, done.stderr) == (1, "")
    assert "needs text_windows, which does not run yet: text_windows is not written yet" in done.stdout


@pytest.mark.parametrize(
    ("measured", "reached"),
    [
        ([(1.5, 1.5, 99, 119)], [True, True, True, True]),
        ([(1.4, 1.5, 99, 119)], [False, True, True, True]),
        ([(1.5, 1.5, 100, 119)], [True, False, True, True]),
        ([(1.5, 1.4, 99, 119)], [True, True, False, True]),
        ([(1.5, 1.5, 99, 1), (1.5, 1.5, 99, 120)], [True, True, True, False]),
        ([(1, 2, 99, 1), (2, 1, 99, 1)], [True, True, True, True]),
    ],
)
def test_the_aims_are_judged_by_the_means_and_the_slowest_seed(
    aims: ModuleType, measured: list[tuple[float, float, int, float]], reached: list[bool]
) -> None:
    rows = [
        aims.Row(
            {"RNN": size, "bigrams": 100}, {"RNN": 0, "bigrams": lead}, {2: 3.0, 16: 3.0 - gain}, seconds
        )
        for lead, gain, size, seconds in measured
    ]
    assert [aim for _, aim in aims.judge(rows)] == reached


def test_a_capstone_that_fails_says_why(aims: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "capstone.py").write_text("raise SystemExit('no rnn_loss here')", encoding="utf-8")
    with pytest.raises(SystemExit, match="no rnn_loss here"):
        aims.measure(0, None, tmp_path / "capstone.py")


@pytest.mark.slow
def test_a_short_run_from_the_handout_prints_scores_and_draws_a_picture(tmp_path: Path) -> None:
    folder = handed_out(tmp_path / "rnn", lambda file: file.read_text(encoding="utf-8"))
    done = run_in(folder, "--steps", "300")
    assert (done.returncode, done.stderr) == (0, "")
    for words in ("2,044", "2,116", "bits a character", "temperature 0.2", "temperature 1.5", "bigram table"):
        assert words in done.stdout
    svg = ElementTree.parse(folder / "capstone.svg")
    # The curve of training has ten dots, that of memory seven.
    assert len(svg.findall(".//{http://www.w3.org/2000/svg}circle")) == 10 + 7
    again = [json.loads(run_in(folder, "--steps", "300", "--json").stdout)["scores"] for _ in range(2)]
    assert again[0] == again[1]


@pytest.mark.slow
def test_the_command_prints_every_seed_and_the_means(cli: Any) -> None:
    done = cli("capstone", "--assignment", "rnn", "--seeds", "2", "--steps", "100", "--course", str(ROOT))
    rows = [line.split("|")[1].strip() for line in done.out.splitlines() if line.count("|") > 3]
    assert rows[0] == "seed"
    assert rows[2:] == ["0", "1", "mean"]
    assert "missed" in done.out
    assert done.code == 1


@pytest.mark.slow
def test_the_reference_reaches_the_aims_of_the_lesson(aims: ModuleType, tmp_path: Path) -> None:
    measured = aims.measure(0, None, aims.handed_out(tmp_path))
    assert [sentence for sentence, reached in aims.judge([measured]) if not reached] == []
    by_memory = list(measured.by_memory.values())
    assert by_memory == sorted(by_memory, reverse=True)

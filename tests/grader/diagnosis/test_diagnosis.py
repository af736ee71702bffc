"""Known mistakes are named however they are written; right code and odd code are not."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from grader.course.mistakes import load_mistakes
from grader.course.models import Course, load_course
from grader.course.reference import Reference, load_functions
from grader.course.variants import load_variants
from grader.diagnosis import (
    MOST,
    Diagnoser,
    DigestDiagnoser,
    Topic,
    kept_tables,
    make_digests,
    topics_of,
)
from grader.diagnosis.digests import DIGESTS
from grader.diagnosis.match import outcomes_of
from grader.diagnosis.outcomes import grid
from grader.diagnosis.probes import call_of, found_on
from grader.errors import StudentFailure, StudentMissing, StudentTimeout
from grader.grading.grader import Grader
from grader.home.selfcheck import self_check
from grader.home.terminal import check_text
from grader.intake import Source, Submission
from grader.wall.launcher import can_fork_workers

ROOT = Path(__file__).parents[3]

#: What the lesson's plug-in knows of each exercise.
LESSON = topics_of(load_course(ROOT / "course.yaml").assignments["cnn"])


def topic_of(exercise: str) -> Topic:
    found = LESSON(exercise)
    assert found
    return found


def module(path: Path) -> ModuleType:
    """A file of helpers, by its path: tests/ is not a package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = found
    spec.loader.exec_module(found)
    return found


REIMPLEMENTED: Mapping[tuple[str, str], Callable[..., Any]] = module(
    Path(__file__).parent / "data" / "reimplemented_mistakes.py"
).REIMPLEMENTED


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT / "course.yaml")


@pytest.fixture(scope="module")
def reference(course: Course) -> Reference:
    return Reference(load_functions(course.solutions("cnn"), course.assignments["cnn"].chapter_of()))


@pytest.fixture(scope="module")
def diagnoser(course: Course, reference: Reference) -> Diagnoser:
    kept = kept_tables(course, "cnn")
    return Diagnoser(course.assignments["cnn"], reference, load_mistakes(course, "cnn"), kept)


@pytest.fixture(scope="module")
def digests(course: Course, reference: Reference) -> dict[str, Any]:
    kept = kept_tables(course, "cnn")
    return make_digests(course.assignments["cnn"], reference, load_mistakes(course, "cnn"), kept)


def student(exercise: str, function: Callable[..., Any]) -> SimpleNamespace:
    return SimpleNamespace(**{exercise: function})


@pytest.mark.parametrize("some", ["maxpool", pytest.param("", marks=pytest.mark.slow)])
def test_every_known_mistake_gets_its_own_name_or_is_seen_to_equal_another(
    course: Course, diagnoser: Diagnoser, digests: dict[str, Any], some: str
) -> None:
    at_home = DigestDiagnoser(digests, LESSON)
    mistakes = [m for m in load_mistakes(course, "cnn") if some in m.exercise]
    assert len(mistakes) > 20
    for mistake in mistakes:
        table, topic = diagnoser.table(mistake.exercise), topic_of(mistake.exercise)
        assert table
        if all(outcome.collapsed for outcome in outcomes_of(topic, mistake.function)):
            continue  # any mistake may lead to raising everywhere: which one it is can't be told
        found = table.match(outcomes_of(topic, mistake.function))
        assert len(found) == 1, mistake
        assert mistake.name in (found[0].name, *found[0].also), (mistake, found)
        here = at_home.diagnose(mistake.exercise, student(mistake.exercise, mistake.function))
        assert here is not None
        assert (here.mistake, here.says, here.hint) == (found[0].name, found[0].says, found[0].hint)


def test_hardly_any_two_known_mistakes_look_alike(course: Course, diagnoser: Diagnoser) -> None:
    exercises = course.assignments["cnn"].chapter_of()
    alike = [e for name in exercises for e in diagnoser.table(name).entries if e.also]
    assert len(alike) <= 3, [(e.name, e.also) for e in alike]


@pytest.mark.parametrize(("exercise", "name"), sorted(REIMPLEMENTED))
def test_a_mistake_written_otherwise_is_never_given_another_mistakes_name(
    diagnoser: Diagnoser, digests: dict[str, Any], exercise: str, name: str
) -> None:
    code = student(exercise, REIMPLEMENTED[exercise, name])
    for made in (diagnoser, DigestDiagnoser(digests, LESSON)):
        found = made.diagnose(exercise, code)
        assert found is not None
        assert found.mistake == name or found.kind == "observation"


def test_nearly_all_mistakes_written_otherwise_are_named(diagnoser: Diagnoser) -> None:
    assert len(REIMPLEMENTED) >= 30
    named = [
        name
        for (exercise, name), function in REIMPLEMENTED.items()
        if getattr(diagnoser.diagnose(exercise, student(exercise, function)), "mistake", "") == name
    ]
    assert len(named) >= 0.95 * len(REIMPLEMENTED)


def test_right_code_gets_no_diagnosis(
    course: Course, reference: Reference, diagnoser: Diagnoser, digests: dict[str, Any]
) -> None:
    at_home = DigestDiagnoser(digests, LESSON)
    right = [(v.exercise, v.function) for v in load_variants(course, "cnn")]
    right += [(name, getattr(reference, name)) for name in course.assignments["cnn"].chapter_of()]
    assert len(right) > 50
    for exercise, function in right:
        for made in (diagnoser, at_home):
            assert made.diagnose(exercise, student(exercise, function)) is None, (exercise, function)


def test_two_mistakes_in_different_gradients_are_named_both(diagnoser: Diagnoser) -> None:
    def both(dout: Any, x: Any, w: Any, stride: int = 1, pad: int = 0) -> Any:
        first = REIMPLEMENTED["conv2d_backward", "frame-not-cropped"](dout, x, w, stride, pad)
        second = REIMPLEMENTED["conv2d_backward", "dw-averaged"](dout, x, w, stride, pad)
        return first[0], second[1], first[2]

    found = diagnoser.diagnose("conv2d_backward", student("conv2d_backward", both))
    assert found is not None
    assert found.kind == "combination"
    assert set(found.mistake.split(" + ")) == {"frame-not-cropped", "dw-averaged"}


def test_a_known_mistake_beside_a_forgotten_bias_is_named_with_it(diagnoser: Diagnoser) -> None:
    def both(x: Any, w: Any, b: Any, stride: int = 1, pad: int = 0) -> Any:
        return REIMPLEMENTED["conv2d", "window-start-without-stride"](x, w, 0 * b, stride, pad)

    found = diagnoser.diagnose("conv2d", student("conv2d", both))
    assert found is not None
    assert found.kind == "combination"
    assert "window-start-without-stride" in found.mistake
    assert "bias" in found.says


@pytest.mark.parametrize(
    "exercise", ["conv2d", "softmax_loss", "cnn_loss", "output_size", "edge_filters", "shape_trace"]
)
@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        (),
        [[]],
        7,
        np.nan,
        np.zeros(0),
        {},
        (1, {"w1": None}),
        (None, None, None),
        [1, [2]],
        1e300,
        True,
    ],
    ids=repr,
)
def test_odd_results_break_nothing(
    diagnoser: Diagnoser, digests: dict[str, Any], exercise: str, value: Any
) -> None:
    for made in (diagnoser, DigestDiagnoser(digests, LESSON)):
        found = made.diagnose(exercise, student(exercise, lambda *args: value))
        assert found is None or found.says


@pytest.mark.parametrize("failure", [StudentTimeout("too long"), StudentMissing("not written yet")])
def test_a_function_that_hangs_or_is_missing_is_asked_once(
    diagnoser: Diagnoser, failure: BaseException
) -> None:
    calls = []

    def function(*args: Any) -> Any:
        calls.append(args)
        raise failure

    assert diagnoser.diagnose("conv2d", student("conv2d", function)) is None
    assert len(calls) == 1


def test_a_result_that_the_wire_refuses_is_an_outcome_like_any_other(diagnoser: Diagnoser) -> None:
    def refused(*args: Any) -> Any:
        raise StudentFailure("returned a set")

    found = diagnoser.diagnose("relu", student("relu", refused))
    assert found is None or found.kind == "observation"


def test_a_diagnosis_costs_few_calls(course: Course) -> None:
    for name in course.assignments["cnn"].chapter_of():
        probes = topic_of(name).probes
        assert 1 <= len(probes) <= 100
        assert 1 <= found_on(probes) <= MOST
        assert not any(probe.fresh for probe in probes[: found_on(probes)])
        assert name == "edge_filters" or len(probes) - found_on(probes) >= 5


def test_fresh_calls_are_none_of_those_that_statements_are_found_on(course: Course) -> None:
    for name in course.assignments["cnn"].chapter_of():
        seen = {probe.fresh: set() for probe in topic_of(name).probes}  # type: dict[bool, set[str]]
        for probe in topic_of(name).probes:
            seen[probe.fresh].add(
                call_of(name, probe) if name not in ("cnn_forward", "cnn_loss") else repr(probe.args)
            )
        assert len(seen.get(True, set()) - seen[False]) >= 0.5 * len(seen.get(True, set())), name


def test_an_exercise_without_probes_is_passed_over(tiny_assignment: Any) -> None:
    made = Diagnoser(tiny_assignment, Reference({"double": lambda x: 2 * x}), ())
    assert made.diagnose("double", student("double", lambda x: x)) is None


@pytest.fixture
def tiny_assignment() -> Any:
    return SimpleNamespace(chapter_of=lambda: {"double": "alpha"}, plugin=lambda name: None)


def test_no_right_number_lies_where_rounding_could_change_its_digest(
    course: Course, reference: Reference
) -> None:
    for name in course.assignments["cnn"].chapter_of():
        for outcome in outcomes_of(topic_of(name), getattr(reference, name)):
            for part in topic_of(name).parts:
                value = outcome.parts[part]
                if not isinstance(value, str):
                    step = grid(value) if outcome.coarse else 1e-6
                    from_half = np.abs(np.abs(value / step) % 1 - 0.5) * step
                    noise = (3e-8 if outcome.coarse else 1e-11) * np.maximum(1, np.abs(value).max(initial=0))
                    assert (from_half > noise).all(), (name, part, value)


@pytest.mark.slow
def test_digests_are_the_same_each_time(
    course: Course, reference: Reference, digests: dict[str, Any]
) -> None:
    again = make_digests(course.assignments["cnn"], reference, load_mistakes(course, "cnn"))
    assert json.dumps(again) == json.dumps(digests)


def test_digests_hold_no_values(course: Course, digests: dict[str, Any]) -> None:
    mistakes = load_mistakes(course, "cnn")
    texts = {text for m in mistakes for text in (m.name, m.says, m.hint)}

    def leaves(data: Any) -> Any:
        if isinstance(data, dict):
            for item in data.values():
                yield from leaves(item)
        elif isinstance(data, list):
            for item in data:
                yield from leaves(item)
        else:
            yield data

    for name, packed in digests["exercises"].items():
        for leaf in [
            *leaves(packed["right"]),
            *leaves(packed["all"]),
            *(d for k in packed["known"] for d in k["is"]),
        ]:
            assert isinstance(leaf, str)
            assert len(leaf) == 20
            assert set(leaf) <= set("0123456789abcdef"), name
        assert all(" Or, which" in k["says"] or k["says"] in texts for k in packed["known"] if "says" in k)


@pytest.mark.parametrize(
    "data", [{}, {"schema": 2}, {"schema": 1, "exercises": {"conv2d": {"right": 3}}}, [], None]
)
def test_edited_digests_cost_the_diagnosis_and_nothing_else(data: Any) -> None:
    code = REIMPLEMENTED["conv2d", "flipped-kernel"]
    assert DigestDiagnoser(data, LESSON).diagnose("conv2d", student("conv2d", code)) is None


FLIPPED = """import numpy as np
def conv2d(x, w, b, stride=1, pad=0):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    w = w[:, :, ::-1, ::-1]
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("nchwij,fcij->nfhw", windows, w) + b[:, None, None]
"""


def test_grading_names_the_mistake(course: Course) -> None:
    sources = {"convolution": Source("convolution", "convolution.py", "py", (FLIPPED,))}
    with Grader(course, "cnn", confined=can_fork_workers()) as grader:
        result = grader.grade(Submission("ada", sources, None, {}, (), (), True, ""))
    conv = result.exercise("conv2d")
    assert conv.diagnosis is not None
    assert conv.diagnosis.mistake == "flipped-kernel"
    assert "flipped" in conv.diagnosis.says
    assert result.exercise("maxpool").diagnosis is None


def test_the_self_check_names_it_too_without_the_reference(course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "cnn"
    shutil.copytree(ROOT / "exercises" / "cnn", folder)
    (folder / "convolution.ipynb").unlink()
    right = (course.solutions("cnn") / "convolution.py").read_text(encoding="utf-8")
    (folder / "convolution.py").write_text(right + "\n# %%\n" + FLIPPED, encoding="utf-8")
    report = self_check(course, "cnn", folder, only="conv2d")
    diagnosis = report.exercises[0].diagnosis
    assert diagnosis is not None
    assert diagnosis.mistake == "flipped-kernel"
    assert report.to_data()["exercises"][0]["diagnosis"]["says"] == diagnosis.says
    shown = Console(width=100, record=True, file=StringIO())
    shown.print(*check_text(report, course.assignments["cnn"], width=100))
    text = shown.export_text()
    assert diagnosis.says[:40] in text
    (folder / "checks" / DIGESTS).unlink()
    assert self_check(course, "cnn", folder, only="conv2d").exercises[0].diagnosis is None

"""The rubric for free text, held against answers whose points a person set (data/free_text_answers.yaml).

`pytest tests/grader/questions/test_free_text.py -k table -s` prints the table.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.course.models import load_course
from grader.questions import KEY_FILE, load_key
from grader.questions.freetext import find, grade_free
from grader.questions.key import FreeKey

ROOT = Path(__file__).parents[3]
SAMPLES = Path(__file__).parent / "data" / "free_text_answers.yaml"

#: group → least precision and recall over all rubric points. What was reached stands in the table; see the head of
#: the samples for what the groups are.
FLOORS = {"tuned": (0.98, 0.98), "held out": (0.90, 0.90), "fresh": (0.80, 0.50)}


@dataclass
class Count:
    """Rubric points: rightly found, wrongly found, missed."""

    hit: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.false) if self.hit + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0


@dataclass
class Table:
    """(question, rubric point, group) → Count."""

    rows: dict[tuple[str, str, str], Count] = field(default_factory=dict)

    def total(self, group: str) -> Count:
        rows = [count for (_, _, of), count in self.rows.items() if of == group]
        return Count(sum(r.hit for r in rows), sum(r.false for r in rows), sum(r.missed for r in rows))


def group_of(sample: dict[str, Any]) -> str:
    if sample.get("fresh"):
        return "fresh"
    return "held out" if sample.get("held_out") else "tuned"


@pytest.fixture(scope="module")
def keys() -> dict[str, FreeKey]:
    _, assignment = load_course(ROOT / "course.yaml").assignment("cnn")
    questions = load_key(ROOT / "solutions" / "cnn" / KEY_FILE, assignment).questions
    return {name: key for name, key in questions.items() if isinstance(key, FreeKey)}


@pytest.fixture(scope="module")
def samples() -> dict[str, list[dict[str, Any]]]:
    data: dict[str, list[dict[str, Any]]] = yaml.safe_load(SAMPLES.read_text(encoding="utf-8"))
    return data


def test_there_are_enough_samples_of_every_kind(
    keys: dict[str, FreeKey], samples: dict[str, list[dict[str, Any]]]
) -> None:
    assert samples.keys() == keys.keys()
    for name, mine in samples.items():
        assert len(mine) >= 20
        assert 3 * sum(bool(sample.get("held_out")) for sample in mine) >= len(mine)
        assert {s["kind"] for s in mine} == {
            "good",
            "half",
            "wrong",
            "negated",
            "keywords",
            "empty",
            "off-topic",
        }
        assert {point for s in mine for point in s["points"]} == {point.id for point in keys[name].rubric}


def test_the_table_of_the_rubric_reaches_its_floors(
    keys: dict[str, FreeKey], samples: dict[str, list[dict[str, Any]]]
) -> None:
    table = Table()
    for name, mine in samples.items():
        for sample in mine:
            found = set(find(keys[name], sample["answer"]).points)
            for point in keys[name].rubric:
                count = table.rows.setdefault((name, point.id, group_of(sample)), Count())
                count.hit += point.id in found and point.id in sample["points"]
                count.false += point.id in found and point.id not in sample["points"]
                count.missed += point.id not in found and point.id in sample["points"]
    print_table(table, samples)
    for group, (precision, recall) in FLOORS.items():
        total = table.total(group)
        assert total.precision >= precision, group
        assert total.recall >= recall, group


def print_table(table: Table, samples: dict[str, list[dict[str, Any]]]) -> None:
    sizes = Counter(group_of(sample) for mine in samples.values() for sample in mine)
    print(f"\n{'question':22} {'rubric point':14}" + "".join(f" | {g:^26}" for g in FLOORS))
    print(f"{'':37}" + " |  hit false missed  prec  rec" * len(FLOORS))
    for name, point in dict.fromkeys((name, point) for name, point, _ in table.rows):
        print(f"{name:22} {point:14}" + "".join(cells(table.rows[name, point, group]) for group in FLOORS))
    print(f"{'together':37}" + "".join(cells(table.total(group)) for group in FLOORS))
    print(f"{'answers':37}" + "".join(f" | {sizes[group]:4}{'':22}" for group in FLOORS))


def cells(count: Count) -> str:
    return f" | {count.hit:4} {count.false:5} {count.missed:6} {count.precision:5.2f} {count.recall:4.2f}"


@pytest.mark.parametrize("kind", ["negated", "keywords", "empty", "off-topic"])
def test_tuned_answers_without_a_thought_find_nothing_that_is_not_there(
    keys: dict[str, FreeKey], samples: dict[str, list[dict[str, Any]]], kind: str
) -> None:
    for name, mine in samples.items():
        for sample in mine:
            if sample["kind"] == kind and group_of(sample) == "tuned":
                assert set(find(keys[name], sample["answer"]).points) <= set(sample["points"]), sample[
                    "answer"
                ]


def test_misconceptions_get_their_remark_and_right_answers_none(
    keys: dict[str, FreeKey], samples: dict[str, list[dict[str, Any]]]
) -> None:
    for name, mine in samples.items():
        for sample in mine:
            if group_of(sample) == "tuned":
                found = find(keys[name], sample["answer"]).misconceptions
                assert list(found) == sample.get("remarks", []), sample["answer"]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("Sharing reduces the number of weights.", True),
        ("Sharing does not reduce the number of weights.", False),
        ("Sharing doesn't reduce the number of weights.", False),
        ("It is not true that sharing does not reduce the number of weights.", True),
        ("Sharing not only reduces the number of weights, it is also simple.", True),
        ("There is no magic in it, but the number of weights is reduced.", True),
        ("A dense layer has fewer weights than a convolution.", False),
        ("fewer weights", False),
        ("There are FEWER   WEIGHTS!!!", True),
    ],
)
def test_negation_reaches_as_far_as_a_reader_would_think(
    keys: dict[str, FreeKey], answer: str, found: bool
) -> None:
    assert ("fewer-weights" in find(keys["why-share"], answer).points) is found


def test_a_denied_misconception_gets_no_remark(keys: dict[str, FreeKey]) -> None:
    key = keys["why-share"]
    assert find(key, "CNNs are rotation invariant.").misconceptions == ("rotation-invariant",)
    assert find(key, "CNNs are not rotation invariant.").misconceptions == ()
    assert find(key, "Pooling shares weights.").misconceptions == ("pooling-shares-weights",)
    assert find(key, "Pooling has no weights, so it can't share any.").misconceptions == ()


def test_the_feedback_names_what_was_found_what_is_missing_and_that_it_is_provisional(
    keys: dict[str, FreeKey],
) -> None:
    marked = grade_free(
        keys["why-share"], "There are far fewer weights to learn. CNNs are rotation invariant."
    )
    assert marked.points == 1
    assert "Provisional, until a person has read it: 1 of 4." in marked.feedback
    assert "Found: far fewer weights." in marked.feedback
    assert "Not found: one detector works at every location;" in marked.key
    assert "Remark: A CNN is not invariant to rotation" in marked.feedback

"""Every hostile submission of tests/attacks, graded in one run of the real command: none gets anything.

It takes minutes, so it has a command of its own (`-m slow`): once as whoever runs it (`-k current`), on a cluster, in
nbgrader with the drop-in (`-k dropin`), as root and as an ordinary user, with and without bubblewrap, and once without
any wall, to see that the suite notices.
"""

from __future__ import annotations

import contextlib
import csv
import html.parser
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from grader.result import Result, without_times

from ..batch.cluster.started import Cluster

ATTACKS = Path(__file__).parents[2] / "attacks"


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"attack_{name}", ATTACKS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


arena = _load("arena")
NAMES = arena.attack_names()

#: What the honest part of a submission earns; every other attack earns nothing at all.
EARNED: dict[str, float] = {
    "verdict/bystander-raises": 3,  # relu and flatten
    "oracle/standin-composition": 16,  # output_size, and conv2d, whose composition is its own work
    "wire/forged-loading": 1,  # relu
    "resource/busy-loop": 4,  # output_size
    "resource/loop-at-load": 1,  # relu
    "environment/patched-numpy": 1,  # relu
}
#: Shown on pages and kept for ever, so bounded, whatever a student returns, raises or prints.
MOST_JSON, MOST_HTML = 1 << 20, 2 << 20
#: Of one process of the run: a worker may have 512 MB, and no reply may make the grader take as much again.
MOST_MEMORY_MB = 800

IN_NBGRADER = "in nbgrader with the drop-in"
#: Attacks that have no form there: archives, names of folders, links.
LEFT_OUT = 21
#: Notebooks that nbgrader can't read itself, before the kit is asked: no points, and a failed submission there.
REFUSED = "refused by nbgrader"
REFUSES = ("intake/crowded-notebook", "intake/deep-notebook", "intake/odd-notebook")

CONFIGURATIONS = [
    pytest.param(("current", None), id="current", marks=pytest.mark.slow),
    pytest.param(("cluster", None), id="cluster", marks=pytest.mark.slow),
    pytest.param(("dropin", None), id="dropin", marks=pytest.mark.slow),
    *(
        pytest.param((who, bubblewrap), id=f"{who}-bwrap{bubblewrap}", marks=pytest.mark.slow)
        for who in ("root", "user")
        for bubblewrap in ("0", "1")
    ),
]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the wall exists on Linux only")


def _user(who: str) -> int | None:
    """The uid to change to, or None to stay who one is."""
    if who == "root" and os.geteuid() != 0:
        pytest.skip("not root here")
    if who != "user" or os.geteuid() != 0:
        return None
    if shutil.which("setpriv") is None:
        pytest.skip("no setpriv here, with which root becomes an ordinary user")
    # Twice, as the command starts itself again: the first time it still has some of root's capabilities.
    again = (
        "import subprocess, sys; "
        "subprocess.run([sys.executable, '-c', 'import grader.cli, numpy, hypothesis'], check=True)"
    )
    looks = [*arena.as_user(arena.NOBODY), sys.executable, "-c", again]
    if subprocess.run(looks, cwd="/", capture_output=True, check=False).returncode:
        pytest.skip(f"an ordinary user can't read {sys.executable} or what is installed there")
    return int(arena.NOBODY)


def _bubblewrap_works(user: int | None) -> bool:
    line = [*arena.as_user(user), "bwrap", "--ro-bind", "/", "/", "--unshare-all", "true"]
    return (
        shutil.which("bwrap") is not None
        and subprocess.run(line, capture_output=True, check=False).returncode == 0
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "run" in metafunc.fixturenames:
        # The quick suite leaves all of them out: nobody needs eight thousand tests collected for that.
        quick = metafunc.config.option.markexpr == "not slow"
        metafunc.parametrize("run", CONFIGURATIONS[: 1 if quick else None], indirect=True, scope="session")


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The arena after the fight, one for each configuration."""
    who, bubblewrap = request.param
    user = _user(who)
    if bubblewrap == "1" and not _bubblewrap_works(user):
        pytest.skip("bubblewrap is not installed here, or does not work")
    with arena.arena(user, bubblewrap) as made, _cluster(who == "cluster") as arguments:
        if who == "dropin":
            pytest.importorskip("nbgrader")
            made.kind = IN_NBGRADER
            _load("school").fight(made, NAMES)
        else:
            made.kind = "on a cluster" if arguments else ""
            arena.fight(made, NAMES, *arguments)
        yield made


@contextlib.contextmanager
def _cluster(wanted: bool) -> Iterator[list[str]]:
    """What makes the command grade on a cluster of two workers; nothing where that is not wanted."""
    if not wanted:
        yield []
        return
    pytest.importorskip("distributed")
    with tempfile.TemporaryDirectory() as root:
        cluster = Cluster(Path(root))
        try:
            cluster.start_scheduler()
            for name in ("one", "two"):
                cluster.start_worker(name)
            cluster.wait_for("one", "two")
            yield ["--cluster", cluster.address]
        finally:
            cluster.stop()


def test_there_are_enough_attacks_each_with_its_claim() -> None:
    families = Counter(name.split("/")[0] for name in NAMES)
    assert len(NAMES) >= 64
    assert set(families) == {
        "verdict", "oracle", "compare", "wire", "resource", "persistence", "environment", "intake", "feedback",
    }  # fmt: skip
    for name in NAMES:
        assert len((ATTACKS / name / "claim.md").read_text(encoding="utf-8")) > 40, name


def test_the_run_ends_well(run: Any) -> None:
    if any(result["status"] == REFUSED for result in run.results.values()):
        assert run.ran.code == 1  # as nbgrader ends where it could not read a notebook
        return
    assert run.ran.code == 0, run.ran.err + run.ran.out
    assert "Traceback" not in run.ran.err


def test_every_attack_is_made_or_the_reason_stands_here(run: Any) -> None:
    assert set(run.left_out) == {name for name in NAMES if not run.students[name]}
    assert not run.left_out or run.kind == IN_NBGRADER
    assert len(run.left_out) <= LEFT_OUT


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_has_a_result_and_none_is_a_grader_error(run: Any, name: str) -> None:
    for student in run.students[name]:
        assert student in run.results
        result = run.results[student]
        known = ("graded", "partly unreadable", "unreadable", *([REFUSED] if name in REFUSES else []))
        assert result["status"] in known, result["problems"]
        assert len(result["exercises"]) == 18


@pytest.mark.parametrize("name", NAMES)
def test_no_point_is_unearned(run: Any, name: str) -> None:
    for student in run.students[name]:
        result = run.results[student]
        earned = {e["name"]: e["score"] for e in result["exercises"] + result["questions"] if e["score"]}
        assert result["score"] == EARNED.get(name, 0), (student, earned)
        assert sum(earned.values()) == result["score"]


@pytest.mark.parametrize("name", NAMES)
def test_no_canary_is_shown(run: Any, name: str) -> None:
    for student in run.students[name]:
        for file, text in run.texts(student).items():
            assert not run.leaks(text), (student, file)


@pytest.mark.parametrize("name", NAMES)
def test_feedback_shows_no_path_of_the_grader(run: Any, name: str) -> None:
    # Whoever was told the paths may print them; the grader itself must not tell.
    files = [path for path in (ATTACKS / name).rglob("*") if path.is_file() and path.name != "claim.md"]
    told = not files or any("@" in path.read_text(encoding="utf-8") for path in files)
    for student in () if told else run.students[name]:
        for file, text in run.texts(student).items():
            for path in (run.root, arena.REPOSITORY):
                assert str(path) not in text, (student, file)


@pytest.mark.parametrize("name", NAMES)
def test_results_stay_small_and_within_the_time(run: Any, name: str) -> None:
    for student in run.students[name]:
        for file, text in run.texts(student).items():
            assert len(text) <= (MOST_HTML if file.endswith(".html") else MOST_JSON), (student, file)
        assert run.results[student]["run"]["seconds"] <= 2 * arena.LIMITS["submission"]["wall"], student


@pytest.mark.parametrize("name", NAMES)
def test_pages_are_inert(run: Any, name: str) -> None:
    for student in run.students[name]:
        for file, text in run.texts(student).items():
            if file.endswith(".html"):
                assert not set(page_problems(text)) - _frame(run), (student, file)


def _frame(run: Any) -> set[str]:
    """What acts in nbgrader's pages whoever handed in; the kit's own pages hold nothing of that kind."""
    if run.kind != IN_NBGRADER:
        return set()
    pages = (text for file, text in run.texts(arena.NEIGHBOUR).items() if file.endswith(".html"))
    return {problem for page in pages for problem in page_problems(page)}


def test_report_and_table_are_inert_and_show_no_canary(run: Any) -> None:
    if run.kind == IN_NBGRADER:
        pytest.skip("nbgrader has neither")
    report = (run.out / "report.html").read_text(encoding="utf-8")
    table = (run.out / "grades.csv").read_text(encoding="utf-8")
    assert not page_problems(report)
    assert not run.leaks(report + table)
    with (run.out / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell.lstrip()[:1] in tuple("=+-@\t")]


def test_the_terminal_is_not_written_to(run: Any) -> None:
    text = run.ran.out + run.ran.err
    assert not acting_characters(text)
    assert not run.leaks(text)


def test_nothing_is_changed_and_nothing_left(run: Any) -> None:
    assert run.changed == []
    assert run.strays == []


def test_no_process_takes_more_memory_than_a_reply_is_worth(run: Any) -> None:
    assert run.peak_mb <= MOST_MEMORY_MB


def test_nothing_is_sent(run: Any) -> None:
    assert run.heard == []


def test_no_process_survives(run: Any) -> None:
    assert run.survivors == []


def test_the_neighbour_gets_what_it_gets_alone(run: Any) -> None:
    assert run.alone["score"] == 50
    among = run.results[arena.NEIGHBOUR]
    if run.kind == IN_NBGRADER:
        assert among | {"run": 0} == run.alone | {"run": 0}
        return
    alone, beside = (without_times(Result.model_validate(data)) for data in (run.alone, among))
    # The impostors neighbour.zip and neighbour.ipynb are listed as passed over, and that is all they reach.
    assert [line.split()[0] for line in beside.pop("ignored")] == ["neighbour.zip", "neighbour.ipynb"]
    assert alone.pop("ignored") == []
    assert beside == alone


def test_table_of_attacks(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    rows = []
    for family in dict.fromkeys(name.split("/")[0] for name in NAMES):
        names = [name for name in NAMES if name.startswith(family + "/") and run.students[name]]
        scores = {n: sum(run.results[s]["score"] for s in run.students[n] if s in run.results) for n in names}
        unearned = sum(scores[n] - EARNED.get(n, 0) for n in names)
        leaks = sum(
            len(run.leaks("".join(run.texts(s).values())))
            for n in names
            for s in run.students[n]
            if s in run.results
        )
        entries = sum(len(run.students[n]) for n in names)
        rows.append((family, len(names), entries, unearned, leaks))
    total = ("all", *(sum(row[i] for row in rows) for i in range(1, 5)))
    who = "root" if run.user is None and os.geteuid() == 0 else "ordinary user"
    who += f", {run.kind}" if run.kind else ""
    with capsys.disabled():
        print(f"\n\nattacks as {who}, bubblewrap {run.bubblewrap or 'as found'}: {run.ran.seconds:.0f} s")
        print(f"{'family':<14}{'attacks':>9}{'entries':>9}{'unearned':>10}{'leaks':>7}")
        for row in (*rows, total):
            print(f"{row[0]:<14}{row[1]:>9}{row[2]:>9}{row[3]:>10g}{row[4]:>7}")
        for reason, times in Counter(run.left_out.values()).most_common():
            print(f"not made: {times} ({reason})")
        left = len(run.changed) + len(run.strays)
        print(f"survivors {len(run.survivors)}, connections {len(run.heard)}, files changed or left {left}\n")
    assert total[3] == total[4] == 0


@pytest.mark.slow
def test_the_suite_notices_when_there_is_no_wall() -> None:
    with arena.arena(None, None) as made:
        arena.fight(made, ["oracle/read-files"], "--unconfined")
        text = "".join(made.texts("oracle-read-files").values())
        stolen = made.results["oracle-read-files"]["score"]
    assert set(made.leaks(text)) >= {"reference", "tests", "seed", "key", "neighbour"}
    assert stolen == 4


class _Page(html.parser.HTMLParser):
    """Collects whatever of a student's text would act in a browser."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []
        self._script = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kinds = dict(attrs)
        self._script = tag if tag in ("script", "style") and "json" not in (kinds.get("type") or "") else ""
        for key, value in attrs:
            target = (value or "").strip().lower()
            if key.startswith("on") or key == "srcdoc" or "pwned" in key:
                self.problems.append(f"<{tag} {key}={value!r}>")
            leads_away = ":" in target.split("/")[0] or target.startswith("//")
            points = key in ("href", "src", "action", "xlink:href", "data")
            if points and leads_away and not target.startswith(("data:image/", "#")):
                self.problems.append(f"<{tag} {key}={value!r}>")
            if key == "style" and "pwned" in target:
                self.problems.append(f"<{tag} {key}={value!r}>")

    def handle_endtag(self, tag: str) -> None:
        self._script = ""

    def handle_data(self, data: str) -> None:
        if self._script and "pwned" in data:
            self.problems.append(f"{self._script}: {data[:80]!r}")


def page_problems(text: str) -> list[str]:
    """What of a student's text is alive in a page."""
    page = _Page()
    page.feed(text)
    page.close()
    rendered = ["a template ran in it"] if "49pwned" in text else []
    return [*page.problems, *rendered, *acting_characters(text)]


def acting_characters(text: str) -> list[str]:
    """Characters that move a cursor or reorder text."""
    bad = {
        c
        for c in set(text)
        if c not in "\n\t\r" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs")
    }
    return sorted(f"U+{ord(c):04X}" for c in bad - set("\u200c\u200d\u00ad"))

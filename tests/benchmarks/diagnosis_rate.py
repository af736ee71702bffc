"""How often is a mistake named, how often is something true said, and is anything said that is false?

    python tests/benchmarks/diagnosis_rate.py [--every N] [--variants] [--false] [--digests]

Single-token mutations of the reference (or of the right variants), every N-th of them, as far as they are wrong on 200
random calls: is the mistake named, is something observed, or nothing said? Each statement is examined on these calls
(truth.py). "Counted": no more is said than on how many inputs it raises or has a wrong shape. That catalogued and
re-implemented mistakes get their names is a test: tests/grader/diagnosis/test_diagnosis.py.
"""

from __future__ import annotations

import argparse
import ast
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import numpy as np  # noqa: E402
from truth import Examiner, same  # noqa: E402

from grader.authoring.mutation import mutants_of  # noqa: E402
from grader.course.mistakes import load_mistakes  # noqa: E402
from grader.course.models import load_course  # noqa: E402
from grader.course.reference import Reference, load_functions  # noqa: E402
from grader.diagnosis import Diagnoser, DigestDiagnoser, make_digests, topics_of  # noqa: E402
from grader.errors import CourseError  # noqa: E402


class TooSlow(BaseException):
    pass


def _too_slow(*_: Any) -> None:
    raise TooSlow


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--every", type=int, default=1, help="take every N-th mutant (default 1)")
    options.add_argument("--exercise", default="", help="only this one")
    options.add_argument(
        "--variants", action="store_true", help="mutate the right variants, not the reference"
    )
    options.add_argument("--false", action="store_true", help="print every false statement")
    options.add_argument("--digests", action="store_true", help="as in the self-check, without the reference")
    given = options.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    signal.signal(signal.SIGALRM, _too_slow)
    course = load_course(HERE.parents[1] / "course.yaml")
    name, assignment = course.assignment("cnn")
    chapters = assignment.chapter_of()
    functions = load_functions(course.solutions(name), chapters)
    mistakes = load_mistakes(course, name)
    reference = Reference(functions)
    diagnoser: Any = Diagnoser(assignment, reference, mistakes)
    if given.digests:
        diagnoser = DigestDiagnoser(make_digests(assignment, reference, mistakes), topics_of(assignment))
    examiner = Examiner(functions, mistakes)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    took: list[float] = []
    mutants = _mutants(course.solutions(name), chapters, variants=given.variants, every=given.every)
    for exercise, called, what, text in mutants:
        if given.exercise not in ("", exercise):
            continue
        try:
            signal.alarm(8)
            function = _load(text, called, course.solutions(name))
            if function is None:
                counts[exercise]["does not load"] += 1
                continue
            probes, right = examiner.calls(exercise)
            got = examiner.outcomes(exercise, function, probes)
            if all(same(a.parts[p], b.parts[p]) for a, b in zip(got, right, strict=True) for p in a.parts):
                counts[exercise]["right on 200 calls"] += 1
                continue
            clock = time.perf_counter()
            found = diagnoser.diagnose(exercise, SimpleNamespace(**{exercise: function}))
            took.append(time.perf_counter() - clock)
            if found is None:
                counts[exercise]["silence"] += 1
                if given.false:
                    print(f"SILENT {exercise} {what}")
                continue
            why = examiner.examine(exercise, function, found)
        except TooSlow:
            counts[exercise]["too slow"] += 1
            continue
        finally:
            signal.alarm(0)
        kind = "counted" if _only_counted(found.mistake) else found.kind
        counts[exercise][f"{kind} {'false' if why else 'true'}"] += 1
        if why and given.false:
            print(f"FALSE {exercise} {what}: [{found.mistake}] {found.says}\n      {why}")
    _print(counts, took)


def _only_counted(code: str) -> bool:
    """Whether a code says how often something goes wrong, or that it always raises, and nothing of where."""
    where = any(word in code for word in ("iff:", "only:", "all:"))
    return not where and any(word in code for word in ("often", "raises:", "refusals"))


def _mutants(solutions: Path, chapters: Any, *, variants: bool, every: int) -> Any:
    """(exercise, function, what was changed, the module's text with the change)."""
    sources = [solutions / f"{chapter}.py" for chapter in dict.fromkeys(chapters.values())]
    for source in sorted((solutions / "variants").glob("[a-z]*.py")) if variants else sources:
        exercise_of = _exercises_in(source, chapters)
        for mutant in mutants_of(source, marked=not variants, every=every):
            if mutant.function in exercise_of:
                what = f"{source.name}: {mutant.before} → {mutant.after}"
                yield exercise_of[mutant.function], mutant.function, what, mutant.source


def _exercises_in(source: Path, exercises: Any) -> dict[str, str]:
    """Function → the exercise that it is: by its name, or by its mark as a right variant."""
    found = {}
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            marks = [mark.args[0].value for mark in node.decorator_list if isinstance(mark, ast.Call)]
            found[node.name] = marks[0] if marks else node.name
    return {name: exercise for name, exercise in found.items() if exercise in exercises}


def _load(text: str, function: str, solutions: Path) -> Callable[..., Any] | None:
    """The mutant, its neighbours importable; None if it can't be loaded."""
    paths = [str(solutions), str(solutions / "variants")]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "mutant.py").write_text(text, encoding="utf-8")
        sys.path[1:1] = paths
        try:
            return load_functions(Path(folder), {function: "mutant"})[function]
        except CourseError:
            return None
        finally:
            for path in paths:
                sys.path.remove(path)


def _print(counts: dict[str, Counter[str]], took: list[float]) -> None:
    kinds = ("mistake", "combination", "observation", "counted")
    columns = [f"{kind} {truth}" for kind in kinds for truth in ("true", "false")]
    columns += ["silence", "right on 200 calls", "too slow", "does not load"]
    total: Counter[str] = sum(counts.values(), Counter())
    heads = [name.replace("bination", ".").replace("ervation", ".") for name in columns]
    print(f"{'exercise':18}" + "".join(f"{head:>15.14}" for head in heads))
    for exercise, count in [*counts.items(), ("all", total)]:
        print(f"{exercise:18}" + "".join(f"{count[column]:15}" for column in columns))
    wrong = sum(total[column] for column in columns[:9])
    shares = ", ".join(f"{kind} {total[f'{kind} true'] / wrong:.1%}" for kind in kinds)
    false = sum(total[f"{kind} false"] for kind in kinds)
    silent = f"silence {total['silence'] / wrong:.1%}"
    print(f"{wrong} wrong mutants, true: {shares}; {silent}; false {false} = {false / wrong:.1%}")
    median, most = 1e3 * np.percentile(took, [50, 95])
    print(f"a diagnosis took {median:.1f} ms in the median, 95 % less than {most:.0f} ms")


if __name__ == "__main__":
    main()

"""How often is a mistake named, how often is something true said, and is anything said that is false?

    python tests/benchmarks/diagnosis_rate.py [--every N] [--false]

1. Every catalogued mistake, under its own name? The re-implemented ones (tests/grader/data/reimplemented_mistakes.py)?
2. Single-token mutations of the reference and of the right variants, every N-th of those that lose on random calls:
   named, observed, or silence; each statement examined on 200 random calls (truth.py).
"""

from __future__ import annotations

import argparse
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

from grader.course import load_course  # noqa: E402
from grader.diagnosis import Diagnoser, DigestDiagnoser, make_digests  # noqa: E402
from grader.errors import CourseError  # noqa: E402
from grader.hidden import Reference  # noqa: E402
from grader.mistakes import load_mistakes  # noqa: E402
from grader.reference import load_functions  # noqa: E402
from mutants import mutants_of  # noqa: E402
from truth import Examiner, same  # noqa: E402


class TooSlow(BaseException):
    pass


def _too_slow(*_: Any) -> None:
    raise TooSlow


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--every", type=int, default=1, help="take every N-th mutant (default 1)")
    options.add_argument("--exercise", default="", help="only this one")
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
        diagnoser = DigestDiagnoser(make_digests(assignment, reference, mistakes))
    examiner = Examiner(functions, mistakes)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    took: list[float] = []
    for number, (exercise, what, text) in enumerate(_mutants(course.solutions(name), chapters)):
        if number % given.every or given.exercise not in ("", exercise):
            continue
        try:
            signal.alarm(8)
            function = _load(text, exercise, course.solutions(name), chapters)
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
        kind = "counted" if "often-" in found.mistake else found.kind
        counts[exercise][f"{kind} {'false' if why else 'true'}"] += 1
        if why and given.false:
            print(f"FALSE {exercise} {what}: [{found.mistake}] {found.says}\n      {why}")
    _print(counts, took)


def _mutants(solutions: Path, chapters: Any) -> Any:
    for chapter in dict.fromkeys(chapters.values()):
        mine = [name for name, where in chapters.items() if where == chapter]
        yield from mutants_of(solutions / f"{chapter}.py", mine)


def _load(text: str, exercise: str, solutions: Path, chapters: Any) -> Callable[..., Any] | None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "mutant.py").write_text(text, encoding="utf-8")
        sys.path.insert(1, str(solutions))
        try:
            return load_functions(Path(folder), {exercise: "mutant"})[exercise]
        except CourseError:
            return None
        finally:
            sys.path.remove(str(solutions))


def _print(counts: dict[str, Counter[str]], took: list[float]) -> None:
    columns = ["mistake true", "mistake false", "combination true", "combination false", "observation true",
               "observation false", "counted true", "counted false", "silence", "right on 200 calls", "too slow", "does not load"]  # fmt: skip
    total: Counter[str] = sum(counts.values(), Counter())
    print(f"{'exercise':18}" + "".join(f"{column:>13.13}" for column in columns))
    for exercise, count in [*counts.items(), ("all", total)]:
        print(f"{exercise:18}" + "".join(f"{count[column]:13}" for column in columns))
    wrong = sum(total[c] for c in columns[:9])
    print(f"{wrong} wrong mutants; named {total['mistake true'] / wrong:.1%}, combination {total['combination true'] / wrong:.1%}, "
          f"true observation {total['observation true'] / wrong:.1%}, only counted {total['counted true'] / wrong:.1%}, "
          f"silence {total['silence'] / wrong:.1%}, "
          f"false {sum(total[c] for c in columns[1:8:2]) / wrong:.1%}; "
          f"median {1e3 * float(np.median(took)):.1f} ms, 95 % below {1e3 * float(np.percentile(took, 95)):.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main()

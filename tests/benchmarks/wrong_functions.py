"""What is said of wrong functions that were written without a look at the catalogue of mistakes?

    python tests/benchmarks/wrong_functions.py [--home] [--only WORD] [--judged] [--blind] [--without-plugin]

data/wrong_functions/*.txt hold them, in the styles of public courses: `#: exercise | style | what is wrong`, and the
code. Each is asked as a student's would be, in this process; printed is the diagnosis, and what truth.py says of it on
random calls. A reader then judges it in data/wrong_functions/judged.txt, a line each: named, useful, generic,
misleading, or raises (what is said there is said by grader/explain). --judged counts these lines, and names those whose
diagnosis has changed since.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import numpy as np  # noqa: E402
from truth import Examiner  # noqa: E402

from grader.course.mistakes import load_mistakes  # noqa: E402
from grader.course.models import load_course  # noqa: E402
from grader.course.reference import Reference, load_functions  # noqa: E402
from grader.diagnosis import Diagnoser, DigestDiagnoser, make_digests, specs_of, topics_of  # noqa: E402
from grader.diagnosis.generic import topic_from  # noqa: E402

DATA = HERE / "data" / "wrong_functions"
JUDGED = DATA / "judged.txt"


@dataclass(frozen=True)
class Wrong:
    """A wrong function of `exercise`; `what` is wrong with it, in the words of who wrote it."""

    exercise: str
    style: str
    what: str
    source: str

    @property
    def name(self) -> str:
        return f"{self.exercise} | {self.style} | {self.what}"

    def load(self, others: dict[str, Callable[..., Any]]) -> Callable[..., Any]:
        """The function; its neighbours are the right ones."""
        room: dict[str, Any] = {"np": np, **others}
        exec(compile(self.source, self.name, "exec"), room)
        return room[self.exercise]  # type: ignore[no-any-return]


def wrong_functions() -> Iterator[Wrong]:
    """All of them, by file."""
    for path in sorted(set(DATA.glob("*.txt")) - {JUDGED}):
        for piece in re.split(r"^#: ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            head, source = piece.split("\n", 1)
            exercise, style, what = (word.strip() for word in head.split("|"))
            yield Wrong(exercise, style, what, source)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home", action="store_true", help="as in the self-check, without the reference")
    options.add_argument("--only", default="", help="those with this word in their heading")
    options.add_argument("--judged", action="store_true", help="count the verdicts")
    options.add_argument(
        "--blind", action="store_true", help="for a new reader: earlier verdicts are not shown"
    )
    options.add_argument("--without-plugin", action="store_true", help="with what the tests show alone")
    given = options.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    course = load_course(HERE.parents[1] / "course.yaml")
    name, assignment = course.assignment("cnn")
    functions = load_functions(course.solutions(name), assignment.chapter_of())
    mistakes = load_mistakes(course, name)
    reference = Reference(functions)
    specs = specs_of(course, name, reference)
    topics: Any = topics_of(assignment)
    if given.without_plugin:
        topics = cache(lambda exercise: topic_from(exercise, spec) if (spec := specs(exercise)) else None)

    diagnoser: Any = Diagnoser(assignment, reference, mistakes, topics=topics)
    if given.home:
        diagnoser = DigestDiagnoser(
            make_digests(assignment, Reference(functions), mistakes), topics_of(assignment)
        )
    examiner = Examiner(functions, mistakes)
    verdicts = _verdicts()
    counts: Counter[str] = Counter()
    changed = []
    for wrong in wrong_functions():
        if given.only not in wrong.name:
            continue
        function = wrong.load(functions)
        with redirect_stdout(StringIO()):
            found = diagnoser.diagnose(wrong.exercise, SimpleNamespace(**{wrong.exercise: function}))
        # A function that keeps something between calls is examined in a fresh copy.
        with redirect_stdout(StringIO()):
            examined = found and not given.without_plugin  # truth.py knows the facts of the plug-in alone
            false = examiner.examine(wrong.exercise, wrong.load(functions), found) if examined else ""
        said = f"[{found.kind} {found.mistake}] {found.says} | {found.hint}" if found else "nothing"
        mark = hashlib.blake2b(said.encode(), digest_size=4).hexdigest()
        verdict, judged = verdicts.get(wrong.name, ("unjudged", ""))
        counts[verdict] += 1
        if judged != mark:
            changed.append(wrong.name)
        if not given.judged:
            shown = "" if given.blind else f" {verdict}"
            print(f"{wrong.name}\n  {mark}{shown}: {said}" + (f"\n  FALSE? {false}" if false else ""))
    total = sum(counts.values())
    print(", ".join(f"{kind} {count} ({count / total:.0%})" for kind, count in counts.most_common()))
    if changed:
        print(f"{len(changed)} are not judged as they are now: {'; '.join(changed[:5])}")


def _verdicts() -> dict[str, tuple[str, str]]:
    """Heading → verdict, and the mark of what was judged."""
    if not JUDGED.is_file():
        return {}
    lines = [line.split(" ", 2) for line in JUDGED.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {heading: (verdict, mark) for mark, verdict, heading in lines}


if __name__ == "__main__":
    main()

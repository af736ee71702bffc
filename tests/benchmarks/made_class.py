"""A class made of the catalogue, for benchmarks: of every 40 submissions 24 are right (12 of them in plain Python
loops), 8 have typical bugs, 4 are untouched, 2 do not compile, 2 never end.

    python tests/benchmarks/made_class.py FOLDER [--count 40]

Each submission is a folder of chapters, `FOLDER/<kind>-<number>/*.py`. The same count gives the same files.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.authoring.insert_function import transplanted
from grader.course.catalogue import file_of
from grader.course.mistakes import Mistake, load_mistakes
from grader.course.models import Course, load_course
from grader.course.variants import Variant, load_variants
from grader.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
NAME = "cnn"
#: Forty in this order, over and over.
KINDS = (
    *("quick", "loops") * 12, *("buggy",) * 8, *("untouched",) * 4, *("syntax",) * 2, *("endless",) * 2,
)  # fmt: skip
#: The same with little that takes long: for many at once.
LIGHT = ("quick",) * 30 + ("buggy",) * 2 + ("loops",) * 2 + ("untouched",) * 4 + ("syntax",) * 2
#: Variants in plain Python, a choice for each exercise that has one.
LOOPS: Mapping[str, tuple[str, ...]] = {
    "conv_at": ("two-loops",),
    "conv2d_single": ("four-loops", "patch-by-patch"),
    "zero_pad": ("buffer-and-slice", "ring-by-ring"),
    "conv2d": ("seven-loops", "loops"),
    "maxpool": ("loops", "comparing-one-by-one"),
    "conv_matrix": ("six-indices",),
    "relu_backward": ("copy-and-clear", "entry-by-entry"),
    "maxpool_backward": ("comparing-one-by-one", "loops-and-argmax"),
    "conv2d_backward": ("loops", "image-by-image"),
    "cnn_forward": ("written-out", "image-by-image"),
    "softmax_loss": ("image-by-image-mean",),
    "cnn_loss": ("image-by-image",),
}
#: They return lists or lower precision: right, but code of other exercises may stumble over it.
_UNUSUAL = ("lists", "float32", "generator", "tuple", "empty-arrays")


class Maker:
    """Makes submissions of one course's assignment."""

    def __init__(self, course: Course) -> None:
        assignment = course.assignments[NAME]
        self._chapter_of = assignment.chapter_of()
        self.chapters = [chapter.name for chapter in assignment.open_chapters]
        self._right = self._read(course.solutions(NAME))
        self._stubs = self._read(course.handout(NAME))
        self._variants = {(v.exercise, v.name): v for v in load_variants(course, NAME)}
        self._mistakes = [m for m in load_mistakes(course, NAME) if self._is_a_students(m)]

    def _read(self, folder: Path) -> dict[str, str]:
        return {name: (folder / f"{name}.py").read_text(encoding="utf-8") for name in self.chapters}

    def make(self, count: int, kinds: Sequence[str] = KINDS) -> Iterator[tuple[str, dict[str, str]]]:
        """Name of the submission, chapter → source."""
        for number in range(count):
            kind = kinds[number % len(kinds)]
            rng = random.Random(number)
            yield f"{kind}-{number:04d}", getattr(self, f"_{kind}")(rng)

    def _quick(self, rng: random.Random) -> dict[str, str]:
        usual = [v for v in self._variants.values() if self._is_usual(v)]
        return self._with(self._right, *rng.sample(usual, 4))

    def _loops(self, rng: random.Random) -> dict[str, str]:
        chosen = [self._variants[exercise, rng.choice(names)] for exercise, names in LOOPS.items()]
        return self._with(self._right, *chosen)

    def _buggy(self, rng: random.Random) -> dict[str, str]:
        whole = rng.choice([self._quick, self._loops])(rng)
        return self._with(whole, *rng.sample(self._mistakes, rng.choice([1, 1, 2])))

    def _untouched(self, rng: random.Random) -> dict[str, str]:
        return dict(self._stubs)

    def _syntax(self, rng: random.Random) -> dict[str, str]:
        sources = self._quick(rng)
        chapter = rng.choice(self.chapters)
        return sources | {chapter: sources[chapter] + "\n\ndef unfinished(x:\n    return x\n"}

    def _endless(self, rng: random.Random) -> dict[str, str]:
        sources = self._quick(rng)
        exercise = rng.choice(["conv2d", "maxpool"])
        chapter = self._chapter_of[exercise]
        endless = (
            f"\n\ndef {exercise}(*args, **kwargs):\n    row = 0\n    while row < 10:\n        row -= 1\n"
        )
        return sources | {chapter: sources[chapter] + endless}

    def _with(self, sources: Mapping[str, str], *entries: Variant | Mistake) -> dict[str, str]:
        changed = dict(sources)
        for entry in entries:
            chapter, function = self._chapter_of[entry.exercise], entry.function
            changed[chapter] = transplanted(
                changed[chapter], chapter, entry.exercise, file_of(function), function.__name__
            )
        return changed

    def _is_a_students(self, mistake: Mistake) -> bool:
        """Not where the entry leaves inputs open on which details of style decide: no student writes that."""
        try:
            self._with(self._right, mistake)
        except CourseError:
            return False
        return True

    @staticmethod
    def _is_usual(variant: Variant) -> bool:
        return not any(word in variant.name for word in _UNUSUAL)


#: So many are made; further ones are the same with another line, which gives them inputs of their own.
_DISTINCT = 400


def write_class(folder: Path, count: int, kinds: Sequence[str] = KINDS) -> list[Path]:
    """Write `count` submissions into `folder`; their folders."""
    written = []
    made = list(Maker(load_course(ROOT / "course.yaml")).make(min(count, _DISTINCT), kinds))
    for number in range(count):
        name, sources = made[number % len(made)]
        place = folder / f"{name.partition('-')[0]}-{number:05d}"
        place.mkdir(parents=True)
        for chapter, text in sources.items():
            more = f"# {number}\n" if number >= _DISTINCT and "unfinished" not in text else ""
            (place / f"{chapter}.py").write_text(text + more, encoding="utf-8")
        written.append(place)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=40)
    options = parser.parse_args()
    print(f"{len(write_class(options.folder, options.count))} submissions in {options.folder}")


if __name__ == "__main__":
    main()

"""What the report's statistics recover of classes whose truth is known: `python tests/benchmarks/simulated_classes.py`.

Students are drawn with an ability, exercises with a difficulty, and tests pass with the chance that the two-parameter
logistic model gives them (Crocker & Algina, 1986, chapter 15). What a student would earn on average over endless
repetitions is then known, so are the error of a score, the reliability, and which test is bad. Prints tables of what
the report makes of one sitting each.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from grader.report.items import Item
from grader.report.reliability import alpha_with_error, interval, standard_error_of_measurement
from grader.report.statistics import class_statistics
from grader.result import ExerciseResult, Result
from grader.result import TestResult as Ended

TESTS = 4
#: How much ability decides: the slope of a usual test.
SLOPE = 1.2
Matrix = np.ndarray


@dataclass(frozen=True)
class Drawn:
    """One sitting: passed, chances: students × exercises × tests, 1 point a test."""

    passed: Matrix
    chances: Matrix

    @property
    def parts(self) -> Matrix:
        """Points by student and exercise."""
        return self.passed.sum(axis=2)

    @property
    def true_scores(self) -> Matrix:
        """What each would earn on average."""
        return self.chances.sum(axis=(1, 2))

    @property
    def true_sem(self) -> float:
        """Standard deviation of a score around its owner's average, in the mean over the class."""
        return float(np.sqrt((self.chances * (1 - self.chances)).sum(axis=(1, 2)).mean()))

    @property
    def true_reliability(self) -> float:
        """Variance of the true scores as a share of that of the scores."""
        true = self.true_scores.var()
        return float(true / (true + self.true_sem**2))


def draw(
    students: int, exercises: int, seed: int, *, bad: str = "", together: float = 0.0, slope: float = SLOPE
) -> Drawn:
    """A class and one sitting.

    bad: the first exercise's first test is 'reversed' (the able fail it), 'random', 'nobody' or 'everybody'.
    together: how much the tests of an exercise hang together beyond ability (an insight that one has or not).
    """
    rng = np.random.default_rng(seed)
    ability = rng.normal(size=(students, 1, 1))
    difficulty = _difficulties(exercises, seed)
    insight = together * rng.normal(size=(students, exercises, 1))
    lean = slope * (ability - difficulty) + insight
    if bad == "reversed":
        lean[:, 0, 0] *= -1
    chances = 1 / (1 + np.exp(-lean))
    if bad in ("random", "nobody", "everybody"):
        chances[:, 0, 0] = {"random": 0.5, "nobody": 0.0, "everybody": 1.0}[bad]
    return Drawn(rng.random(chances.shape) < chances, chances)


def results_of(drawn: Drawn) -> list[Result]:
    """The same as results of a class."""
    return [_result(f"s{number:04}", passed) for number, passed in enumerate(drawn.passed)]


def _result(student: str, passed: Matrix) -> Result:
    exercises = [
        ExerciseResult(
            name=f"exercise{number}",
            score=float(tests.sum()),
            max_score=TESTS,
            status="passed" if tests.all() else "partly" if tests.any() else "failed",
            tests=[
                Ended(
                    id=f"{number}-{place}",
                    title=f"test {number}-{place}",
                    outcome="passed" if one else "failed",
                    points=float(one),
                    max_points=1,
                )
                for place, one in enumerate(tests)
            ],
        )
        for number, tests in enumerate(passed)
    ]
    score = float(passed.sum())
    return Result(
        assignment="a",
        student=student,
        status="graded",
        score=score,
        max_score=passed.size,
        exercises=exercises,
    )


def items_of(drawn: Drawn) -> tuple[Item, ...]:
    """What the report says of each test."""
    return class_statistics(results_of(drawn)).tests


def _reliability_table(rounds: int) -> None:
    print("| students | exercises | tests hang together | true reliability | alpha (mean) | over tests instead "
          "| truth in the 95 % interval | true error | SEM (mean) |")  # fmt: skip
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for students, exercises, together in (
        (20, 10, 0.0), (50, 10, 0.0), (200, 10, 0.0), (2000, 10, 0.0), (50, 20, 0.0), (200, 20, 0.0),
        (200, 5, 0.0), (200, 10, 1.0), (200, 20, 1.5),
    ):  # fmt: skip
        found = []
        for seed in range(rounds):
            one = draw(students, exercises, seed, together=together)
            # Beyond what hangs together, the error of a score includes which insights one had.
            truth, error = _truth(exercises, seed, together)
            alpha, se = alpha_with_error(one.parts.tolist()) or (0.0, 0.0)
            low, high = interval(alpha, se)
            over, _ = alpha_with_error(one.passed.reshape(students, -1).astype(float).tolist()) or (0.0, 0.0)
            sem = standard_error_of_measurement(float(one.parts.sum(axis=1).std(ddof=1)), alpha)
            found.append((truth, alpha, over, low <= truth <= high, error, sem))
        means = np.mean(found, axis=0)
        print(
            f"| {students} | {exercises} | {together:g} | {means[0]:.3f} | {means[1]:.3f} | {means[2]:.3f} "
            f"| {100 * means[3]:.0f} % | {means[4]:.2f} | {means[5]:.2f} |"
        )


def _truth(exercises: int, seed: int, together: float) -> tuple[float, float]:
    """Reliability and error of the same exercises in a class of 5,000, with luck in insights as error, too."""
    rng, many = np.random.default_rng(seed), 5_000
    difficulty = _difficulties(exercises, seed)
    ability = rng.normal(size=(many, 1, 1))
    nodes, weights = np.polynomial.hermite_e.hermegauss(9 if together else 1)
    chance = np.stack(
        [1 / (1 + np.exp(-(SLOPE * (ability - difficulty) + together * node))) for node in nodes]
    )
    by_exercise = chance.sum(axis=3)
    mean = np.average(by_exercise, axis=0, weights=weights)
    true = mean.sum(axis=1)
    luck = (chance * (1 - chance)).sum(axis=3) + (by_exercise - mean) ** 2
    error = np.average(luck, axis=0, weights=weights)
    variance = float(error.sum(axis=1).mean())
    return float(true.var() / (true.var() + variance)), variance**0.5


def _difficulties(exercises: int, seed: int) -> Matrix:
    rng = np.random.default_rng(10_000 + seed)
    return rng.normal(-0.5, 0.8, size=(1, exercises, 1)) + rng.normal(0, 0.4, size=(1, exercises, TESTS))


def _bad_items_table(rounds: int) -> None:
    print("\n| students | bad test | named by the report | good tests named (each) |")
    print("|---:|---|---:|---:|")
    for students in (30, 100, 300):
        for bad in ("reversed", "random", "nobody", "everybody"):
            hit = wrong = good = 0
            for seed in range(rounds):
                bad_one, *others = items_of(draw(students, 10, seed, bad=bad))
                hit += is_named(bad_one)
                wrong += sum(map(is_named, others))
                good += len(others)
            print(f"| {students} | {bad} | {100 * hit / rounds:.0f} % | {100 * wrong / good:.2f} % |")


def is_named(test: Item) -> bool:
    """Whether the report's list of tests to look at has it."""
    return test.tells_nothing or (bool(test.flag) and not test.flag.startswith("stronger"))


def _pass_mark_table(rounds: int) -> None:
    print(
        "\n| students | within one error of the pass mark | of them truly on the other side | of all others |"
    )
    print("|---:|---:|---:|---:|")
    for students in (50, 200):
        near = near_wrong = far = far_wrong = 0
        for seed in range(rounds):
            one = draw(students, 10, seed)
            scores, mark = one.parts.sum(axis=1), one.passed[0].size / 2
            alpha, _ = alpha_with_error(one.parts.tolist()) or (0.0, 0.0)
            sem = standard_error_of_measurement(float(scores.std(ddof=1)), alpha)
            close = abs(scores - mark) <= sem
            wrong = (scores >= mark) != (one.true_scores >= mark)
            near, near_wrong = near + close.sum(), near_wrong + (close & wrong).sum()
            far, far_wrong = far + (~close).sum(), far_wrong + (~close & wrong).sum()
        print(f"| {students} | {100 * near / (near + far):.0f} % | {100 * near_wrong / near:.0f} % "
              f"| {100 * far_wrong / far:.1f} % |")  # fmt: skip


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print(f"{rounds} simulated classes a line.\n")
    _reliability_table(rounds)
    _bad_items_table(max(1, rounds // 5))
    _pass_mark_table(rounds)


if __name__ == "__main__":
    main()

"""What is odd about tests, in plain sentences with what to do. Places to look, no verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from grader.report.items import MIN_FOR_FLAG, READABLE, Item, earned, tried
from grader.result import Result

#: Longer lists of tests end with how many more there are.
_MOST_NAMED = 5
_LOOK_AT = 2
#: So many who fail only on inputs of their own are no few who copied: one of ten who tried, but three or more.
_OWN_INPUT, _OWN_INPUT_SHARE = 3, 0.1


@dataclass(frozen=True)
class Odd:
    """One oddity. look: places in the list of results of a few submissions that show it, to look at `why`."""

    says: str
    do: str
    look: tuple[int, ...] = ()
    why: str = ""


@dataclass
class _Seen:
    """What happened at one test: (points before lateness, place in the results) of those who tried."""

    failed: list[tuple[float, int]] = field(default_factory=list)
    own_input: list[tuple[float, int]] = field(default_factory=list)


def odd_tests(results: Sequence[Result], tests: Sequence[Item]) -> list[Odd]:
    """What is odd about `tests`, the most serious first. results: of the class, readable or not."""
    seen = _seen(results)
    found = [*_never_passed(tests, seen), *_upside_down(tests, seen), *_own_inputs(tests, seen)]
    return [*found, *_unrelated(tests), *_never_failed(tests)]


def _seen(results: Sequence[Result]) -> dict[tuple[str, str], _Seen]:
    seen: dict[tuple[str, str], _Seen] = {}
    for place, result in enumerate(results):
        if result.status not in READABLE:
            continue
        who = (earned(result), place)
        for exercise in result.exercises:
            if not tried(exercise):
                continue
            for test in exercise.tests:
                if test.outcome in ("passed", "blocked"):
                    continue
                one = seen.setdefault((exercise.name, test.id), _Seen())
                one.failed.append(who)
                if test.own_input:
                    one.own_input.append(who)
    return seen


def _never_passed(tests: Sequence[Item], seen: dict[tuple[str, str], _Seen]) -> Iterator[Odd]:
    for test in tests:
        if test.tried >= MIN_FOR_FLAG and test.share_tried is not None and test.share_tried <= 0:
            yield Odd(
                f"Nobody of {test.tried} who tried passes {_named(test)}.",
                "Is it taught, and does the reference read the task as the students do?",
                _strongest(seen, test),
                "strong submissions that fail it",
            )


def _upside_down(tests: Sequence[Item], seen: dict[tuple[str, str], _Seen]) -> Iterator[Odd]:
    clear = [test for test in tests if test.clearly_negative and (test.share_tried or 0) > 0]
    for test in sorted(clear, key=lambda test: test.discrimination or 0):
        yield Odd(
            f"Who does well elsewhere fails {_named(test)} more often than who does badly (discrimination "
            f"{test.discrimination:+.2f}, {test.tried} tried).",
            "Does it ask for something that the task does not say, or reward a mistake?",
            _strongest(seen, test),
            "strong submissions that fail it",
        )


def _unrelated(tests: Sequence[Item]) -> Iterator[Odd]:
    for test in tests:
        if test.tells_nothing and not test.clearly_negative:
            share = f"{100 * (test.share_tried or 0):.0f} % of its points"
            yield Odd(
                f"Passing {_named(test)} has next to nothing to do with the rest of the work (discrimination "
                f"{test.discrimination:+.2f}, {test.tried} tried, {share}).",
                "Is it a matter of luck, or of something else than the rest? A test that nearly all pass or fail "
                "can look so, too.",
            )


def _own_inputs(tests: Sequence[Item], seen: dict[tuple[str, str], _Seen]) -> Iterator[Odd]:
    for test in tests:
        own = seen.get((test.exercise, test.id), _Seen()).own_input
        if len(own) >= _OWN_INPUT and len(own) >= _OWN_INPUT_SHARE * test.tried:
            yield Odd(
                f"{len(own)} of {test.tried} pass {_named(test)} on the inputs that everybody gets, and fail on one "
                "of their own.",
                "One of them might have a table of answers; so many hint at a case that the shared inputs lack: "
                "add an example of it to the test, then everybody is asked the same.",
                _strongest(seen, test, own=True),
                "what they fail on",
            )


def _never_failed(tests: Sequence[Item]) -> Iterator[Odd]:
    easy = [test for test in tests if test.tried >= MIN_FOR_FLAG and (test.share_tried or 0) >= 1]
    if not easy:
        return
    named = ", ".join(_named(test) for test in easy[:_MOST_NAMED])
    more = f" and {len(easy) - _MOST_NAMED} more" if len(easy) > _MOST_NAMED else ""
    yield Odd(
        f"Everybody who tried passes {named}{more}.",
        "A first step that all can take, or a check that can't fail? If it was meant to tell people apart, read "
        "what it asserts. “grader validate” says which wrong functions the tests catch.",
    )


def _strongest(seen: dict[tuple[str, str], _Seen], test: Item, *, own: bool = False) -> tuple[int, ...]:
    one = seen.get((test.exercise, test.id), _Seen())
    ranked = sorted(one.own_input if own else one.failed, key=lambda who: (-who[0], who[1]))
    return tuple(place for _, place in ranked[:_LOOK_AT])


def _named(test: Item) -> str:
    return f"“{test.title}” ({test.exercise})"

"""Which submissions share passages that hardly anybody else has? Pairs to look at, never a verdict.

The comparison is copydetect's: winnowed fingerprints of tokenised code (Schleimer, Wilkerson and Aiken, "Winnowing:
Local Algorithms for Document Fingerprinting", SIGMOD 2003), which names, comments and layout do not change. Here it is
told what to leave out: the handout's code, and what so many share that it is just how one writes it.
"""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from grader.batch.pool import read_handout
from grader.course import Course
from grader.errors import UsageError
from grader.intake import Bundle, collect, discover, open_bundle
from grader.report import Passage, Shared, Side, SimilarityOptions, SimilarPair

#: Characters of tokenised code: shorter matches are not seen, matches of _NOISE + _WINDOW − 1 always.
_NOISE = 25
_WINDOW = 6
_FEWEST_FINGERPRINTS = 4
_SMALLEST_SHARE = 0.3
_MOST_CHARACTERS = 200_000

Sources = Mapping[str, Mapping[str, str]]


def read_sources(
    course: Course, assignment_name: str, submissions: Path, advance: Callable[[], None] = lambda: None
) -> tuple[Sources, Sources]:
    """Student → chapter → code, of SUBMISSIONS and of the handout. Runs nothing; what can't be read is left out."""
    name, assignment = course.assignment(assignment_name)
    handout = read_handout(course, name)
    found: dict[str, dict[str, str]] = {}
    for entry in discover(submissions, name, assignment).entries:
        opened = open_bundle(collect(entry, assignment), assignment, handout)
        found[entry.student] = _texts(opened.sources)
        advance()
    starters = {
        suffix: _texts(
            open_bundle(
                Bundle("handout", "folder", {n: d for n, d in handout.items() if n.endswith(suffix)}),
                assignment,
                {},
            ).sources
        )
        for suffix in (".py", ".ipynb")
    }
    return found, starters


def _texts(sources: Mapping[str, Any]) -> dict[str, str]:
    return {name: "\n".join(source.cells)[:_MOST_CHARACTERS] for name, source in sources.items()}


def similar_pairs(students: Sources, starters: Sources, options: SimilarityOptions) -> list[SimilarPair]:
    """The pairs that share most, first those that share most. Raises UsageError without copydetect."""
    chapters = sorted({chapter for sources in students.values() for chapter in sources})
    prints = {chapter: _fingerprints(chapter, students, starters, options.common) for chapter in chapters}
    counts: Counter[tuple[str, str]] = Counter()
    for mine in prints.values():
        counts.update(_pairs_by_fingerprint(mine))
    wanted = [pair for pair, count in counts.most_common() if count >= _FEWEST_FINGERPRINTS][
        : 2 * options.most
    ]
    found = [_pair(pair, prints) for pair in sorted(wanted)]
    found = [pair for pair in found if pair.chapters and pair.share >= _SMALLEST_SHARE]
    found.sort(key=lambda pair: (-pair.size, pair.first, pair.second))
    return found[: options.most]


def _fingerprints(chapter: str, students: Sources, starters: Sources, common: int) -> dict[str, Any]:
    """Student → fingerprint of one chapter, without starter code and without what more than `common` have."""
    prints = {student: _print_of(s[chapter]) for student, s in students.items() if s.get(chapter, "").strip()}
    seen = Counter(hash_ for print_ in prints.values() for hash_ in print_.hashes)
    left_out = {hash_ for hash_, count in seen.items() if count > common}
    for starter in starters.values():
        left_out |= _print_of(starter.get(chapter, "")).hashes
    for print_ in prints.values():
        _leave_out(print_, left_out)
    return prints


def _print_of(code: str) -> Any:
    try:
        import copydetect
    except ImportError:
        raise UsageError(
            "similarity needs the package copydetect; install it: pip install 'cnn-grader[similarity]'"
        ) from None
    return copydetect.CodeFingerprint("chapter.py", _NOISE, _WINDOW, fp=io.StringIO(code), language="python")


def _leave_out(print_: Any, left_out: set[int]) -> None:
    """Copydetect's own boilerplate option loses a passage that stands twice in one file, so it is done here."""
    from copydetect.utils import get_token_coverage

    print_.hashes = print_.hashes - left_out
    print_.hash_idx = {hash_: where for hash_, where in print_.hash_idx.items() if hash_ not in left_out}
    print_.token_coverage = get_token_coverage(print_.hash_idx, _NOISE, len(print_.filtered_code))


def _pairs_by_fingerprint(prints: Mapping[str, Any]) -> Counter[tuple[str, str]]:
    """Pair → how many fingerprints they share; only pairs that share one are ever looked at."""
    owners: dict[int, list[str]] = defaultdict(list)
    for student, print_ in prints.items():
        for hash_ in print_.hashes:
            owners[hash_].append(student)
    return Counter(pair for having in owners.values() for pair in combinations(sorted(having), 2))


def _pair(names: tuple[str, str], prints: Mapping[str, Mapping[str, Any]]) -> SimilarPair:
    first, second = names
    chapters = []
    for chapter, mine in prints.items():
        if first not in mine or second not in mine:
            continue
        if shared := _shared(chapter, mine[first], mine[second]):
            chapters.append(shared)
    chapters.sort(key=lambda shared: (-shared.size, shared.chapter))
    return SimilarPair(first, second, tuple(chapters))


def _shared(chapter: str, first: Any, second: Any) -> Shared | None:
    import copydetect

    size, shares, slices = copydetect.compare_files(first, second)
    if not size:
        return None
    sides = [
        Side(min(1.0, float(share)), passages(print_.raw_code, zip(*spans.astype(int).tolist(), strict=True)))
        for print_, share, spans in zip((first, second), shares, slices, strict=True)
    ]
    return Shared(chapter, int(size), sides[0], sides[1])


def passages(code: str, spans: Iterable[Sequence[int]]) -> tuple[Passage, ...]:
    """`code` cut at the ends of `spans`, (start, end) in characters; overlapping ones are joined, odd ones clipped."""
    found: list[Passage] = []
    at = 0
    for start, end in sorted((max(0, span[0]), min(len(code), span[1])) for span in spans):
        start = max(start, at)
        if end <= start:
            continue
        if start > at:
            found.append(Passage(code[at:start], False))
        if found and found[-1].shared:
            found[-1] = Passage(found[-1].text + code[start:end], True)
        else:
            found.append(Passage(code[start:end], True))
        at = end
    if at < len(code):
        found.append(Passage(code[at:], False))
    return tuple(found)

"""A hidden test (or a visible check), as it is run on every student: a plain function and a list of inputs.

The inputs of a property are drawn once, by Hypothesis, with the course's seed: the same for every student, so they
are kept and replayed as plain arrays.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from grader.course import Reference, fingerprint
from grader.errors import CourseError
from grader.testing.chance import own_chance, same_chance, untouched
from grader.testing.chosen import Candidates, Choice
from grader.testing.drawing import draw_inputs
from grader.testing.fresh import SPARE, choose, pool_size, share_of, to_draw, without
from grader.testing.rehearsal import CallsOn, Made, Notes
from grader.wall import (
    Call,
    Handle,
    Identity,
    InProcess,
    Script,
    Student,
    WireError,
)

EXAMPLES = 30
#: After so many inputs a script is sent: what is found wrong early shall not wait for the rest.
_INPUTS_A_SCRIPT = 30
_LIVING = ("student", "reference")


@dataclass
class HiddenTest:
    """One test of one exercise. `inputs`: what each of its runs gets beside student and reference."""

    id: str
    exercise: str
    title: str
    points: float
    function: Callable[..., Any]
    parameters: Mapping[str, Any]
    #: The modules of the folder that it was collected from; they are not in sys.modules any more.
    modules: Sequence[ModuleType] = ()
    #: At most so many inputs are drawn; None: as many as for every test. For calls that take long.
    examples: int | None = None
    inputs: list[dict[str, Any]] = field(default_factory=list)
    #: Further ones, of which each submission gets a few of its own; see fresh.py.
    pool: list[dict[str, Any]] = field(default_factory=list)
    #: From which calls it gets objects, as labels; found out in the rehearsal. None: not rehearsed, from any.
    objects: frozenset[str] | None = None
    #: Whether it watches calls: what they print, and what becomes of their arguments.
    watches: bool = False
    #: Whether it draws random numbers of its own; found out in the rehearsal. Beginning anew costs as much as a test.
    draws: bool = True
    #: The calls made on an input, by its number; those of the pool by ~number, as far as they were needed.
    calls_on: dict[int, CallsOn] = field(default_factory=dict)
    #: The calls made from an input on, by its number.
    scripts: dict[int, Script] = field(default_factory=dict)
    #: The plain function under `@given`; kept, because Hypothesis is given another one while inputs are drawn.
    body: Callable[..., Any] = field(init=False)

    def __post_init__(self) -> None:
        self._wanted = frozenset(inspect.signature(self.function).parameters)
        self.body = self.function.hypothesis.inner_test if self.is_property else self.function  # type: ignore[attr-defined]

    @property
    def is_property(self) -> bool:
        """Whether Hypothesis draws its inputs."""
        return hasattr(self.function, "hypothesis")

    def living(self, student: Any, reference: Any) -> dict[str, Any]:
        """`student` and `reference`, as far as the test asks for them, at the beginning of a run."""
        both = zip(_LIVING, map(self._begun, (student, reference)), strict=True)
        return {name: value for name, value in both if name in self._wanted}

    def _begun(self, handle: Any) -> Any:
        if isinstance(handle, Reference):
            # Where no object is concerned, the reference itself does, and is quicker.
            return handle if self.objects is not None and self.in_scripts else InProcess(handle)
        if isinstance(handle, Handle):
            handle.begin_run()
            if isinstance(handle, Student):
                handle.object_labels = self.objects
        return handle

    def run_once(self, student: Any, reference: Any, inputs: Mapping[str, Any]) -> None:
        """One run on one input; raises what the test raises. Random numbers are the same in every run."""
        if self.draws:
            same_chance()
        living = self.living(student, reference)
        try:
            self.body(**living, **inputs)
        finally:
            for handle in living.values():
                if isinstance(handle, Handle):
                    handle.end_run()

    def draw(
        self, course_seed: int, *, examples: int = EXAMPLES, pool: bool = False, choice: Choice | None = None
    ) -> None:
        """Fill `inputs`, the same for every student, and `pool` if asked to. Raises CourseError if it can't be done.

        choice: which of the drawn inputs are kept, where it was made from these.
        """
        if not self.is_property:
            self.inputs = [dict(self.parameters)]
            return
        if choice and self.id in choice.numbers:
            chosen = choice.of(self.id, self.candidates(course_seed, examples))
            if chosen:
                self.inputs, self.pool = chosen.inputs, chosen.pool
                return
        examples = min(examples, self.examples or examples)
        self.inputs = self._drawn(course_seed, examples)
        if pool:
            more = self._drawn(course_seed + 1, to_draw(examples))
            self.pool = without(self.inputs, more)[: pool_size(examples)]

    @property
    def takes_long(self) -> bool:
        """Whether fewer inputs are used than of other tests."""
        return self.is_property and (self.examples or EXAMPLES) < EXAMPLES

    def candidates(self, course_seed: int, examples: int = EXAMPLES) -> Candidates:
        """What an author's choice is made from. Where calls take long, there are more than are used without one: as
        many as other tests have, and a pool of twice the size, so that there are cheap ones."""
        inputs = self._drawn(course_seed, examples)
        size = pool_size(min(examples, self.examples or examples)) * (2 if self.takes_long else 1)
        return Candidates(inputs, without(inputs, self._drawn(course_seed + 1, size + SPARE))[:size])

    def _drawn(self, seed: int, examples: int) -> list[dict[str, Any]]:
        given = {**dict.fromkeys(self._wanted & set(_LIVING)), **self.parameters}
        with self._or_course_error("its inputs can't be drawn"):
            return draw_inputs(self.function, given, seed, examples=examples, leave_out=_LIVING)

    def own(self, key: bytes) -> tuple[int, ...]:
        """The numbers of those inputs of the pool that the submission with `key` gets."""
        share = share_of(min(EXAMPLES, self.examples or EXAMPLES))
        return choose(key, self.id, len(self.pool), share) if self.pool else ()

    def script_of(self, own: Sequence[int], reference: Reference) -> Script | None:
        """The calls made on inputs of the pool. Raises CourseError if the reference does not pass on one of them."""
        calls = [call for number in own for call in self.rehearsed(number, reference).calls]
        return Script.of(calls) if calls and self.in_scripts else None

    @property
    def in_scripts(self) -> bool:
        """Whether its calls may be made before it asks for them: not where one depends on what another has done."""
        return not self.objects and not self.watches

    def rehearsed(self, number: int, reference: Reference) -> CallsOn:
        """The calls made on an input of the pool. Raises CourseError if the reference does not pass on it."""
        if ~number not in self.calls_on:
            notes = Notes(reference, Made())
            # Many students get the same input, so its answers are kept.
            reference.learning, before = True, reference.learning
            try:
                with self._or_course_error("the reference does not pass it"):
                    self.run_once(notes, reference, self.pool[number])
            finally:
                reference.learning = before
            self.calls_on[~number] = notes.calls_since(0)
            self.objects = (self.objects or frozenset()) | notes.object_labels
        return self.calls_on[~number]

    def rehearse(self, reference: Any, made: Made | None = None) -> None:
        """Run on the reference in the student's place: it must pass. Which calls are made is noted for scripts.

        made: the calls of the tests before; this one's are added. Raises CourseError if the reference does not pass.
        """
        made = made or Made()
        with own_chance():
            same_chance()
            before = Made(dict(made.calls), set(made.repeated))
            self.draws = False
            self._write_scripts(reference, before)
            self.draws = not untouched()
            if self.draws:
                self._write_scripts(reference, made)
            else:
                made.calls, made.repeated = before.calls, before.repeated
            with self._or_course_error("the reference does not pass it"):
                self._repeats_itself(reference)

    def _repeats_itself(self, reference: Any) -> None:
        """Raises CourseError where a second run calls something else than the first: points would depend on luck."""
        for inputs in self.inputs[:1]:
            first, second = Notes(reference, Made()), Notes(reference, Made())
            self.run_once(first, reference, inputs)
            self.run_once(second, reference, inputs)
            if not first.calls:
                raise CourseError("it calls nothing of the student's")
            if not first.values_seen:
                raise CourseError(
                    "it looks at nothing of what it gets, or each of its calls must raise: a function that always "
                    "raises would pass: add a call whose result is looked at"
                )
            if len(first.calls) != len(second.calls) or not all(map(Call.is_like, first.calls, second.calls)):
                raise CourseError(
                    "two runs of it make different calls; take random numbers from `random`, from `np.random`, "
                    "or from np.random.default_rng(1), which are the same in each run, and change no inputs"
                )

    @contextlib.contextmanager
    def _or_course_error(self, what: str, notes: Notes | None = None) -> Iterator[None]:
        try:
            yield
        except (KeyboardInterrupt, SystemExit):
            raise
        except CourseError as error:
            raise CourseError(f"hidden test {self.id}: {error}") from error
        except WireError as error:
            raise CourseError(
                f"hidden test {self.id}: an argument can't be sent to a student's process: {error}"
            ) from error
        except BaseException as error:  # pytest's skip and fail are no Exceptions
            detail = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise CourseError(
                f"hidden test {self.id}: {what}: {detail}{notes.arrived if notes else ''}"
            ) from error

    def _write_scripts(self, reference: Any, made: Made) -> None:
        """Note which calls the test makes on its inputs, a few inputs to a script."""
        self.scripts.clear()
        self.calls_on.clear()
        notes = Notes(reference, made)
        with self._or_course_error("the reference does not pass it", notes):
            self._script_all(notes, reference)
        self.objects = frozenset(notes.object_labels)
        self.watches = notes.watches_calls
        if not self.in_scripts:
            self.scripts.clear()
            self.calls_on.clear()

    def _script_all(self, notes: Notes, reference: Any) -> None:
        start = 0
        for number, inputs in enumerate(self.inputs):
            before = len(notes.all_calls)
            self.run_once(notes, reference, inputs)
            self.calls_on[number] = notes.calls_since(before)
            # The first input is the strongest: most wrong answers are found out there, with nothing else on its way.
            if number == 0 or number - start + 1 >= _INPUTS_A_SCRIPT or notes.much:
                start = self._close_script(start, number, notes)
        self._close_script(start, len(self.inputs) - 1, notes)

    def _close_script(self, start: int, last: int, notes: Notes) -> int:
        if notes.calls:
            self.scripts[start] = Script.of(notes.calls)
        notes.clear()
        return last + 1


def rehearse_all(tests: Iterable[HiddenTest], reference: Any) -> Mapping[str, Mapping[Identity, Call]]:
    """Rehearse tests whose inputs are drawn; exercise → the calls that its tests make repeatedly, by identity.

    They have to be kept: what an identity is made of is free for others when its call is gone.
    The tests of one exercise often draw the same inputs: from here on these are the same objects.
    Raises CourseError if the reference does not pass one of them.
    """
    made: dict[str, Made] = {}
    shared: dict[tuple[str, str], Any] = {}
    for test in tests:
        test.inputs = [
            {
                name: shared.setdefault((test.exercise, fingerprint(value)), value)
                for name, value in inputs.items()
            }
            for inputs in test.inputs
        ]
        test.rehearse(reference, made.setdefault(test.exercise, Made()))
    return {
        exercise: {identity: calls.calls[identity] for identity in calls.repeated}
        for exercise, calls in made.items()
    }

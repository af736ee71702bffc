"""Objects that a test holds and does not have: each call, each attribute is looked up where the object lives.

A test sees a `Kept`, from a student or from the reference alike. Whoever answers for it is a `Handle`: a `Student`,
whose objects live in the worker, or an `InProcess`, whose objects live here. Objects belong to one run of a test: the
grader numbers them in the order of its calls, and forgets them with the run. A worker never names one.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from grader.course import Reference, frozen, living, unheard
from grader.errors import CourseError, StudentFailure
from grader.wall.calls import Call
from grader.worker.operations import OPERATIONS, watched
from grader.worker.records import Numbered

#: So many values of a list of objects are gone through.
_MOST_ITEMS = 1000


class Kept(Numbered):
    """An object, a function, a generator that stays where it was made. What is read of it is a value, or Kept.

    Its names are those of the object, so that all that is its own begins with an underscore.
    """

    __slots__ = ("_handle", "_label", "_run", "_target")
    _handle: Handle
    _label: str
    _target: Any
    __hash__ = None  # type: ignore[assignment]
    #: `array + kept` asks the object.
    __array_ufunc__ = None

    def __init__(self, handle: Handle, number: int, label: str, target: Any) -> None:
        """label: how it was come by, as in `Linear().forward`. target: the object, where it lives in this process."""
        for name, value in zip(
            ("_handle", "_number", "_run", "_label", "_target"),
            (handle, number, handle.run_number, label, target),
            strict=True,
        ):
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._handle.do_call(".get", (self, name), {})

    def __setattr__(self, name: str, value: Any) -> None:
        self._handle.do_call(".set", (self, name, value), {})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._handle.do_call(".call", (self, *args), kwargs)

    def __getitem__(self, key: Any) -> Any:
        return self._handle.do_call(".item", (self, key), {})

    def __setitem__(self, key: Any, value: Any) -> None:
        self._handle.do_call(".put", (self, key, value), {})

    def __next__(self) -> Any:
        return self._handle.do_call(".next", (self,), {})

    def __len__(self) -> int:
        return int(self._typed(".len", int))

    def __bool__(self) -> bool:
        return bool(self._typed(".bool", bool))

    def __str__(self) -> str:
        return str(self._typed(".str", str))

    def __contains__(self, item: object) -> bool:
        return bool(self._typed(".in", bool, item))

    def __iter__(self) -> Iterator[Any]:
        if hasattr(type(self._target), "__next__"):
            raise CourseError("a loop over a generator may never end: write take(..., 10) of grader.testing")
        count = len(self)
        if not 0 <= count <= _MOST_ITEMS:
            raise StudentFailure(f"has {count} items: more than a test looks at")
        return (self[number] for number in range(count))

    def __repr__(self) -> str:
        return f"<{self._label}>"  # nothing is asked of the object: messages may show this

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("an object, where numbers are expected")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("an object of a run can't be copied")

    def _typed(self, name: str, kind: type, *args: object) -> Any:
        value = self._handle.do_call(name, (self, *args), {})
        if type(value) is not kind:
            raise StudentFailure(f"gave no {kind.__name__} where Python wants one")
        return value


def _binary(name: str) -> Callable[[Kept, Any], Any]:
    return lambda self, other: self._handle.do_call(name, (self, other), {})


def _reflected(name: str) -> Callable[[Kept, Any], Any]:
    return lambda self, other: self._handle.do_call(name, (other, self), {})


def _unary(name: str) -> Callable[[Kept], Any]:
    return lambda self: self._handle.do_call(name, (self,), {})


_ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**"}
_ARITHMETIC["matmul"] = "@"
for _name, _sign in _ARITHMETIC.items():
    setattr(Kept, f"__{_name}__", _binary(f".{_sign}"))
    setattr(Kept, f"__r{_name}__", _reflected(f".{_sign}"))
for _name, _sign in {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}.items():
    setattr(Kept, f"__{_name}__", _binary(f".{_sign}"))
for _name in ("neg", "abs"):
    setattr(Kept, f"__{_name}__", _unary(f".{_name}"))


class Function:
    """A function of a handle's, by its name."""

    def __init__(self, handle: Handle, name: str) -> None:
        self.handle = handle
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.handle.do_call(self.__name__, args, kwargs)


def observed(
    function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], typed: Sequence[str]
) -> tuple[Any, list[Any], str]:
    """What a call returns, its arguments afterwards, and what it prints; typed: lines for `input()`.

    Raises StudentFailure where a worker says something else.
    """
    if isinstance(function, Function):
        found = function.handle.do_call(function.__name__, tuple(args), kwargs, tuple(typed))
    elif isinstance(function, Kept):
        found = function._handle.do_call(".call", (function, *args), kwargs, tuple(typed))
        if type(found) is tuple and len(found) == 3 and type(found[1]) is list:
            found = (found[0], found[1][1:], found[2])
    else:
        return watched(function, args, kwargs, typed)
    if type(found) is tuple and [*map(type, found[1:])] == [list, str] and len(found[1]) == len(args):
        return found
    raise StudentFailure("broke the protocol: a watched call of the wrong form")


class Handle:
    """What a test calls `student` or `reference`: numbers the objects of a run, and keeps the calls that led there."""

    #: Whether arguments are looked through for objects before there are any: the rehearsal finds all of them.
    _looks = False

    def __init__(self) -> None:
        self.run_number = 0
        self._running = False
        #: Exercises of which a test takes an object, or what they print or change.
        self.more_than_values: set[str] = set()
        self.object_calls: list[Call] = []
        self._count = 0

    def begin_run(self) -> None:
        """A run of a test begins: objects of the run before are none any more."""
        self.run_number += 1
        self._running = True
        #: The calls of this run that gave an object, or had to do with one.
        self.object_calls = []
        self._count = 0

    def end_run(self) -> None:
        """What looks at a failure afterwards asks nothing of an object."""
        self.run_number += 1
        self._running = False

    def do_call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], typed: tuple[str, ...] | None = None
    ) -> Any:
        """A call of an exercise, or an operation on an object. typed: it is watched, and these lines are typed."""
        raise NotImplementedError

    def note_call(
        self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], typed: tuple[str, ...] | None
    ) -> Call:
        """The call as data. Raises CourseError for an object of another run, or of somebody else."""
        call = Call(name, args, kwargs, number=self._count, typed=typed)
        self._count += 1
        if typed is not None:
            self.more_than_values.add(name)
        if not (self.object_calls or self._looks):
            return call
        for kept in kept_in([args, kwargs]):
            if kept._handle is not self or kept._run != self.run_number:
                raise CourseError(
                    f"{kept!r} belongs to another run, or is the student's where the reference is asked: "
                    "make an object in the test, one for each"
                )
            self._remember(call)
        return call

    def keep_result(self, call: Call, target: Any = None) -> Kept:
        """What `call` gave, which stays where it is."""
        self._remember(call)
        self.more_than_values.add(call.name)
        return Kept(self, call.number, label_of(call), target)

    def _remember(self, call: Call) -> None:
        if not self.object_calls or self.object_calls[-1] is not call:
            self.object_calls.append(call)


def label_of(call: Call) -> str:
    """What is called, or what came of it: `Linear`, `Linear().forward`, `Linear().forward()`."""
    first = next(kept_in(list(call.args)), None)
    if first is None or not call.name.startswith("."):
        return f"{call.name}()"
    if call.name == ".get":
        return f"{first._label}.{call.args[1]}"
    return f"{first._label}{'()' if call.name == '.call' else call.name}"


def kept_in(value: Any) -> Iterator[Kept]:
    """The objects in a call's arguments."""
    if type(value) is Kept:
        yield value
    elif isinstance(value, list | tuple):
        if not _MAY_HOLD.isdisjoint(map(type, value)):
            for item in value:
                yield from kept_in(item)
    elif isinstance(value, dict):
        yield from kept_in(list(value.values()))


_MAY_HOLD = frozenset([Kept, list, tuple, dict])


def has_kept(value: Any) -> bool:
    """Whether an object is among a call's arguments."""
    return next(kept_in(value), None) is not None


def sent(value: Any) -> Any:
    """Arguments as a worker gets them: copies, which it may change, and the objects themselves in place of Kept."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) is Kept:
        return value._target
    if type(value) in (list, tuple):
        return type(value)(sent(item) for item in value)
    if isinstance(value, dict):
        return {key: sent(item) for key, item in value.items()}
    return copy.deepcopy(value)


class InProcess(Handle):
    """Functions of this process as a test meets them: copies go in, and what is living stays behind a Kept."""

    _looks = True

    def __init__(self, functions: Reference) -> None:
        super().__init__()
        self._functions = functions

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_") or self._functions.function(name) is None:
            raise AttributeError(name)
        return Function(self, name)

    def do_call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], typed: tuple[str, ...] | None = None
    ) -> Any:
        call = self.note_call(name, args, kwargs, typed)
        value = self.answer_to(call)
        return self.keep_result(call, value) if living(value, self._functions.class_exercises) else value

    def answer_to(self, call: Call) -> Any:
        """What the functions answer; where no object is concerned, they may remember it."""
        if call.typed is None and call.name not in OPERATIONS and not has_kept([call.args, call.kwargs]):
            return getattr(self._functions, call.name)(*call.args, **call.kwargs)
        with unheard():
            value = done(self._functions.function(call.name), call)
        # What an object holds may change.
        return value if living(value, self._functions.class_exercises) else frozen(value)


def done(function: Callable[..., Any] | None, call: Call) -> Any:
    """Do in this process what `call` asks for. function: the one that it names, if it is no operation."""
    return performed(function, call, sent(call.args), sent(dict(call.kwargs)))


def performed(
    function: Callable[..., Any] | None, call: Call, args: Sequence[Any], kwargs: dict[str, Any]
) -> Any:
    """`done`, with the arguments as they are sent."""
    function = OPERATIONS.get(call.name) or function
    assert function is not None
    if call.typed is None:
        return function(*args, **kwargs)
    return watched(function, args, kwargs, call.typed)


def replayed(calls: Sequence[Call], functions: Reference) -> Any:
    """What `functions` answer to the last call, after those before; None for an object. Raises what they raise."""
    handle, given, value = InProcess(functions), dict[int, Any](), None
    last = calls[-1]
    for call in calls if has_kept([last.args, last.kwargs]) else [last]:
        if call.number not in given:
            args, kwargs = _with(given, call.args), _with(given, dict(call.kwargs))
            value = given[call.number] = handle.do_call(call.name, args, kwargs, call.typed)
    return None if type(value) is Kept else value


def _with(given: Mapping[int, Any], value: Any) -> Any:
    if type(value) is Kept:
        return given[value._number]
    if type(value) in (list, tuple):
        return type(value)(_with(given, item) for item in value)
    return {key: _with(given, item) for key, item in value.items()} if type(value) is dict else value

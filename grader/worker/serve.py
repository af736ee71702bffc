"""The far end: loads what it is sent and answers calls, until the line ends."""

from __future__ import annotations

import builtins
import importlib
import os
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from .chapters import Chapters, install
from .clock import Clock
from .ends import End
from .frames import frames_of
from .kept import KeptResults
from .objects import Objects
from .operations import OPERATIONS, subject_of, watched
from .portable import Unsupported, portable
from .running import is_own, raised_in, text_of
from .standins import Unavailable
from .wire import DEFAULT_CAPS, Caps, Channel, Closed, WireError, encode, header_size

#: What `random.seed(0)` does, less its looking at what kind of seed that is.
_SHARED: Any = random._inst
_seed = super(random.Random, _SHARED).seed
_TRUSTED_HEADER = _TRUSTED_BODY = 256 << 20
#: A stand-in loads the reference: its own code is nobody's to stop.
_UNLIMITED = (3600.0, 3600.0, 3600.0)


class CappedOutput:
    """Takes the place of sys.stdout: writes to the output file until the cap, then drops, and never raises."""

    encoding = "utf-8"
    errors = "replace"
    closed = False

    def __init__(self, descriptor: int, cap: int) -> None:
        self._descriptor = descriptor
        self._left = cap
        self.written = 0
        self.buffer = CappedBytes(self)

    def write(self, text: str) -> int:
        self.write_bytes(str(text).encode("utf-8", "replace"))
        return len(text)

    def write_bytes(self, data: bytes) -> None:
        """Write as much of `data` as the cap leaves room for."""
        data = data[: self._left]
        self.written += len(data)
        self._left -= len(data)
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            self._left = 0

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return False

    def reconfigure(self, **options: Any) -> None:
        """Programs set the encoding; it stays UTF-8."""

    def close(self) -> None:
        """Stays open: what is printed later is still taken."""

    def fileno(self) -> int:
        return self._descriptor


class CappedBytes:
    """`sys.stdout.buffer`: bytes into the same output, under the same cap."""

    def __init__(self, output: CappedOutput) -> None:
        self._output = output

    def write(self, data: bytes) -> int:
        self._output.write_bytes(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def capture_output(descriptor: int, cap: int) -> CappedOutput:
    """From here on `print` writes to `descriptor`, at most `cap` bytes."""
    output = CappedOutput(descriptor, cap)
    stream: Any = output
    sys.stdout = sys.stderr = stream
    return output


class Server:
    """Answers one grader. Requests are dicts with `id` and `do`; every reply echoes the id."""

    def __init__(
        self, channel: Channel, output: CappedOutput, layers: Mapping[str, Any], most: int = DEFAULT_CAPS.body
    ) -> None:
        """most: bytes of arrays that a reply may have."""
        self._channel = channel
        self._most = most
        self._output = output
        self._layers = dict(layers)
        self._current = ""
        self._draws = False
        self._chapters: Chapters | None = None
        self._kept = KeptResults()
        self._objects = Objects()

    def run(self) -> None:
        """Serve until the other end closes."""
        while True:
            try:
                request = self._channel.receive()
            except WireError:
                return
            self._current = request["id"]
            try:
                if request["do"] == "calls":
                    # All of them before the first is answered: who sends does not read yet.
                    calls = [self._channel.receive() for _ in range(request["calls"])]
                    (self._answer_together if request["together"] else self._answer_each)(calls)
                    continue
                answer = {"load": self._load, "call": self._asked, "hello": self._hello}[request["do"]]
                self._channel.send_bytes(self._frame(answer(request)))
            except Closed:
                return

    def _answer_each(self, calls: list[Any]) -> None:
        """Many calls came at once; each is answered as soon as it is done."""
        for number, (name, args, kwargs) in enumerate(calls):
            reply = self._call(name, args, kwargs)
            self._channel.send_bytes(self._frame({**reply, "n": number}))

    def _answer_together(self, calls: list[Any]) -> None:
        """One reply, and the answers behind it. Where they are too much, the grader asks again, one by one.

        The same answer is the same bytes, whenever it is given.
        """
        frames = [self._encoded(self._call(name, args, kwargs)) for name, args, kwargs in calls]
        headers = sum(map(header_size, frames))
        fits = headers <= DEFAULT_CAPS.header and sum(map(len, frames)) <= self._most
        self._channel.send_bytes(b"".join([self._frame({"together": fits}), *(frames if fits else [])]))

    def _frame(self, reply: dict[str, Any]) -> bytes:
        return self._encoded({**reply, "id": self._current, "printed": self._output.written})

    def _encoded(self, reply: dict[str, Any]) -> bytes:
        try:
            frame = encode(reply)
            if len(frame) > self._most:
                most = self._most
            elif header_size(frame) > DEFAULT_CAPS.header:
                most = DEFAULT_CAPS.header
            else:
                return frame
            problem = f"a result of more than {most >> 20} MB"
        except WireError as error:
            problem = str(error)
        kept = {key: reply[key] for key in ("id", "n", "printed") if key in reply}
        return encode({**kept, "unsupported": problem})

    def _hello(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"layers": self._layers}

    def _load(self, request: dict[str, Any]) -> dict[str, Any]:
        before = self._chapters
        # What draws names the module somewhere, or leaves it to a package.
        cells = [cell for source in request["sources"].values() for cell in source["cells"]]
        self._draws |= any(map(_names_random, cells)) or {*request["packages"]} > {"numpy"}
        clock = Clock(*request.get("own_code", _UNLIMITED))
        clock.arm()
        self._chapters = Chapters(
            request["sources"],
            request["exercises"],
            request["unavailable"],
            request["packages"],
            request.get("needed", ()),
            request.get("skip"),
            clock,
        )
        if before:  # what was loaded by an earlier request is loaded still, and so is what went wrong with it
            self._chapters.state.why.update(before.state.why)
        self._chapters.answered = {name: partial(self._asking, name) for name in request["answered"]}
        install(self._chapters)
        for chapter in request["load"]:
            importlib.import_module(chapter)
        problems = [dict(problem) for problem in self._chapters.state.problems]
        return {"loaded": True, "problems": problems, "slow": self._chapters.state.slow}

    def _asked(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._call(
            request["name"], request["args"], request["kwargs"], request.get("keep"), request.get("typed")
        )

    def _call(
        self,
        name: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        keep: Sequence[int] | None = None,
        typed: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """keep: where an object that it gives back is held; typed: lines for `input()` in a call that is watched."""
        chapters = self._chapters
        if chapters is None:
            return {"missing": "nothing is loaded"}
        function, module = OPERATIONS.get(name), None
        if function is None:
            module = sys.modules.get(chapters.exercises[name])
            function = getattr(module, "__dict__", {}).get(name)
        if not callable(function):
            return chapters.absent(name)
        try:
            args = self._objects.arguments(args, module)
            kwargs = self._objects.arguments(kwargs, module)
        except Unavailable as unavailable:
            return {"blocked": str(unavailable)}
        except BaseException as error:
            return self._raised(name, error)
        arrays = [
            (place, value, value.tobytes())
            for place, value in enumerate((*args, *kwargs.values()))
            if isinstance(value, np.ndarray)
        ]
        if self._draws:
            # Code that draws at random draws the same in every grading of the same submission.
            np.random.seed(0)
            _seed(0)
            _SHARED.gauss_next = None
        try:
            result = function(*args, **kwargs) if typed is None else watched(function, args, kwargs, typed)
            if keep and self._is_object(result):
                return self._held(keep, result)
            value = portable(result)
        except Unsupported as unsupported:
            if keep:
                return self._held(keep, result)
            return {"unsupported": str(unsupported)}
        except BaseException as error:
            return self._raised(name if module else subject_of(args), error)
        if typed is not None:
            return {"value": value, "changed": []}
        changed = [place for place, array, before in arrays if array.tobytes() != before]
        if module and self._kept.overwritten(name, result):
            changed.append(-1)
        return {"value": value, "changed": changed}

    def _held(self, place: Sequence[int], value: Any) -> dict[str, Any]:
        self._objects.keep(place[0], place[1], value)
        return {"held": True}

    def _is_object(self, value: Any) -> bool:
        """Whether it is of a class that is an exercise: held, whatever it could be converted to."""
        chapters = self._chapters
        name = type(value).__name__
        module = sys.modules.get(chapters.exercises.get(name, "")) if chapters else None
        return getattr(module, "__dict__", {}).get(name) is type(value)

    def _asking(self, name: str, own: Callable[..., Any]) -> Callable[..., Any]:
        """A function that the grader answers: arrays out, arrays in, in the middle of a call. own: the student's."""

        def answered(*args: Any, **kwargs: Any) -> Any:
            try:
                question = {"name": name, "args": portable(list(args)), "kwargs": portable(kwargs)}
            except Unsupported:  # a function, say: who would answer can't be given it
                return own(*args, **kwargs)
            self._channel.send({"id": self._current, "ask": question})
            answer = self._channel.receive()
            if "value" in answer:
                return answer["value"]
            error: Any = getattr(builtins, str(answer["kind"]), None)
            if not (isinstance(error, type) and issubclass(error, Exception)):
                error = RuntimeError
            raise error(str(answer["text"]))

        answered.__name__ = name
        return answered

    def _raised(self, name: str, error: BaseException) -> dict[str, Any]:
        function, file, line = raised_in(error)
        chapters = self._chapters
        if isinstance(error, Unavailable):
            return {"blocked": str(error)}
        exercise = function.partition(".")[0]
        if type(error) is NotImplementedError and chapters and exercise in chapters.exercises:
            if exercise == name:
                return {"missing": f"{function} is not written yet"}
            return {"blocked": f"needs {function}, which is not written yet"}
        lineage = [cls.__name__[:100] for cls in type(error).__mro__[:10] if isinstance(cls.__name__, str)]
        return {
            "raised": {
                "kind": type(error).__name__[:100],
                "text": text_of(error),
                "lineage": lineage,
                "file": file,
                "line": line,
                "frames": frames_of(error, is_own),
            }
        }


def _names_random(text: str) -> bool:
    """Whether code says "random" outside of lines that are comments: the handout's own say it, too."""
    return "random" in text and any(
        "random" in line and not line.lstrip().startswith("#") for line in text.splitlines()
    )


def serve(end: End, output: int, settings: dict[str, Any], layers: Mapping[str, Any] | None = None) -> None:
    """Run the far end of a line. settings: output_bytes, body_bytes; layers: the wall, if there is one."""
    printed = capture_output(output, int(settings["output_bytes"]))
    # What comes from the grader is trusted, and a source may be as long as a submission.
    many = 1 << 24
    caps = Caps(
        header=_TRUSTED_HEADER,
        body=_TRUSTED_BODY,
        buffers=many,
        nodes=many,
        hashed=many,
        listed=many,
    )
    Server(Channel(end, caps), printed, layers or {}, int(settings["body_bytes"])).run()

"""Single keys from a terminal, without Enter: termios where there is one, msvcrt on Windows, none elsewhere."""

from __future__ import annotations

import contextlib
import os
import re
import select
import sys
import threading
from collections.abc import Callable, Iterator
from enum import Enum

# An arrow key is ESC [ A: its last letter is not a key that was pressed.
_ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|O.|.)?", re.DOTALL)
_WINDOWS_SPECIAL = ("\x00", "\xe0")
_WINDOWS_POLL_SECONDS = 0.03


class Key(Enum):
    """A key that means something; OTHER is any that does not."""

    NEXT = "n"
    HINT = "h"
    LIST = "l"
    ALL = "a"
    RESET = "r"
    YES = "y"
    FILE = "f"
    OPEN = "o"
    QUIT = "q"
    OTHER = ""

    @classmethod
    def of(cls, character: str) -> Key:
        """The key of a character, upper or lower case."""
        try:
            return cls(character.lower())
        except ValueError:
            return cls.OTHER


Push = Callable[[Key], None]


@contextlib.contextmanager
def reading_keys(push: Push) -> Iterator[bool]:
    """Call `push` (from another thread) for every key pressed. Gives whether there is a keyboard to read.

    However the block ends, the terminal is afterwards as it was before.
    """
    stop = threading.Event()
    with contextlib.ExitStack() as stack:
        if sys.stdin is None or not sys.stdin.isatty():
            read = None
        elif sys.platform == "win32":
            read = _windows_reader(push, stop)
        else:
            read = _posix_reader(push, stop, stack)
        if read is None:
            yield False
            return
        thread = threading.Thread(target=read, name="keys", daemon=True)
        thread.start()
        try:
            yield True
        finally:
            stop.set()
            thread.join(timeout=1)


if sys.platform == "win32":
    import msvcrt

    def _windows_reader(push: Push, stop: threading.Event) -> Callable[[], None]:
        def read() -> None:
            while not stop.wait(_WINDOWS_POLL_SECONDS):
                while msvcrt.kbhit():
                    character = msvcrt.getwch()
                    if character in _WINDOWS_SPECIAL:
                        msvcrt.getwch()  # an arrow or function key comes as two characters
                        push(Key.OTHER)
                    else:
                        push(Key.of(character))

        return read

else:
    import signal
    import termios
    import tty

    def _posix_reader(
        push: Push, stop: threading.Event, stack: contextlib.ExitStack
    ) -> Callable[[], None] | None:
        terminal = sys.stdin.fileno()
        if os.tcgetpgrp(terminal) != os.getpgrp():
            return None  # in the background; touching the terminal would stop the process
        before = termios.tcgetattr(terminal)
        # TCSANOW: waiting until all output is read, as is the default, can wait for ever on a closing terminal.
        stack.callback(termios.tcsetattr, terminal, termios.TCSANOW, before)
        tty.setcbreak(terminal, termios.TCSANOW)

        def again(*_: object) -> None:
            tty.setcbreak(terminal, termios.TCSANOW)
            push(Key.OTHER)

        # After Ctrl-Z and `fg` the shell has set the terminal its own way.
        stack.callback(signal.signal, signal.SIGCONT, signal.signal(signal.SIGCONT, again))

        def read() -> None:
            while not stop.is_set():
                if not select.select([terminal], [], [], 0.1)[0]:
                    continue
                try:
                    data = os.read(terminal, 64)
                except OSError:
                    return
                if not data:
                    return
                for character in _ESCAPES.sub("\x1b", data.decode("utf-8", "replace")):
                    push(Key.of(character))

        return read

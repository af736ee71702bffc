"""bubblewrap as a second wall around the zygote: a file system that holds little else than Python and numpy.

Used where it is installed and works; Landlock and seccomp hold without it. GRADER_BWRAP=0 leaves it out, 1 insists.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from grader.errors import WallError

_SWITCH = "GRADER_BWRAP"
_SYSTEM_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")


def prefix(folders: Iterable[Path]) -> list[str]:
    """The words to put before the zygote's command; [] where bubblewrap is not to be used.

    folders: what must be readable beside Python itself. Raises WallError where GRADER_BWRAP=1 can't be had.
    """
    wish = os.environ.get(_SWITCH, "")
    if wish == "0" or not sys.platform.startswith("linux"):
        return []
    program = shutil.which("bwrap")
    words = _words(program, tuple(folders)) if program else []
    if words and _works(tuple(words)):
        return words
    if wish == "1":
        raise WallError(
            f"{_SWITCH}=1, but bubblewrap is not installed or does not work here (see: grader doctor)"
        )
    return []


def works() -> bool:
    """Whether bubblewrap is installed and can be used here."""
    program = shutil.which("bwrap")
    return bool(program) and _works(tuple(_words(str(program), ())))


def _words(program: str, folders: tuple[Path, ...]) -> list[str]:
    stdlib = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    # The interpreter's own files by their real places: the command names it without the virtual environment.
    mine = {
        Path(base_executable()).resolve().parent,
        Path(sys.base_prefix) / "lib",
        *map(Path, stdlib),
        *folders,
    }
    paths = [Path(path) for path in _SYSTEM_LIBRARIES] + sorted(mine)
    words = [program, "--die-with-parent", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    words += ["--cap-drop", "ALL", "--dev", "/dev", "--ro-bind", "/proc", "/proc"]
    for path in paths:
        words += ["--ro-bind-try", str(path), str(path)]
    return [*words, "--chdir", "/", "--"]


def base_executable() -> str:
    """The interpreter behind a virtual environment."""
    return str(getattr(sys, "_base_executable", "") or sys.executable)


@cache
def _works(words: tuple[str, ...]) -> bool:
    """Tried, not concluded: user namespaces may be switched off, in a container above all."""
    try:
        done = subprocess.run(
            [*words, base_executable(), "-S", "-c", "import math"],
            capture_output=True,
            timeout=20,
            check=False,
            env={},
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0

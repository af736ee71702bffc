"""The wall: what a worker gives up for good before it sees a line of a student's code (Linux only).

`confine` runs in a child freshly forked from the zygote, and every step is one the child cannot undo. It
reports the layers it found in force by trying them; nothing is concluded from version numbers. Fail closed: a
caller must not load a student's code when `Layers.wall` is false, unless the instructor asked for that.

Two things are the caller's: no descriptor but the two pipes and a *write-only* output file is open (a readable
file a student can write to could be mapped as code), and the zygote was started with an empty environment
(what it held is wiped, but copies an interpreter made at its start may live on in freed memory).

Without Landlock in the kernel (the strict fallback), nothing can be opened at all, so whatever a student may
import has to be there already: `preimport`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from . import landlock as _landlock
from . import seccomp
from .syscalls import libc, prctl

if sys.platform == "linux":
    import resource

_NOBODY: Final = 65534
_KEPT_VARIABLES: Final = ("LANG", "PYTHONHASHSEED")
_STACK_BYTES: Final = 8 << 20

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24
_PR_SET_NO_NEW_PRIVS, _PR_GET_NO_NEW_PRIVS = 38, 39
_PR_CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL = 47, 4
_CAPABILITY_VERSION_3: Final = 0x20080522


@dataclass(frozen=True)
class Limits:
    """What one worker may use.

    memory_bytes: its whole address space (an interpreter with numpy and one BLAS thread starts at 150 to 250
    MB). cpu_seconds: of all it does after the fork; one second more ends it even if it ignores the signal.
    file_bytes: how far any one file it holds open may grow. open_files: the highest descriptor it may get,
    plus one.
    """

    memory_bytes: int
    cpu_seconds: int
    file_bytes: int
    open_files: int = 64


@dataclass(frozen=True)
class Layers:
    """Which layers are in force, as found by doing it. landlock: the ABI in use, or 0."""

    rlimits: bool = False
    no_new_privs: bool = False
    landlock: int = 0
    seccomp: bool = False
    uid_dropped: bool = False
    capabilities_dropped: bool = False
    strict_fallback: bool = False

    @property
    def wall(self) -> bool:
        """Whether a stranger's code may run here.

        `uid_dropped` is not needed: an ordinary user has nothing to drop, and uid 0 without capabilities,
        behind the rest, is an ordinary user too.
        """
        files_closed = self.landlock > 0 or self.strict_fallback
        return (
            self.rlimits and self.no_new_privs and self.seccomp and self.capabilities_dropped and files_closed
        )


@dataclass(frozen=True)
class Prepared:
    """What can be made once, in the zygote, for all its children.

    ruleset: a descriptor that has to stay open in zygote and child, or None without Landlock. samples: one
    path of every folder that is to be read. filter, strict_filter: None where there is no table of system calls.
    """

    ruleset: int | None
    samples: tuple[str, ...]
    filter: bytes | None = field(repr=False)
    strict_filter: bytes | None = field(repr=False)


def prepare(readable: Sequence[str], *, landlock: bool = True) -> Prepared:
    """Build the rules for `confine`, whose arguments these are. Gives up nothing."""
    rules = None
    if landlock:
        with contextlib.suppress(OSError):
            rules = _landlock.ruleset(readable)
    samples = {os.path.dirname(path): path for path in readable if os.path.lexists(path)}  # noqa: PTH120
    return Prepared(rules, tuple(samples.values()), seccomp.program(False), seccomp.program(True))


def confine(
    limits: Limits,
    readable: Sequence[str],
    *,
    want_wall: bool = True,
    landlock: bool = True,
    prepared: Prepared | None = None,
    home: str = "/",
) -> Layers:
    """Give up, for good, all that computing does not need; return the layers in force.

    readable: files and folders that may be read, see `readable_paths`. want_wall: false leaves only the
    resource limits, the empty environment and the death with the parent. landlock: false behaves as on a
    kernel without it. prepared: what `prepare` made of the same paths in the zygote; it halves the time. The
    child's copy of its descriptor is closed. home: where relative paths begin; only `readable` may be read there,
    too. On other systems than Linux this does nothing and says so.
    """
    if sys.platform != "linux":
        return Layers()
    if prepared is None:
        prepared = prepare(readable, landlock=landlock and want_wall)
    rules = prepared.ruleset
    if rules is not None and not (want_wall and landlock):
        os.close(rules)
    clear_environment()
    os.chdir(home)
    layers = Layers()
    if want_wall:
        uid_dropped = _drop_uid(prepared.samples)
        layers = replace(layers, uid_dropped=uid_dropped, capabilities_dropped=_drop_capabilities())
    _tie_to_parent()
    layers = replace(layers, rlimits=_set_limits(limits))
    if not want_wall:
        return layers
    layers = replace(layers, no_new_privs=_forbid_new_privileges())
    if landlock and rules is not None:
        layers = replace(layers, landlock=_close_files(rules))
    strict = not layers.landlock
    filtered = _filter_calls(prepared.strict_filter if strict else prepared.filter)
    return replace(layers, seccomp=filtered, strict_fallback=filtered and strict and _fails(os.stat, "/"))


def clear_environment() -> None:
    """Forget every variable (they hold tokens and paths) but the language and the hash seed.

    The strings the kernel laid down at the start hold them a second time, for whoever reads this process's
    memory.
    """
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    os.environ.clear()
    with contextlib.suppress(OSError, ValueError, IndexError, AttributeError):
        libc("clearenv")
        fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
        start, end = int(fields[47]), int(fields[48])
        if 0 < start < end:
            ctypes.memset(start, 0, end - start)
    os.environ.update(kept)


def _drop_uid(samples: Sequence[str]) -> bool:
    """From root to nobody, unless nobody can't read the interpreter (one under a private home, say)."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    with contextlib.suppress(OSError):
        os.setgroups([])
    try:
        os.setresgid(-1, _NOBODY, -1)
        os.setresuid(-1, _NOBODY, -1)
    except OSError:
        # Only uid 0 is mapped in this user namespace, or a container took CAP_SETUID away.
        with contextlib.suppress(OSError):
            os.setresgid(-1, 0, -1)
        return False
    usable = all(os.access(path, os.R_OK, effective_ids=True) for path in samples)
    os.setresuid(-1, 0, -1)
    os.setresgid(-1, 0, -1)
    if not usable:
        return False
    _drop_bounding_set()
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    return os.getresuid() == (_NOBODY,) * 3


def _drop_bounding_set() -> None:
    with contextlib.suppress(OSError):
        for capability in range(64):
            prctl(_PR_CAPBSET_DROP, capability)


def _drop_capabilities() -> bool:
    _drop_bounding_set()
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    with contextlib.suppress(OSError):
        prctl(_PR_CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL)
        libc("capset", header, bytes(24))
    held = ctypes.create_string_buffer(b"\xff" * 24, 24)
    try:
        libc("capget", ctypes.create_string_buffer(header, len(header)), held)
    except OSError:
        return False
    return not any(held.raw)


def _tie_to_parent() -> None:
    """Die with the zygote, and let no process of the same user look inside. After the uid drop, which undoes
    both.

    The signal follows the zygote's thread, and one that was gone before is missed: the end of the pipe is
    the other half of this promise, and the caller's.
    """
    with contextlib.suppress(OSError):
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        prctl(_PR_SET_DUMPABLE)


def _set_limits(limits: Limits) -> bool:
    if sys.platform != "linux":
        return False
    wanted = {
        resource.RLIMIT_AS: (limits.memory_bytes, limits.memory_bytes),
        resource.RLIMIT_CPU: (limits.cpu_seconds, limits.cpu_seconds + 1),
        resource.RLIMIT_FSIZE: (limits.file_bytes, limits.file_bytes),
        resource.RLIMIT_NOFILE: (limits.open_files, limits.open_files),
        # Counted over all processes of the uid, but compared only when *this* one forks: 0 forbids it here
        # and costs neighbours nothing. Root is never counted, so that seccomp is what really stops a fork.
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_STACK: (_STACK_BYTES, _STACK_BYTES),
        resource.RLIMIT_MEMLOCK: (0, 0),
        resource.RLIMIT_MSGQUEUE: (0, 0),
    }
    try:
        for which, (soft, hard) in wanted.items():
            ceiling = resource.getrlimit(which)[1]
            if ceiling != resource.RLIM_INFINITY:
                soft, hard = min(soft, ceiling), min(hard, ceiling)
            resource.setrlimit(which, (soft, hard))
    except (OSError, ValueError):
        return False
    space, processor = resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CPU)
    return 0 <= space[1] <= limits.memory_bytes and 0 <= processor[1] <= limits.cpu_seconds + 1


def _forbid_new_privileges() -> bool:
    try:
        prctl(_PR_SET_NO_NEW_PRIVS, 1)
        return prctl(_PR_GET_NO_NEW_PRIVS) == 1
    except OSError:
        return False


def _close_files(ruleset: int) -> int:
    """Landlock's ABI if it now holds, tried by listing the root folder; else 0."""
    try:
        _landlock.restrict(ruleset)
    except OSError:
        return 0
    return _landlock.abi() if _fails(os.listdir, "/") else 0


def _filter_calls(code: bytes | None) -> bool:
    if code is None:
        return False
    try:
        seccomp.install(code)
    except OSError:
        return False
    return _fails(os.kill, os.getpid(), 0)


def _fails(function: object, *arguments: object) -> bool:
    """Whether the system denies it. (Not: whether it fails for any reason.)"""
    try:
        function(*arguments)  # type: ignore[operator]
    except PermissionError:
        return True
    except OSError:
        return False
    return False

"""Landlock: after `restrict`, this process opens nothing for writing and only the named paths for reading.

What it does not cover: `stat` and `chmod` of paths, and everything that is not a file, TCP port or signal.
seccomp stops the rest (`chmod` among it); `stat` stays, because importing needs it, so that a worker can find
out whether a path it guesses exists, how long it is and when it was changed, but not what is in it, nor what
lies in a folder.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Sequence
from typing import Final

from .syscalls import machine, syscall

_CREATE_RULESET_VERSION: Final = 1
_RULE_PATH_BENEATH: Final = 1
# A worker that keeps asking for forbidden files would fill the machine's audit log (ABI 7 writes one).
_LOG_NOTHING: Final = 1

_READ_FILE: Final = 1 << 2
_READ_DIR: Final = 1 << 3
#: Rights on files that each ABI knows: execute, write, read, list, remove, make; then refer, truncate, ioctl.
_FILE_RIGHTS: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP_BIND_AND_CONNECT: Final = 0b11
_SCOPE_SOCKETS_AND_SIGNALS: Final = 0b11


def abi() -> int:
    """The Landlock version this kernel offers, 0 if none (or switched off)."""
    known = machine()
    if known is None:
        return 0
    try:
        return syscall(known.numbers["landlock_create_ruleset"], None, 0, _CREATE_RULESET_VERSION)
    except OSError:
        return 0


def ruleset(readable: Sequence[str]) -> int:
    """A file descriptor of rules: everything handled, only reading below `readable` granted. Raises OSError.

    Folders count with all below them; paths that do not exist, or that this user cannot reach, are passed
    over and grant nothing.
    """
    version, known = abi(), machine()
    if not version or known is None:
        raise OSError("this kernel has no Landlock")
    files = max(rights for since, rights in _FILE_RIGHTS.items() if since <= version)
    attributes = struct.pack("=Q", files)
    if version >= 4:
        attributes += struct.pack("=Q", _TCP_BIND_AND_CONNECT)
    if version >= 6:
        attributes += struct.pack("=Q", _SCOPE_SOCKETS_AND_SIGNALS)
    rules = syscall(known.numbers["landlock_create_ruleset"], attributes, len(attributes), 0)
    try:
        for path in readable:
            _grant(known.numbers["landlock_add_rule"], rules, path)
    except BaseException:
        os.close(rules)
        raise
    return rules


def _grant(add_rule: int, rules: int, path: str) -> None:
    if sys.platform != "linux":
        return
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        folder = stat.S_ISDIR(os.fstat(target).st_mode)
        rights = _READ_FILE | _READ_DIR if folder else _READ_FILE
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, target), 12)
        syscall(add_rule, rules, _RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(target)


def restrict(rules: int) -> None:
    """Put this thread under `rules`, for good, and close them. Needs no-new-privileges. Raises OSError."""
    known = machine()
    if known is None:
        raise OSError("this kernel has no Landlock")
    try:
        syscall(known.numbers["landlock_restrict_self"], rules, _LOG_NOTHING if abi() >= 7 else 0)
    finally:
        os.close(rules)

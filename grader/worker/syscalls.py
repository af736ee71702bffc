"""System call numbers, and how to make the few calls Python has no function for.

x86-64 and aarch64. The aarch64 column comes from the kernel's generic table and has not been run on such a
machine.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

#: name, number on x86-64, number on aarch64; "-" where the architecture does not have the call.
_TABLE: Final = """
read                0   63
write               1   64
stat                4    -
fstat               5   80
lstat               6    -
lseek               8   62
close               3   57
mmap                9  222
mprotect           10  226
munmap             11  215
brk                12  214
rt_sigaction       13  134
rt_sigreturn       15  139
setitimer          38  103
ioctl              16   29
pread64            17   67
mremap             25  216
madvise            28  233
nanosleep          35  101
getpid             39  172
getcwd             79   17
gettimeofday       96  169
getrusage          98  165
times             100  153
getppid           110  173
time              201    -
futex             202   98
sched_getaffinity 204  123
getdents64        217   61
restart_syscall   219  128
clock_gettime     228  113
clock_getres      229  114
clock_nanosleep   230  115
exit_group        231   94
openat            257   56
newfstatat        262   79
getrandom         318  278
statx             332  291
clone3            435  435
landlock_create_ruleset 444 444
landlock_add_rule       445 445
landlock_restrict_self  446 446
"""


@dataclass(frozen=True)
class Machine:
    """An architecture as seccomp sees it: its AUDIT_ARCH constant and its system call numbers by name."""

    name: str
    audit: int
    numbers: Mapping[str, int]


def machine() -> Machine | None:
    """The machine this process runs on, or None where there is no table for it (or this is not Linux)."""
    # A 32-bit interpreter makes other calls than its 64-bit kernel's table says.
    if sys.platform != "linux" or struct.calcsize("P") != 8:
        return None
    name = os.uname().machine
    return Machine(name, *_BY_NAME[name]) if name in _BY_NAME else None


def _column(index: int) -> Mapping[str, int]:
    rows = (line.split() for line in _TABLE.split("\n") if line)
    return MappingProxyType({row[0]: int(row[index]) for row in rows if row[index] != "-"})


_BY_NAME: Final = MappingProxyType({"x86_64": (0xC000003E, _column(1)), "aarch64": (0xC00000B7, _column(2))})

# Loaded where this module is imported, in the zygote, so that no worker pays for it.
_LIBC: Final[Any] = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
if _LIBC is not None:
    _LIBC.syscall.restype = ctypes.c_long
    _LIBC.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]


def libc(function: str, *arguments: Any) -> int:
    """Call a C library function by name; ints are passed as C ints where it declares nothing. Raises
    OSError."""
    if _LIBC is None:
        raise OSError("there is no such call on this system")
    result = int(getattr(_LIBC, function)(*arguments))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def prctl(option: int, *arguments: int) -> int:
    """Change or ask something of this process; missing arguments are 0. Raises OSError."""
    return libc("prctl", option, *arguments, *[0] * (4 - len(arguments)))


def syscall(number: int, *arguments: Any) -> int:
    """Make a system call by number; ints are passed as unsigned longs. Raises OSError."""
    passed = [ctypes.c_ulong(value) if isinstance(value, int) else value for value in arguments]
    return libc("syscall", ctypes.c_long(number), *passed)

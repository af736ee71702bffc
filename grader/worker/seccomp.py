"""seccomp: the list of system calls a worker may make. Every other one fails with EPERM.

Decisions, and why:

- **No processes, no threads.** `clone` and `fork` are denied with or without CLONE_THREAD. Threads would
  outlive the call that started them and change arrays of the next; nothing in these exercises needs one.
  `clone3` says ENOSYS.
- **`setitimer` signals nobody but the process that calls it**: clock.py stops a statement outside the functions
  that takes long, so that the rest of the file still counts.
- **No new machine code.** Executable memory can be mapped from a file (libraries that are imported late) but
  never together with write access, nor anonymously, nor by `mprotect`. This is a second line: a student can
  call into libraries already loaded through ctypes, and nothing here counts on the contrary.
- **No sockets.** The line to the grader is a pair of pipes, so nothing that passes descriptors, addresses or urgent
  data is needed, and none of those calls is allowed.
- **Files that are open stay usable.** `openat` passes only without any flag
  that writes or creates, and which files it opens is Landlock's business. Without Landlock (`strict`),
  opening and stat are off.
- **Nothing that tells of others**: not the machine's load and memory (`sysinfo`), nor users and other processes'
  limits. Nor anything that descriptors are copied, waited for or changed with.
- Each call of the list is one that honest code makes; `test_needed_calls.py` shows it for each.
- **`stat` stays** with Landlock on: imports need it. See landlock.py for what that gives away.
- **A wrong architecture ends the process**: its numbers mean other calls (x32 and 32-bit calls on x86-64).
"""

from __future__ import annotations

import ctypes
import os
import struct
from errno import ENOSYS, EPERM
from typing import Final

from .syscalls import Machine, machine, prctl

#: What computing with CPython and numpy takes, and talking on pipes that are open.
_ALLOWED: Final = """
read write lseek close getdents64 munmap brk madvise mremap futex
clock_gettime clock_nanosleep times getrusage getrandom sched_getaffinity getpid getppid getcwd
rt_sigaction rt_sigreturn setitimer exit_group
"""
#: The same under another name, on other machines and with other C libraries; how a library with an unusual head is
#: loaded late; and how the kernel goes on with a sleep.
_INSTEAD: Final = "fstat clock_getres nanosleep gettimeofday time pread64 restart_syscall"
_PATHS: Final = ("stat", "lstat", "newfstatat", "statx")

# struct seccomp_data: nr, arch, instruction pointer, six 64-bit arguments (little-endian on both machines).
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_X32_BIT = 0x40000000

_PROT_WRITE, _PROT_EXEC = 0x2, 0x4
_MAP_ANONYMOUS = 0x20
#: TCGETS (isatty), FIOCLEX: what opening a file takes. Not TIOCSTI, which types into a terminal.
_IOCTL = (0x5401, 0x5451)

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2

_Instruction = tuple[int, int, int, int]


def program(strict: bool) -> bytes | None:
    """The filter for this machine as BPF code, or None where there is no table for it.

    strict: also deny opening files and `stat`, for kernels without Landlock.
    """
    here = machine()
    if here is None:
        return None
    code = [
        _load(_ARCH),
        (_JUMP_EQUAL, 1, 0, here.audit),
        _give(_KILL),
        _load(_NUMBER),
    ]
    if here.name == "x86_64":
        code += [(_JUMP_AT_LEAST, 0, 1, _X32_BIT), _give(_KILL)]
    for name, body in _rules(here, strict):
        if name in here.numbers:
            code += [(_JUMP_EQUAL, 0, len(body), here.numbers[name]), *body]
    code.append(_give(_DENY | EPERM))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def install(filter_code: bytes) -> None:
    """Put this thread under the filter, for good. Needs no-new-privileges. Raises OSError."""
    code = ctypes.create_string_buffer(filter_code, len(filter_code))
    header = struct.pack("@HP", len(filter_code) // 8, ctypes.addressof(code))
    pointer = ctypes.create_string_buffer(header, len(header))
    prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(pointer))


def _rules(here: Machine, strict: bool) -> list[tuple[str, list[_Instruction]]]:
    """By call, the instructions that decide on it. Each list ends in a return; the number is loaded before
    it."""
    allow = [_give(_ALLOW)]
    rules = [(name, allow) for name in (*_ALLOWED.split(), *_INSTEAD.split())]
    rules += [
        ("mmap", _mmap()),
        ("mprotect", _deny_bits(2, _PROT_EXEC)),
        ("ioctl", _one_of(1, _IOCTL)),
        ("clone3", [_give(_DENY | ENOSYS)]),
    ]
    if not strict:
        rules += [(name, allow) for name in _PATHS]
        writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        rules.append(("openat", _deny_bits(2, writes)))
    return rules


def _mmap() -> list[_Instruction]:
    executable_and_harmless = [
        (_JUMP_ANY_BIT, 3, 0, _PROT_WRITE),
        _argument(3, "low"),
        (_JUMP_ANY_BIT, 1, 0, _MAP_ANONYMOUS),
        _give(_ALLOW),
        _give(_DENY | EPERM),
    ]
    return [_argument(2, "low"), (_JUMP_ANY_BIT, 1, 0, _PROT_EXEC), _give(_ALLOW), *executable_and_harmless]


def _deny_bits(argument: int, bits: int) -> list[_Instruction]:
    return [_argument(argument, "low"), (_JUMP_ANY_BIT, 0, 1, bits), _give(_DENY | EPERM), _give(_ALLOW)]


def _one_of(argument: int, values: tuple[int, ...]) -> list[_Instruction]:
    tests = [(_JUMP_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [_argument(argument, "low"), *tests, _give(_DENY | EPERM), _give(_ALLOW)]


def _argument(index: int, half: str) -> _Instruction:
    return _load(_ARGUMENTS + 8 * index + (4 if half == "high" else 0))


def _load(offset: int) -> _Instruction:
    return (_LOAD, 0, 0, offset)


def _give(result: int) -> _Instruction:
    return (_RETURN, 0, 0, result)

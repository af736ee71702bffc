"""The wall from the inside: code runs in a confined child and says what it could do.

Each wall is one process that, like the zygote, has numpy loaded and forks a child for every test. The
children run below it, not below pytest, so that pytest's threads and open files do not matter.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
WORKER = REPOSITORY / "grader" / "worker"
CANARY = "canary-of-the-environment"
PERMISSION, ACCESS, NO_SUCH_CALL, TOO_BIG = 1, 13, 38, 27

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this wall")

RANGE = Path(__file__).with_name("confinement_range.py")


@dataclass(frozen=True)
class Wall:
    """A forking process; `run` executes code in a fresh confined child of it."""

    process: subprocess.Popen[str]
    kind: str
    lazy: bool

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def run(
        self,
        code: str,
        *,
        say: str = "",
        orphan: bool = False,
        deaf: bool = False,
        readable: list[str] | None = None,
        ends_by: int = 0,
        **limits: int,
    ) -> dict[str, Any]:
        """What `code` put into `found`. Asserts that the child ended by itself, or by the signal
        `ends_by`."""
        request = {"code": textwrap.dedent(code), "say": say, "readable": readable}
        answer = self.ask({**request, "orphan": orphan, "deaf": deaf, "limits": limits})
        assert answer["signal"] == ends_by
        found: dict[str, Any] = answer["found"]
        assert "failed" not in found, found["failed"]
        return found


@pytest.fixture(scope="module", params=["root", "ordinary user", "strict fallback"])
def wall(request: pytest.FixtureRequest) -> Iterator[Wall]:
    kind: str = request.param
    root = os.geteuid() == 0
    if kind == "root" and not root:
        pytest.skip("not run by root")
    user = "12345" if root and kind == "ordinary user" else "0"
    strict = "strict" if kind.startswith("strict") else ""
    arguments = [sys.executable, "-I", str(RANGE), str(WORKER), user, strict]
    variables = {"OPENBLAS_NUM_THREADS": "1", "TOKEN": CANARY, "LANG": "C.UTF-8"}
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, stdin=pipe, stdout=pipe, text=True, env=variables, cwd="/") as process:
        assert process.stdout is not None
        yield Wall(process, kind, json.loads(process.stdout.readline())["lazy"])


@pytest.mark.sampled
def test_layers_are_reported_as_in_force(wall: Wall) -> None:
    layers = wall.run("")["layers"]
    strict = wall.kind == "strict fallback"
    expected = {"rlimits", "no_new_privs", "seccomp", "capabilities_dropped", "wall"}
    assert {name for name in expected if layers[name]} == expected
    assert (layers["landlock"] == 0) is strict
    assert layers["strict_fallback"] is strict


def test_numpy_computes(wall: Wall) -> None:
    found = wall.run("""
        a = numpy.arange(90000.0).reshape(300, 300)
        found["matmul"] = float((a @ numpy.eye(300) - a).max())
        found["fft"] = float(abs(numpy.fft.ifft(numpy.fft.fft(a[0])) - a[0]).max())
        found["svd"] = float(numpy.linalg.svd(numpy.diag([3.0, 4.0]))[1][0])
        found["solve"] = numpy.linalg.solve(numpy.eye(2), numpy.ones(2)).tolist()
        found["einsum"] = float(numpy.einsum("ij,jk->", numpy.ones((2, 3)), numpy.ones((3, 4))))
        found["random"] = float(numpy.random.default_rng(0).uniform()) < 1
        found["seeded"] = numpy.random.RandomState(0).randint(100)
    """)
    assert found["matmul"] == 0
    assert found["fft"] < 1e-8
    assert (found["svd"], found["solve"], found["einsum"]) == (4.0, [1.0, 1.0], 24.0)
    assert found["random"]
    assert found["seeded"] == 44


def test_what_was_not_imported_yet_can_be_imported(wall: Wall) -> None:
    if wall.kind == "strict fallback":
        pytest.skip("nothing can be opened there, by design")
    if not wall.lazy:
        pytest.skip("this interpreter lies in a folder that ordinary users cannot read")
    found = wall.run("""
        names = ["colorsys", "_lsprof", "numpy.lib.recfunctions"]
        found["new"] = [name for name in names if name not in sys.modules]
        import fractions, colorsys, _lsprof, numpy.polynomial, numpy.lib.recfunctions
        found["third"] = str(fractions.Fraction(1, 3))
        found["roots"] = numpy.polynomial.Polynomial([-4, 0, 1]).roots().tolist()
    """)
    assert found["new"] == ["colorsys", "_lsprof", "numpy.lib.recfunctions"]
    assert found["third"] == "1/3"
    assert found["roots"] == pytest.approx([-2, 2])


def test_other_packages_cannot_be_imported(wall: Wall) -> None:
    found = wall.run(f"""
        found["read"] = outcome(open, {pytest.__file__!r})
        found["import"] = outcome(__import__, "pytest")
    """)
    assert found["read"] in (ACCESS, PERMISSION)
    assert found["import"] in (ACCESS, PERMISSION, "ModuleNotFoundError")


def test_no_file_of_the_machine_can_be_read(wall: Wall, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    paths = ["/etc/passwd", "/proc/self/environ", "/proc/self/maps", "/proc/1/cmdline", "/dev/zero"]
    paths += [str(secret), str(REPOSITORY / "course.yaml"), str(WORKER / "confine.py"), sys.executable]
    found = wall.run(f"found['read'] = [outcome(open, path, 'rb') for path in {paths!r}]")
    assert set(found["read"]) <= {ACCESS, PERMISSION}


def test_no_folder_can_be_listed(wall: Wall) -> None:
    paths = ["/", "/etc", "/proc", str(Path.home()), str(REPOSITORY), str(Path(pytest.__file__).parents[1])]
    found = wall.run(f"found['listed'] = [outcome(os.listdir, path) for path in {paths!r}]")
    assert set(found["listed"]) <= {ACCESS, PERMISSION}


def test_nothing_can_be_written_or_changed(wall: Wall, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    kept = tmp_path / "kept"
    kept.write_text("as it was")
    kept.chmod(0o666)
    found = wall.run(f"""
        folder, kept = {str(tmp_path)!r}, {str(kept)!r}
        found["tried"] = [
            outcome(open, folder + "/new", "w"), outcome(open, kept, "a"), outcome(open, kept, "r+"),
            outcome(open, "/tmp/new", "w"), outcome(open, "/dev/shm/new", "w"),
            outcome(os.mkdir, folder + "/new"), outcome(os.remove, kept), outcome(os.rename, kept, kept +
            "2"), outcome(os.link, kept, folder + "/new"), outcome(os.symlink, kept, folder + "/new"),
            outcome(os.truncate, kept, 0), outcome(os.chmod, kept, 0), outcome(os.chown, kept, -1, -1),
            outcome(os.utime, kept), outcome(os.mkfifo, folder + "/new"), outcome(os.setxattr, kept, "user.a",
            b"x"),
        ]
    """)
    assert set(found["tried"]) <= {ACCESS, PERMISSION}
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert kept.read_text() == "as it was"
    assert kept.stat().st_mode & 0o777 == 0o666


def test_no_process_program_socket_or_signal(wall: Wall) -> None:
    found = wall.run("""
        found["tried"] = [
            outcome(os.fork), outcome(os.execv, "/bin/true", ["true"]),
            outcome(os.posix_spawn, "/bin/true", ["true"], {}),
            outcome(socket.socket, socket.AF_INET), outcome(socket.socket, socket.AF_UNIX),
            outcome(socket.socketpair),
            outcome(os.kill, os.getppid(), 0), outcome(os.kill, -1, 0), outcome(os.kill, os.getpid(), 0),
            outcome(os.setsid), outcome(os.setpriority, os.PRIO_PROCESS, 0, -5), outcome(os.memfd_create,
            "x"), outcome(os.pipe), outcome(os.unshare, 0) if hasattr(os, "unshare") else 1,
            outcome(os.sched_setaffinity, 0, {0}),
        ]
        found["thread"] = outcome(__import__("_thread").start_new_thread, print, ())
    """)
    assert set(found["tried"]) <= {PERMISSION, ACCESS}
    assert found["thread"] == "RuntimeError"


# Every one of them harmless with these arguments, all zeros, where it is not denied.
DENIED = """
open=2 shmget=29 alarm=37 sendfile=40 socket=41 connect=42 bind=49 setsockopt=54
clone=56 fork=57 execve=59 kill=62 semget=64 msgget=68 truncate=76 ftruncate=77 readlink=89 chmod=90
fchmod=91 chown=92 ptrace=101 syslog=103 setuid=105 capset=126 personality=135 mlock=149 prctl=157
setrlimit=160 chroot=161 mount=165 tkill=200 sched_setaffinity=203 epoll_create=213 timer_create=222
tgkill=234 mq_open=240 add_key=248 keyctl=250 inotify_init=253 fchmodat=268 unshare=272 splice=275
tee=276 vmsplice=278 fallocate=285 pipe2=293 perf_event_open=298 name_to_handle_at=303
open_by_handle_at=304 setns=308 process_vm_readv=310 process_vm_writev=311 seccomp=317
memfd_create=319 bpf=321 execveat=322 userfaultfd=323 copy_file_range=326 pkey_mprotect=329
pidfd_send_signal=424 io_uring_setup=425 pidfd_open=434 openat2=437 pidfd_getfd=438
landlock_create_ruleset=444 memfd_secret=447
"""


@pytest.mark.skipif(platform.machine() != "x86_64", reason="these are numbers of x86-64")
def test_raw_system_calls_are_denied(wall: Wall) -> None:
    found = wall.run(f"""
        libc = ctypes.CDLL(None, use_errno=True)
        found["passed"] = []
        for name, number in (entry.split("=") for entry in {DENIED!r}.split()):
            ctypes.set_errno(0)
            if libc.syscall(int(number), 0, 0, 0, 0, 0, 0) >= 0 or ctypes.get_errno() != {PERMISSION}:
                found["passed"].append(name)
        ctypes.set_errno(0)
        found["clone3"] = libc.syscall(435, 0, 0), ctypes.get_errno()
    """)
    assert found["passed"] == []
    assert found["clone3"] == [-1, NO_SUCH_CALL]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x32 calls exist on x86-64")
def test_calls_of_another_architecture_end_the_process(wall: Wall) -> None:
    wall.run("ctypes.CDLL(None).syscall(0x40000000 | 39)", ends_by=signal.SIGSYS)


def test_machine_code_cannot_be_brought_in(wall: Wall) -> None:
    found = wall.run("""
        new = mmap.mmap
        found["executable"] = outcome(lambda: new(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC))
        found["both"] = outcome(lambda: new(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC))
        libc = ctypes.CDLL(None, use_errno=True)
        libc.mmap.restype = ctypes.c_void_p
        libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        page = libc.mmap(None, ctypes.c_size_t(4096), 3, 0x22, -1, ctypes.c_long(0))
        found["plain"] = libc.mprotect(page, 4096, 1)
        found["made executable"] = libc.mprotect(page, 4096, 5)
    """)
    assert found["executable"] == found["both"] == PERMISSION
    assert (found["plain"], found["made executable"]) == (0, -1)


def test_the_pipes_still_work_both_ways_and_are_no_sockets(wall: Wall) -> None:
    found = wall.run(
        """
        reading, writing = channel
        found["read"] = os.read(reading, 2).decode()
        found["copied"] = outcome(os.dup, reading)
        kept = [socket.socket(1, 1, 0, number) for number in channel]
        found["as a socket"] = [
            outcome(lambda s=s, call=call: call(s))
            for s in kept
            for call in (
                lambda s: s.recv(1, socket.MSG_OOB), lambda s: s.send(b"x", socket.MSG_OOB), lambda s: s.getpeername(),
                lambda s: s.recvmsg(1, 100), lambda s: s.sendmsg([b"x"], [(1, 1, b"1234")]), lambda s: s.shutdown(1),
            )
        ]
        [s.detach() for s in kept]
        """,
        say="ab",
    )
    assert (found["read"], found["copied"]) == ("ab", PERMISSION)
    assert set(found["as a socket"]) <= {PERMISSION, errno.ENOTSOCK}


def test_memory_ends_in_an_exception(wall: Wall) -> None:
    found = wall.run(
        """
        found["big"] = outcome(lambda: numpy.ones(10**9))
        found["many"] = outcome(lambda: [bytearray(1 << 24) for _ in range(10**6)])
        found["after"] = len(bytearray(1 << 20))
        """,
        memory_bytes=1 << 30,
    )
    assert found["big"] in ("MemoryError", "_ArrayMemoryError")
    assert found["many"] == "MemoryError"
    assert found["after"] == 1 << 20


def test_open_files_stop_growing_at_their_limit(wall: Wall) -> None:
    found = wall.run(
        """
        found["small"] = outcome(os.write, output, b"x" * 1000)
        found["large"] = outcome(lambda: [os.write(output, b"x" * 1000) for _ in range(10)])
        """,
        file_bytes=4096,
    )
    assert (found["small"], found["large"]) == ("done", TOO_BIG)


def test_only_the_given_descriptors_are_left(wall: Wall) -> None:
    found = wall.run("""
        found["open"] = [number for number in range(100) if outcome(os.lseek, number, 0, 1) != 9]
        found["given"] = [0, 1, 2, *sorted((*channel, output))]
    """)
    assert found["open"] == found["given"]


def test_descriptors_are_few(wall: Wall) -> None:
    found = wall.run("found['open'] = outcome(lambda: [os.open(numpy.__file__, 0) for _ in range(200)])")
    assert found["open"] in (errno.EMFILE, PERMISSION)  # without Landlock nothing is opened at all


def test_cpu_time_ends_the_process_even_if_it_ignores_the_warning(wall: Wall) -> None:
    wall.run("while True: pass", deaf=True, cpu_seconds=0, ends_by=signal.SIGKILL)


def test_limits_cannot_be_raised(wall: Wall) -> None:
    found = wall.run("""
        found["set"] = outcome(resource.setrlimit, resource.RLIMIT_AS, (1 << 40, 1 << 40))
        found["lowered"] = outcome(resource.setrlimit, resource.RLIMIT_AS, (1 << 29, 1 << 29))
        found["big"] = outcome(lambda: numpy.ones(1 << 28))
    """)
    assert found["set"] in (PERMISSION, "ValueError")
    assert found["lowered"] in (PERMISSION, "ValueError")
    assert found["big"] in ("MemoryError", "_ArrayMemoryError")


def test_environment_is_gone_from_every_place_it_was_kept(wall: Wall) -> None:
    found = wall.run("""
        import posix
        found["environ"] = dict(os.environ)
        found["posix"] = len(posix.environ)
        libc = ctypes.CDLL(None)
        libc.getenv.restype = ctypes.c_char_p
        found["libc"] = repr(libc.getenv(b"TOKEN"))
        start, end = environment_at
        found["stack"] = ctypes.string_at(start, end - start).decode("latin-1")
    """)
    assert found["environ"] == {"LANG": "C.UTF-8"}
    assert (found["posix"], found["libc"]) == (1, "None")
    assert set(found["stack"]) == {"\0"}


def test_nobody_is_left_when_the_parent_dies(wall: Wall) -> None:
    found = wall.run("os.write(channel[1], b'x')\nwhile True: pass", orphan=True)
    assert found["end_seen"]


def test_root_becomes_nobody_where_nobody_can_read_what_is_needed(wall: Wall) -> None:
    if wall.kind != "root":
        pytest.skip("only root has a uid to drop")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        for name, mode in (("roots", 0o600), ("everybodys", 0o644)):
            Path(folder, name).write_text("x")
            Path(folder, name).chmod(mode)
        code = f"found['read'] = [outcome(open, {folder!r} + name) for name in ('/roots', '/everybodys')]"
        found = wall.run(code, readable=["/usr/lib", folder])
    assert found["layers"]["uid_dropped"]
    assert found["read"] == [errno.EACCES, "done"]


def test_root_without_capabilities_is_stopped_by_permissions(wall: Wall, tmp_path: Path) -> None:
    if wall.kind != "root":
        pytest.skip("only root has a uid to drop")
    tmp_path.chmod(0o700)
    for name, mode in (("mine", 0o600), ("locked", 0o000)):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(mode)
    code = f"found['read'] = [outcome(open, {str(tmp_path)!r} + name) for name in ('/mine', '/locked')]"
    found = wall.run(code, readable=[str(tmp_path)])
    assert not found["layers"]["uid_dropped"]
    assert found["layers"]["wall"]
    assert found["read"] == ["done", ACCESS]


@pytest.mark.sampled
def test_the_probe_finds_the_wall_by_trying(wall: Wall) -> None:
    answer = wall.ask({"probe": True})
    assert answer["wall"]
    assert all(answer["attempts"].values())
    assert len(answer["attempts"]) >= 9

"""A temporary course with canaries, a class of hostile submissions, and the real command run on it.

Everything an attack could reach lies under one folder, and is photographed before and after. The attacks know
every path (`@COURSE@` and the like in their sources): the wall may not depend on secrets of that kind.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import json
import os
import re
import resource
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
NEIGHBOUR = "neighbour"
#: Has every exercise wrong, so that all is kept in the cache before the attacks begin: then nothing may change in it.
BEGINNER = "beginner"
NOBODY = 65534
#: Small, so that a hundred attacks on them take a minute; the wall limits are far behind for a loaded machine.
LIMITS = {
    "call": {"cpu": 0.4, "wall": 3},
    "exercise": {"cpu": 1.5, "wall": 8},
    "submission": {"cpu": 6, "wall": 30},
    "memory_mb": 512,
    "output_kb": 64,
    "submission_mb": 20,
}
RUN_SECONDS = 570
_PR_SET_CHILD_SUBREAPER = 36
#: Where code that broke out would leave things: names with the run's mark in them are looked for.
_COMMON_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/etc/cron.d", "/root", "/")


def load_builders() -> ModuleType:
    """builders.py, which no package holds."""
    spec = importlib.util.spec_from_file_location("attack_builders", HERE / "builders.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def attack_names() -> list[str]:
    """Every attack as family/name."""
    return sorted(claim.parent.relative_to(HERE).as_posix() for claim in HERE.glob("*/*/claim.md"))


@dataclass
class Ran:
    """The finished command."""

    code: int
    out: str
    err: str
    seconds: float


@dataclass
class Arena:
    """Where a run takes place, and what came of it."""

    root: Path
    user: int | None
    bubblewrap: str | None
    mark: str
    tokens: dict[str, str]
    #: Beside who runs it: "on a cluster", "in nbgrader with the drop-in".
    kind: str = ""
    port: int = 0
    students: dict[str, list[str]] = field(default_factory=dict)
    ran: Ran | None = None
    alone: dict[str, Any] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    survivors: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: What is made of each student's results, for people: file name → path.
    files: dict[str, dict[str, Path]] = field(default_factory=dict)
    #: Attacks that can't be made in this kind of run → why.
    left_out: dict[str, str] = field(default_factory=dict)
    #: Further folders in which nothing may change.
    watched: list[Path] = field(default_factory=list)
    #: Of any one process of the run, in MB, as far as it exceeds what this process has seen before.
    peak_mb: float = 0.0

    def __post_init__(self) -> None:
        self.course = self.root / "course"
        self.submissions = self.root / "submissions"
        self.out = self.root / "results"
        self.home = self.root / "home"
        self.cwd = self.root / "cwd"
        self.tmp = self.root / "tmp"

    def facts(self, student: str = "") -> dict[str, str]:
        """What the attacks are told."""
        return {
            "COURSE": str(self.course), "SUBMISSIONS": str(self.submissions), "OUT": str(self.out), "HOME": str(self.home),
            "CWD": str(self.cwd), "TMP": str(self.tmp), "MARK": self.mark, "PORT": str(self.port), "STUDENT": student,
            "PACKAGE": str(REPOSITORY),
        }  # fmt: skip

    def texts(self, student: str) -> dict[str, str]:
        """What is made of a student's results: file name → text."""
        return {name: path.read_text(encoding="utf-8") for name, path in self.files[student].items()}

    def leaks(self, text: str) -> list[str]:
        """The kinds of canaries that stand in `text`."""
        return sorted(kind for kind, token in self.tokens.items() if token in text)


@contextlib.contextmanager
def arena(user: int | None, bubblewrap: str | None) -> Iterator[Arena]:
    """An empty arena, removed afterwards. user: whose the command and all files are; None: whoever runs this."""
    root = Path(tempfile.mkdtemp(prefix="arena-"))
    root.chmod(0o755)
    kinds = ("reference", "tests", "key", "neighbour", "gradebook", "home", "environment")
    tokens = {kind: f"canary-{kind}-{secrets.token_hex(8)}" for kind in kinds}
    # Not at random: hidden tests are drawn from it, and a run must be repeatable.
    tokens["seed"] = "canary-seed-3f9b1c07d2aa4e58"
    made = Arena(root, user, bubblewrap, f"mark{secrets.token_hex(6)}", tokens)
    try:
        yield made
    finally:
        # Some of the trees are deeper than a path may be long, and closed.
        subprocess.run(["chmod", "-R", "u+rwx", str(root)], capture_output=True, check=False)
        subprocess.run(["rm", "-rf", str(root)], capture_output=True, check=False)


def plant(made: Arena) -> None:
    """Copy the course, with a canary in everything that is secret."""
    for folder in (made.home, made.cwd, made.tmp, made.submissions):
        folder.mkdir()
    ignore = shutil.ignore_patterns("__pycache__", ".*", "*.html", "data", "checks", "figure", "*.ipynb")
    for part in ("solutions/cnn", "tests/hidden/cnn", "exercises/cnn"):
        shutil.copytree(REPOSITORY / part, made.course / part, ignore=ignore)
    course = yaml.safe_load((REPOSITORY / "course.yaml").read_text(encoding="utf-8"))
    course["assignments"] = {"cnn": course["assignments"]["cnn"] | {"limits": LIMITS}}  # the one copied above
    (made.course / "course.yaml").write_text(yaml.safe_dump(course, allow_unicode=True), encoding="utf-8")
    neighbour = made.submissions / NEIGHBOUR
    neighbour.mkdir()
    for chapter in ("convolution", "pooling", "sharing"):
        text = (made.course / "solutions/cnn" / f"{chapter}.py").read_text(encoding="utf-8")
        (neighbour / f"{chapter}.py").write_text(f"{text}\n# {made.tokens['neighbour']}\n", encoding="utf-8")
    beginner = made.submissions / BEGINNER
    beginner.mkdir()
    for path in (made.course / "exercises/cnn").glob("*.py"):
        names = re.findall(r"^def (\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
        text = "".join(f"def {name}(*args, **kwargs):\n    return 0\n\n\n" for name in names)
        (beginner / path.name).write_text(text, encoding="utf-8")
    for kind, folder in (("reference", "solutions/cnn"), ("tests", "tests/hidden/cnn")):
        for path in sorted((made.course / folder).glob("*.py")):
            with path.open("a", encoding="utf-8") as file:
                file.write(f'\n\nCANARY = "{made.tokens[kind]}"  # {made.tokens[kind]}\n')
    (made.course / "tests/hidden/cnn/seed.txt").write_text(made.tokens["seed"] + "\n", encoding="utf-8")
    with (made.course / "solutions/cnn/key.yaml").open("a", encoding="utf-8") as file:
        file.write(f"\n# {made.tokens['key']}\n")
    for name in (".bashrc", ".secret"):
        (made.home / name).write_text(made.tokens["home"] + "\n", encoding="utf-8")


def enlist(made: Arena, names: list[str], builders: Mapping[str, Callable[..., list[str]]]) -> None:
    """Put the attacks' submissions into the class."""
    for name in names:
        student = name.replace("/", "-")
        if name in builders:
            made.students[name] = builders[name](made.submissions, student, made.facts(student))
            continue
        folder = made.submissions / student
        for path in sorted((HERE / name).rglob("*")):
            if path.is_dir() or path.name == "claim.md":
                continue
            text = path.read_text(encoding="utf-8")
            for word, value in made.facts(student).items():
                text = text.replace(f"@{word}@", value)
            target = folder / path.relative_to(HERE / name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        made.students[name] = [student]


def fight(made: Arena, names: list[str], *arguments: str) -> None:
    """Grade the neighbour without the attackers, then among them, and note all that is different afterwards."""
    plant(made)
    hand_over(made)
    first = command(made, "grade", made.submissions, "--out", made.out, *arguments)
    assert first.code == 0, first.err + first.out
    made.alone = json.loads((made.out / NEIGHBOUR / "result.json").read_text(encoding="utf-8"))
    mark_gradebook(made)
    with watching(made):
        enlist(made, names, load_builders().BUILDERS)
        with running(made):
            made.ran = command(made, "grade", made.submissions, "--out", made.out, "--regrade", *arguments)
    made.strays = strays(made)
    for path in sorted(made.out.glob("*/result.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        made.results[data["student"]] = data
        made.files[data["student"]] = {name: path.parent / name for name in ("result.json", "feedback.html")}


def mark_gradebook(made: Arena) -> None:
    """A canary in the gradebook of the first run."""
    with contextlib.closing(sqlite3.connect(made.out / "gradebook.db")) as book:
        book.execute("create table canary (token text)")
        book.execute("insert into canary values (?)", (made.tokens["gradebook"],))
        book.commit()


@contextlib.contextmanager
def watching(made: Arena) -> Iterator[None]:
    """Notes what is sent to the attacker's sockets meanwhile."""
    with listeners(made) as heard:
        yield
        made.heard = heard()


@contextlib.contextmanager
def running(made: Arena) -> Iterator[None]:
    """Notes what else a run does meanwhile: files changed, processes left, memory taken."""
    hand_over(made)
    before, children = photograph(made), own_children()
    with adopting_orphans():
        yield
        made.survivors = survivors(children)
        made.peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    after = photograph(made)
    made.changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def hand_over(made: Arena) -> None:
    """Make everything the user's who will run the command."""
    if made.user is not None:
        subprocess.run(["chown", "-R", "-h", f"{made.user}:{made.user}", str(made.root)], check=True)


def command(made: Arena, *arguments: object) -> Ran:
    """`grader ARGUMENTS` for the arena's course."""
    more = ["--course", made.course, *([] if "--cluster" in arguments else ["--jobs", "2"])]
    return python(made, made.cwd, "-m", "grader.cli", *arguments, *more)


def python(made: Arena, cwd: Path, *arguments: object, seconds: float = RUN_SECONDS) -> Ran:
    """`python ARGUMENTS` with nothing but this arena around it."""
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]), "HOME": str(made.home), "TMPDIR": str(made.tmp), "LANG": "C.UTF-8",
        "PYTHONUTF8": "1", "COLUMNS": "160", "GRADER_SECRET": made.tokens["environment"],
        "PYTHONPATH": str(REPOSITORY),  # what is attacked is this checkout, whichever one is installed
    }  # fmt: skip
    if made.bubblewrap is not None:
        environment["GRADER_BWRAP"] = made.bubblewrap
    line = [*as_user(made.user), sys.executable, *map(str, arguments)]
    start = time.monotonic()
    process = subprocess.Popen(
        line, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        err += b"\nkilled: not finished within the time of a whole run"
    texts = (data.decode("utf-8", "backslashreplace") for data in (out, err))
    return Ran(process.returncode, *texts, time.monotonic() - start)


def as_user(user: int | None) -> list[str]:
    """The words that make a command run as `user`."""
    if user is None:
        return []
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"]


def photograph(made: Arena) -> dict[str, tuple[Any, ...]]:
    """Everything in the arena but the results: path → kind, mode, owner, size, time, digest."""
    picture: dict[str, tuple[Any, ...]] = {}
    for part in (made.course, made.submissions, made.home, made.cwd, made.tmp, *made.watched):
        for folder, folders, files in os.walk(part):
            for name in (*folders, *files, "."):
                path = os.path.join(folder, name)
                try:
                    status = os.lstat(path)
                except OSError:  # one attack's tree is deeper than a path may be long
                    continue
                digest = ""
                if os.path.isfile(path) and not os.path.islink(path) and status.st_size < 1 << 20:
                    with contextlib.suppress(OSError), open(path, "rb") as file:
                        digest = hashlib.sha256(file.read()).hexdigest()
                # A folder's time and size also change when something comes and goes, as the command's own files do.
                more = () if os.path.isdir(path) and not os.path.islink(path) else (status.st_size, status.st_mtime_ns)
                picture[path] = (status.st_mode, status.st_uid, digest, *more)
    return picture


def strays(made: Arena) -> list[str]:
    """What carries the run's mark outside the arena, and what does not belong into the results."""
    found = marked_outside(made)
    allowed = {"gradebook.db", "grades.csv", "report.html", ".lock"}
    for path in made.out.iterdir():
        if not path.is_dir():
            found += [str(path)] * (path.name not in allowed)
            continue
        found += [str(inner) for inner in path.iterdir() if inner.name not in ("result.json", "feedback.html")]
    return found


def marked_outside(made: Arena) -> list[str]:
    """What carries the run's mark where code that broke out would leave things."""
    found = []
    for folder in _COMMON_FOLDERS:
        with contextlib.suppress(OSError):
            found += [f"{folder}/{name}" for name in os.listdir(folder) if made.mark in name]
    return found


@contextlib.contextmanager
def listeners(made: Arena) -> Iterator[Callable[[], list[str]]]:
    """Sockets of the attacker on this machine; yields what tells whether anything came."""
    with contextlib.ExitStack() as stack:
        tcp = stack.enter_context(socket.socket())
        tcp.bind(("127.0.0.1", 0))
        made.port = tcp.getsockname()[1]
        udp = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", made.port))
        unix = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(2)]
        unix[0].bind(str(made.home / "listener"))
        unix[1].bind(f"\0{made.mark}")
        (made.home / "listener").chmod(0o777)
        for sock in (tcp, udp, *unix):
            sock.setblocking(False)
            if sock is not udp:
                sock.listen()

        def heard() -> list[str]:
            came = []
            for sock in (tcp, *unix):
                with contextlib.suppress(BlockingIOError):
                    sock.accept()
                    came.append(f"a connection to {sock.getsockname()!r}")
            with contextlib.suppress(BlockingIOError):
                came.append(repr(udp.recv(1000)))
            return came

        yield heard


@contextlib.contextmanager
def adopting_orphans() -> Iterator[None]:
    """Whatever loses its parent meanwhile becomes this process's child, however it hid."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def own_children() -> dict[int, str]:
    """Living children of this process: pid → state and command."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                name, _, rest = (folder / "stat").read_text().rpartition(")")
                state, parent = rest.split()[:2]
                if int(parent) == os.getpid() and state not in "ZX":
                    found[int(folder.name)] = f"{state} {name} {(folder / 'cmdline').read_bytes()[:80]!r}"
    return found


def survivors(before: Mapping[int, str], *, seconds: float = 15) -> list[str]:
    """Processes that the run left behind; those that end within `seconds` by themselves are not counted."""
    deadline = time.monotonic() + seconds
    while True:
        left = {pid: what for pid, what in own_children().items() if pid not in before}
        if not left or time.monotonic() > deadline:
            break
        select_briefly()
    for pid in left:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    return [f"{pid} {what}" for pid, what in left.items()]


def select_briefly() -> None:
    """Let others run for a moment between two looks."""
    os.sched_yield()
    time.sleep(0.02)

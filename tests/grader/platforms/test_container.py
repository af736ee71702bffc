"""The container's package: its Dockerfile read line by line, laid out as it says, and its entry point run."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.commands import doctor
from grader.platforms.container import container_zip
from grader.wall import Allowance, allowances, can_fork_workers, in_container, probe_wall

from .forge import unpack

needs_wall = pytest.mark.skipif(not can_fork_workers(), reason="needs a wall")


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile: word and rest, continued lines joined, comments left out."""
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").split("\n")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined)]


def lay_out(package: Path, root: Path) -> dict[str, str]:
    """What the image's /opt/grader would hold, by the COPY lines; returns the environment by its ENV lines."""
    env: dict[str, str] = {}
    for word, rest in instructions((package / "Dockerfile").read_text()):
        if word == "COPY":
            source, target = rest.split()
            place = root / Path(target).relative_to("/opt/grader")
            place.parent.mkdir(parents=True, exist_ok=True)
            copy: Callable[..., Any] = shutil.copytree if (package / source).is_dir() else shutil.copy2
            copy(package / source, place)
        elif word == "ENV":
            env |= dict(pair.split("=", 1) for pair in shlex.split(rest))
    return env


def start(root: Path, env: dict[str, str], mounted: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`docker run` with the options that the Dockerfile names, as near as bubblewrap comes to it."""
    if not _BUBBLEWRAP:
        pytest.skip("needs bubblewrap, which stands for the container here")
    given = {**env, "PATH": "/usr/bin:/bin", "GRADER_PYTHON": sys.executable, "GRADER_BWRAP": "0"}
    return subprocess.run(
        [*_BUBBLEWRAP, *_places((root, "/opt/grader", "ro"), (mounted / "submissions", "/submissions", "ro"),
                                (mounted / "results", "/results", "rw")),
         "--remount-ro", "/", "--clearenv", *(w for k, v in given.items() for w in ("--setenv", k, v)), "--",
         *_ORDINARY, "sh", "/opt/grader/start", *words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=570, check=False,
    )  # fmt: skip


def _places(*wanted: tuple[Path, str, str]) -> list[str]:
    """Mounts, with open folders above them."""
    words: list[str] = []
    for source, target, how in wanted:
        for above in reversed(Path(target).parents[:-1]):
            words += ["--perms", "0755", "--dir", str(above)]
        words += ["--bind" if how == "rw" else "--ro-bind", str(source), target]
    return words


def _bubblewrap() -> list[str]:
    """The words that begin a container: Python's and the system's files read-only, no network, an empty /tmp."""
    if shutil.which("bwrap") is None:
        return []
    words = ["bwrap", "--die-with-parent", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    words += (
        ["--cap-add", "ALL"]
        if os.geteuid() == 0
        else ["--unshare-user", "--uid", str(USER), "--gid", str(USER)]
    )
    words += ["--ro-bind", "/usr", "/usr", "--ro-bind", "/proc", "/proc", "--dev", "/dev"]
    for name in ("bin", "lib", "lib64", "sbin"):
        words += ["--symlink", f"usr/{name}", f"/{name}"] if Path(f"/{name}").is_symlink() else []
    words += ["--perms", "1777", "--tmpfs", "/tmp"]
    pythons = {Path(sys.prefix), Path(sys.base_prefix)}
    words += _places(
        *((path, str(path), "ro") for path in sorted(pythons) if Path("/usr") not in path.parents)
    )
    tried = subprocess.run([*words, "--", sys.executable, "-c", "1"], capture_output=True, check=False)
    return words if tried.returncode == 0 else []


USER = 12345  # a number that no list of users knows
_BUBBLEWRAP = _bubblewrap()
_ORDINARY = (
    ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all",
     "--no-new-privs", "--"]
    if os.geteuid() == 0
    else []
)  # fmt: skip


@pytest.fixture
def image(tiny: Any, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """The folder of an image, and the environment in it."""
    package = unpack(container_zip(tiny.course, "tiny"), tmp_path / "package")
    root = tmp_path / "image"
    return root, lay_out(package, root)


def mounted(folder: Path, **sources: dict[str, str]) -> Path:
    """A folder with submissions, not the user's, and results, theirs."""
    for student, files in sources.items():
        (folder / "submissions" / student).mkdir(parents=True)
        for name, text in files.items():
            (folder / "submissions" / student / name).write_text(text)
    (folder / "results").mkdir()
    if os.geteuid() == 0:
        os.chown(folder / "results", USER, USER)
    return folder


def test_the_dockerfile_keeps_to_its_rules(tiny: Any, tmp_path: Path) -> None:
    data = container_zip(tiny.course, "tiny")
    assert data == container_zip(tiny.course, "tiny")
    package = unpack(data, tmp_path / "package")
    found = instructions((package / "Dockerfile").read_text())
    words = [word for word, _ in found]
    assert words[0] == "FROM"
    assert found[0][1] == f"python:3.{sys.version_info.minor}-slim"
    assert set(words) <= {"FROM", "COPY", "RUN", "WORKDIR", "ENV", "USER", "ENTRYPOINT", "CMD"}
    for word, rest in found:
        if word == "COPY":
            assert (package / rest.split()[0]).exists()
            assert rest.split()[1].startswith("/opt/grader/")
        if word == "RUN":
            assert subprocess.run(["sh", "-nc", rest], check=False).returncode == 0
            assert "curl" not in rest
    # Nothing runs as root in the container, and nothing after USER changes the image.
    assert words[words.index("USER") :] == ["USER", "ENTRYPOINT", "CMD"]
    user = dict(found)["USER"]
    assert all(int(number) > 0 for number in user.split(":"))
    assert json.loads(dict(found)["ENTRYPOINT"]) == ["sh", "/opt/grader/start"]
    assert json.loads(dict(found)["CMD"]) == ["grade"]
    assert subprocess.run(["sh", "-n", str(package / "start")], check=False).returncode == 0


def test_what_it_is_started_with_opens_nothing_and_stands_in_the_dockerfile(
    tiny: Any, tmp_path: Path
) -> None:
    from grader.wall import OPTIONS

    text = (unpack(container_zip(tiny.course, "tiny"), tmp_path / "package") / "Dockerfile").read_text()
    plain = " ".join(text.replace("#", " ").replace("\\\n", " ").split())
    assert f"docker run --rm {OPTIONS}" in plain
    for opened in ("privileged", "cap-add", "unconfined", "docker.sock", "--net host", "--pid"):
        assert opened not in OPTIONS


def test_results_that_can_not_be_written_are_said_before_anything_is_graded(
    image: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    root, env = image
    folder = mounted(tmp_path / "mounted", ada={"alpha.py": "x = 1\n"})
    os.chown(folder / "results", 0, 0) if os.geteuid() == 0 else (folder / "results").chmod(0o500)
    done = start(root, env, folder)
    assert done.returncode == 2
    assert "--user" in done.stderr
    assert "Traceback" not in done.stderr


def make_ready(root: Path) -> None:
    """What the Dockerfile's RUN lines work out while the image is built."""
    made = subprocess.run(
        [sys.executable, "-c", "from grader.platforms.one import get_ready; get_ready()"],
        cwd=root / "kit",
        env={"PATH": os.environ["PATH"], "GRADER_CACHE": str(root / "cache")},
        check=False,
    )
    assert made.returncode == 0
    subprocess.run(["chmod", "-R", "a+rX", str(root)], check=True)


@needs_wall
@pytest.mark.slow
def test_a_mounted_class_is_graded_as_an_ordinary_user_into_a_mounted_folder(
    image: tuple[Path, dict[str, str]], tiny: Any, tmp_path: Path
) -> None:
    root, env = image
    make_ready(root)
    good = {f"{name}.py": text for name, text in tiny.good.items()}
    folder = mounted(tmp_path / "mounted", ada=good, ben={"alpha.py": "def double(x):\n    return x\n"})
    done = start(root, env, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    scores = {
        path.parent.name: json.loads(path.read_text())["score"]
        for path in (folder / "results").glob("*/result.json")
    }
    assert scores["ada"] == 10
    assert scores["ben"] < 3
    listed = start(root, env, folder, "export", "/results", "--to", "csv")
    assert listed.returncode == 0, listed.stdout + listed.stderr
    assert (folder / "results" / "class.csv").is_file()
    looked = start(root, env, folder, "doctor")
    assert looked.returncode == 0, looked.stdout + looked.stderr


def test_a_container_is_told_what_is_missing_and_which_option_gives_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [
        Allowance("Landlock", False, "better so", "a newer kernel"),
        Allowance("bubblewrap", False, "no", "not needed"),
        Allowance("an ordinary user", True, "better so", "--user"),
    ]
    monkeypatch.setattr(doctor, "in_container", lambda: True)
    monkeypatch.setattr(doctor, "allowances", lambda _: iter(found))
    doctor.run()
    out = capsys.readouterr().out
    assert "Landlock: a newer kernel" in out
    assert "an ordinary user: " not in out
    assert "bubblewrap: " not in out
    assert "docker run --network none" in out
    assert "privileged" not in out.replace("no-new-privileges", "")
    monkeypatch.setattr(doctor, "in_container", lambda: False)
    doctor.run()
    assert "container allows" not in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="containers are Linux's")
def test_what_is_said_of_a_container_is_so() -> None:
    found = {one.what: one for one in allowances(probe_wall())}
    assert found["an ordinary user"].here is (os.geteuid() != 0)
    assert found["seccomp, for one's own process"].needed == "yes"
    rights = next(
        line.split()[1]
        for line in Path("/proc/self/status").read_text().split("\n")
        if line.startswith("CapEff")
    )
    assert found["no rights of root"].here is (int(rights, 16) == 0)
    assert all(one.how for one in found.values())
    assert in_container() in (True, False)

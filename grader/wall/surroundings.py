"""What a container allows its grader: looked up and tried, with the option that would change it."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from grader.wall import bubblewrap

if TYPE_CHECKING:
    from grader.worker.probe import Probe

_MARKS: Final = ("/.dockerenv", "/run/.containerenv")
_SYS_ADMIN: Final = 1 << 21
_NEW_USER: Final = 0x10000000

#: What a container is started with: nothing of it opens anything.
OPTIONS: Final = (
    "--network none --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges "
    '--user "$(id -u):$(id -g)"'
)


@dataclass(frozen=True)
class Allowance:
    """Something that a container allows, or keeps away. how: what to change."""

    what: str
    here: bool
    needed: Literal["yes", "better so", "no"]
    how: str


def in_container() -> bool:
    """Whether this looks like a container."""
    return any(Path(mark).exists() for mark in _MARKS) or "KUBERNETES_SERVICE_HOST" in os.environ


def allowances(found: Probe) -> Iterator[Allowance]:
    """One after the other, what counts most first. Forks: call it before threads are started."""
    layers, rights = found.layers, _effective_rights()
    yield Allowance(
        "seccomp, for one's own process",
        layers.seccomp,
        "yes",
        "the default profiles of Docker and Podman allow it: leave the profile as it is",
    )
    yield Allowance(
        "Landlock",
        bool(layers.landlock),
        "better so",
        "a kernel of 5.13 or newer with landlock in /sys/kernel/security/lsm; Docker 23 or newer, whose profile allows "
        "its three calls. Without it the stricter fallback holds, in which a submission can open no file",
    )
    yield Allowance(
        "not privileged",
        not rights & _SYS_ADMIN,
        "better so",
        "start it without --privileged and without --cap-add; the kit never needs either",
    )
    yield Allowance("no rights of root", not rights, "better so", "--cap-drop ALL")
    yield Allowance("an ordinary user", os.geteuid() != 0, "better so", '--user "$(id -u):$(id -g)"')
    yield Allowance(
        "no new privileges", _status("NoNewPrivs") == "1", "better so", "--security-opt no-new-privileges"
    )
    yield Allowance("no network", not _network(), "better so", "--network none: grading needs none")
    yield Allowance(
        "user namespaces",
        _user_namespaces(),
        "no",
        "only bubblewrap wants them, a second wall that is not needed: do not open the profile for it",
    )
    yield Allowance("bubblewrap", bubblewrap.works(), "no", "installed, and with user namespaces; not needed")


def _status(key: str) -> str:
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").split("\n")
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(f"{key}:")), "")


def _effective_rights() -> int:
    return int(_status("CapEff") or "0", 16)


def _network() -> list[str]:
    """Interfaces that lead somewhere."""
    try:
        return sorted({path.name for path in Path("/sys/class/net").iterdir()} - {"lo", "bonding_masters"})
    except OSError:
        return []


def _user_namespaces() -> bool:
    """Tried in a child, which alone would be changed."""
    if sys.platform != "linux":
        return False
    child = os.fork()
    if child == 0:
        os._exit(0 if ctypes.CDLL(None).unshare(_NEW_USER) == 0 else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

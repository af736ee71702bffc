"""`grader doctor`: which layers of the wall are in force on this machine, found by trying them."""

from __future__ import annotations

import platform
import sys
from dataclasses import fields
from importlib.util import find_spec
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from grader.feedback import Screen
from grader.wall import OPTIONS, allowances, in_container, probe_wall

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.wall import Allowance, Probe

_MEANING = {
    "rlimits": "memory, CPU, file size and descriptors are bounded",
    "no_new_privs": "no program can gain rights",
    "landlock": "only the standard library and numpy can be read, nothing written",
    "seccomp": "no process, socket, signal or other call that computing does not need",
    "uid_dropped": "root became nobody",
    "capabilities_dropped": "no rights of root are left",
    "strict_fallback": "without Landlock: no file can be opened at all",
}
_EXTRAS = {
    "nbgrader": "nbgrader",
    "distributed": "cluster",
    "matplotlib": "report",
    "jupytext": "notebooks",
    "uvicorn": "mark",
}


def run() -> int:
    """Print the state of this machine. Exits 0 if it can grade strangers' code, else 2."""
    console = Screen()
    console.print(
        f"Python {platform.python_version()} on {platform.system()} {platform.release()} {platform.machine()}"
    )
    found = probe_wall()
    allowed = list(allowances(found)) if in_container() else []
    console.print(_layers(found))
    if found.attempts:
        console.print(_attempts(found))
    if allowed:
        console.print(_allowances(allowed))
        for line in _missing(allowed):
            console.print(line)
    for module, extra in _EXTRAS.items():
        if find_spec(module) is None:
            console.print(f"{module} is not installed; for its commands: pip install 'cnn-grader\\[{extra}]'")
    if found.wall:
        console.print("[green]This machine can grade submissions from strangers.[/]")
        return 0
    console.print(f"[red]No wall here:[/] {_advice(found)}")
    return 2


def _layers(found: Probe) -> Table:
    table = Table(title="Layers of the wall")
    for heading in ("layer", "in force", "what it stops"):
        table.add_column(heading)
    for field in fields(found.layers):
        value = getattr(found.layers, field.name)
        shown = f"yes (ABI {value})" if field.name == "landlock" and value else "yes" if value else "no"
        table.add_row(field.name, shown, _MEANING[field.name])
    return table


def _attempts(found: Probe) -> Table:
    table = Table(title="Tried by a confined process")
    table.add_column("attempt")
    table.add_column("stopped")
    for attempt in found.attempts:
        table.add_row(attempt.what, "yes" if attempt.stopped else "NO")
    return table


def _allowances(allowed: Sequence[Allowance]) -> Table:
    table = Table(title="What this container allows")
    for heading in ("what", "here", "needed?"):
        table.add_column(heading)
    for one in allowed:
        table.add_row(one.what, "yes" if one.here else "no", one.needed)
    return table


def _missing(allowed: Sequence[Allowance]) -> Iterator[Text]:
    missing = [one for one in allowed if not one.here and one.needed != "no"]
    for one in missing:
        yield Text(f"{one.what}: {one.how}")
    if missing:
        yield Text(f"As a whole: docker run {OPTIONS}")


def _advice(found: Probe) -> str:
    if sys.platform != "linux":
        return (
            "only Linux has one; grade there (a container will do), or pass --unconfined for code you trust."
        )
    if not found.layers.seccomp:
        return "the kernel or the container forbids seccomp filters; allow them (the default profile of Docker does)."
    if not found.layers.landlock and not found.layers.strict_fallback:
        return "the kernel has no Landlock (Linux 5.13 or newer, CONFIG_SECURITY_LANDLOCK=y) and the fallback failed."
    return "a layer is missing; see the tables."

"""Does the cluster run what this machine runs? A score must not depend on where it was computed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grader

_DISTRIBUTION = "cnn-grader"
#: Asked of Dask's own version report, which works also where nothing of this package is installed. Releases of
#: Dask differ in whether they look a name up as a distribution or as a module.
PACKAGES = ("numpy", "hypothesis", _DISTRIBUTION, "grader")

Versions = Mapping[str, str]


def versions_of(report: Mapping[str, Any] | None) -> dict[str, str]:
    """What matters of one of Dask's version reports: python (major.minor), numpy, hypothesis, the grader."""
    packages: Mapping[str, str | None] = (report or {}).get("packages") or {}
    if not isinstance(packages, Mapping):
        packages = dict(packages)
    python = ".".join(str(packages.get("python") or "").split(".")[:2])
    found = {
        "python": python,
        "numpy": packages.get("numpy"),
        "hypothesis": packages.get("hypothesis"),
        _DISTRIBUTION: packages.get(_DISTRIBUTION) or packages.get("grader"),
    }
    return {name: version or "" for name, version in found.items()}


def mend(own: Versions, other: Versions) -> tuple[str, ...]:
    """What differs on another machine and what to do there, one line each; () where it grades as this one does."""
    return tuple(
        f"{name} is {other.get(name) or 'not installed'}, here it is {version}: {_remedy(name, version)}"
        for name, version in own.items()
        if other.get(name, "") != version
    )


def explain(misfits: Mapping[str, tuple[str, ...]]) -> str:
    """One message for all machines that differ. misfits: who → lines of `mend`."""
    same: dict[tuple[str, ...], list[str]] = {}
    for who, lines in misfits.items():
        same.setdefault(lines, []).append(who)
    parts = ["the cluster would not grade as this machine does, so nothing was graded there"]
    for lines, machines in same.items():
        more = f" and {len(machines) - 3} more" if len(machines) > 3 else ""
        parts += [f"  {', '.join(sorted(machines)[:3])}{more}:", *(f"    {line}" for line in lines)]
    return "\n".join(parts)


def code_sha256() -> str:
    """Digest of this package's own source: two checkouts may well bear the same version."""
    folder = Path(grader.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        name = path.relative_to(folder).as_posix().encode()
        digest.update(b"%d %s %d " % (len(name), name, len(text)) + text)
    return digest.hexdigest()


def _remedy(name: str, version: str) -> str:
    if name == "python":
        return f"start it with Python {version}"
    extra = "[cluster]" if name == _DISTRIBUTION else ""
    return f"pip install '{name}{extra}=={version}' there"

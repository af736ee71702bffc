"""Packages that an assignment allows beside numpy: what they need in turn, and where all of it lies.

Found in what is installed beside the grader; nothing is imported here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from grader.errors import UsageError

#: Always there, and taken care of by worker/preload.py.
_OF_ITS_OWN = "numpy"


@dataclass(frozen=True)
class Packages:
    """names: what may be imported because another package needs it; paths: what is to be readable."""

    names: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def packages_for(imports: Iterable[str]) -> Packages:
    """What is needed for `imports`. Raises UsageError where one of them is not installed here."""
    wanted = [name for name in imports if name != _OF_ITS_OWN]
    if not wanted:
        return Packages()
    homes = packages_distributions()
    found: dict[str, Distribution] = {}
    for name in wanted:
        if name not in homes:
            raise UsageError(
                f"course.yaml lists {name} in `imports`, and it is not installed in this Python: pip install {name}"
            )
        for home in homes[name]:
            _add_with_needs(home, found)
    names = {name for name, owners in homes.items() if any(_plain(owner) in found for owner in owners)}
    paths = {path for one in found.values() for path in _places(one)}
    return Packages(tuple(sorted(names - {_OF_ITS_OWN})), tuple(sorted(paths)))


def installed_versions(imports: Iterable[str]) -> dict[str, str]:
    """Name on the package index → version, of what is to be installed so that `imports` work as here."""
    homes = packages_distributions()
    owners = (owner for name in imports if name != _OF_ITS_OWN for owner in homes.get(name, [name])[:1])
    found = {}
    for owner in owners:
        try:
            found[owner] = distribution(owner).version
        except PackageNotFoundError:
            found[owner] = ""
    return found


def _add_with_needs(name: str, found: dict[str, Distribution]) -> None:
    waiting = [name]
    while waiting:
        key = _plain(waiting.pop())
        if key in found:
            continue
        try:
            found[key] = distribution(key)
        except PackageNotFoundError:
            continue  # needed on another system only
        waiting += [requirement for text in found[key].requires or () if (requirement := _required(text))]


def _required(text: str) -> str:
    """The name in `python-dateutil>=2.8; python_version < "4"`; '' for what an extra needs, or another system."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return ""
    return (
        requirement.name if requirement.marker is None or requirement.marker.evaluate({"extra": ""}) else ""
    )


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _places(one: Distribution) -> Iterable[str]:
    """The top-level files and folders of a distribution: packages, modules, shared libraries, and what describes it."""
    tops = {
        file.parts[0] for file in one.files or () if file.parts and file.parts[0] not in ("..", "__pycache__")
    }
    for top in tops:
        path = Path(str(one.locate_file(top))).resolve()
        if path.exists() and not path.name.endswith(".pth"):
            yield str(path)

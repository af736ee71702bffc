"""Plug-ins: what is true of one assignment only, in Python files that the engine asks through small interfaces.

They stand in `solutions/<assignment>/plugins/`, and the handout carries them as `checks/plugins/`, because a self-check
asks them, too: nothing secret belongs there. An assignment need not have any. docs/plugins.md lists the interfaces.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from grader.errors import CourseError

PLUGINS = "plugins"


def has_plugin(folder: Path, name: str) -> bool:
    """Whether a folder holds the plug-in `name`."""
    return (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()


def load_plugin(folder: Path, name: str) -> ModuleType | None:
    """The plug-in `name` of a folder, a file or a package; None where there is none.

    Plug-ins import each other relatively (`from .layers import Layer`): each folder is a package of its own, so that
    those of two assignments never meet. Raises CourseError where it can't be imported.
    """
    if not has_plugin(folder, name):
        return None
    package = f"_plugins_{hashlib.blake2b(str(folder.resolve()).encode(), digest_size=8).hexdigest()}"
    if package not in sys.modules:
        module = ModuleType(package)
        module.__path__ = [str(folder)]
        sys.modules[package] = module
    try:
        return importlib.import_module(f"{package}.{name}")
    except Exception as error:
        raise CourseError(f"{folder / name} can't be imported: {type(error).__name__}: {error}") from error

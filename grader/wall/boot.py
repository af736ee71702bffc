"""How a process of the worker's side is started: by exec, with nothing of the grader in it."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

from grader.errors import WallError
from grader.wall.bubblewrap import base_executable

WORKER_FOLDER = Path(__file__).parents[1] / "worker"

# The folder becomes the top-level package `_worker`; nothing else of this package is importable there. Its code
# carries no path of this machine, which a student's code could print.
_BOOT = """
import importlib, importlib.abc, importlib.machinery, json, sys
folder, packages, entry, argument, settings = sys.argv[1:6]
sys.path.append(packages)
class Own(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "_worker":
            return importlib.machinery.ModuleSpec(name, self, is_package=name == "_worker")
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        part = module.__name__.partition(".")[2] or "__init__"
        with open(folder + "/" + part + ".py", "rb") as file:
            code = compile(file.read(), "<worker>/" + part + ".py", "exec", dont_inherit=True)
        exec(code, module.__dict__)
sys.meta_path.insert(0, Own())
main = importlib.import_module("_worker." + entry).main
sys.argv[:], sys.orig_argv[:] = [""], []
folder = packages = ""
main(int(argument) if entry == "zygote" else argument, json.loads(settings))
"""


def numpy_home() -> Path:
    """The folder of installed packages. Raises WallError where there is no numpy."""
    spec = importlib.util.find_spec("numpy")
    if spec is None or spec.origin is None:
        raise WallError("numpy is not installed in this Python; install it: pip install numpy")
    return Path(spec.origin).parent.parent


def command(entry: str, argument: str, settings: dict[str, Any]) -> list[str]:
    """The words that start a process of the worker's side. entry: its module."""
    # -s -S -P: no user site, no site (.pth files run code), no current folder on the path
    flags = ["-s", "-S", "-P"]
    return [
        base_executable(), *flags, "-c", _BOOT,
        str(WORKER_FOLDER), str(numpy_home()), entry, argument, json.dumps(settings),
    ]  # fmt: skip


def environment() -> dict[str, str]:
    """Only what a worker needs. One BLAS thread: with more, a confined child hangs in matmul."""
    env = {
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",  # or the order of a set of strings differs from run to run
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }
    for name in ("SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONHOME"):
        if name in os.environ:
            env[name] = os.environ[name]
    return env

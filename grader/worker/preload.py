"""Before the zygote forks: the paths a worker may read, and the modules it should hold already."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Final

# Beneath the standard library on most systems: everybody else's packages. And parts no exercise needs.
_NOT_READABLE: Final = """
site-packages dist-packages sitecustomize.py test idlelib tkinter turtledemo ensurepip venv lib2to3
"""

#: What a student may reasonably import. Those that need a shared library from outside (hashlib, bz2, ...) are
#: here so that it is loaded before its folder is closed.
_MODULES: Final = """
math cmath random itertools functools collections collections.abc typing types dataclasses enum abc numbers
operator copy time datetime calendar json re string textwrap pprint warnings statistics fractions decimal
heapq bisect array struct contextlib inspect traceback linecache io os sys logging unittest hashlib hmac
secrets base64 binascii zlib bz2 lzma pickle queue threading weakref timeit argparse csv pathlib tempfile
shutil glob platform uuid zipfile graphlib encodings.ascii encodings.latin_1 encodings.utf_16 encodings.idna
encodings.unicode_escape ctypes numpy numpy.fft numpy.linalg numpy.random numpy.polynomial numpy.ma
numpy.testing numpy.lib.stride_tricks numpy.lib.scimath numpy.lib.format numpy.char numpy.rec numpy.typing
numpy.strings
"""


def readable_paths(packages: Sequence[str] = ("numpy",)) -> tuple[str, ...]:
    """Files and folders of the standard library and of `packages`, no other package.

    The standard library's folder is given entry by entry, because site-packages usually lies in it. A package
    counts with the folder of shared libraries that its wheel puts beside it (`numpy.libs`).
    """
    found: dict[str, None] = {}
    hidden = _NOT_READABLE.split()
    with contextlib.suppress(OSError):
        entries = sorted(Path(sysconfig.get_path("stdlib")).iterdir())
        found.update((str(entry.resolve()), None) for entry in entries if entry.name not in hidden)
    # The compiled modules, where they do not lie below the folder above.
    with contextlib.suppress(OSError, TypeError):
        found[str(Path(sysconfig.get_config_var("DESTSHARED")).resolve(strict=True))] = None
    for package in packages:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            for path in (Path(folder), Path(folder + ".libs")):
                with contextlib.suppress(OSError):
                    found[str(path.resolve(strict=True))] = None
    return tuple(found)


#: Parts of packages that are not imported with them, and would cost each student's first call its time.
_PARTS: Final = {
    "scipy": "fft integrate interpolate linalg ndimage optimize signal sparse spatial special stats",
    "matplotlib": "pyplot figure backends.backend_agg",
}


def preimport(packages: Sequence[str] = ()) -> None:
    """Import what students use, once, in the zygote: every worker then has it for nothing.

    packages: of the assignment, with the parts of them that are used most.

    On a kernel without Landlock it is all there is. Also lets numpy's lazy parts load: a BLAS may open its
    kernels at the first product.
    """
    for module in _MODULES.split():
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    # Pictures are drawn, never shown.
    os.environ["MPLBACKEND"] = "Agg"
    for package in packages:
        for part in ("", *_PARTS.get(package, "").split()):
            # What does not import is said to whoever imports it.
            with contextlib.suppress(Exception):
                importlib.import_module(f"{package}.{part}".rstrip("."))
    with contextlib.suppress(ImportError):
        numpy = importlib.import_module("numpy")
        matrix = numpy.eye(3)
        numpy.linalg.svd(numpy.einsum("ij,jk->ik", matrix, matrix @ matrix))
        numpy.fft.fft(matrix)
        numpy.random.default_rng(0).normal()

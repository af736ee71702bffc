"""Prints all the tables of docs/performance.md, one after the other: `python tests/benchmarks/tables.py [--quick]`.

Takes about 40 minutes; --quick takes about a tenth of it with smaller classes. `--otter` and `--torch` name programs of
environments that have otter-grader and torch (see other_tools.py and torch_ratio.py); what is not there is left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
#: Title, script, arguments, arguments of the quick form.
TABLES = (
    ("Seconds a submission, beside other tools", "other_tools.py", [], ["--count", "20"]),
    ("Where the time goes", "where_time_goes.py", [], []),
    ("A thousand submissions", "many_submissions.py", ["--count", "1000"], ["--count", "80"]),
    (
        "Ten thousand submissions",
        "many_submissions.py",
        ["--count", "10000", "--light"],
        ["--count", "200", "--light"],
    ),
    ("The preview of a thousand", "preview_1000.py", [], ["--count", "40"]),
    ("20,000 attempts", "gradebook_20000.py", ["2000", "10"], ["300", "4"]),
    ("Faults", "faults.py", ["--count", "40"], ["--count", "20"]),
    ("Dask: two workers against one", "cluster_scale.py", ["real", "40"], ["real", "10"]),
    ("Dask: simulated submissions", "cluster_scale.py", ["simulated", "10000"], ["simulated", "1000"]),
    ("Dask: faults", "cluster_scale.py", ["faults", "40"], ["faults", "10"]),
    ("The layers against torch", "torch_ratio.py", [], ["--rounds", "10"]),
    ("A single command", "start.py", [], ["2"]),
    ("The student's loop", "students_loop.py", [], ["2"]),
    ("A report of 2,000 students", "report_2000.py", [], ["500"]),
    ("nbgrader with and without the drop-in", "nbgrader_ratio.py", [], []),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--otter", default=shutil.which("otter") or "", help="the command otter")
    parser.add_argument("--torch", default="", help="a Python that has torch and this package")
    parser.add_argument("--only", nargs="+", default=[], help="names of scripts")
    options = parser.parse_args()
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pytest", "hypothesis"))
    print(f"Python {platform.python_version()}, {packages}; {os.cpu_count()} cores, {platform.machine()}")
    for title, script, whole, quick in TABLES:
        if options.only and script not in options.only:
            continue
        arguments = list(quick if options.quick else whole)
        python = sys.executable
        if script == "other_tools.py" and options.otter:
            arguments += ["--otter", options.otter]
        if script == "torch_ratio.py":
            if not options.torch and importlib.util.find_spec("torch") is None:
                print(f"\n## {title}\n\nleft out: no torch here, and no --torch")
                continue
            python = options.torch or python
        print(
            f"\n## {title}\n\n`{' '.join(['python', f'tests/benchmarks/{script}', *arguments])}`\n",
            flush=True,
        )
        code = subprocess.run([python, str(HERE / script), *arguments], check=False).returncode
        if code:
            print(f"\nended with exit code {code}")


if __name__ == "__main__":
    main()

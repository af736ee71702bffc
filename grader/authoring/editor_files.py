"""The handout's files for VS Code: tasks that show problems at their lines, and a container to work in."""

from __future__ import annotations

import json
from typing import Any

from grader.course import Assignment
from grader.wall import installed_versions

TASKS = ".vscode/tasks.json"
DEVCONTAINER = ".devcontainer/devcontainer.json"

#: What home/for_editors.py writes: file, line, severity, words.
PROBLEM = r"^(\S.*?):(\d+): (error|warning|info): (.+)$"
BEGINS = r"^grader: checking"
ENDS = r"^grader: \d+ of \d+ pass"

_CONTAINER = "python:3.12-slim"


def editor_files(assignment: Assignment) -> dict[str, bytes]:
    """Relative path → content; what course.yaml leaves out is not there."""
    wanted = assignment.vscode
    files = {}
    if wanted.tasks:
        files[TASKS] = _json({"version": "2.0.0", "tasks": [_task("check"), _task("watch", "--watch")]})
    if wanted.kit:
        files[DEVCONTAINER] = _json(_devcontainer(assignment))
    return files


def _task(name: str, *more: str) -> dict[str, Any]:
    matcher: dict[str, Any] = {
        "owner": "grader",
        "source": "grader",
        "fileLocation": ["autoDetect", "${workspaceFolder}"],
        "pattern": {"regexp": PROBLEM, "file": 1, "line": 2, "severity": 3, "message": 4},
    }
    task: dict[str, Any] = {
        "label": f"grader: {name}",
        "type": "process",
        # The Python that is chosen in VS Code: a task's shell would not know a virtual environment's `grader`.
        "command": "${command:python.interpreterPath}",
        "args": ["-m", "grader", "check", "--editor", *more],
        "options": {"cwd": "${workspaceFolder}"},
        "presentation": {"reveal": "always", "panel": "dedicated", "clear": True, "showReuseMessage": False},
        "problemMatcher": matcher,
    }
    if name == "check":
        return task | {"group": {"kind": "test", "isDefault": True}}
    matcher["background"] = {"activeOnStart": True, "beginsPattern": BEGINS, "endsPattern": ENDS}
    return task | {"isBackground": True}


def _devcontainer(assignment: Assignment) -> dict[str, Any]:
    # As a list it is run without a shell: nothing of it needs quoting.
    packages = [name for name in installed_versions(assignment.imports) if name != "numpy"]
    install = ["python", "-m", "pip", "install", "-q", assignment.vscode.kit, "ipykernel", *packages]
    return {
        "name": assignment.title,
        "image": _CONTAINER,
        "postCreateCommand": install,
        "customizations": {"vscode": {"extensions": ["ms-python.python", "ms-toolsai.jupyter"]}},
    }


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()

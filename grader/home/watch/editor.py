"""`o` in a watch: the file that is worked on in the student's own editor, at its line. Nothing waits for it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

_VSCODE = ("-g", "{file}:{line}")
#: Editors with windows of their own, by their command → how they are told a line.
_WINDOWS: Mapping[str, tuple[str, ...]] = {
    "code": _VSCODE,
    "code-insiders": _VSCODE,
    "codium": _VSCODE,
    "cursor": _VSCODE,
    "subl": ("{file}:{line}",),
    "zed": ("{file}:{line}",),
    "gedit": ("+{line}", "{file}"),
    "gvim": ("+{line}", "{file}"),
    "kate": ("-l", "{line}", "{file}"),
    "mate": ("-l", "{line}", "{file}"),
    "charm": ("--line", "{line}", "{file}"),
    "pycharm": ("--line", "{line}", "{file}"),
}
#: On other systems than Windows and macOS one of these says that there are windows.
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "VSCODE_IPC_HOOK_CLI", "WSL_DISTRO_NAME")


def open_in_editor(path: Path, line: int) -> str:
    """Open `path` at `line`; what came of it, as one line for the screen."""
    words = editor_command(path, line, os.environ)
    if words is None:
        own = _own(os.environ)
        why = f"{own} would need this terminal" if own and own not in _WINDOWS else "no editor was found"
        return f"{why}: open {path.name} at line {line} yourself, or put VS Code's `code` on the PATH"
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        return f"{Path(words[0]).name} can't be started ({error.strerror}): open {path.name} at line {line} yourself"
    # Some stay until their window is closed: somebody has to see them end.
    threading.Thread(target=process.wait, name="editor", daemon=True).start()
    return f"opening {path.name} at line {line} in {Path(words[0]).stem}"


def editor_command(path: Path, line: int, environ: Mapping[str, str]) -> list[str] | None:
    """The words that open `path` at `line`: in $VISUAL or $EDITOR if that has windows, else in VS Code; or None.

    Inside VS Code's own terminal it is VS Code whatever they say.
    """
    if sys.platform not in ("win32", "darwin") and not any(environ.get(name) for name in _DISPLAYS):
        return None
    names = ["code", "code-insiders", "codium", "cursor"]
    own = _own(environ)
    if own in _WINDOWS and environ.get("TERM_PROGRAM") != "vscode":
        names.insert(0, own)
    for name in names:
        if found := shutil.which(name, path=environ.get("PATH")):
            return [found, *(word.format(file=path, line=line) for word in _WINDOWS[name])]
    return None


def _own(environ: Mapping[str, str]) -> str:
    """The editor of the environment, without folder, ending and options; '' if there is none."""
    try:
        words = shlex.split(environ.get("VISUAL") or environ.get("EDITOR") or "", posix=os.name == "posix")
    except ValueError:
        return ""
    return Path(words[0].strip('"')).stem.lower() if words else ""

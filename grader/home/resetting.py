"""Going back to what was handed out: one exercise's function, or a whole chapter. What is taken away is kept."""

from __future__ import annotations

import ast
import contextlib
import json
import re
from pathlib import Path

from grader.course import original_name, replace_kept, reset
from grader.errors import UsageError

__all__ = ["reset", "reset_exercise"]

_OPENING = re.compile(r"[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)")


def reset_exercise(exercise: str, file: str, folder: Path, checks: Path) -> Path | None:
    """Put one function of `file` back as it was handed out; where the student's whole file is kept, below `folder`.

    Raises UsageError where the function or the original is not there; nothing is changed then.
    """
    if not (folder / file).exists():
        chapter = Path(file).stem
        raise UsageError(f"{file} is missing: `grader reset {chapter}` brings it back as it was handed out")
    try:
        given = (checks / original_name(file)).read_text(encoding="utf-8")
        mine = (folder / file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{file}: {exercise} can't be put back ({type(error).__name__}); the whole file can"
        ) from None
    swap = _in_notebook if file.endswith(".ipynb") else _in_text
    text = swap(mine, given, exercise)
    if text is None:
        raise UsageError(
            f"{file} has no function {exercise} that could be put back by itself; the whole file can: in "
            f"`grader check --watch` press r"
        )
    return replace_kept(folder / file, text.encode("utf-8"), folder)


def _in_text(mine: str, given: str, exercise: str) -> str | None:
    lines, original = mine.splitlines(), given.splitlines()
    here, there = _places(lines, exercise), _places(original, exercise)
    if not here or not there:
        return None
    # Of several the last one counts in Python; all of them make room.
    *earlier, (start, end) = here
    lines[start:end] = original[there[0][0] : there[0][1]]
    for first, last in reversed(earlier):
        del lines[first:last]
    return "\n".join(lines) + "\n"


def _in_notebook(mine: str, given: str, exercise: str) -> str | None:
    try:
        page, original = json.loads(mine), json.loads(given)
        there = [
            text for cell in original["cells"] if _places((text := _source(cell)).splitlines(), exercise)
        ]
        cells = [
            c
            for c in page["cells"]
            if c["cell_type"] == "code" and _places(_source(c).splitlines(), exercise)
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if not there or not cells:
        return None
    for cell in cells:
        cell["source"] = (
            (_in_text(_source(cell), there[0], exercise) or "").rstrip("\n").splitlines(keepends=True)
        )
    return json.dumps(page, indent=1, ensure_ascii=False) + "\n"


def _source(cell: dict[str, object]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _places(lines: list[str], exercise: str) -> list[tuple[int, int]]:
    """Where the functions of that name stand at the top level: first line, and the one behind the last."""
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        tree = ast.parse("\n".join(lines))
        return [
            (min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1, node.end_lineno or node.lineno)
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and node.name == exercise
        ]
    # Python can't read the file, which may be why somebody goes back: by indentation then.
    found = []
    for start, line in enumerate(lines):
        match = _OPENING.match(line)
        if match and match[1] == exercise and not line[:1].isspace():
            end = start + 1
            while end < len(lines) and (not lines[end].strip() or lines[end][:1] in " \t)]}"):
                end += 1
            while end > start + 1 and not lines[end - 1].strip():
                end -= 1
            found.append((start, end))
    return found

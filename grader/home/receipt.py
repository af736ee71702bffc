"""What was packed → terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from grader.home.handin import Packed
from grader.text import visible


def packed_text(packed: Packed) -> Iterator[Text]:
    """What `grader pack` prints: what is missing, what was left out, and the receipt."""
    for problem in packed.problems:
        yield Text.assemble(("! ", "yellow"), visible(problem, 300))
    for remark in packed.questions.remarks:
        yield Text.assemble(("! ", "yellow"), visible(remark, 300))
    for line in packed.missing:
        yield Text.assemble(("○ ", "yellow"), visible(line, 600))
    if packed.missing:
        yield Text("Unfinished work counts for what it is: hand it in, or go on and pack again.")
    if packed.left_out:
        yield Text.assemble(("left out: ", "dim"), (visible(", ".join(packed.left_out), 600), "dim"))
    yield Text("")
    yield Text("Receipt", "bold")
    yield Text(f"  file    {packed.file}")
    yield Text(f"  time    {packed.time.replace('T', ' ')} (this computer's clock)")
    yield Text(f"  work    {packed.work_sha256}")
    yield Text(f"  sha256  {packed.sha256} (of the zip)")
    yield Text(
        f"  size    {packed.size:,} bytes, {len(packed.names)} files: {visible(', '.join(packed.names), 600)}"
    )
    for seen in packed.chapters:
        written = seen.exercises - len(seen.unwritten)
        yield Text(
            f"  saw     {visible(seen.file or 'nothing of ' + seen.title, 80)}: {written} of {seen.exercises} written"
        )
    if packed.questions.total:
        yield Text(f"  saw     questions: {packed.questions.answered} of {packed.questions.total} answered")
    yield Text("")
    yield Text(
        "Nothing was sent anywhere. Hand in this file where your course takes work, and keep the receipt."
    )

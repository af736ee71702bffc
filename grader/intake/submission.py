"""A Bundle → a Submission: which files of the assignment were handed in, which twin of a chapter counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.course import Assignment, Chapter
from grader.intake.answer_cells import answers_in
from grader.intake.archive import unpack
from grader.intake.bundle import Bundle
from grader.intake.choosing import choose
from grader.intake.layout import ANSWERS, EXAMPLES, Notes, Unreadable, chapter_files, nothing_found
from grader.intake.magics import neutralised
from grader.intake.names import shown
from grader.intake.notebook import Notebook, comparable, parse_notebook, trimmed
from grader.intake.text import decoded, decoded_source
from grader.intake.twins import defined_in, written_in

# YAML is slow to read, some megabytes a minute; answers are a page of text.
MAX_ANSWERS_KB = 256


@dataclass(frozen=True)
class Source:
    """One chapter as it was submitted.

    file: its name as messages call it; cells: a .py is one cell, line ends are \\n; as_text: the exercises whose
    `def` stands in a cell that is text and not code.
    """

    chapter: str
    file: str
    kind: Literal["py", "ipynb"]
    cells: tuple[str, ...]
    as_text: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Submission:
    """What one student handed in, as text.

    sources: chapter name → Source; answers, examples: the text of answers.yaml and of examples.yaml, or None;
    notebook_answers: question name → text of the answer cell where a notebook counts, untouched cells left out;
    problems and ignored: one line each; readable: False when nothing of the assignment could be read; unreadable: the
    files of the assignment that are there and could not be read, in whole or in part.
    """

    student: str
    sources: Mapping[str, Source]
    answers: str | None
    notebook_answers: Mapping[str, str]
    problems: tuple[str, ...]
    ignored: tuple[str, ...]
    readable: bool
    sha256: str
    unreadable: tuple[str, ...] = ()
    examples: str | None = None

    @property
    def work_sha256(self) -> str:
        """Hex digest of what is graded: the same in a folder, in a zip, and as an LMS packs it anew."""
        work = {
            "chapters": {name: [one.kind, *one.cells] for name, one in self.sources.items()},
            "answers": [self.answers, dict(self.notebook_answers)],
            "examples": self.examples,
        }
        return hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()


def open_bundle(bundle: Bundle, assignment: Assignment, handout: Mapping[str, bytes]) -> Submission:
    """Make sense of a Bundle. Never raises for what a student handed in; runs and compiles nothing of it.

    handout: file name → bytes of what the student was given, to tell which twin was worked on; may be empty.
    """
    notes = Notes(bundle.problems, bundle.ignored)
    reader = _Reader(handout, notes)
    wanted = chapter_files(assignment)
    if bundle.kind == "notebook":
        for file, data in bundle.files.items():
            reader.read_lone_notebook(file, data, assignment.open_chapters)
    else:
        files, doubtful = choose(_files(bundle, assignment, notes), assignment, handout, notes)
        reader.unreadable |= doubtful
        reader.unreadable |= {name for name in wanted if name not in files and notes.blames(name)}
        for chapter in assignment.open_chapters:
            reader.read_chapter(chapter, files)
        if ANSWERS in files:
            reader.answers = reader.read_yaml(ANSWERS, files[ANSWERS])
        if EXAMPLES in files:
            reader.examples = reader.read_yaml(EXAMPLES, files[EXAMPLES])
    readable = bool(reader.sources) or reader.answers is not None
    if not (readable or notes.problems):
        notes.problem(bundle.student, nothing_found(wanted))
    return Submission(
        student=bundle.student,
        sources=reader.sources,
        answers=reader.answers,
        notebook_answers=reader.notebook_answers,
        problems=notes.problems,
        ignored=notes.ignored,
        readable=readable,
        sha256=bundle.sha256,
        unreadable=tuple(sorted(reader.unreadable)),
        examples=reader.examples,
    )


def _files(bundle: Bundle, assignment: Assignment, notes: Notes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    if bundle.kind == "zip":
        for name, data in bundle.files.items():
            files |= unpack(name, data, assignment, notes)
        return files
    opened: set[bytes] = set()
    for name, data in bundle.files.items():
        if not name.lower().endswith(".zip"):
            files[name] = data
        elif data not in opened:
            opened.add(data)
            inside = unpack(name, data, assignment, Notes())
            files |= {f"{name}/{path}": content for path, content in inside.items()}
    return files


class _Reader:
    """Reads the files of one submission and gathers what they hold."""

    def __init__(self, handout: Mapping[str, bytes], notes: Notes) -> None:
        self.handout = handout
        self.notes = notes
        self.sources: dict[str, Source] = {}
        self.answers: str | None = None
        self.examples: str | None = None
        self.notebook_answers: dict[str, str] = {}
        self.unreadable: set[str] = set()

    def read_chapter(self, chapter: Chapter, files: Mapping[str, bytes]) -> None:
        """Read the twins of one chapter; the one in which exercises are written counts, or else the .py."""
        script, page = f"{chapter.name}.py", f"{chapter.name}.ipynb"
        text = self._text(script, files[script]) if script in files else None
        notebook = self._notebook(page, files[page]) if page in files else None
        if text is not None and notebook is not None:
            counts = self._one_that_counts(chapter, text, notebook)
            text, notebook = (text, None) if counts == script else (None, notebook)
        if text is not None:
            self._take_text(chapter, script, text)
        elif notebook is not None:
            self._take(notebook, page, [chapter])

    def _take_text(self, chapter: Chapter, script: str, text: str) -> None:
        """A .py is Python, with IPython's lines in it where an editor exported it; or a notebook saved by that name."""
        if text.lstrip().startswith("{") and '"cells"' in text:
            try:
                self._take(parse_notebook(text.encode("utf-8", "surrogatepass")), script, [chapter])
            except Unreadable:
                pass
            else:
                self.notes.problem(script, "a notebook saved as .py; it was read as the notebook it is")
                return
        self.sources[chapter.name] = Source(chapter.name, script, "py", (neutralised(text),))

    def read_lone_notebook(self, file: str, data: bytes, chapters: Sequence[Chapter]) -> None:
        """Read `<student>.ipynb`: the chapter of its name, or else it may hold functions of all chapters."""
        notebook = self._notebook(file, data)
        if notebook is not None:
            named = [chapter for chapter in chapters if f"{chapter.name}.ipynb" == file]
            self._take(notebook, file, named or chapters)

    def read_yaml(self, file: str, data: bytes) -> str | None:
        """Read answers.yaml or examples.yaml as text; what it means is not decided here."""
        try:
            if len(data) > MAX_ANSWERS_KB * 1024:
                raise Unreadable(f"too large: at most {MAX_ANSWERS_KB} KB are read; answer in sentences")
            return decoded(data)
        except Unreadable as error:
            self._blame(file, error)
            return None

    def _one_that_counts(self, chapter: Chapter, text: str, notebook: Notebook) -> str:
        script, page = f"{chapter.name}.py", f"{chapter.name}.ipynb"
        exercises = [exercise.name for exercise in chapter.exercises]
        given = self._given(page)
        in_script = written_in([text], exercises, [self._given_text(script)])
        in_page = written_in(notebook.cells, exercises, given.cells if given else ())
        if in_page and not in_script:
            self.notes.ignore(script, f"no exercise is written in it; {page} counts")
            return page
        if in_script and in_page:
            if in_page > in_script:
                more = ", ".join(name for name in exercises if name in in_page - in_script)
                self.notes.problem(script, f"{page} has more of the chapter ({more}), so {page} counts")
                return page
            if in_page - in_script:
                more = ", ".join(name for name in exercises if name in in_page - in_script)
                self._blame(
                    page, f"has {more}, which {script} has not, and {script} counts: a person has to look"
                )
            elif self._is_new_notebook(page, notebook):
                self.notes.problem(
                    page,
                    f"{script} was changed as well, so {script} counts; hand in the one that should count",
                )
            return script
        if self._is_new_text(script, text):
            self.notes.ignore(page, f"no exercise is written in it; {script} counts")
        elif self._is_new_notebook(page, notebook):
            self.notes.ignore(script, f"as it was handed out; {page} counts")
            return page
        return script

    def _is_new_text(self, file: str, text: str) -> bool:
        return file not in self.handout or trimmed(self._given_text(file)) != trimmed(text)

    def _given_text(self, file: str) -> str:
        try:
            return decoded_source(self.handout[file])
        except (KeyError, Unreadable):
            return ""

    def _is_new_notebook(self, file: str, notebook: Notebook) -> bool:
        given = self._given(file)
        return given is None or comparable(given) != comparable(notebook)

    def _given(self, file: str) -> Notebook | None:
        try:
            return parse_notebook(self.handout[file])
        except (KeyError, Unreadable):
            return None

    def _text(self, file: str, data: bytes) -> str | None:
        try:
            return decoded_source(data)
        except Unreadable as error:
            self._blame(file, error)
            return None

    def _notebook(self, file: str, data: bytes) -> Notebook | None:
        try:
            notebook = parse_notebook(data)
        except Unreadable as error:
            self._blame(file, error)
            return None
        for problem in notebook.problems:
            self._blame(file, problem)
        return notebook

    def _blame(self, file: str, what: object) -> None:
        self.notes.problem(file, what)
        self.unreadable.add(file)

    def _take(self, notebook: Notebook, file: str, chapters: Sequence[Chapter]) -> None:
        """Let `notebook` be the source of `chapters`, and its answer cells the answers to their questions."""
        texts = [cell.source for cell in notebook.all if cell.kind == "text"]
        for chapter in chapters:
            as_text = defined_in(texts, [exercise.name for exercise in chapter.exercises])
            self.sources[chapter.name] = Source(chapter.name, shown(file), "ipynb", notebook.cells, as_text)
        given = [found for chapter in chapters if (found := self._given(f"{chapter.name}.ipynb"))]
        answers = answers_in(notebook, given, [question for c in chapters for question in c.questions])
        for name, text in answers.answers.items():
            self.notebook_answers.setdefault(name, text)
        for remark in answers.remarks:
            self.notes.problem(file, remark)
        for doubt in answers.doubtful:
            self._blame(file, doubt)

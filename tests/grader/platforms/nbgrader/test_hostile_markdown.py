"""An answer on nbgrader's grading page: whatever Markdown it holds, nothing of it acts in the grader's browser.

One click on a student's link runs in the session that can give full marks. So the page is made as formgrader makes
it, and its HTML is read: of a student come these elements, without attributes, and formulas of harmless macros.
"""

from __future__ import annotations

import random
import re
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbgrader
import pytest
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import markdown2html
from nbformat import from_dict

from grader.platforms.nbgrader.cells import exercise_card, exercise_comment, question_comment
from grader.platforms.nbgrader.markup import defuse
from grader.platforms.nbgrader.plain_markdown import plain_markdown
from grader.result import ExerciseResult, QuestionResult, TestResult

#: What Markdown of a student may become.
ALLOWED = frozenset(
    re.findall(
        r"\w+",
        "p br em strong del code pre blockquote ul ol li hr table thead tbody tr th td dl dt dd ",
    )
)
VOID = frozenset(["br", "hr", "img", "input"])
#: What MathJax makes links, attributes, arbitrary characters or new macros of.
ACTS = re.findall(
    r"\w+",
    "href url class style cssId data require def newcommand renewcommand newenvironment let csname "
    "unicode char bbox mmlToken toggle mathtip texttip tooltip label ref eqref tag includegraphics "
    "special cssid html Rule ",
)

JS = "javascript:fetch('/formgrader/api/grade/1')"
PAYLOADS = {
    "inline link": f"[figure]({JS})",
    "link in angles": f"[figure](<{JS}>)",
    "link with title": f'[figure]({JS} "a title")',
    "link over lines": f"[fig\nure](\n{JS}\n)",
    "reference": f"[figure][1]\n\n[1]: {JS}",
    "collapsed reference": f"[figure][]\n\n[figure]: {JS}",
    "shortcut reference": f"[figure]\n\n[figure]: {JS}",
    "definition over lines": f"[figure]\n\n[figure]:\n   {JS}\n   'title'",
    "definition first": f"[figure]: {JS}\n\nSee [figure].",
    "definition in a quote": f"> [figure]: {JS}\n\nSee [figure].",
    "heading": f"# [figure]({JS})",
    "heading without a space": f"#[figure]({JS})",
    "underlined heading": f"[figure]({JS})\n====",
    "second underlined heading": f"[figure]({JS})\n---",
    "heading in a list": f"- # [figure]({JS})",
    "heading in a quote": f"> ## answer-why-share\n> [x]({JS})",
    "heading takes a score box's name": "# answer-why-share",
    "underlined heading takes a name": "answer-why-share\n===",
    "underlined heading in a list": "- answer-why-share\n  ---",
    "table": f"| a | b |\n|---|---|\n| [x]({JS}) | 2 |",
    "aligned table": f"| a | b |\n|:-:|--:|\n| [x]({JS}) | 2 |",
    "table splits code": f"| a | b |\n|---|---|\n| `x|[y]({JS})|z` | 2 |",
    "table splits a formula": f"| a | b |\n|---|---|\n| $x|[y]({JS})|z$ | 2 |",
    "data": "[figure](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "vbscript": "[figure](vbscript:msgbox(1))",
    "upper case": "[figure](JaVaScRiPt:alert(1))",
    "entities in the address": "[figure](&#106;avascript&colon;alert(1))",
    "hexadecimal entities": "[figure](&#x6A;&#x61;vascript:alert(1))",
    "newline entity": "[figure](java&NewLine;script&colon;alert(1))",
    "entities for brackets": f"&#91;figure&#93;({JS})",
    "percent": "[figure](%6Aavascript:alert(1))",
    "relative": "[figure](/formgrader/api/grade/1)",
    "bare address": "https://example.org/full-marks",
    "bare www": "www.example.org and someone@example.org",
    "autolink": f"<{JS}>",
    "autolink https": "<https://example.org>",
    "autolink mail": "<someone@example.org>",
    "image": "![x](https://example.org/who-looks.png)",
    "image with script": f"![x]({JS})",
    "image in a link": f"[![x](attachment:a.png)]({JS})",
    "image's title": "![x](attachment:a.png \"x' onerror='alert(1)\")",
    "image's words": '![x" onerror="alert(1)](attachment:a.png)',
    "html": "<img src=x onerror=alert(1)>",
    "html block": f"<div>\n\n<a href=\"{JS}\">x</a>\n</div>",
    "half a tag": "<a\nhref=//example.org>x",
    "form": "<form action=/x><button formaction=/y>full marks</button></form>",
    "style": "<style>.score{display:none}</style>",
    "meta": '<meta http-equiv="refresh" content="0;url=//example.org">',
    "comment that is none": "<!--><script>alert(1)</script>-->",
    "comment with a link": f"<!-- a -- [x]({JS}) -->",
    "comments around": "<!-- <b> --><script>alert(1)</script><!-- -->",
    "comment opens a formula": f"<!-- $$ --> [x]({JS}) $$",
    "processing instruction": f"<?x ?>[x]({JS})",
    "cdata": f"<![CDATA[x]]>[x]({JS})",
    "mermaid": "```mermaid\ngraph TD; A-->B; click A href \"javascript:alert(1)\"\n```",
    "fence with attributes": "``` {.x onclick=alert(1)}\ncode\n```",
    "fence that does not close": f"```\n[x]({JS})",
    "fence closed by a longer one": f"```\na\n`````\n[x]({JS})",
    "fence of other signs": f"~~~\n```\n~~~\n[x]({JS})\n```",
    "fence in a list": f"- ```\n  a\n[x]({JS})\n  ```",
    "fence in a quote": f"> ```\n[x]({JS})\n> ```",
    "indented fence": f"    ```\n[x]({JS})\n    ```",
    "backticks that do not pair": f"``a` [x]({JS}) `b``",
    "backticks over paragraphs": f"`a\n\n[x]({JS})`",
    "code begins in a formula": f"$a `b$ [x]({JS}) `$",
    "formula swallows code": f"`a $$` [x]({JS}) `$$ b`",
    "formula at the start swallows": f"$$ a $$ [x]({JS})",
    "formula over paragraphs": f"$$ a\n\n[x]({JS})\n\n$$",
    "formula with a link": f"$[x]({JS})$",
    "formula with html": "$a<img src=x onerror=alert(1)>b$",
    "formula with a definition": f"$$[x]: {JS}$$\n\n[x]",
    "MathJax href": r"$\href{javascript:alert(1)}{x}$",
    "MathJax href in display": r"$$\href{javascript:alert(1)}{x}$$",
    "MathJax href with entities": r"$\href{&#106;avascript:alert(1)}{x}$",
    "MathJax href by an entity": "$&#92;href{javascript:alert(1)}{x}$",
    "MathJax href by a named entity": "$&bsol;href{javascript:alert(1)}{x}$",
    "MathJax href by two backslashes": r"| a |\n|---|\n| $x|\\href{javascript:alert(1)}{x}$ |",
    "MathJax href in brackets": r"\\(\href{javascript:alert(1)}{x}\\) \\[\href{javascript:alert(1)}{x}\\]",
    "MathJax href in an environment": r"\begin{equation}\href{javascript:alert(1)}{x}\end{equation}",
    "MathJax environment in text": r"a \\begin{equation}\\href{javascript:alert(1)}{x}\\end{equation}",
    "MathJax escaped dollars": r"\$\\href{javascript:alert(1)}{x}\$",
    "MathJax across emphasis": r"$*\href*{javascript:alert(1)}{x}$",
    "MathJax style": r"$\style{position:fixed;inset:0}{x}$",
    "MathJax class": r"$\class{save-icon}{x} \cssId{answer-why-share}{y}$",
    "MathJax unicode": r"$\unicode[x; position:fixed]{65}$",
    "MathJax require": r"$\require{html}\def\x{\href{javascript:alert(1)}{x}}\x$",
    "MathJax let": r"$\let\a=\href \newcommand{\b}{\href} \a{javascript:alert(1)}{x}$",
    "MathJax csname": r"$\csname href\endcsname{javascript:alert(1)}{x}$",
    "MathJax box": r"$\bbox[border:9px,position:fixed]{x} \label{answer-why-share} \ref{x}$",
    "footnote": f"a[^1]\n\n[^1]: [x]({JS})",
    "task": f"- [x] [a]({JS})",
    "definition list": f"term\n: [x]({JS})",
    "abbreviation": "*[HTML]: x\n\nHTML",
    "struck": f"~~[x]({JS})~~",
    "backslash before": f"\\[x]({JS}) \\\\[x]({JS}) [x\\]({JS})",
    "nul": f"[x\0](java\0script:alert(1)) [y]({JS})",
    "carriage returns": f"a\r[x]({JS})\r\r[y]: {JS}\r",
    "other line ends": f"# x\u2028[x]({JS})\x0c[y]: {JS}\x85",
}  # fmt: skip


class Page(HTMLParser):
    """Elements with their attributes, and the text outside of code, which MathJax reads."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.shown = ""
        self._open: list[tuple[str, bool]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        skipped = tag in ("pre", "code", "style", "script", "textarea")
        skipped |= "tex2jax_ignore" in (dict(attrs).get("class") or "").split()
        if tag not in VOID:
            self._open.append((tag, skipped))

    def handle_endtag(self, tag: str) -> None:
        while self._open and any(name == tag for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        self.shown += data
        if not any(skipped for _, skipped in self._open):
            self.text += data


def check_harmless(html: str) -> Page:
    page = Page(html)
    for tag, attributes in page.elements:
        if tag == "img":
            assert str(attributes.get("src")).startswith("data:image/png;base64,"), attributes
            assert set(attributes) <= {"src", "alt"}, attributes
        else:
            assert tag in ALLOWED, f"<{tag}> in {html}"
            assert not attributes, f"<{tag} {attributes}> in {html}"
    check_formulas(page.text)
    return page


def check_formulas(text: str) -> None:
    for macro in re.findall(r"\\([a-zA-Z]+)", text):
        assert macro not in ACTS, text


def formgrader_page(cells: list[dict[str, Any]]) -> str:
    """The notebook as formgrader's own exporter shows it: what stands in the notebook's container."""
    templates = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
    exporter = HTMLExporter(template_name="formgrade", extra_template_basedirs=[str(templates)])
    notebook = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": cells}
    defuse(notebook)
    resources = {
        "base_url": "",
        "submission_id": "1",
        "notebook_id": "n",
        "assignment_id": "a",
        "index": 0,
        "total": 1,
        "student": "s",
        "notebook_path": "p",
    }
    html, _ = exporter.from_notebook_node(from_dict(notebook), resources=resources)
    return str(html)[str(html).index('id="notebook-container"') :]


def markdown_cell(source: str, **more: Any) -> dict[str, Any]:
    marks = {"grade_id": "answer-q", "grade": True, "solution": True, "locked": False, "points": 1}
    return {"cell_type": "markdown", "metadata": {"nbgrader": marks}, "source": source, "id": "a"} | more


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_markdown_of_a_student_acts(name: str) -> None:
    check_harmless(markdown2html(plain_markdown(PAYLOADS[name])))


@pytest.mark.parametrize("name", PAYLOADS)
def test_nor_where_it_stands_in_a_list_a_quote_or_after_something_left_open(name: str) -> None:
    payload = PAYLOADS[name]
    for before in (
        "- ",
        "1. ",
        "> ",
        "$$ ",
        "$",
        "`",
        "```\n",
        "~~~\n",
        "    ",
        "<!-- ",
        "<pre>\n",
        "a\n: ",
        "| a |\n|--|\n| ",
    ):
        check_harmless(markdown2html(plain_markdown(before + payload)))
        check_harmless(markdown2html(plain_markdown(f"{payload}\n{before}{payload}")))


def test_nor_do_thousands_of_mixtures() -> None:
    pieces = [
        *PAYLOADS.values(),
        *"`$*_~[]()<>!#|\\&-=: \n",
        "$$",
        "```",
        "\n\n",
        "~~~",
        "    ",
        "- ",
        "> ",
        "<!--",
        "-->",
        r"\\(",
        r"\\)",
        r"\begin{align}",
        r"\end{align}",
        r"\href",
        "http://x.y",
        "\t",
        "|",
        "|---|",
    ]
    chance = random.Random(14)
    for _ in range(3000):
        text = "".join(chance.choice(pieces) for _ in range(chance.randint(2, 9)))
        check_harmless(markdown2html(plain_markdown(text)))


def test_on_formgraders_own_page() -> None:
    """Answers, cells that the student added, raw cells, and metadata of the student's making."""
    evil = '"><script>alert(1)</script>'
    cells = [markdown_cell(text, id=f"c{n}") for n, text in enumerate(PAYLOADS.values())]
    cells += [
        {"cell_type": "markdown", "metadata": {}, "id": f"m{n}", "source": text}
        for n, text in enumerate(PAYLOADS.values())
    ]
    cells += [
        {"cell_type": "raw", "metadata": {"format": "text/html"}, "id": f"r{n}", "source": text}
        for n, text in enumerate(PAYLOADS.values())
    ]
    cells += [
        {
            "cell_type": "code",
            "metadata": {"tags": [evil], "magics_language": evil},
            "id": f"p{n}",
            "execution_count": None,
            "outputs": [],
            "source": text,
        }
        for n, text in enumerate(PAYLOADS.values())
    ]
    for number, marks in enumerate(
        [
            {"grade_id": evil, "grade": True, "points": 1, "solution": True, "locked": False},
            {"grade": True, "points": evil, "solution": True, "locked": True},
            {"grade_id": "x", "grade": evil, "points": evil, "solution": evil, "task": evil, "comment": evil},
            {"grade_id": ["x"], "grade": True, "points": [evil]},
        ]
    ):
        cells.append(
            {
                "cell_type": "markdown",
                "metadata": {"nbgrader": marks, "tags": [evil], "x": evil},
                "source": evil,
                "id": f"e{number}",
            }
        )
        cells.append(
            {
                "cell_type": "code",
                "metadata": {"nbgrader": marks},
                "source": evil,
                "outputs": [],
                "execution_count": None,
                "id": f"f{number}",
            }
        )
    page = Page(formgrader_page(cells))
    ids = [a["id"] for _, a in page.elements if a.get("id")]
    assert {i for i in ids if not i.startswith("cell-id=")} == {
        "notebook",
        "notebook-container",
        "statusmessage",
        "answer-q",
        "answer-q-comment",
        "answer-q_extra_credit",
    }
    for tag, attributes in page.elements:
        assert tag not in ("a", "script", "img", "iframe", "svg", "form", "style", "meta", "h1", "h2"), (
            tag,
            attributes,
        )
        assert not any(
            key in ("href", "src", "action", "formaction") or key.startswith("on") for key in attributes
        )
        assert attributes.get("style") in (None, "width: 4em;", "width: 3em;", "margin-left: 1em;"), (
            attributes
        )
    check_formulas(page.text)


def test_a_picture_that_was_pasted_is_all_that_has_an_address() -> None:
    image = {"a.png": {"image/png": "aGk="}}
    page = Page(
        formgrader_page(
            [markdown_cell("![my plot](attachment:a.png) [x](attachment:a.png)", attachments=image)]
        )
    )
    assert [a for tag, a in page.elements if tag == "img"] == [
        {"src": "data:image/png;base64,aGk=", "alt": "my plot"}
    ]
    assert not [tag for tag, _ in page.elements if tag == "a"]


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_formula_runs_in_a_card_or_a_comment(name: str) -> None:
    """A message quotes what a student's code raised, on a page where MathJax looks for formulas."""
    text = PAYLOADS[name]
    test = TestResult(id="t", title="t", outcome="failed", points=0, max_points=1, message=text, example=text)
    for status in ("failed", "missing", "partly"):
        exercise = ExerciseResult(
            name="relu",
            score=0,
            max_score=1,
            status=status,
            tests=[test],
            message=text,
            printed=text,
            remarks=[text],
        )
        check_formulas(Page(exercise_card(exercise)).text)
        check_harmless(markdown2html(exercise_comment(exercise)))
    question = QuestionResult(name="q", score=0, max_score=1, feedback=f"{text}\n{text}", answer=text)
    check_harmless(markdown2html(question_comment(question, with_answer=True)))


READABLE = """\
# Why share?

Because **far fewer** weights are *needed*, and `w[0]` is used at each place [1].

- one: $\\frac{n + 2p - k}{s} + 1$
- two: costs \\$5, a < b && c > d
  1. nested

| layer | shape |
|:------|------:|
| conv  | (8, 26, 26) |

> quoted, see https://example.org

```python
for i in range(3):  # not a heading
    print(a[i](x), "<b>")

    y = x & 1
```

$$
\\sum_{i=1}^{n} x_i \\lt 3
$$

    indented[0] = 1

Last line with file_name and 3 * 4 * 5.
"""


def test_what_harmless_students_write_stays_readable() -> None:
    html = markdown2html(plain_markdown(READABLE))
    page = check_harmless(html)
    tags = [tag for tag, _ in page.elements]
    assert {"strong", "em", "code", "ul", "ol", "li", "table", "th", "td", "blockquote", "pre"} <= set(tags)
    assert "<strong>Why share?</strong>" in html
    for shown in (
        "w[0]",
        "each place [1]",
        r"$\frac{n + 2p - k}{s} + 1$",
        "costs $5, a < b && c > d",
        "(8, 26, 26)",
        "https://example.org",
        'for i in range(3):  # not a heading\n    print(a[i](x), "<b>")\n\n    y = x & 1',
        r"\sum_{i=1}^{n} x_i \lt 3",
        "indented[0] = 1",
        "file_name and 3 * 4 * 5.",
    ):
        assert shown in page.shown, shown
    assert "&#" not in page.shown
    assert "∖" not in page.shown


def test_it_is_done_in_time_that_grows_with_the_text() -> None:
    """A minute for one answer would be an hour for a class."""

    for unit in (
        "`",
        "``a`",
        "$",
        "$$a",
        "[",
        "<!--",
        r"\begin{align}",
        r"\\(",
        "![a](attachment:",
        "- ",
        "> ",
        "#",
        "&",
        "\\",
        "    a\n\n",
        "|-",
    ):
        start = time.process_time()
        plain_markdown(unit * (200_000 // len(unit)))
        assert time.process_time() - start < 2, unit

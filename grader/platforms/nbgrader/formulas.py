"""Formulas of students: commands that MathJax knows and that only draw. Every other one is shown, and not run."""

from __future__ import annotations

import re
from bisect import bisect_left

#: Characters of a formula; longer ones stay text.
MOST = 2000

ENVIRONMENTS = {
    "align": "aligned", "align*": "aligned", "aligned": "aligned", "eqnarray": "aligned", "eqnarray*": "aligned",
    "equation": "", "equation*": "", "gather": "gathered", "gather*": "gathered", "gathered": "gathered",
    "split": "aligned", "cases": "cases", "matrix": "matrix", "pmatrix": "pmatrix", "bmatrix": "bmatrix",
    "vmatrix": "vmatrix", "Vmatrix": "Vmatrix", "Bmatrix": "Bmatrix", "smallmatrix": "smallmatrix",
}  # fmt: skip

_COMMANDS = frozenset(
    re.findall(
        r"\w+",
        """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi
    varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi
    Sigma Upsilon Phi Psi Omega frac dfrac tfrac cfrac binom dbinom tbinom sqrt over choose sum prod
    coprod int iint iiint oint lim limsup liminf max min sup inf arg argmax argmin log ln lg exp sin cos
    tan cot sec csc arcsin arccos arctan sinh cosh tanh coth det dim ker gcd deg hom Pr mod bmod pmod
    operatorname cdot cdots ldots dots dotsc dotsb vdots ddots times div pm mp ast star circ bullet
    oplus ominus otimes odot oslash wedge vee cap cup setminus bigcap bigcup bigoplus bigotimes bigodot
    bigwedge bigvee le leq leqslant ge geq geqslant ll gg lt gt ne neq eq equiv sim simeq approx cong
    propto doteq triangleq coloneqq subset subseteq supset supseteq in ni notin mid nmid parallel perp
    models vdash to gets mapsto leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow
    longrightarrow longleftarrow longmapsto Longrightarrow Longleftrightarrow uparrow downarrow
    updownarrow hookrightarrow implies iff nearrow searrow xrightarrow xleftarrow forall exists nexists
    neg lnot land lor not infty partial nabla emptyset varnothing ell hbar Re Im aleph angle triangle
    square prime top bot therefore because dagger degree checkmark left right middle big Big bigg Bigg
    bigl bigr Bigl Bigr biggl biggr lbrace rbrace lbrack rbrack langle rangle lceil rceil lfloor rfloor
    lvert rvert lVert rVert vert Vert backslash hat widehat tilde widetilde bar overline underline vec
    dot ddot acute grave breve check overbrace underbrace overrightarrow overset underset stackrel
    substack limits nolimits boxed mathrm mathbf mathit mathbb mathcal mathscr mathfrak mathsf mathtt
    boldsymbol bm pmb text textbf textit textrm texttt mbox rm bf it displaystyle textstyle scriptstyle
    scriptscriptstyle quad qquad thinspace enspace hline cr nonumber notag phantom hphantom vphantom
    smash
        """,
    )
)
_PARTS = re.compile(r"\\(begin|end)\{([a-zA-Z]{1,20}\*?)\}|\\([a-zA-Z]+)|\\(.)|(\s+)|(.)", re.DOTALL)
_NO_BACKSLASH = "∖"
#: One sign after a backslash: a space of some width, a brace, a new row.
_SIGNS = frozenset(",;:! |{}_%&#")
#: What Markdown or HTML could act on, if it took the formula for text. A space means nothing to TeX.
_INSTEAD = {
    "<": r"\lt ", ">": r"\gt ", "&": "& ", "]": "] ", ":": ": ", ".": ". ", "@": "@ ", "`": "'", "$": " ", "#": r"\# ",
    "%": r"\% ", "~": r"\ ", "\\": _NO_BACKSLASH,
}  # fmt: skip
_DECIMAL = re.compile(r"(?<=\d)\. (?=\d)")


def formula(body: str, *, display: bool) -> str:
    """`body` between dollars, on one line; '' where it is empty."""
    if not body.strip():
        return ""
    text = _DECIMAL.sub(".", "".join(_part(found) for found in _PARTS.finditer(body.strip())))
    return f"$${text}$$" if display else f"${text}$"


def _part(found: re.Match[str]) -> str:
    edge, environment, command, sign, space, other = found.groups()
    if edge:
        inner = ENVIRONMENTS.get(environment)
        if inner is None:
            return f"{_NO_BACKSLASH}{edge}{{{environment}}}"
        return f"\\{edge}{{{inner}}}" if inner else " "
    if command:
        return f"\\{command}" if command in _COMMANDS else f"{_NO_BACKSLASH}{command}"
    if sign == "\\":
        # Markdown makes one of two: what follows must not become a command.
        return "\\\\ "
    if sign:
        return f"\\{sign} " if sign in _SIGNS else " " if sign.isspace() else _INSTEAD.get(sign, sign)
    if space:
        return " "
    return _INSTEAD.get(other, other if other.isprintable() else "")


class Backticks:
    """The runs of backticks in a text, each looked for once."""

    def __init__(self, text: str) -> None:
        self._runs: dict[int, list[int]] = {}
        for run in re.finditer("`+", text):
            self._runs.setdefault(len(run[0]), []).append(run.start())

    def find(self, start: int, count: int) -> int:
        """Where a run of exactly `count` begins from `start` on, or -1."""
        places = self._runs.get(count, [])
        at = bisect_left(places, start)
        return places[at] if at < len(places) else -1

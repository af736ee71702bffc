"""Formulas as plain text: what a file and a terminal show where a notebook draws LaTeX."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from grader.course.formulas import plain_formulas

HANDOUT = Path(__file__).parents[3] / "exercises" / "cnn"


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"$\left\lfloor \frac{W + 2P - K}{S} \right\rfloor + 1$", "⌊(W + 2P − K) / S⌋ + 1"),
        (r"$\sum_{i=0}^{K-1} x[i] \cdot w[i]$", "Σ(i = 0 … K−1) x[i] · w[i]"),
        (r"$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$", "pₖ = e^zₖ / (Σⱼ e^zⱼ)"),
        (r"$-\frac1N \sum_n \log p_{n,\,\text{label}_n}$", "−1/N Σₙ log p[n, labelₙ]"),
        (r"$\frac{\partial L}{\partial p} \approx 2h$", "∂L/∂p ≈ 2h"),
        (r"$h = 10^{-5}$", "h = 10⁻⁵"),
        (r"$\text{d}\hat x[n] \mathrel{+}= w_5^T$", "dx\u0302[n] += w₅ᵀ"),
        (r"$\max_{0 \le i < \text{size}} \; x[i]$", "max(0 ≤ i < size) x[i]"),
        (r"$e^{z_j - m}$", "e^(zⱼ − m)"),
        (r"$\unknown{x}$", "unknownx"),
        ("costs `$5` and $x^2$", "costs `$5` and x²"),
        ("```\n$x^2$\n```", "```\n$x^2$\n```"),
        ("so\n$$y = x$$\nholds", "so\n    y = x\nholds"),
        ("with $a,\nb_1$ on", "with\na, b₁ on"),
        ("a lone $ stays", "a lone $ stays"),
        ("$", "$"),
        (r"$\frac{$", "/"),
    ],
)
def test_a_formula_is_readable(latex: str, plain: str) -> None:
    assert plain_formulas(latex) == plain


def test_no_latex_is_left_in_scripts_and_hints_and_the_notebook_has_it() -> None:
    for path in [*HANDOUT.glob("*.py"), HANDOUT / "hints.yaml"]:
        lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line.startswith(("#", " "))]
        assert not [line for line in lines if re.search(r"\\(text|frac|sum|hat|cdot|left|qquad)\b", line)], (
            path
        )
        assert "$" not in "\n".join(lines), path
        assert max(map(len, lines)) <= 120, path
    assert r"\\frac" in (HANDOUT / "convolution.ipynb").read_text(encoding="utf-8")


def test_markdown_leaves_the_hints_as_they_are() -> None:
    """Underscores and stars around words would become italics in a terminal."""
    hints = yaml.safe_load((HANDOUT / "hints.yaml").read_text(encoding="utf-8"))
    for exercise, tiers in hints.items():
        for tier, text in tiers.items():
            prose = "\n".join(line for line in text.split("\n") if not line.startswith("    "))
            prose = re.sub(r"`[^`]*`", "", prose)
            assert not re.search(r"(?<!\w)_\w[^_]*_(?!\w)|\*\S[^*\n]*·[^*\n]*\*", prose), (exercise, tier)

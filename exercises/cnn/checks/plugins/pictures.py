"""What a working convolution makes of a handwritten digit."""

from __future__ import annotations

import functools
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

DIGITS = "data/digits.npz"
_DIGIT = 1202  # a 4: strokes that run down, across and aslant

EXERCISES = ("conv2d",)
ABOUT = "A handwritten digit, and the feature maps that your own code computes of it."
NOTE = (
    "In the maps of edges, grey is 0, lighter is above and darker is below. The digit is from MNIST (Yann LeCun, "
    "Corinna Cortes), CC BY-SA 3.0."
)

_EDGE = np.array([[-1.0, 0.0, 1.0]] * 3)
#: Whole numbers, so that every correct convolution gives the same picture on every machine.
_FILTERS = (
    ("vertical edges", "bright where a stroke begins from the left, dark where it ends", _EDGE),
    ("horizontal edges", "bright where a stroke begins from the top, dark where it ends", _EDGE.T),
    ("blur", "the digit, softened", np.ones((3, 3))),
)


def pictures(exercise: str, function: Callable[..., Any], handout: Path) -> list[tuple[str, str, Any]]:
    """Title, text and numbers of each picture; none without the handout's digits."""
    digit = _digit_in(handout)
    if digit is None:
        return []
    filters = np.stack([kernel for _, _, kernel in _FILTERS])[:, np.newaxis]
    maps = np.asarray(function(digit[np.newaxis, np.newaxis], filters, np.zeros(len(_FILTERS))))
    if maps.shape != (1, len(_FILTERS), digit.shape[0] - 2, digit.shape[1] - 2):
        return []
    shown = zip(_FILTERS, maps[0], strict=True)
    return [
        ("the digit", "a handwritten 4, light on dark", digit),
        *((title, text, values) for (title, text, _), values in shown),
    ]


@functools.cache
def _digit_in(handout: Path) -> Any:
    try:
        with np.load(handout / DIGITS, allow_pickle=False) as stored:
            digit = stored["X"][_DIGIT]
    except (OSError, KeyError, IndexError, ValueError, zipfile.BadZipFile):
        return None
    return digit.astype(np.float64) if digit.ndim == 2 else None

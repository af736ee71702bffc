"""Numbers of a call by which its result may be multiplied by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def quantities(args: tuple[Any, ...], facts: Mapping[str, bool]) -> Mapping[str, float]:
    """Numbers of a call by which a result may be multiplied by mistake: name → number."""
    found: dict[str, float] = {}
    shapes = [arg.shape for arg in args if isinstance(arg, np.ndarray)]
    if args and isinstance(args[0], dict):
        found["the number of images"] = shapes[0][0]
    elif "gaps" in facts:
        image, size = shapes[-1], args[-2] if len(args) > 2 else 2
        found |= {"the number of images": image[0], "the number of channels": image[1]}
        if isinstance(size, int):
            found["the size of the window"] = size * size
    elif "kh!=kw" in facts and len(shapes) > 1 and len(shapes[0]) == 4:
        image, filters = (
            (shapes[1], shapes[2])
            if len(shapes[1]) == 4 and len(shapes) == 3 and len(shapes[2]) == 4
            else shapes[:2]
        )
        found |= {"the number of images": image[0], "the number of channels": image[1]}
        found |= {
            "the number of filters": filters[0],
            "the number of weights in a slice": filters[2] * filters[3],
        }
        found["the number of weights in a filter"] = filters[1] * filters[2] * filters[3]
        if image is shapes[1]:
            found["the number of places"] = shapes[0][2] * shapes[0][3]
            found["the number of places in all images"] = shapes[0][0] * shapes[0][2] * shapes[0][3]
    elif "big-logits" in facts:
        found |= {"the number of images": shapes[0][0], "the number of classes": shapes[0][1]}
    elif "kh!=kw" in facts:
        found["the number of weights"] = float(np.prod(shapes[-1]))
    return {name: float(number) for name, number in found.items()}

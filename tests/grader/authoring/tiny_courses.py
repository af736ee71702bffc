"""A catalogue for the tiny course, and hidden tests of it that meet numbers of any size."""

from __future__ import annotations

MISTAKES = """\
import numpy as np
from grader.course.mistakes import mistake

@mistake("clip", name="unchanged", says="Nothing is clipped.", hint="What happens to -1?")
def unchanged(x):
    return x

@mistake("double", name="tripled", says="Three times.", hint="How often?")
def tripled(x):
    return 3 * np.asarray(x)

@mistake("double", name="flattened", says="The shape is lost.", hint="Look at the shape.")
def flattened(x):
    return 2.0 * np.ravel(x)

@mistake("double", name="never-empty", says="Nothing becomes a zero.", hint="What is twice nothing?")
def never_empty(x):
    return 2 * np.asarray(x) if np.size(x) else np.zeros(1)
"""

VARIANTS = """\
from grader.course.variants import variant

@variant("double", name="added")
def added(x):
    return x + x

@variant("clip", name="list")
def listed(x):
    return [max(value, 0) for value in x.tolist()]
"""

CATALOGUE = {"solutions/tiny/mistakes/all.py": MISTAKES, "solutions/tiny/variants/all.py": VARIANTS}

HIDDEN_BETA = '''\
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.testing import agree, magnitude

arrays = st.tuples(
    st.sampled_from((1.0, 0.137, 142857.1, 1.3e-6)), st.lists(st.integers(-7, 7), min_size=1, max_size=4)
).map(lambda pair: pair[0] * np.array(pair[1], dtype=float))


@pytest.mark.exercise("scaled", points=4)
@given(x=arrays, factor=st.sampled_from([2, 4, 6]))
def test_scales(student, reference, x, factor):
    """Any even factor"""
    agree(student.scaled(x, factor), reference.scaled(x, factor), scale=magnitude(x))
    agree(student.scaled(x), reference.scaled(x), scale=magnitude(x))


@pytest.mark.exercise("clip", points=1)
@given(x=arrays)
def test_clips(student, reference, x):
    """Negative values become 0"""
    agree(student.clip(x), reference.clip(x), scale=magnitude(x))
'''
HIDDEN_ALPHA = '''\
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.testing import agree, agree_integer, magnitude, must_raise

from .test_beta import arrays


@pytest.mark.exercise("double", points=3)
@given(x=arrays)
def test_doubles(student, reference, x):
    """Any numbers are doubled, and nothing stays nothing"""
    for values in (x, np.zeros(0), np.tile(x, (2, 1))):
        agree(student.double(values), reference.double(values), scale=magnitude(x))


@pytest.mark.exercise("total", points=2)
@given(x=st.lists(st.integers(-400, 400), min_size=1, max_size=5))
def test_sums(student, reference, x):
    """Any list is summed, an empty one refused"""
    agree_integer(student.total(x), reference.total(x))
    must_raise(ValueError, student.total, [])
'''
WILD = {
    "tests/hidden/tiny/test_alpha.py": HIDDEN_ALPHA.replace(
        "from .test_beta import arrays\n", HIDDEN_BETA[HIDDEN_BETA.index("arrays =") : HIDDEN_BETA.index("\n\n\n@")]
    ),
    "tests/hidden/tiny/test_beta.py": HIDDEN_BETA,
}  # fmt: skip

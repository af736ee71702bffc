"""Known mistakes: three filters that answer to what they should (edge_filters)."""

from __future__ import annotations

import numpy as np

from grader.testing import mistake


def sobel() -> np.ndarray:
    """The filter for vertical edges, (3, 3)."""
    return np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])


def box() -> np.ndarray:
    """The plainest blur, (3, 3)."""
    return np.full((3, 3), 1 / 9)


@mistake(
    "edge_filters",
    name="edges-swapped",
    says="The two edge filters are swapped: filter 0 answers to top–bottom changes.",
    hint="A vertical edge is a change from left to right. Along which axis must the weights change sign?",
)
def edges_swapped() -> np.ndarray:
    return np.stack([sobel().T, sobel(), box()])


@mistake(
    "edge_filters",
    name="one-direction-twice",
    says="Both edge filters look in the same direction.",
    hint="The second one is the first one turned. Which operation swaps rows and columns?",
)
def one_direction_twice() -> np.ndarray:
    return np.stack([sobel(), sobel(), box()])


@mistake(
    "edge_filters",
    name="mirrored-for-turned",
    says="Filter 1 is filter 0 mirrored: it finds the same edges with the other sign.",
    hint="Mirroring changes the sign, not the direction.",
)
def mirrored_for_turned() -> np.ndarray:
    return np.stack([sobel(), sobel()[:, ::-1], box()])


@mistake(
    "edge_filters",
    name="weights-do-not-cancel",
    says="Filter 0 answers to a plain area: its weights do not add up to 0.",
    hint="On a plain area the response is the sum of the weights times the brightness.",
)
def weights_do_not_cancel() -> np.ndarray:
    return np.stack([sobel() + 1, sobel().T, box()])


@mistake(
    "edge_filters",
    name="weights-do-not-cancel-across",
    says="Filter 1 answers to a plain area: its weights do not add up to 0.",
    hint="On a plain area the response is the sum of the weights times the brightness.",
)
def weights_do_not_cancel_across() -> np.ndarray:
    return np.stack([sobel(), sobel().T + 1, box()])


@mistake(
    "edge_filters",
    name="diagonal",
    says="Filter 0 answers to changes in both directions, and should give 0 on a top–bottom one.",
    hint="On a top–bottom change the weights of each row must cancel on their own.",
)
def diagonal() -> np.ndarray:
    slanted = np.array([[-1.0, -1.0, 0.0], [-1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    return np.stack([slanted, sobel().T, box()])


@mistake(
    "edge_filters",
    name="laplacian",
    says="Both edge filters answer to every direction: this is a Laplacian.",
    hint="A filter for one direction treats the other one as plain: rows (or columns) alike.",
)
def laplacian() -> np.ndarray:
    both = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    return np.stack([both, both, box()])


@mistake(
    "edge_filters",
    name="blur-not-normalised",
    says="The blur makes the picture brighter: its weights do not add up to 1.",
    hint="On a plain area of 7 a blur must give 7. What does a sum of weights of 9 give?",
)
def blur_not_normalised() -> np.ndarray:
    return np.stack([sobel(), sobel().T, np.ones((3, 3))])


@mistake(
    "edge_filters",
    name="blur-divided-by-eight",
    says="The blur's weights add up to 9/8: there are nine weights, not eight.",
    hint="Count the weights that are not zero, the middle one too.",
)
def blur_divided_by_eight() -> np.ndarray:
    return np.stack([sobel(), sobel().T, np.full((3, 3), 1 / 8)])


@mistake(
    "edge_filters",
    name="blur-of-one-pixel",
    says="The blur leaves the picture as it is: only its middle weight is not zero.",
    hint="To blur, neighbours must have a say.",
)
def blur_of_one_pixel() -> np.ndarray:
    return np.stack([sobel(), sobel().T, np.diag([0.0, 1.0, 0.0])])


@mistake(
    "edge_filters",
    name="blur-of-three-pixels",
    says="The blur averages three pixels only, a single line.",
    hint="At least four weights should not be zero, so that it blurs in both directions.",
)
def blur_of_three_pixels() -> np.ndarray:
    line = np.zeros((3, 3))
    line[1] = 1 / 3
    return np.stack([sobel(), sobel().T, line])


@mistake(
    "edge_filters",
    name="sharpens",
    says="Filter 2 sharpens: it has negative weights.",
    hint="A blur is an average: no weight below 0.",
)
def sharpens() -> np.ndarray:
    sharp = np.array([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]])
    return np.stack([sobel(), sobel().T, sharp])


@mistake(
    "edge_filters",
    name="blur-missing",
    says="Only two filters are there: the blur is missing.",
    hint="Three filters are asked for. What is the shape of your result?",
)
def blur_missing() -> np.ndarray:
    return np.stack([sobel(), sobel().T])


@mistake(
    "edge_filters",
    name="flattened",
    says="Each filter is a row of nine numbers; a grid of 3×3 is asked for.",
    hint="The result has the shape (3, 3, 3).",
)
def flattened() -> np.ndarray:
    return np.stack([sobel(), sobel().T, box()]).reshape(3, 9)


@mistake(
    "edge_filters",
    name="channel-axis-added",
    says="There is an axis too many: (3, 1, 3, 3) instead of (3, 3, 3).",
    hint="These filters have no channels yet.",
)
def channel_axis_added() -> np.ndarray:
    return np.stack([sobel(), sobel().T, box()])[:, np.newaxis]


@mistake(
    "edge_filters",
    name="all-zero",
    says="All weights are zero: no filter answers to anything.",
    hint="The array is prepared; now give it weights.",
)
def all_zero() -> np.ndarray:
    return np.zeros((3, 3, 3))

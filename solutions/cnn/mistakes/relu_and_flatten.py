"""Known mistakes: relu, relu_backward, flatten."""

from __future__ import annotations

import numpy as np

from grader.testing import mistake


@mistake(
    "relu",
    name="absolute-value",
    says="Negative numbers lose their sign; they should become 0.",
    hint="What is the larger one of −3 and 0?",
)
def absolute_value(x: np.ndarray) -> np.ndarray:
    return np.abs(x)


@mistake(
    "relu",
    name="pythons-own-max",
    says="`max(x, 0)` is Python's own maximum (or an `if` asks the whole array): it fails on several numbers.",
    hint="Which function of numpy compares number by number?",
)
def pythons_own_max(x: np.ndarray) -> np.ndarray:
    return max(x, 0)


@mistake(
    "relu",
    name="keeps-the-negative",
    says="The wrong half is kept: positive numbers become 0.",
    hint="ReLU lets positive numbers pass. The smaller one or the larger one of x and 0?",
)
def keeps_the_negative(x: np.ndarray) -> np.ndarray:
    return np.minimum(x, 0)


@mistake(
    "relu",
    name="leaky",
    says="Negative numbers become small instead of 0: this is a leaky ReLU.",
    hint="Below 0 nothing passes, not even a hundredth.",
)
def leaky(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, x, 0.01 * x)


@mistake(
    "relu",
    name="step",
    says="Positive numbers become 1; they should stay as they are.",
    hint="x > 0 says whether a number passes. What becomes of the number itself?",
)
def step(x: np.ndarray) -> np.ndarray:
    return (x > 0) * 1.0


@mistake(
    "relu",
    name="clipped-at-one",
    says="Numbers above 1 become 1; they should stay as they are.",
    hint="ReLU has a lower end only.",
)
def clipped_at_one(x: np.ndarray) -> np.ndarray:
    return np.clip(x, 0, 1)


@mistake(
    "relu",
    name="integer-result",
    says="Fractions are cut off.",
    hint="0.5 is positive and stays 0.5. Where do whole numbers come in?",
)
def integer_result(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0).astype(int)


@mistake(
    "relu",
    name="one-number",
    says="One number comes back: the maximum of the whole array.",
    hint="np.max looks for the largest entry of one array; you need a function that compares entry by entry.",
)
def one_number(x: np.ndarray) -> float:
    return max(float(np.max(x)), 0.0)


@mistake(
    "relu",
    name="negative-entries-removed",
    says="Negative entries are removed, so that the shape is lost; they should become 0.",
    hint="x[x > 0] selects entries. The result must have x's shape.",
)
def negative_entries_removed(x: np.ndarray) -> np.ndarray:
    return x[x > 0]


@mistake(
    "relu",
    name="four-axes-only",
    says="It works for arrays with four axes only.",
    hint="ReLU does not care about axes. Is there an index that is not needed?",
)
def four_axes_only(x: np.ndarray) -> np.ndarray:
    return np.maximum(x[:, :, :, :], 0)


@mistake(
    "relu",
    name="sigmoid",
    says="This is the sigmoid; positive numbers should stay as they are.",
    hint="ReLU is a straight line on either side of 0.",
)
def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


@mistake(
    "relu_backward",
    name="passes-at-zero",
    says="The gradient passes where x is exactly 0; there it stops.",
    hint="Which of > and >= belongs here?",
)
def passes_at_zero(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    return dout * (x >= 0)


@mistake(
    "relu_backward",
    name="half-at-zero",
    says="Where x is exactly 0 half of the gradient passes; none should.",
    hint="The docstring says what happens at 0.",
)
def half_at_zero(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    return dout * np.heaviside(x, 0.5)


@mistake(
    "relu_backward",
    name="gate-from-dout",
    says="The gate looks at the gradient's sign; it should look at x.",
    hint="A gradient may be negative and still pass. What decides is what went into the ReLU.",
)
def gate_from_dout(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.where(dout > 0, dout, 0)


@mistake(
    "relu_backward",
    name="relu-on-top",
    says="Negative gradients become 0, too: a ReLU is applied to the result.",
    hint="The gate is open where x > 0; whatever comes, of either sign, passes there.",
)
def relu_on_top(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.where((x > 0) & (dout > 0), dout, 0)


@mistake(
    "relu_backward",
    name="slope-only",
    says="The slope, 0 or 1, is returned without the gradient dout.",
    hint="Chain rule: the slope of the ReLU times what comes from above.",
)
def slope_only(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    return (x > 0) * 1.0


@mistake(
    "relu_backward",
    name="everything-passes",
    says="The gradient passes everywhere: the gate is missing.",
    hint="Where x was negative a small change of x changes nothing. What is the slope there?",
)
def everything_passes(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    return dout


@mistake(
    "relu_backward",
    name="gate-reversed",
    says="The gate is the wrong way round: it opens where x is negative.",
    hint="Where does relu(x) change when x changes a little?",
)
def gate_reversed(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    return dout * (x < 0)


@mistake(
    "relu_backward",
    name="sign-for-slope",
    says="Where x is negative the gradient comes back with the other sign; it should be 0.",
    hint="sign(x) is −1 for negative x. What is the slope of the ReLU there?",
)
def sign_for_slope(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    return dout * np.sign(x)


@mistake(
    "relu_backward",
    name="times-relu",
    says="The gradient is multiplied by relu(x) instead of its slope.",
    hint="For positive x the ReLU is a line of slope 1, whatever x is.",
)
def times_relu(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    return dout * np.maximum(x, 0)


@mistake(
    "relu_backward",
    name="forward-again",
    says="relu(x) is returned: the forward pass once more.",
    hint="What comes from above, dout, must occur in the result.",
)
def forward_again(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)


@mistake(
    "relu_backward",
    name="all-zero",
    says="The result is all zeros: nothing passes.",
    hint="Where x is positive the gradient passes unchanged.",
)
def all_zero(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.zeros_like(dout)


@mistake(
    "flatten",
    name="batch-flattened",
    says="The whole batch becomes one long row; the batch axis is lost.",
    hint="Each image keeps a row of its own.",
)
def batch_flattened(x: np.ndarray) -> np.ndarray:
    return x.ravel()


@mistake(
    "flatten",
    name="one-row",
    says="There is a single row for the whole batch; each image needs its own.",
    hint="How many rows has the result for a batch of N images?",
)
def one_row(x: np.ndarray) -> np.ndarray:
    return x.reshape(1, -1)


@mistake(
    "flatten",
    name="column-major",
    says="The numbers are read with the first axis fastest (order F).",
    hint="Row-major: the last index runs fastest.",
)
def column_major(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1, order="F")


@mistake(
    "flatten",
    name="channels-last",
    says="The channels are interleaved: pixel by pixel instead of channel by channel.",
    hint="First all of channel 0, then all of channel 1. Which axes did you move?",
)
def channels_last(x: np.ndarray) -> np.ndarray:
    return x.transpose(0, 2, 3, 1).reshape(len(x), -1)


@mistake(
    "flatten",
    name="column-by-column",
    says="Each channel is read column by column instead of row by row.",
    hint="The first numbers are the first row of the first channel.",
)
def column_by_column(x: np.ndarray) -> np.ndarray:
    return x.transpose(0, 1, 3, 2).reshape(len(x), -1)


@mistake(
    "flatten",
    name="channels-kept",
    says="The channels keep their axis: (N, C, H·W) instead of (N, C·H·W).",
    hint="Two axes are left in the end. How many does your result have?",
)
def channels_kept(x: np.ndarray) -> np.ndarray:
    return x.reshape(*x.shape[:2], -1)


@mistake(
    "flatten",
    name="transposed",
    says="The result is transposed: a column for each image.",
    hint="The first axis of the result counts the images.",
)
def transposed(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1).T


@mistake(
    "flatten",
    name="images-mixed",
    says="Numbers of different images stand in one row: the reshape cuts across images.",
    hint="Which axis does the -1 stand for in your reshape?",
)
def images_mixed(x: np.ndarray) -> np.ndarray:
    return x.reshape(-1, len(x)).T


@mistake(
    "flatten",
    name="single-image-squeezed",
    says="A batch of one image loses its batch axis.",
    hint="One image gives one row: the shape is (1, D).",
)
def single_image_squeezed(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1).squeeze()


@mistake(
    "flatten",
    name="first-channel-only",
    says="Only the first channel is there.",
    hint="How many numbers has one image, all channels together?",
)
def first_channel_only(x: np.ndarray) -> np.ndarray:
    return x[:, 0].reshape(len(x), -1)


@mistake(
    "flatten",
    name="averaged-per-channel",
    says="One mean for each channel is left; no number should be lost.",
    hint="Flattening only changes the shape. How many numbers come in, how many go out?",
)
def averaged_per_channel(x: np.ndarray) -> np.ndarray:
    return x.mean(axis=(2, 3))


@mistake(
    "flatten", name="integer-result", says="Fractions are cut off.", hint="Flattening changes no number."
)
def integer_result_of_flatten(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1).astype(int)

"""Known mistakes: the loss over time, and that of the whole model (temporal_softmax_loss, rnn_loss)."""

from __future__ import annotations

import numpy as np

from cell import rnn_forward
from grader.testing import mistake
from language import rnn_loss, temporal_softmax_loss
from sequences import one_hot
from through_time import rnn_backward, rnn_step_backward

Array = np.ndarray
Loss = tuple[float, Array]
Params = dict[str, Array]
Whole = tuple[float, Params]


def softmax(scores: Array, axis: int = 2) -> Array:
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def chosen(values: Array, targets: Array) -> Array:
    return np.take_along_axis(values, targets[..., np.newaxis], axis=2)[..., 0]


def times(factor: float, scores: Array, targets: Array, mask: Array) -> Loss:
    loss, dscores = temporal_softmax_loss(scores, targets, mask)
    return loss * factor, dscores * factor


@mistake(
    "temporal_softmax_loss",
    name="averaged-over-the-batch-only",
    says="The sum is divided by N; it should be divided by the number of real places.",
    hint="Should a batch of longer sequences have a larger loss?",
)
def averaged_over_the_batch_only(scores: Array, targets: Array, mask: Array) -> Loss:
    return times(mask.sum() / len(mask), scores, targets, mask)


@mistake(
    "temporal_softmax_loss",
    name="averaged-over-padding",
    says="The sum is divided by N·T: padding counts in the mean.",
    hint="How many places are real?",
)
def averaged_over_padding(scores: Array, targets: Array, mask: Array) -> Loss:
    return times(mask.sum() / mask.size, scores, targets, mask)


@mistake(
    "temporal_softmax_loss",
    name="mean-of-means",
    says="Each sequence has its own mean, and the mean of these is taken: short sequences count too much.",
    hint="Every real place counts alike, wherever it stands.",
)
def mean_of_means(scores: Array, targets: Array, mask: Array) -> Loss:
    each = [
        temporal_softmax_loss(s[None], t[None], m[None])
        for s, t, m in zip(scores, targets, mask, strict=True)
    ]
    return sum(loss for loss, _ in each) / len(each), np.concatenate([d for _, d in each]) / len(each)


@mistake(
    "temporal_softmax_loss",
    name="mask-ignored",
    says="The mask is ignored: padding counts like any other place.",
    hint="Where does mask occur in your code?",
)
def mask_ignored(scores: Array, targets: Array, mask: Array) -> Loss:
    return temporal_softmax_loss(scores, targets, np.ones_like(mask))


@mistake(
    "temporal_softmax_loss",
    name="gradient-at-padding",
    says="The loss leaves padding out, the gradient does not: it should be 0 there.",
    hint="How does the loss change with a score that it does not look at?",
)
def gradient_at_padding(scores: Array, targets: Array, mask: Array) -> Loss:
    loss, _ = temporal_softmax_loss(scores, targets, mask)
    gradient = softmax(scores) - np.eye(scores.shape[2])[targets]
    return loss, gradient / mask.sum()


@mistake(
    "temporal_softmax_loss",
    name="loss-of-padding",
    says="The gradient leaves padding out, the loss does not.",
    hint="Which places are added up in the loss?",
)
def loss_of_padding(scores: Array, targets: Array, mask: Array) -> Loss:
    loss = temporal_softmax_loss(scores, targets, np.ones_like(mask))[0]
    return loss, temporal_softmax_loss(scores, targets, mask)[1]


@mistake(
    "temporal_softmax_loss",
    name="mask-upside-down",
    says="The padding counts, and the real places do not.",
    hint="Is the mask 1 or 0 where a place is real?",
)
def mask_upside_down(scores: Array, targets: Array, mask: Array) -> Loss:
    with np.errstate(all="ignore"):
        return temporal_softmax_loss(scores, targets, 1 - mask)


@mistake(
    "temporal_softmax_loss",
    name="softmax-over-time",
    says="The softmax runs over the steps; it should run over the V scores of a place.",
    hint="The probabilities of one place add up to 1. Along which axis?",
)
def softmax_over_time(scores: Array, targets: Array, mask: Array) -> Loss:
    p, real = softmax(scores, axis=1), mask / mask.sum()
    with np.errstate(divide="ignore"):
        loss = -(real * np.log(chosen(p, targets))).sum()
    return loss, real[..., np.newaxis] * (p - np.eye(scores.shape[2])[targets])


@mistake(
    "temporal_softmax_loss",
    name="overflows",
    says="Large scores overflow: exp is taken of the scores as they are.",
    hint="exp(1000) is too large for any float. What may be subtracted from the scores of a place?",
)
def overflows(scores: Array, targets: Array, mask: Array) -> Loss:
    with np.errstate(all="ignore"):
        p, real = np.exp(scores) / np.exp(scores).sum(axis=2, keepdims=True), mask / mask.sum()
        loss = -(real * np.log(chosen(p, targets))).sum()
    return loss, real[..., np.newaxis] * (p - np.eye(scores.shape[2])[targets])


@mistake(
    "temporal_softmax_loss",
    name="log-of-zero",
    says="The logarithm of a probability that is rounded to 0 is infinite.",
    hint="log(exp(a)/s) is a − log s. Which of the two forms survives when exp(a) is tiny?",
)
def log_of_zero(scores: Array, targets: Array, mask: Array) -> Loss:
    with np.errstate(all="ignore"):
        loss = -(mask / mask.sum() * np.log(chosen(softmax(scores), targets))).sum()
    return loss, temporal_softmax_loss(scores, targets, mask)[1]


@mistake(
    "temporal_softmax_loss",
    name="small-number-inside-the-log",
    says="A small number inside the logarithm hides its 0, but the loss of far-off scores comes out wrong.",
    hint="Compute log p without computing p first: a − log(sum).",
)
def small_number_inside_the_log(scores: Array, targets: Array, mask: Array) -> Loss:
    loss = -(mask / mask.sum() * np.log(chosen(softmax(scores), targets) + 1e-12)).sum()
    return loss, temporal_softmax_loss(scores, targets, mask)[1]


@mistake(
    "temporal_softmax_loss",
    name="gradient-not-divided",
    says="The gradient is not divided by the number of real places.",
    hint="The loss is a mean. What does that do to the gradient of each place?",
)
def gradient_not_divided(scores: Array, targets: Array, mask: Array) -> Loss:
    loss, dscores = temporal_softmax_loss(scores, targets, mask)
    return loss, dscores * mask.sum()


@mistake(
    "temporal_softmax_loss",
    name="loss-summed",
    says="The loss is the sum over all real places; the mean is asked for.",
    hint="Twice the same batch must give the same loss.",
)
def loss_summed(scores: Array, targets: Array, mask: Array) -> Loss:
    loss, dscores = temporal_softmax_loss(scores, targets, mask)
    return loss * mask.sum(), dscores


@mistake(
    "temporal_softmax_loss",
    name="target-not-subtracted",
    says="The gradient is that of a loss without target: the 1 of the target is not subtracted.",
    hint="A larger score of the target makes the loss smaller. Which sign has its gradient?",
)
def target_not_subtracted(scores: Array, targets: Array, mask: Array) -> Loss:
    loss, _ = temporal_softmax_loss(scores, targets, mask)
    return loss, mask[..., np.newaxis] * softmax(scores) / mask.sum()


@mistake(
    "temporal_softmax_loss",
    name="loss-negative",
    says="The loss has the wrong sign: log p without the minus.",
    hint="p is below 1. Which sign has its logarithm, and which sign should a loss have?",
)
def loss_negative(scores: Array, targets: Array, mask: Array) -> Loss:
    loss, dscores = temporal_softmax_loss(scores, targets, mask)
    return -loss, dscores


@mistake(
    "temporal_softmax_loss",
    name="rounded",
    says="Results are rounded: of small numbers nothing is left.",
    hint="Rounding is for printing. Nothing here asks for it.",
)
def loss_rounded(scores: Array, targets: Array, mask: Array) -> Loss:
    loss, dscores = temporal_softmax_loss(scores, targets, mask)
    return round(float(loss), 5), dscores.round(5)


def through(
    params: Params, ids: Array, targets: Array, mask: Array, *, cut: bool = False, biased: bool = True
) -> tuple[float, Params, Array, Array]:
    """rnn_loss, with states and dscores; the keywords are what a mistake changes."""
    p, x = params, one_hot(ids, len(params["wx"]))
    h0 = np.zeros((len(ids), len(p["wh"])))
    states = rnn_forward(x, h0, p["wx"], p["wh"], p["b"])
    loss, dscores = temporal_softmax_loss(states @ p["wy"] + biased * p["by"], targets, mask)
    dstates = dscores @ p["wy"].T
    if cut:
        befores = np.concatenate([h0[:, np.newaxis], states[:, :-1]], axis=1)
        steps = [
            rnn_step_backward(dstates[:, t], x[:, t], befores[:, t], states[:, t], p["wx"], p["wh"])[2:]
            for t in range(x.shape[1])
        ]
        weights = [sum(one) for one in zip(*steps, strict=True)]
    else:
        weights = rnn_backward(dstates, x, h0, states, p["wx"], p["wh"])[2:]
    grads = dict(zip(("wx", "wh", "b"), weights, strict=True))
    grads |= {"wy": np.tensordot(states, dscores, axes=((0, 1), (0, 1))), "by": dscores.sum(axis=(0, 1))}
    return loss, grads, states, dscores


@mistake(
    "rnn_loss",
    name="mask-ignored",
    says="The mask is ignored: padding counts like any other place.",
    hint="Where does mask occur in your code?",
)
def model_without_mask(params: Params, ids: Array, targets: Array, mask: Array) -> Whole:
    return rnn_loss(params, ids, targets, np.ones_like(mask))


@mistake(
    "rnn_loss",
    name="cut-through-time",
    says="Gradients do not go back through the steps: each state gets only what its own scores ask for.",
    hint="rnn_backward takes the gradients of all states and goes through all steps. Do you use it once?",
)
def model_cut_through_time(params: Params, ids: Array, targets: Array, mask: Array) -> Whole:
    return through(params, ids, targets, mask, cut=True)[:2]


@mistake(
    "rnn_loss",
    name="by-not-added",
    says="The scores are made without their bias by.",
    hint="What are the scores where a state is 0?",
)
def by_not_added(params: Params, ids: Array, targets: Array, mask: Array) -> Whole:
    return through(params, ids, targets, mask, biased=False)[:2]


@mistake(
    "rnn_loss",
    name="wy-of-the-last-step",
    says="The gradient of wy is that of the last step only; every step makes scores.",
    hint="Which places of the batch use wy?",
)
def wy_of_the_last_step(params: Params, ids: Array, targets: Array, mask: Array) -> Whole:
    loss, grads, states, dscores = through(params, ids, targets, mask)
    return loss, grads | {"wy": states[:, -1].T @ dscores[:, -1]}


@mistake(
    "rnn_loss",
    name="by-not-summed",
    says="The gradient of by is summed over the batch only: it still has an axis of steps.",
    hint="grads['by'] has the shape of by.",
)
def by_not_summed(params: Params, ids: Array, targets: Array, mask: Array) -> Whole:
    loss, grads, _, dscores = through(params, ids, targets, mask)
    return loss, grads | {"by": dscores.sum(axis=0)}


@mistake(
    "rnn_loss",
    name="inputs-for-targets",
    says="The loss asks for what was read; it should ask for what comes next.",
    hint="Where does targets occur in your code?",
)
def inputs_for_targets(params: Params, ids: Array, targets: Array, mask: Array) -> Whole:
    return rnn_loss(params, ids, ids, mask)


@mistake(
    "rnn_loss",
    name="gradients-divided-again",
    says="The gradients are divided by the size of the batch, which the loss has done already.",
    hint="dscores is the gradient of a mean.",
)
def gradients_divided_again(params: Params, ids: Array, targets: Array, mask: Array) -> Whole:
    loss, grads = rnn_loss(params, ids, targets, mask)
    return loss, {key: grad / len(ids) for key, grad in grads.items()}


@mistake(
    "rnn_loss",
    name="wy-and-by-missing",
    says="The gradients of wy and by are missing.",
    hint="grads has the keys of params. All of them?",
)
def wy_and_by_missing(params: Params, ids: Array, targets: Array, mask: Array) -> Whole:
    loss, grads = rnn_loss(params, ids, targets, mask)
    return loss, {key: grads[key] for key in ("wx", "wh", "b")}


@mistake(
    "rnn_loss",
    name="rounded",
    says="Results are rounded: of small numbers nothing is left.",
    hint="Rounding is for printing. Nothing here asks for it.",
)
def grads_rounded(params: Params, ids: Array, targets: Array, mask: Array) -> Whole:
    loss, grads = rnn_loss(params, ids, targets, mask)
    return round(float(loss), 6), {key: grad.round(6) for key, grad in grads.items()}

"""Known mistakes: softmax and cross-entropy (softmax_loss)."""

from __future__ import annotations

import numpy as np

from network import softmax_loss
from grader.testing import mistake

Array = np.ndarray
Loss = tuple[float, Array]


def softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def chosen(values: Array, labels: Array) -> Array:
    return values[np.arange(len(labels)), labels]


def from_probabilities(p: Array, labels: Array, logarithm: Array) -> Loss:
    """The loss and its gradient by these probabilities; `logarithm`: log p of the right class."""
    gradient = p.copy()
    gradient[np.arange(len(labels)), labels] -= 1
    return float(-logarithm.mean()), gradient / len(labels)


@mistake(
    "softmax_loss",
    name="overflows",
    says="Large logits overflow: exp is taken of the logits as they are.",
    hint="exp(1000) is too large for any float. What may be subtracted from a row without changing p?",
)
def overflows(logits: Array, labels: Array) -> Loss:
    with np.errstate(all="ignore"):
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return from_probabilities(p, labels, np.log(chosen(p, labels)))


@mistake(
    "softmax_loss",
    name="row-maximum-missing",
    says="Large logits overflow: the largest logit of each row is not subtracted before exp.",
    hint="exp(1000) is too large for any float. Subtract the row's maximum; p does not change by it.",
)
def row_maximum_missing(logits: Array, labels: Array) -> Loss:
    with np.errstate(all="ignore"):
        log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return from_probabilities(np.exp(log_p), labels, chosen(log_p, labels))


@mistake(
    "softmax_loss",
    name="log-of-zero",
    says="The logarithm of a probability that is rounded to 0 is infinite.",
    hint="log(exp(a)/s) is a − log s. Which of the two forms survives when exp(a) is tiny?",
)
def log_of_zero(logits: Array, labels: Array) -> Loss:
    p = softmax(logits)
    with np.errstate(divide="ignore"):
        return from_probabilities(p, labels, np.log(chosen(p, labels)))


@mistake(
    "softmax_loss",
    name="small-number-inside-the-log",
    says="A small number inside the logarithm hides its 0, but the loss of far-off logits comes out wrong.",
    hint="Compute log p without computing p first: a − log(sum).",
)
def small_number_inside_the_log(logits: Array, labels: Array) -> Loss:
    p = softmax(logits)
    return from_probabilities(p, labels, np.log(chosen(p, labels) + 1e-12))


@mistake(
    "softmax_loss",
    name="logits-clipped",
    says="Large logits are cut off before the softmax, so their loss comes out wrong.",
    hint="Subtracting the largest logit of each row changes nothing in p. Cutting does.",
)
def logits_clipped(logits: Array, labels: Array) -> Loss:
    return softmax_loss(np.clip(logits, -500.0, 500.0), labels)


@mistake(
    "softmax_loss",
    name="largest-of-the-batch-subtracted",
    says="The largest logit of the whole batch is subtracted; rows far below it become all zeros.",
    hint="Every row has its own largest logit.",
)
def largest_of_the_batch_subtracted(logits: Array, labels: Array) -> Loss:
    with np.errstate(all="ignore"):
        shifted = logits - logits.max()
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return from_probabilities(np.exp(log_p), labels, chosen(log_p, labels))


@mistake(
    "softmax_loss",
    name="loss-summed",
    says="The loss is the sum over the batch; the mean is asked for.",
    hint="Twice the same batch must give the same loss.",
)
def loss_summed(logits: Array, labels: Array) -> Loss:
    loss, gradient = softmax_loss(logits, labels)
    return loss * len(labels), gradient


@mistake(
    "softmax_loss",
    name="loss-for-every-row",
    says="There is a loss for every row; one number, their mean, is asked for.",
    hint="What is the shape of your loss?",
)
def loss_for_every_row(logits: Array, labels: Array) -> tuple[Array, Array]:
    losses = [
        softmax_loss(row[np.newaxis], label[np.newaxis])[0] for row, label in zip(logits, labels, strict=True)
    ]
    return np.array(losses), softmax_loss(logits, labels)[1]


@mistake(
    "softmax_loss",
    name="loss-negative",
    says="The loss has the wrong sign: log p without the minus.",
    hint="p is below 1. Which sign has its logarithm, and which sign should a loss have?",
)
def loss_negative(logits: Array, labels: Array) -> Loss:
    loss, gradient = softmax_loss(logits, labels)
    return -loss, gradient


@mistake(
    "softmax_loss",
    name="averaged-over-classes-too",
    says="The loss is divided by the number of classes, too; only the batch is averaged.",
    hint="How many rows are there, and how many numbers? Only one of the two divides.",
)
def averaged_over_classes_too(logits: Array, labels: Array) -> Loss:
    loss, gradient = softmax_loss(logits, labels)
    return loss / logits.shape[1], gradient


@mistake(
    "softmax_loss",
    name="logarithm-to-base-two",
    says="The logarithm to base 2 is used; the natural one is asked for.",
    hint="Four classes, all logits 0: the loss is log 4 = 1.386.",
)
def logarithm_to_base_two(logits: Array, labels: Array) -> Loss:
    loss, gradient = softmax_loss(logits, labels)
    return loss / np.log(2.0), gradient


@mistake(
    "softmax_loss",
    name="best-class-for-right-class",
    says="The loss looks at the class with the largest logit instead of the right class.",
    hint="The label says which probability counts.",
)
def best_class_for_right_class(logits: Array, labels: Array) -> Loss:
    return softmax_loss(logits, logits.argmax(axis=1))[0], softmax_loss(logits, labels)[1]


@mistake(
    "softmax_loss",
    name="gradient-not-divided",
    says="dlogits is not divided by the size of the batch.",
    hint="The loss is a mean. What does that do to the gradient of each row?",
)
def gradient_not_divided(logits: Array, labels: Array) -> Loss:
    loss, gradient = softmax_loss(logits, labels)
    return loss, gradient * len(labels)


@mistake(
    "softmax_loss",
    name="gradient-without-labels",
    says="dlogits is p/N: the 1 at the right class is not subtracted.",
    hint="For the right class a larger logit makes the loss smaller. Which sign has its gradient?",
)
def gradient_without_labels(logits: Array, labels: Array) -> Loss:
    return softmax_loss(logits, labels)[0], softmax(logits) / len(labels)


@mistake(
    "softmax_loss",
    name="one-subtracted-everywhere",
    says="The 1 is subtracted from every class; it belongs to the right class only.",
    hint="With a row index and a label you reach one entry of each row. What does your index reach?",
)
def one_subtracted_everywhere(logits: Array, labels: Array) -> Loss:
    return softmax_loss(logits, labels)[0], (softmax(logits) - 1) / len(labels)


@mistake(
    "softmax_loss",
    name="whole-columns-changed",
    says="The 1 is subtracted in every row at each label: whole columns instead of one entry a row.",
    hint="p[:, labels] takes columns. How do you take entry labels[i] of row i?",
)
def whole_columns_changed(logits: Array, labels: Array) -> Loss:
    gradient = softmax(logits)
    gradient[:, labels] -= 1
    return softmax_loss(logits, labels)[0], gradient / len(labels)


@mistake(
    "softmax_loss",
    name="gradient-negative",
    says="dlogits has the wrong sign.",
    hint="p − onehot, or onehot − p? For the right class the gradient is negative.",
)
def gradient_negative(logits: Array, labels: Array) -> Loss:
    loss, gradient = softmax_loss(logits, labels)
    return loss, -gradient


@mistake(
    "softmax_loss",
    name="softmax-down-the-batch",
    says="The softmax runs over the batch instead of the classes.",
    hint="The probabilities of one image add up to 1. Along which axis of the logits?",
)
def softmax_down_the_batch(logits: Array, labels: Array) -> Loss:
    p = softmax(logits.T).T
    with np.errstate(divide="ignore"):
        return from_probabilities(p, labels, np.log(chosen(p, labels)))


@mistake(
    "softmax_loss",
    name="loss-only",
    says="Only the loss is returned; dlogits is missing.",
    hint="Two values are asked for: loss, dlogits.",
)
def loss_only(logits: Array, labels: Array) -> float:
    return softmax_loss(logits, labels)[0]


@mistake(
    "softmax_loss",
    name="probabilities-for-gradient",
    says="The probabilities are returned where the gradient is asked for.",
    hint="dlogits tells how the loss changes with each logit: the labels and N must occur in it.",
)
def probabilities_for_gradient(logits: Array, labels: Array) -> Loss:
    return softmax_loss(logits, labels)[0], softmax(logits)


@mistake(
    "softmax_loss",
    name="gradient-zero",
    says="dlogits is all zeros.",
    hint="dlogits has a short formula: p, the right class, and N.",
)
def gradient_zero(logits: Array, labels: Array) -> Loss:
    return softmax_loss(logits, labels)[0], np.zeros_like(logits)

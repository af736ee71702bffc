"""The inputs of the hidden tests: small arrays of small integers, so that results are exact.

Everything is drawn by `@given`, so that inputs can be made once and replayed for every student.
Sizes differ in height and width, in images, channels and filters, so that a mixed-up axis shows.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Small whole numbers as float64: sums of products of them are exact, and they shrink to something readable.
VALUES = st.integers(-4, 4).map(float)
#: Halves: still exact, but an integer buffer loses them.
HALVES = st.integers(-7, 7).map(lambda value: value / 2)
#: Not below zero, so that a test is not about the sign too.
NOT_NEGATIVE = st.integers(0, 8).map(float)


def probe(*shape: int) -> Array:
    """A fixed array without symmetry: small whole numbers of both signs, in a cycle of 11."""
    count = int(np.prod(shape))
    return ((7.0 * np.arange(count) + 3.0) % 11.0 - 5.0).reshape(shape)


def filled(*shape: int, values: st.SearchStrategy[float] = VALUES) -> st.SearchStrategy[Array]:
    """Float64 arrays of this shape with small integer values."""
    return arrays(np.float64, shape, elements=values, fill=st.nothing())


def images(*, least: int = 1, most: int = 6) -> st.SearchStrategy[Array]:
    """Single images (H, W)."""
    side = st.integers(least, most)
    return st.tuples(side, side).flatmap(lambda hw: filled(*hw))


def batches(*, least: int = 2, most: int = 6) -> st.SearchStrategy[Array]:
    """Batches (N, C, H, W)."""
    side = st.integers(least, most)
    return st.tuples(st.integers(1, 2), st.integers(1, 3), side, side).flatmap(lambda s: filled(*s))


@st.composite
def image_and_kernel(
    draw: st.DrawFn, *, square: bool = False, values: st.SearchStrategy[float] = VALUES
) -> tuple[Array, Array]:
    """An image (H, W) and a kernel (KH, KW) that fits it, square or not."""
    kh = draw(st.integers(1, 3))
    kw = kh if square else draw(st.integers(1, 3))
    h = kh + draw(st.integers(0, 3))
    w = h if square else kw + draw(st.integers(0, 3))
    return draw(filled(h, w, values=values)), draw(filled(kh, kw, values=values))


@st.composite
def places(draw: st.DrawFn, *, values: st.SearchStrategy[float] = VALUES) -> tuple[Array, Array, int, int]:
    """Calls of conv_at: image (H, W), kernel (KH, KW), and a row and a column at which it fits."""
    image, kernel = draw(image_and_kernel(values=values))
    row = draw(st.integers(0, image.shape[0] - kernel.shape[0]))
    col = draw(st.integers(0, image.shape[1] - kernel.shape[1]))
    return image, kernel, row, col


@st.composite
def sides(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """Valid calls of output_size: size, kernel, stride, pad."""
    kernel, stride, pad = draw(st.integers(1, 7)), draw(st.integers(1, 4)), draw(st.integers(0, 3))
    return max(1, kernel - 2 * pad) + draw(st.integers(0, 12)), kernel, stride, pad


@dataclass(frozen=True)
class Conv:
    """One call of conv2d: x (N, C, H, W), w (F, C, KH, KW), b (F,), stride, pad."""

    x: Array
    w: Array
    b: Array
    stride: int
    pad: int

    @property
    def args(self) -> tuple[Any, ...]:
        return self.x, self.w, self.b, self.stride, self.pad


@st.composite
def convs(
    draw: st.DrawFn,
    *,
    strides: st.SearchStrategy[int] | None = None,
    pads: st.SearchStrategy[int] | None = None,
    single: bool = False,
    square: bool = False,
    kernels: st.SearchStrategy[int] | None = None,
    values: st.SearchStrategy[float] = VALUES,
    biases: st.SearchStrategy[float] = VALUES,
) -> Conv:
    """Calls of conv2d in which every window fits, whether or not the stride divides evenly.

    single: one image, one channel, one filter. square: images and filters. kernels: the sides of the filters.
    """
    stride = draw(strides if strides is not None else st.integers(1, 3))
    pad = draw(pads if pads is not None else st.integers(0, 2))
    many = st.tuples(st.integers(1, 2), st.integers(1, 3), st.integers(1, 3))
    n, c, f = (1, 1, 1) if single else draw(many)
    lengths = kernels if kernels is not None else st.integers(1, 3)
    kh = draw(lengths)
    kw = kh if square else draw(lengths)
    h = max(1, kh - 2 * pad) + draw(st.integers(0, 4))
    w = h if square else max(1, kw - 2 * pad) + draw(st.integers(0, 4))
    return Conv(
        x=draw(filled(n, c, h, w, values=values)),
        w=draw(filled(f, c, kh, kw, values=values)),
        b=draw(filled(f, values=biases)),
        stride=stride,
        pad=pad,
    )


@dataclass(frozen=True)
class Pool:
    """One call of maxpool: x (N, C, H, W), size, stride."""

    x: Array
    size: int
    stride: int

    @property
    def args(self) -> tuple[Any, ...]:
        return self.x, self.size, self.stride


@st.composite
def pools(
    draw: st.DrawFn,
    *,
    sizes: st.SearchStrategy[int] | None = None,
    strides: st.SearchStrategy[int] | None = None,
    values: st.SearchStrategy[float] = VALUES,
    ragged: bool = True,
    square: bool = False,
) -> Pool:
    """Calls of maxpool: windows may overlap, leave gaps, or (if `ragged`) leave a ragged edge."""
    size = draw(sizes if sizes is not None else st.integers(1, 3))
    stride = draw(strides if strides is not None else st.integers(1, 3))
    n, c = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    more = st.integers(0, 4) if ragged else st.integers(0, 2).map(lambda windows: windows * stride)
    h = size + draw(more)
    w = h if square else size + draw(more)
    return Pool(x=draw(filled(n, c, h, w, values=values)), size=size, stride=stride)


@dataclass(frozen=True)
class ConvGradient:
    """One call of conv2d_backward: dout (N, F, OH, OW), x (N, C, H, W), w (F, C, KH, KW), stride, pad."""

    dout: Array
    x: Array
    w: Array
    stride: int
    pad: int

    @property
    def args(self) -> tuple[Any, ...]:
        return self.dout, self.x, self.w, self.stride, self.pad


@st.composite
def conv_gradients(
    draw: st.DrawFn,
    *,
    strides: st.SearchStrategy[int] | None = None,
    pads: st.SearchStrategy[int] | None = None,
    single: bool = False,
    values: st.SearchStrategy[float] = VALUES,
) -> ConvGradient:
    """Calls of conv2d_backward that belong to the calls of `convs`."""
    conv = draw(convs(strides=strides, pads=pads, single=single, values=values, biases=st.just(0.0)))
    (n, _, *sides), (f, _, *kernel) = conv.x.shape, conv.w.shape
    rows, cols = ((s + 2 * conv.pad - k) // conv.stride + 1 for s, k in zip(sides, kernel, strict=True))
    dout = draw(filled(n, f, rows, cols, values=values))
    return ConvGradient(dout, conv.x, conv.w, conv.stride, conv.pad)


@dataclass(frozen=True)
class PoolGradient:
    """One call of maxpool_backward: dout (N, C, OH, OW), x (N, C, H, W), size, stride."""

    dout: Array
    x: Array
    size: int
    stride: int

    @property
    def args(self) -> tuple[Any, ...]:
        return self.dout, self.x, self.size, self.stride


def distinct(shape: tuple[int, ...], step: int = 173, start: int = 40) -> Array:
    """An array of whole numbers of both signs, no two alike: a maximum is never shared.

    step: 1 to 498. 499 is a prime, so that any step visits 499 different numbers before it repeats one.
    """
    count = int(np.prod(shape))
    return ((step * np.arange(count) + start) % 499 - 249.0).reshape(shape)


@st.composite
def pool_gradients(
    draw: st.DrawFn,
    *,
    sizes: st.SearchStrategy[int] | None = None,
    strides: st.SearchStrategy[int] | None = None,
    ragged: bool = True,
    tied: bool = False,
) -> PoolGradient:
    """Calls of maxpool_backward that belong to the calls of `pools`; `tied`: with several equal maxima."""
    values = st.integers(-1, 0).map(float) if tied else st.just(0.0)
    pool = draw(pools(sizes=sizes, strides=strides, values=values, ragged=ragged))
    x = pool.x if tied else distinct(pool.x.shape, draw(st.integers(1, 498)), draw(st.integers(0, 498)))
    n, c, *sides = x.shape
    rows, cols = ((side - pool.size) // pool.stride + 1 for side in sides)
    return PoolGradient(draw(filled(n, c, rows, cols, values=HALVES)), x, pool.size, pool.stride)


Layers = list[tuple[Any, ...]]


@st.composite
def stacks(
    draw: st.DrawFn,
    *,
    kinds: tuple[str, ...] = ("conv", "relu", "maxpool"),
    most: int = 4,
    dense: bool = True,
) -> tuple[Layers, tuple[int, int, int]]:
    """Layers that fit one after the other, and the shape (C, H, W) of the image they are for."""
    c, h, w = draw(st.integers(1, 3)), draw(st.integers(6, 14)), draw(st.integers(6, 14))
    layers: Layers = []
    sides = [h, w]
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=most)):
        if kind == "relu":
            layers.append(("relu",))
            continue
        pad = draw(st.integers(0, 2)) if kind == "conv" else 0
        kernel, stride = draw(st.integers(1, min(3, *sides))), draw(st.integers(1, 3))
        sides = [(side + 2 * pad - kernel) // stride + 1 for side in sides]
        layers.append(
            ("conv", draw(st.integers(1, 6)), kernel, stride, pad)
            if kind == "conv"
            else (kind, kernel, stride)
        )
    if dense:
        layers += [("flatten",), ("dense", draw(st.integers(1, 12)))]
        if draw(st.booleans()):
            layers += [("relu",), ("dense", draw(st.integers(1, 12)))]
    return layers, (c, h, w)


@st.composite
def scores(draw: st.DrawFn, *, values: st.SearchStrategy[float] = VALUES) -> tuple[Array, NDArray[np.int64]]:
    """Logits (N, classes) and the right classes (N,)."""
    n, classes = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    labels = arrays(np.int64, n, elements=st.integers(0, classes - 1), fill=st.nothing())
    return draw(filled(n, classes, values=values)), draw(labels)


@dataclass(frozen=True)
class Network:
    """One call of cnn_forward or cnn_loss: params, x (N, C, H, W), labels (N,)."""

    params: dict[str, Array]
    x: Array
    labels: NDArray[np.int64]


def network(
    seed: int,
    *,
    image: tuple[int, int, int] = (1, 16, 16),
    filters: tuple[int, int, int, int] = (2, 1, 2, 2),
    images: int = 2,
    classes: int = 3,
    positive: bool = False,
) -> Network:
    """A small CNN with a batch, in which no ReLU and no pool is decided by rounding.

    image: (C, H, W), at least 16 high and wide. positive: no weight and no bias of a convolution below zero.
    The numbers follow from the seed: drawn one by one they would take long to make and longer to shrink, and
    hundreds of weights explain nothing.
    """
    for attempt in itertools.count():
        rng = np.random.default_rng([seed, attempt])
        net = _drawn(rng, image, filters, images, classes, positive=positive)
        if _is_clear_cut(net, 1.0 if positive else 0.9):
            return net
    raise AssertionError  # itertools.count does not end


def _drawn(
    rng: np.random.Generator,
    image: tuple[int, int, int],
    filters: tuple[int, int, int, int],
    images: int,
    classes: int,
    *,
    positive: bool,
) -> Network:
    # Without negative weights nothing cancels: smaller ones keep the logits small enough for exp in float32.
    low, scale = (0, 32) if positive else (-5, 8)
    params: dict[str, Array] = {}
    channels, height, width = image
    for k, f in enumerate(filters, start=1):
        params[f"w{k}"] = (
            rng.integers(low, 5, (f, channels, 3, 3)) + rng.random((f, channels, 3, 3)) / 2
        ) / scale
        params[f"b{k}"] = (rng.integers(low, 5, f) + rng.random(f) / 2) / 2
        channels = f
    places = ((height - 4) // 2 - 4) // 2 * (((width - 4) // 2 - 4) // 2)
    params["w5"] = rng.integers(-4, 5, (channels * places, classes)) / 16
    params["b5"] = rng.integers(-4, 5, classes) / 2
    x = rng.integers(0 if positive else -2, 5, (images, *image)).astype(np.float64)
    return Network(params, x, rng.integers(0, classes, images))


#: No value that a ReLU sees is nearer to zero, and no two that a pool compares are nearer to each other.
_MARGIN = 1e-4


def _is_clear_cut(net: Network, most_open: float) -> bool:
    """Whether rounding decides nothing: a convolution by FFT or in float32 takes the same ReLU and pool branches.

    Each ReLU also lets something through and, up to `most_open`, keeps something back, or it would test nothing.
    """
    x = net.x
    for k in range(1, 5):
        windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(2, 3))
        z = np.einsum("nchwij,fcij->nfhw", windows, net.params[f"w{k}"], optimize=True)
        z += net.params[f"b{k}"][:, None, None]
        open_share = float((z > 0).mean())
        if np.abs(z).min() < _MARGIN or not 0.2 <= open_share <= most_open:
            return False
        x = np.maximum(z, 0.0)
        if k % 2 == 0:
            n, c, h, w = x.shape
            blocks = x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2)
            ordered = np.sort(blocks.transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4))
            if ((ordered[..., 3] > 0) & (ordered[..., 3] - ordered[..., 2] < _MARGIN)).any():
                return False
            x = ordered[..., 3]
    return True


@st.composite
def networks(draw: st.DrawFn, *, square: bool = False, positive: bool = False) -> Network:
    """Small CNNs with their batches; `square`: images of 16×16 or 20×20, on which no pool is ragged."""
    height = draw(st.sampled_from((16, 20)) if square else st.integers(16, 19))
    width = height if square else draw(st.integers(16, 20))
    few = st.integers(1, 2)
    return network(
        draw(st.integers(0, 2**32 - 1)),
        image=(draw(few), height, width),
        filters=(draw(few), draw(few), draw(few), draw(few)),
        images=draw(few),
        classes=draw(st.integers(2, 4)),
        positive=positive,
    )

"""The inputs of the hidden tests: small arrays of small integers, so that results are exact and easily read.

One test of each exercise takes them times a unit (`UNITS`), too: fractions, large numbers, small ones.

Everything is drawn by `@given`, so that inputs can be made once and replayed for every student.
Sizes differ in height and width, in images, channels and filters, so that a mixed-up axis shows.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
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
#: Hypothesis likes the first of a list: with more than one of everything a mixed-up axis shows.
IMAGES = st.sampled_from((2, 1))
#: Of networks, which take long: more often one.
FEW_IMAGES = st.sampled_from((1, 1, 2))
SEVERAL = st.sampled_from((2, 3, 1))

#: What whole numbers are multiplied with where a test is about numbers of any kind: fractions that are no multiples
#: of a power of two, numbers up to 1e6, numbers down to 1e-6. A zero stays a zero, and a tie a tie.
UNITS = (0.137, 142857.1, 1.3e-6)
ANY_UNIT = st.sampled_from((0.5, *UNITS))
#: For the second factor of a product, which needs no large numbers of its own.
PART = 0.37


def part_of(unit: float) -> float:
    """What the second factor is multiplied with: whole numbers stay whole where the first factor's do."""
    return PART if unit in UNITS else 1.0


def probe(*shape: int) -> Array:
    """A fixed array without symmetry: small whole numbers of both signs, in a cycle of 11."""
    count = int(np.prod(shape))
    return ((7.0 * np.arange(count) + 3.0) % 11.0 - 5.0).reshape(shape)


def filled(*shape: int, values: st.SearchStrategy[float] = VALUES) -> st.SearchStrategy[Array]:
    """Float64 arrays of this shape with small integer values."""
    return arrays(np.float64, shape, elements=values, fill=st.nothing())


@st.composite
def in_units(draw: st.DrawFn, shapes: st.SearchStrategy[tuple[int, ...]]) -> Array:
    """Arrays of a drawn shape, in a drawn unit."""
    return draw(filled(*draw(shapes))) * draw(ANY_UNIT)


def images(*, least: int = 1, most: int = 6) -> st.SearchStrategy[Array]:
    """Single images (H, W)."""
    side = st.integers(least, most)
    return st.tuples(side, side).flatmap(lambda hw: filled(*hw))


def batches(*, least: int = 2, most: int = 6, images: int = 1) -> st.SearchStrategy[Array]:
    """Batches (N, C, H, W) of at least so many images."""
    side = st.integers(least, most)
    return st.tuples(st.integers(images, images + 1), st.integers(1, 3), side, side).flatmap(
        lambda s: filled(*s)
    )


@st.composite
def image_and_kernel(
    draw: st.DrawFn,
    *,
    square: bool = False,
    square_kernel: bool = False,
    one_row: bool = False,
    values: st.SearchStrategy[float] = VALUES,
    units: bool = False,
) -> tuple[Array, Array]:
    """An image (H, W) and a kernel (KH, KW) that fits it; `square`: both are.

    one_row: both have a single row. units: in units, not whole numbers.
    """
    kh = 1 if one_row else draw(SEVERAL)
    kw = kh if square or square_kernel else draw(SEVERAL)
    h = 1 if one_row else kh + draw(st.integers(0, 3))
    w = h if square else kw + draw(st.integers(0, 3))
    image, kernel = draw(filled(h, w, values=values)), draw(filled(kh, kw, values=values))
    unit = draw(ANY_UNIT) if units else 1.0
    return image * unit, kernel * unit


@st.composite
def places(draw: st.DrawFn) -> tuple[Array, Array, int, int]:
    """Calls of conv_at: image (H, W), a square kernel, and a row and a column at which it fits."""
    image, kernel = draw(image_and_kernel(square_kernel=True))
    row = draw(st.integers(0, image.shape[0] - kernel.shape[0]))
    col = draw(st.integers(0, image.shape[1] - kernel.shape[1]))
    return image, kernel, row, col


@st.composite
def sides(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """Calls of output_size with padding: size, kernel, stride, pad; the kernel has room to move."""
    kernel, stride, pad = draw(st.integers(1, 7)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    return max(1, kernel + 1 - 2 * pad) + draw(st.integers(0, 12)), kernel, stride, pad


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

    def times(self, unit: float) -> Conv:
        """The same call in a unit."""
        return replace(self, x=self.x * unit, w=self.w * part_of(unit), b=self.b * unit)


@st.composite
def convs(
    draw: st.DrawFn,
    *,
    strides: st.SearchStrategy[int] | None = None,
    pads: st.SearchStrategy[int] | None = None,
    single: bool = False,
    one_image: bool = False,
    square: bool = False,
    kernels: st.SearchStrategy[int] | None = None,
    biases: st.SearchStrategy[float] = VALUES,
    units: bool = False,
) -> Conv:
    """Calls of conv2d in which every window fits, whether or not the stride divides evenly.

    single: one image, one channel, one filter; one_image: only that. square: images and filters.
    kernels: the sides of the filters. units: in units, not whole numbers.
    """
    stride = draw(strides if strides is not None else SEVERAL)
    pad = draw(pads if pads is not None else st.integers(0, 2))
    many = st.tuples(IMAGES, SEVERAL, SEVERAL)
    n, c, f = (1, 1, 1) if single else draw(many)
    n = 1 if one_image else n
    lengths = kernels if kernels is not None else SEVERAL
    kh = draw(lengths)
    kw = kh if square else draw(lengths)
    h = max(1, kh - 2 * pad) + draw(st.integers(0, 4))
    w = h if square else max(1, kw - 2 * pad) + draw(st.integers(0, 4))
    conv = Conv(
        x=draw(filled(n, c, h, w)),
        w=draw(filled(f, c, kh, kw)),
        b=draw(filled(f, values=biases)),
        stride=stride,
        pad=pad,
    )
    return conv.times(draw(ANY_UNIT)) if units else conv


@dataclass(frozen=True)
class Pool:
    """One call of maxpool: x (N, C, H, W), size, stride."""

    x: Array
    size: int
    stride: int

    @property
    def args(self) -> tuple[Any, ...]:
        return self.x, self.size, self.stride

    def times(self, unit: float) -> Pool:
        """The same call in a unit."""
        return replace(self, x=self.x * unit)


@st.composite
def pools(
    draw: st.DrawFn,
    *,
    sizes: st.SearchStrategy[int] | None = None,
    strides: st.SearchStrategy[int] | None = None,
    values: st.SearchStrategy[float] = VALUES,
    ragged: bool = True,
    square: bool = False,
    one_image: bool = False,
    units: bool = False,
) -> Pool:
    """Calls of maxpool: windows may overlap, leave gaps, or (if `ragged`) leave a ragged edge.

    units: in units, not whole numbers.
    """
    size = draw(sizes if sizes is not None else SEVERAL)
    stride = draw(strides if strides is not None else SEVERAL)
    n, c = 1 if one_image else draw(IMAGES), draw(SEVERAL)
    more = st.integers(0, 4) if ragged else st.integers(0, 2).map(lambda windows: windows * stride)
    h = size + draw(more)
    w = h if square else size + draw(more)
    pool = Pool(x=draw(filled(n, c, h, w, values=values)), size=size, stride=stride)
    return pool.times(draw(ANY_UNIT)) if units else pool


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

    def times(self, unit: float) -> ConvGradient:
        """The same call in a unit."""
        return replace(self, dout=self.dout * unit, x=self.x * unit, w=self.w * part_of(unit))


@st.composite
def conv_gradients(
    draw: st.DrawFn,
    *,
    strides: st.SearchStrategy[int] | None = None,
    pads: st.SearchStrategy[int] | None = None,
    one_image: bool = False,
    units: bool = False,
) -> ConvGradient:
    """Calls of conv2d_backward that belong to the calls of `convs`."""
    conv = draw(convs(strides=strides, pads=pads, one_image=one_image, biases=st.just(0.0)))
    (n, _, *sides), (f, _, *kernel) = conv.x.shape, conv.w.shape
    rows, cols = ((s + 2 * conv.pad - k) // conv.stride + 1 for s, k in zip(sides, kernel, strict=True))
    call = ConvGradient(draw(filled(n, f, rows, cols)), conv.x, conv.w, conv.stride, conv.pad)
    return call.times(draw(ANY_UNIT)) if units else call


@dataclass(frozen=True)
class PoolGradient:
    """One call of maxpool_backward: dout (N, C, OH, OW), x (N, C, H, W), size, stride."""

    dout: Array
    x: Array
    size: int
    stride: int
    #: What the whole numbers in x were multiplied with: no two different ones are nearer to each other.
    unit: float = 1.0

    @property
    def args(self) -> tuple[Any, ...]:
        return self.dout, self.x, self.size, self.stride

    def times(self, unit: float) -> PoolGradient:
        """The same call in a unit."""
        return replace(self, dout=self.dout * unit, x=self.x * unit, unit=unit)


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
    one_image: bool = False,
    units: bool = False,
) -> PoolGradient:
    """Calls of maxpool_backward that belong to the calls of `pools`; `tied`: with several equal maxima."""
    values = st.integers(-1, 0).map(float) if tied else st.just(0.0)
    pool = draw(pools(sizes=sizes, strides=strides, values=values, ragged=ragged, one_image=one_image))
    x = pool.x if tied else distinct(pool.x.shape, draw(st.integers(1, 498)), draw(st.integers(0, 498)))
    n, c, *sides = x.shape
    rows, cols = ((side - pool.size) // pool.stride + 1 for side in sides)
    call = PoolGradient(draw(filled(n, c, rows, cols)), x, pool.size, pool.stride)
    return call.times(draw(ANY_UNIT)) if units else call


Layers = list[tuple[Any, ...]]


@st.composite
def stacks(
    draw: st.DrawFn,
    *,
    kinds: tuple[str, ...] = ("conv", "relu", "maxpool"),
    most: int = 4,
    dense: bool = True,
    plain: bool = False,
) -> tuple[Layers, tuple[int, int, int]]:
    """Layers that fit one after the other, and the shape (C, H, W) of the image they are for.

    plain: a square image, convolutions with stride 1 and without padding.
    """
    c, h = draw(st.integers(1, 3)), draw(st.integers(7, 14))
    w = h if plain else draw(st.integers(7, 14))
    layers: Layers = []
    sides = [h, w]
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=most)):
        if kind == "relu":
            layers.append(("relu",))
            continue
        pad = draw(st.integers(0, 2)) if kind == "conv" and not plain else 0
        kernel, stride = draw(st.integers(1, min(3, *sides))), 1 if plain else draw(st.integers(1, 3))
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
def scores(
    draw: st.DrawFn,
    *,
    values: st.SearchStrategy[float] = VALUES,
    units: st.SearchStrategy[float] | None = None,
) -> tuple[Array, NDArray[np.int64]]:
    """Logits (N, classes) and the right classes (N,)."""
    n, classes = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    labels = arrays(np.int64, n, elements=st.integers(0, classes - 1), fill=st.nothing())
    unit = draw(units) if units is not None else 1.0
    return draw(filled(n, classes, values=values)) * unit, draw(labels)


@dataclass(frozen=True)
class Network:
    """One call of cnn_forward or cnn_loss: params, x (N, C, H, W), labels (N,)."""

    params: dict[str, Array]
    x: Array
    labels: NDArray[np.int64]
    #: How large the logits are, beside those of whole numbers.
    unit: float = 1.0

    def times(self, unit: float, *, same_logits: bool = False) -> Network:
        """The same network on an image in a unit: every ReLU and pool decides as before.

        same_logits: the dense layer's weights undo it, or a softmax would see nothing but certainties.
        """
        params = {k: v * unit if k in ("b1", "b2", "b3", "b4") else v for k, v in self.params.items()}
        if same_logits:
            params["w5"] = params["w5"] / unit
        else:
            params["b5"] = params["b5"] * unit
        return replace(self, params=params, x=self.x * unit, unit=unit)


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
def networks(
    draw: st.DrawFn,
    *,
    square: bool = False,
    smallest: bool = False,
    one_image: bool = False,
    positive: bool = False,
    units: bool = False,
    same_logits: bool = False,
) -> Network:
    """Small CNNs with their batches; `square`: images of 16×16 or 20×20, on which no pool is ragged.

    smallest: 16×16 only, of which 1×1 is left. units: in units (see `Network.times` for same_logits).
    """
    height = draw(st.sampled_from((16, 20)) if square else st.just(16) if smallest else st.integers(16, 19))
    width = height if square or smallest else draw(st.integers(16, 20))
    few = st.integers(1, 2)
    net = network(
        draw(st.integers(0, 2**32 - 1)),
        image=(draw(few), height, width),
        filters=(draw(few), draw(few), draw(few), draw(few)),
        images=1 if one_image else draw(FEW_IMAGES),
        classes=draw(st.integers(2, 4)),
        positive=positive,
    )
    return net.times(draw(ANY_UNIT), same_logits=same_logits) if units else net

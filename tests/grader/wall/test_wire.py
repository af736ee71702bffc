"""The wire believes nothing: every lie a frame can tell ends in WireError, within the time and memory allowed."""

from __future__ import annotations

import copy
import datetime
import json
import math
import os
import socket
import struct
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.worker.ends import PipeEnd, SocketEnd, pipes
from grader.worker.records import Record
from grader.worker.wire import (
    Caps,
    Channel,
    Closed,
    DeadlineExceeded,
    WireError,
    decode,
    encode,
)

QUIET = settings(max_examples=60, deadline=None, database=None)
DTYPES = [
    "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32",
    "int64", "uint64", "float16", "float32", "float64", "complex64", "complex128",
]  # fmt: skip


def header(message: Any, sizes: Any = ()) -> bytes:
    return json.dumps({"m": message, "b": list(sizes) if isinstance(sizes, tuple) else sizes}).encode()


def framed(head: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">II", len(head), len(body)) + head + body


def round_trip(value: Any) -> Any:
    frame = encode(value)
    head, body = struct.unpack(">II", frame[:8])
    assert len(frame) == 8 + head + body
    return decode(frame[8 : 8 + head], frame[8 + head :])


def same(left: Any, right: Any) -> bool:
    """Equal with equal types all the way down; NaN equals NaN."""
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float | complex):
        return repr(left) == repr(right)
    return bool(left == right)


class Far:
    """The other end, which sends what it likes."""

    def __init__(self, send: Callable[[bytes], int], close: Callable[[], None]) -> None:
        self._send, self._close = send, close

    def sendall(self, data: bytes) -> None:
        while data:
            data = data[self._send(data) :]

    def close(self) -> None:
        self._close()


@pytest.fixture(params=["pipes", "socket"])
def ends(request: pytest.FixtureRequest) -> Iterator[tuple[Far, Channel]]:
    if request.param == "socket":
        far, near = socket.socketpair()
        with far, near:
            yield Far(far.send, far.close), Channel(SocketEnd(near))
        return
    end, (reading, writing) = pipes()
    other = PipeEnd(reading, writing, waits=False)
    yield Far(lambda data: os.write(writing, data), other.close), Channel(end)
    end.close()
    other.close()


# ---------------------------------------------------------------- what crosses

arrays = st.builds(
    lambda dtype, shape, seed: np.random.default_rng(seed).integers(0, 2, shape).astype(dtype),
    st.sampled_from(DTYPES),
    st.lists(st.integers(0, 3), max_size=4),
    st.integers(0, 99),
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=8)
    | arrays
    | st.binary(max_size=4)
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.datetimes(timezones=st.just(datetime.UTC))
    | st.timedeltas()
    | st.sampled_from([np.float64(0.1), np.float32(2), np.int8(-3), np.bool_(True), np.complex128(1j)])
    | st.sets(st.integers(-5, 5) | st.text(max_size=2) | st.dates(), max_size=3)
    | st.frozensets(st.tuples(st.integers(0, 3), st.booleans()), max_size=3)
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@QUIET
@given(value=values)
@example(value={"a": (1, [2.0, None], True), "i": {"t": [1]}})
@example(value=[math.nan, math.inf, -math.inf, -0.0])
@example(value=np.array([math.nan, -math.inf]))
@example(value=[0.5] * 100)
@example(value=[3] * 100)
@example(value=[True] * 100)
@example(value=[1] * 99 + [True])
@example(value=[1] * 99 + [2**63])
@example(value=[[1.0] * 64, [2.0] * 63])
@example(value=[2**63, -(2**63), -(2**63) - 1, 10**300])
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    assert same(round_trip(value), value)


@QUIET
@given(value=values)
@example(value=[math.nan, math.inf, -math.inf, -0.0, 1e16, 1e-7, 2**63, -(2**63), True, None])
@example(value=['"', "\\", "\n", "\0", "\ud800", "é", "\u2028", "😀", {"é": {"😀"}}])
@example(value=[Record("P", {"x": (np.zeros((2, 0)), [1.0] * 100)}), b"", b"\xff", 1j])
def test_a_header_is_what_json_makes_of_it(value: Any) -> None:
    # The same answer is the same bytes, whoever encodes it: no second way of writing a value.
    frame = encode(value)
    head = frame[8 : 8 + struct.unpack(">II", frame[:8])[0]]
    assert json.dumps(json.loads(head)).encode() == head


def test_a_frame_byte_by_byte() -> None:
    message = {"value": (np.ones((2, 1)), 3, 0.5, [True, None]), "changed": {"é", "a"}, 1: 10**20}
    head = header(
        {
            "d": [
                ["value", {"t": [{"a": ["<f8", [2, 1], 0]}, 3, 0.5, [True, None]]}],
                ["changed", {"s": ["\u00e9", "a"]}],
                [1, {"i": "100000000000000000000"}],
            ]
        },
        (16,),
    )
    assert encode(message) == framed(head, np.ones(2).tobytes())


@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_of_numbers_cross_as_plain_writeable_arrays(dtype: str) -> None:
    back = round_trip(np.ones((2, 0, 3), dtype=dtype))
    assert (type(back), back.dtype, back.shape) == (np.ndarray, np.dtype(dtype), (2, 0, 3))
    assert back.flags.writeable


@pytest.mark.parametrize(
    "value",
    [
        np.array([object()], dtype=object),
        np.array(["a"]),
        np.array([b"a"]),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        np.zeros(2, dtype=[("a", "f8")]),
        np.zeros(2, dtype=">f8"),
        np.longdouble(1.0),
        np.str_("a"),
        Fraction(1, 3),
        np.ma.array([1.0]),
        {1, 2j},
        {float("nan"): 1},
        {1 << 70: 1},
        object(),
        1 << 20_000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_does_not_cross_is_refused_by_the_sender(value: Any) -> None:
    with pytest.raises(WireError):
        encode([value])


# ---------------------------------------------------------------- lies about the frame


@pytest.mark.parametrize("keep", range(0, 60, 7))
def test_a_truncated_frame_is_a_closed_connection(ends: tuple[Far, Channel], keep: int) -> None:
    far, near = ends
    frame = encode({"x": np.arange(4.0)})
    assert len(frame) > 60
    far.sendall(frame[:keep])
    far.close()
    with pytest.raises(Closed):
        near.receive(time.monotonic() + 5)


@pytest.mark.parametrize(
    "lengths", [(2**32 - 1, 0), (10, 2**32 - 1), (Caps().header + 1, 0), (2, Caps().body + 1)]
)
def test_an_oversize_frame_is_refused_by_its_lengths_alone(
    ends: tuple[Far, Channel], lengths: tuple[int, int]
) -> None:
    far, near = ends
    far.sendall(struct.pack(">II", *lengths))
    with pytest.raises(WireError, match="too large"):
        near.receive(time.monotonic() + 5)


@pytest.mark.parametrize("lengths", [(Caps().header, 0), (2, Caps().body)])
def test_a_length_alone_allocates_nothing(ends: tuple[Far, Channel], lengths: tuple[int, int]) -> None:
    far, near = ends
    far.sendall(struct.pack(">II", *lengths) + b"[]")
    far.close()
    tracemalloc.start()
    try:
        with pytest.raises(Closed):
            near.receive(time.monotonic() + 5)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 << 20


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b"{}",
        b'{"m": 1}',
        b'{"m": 1, "b": [], "x": 1}',
        b'{"m": 1, "b": {}}',
        b'{"m": 1, "b": null}',
        b'{"m": 1, "b": []} trailing',
        b' {"m": 1, "b": []}',
        '{"m": 1, "b": []}'.encode("utf-16"),
        '{"m": "é", "b": []}'.encode(),
        b'{"m": ' + b"9" * 5000 + b', "b": []}',
    ],
)
def test_a_header_of_another_form_is_refused(head: bytes) -> None:
    with pytest.raises(WireError):
        decode(head, b"")


@pytest.mark.parametrize(
    ("sizes", "body"),
    [
        ([], b"x"),
        ([8], b"\0" * 9),
        ([8], b"\0" * 7),
        ([-1, 9], b"\0" * 8),
        ([True] * 8, b"\0" * 8),
        ([8.0], b"\0" * 8),
        (["8"], b"\0" * 8),
        ([None], b""),
        ([2**80, -(2**80) + 8], b"\0" * 8),
        ([0] * 257, b""),
    ],
)
def test_buffer_sizes_that_do_not_fit_the_body_are_refused(sizes: list[Any], body: bytes) -> None:
    message = [{"a": ["<f8", [1], 0]}]
    with pytest.raises(WireError):
        decode(header(message, sizes), body)


@pytest.mark.parametrize(
    "message",
    [
        [{"a": ["<f8", [1], 0]}, {"a": ["<f8", [1], 0]}],  # one buffer, two arrays
        [],  # a buffer nobody uses
        {"a": ["<f8", [1], 1]},
        {"a": ["<f8", [1], -1]},
        {"a": ["<f8", [1], False]},
        {"a": ["<f8", [1], 0.0]},
        {"a": ["<f8", [1], None]},
        {"a": ["<f8", [1]]},
        {"a": ["<f8", [1], 0, 0]},
    ],
)
def test_every_buffer_is_used_exactly_once(message: Any) -> None:
    with pytest.raises(WireError):
        decode(header(message, (8,)), b"\0" * 8)


@pytest.mark.parametrize(
    "dtype",
    [
        "|O",
        "O",
        "object",
        "<U2",
        "|S8",
        "|V8",
        "<M8[s]",
        "<m8[s]",
        "float64",
        ">f8",
        "<f16",
        "",
        None,
        8,
        ["<f8"],
        {},
    ],
)
def test_a_dtype_off_the_list_is_refused(dtype: Any) -> None:
    with pytest.raises(WireError):
        decode(header({"a": [dtype, [1], 0]}, (8,)), b"\0" * 8)


@pytest.mark.parametrize(
    "shape",
    [
        [-1],
        [-1, -1],
        [2],
        [0],
        [],
        [1.0],
        [True],
        ["1"],
        [None],
        [[1]],
        1,
        None,
        {"0": 1},
        [1] * 9,
        [2**32, 2**32],  # 2**64 wraps to 0 in a machine word
        [2**63, 2, 1],
        [10**40],
    ],
    ids=repr,
)
def test_a_shape_that_does_not_fit_its_bytes_is_refused(shape: Any) -> None:
    bytes_there = 0 if shape in ([2**32, 2**32], [-1]) else 8
    if shape == []:
        bytes_there = 16
    with pytest.raises(WireError):
        decode(header({"a": ["<f8", shape, 0]}, (bytes_there,)), b"\0" * bytes_there)


@pytest.mark.parametrize("side", [2**31, 2**62, 2**63, 2**70, 10**1000])
def test_an_empty_array_with_an_absurd_side_is_refused_or_empty(side: int) -> None:
    try:
        value = decode(header({"a": ["<f8", [side, 0], 0]}, (0,)), b"")
    except WireError:
        return
    assert value.size == 0


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"a": [], "t": []},
        {"x": []},
        {"t": 1},
        {"t": {"t": []}},
        {"d": [["a"]]},
        {"d": [["a", 1, 2]]},
        {"d": [[[1], 2]]},
        {"d": [[{"d": []}, 2]]},
        {"d": [[{"c": [1.0, 2.0]}, 2]]},
        {"d": [[{"i": "1180591620717411303424"}, 2]]},
        {"d": [[float("nan"), 2]]},
        {"d": [[1, 2], [True, 3]]},
        {"d": [[{"t": [[1]]}, 2]]},
        {"d": [[number, 0] for number in range(4001)]},
        {"s": 1},
        {"s": [1, 1]},
        {"s": [1, 1.0]},
        {"s": [[1]]},
        {"s": [{"s": []}]},
        {"s": [{"t": [{"t": [{"t": [{"t": [{"t": [1]}]}]}]}]}]},
        {"f": {"f": []}},
        {"f": list(range(4001))},
        {"f": [{"s": []}]},
        {"y": 1},
        {"y": "a"},
        {"y": "AB"},
        {"y": "ab ab"},
        {"y": ["ab"]},
        {"o": []},
        {"o": ["P"]},
        {"o": ["P", {}]},
        {"o": [1, []]},
        {"o": ["P", [["a"]]]},
        {"o": ["P", [[1, 2]]]},
        {"o": ["P()", []]},
        {"o": ["P", [["a b", 2]]]},
        {"o": ["P", [["a", 1], ["a", 2]]]},
        {"o": ["P" * 200, []]},
        {"o": ["P", [[f"a{number}", 0] for number in range(65)]]},
        {"w": []},
        {"w": "2024-01-02"},
        {"w": ["date", "2024-1-2"]},
        {"w": ["date", "20240102"]},
        {"w": ["date", 20240102]},
        {"w": ["date", "2024-13-02"]},
        {"w": ["time", "25:00"]},
        {"w": ["datetime", "2024-01-02T03"]},
        {"w": ["datetime", "9" * 100_000]},
        {"w": ["timedelta", [1, 2]]},
        {"w": ["timedelta", [1, 2, 3.0]]},
        {"w": ["timedelta", [10**12, 0, 0]]},
        {"w": [["date"], "2024-01-02"]},
        {"w": ["tzinfo", "2024-01-02"]},
        {"d": [["a", 1], ["a", 2]]},
        {"d": ["ab"]},
        {"c": [1.0]},
        {"c": [1, 2]},
        {"c": ["1", "2"]},
        {"i": 5},
        {"i": ""},
        {"i": "-"},
        {"i": "--5"},
        {"i": "5-"},
        {"i": "1_000"},
        {"i": "0x10"},
        {"i": "²"},
        {"i": "9" * 4001},
        2**63,
        -(2**63) - 1,
    ],
    ids=lambda message: repr(message)[:30],
)
def test_a_malformed_value_is_refused(message: Any) -> None:
    with pytest.raises(WireError):
        decode(header(message), b"")


@pytest.mark.parametrize("tag", ["n", "l"])
@pytest.mark.parametrize(
    ("content", "size"),
    [
        (["<f8", [1, 1], 0], 8),
        (["|O", [1], 0], 8),
        (["<f8", [2], 0], 8),
        (["<c16", [1, 1], 0], 16),
        ([], 0),
        ("a", 0),
    ],
)
def test_numbers_and_long_lists_are_no_other_arrays(tag: str, content: Any, size: int) -> None:
    with pytest.raises(WireError):
        decode(header({tag: content}, (size,)), b"\0" * size)


def test_a_long_list_is_of_three_kinds_of_numbers_and_not_too_long() -> None:
    with pytest.raises(WireError):
        decode(header({"l": ["<f4", [64], 0]}, (256,)), b"\0" * 256)
    most = Caps().listed
    assert len(decode(header({"l": ["|b1", [most], 0]}, (most,)), b"\0" * most)) == most
    half = most // 2 + 1
    lists = [{"l": ["|b1", [half], 0]}, {"l": ["|b1", [half], 1]}]
    with pytest.raises(WireError):
        decode(header(lists, (half, half)), b"\0" * (2 * half))


def test_a_record_is_its_name_and_its_fields() -> None:
    @dataclass
    class Point:
        x: float
        _fields: object = None

    record = round_trip(Point(1.5, [Point(2.0)]))
    assert type(record) is Record
    assert record == Point(1.5, [Point(2.0)])
    assert Point(1.5, [Point(2.0)]) == record
    assert record != Point(1.5, [])
    assert record.x == 1.5
    assert copy.deepcopy(record) == record == round_trip(record)
    assert repr(round_trip(Point(1.5))) == "Point(x=1.5, _fields=None)"
    for name in ("y", "__len__", "__array__"):
        assert not hasattr(record, name)
    odd = decode(header({"o": ["P", [["__class__", 1], ["__array__", 2], ["_name", 3]]]}), b"")
    assert type(odd) is odd.__class__ is Record
    assert odd != 3


@pytest.mark.parametrize("depth", [30, 900, 100_000])
@pytest.mark.parametrize(("left", "right"), [("[", "]"), ('{"t":[', "]}"), ('{"d":[["k",', "]]}")])
def test_deep_nesting_is_refused_without_a_crash(depth: int, left: str, right: str) -> None:
    head = f'{{"m": {left * depth}0{right * depth}, "b": []}}'.encode()
    with pytest.raises(WireError):
        decode(head, b"")


def test_a_header_of_very_many_values_is_refused() -> None:
    head = b'{"m": [' + b"0," * 1_000_000 + b'0], "b": []}'
    assert len(head) < Caps().header
    with pytest.raises(WireError, match="too many"):
        decode(head, b"")


def test_a_wide_and_shallow_bomb_is_refused() -> None:
    head = b'{"m": [' + b"[[]]," * 300_000 + b'0], "b": []}'
    with pytest.raises(WireError, match="too many"):
        decode(head, b"")


def test_bytes_after_a_frame_are_not_believed(ends: tuple[Far, Channel]) -> None:
    far, near = ends
    far.sendall(encode(1) + b"\0" * 8)
    assert near.receive(time.monotonic() + 5) == 1
    with pytest.raises(WireError):  # an empty header is no frame
        near.receive(time.monotonic() + 5)


# ---------------------------------------------------------------- time


def test_a_trickle_does_not_extend_the_deadline(ends: tuple[Far, Channel]) -> None:
    far, near = ends
    stop = threading.Event()

    def trickle() -> None:
        for byte in framed(header("x" * 100_000)):
            if stop.wait(0.01):
                return
            far.sendall(bytes([byte]))

    thread = threading.Thread(target=trickle)
    thread.start()
    began = time.monotonic()
    try:
        with pytest.raises(DeadlineExceeded):
            near.receive(began + 0.2)
        assert time.monotonic() - began < 5
    finally:
        stop.set()
        thread.join()


def test_a_deadline_in_the_past_is_exceeded_at_once(ends: tuple[Far, Channel]) -> None:
    with pytest.raises(DeadlineExceeded):
        ends[1].receive(time.monotonic() - 1)


def test_sending_to_somebody_who_does_not_read_ends_at_the_deadline(
    ends: tuple[Far, Channel],
) -> None:
    with pytest.raises(DeadlineExceeded):
        ends[1].send(np.zeros(2_000_000), time.monotonic() + 0.1)


def test_sending_to_somebody_who_is_gone_is_a_closed_connection(ends: tuple[Far, Channel]) -> None:
    far, near = ends
    far.close()
    with pytest.raises(Closed):
        near.send(np.zeros(200_000), time.monotonic() + 5)


# ---------------------------------------------------------------- fuzzing

BODY = bytes(range(16))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=3)
    | st.sampled_from(["<f8", "|O", "|u1", "<c16", 0, 1, 2, 8]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("itdcamb"), inner, max_size=2),
    max_leaves=10,
)  # fmt: skip


def decodes_or_refuses(head: bytes, body: bytes) -> None:
    try:
        decode(head, body)
    except WireError:
        return


@QUIET
@given(head=st.binary(max_size=60), body=st.binary(max_size=20))
def test_arbitrary_bytes_never_do_more_than_be_refused(head: bytes, body: bytes) -> None:
    decodes_or_refuses(head, body)


@QUIET
@given(message=json_values, sizes=st.lists(st.integers(-1, 17), max_size=3) | json_values)
def test_arbitrary_json_never_does_more_than_be_refused(message: Any, sizes: Any) -> None:
    decodes_or_refuses(header(message, sizes), BODY)


@QUIET
@given(
    dtype=st.sampled_from(["<f8", "|u1", "<c16", "|b1", "<f2"]),
    shape=st.lists(st.integers(-2, 5) | st.integers(2**29, 2**66), max_size=9),
)
def test_arbitrary_shapes_never_do_more_than_be_refused(dtype: str, shape: list[int]) -> None:
    decodes_or_refuses(header({"a": [dtype, shape, 0]}, (16,)), BODY)
    decodes_or_refuses(header({"a": [dtype, shape, 0]}, (0,)), b"")


mutations = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=3)


def mutate_and_decode(value: Any, changes: list[tuple[int, int]]) -> None:
    frame = bytearray(encode(value))
    size = struct.unpack(">II", frame[:8])[0]
    for place, byte in changes:
        frame[8 + place % (len(frame) - 8)] = byte
    decodes_or_refuses(bytes(frame[8 : 8 + size]), bytes(frame[8 + size :]))


@QUIET
@given(value=values, changes=mutations)
def test_a_damaged_frame_never_does_more_than_be_refused(value: Any, changes: list[tuple[int, int]]) -> None:
    mutate_and_decode(value, changes)


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None, database=None)
@given(value=values, changes=mutations, message=json_values, sizes=json_values, raw=st.binary(max_size=200))
def test_long_fuzz(value: Any, changes: list[tuple[int, int]], message: Any, sizes: Any, raw: bytes) -> None:
    mutate_and_decode(value, changes)
    decodes_or_refuses(header(message, sizes), BODY)
    decodes_or_refuses(raw, BODY)

"""Submissions that can't lie in a repository: odd names, odd bytes, pipes, links, archives that are bombs.

Each builder puts one attack's entries into the folder of submissions and returns the ids of the students it
made up, spelled as the grader will (a byte that is not UTF-8 becomes `\\xNN`). Built at test time only.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

STUB = "def output_size(*args, **kwargs):\n    return 0\n"
Builder = Callable[[Path, str, Mapping[str, str]], list[str]]


def _zip(members: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _folder(place: Path, student: str, files: Mapping[str, str | bytes]) -> str:
    folder = place / student
    folder.mkdir()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
    return student


def _several(place: Path, name: str, archives: list[bytes]) -> list[str]:
    """One zip a student: name-1.zip, name-2.zip ..."""
    students = [f"{name}-{number}" for number in range(1, len(archives) + 1)]
    for student, data in zip(students, archives, strict=True):
        (place / f"{student}.zip").write_bytes(data)
    return students


def _stubs(place: Path, students: list[str]) -> list[str]:
    return [_folder(place, student, {"convolution.py": STUB}) for student in students]


# --- zips


def zip_bomb(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    honest = _zip({"convolution.py": bytes(100 << 20)})
    # The sizes, in the local header and in the directory, are what a careless reader believes.
    lying = honest.replace(struct.pack("<I", 100 << 20), struct.pack("<I", 100))
    return _several(place, name, [honest, lying])


def nested_zip(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    inner = _zip({"convolution.py": bytes(10 << 20)})
    for level in range(10):
        inner = _zip({f"level{level}/part{copy}.zip": inner for copy in range(4)}, method=zipfile.ZIP_STORED)[: 8 << 20]
    mixed = _zip({"convolution.py": STUB, "convolution.py.zip": _zip({"convolution.py": bytes(10 << 20)})})
    return _several(place, name, [inner, mixed])


def overlapping_zip(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = bytes(10 << 20)
    packed = kernel.compress(raw) + kernel.flush()
    check = zlib.crc32(raw)
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0x21, check, len(packed), len(raw), 14, 0) + b"convolution.py"
    names = ["convolution.py", "pooling.py", "network.py", "backward.py", "sharing.py", *(f"more{n}.py" for n in range(50))]
    directory = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0x21, check, len(packed), len(raw), len(n), 0, 0, 0, 0, 0, 0)
        + n.encode()
        for n in names
    )
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(names), len(names), len(directory), len(local) + len(packed), 0)
    return _several(place, name, [local + packed + directory + end])


def crowded_zip(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    members: dict[str, str | bytes] = {f"{n:x}": b"" for n in range(30_000)}
    return _several(place, name, [_zip({"convolution.py": STUB, **members}, method=zipfile.ZIP_STORED)])


def traversing_zip(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    mark = facts["MARK"]
    up = "../" * 12
    names = [f"{up}tmp/{mark}", f"{up}{facts['HOME']}/{mark}", f"/tmp/{mark}", f"C:\\{mark}", f"..\\..\\{mark}", f"\\\\h\\{mark}",
             f"a/../../{mark}", f"./../{mark}", "neighbour/convolution.py/../../neighbour/convolution.py", f"~/{mark}",
             f"{facts['COURSE']}/solutions/cnn/convolution.py"]  # fmt: skip
    # zipfile would mend such names: they are put in afterwards, letter for letter.
    stand_ins = {f"{n:02d}".ljust(len(other), "#"): other for n, other in enumerate(names)}
    data = _zip({"convolution.py": STUB, **dict.fromkeys(stand_ins, b"planted")}, method=zipfile.ZIP_STORED)
    for short, other in stand_ins.items():
        data = data.replace(short.encode(), other.encode())
    nul = _zip({"convolution.pyX.txt": STUB, "poolingX.py": STUB}).replace(b"pyX", b"py\0").replace(b"gX.", b"g\0.")
    return _several(place, name, [data, nul])


def symlink_in_zip(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file, target in {
            "convolution.py": f"{facts['COURSE']}/solutions/cnn/convolution.py",
            "pooling.py": "/etc/passwd",
            "cnn": f"{facts['COURSE']}/solutions/cnn",
            "cnn/sharing.py": "x",
        }.items():
            info = zipfile.ZipInfo(file)
            info.create_system = 3
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, target)
    return _several(place, name, [out.getvalue()])


def duplicate_names_in_zip(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    twice = _zip({"convolution.py": STUB, "convolutioX.py": "raise SystemExit"}).replace(b"convolutioX", b"convolution")
    differing = _zip({"convolution.py": STUB})
    differing = b"harmless.txt00"[:14].join(differing.split(b"convolution.py", 1))
    return _several(place, name, [twice, differing])


def odd_compression(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    archives = [_zip({"convolution.py": bytes(32 << 20)}, method=m) for m in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)]
    plain = bytearray(_zip({"convolution.py": STUB}))
    for offset in (plain.index(b"PK\3\4") + 6, plain.index(b"PK\1\2") + 8):
        plain[offset] |= 1  # "encrypted"
    odd = bytearray(_zip({"convolution.py": STUB}))
    for offset in (odd.index(b"PK\3\4") + 8, odd.index(b"PK\1\2") + 10):
        odd[offset] = 99
    return _several(place, name, [*archives, bytes(plain), bytes(odd)])


def not_a_zip(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    good = _zip({"convolution.py": STUB * 100})
    archives = [b"", b"#!/bin/sh\ntouch " + facts["MARK"].encode(), good[: len(good) // 2], b"PK\1\2" * 500_000, b"PK\5\6" * 500_000]
    students = _several(place, name, archives)
    folder = f"{name}-folder.zip"
    return [*students, *_stubs(place, [folder])]


# --- what is no ordinary file


def symlinked_files(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    folder = place / name
    folder.mkdir()
    course = Path(facts["COURSE"])
    for file, target in {
        "convolution.py": course / "solutions/cnn/convolution.py",
        "pooling.py": course / "tests/hidden/cnn/test_pooling.py",
        "sharing.py": Path(facts["SUBMISSIONS"]) / "neighbour/sharing.py",
        "answers.yaml": course / "solutions/cnn/key.yaml",
        "network.ipynb": course / "tests/hidden/cnn/seed.txt",
    }.items():
        (folder / file).symlink_to(target)
    zipped = place / f"{name}-zip.zip"
    zipped.symlink_to(Path(facts["OUT"]) / "gradebook.db")
    return [name, f"{name}-zip"]


def symlinked_folder(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    targets = [f"{facts['COURSE']}/solutions/cnn", f"{facts['SUBMISSIONS']}/neighbour", "/proc/self/cwd", "loop"]
    students = [f"{name}-{number}" for number in range(1, len(targets) + 1)]
    for student, target in zip(students, targets, strict=True):
        (place / student).symlink_to(target if target != "loop" else student)
    inner = _folder(place, f"{name}-inner", {})
    (place / inner / "cnn").symlink_to(targets[0])
    return [*students, inner]


def fifo(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    folder = place / name
    folder.mkdir()
    os.mkfifo(folder / "convolution.py")
    os.mkfifo(folder / "answers.yaml")
    with socket.socket(socket.AF_UNIX) as listener:
        before = Path.cwd()
        os.chdir(folder)  # a socket's path may not be long
        try:
            listener.bind("pooling.py")
        finally:
            os.chdir(before)
    return [name]


def devices_and_folders(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    folder = place / name
    (folder / "convolution.py").mkdir(parents=True)
    (folder / "convolution.py" / "convolution.py").write_text(STUB)
    (folder / "pooling.py").symlink_to("/dev/zero")
    os.mkfifo(place / f"{name}-pipe.zip")
    os.mkfifo(place / f"{name}-bare")
    return [name, f"{name}-pipe", f"{name}-bare"]


def crowded_folder(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    _folder(place, name, {"convolution.py": STUB, **{f"more/{n}": b"" for n in range(3000)}})
    deep = place / f"{name}-deep"
    deep.mkdir()
    before = Path.cwd()
    os.chdir(deep)
    try:
        for _ in range(300):
            os.mkdir("d" * 20)
            os.chdir("d" * 20)
        Path("convolution.py").write_text(STUB)
    finally:
        os.chdir(before)
    return [name, deep.name]


def unreadable_modes(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    _folder(place, name, {"convolution.py": STUB, "pooling.py": STUB})
    (place / name / "convolution.py").chmod(0)
    with (place / name / "sharing.py").open("wb") as file:
        file.truncate(1 << 40)
    closed = _folder(place, f"{name}-closed", {"convolution.py": STUB})
    (place / closed).chmod(0o100)
    return [name, closed]


# --- answers, notebooks, sources


def yaml_bomb(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
    )
    keys = "? &k [" + "[" * 500 + "]" * 500 + "]\n: *k\n" * 50
    texts = [laughs + "why-share: *m\n", "why-share: " + "[" * 100_000, keys, "why-share: " + "{a: " * 20_000, "- " * 50_000]
    return [_folder(place, f"{name}-{n}", {"answers.yaml": text}) for n, text in enumerate(texts, 1)]


def yaml_objects(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    command = f"touch {facts['TMP']}/{facts['MARK']}-yaml"
    text = f"""
why-share: !!python/object/apply:os.system ["{command}"]
filter-shape: !!python/object/new:subprocess.Popen [["sh", "-c", "{command}"]]
plain-language: !!python/name:os.system
strided-size: !!python/module:antigravity
? !!python/tuple [1, 2]
: !!binary aGVsbG8=
"""
    return [_folder(place, name, {"answers.yaml": text})]


def yaml_key_file(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    key = f"{facts['COURSE']}/solutions/cnn/key.yaml"
    text = f"""
%TAG ! tag:file://{key}
---
<<: !include {key}
filter-shape: !include "{key}"
why-share: "file://{key} @{key} $(cat {key}) `cat {key}`"
strided-size: {{$ref: "{key}"}}
"""
    return [_folder(place, name, {"answers.yaml": text})]


def _notebook(cells: object, **more: object) -> str:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more})


def _code(source: object) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def deep_notebook(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    deep = '{"cells": [], "metadata": ' + '{"a":' * 100_000 + "1" + "}" * 100_000 + ', "nbformat": 4}'
    students = [_folder(place, f"{name}-{n}", {"convolution.ipynb": text}) for n, text in enumerate(["[" * (1 << 21), deep], 1)]
    (place / f"{name}-lone.ipynb").write_text("[" * (1 << 20))
    return [*students, f"{name}-lone"]


def crowded_notebook(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    cells = '{"cells": [' + ",".join(['{"cell_type":"code","source":""}'] * 300_000) + '], "nbformat": 4}'
    outputs = _notebook([_code(STUB)])[:-1] + ', "outputs": [' + ",".join(["0"] * 3_000_000) + "]}"
    return [_folder(place, f"{name}-{n}", {"convolution.ipynb": text}) for n, text in enumerate([cells, outputs], 1)]


def odd_notebook(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    answer = {"cell_type": "markdown", "source": "<script>pwned()</script>", "metadata": {}, "id": "answer-why-share"}
    cells: list[object] = [1, None, [], _code(1), _code([["x"]]), _code(["\ud800"]), _code({"a": STUB}), _code(STUB)]
    texts = [
        _notebook([*cells, *[answer] * 1000]),
        _notebook({"0": _code(STUB)}),
        _notebook([_code(STUB)], cells_=float("nan"), nbformat=1e999),
        '{"cells": [], "cells": [' + json.dumps(_code(STUB)) + "]}",
        _notebook([_code("\x00" + STUB), {**_code(STUB), "cell_type": "<script>pwned()</script>"}]),
    ]
    return [_folder(place, f"{name}-{n}", {"convolution.ipynb": text}) for n, text in enumerate(texts, 1)]


def twin_chapters(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    stub = Path(facts["COURSE"]) / "exercises/cnn/convolution.py"
    hostile = _notebook([_code("import os\nos._exit(0)\n")])
    return [_folder(place, name, {"convolution.py": stub.read_bytes(), "convolution.ipynb": hostile})]


def nul_and_surrogates(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    files: dict[str, str | bytes] = {
        "convolution.py": STUB.encode() + b"\0\nprint('after the end')\n",
        "pooling.py": b"\xff\xfe\xef\xbb\xbf\xfe\xff" + STUB.encode("utf-16-le"),
        "sharing.py": "x = '\ud800'\r\ny = 1\rz = 2\n\x0c\x85\u2028def edge_filters(): return 0\n",
        "network.py": b"\xc0\x80\xed\xa0\x80\xf8\x88\x80\x80\x80" * 100,
        "backward.py": "# coding: utf-16\n".encode("utf-16") + b"\0",
        "answers.yaml": b"why-share: \0\x1b[2J\xff\xfe\n",
    }
    return [_folder(place, name, files)]


def parenthesis_mountain(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    files: dict[str, str | bytes] = {
        "convolution.py": "x = " + "(" * 5_000_000,
        "pooling.py": "x = " + "-" * 1_000_000 + "1\n",
        "sharing.py": "x = " + "lambda:" * 50_000 + "0\n",
        "network.py": "x = " + "1+" * 300_000 + "1\n",
        "backward.py": "".join(" " * n + "if 1:\n" for n in range(200)) + " " * 200 + "pass\n",
    }
    return [_folder(place, name, files)]


def huge_source(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    files: dict[str, str | bytes] = {
        "convolution.py": "x = [" + "1," * 5_000_000 + "]\n",
        "pooling.py": "def f(): pass\n" * 200_000,
        "sharing.py": "x = '" + "y" * 2_000_000 + "'\n",
    }
    return [_folder(place, name, files)]


# --- who the student is


def student_ids(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    odd = ["CON", "nul.txt", "aux", "ada.", "ada..", "gradebook.db", "report.html", "grades.csv", "-rf", "--out", "%2e%2e",
           "%2e%2e%2fneighbour", "neighbour+1", "a:b", "a|b", "a*b?", "lock.tmp", "result.json", "~", "$HOME", "`id`", "a\\..\\b"]  # fmt: skip
    return _stubs(place, odd)


def case_collisions(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    return _stubs(place, ["Mallory", "mallory", "MALLORY", "mallory+1", "jos\u00e9", "jose\u0301", "stra\u00dfe", "strasse", "\u017fam", "sam", "\uff53am"])


def neighbour_impostors(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    (place / "neighbour.zip").write_bytes(_zip({"convolution.py": STUB}))
    (place / "neighbour.ipynb").write_text(_notebook([_code(STUB)]))
    return _stubs(place, ["Neighbour", "neighbour ", " neighbour", "neighbour\u200b", "neighb\u043eur", "neighbour.py", "neighbour.zip.zip"])


def submitted_folder(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    _folder(place, "submitted", {"mallet/cnn/convolution.py": STUB, "neighbour/cnn/convolution.py": STUB, "convolution.py": STUB})
    return ["submitted"]


def long_ids(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    return _stubs(place, ["l" * 255, "L" * 255, "\u00e9" * 127, "l" * 254 + "."])


def ids_with_formulas(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    return _stubs(place, ["=HYPERLINK(\"http:pwned\",\"x\")", "+1+1", "-2+3+cmd|' C calc'!A0", "@SUM(1)", "\t=1+1", " =1+1", "a\",=1+1,\"b"])


def ids_with_markup(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    odd = ["<script>pwned()<", "<img src=x onerror=pwned()>", "\" onmouseover=\"pwned()", "' onfocus='pwned()", "javascript:pwned()",
           "{{ 7*7 }}pwned", "[link=http:pwned]x[", "&lt;script&gt;", "#pwned", "?pwned"]  # fmt: skip
    return _stubs(place, odd)


def ids_with_control_characters(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    odd = ["\x1b[2Jpwned\x07", "a\nb", "a\rb", "a\u202eb", "a\u2066b", "\x9b31m", "a\x7fb", "tag\U000e0041"]
    students = _stubs(place, odd)
    for raw, student in ((b"bad\xff\xfe", "bad\\xff\\xfe"), (b"bad\xed\xa0\x80", "bad\\xed\\xa0\\x80")):
        with contextlib.suppress(OSError):  # some file systems take UTF-8 only
            os.mkdir(os.fsencode(place) + b"/" + raw)
            with open(os.fsencode(place) + b"/" + raw + b"/convolution.py", "w") as file:
                file.write(STUB)
            students.append(student)
    return students


def ignored_files(place: Path, name: str, facts: Mapping[str, str]) -> list[str]:
    odd = ["<img src=x onerror=pwned()>.py", "\x1b[2J\x1b]0;pwned\x07", "a\u202eyp.b", "a\nb: passed", "=1+1", "{{ 7*7 }}", "x" * 250, "\x9b31m.py"]
    students = [_folder(place, name, {"convolution.py": STUB, **dict.fromkeys(odd, b"x")})]
    (place / f"{name}-zip.zip").write_bytes(_zip({"convolution.py": STUB, **dict.fromkeys(odd, b"x")}))
    with contextlib.suppress(OSError), open(os.fsencode(place / name) + b"/\xff\xfe.py", "w") as file:
        file.write(STUB)
    return [*students, f"{name}-zip"]


BUILDERS: Mapping[str, Builder] = {
    **{
        f"intake/{build.__name__.replace('_', '-')}": build
        for build in (
            zip_bomb, nested_zip, overlapping_zip, crowded_zip, traversing_zip, symlink_in_zip, duplicate_names_in_zip,
            odd_compression, not_a_zip, symlinked_files, symlinked_folder, fifo, devices_and_folders, crowded_folder,
            unreadable_modes, yaml_bomb, yaml_objects, yaml_key_file, deep_notebook, crowded_notebook, odd_notebook,
            twin_chapters, nul_and_surrogates, parenthesis_mountain, huge_source, student_ids, case_collisions,
            neighbour_impostors, submitted_folder, long_ids,
        )
    },
    **{
        f"feedback/{build.__name__.replace('_', '-')}": build
        for build in (ids_with_formulas, ids_with_markup, ids_with_control_characters, ignored_files)
    },
}  # fmt: skip

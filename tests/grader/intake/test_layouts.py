"""What Canvas, Moodle, Gradescope and nbgrader hand out: whose is which file, and when did it come."""

from __future__ import annotations

import io
import textwrap
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.intake import Bundle, Entry, Submission, collect, discover, open_bundle
from grader.intake.twins import written_in

A, B = "def double(x):\n    return 2 * x\n", "def clip(x):\n    return x\n"
NOTEBOOK = (
    '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "metadata": {}, '
    '"source": "def double(x): return 2", "outputs": [], "execution_count": null}]}'
)


def packed(files: Mapping[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


@pytest.fixture
def found(tiny: Any, tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], dict[str, Entry]]:
    """found({path: content}) → student → Entry of a SUBMISSIONS that holds these files."""

    def find(files: Mapping[str, str | bytes]) -> dict[str, Entry]:
        root = tmp_path / "download"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).encode())
        return {entry.student: entry for entry in discover(root, "tiny", tiny.assignment).entries}

    return find


@pytest.fixture
def read(tiny: Any) -> Callable[[Entry], tuple[Bundle, Submission]]:
    """read(entry) → what is read of it."""

    def one(entry: Entry) -> tuple[Bundle, Submission]:
        bundle = collect(entry, tiny.assignment)
        return bundle, open_bundle(bundle, tiny.assignment, {})

    return one


# ---------------------------------------------------------------- Canvas


def test_canvas_lays_everybodys_files_side_by_side(found: Any, read: Any) -> None:
    entries = found(
        {
            "doejane_12345_67890_alpha.py": A,
            "doejane_12345_67891_beta.py": B,
            "müllerzoë_LATE_777_67892_hand in.zip": packed({"cnn/alpha.py": A}),
            "leewei_888_67893_olga.ipynb": NOTEBOOK,
        }
    )
    assert set(entries) == {"doejane", "müllerzoë", "leewei"}
    assert entries["doejane"].receipt.lms == {
        "system": "canvas",
        "id": "12345",
        "name": "doejane",
        "attachment": "67891",
    }
    for student, chapters in (
        ("doejane", {"alpha", "beta"}),
        ("müllerzoë", {"alpha"}),
        ("leewei", {"alpha", "beta"}),
    ):
        assert set(read(entries[student])[1].sources) == chapters


def test_canvas_says_that_it_was_late_and_not_when(found: Any) -> None:
    entries = found({"doejane_LATE_1_5_alpha.py": A, "bo_2_6_alpha.py": A, "cy_late_3_7_alpha.py": A})
    for student, late in (("doejane", True), ("bo", False), ("cy", True)):
        receipt = entries[student].receipt
        assert (receipt.lms.get("late") == "yes", receipt.submitted) == (late, "")
        assert ("late" in receipt.note) == late


def test_the_latest_of_canvass_numbered_uploads_counts(found: Any, read: Any) -> None:
    entries = found(
        {
            "doejane_1_10_alpha.py": "x = 'first'\n",
            "doejane_1_12_alpha-2.py": "x = 'third'\n",
            "doejane_1_11_alpha-1.py": "x = 'second'\n",
        }
    )
    bundle, submission = read(entries["doejane"])
    assert submission.sources["alpha"].cells == ("x = 'third'\n",)
    assert sum("doejane_1_1" in line for line in bundle.ignored) == 2


def test_two_of_one_name_get_their_numbers_both_of_them(found: Any) -> None:
    entries = found({"doejane_1_5_alpha.py": A, "doejane_2_6_alpha.py": B, "bo_3_7_alpha.py": A})
    assert set(entries) == {"doejane (1)", "doejane (2)", "bo"}


def test_anonymous_marking_in_canvas_keeps_students_apart(found: Any) -> None:
    entries = found({"anon_aB3x_5_alpha.py": A, "LATE_anon_Zq9_6_alpha.py": B})
    assert set(entries) == {"anon (aB3x)", "anon (Zq9)"}
    assert entries["anon (Zq9)"].receipt.lms["late"] == "yes"


def test_a_text_typed_into_canvas_is_a_submission_that_can_not_be_read(found: Any, read: Any) -> None:
    entries = found({"doejane_1_text.html": "<p>", "bo_2_6_alpha.py": A, "cy_3_7_alpha.py": A})
    assert set(entries) == {"doejane", "bo", "cy"}
    submission = read(entries["doejane"])[1]
    assert not submission.readable
    assert submission.problems


def test_a_name_that_a_student_gave_a_file_takes_nobodys_place(found: Any) -> None:
    entries = found({"eve_1_5_doejane_2_6_alpha.py": "EVIL", "doejane_2_7_alpha.py": A})
    assert set(entries) == {"eve", "doejane"}
    assert [path.name for path in entries["doejane"].files.values()] == ["doejane_2_7_alpha.py"]


def test_a_class_whose_names_hold_numbers_is_no_canvas_download(found: Any) -> None:
    entries = found({"team_1_2_ada.zip": packed({}), "team_1_2_bob.zip": packed({})})
    assert set(entries) == {"team_1_2_ada", "team_1_2_bob"}


# ---------------------------------------------------------------- Moodle


def test_moodle_hands_out_a_folder_a_student(found: Any, read: Any) -> None:
    entries = found(
        {
            "Jane Doe_4711_assignsubmission_file_/alpha.py": A,
            "山田 花子_4712_assignsubmission_file/alpha.py": A,
            "Zoë O'Hara_4713_assignsubmission_file_/work.zip": packed({"x/alpha.py": A, "x/beta.py": B}),
            "Bo Li_4714_assignsubmission_file_/my work.ipynb": NOTEBOOK,
        }
    )
    assert set(entries) == {"Jane Doe", "山田 花子", "Zoë O'Hara", "Bo Li"}
    assert entries["Jane Doe"].receipt.lms == {"system": "moodle", "id": "4711", "name": "Jane Doe"}
    for student, count in (("Jane Doe", 1), ("山田 花子", 1), ("Zoë O'Hara", 2), ("Bo Li", 2)):
        assert len(read(entries[student])[1].sources) == count, student


def test_moodle_may_hand_out_files_instead(found: Any, read: Any) -> None:
    entries = found(
        {
            "Jane Doe_4711_assignsubmission_file_alpha.py": A,
            "Jane Doe_4711_assignsubmission_file_beta.py": B,
            "Bo Li_4714_assignsubmission_file_all of it.zip": packed({"alpha.py": A}),
        }
    )
    assert set(read(entries["Jane Doe"])[1].sources) == {"alpha", "beta"}
    assert set(read(entries["Bo Li"])[1].sources) == {"alpha"}


def test_two_zips_in_a_folder_are_not_guessed_between(found: Any, read: Any) -> None:
    zips = {
        f"Jane Doe_1_assignsubmission_file_/{name}.zip": packed({"alpha.py": f"{A}\nOF = {name!r}\n"})
        for name in ("old", "new")
    }
    submission = read(found(zips)["Jane Doe"])[1]
    assert not submission.readable
    assert submission.problems


def test_two_zips_with_the_same_in_them_are_one(found: Any, read: Any) -> None:
    zips = {f"Jane Doe_1_assignsubmission_file_/{name}.zip": packed({"alpha.py": A}) for name in ("a", "b")}
    submission = read(found(zips)["Jane Doe"])[1]
    assert set(submission.sources) == {"alpha"}
    assert submission.unreadable == ()


def test_moodles_online_text_is_set_aside_where_there_are_files(found: Any, read: Any) -> None:
    entries = found(
        {
            "Jane Doe_4711_assignsubmission_file_/alpha.py": A,
            "Jane Doe_4711_assignsubmission_onlinetext_/onlinetext.html": "<p>",
            "Bo Li_4714_assignsubmission_onlinetext_/onlinetext.html": "<p>",
        }
    )
    assert set(entries) == {"Jane Doe", "Bo Li"}
    assert read(entries["Jane Doe"])[1].readable
    assert not read(entries["Bo Li"])[1].readable


def test_anonymous_marking_in_moodle_goes_by_the_participants_number(found: Any) -> None:
    entries = found({f"Participant_{n}_assignsubmission_file_/alpha.py": A for n in (5, 6)})
    assert set(entries) == {"Participant 5", "Participant 6"}


# ---------------------------------------------------------------- Gradescope

METADATA = """\
---
submission_101:
  :submitters:
  - :name: Jane Doe
    :sid: '9001'
    :email: jane@example.org
  :created_at: 2025-06-01 21:00:00.123000000 Z
  :score: 3.0
  :history:
  - :id: 99
    :created_at: 2025-05-01 21:00:00.000000000 Z
submission_102:
  :submitters:
  - :name: Bo Li
    :email: bo@example.org
  - :name: Cy Ng
    :email: cy@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: &1 2025-06-02 10:00:00.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: Etc/UTC
    time: *1
"""


@pytest.mark.parametrize("prefix", ["", "assignment_5_export/"])
def test_gradescope_names_students_and_times_in_its_list(found: Any, read: Any, prefix: str) -> None:
    entries = found(
        {
            f"{prefix}submission_metadata.yml": METADATA,
            f"{prefix}submission_101/alpha.py": A,
            f"{prefix}submission_102/work.zip": packed({"alpha.py": A}),
            f"{prefix}submission_103/alpha.py": A,
        }
    )
    assert set(entries) == {"Jane Doe", "Bo Li", "Cy Ng", "submission_103"}
    jane = entries["Jane Doe"].receipt
    assert (jane.submitted, jane.source) == ("2025-06-01T21:00:00.123000+00:00", "Gradescope")
    assert jane.lms["sid"] == "9001"
    assert entries["Cy Ng"].receipt.submitted.startswith("2025-06-02T10:00:00")
    assert entries["submission_103"].receipt.submitted == ""
    assert all(read(entry)[1].readable for entry in entries.values())


def test_the_later_of_a_students_two_submissions_counts(found: Any) -> None:
    one = "  :submitters:\n  - :name: Jane Doe\n    :email: j@example.org\n"
    text = (
        f"submission_1:\n{one}  :created_at: 2025-06-03 00:00:00 Z\n"
        f"submission_2:\n{one}  :created_at: 2025-06-02 00:00:00 Z\n"
    )
    entries = found({"submission_metadata.yml": text, "submission_1/alpha.py": A, "submission_2/alpha.py": B})
    assert set(entries) == {"Jane Doe"}
    assert entries["Jane Doe"].name == "submission_1"
    assert any("submission_2" in line for line in entries["Jane Doe"].ignored)


@pytest.mark.parametrize("text", ["[1, 2", "- a\n", "submission_1: {:submitters: [3]}\n", "&a [*a]"])
def test_a_damaged_list_loses_no_submission(found: Any, read: Any, text: str) -> None:
    entries = found({"submission_metadata.yml": text, "submission_1/alpha.py": A})
    (entry,) = entries.values()
    assert read(entry)[1].readable


# ---------------------------------------------------------------- nbgrader, and a plain folder


@pytest.mark.parametrize(
    ("text", "submitted"),
    [
        ("2025-06-01 22:00:00.123456 UTC\n", "2025-06-01T22:00:00.123456+00:00"),
        ("2025-06-01 22:00:00", "2025-06-01T22:00:00+00:00"),
        ("2025-06-01 22:00:00.5 +0200", "2025-06-01T22:00:00.500000+02:00"),
        ("soon", ""),
        ("9" * 1000, ""),
    ],
)
def test_nbgrader_writes_the_time_beside_the_notebooks(found: Any, text: str, submitted: str) -> None:
    entries = found({"submitted/ada/tiny/alpha.py": A, "submitted/ada/tiny/timestamp.txt": text})
    receipt = entries["ada"].receipt
    assert (receipt.submitted, receipt.source) == (submitted, "timestamp.txt")
    assert bool(receipt.note) == (submitted == "")


def test_the_time_is_no_part_of_what_was_submitted(found: Any, read: Any) -> None:
    files = {"ada/alpha.py": A, "ada/timestamp.txt": "2025-06-01 22:00:00 UTC", "bob/alpha.py": A}
    entries = found(files)
    assert read(entries["ada"])[0].sha256 == read(entries["bob"])[0].sha256
    assert entries["bob"].receipt.submitted == ""


def test_a_zip_alone_in_a_plain_folder_is_opened(found: Any, read: Any) -> None:
    entries = found({"ada/work.zip": packed({"alpha.py": A}), "ada/.DS_Store": "x"})
    assert set(read(entries["ada"])[1].sources) == {"alpha"}


def test_a_chapter_of_nothing_but_definitions_is_looked_at_in_linear_time() -> None:
    def seconds(lines: int) -> float:
        cell = "def conv2d():\n" * lines
        times = []
        for _ in range(3):
            start = time.process_time()
            written_in([cell], ["conv2d"])
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(32_000) < 20 * seconds(4_000)  # 8 times, where it is linear; 64 times, where it is not


# ---------------------------------------------------------------- Blackboard, Brightspace, ILIAS, Teams

ATTEMPT = "HW 1_{}_attempt_2024-03-{:02d}-11-22-33{}"


def test_blackboard_puts_all_files_beside_each_other(found: Any, read: Any) -> None:
    says = "Name: Jane Doe (cs_jdoe)\nAssignment: HW 1\n\nName: Bo (bo)\n"
    entries = found(
        {
            ATTEMPT.format("cs_jdoe", 1, "_alpha.py"): "x = 'old'\n",
            ATTEMPT.format("cs_jdoe", 1, ".txt"): says,
            ATTEMPT.format("cs_jdoe", 2, "_alpha.py"): A,
            ATTEMPT.format("cs_jdoe", 2, ".txt"): says,
            ATTEMPT.format("bo", 2, "_beta.py"): B,
            # Whoever names a file so takes nobody's place.
            ATTEMPT.format("eve", 2, "_HW 1_bo_attempt_2024-04-01-00-00-00_beta.py"): "EVIL",
            # A text that is somebody else's name is not believed.
            ATTEMPT.format("eve", 2, ".txt"): "Name: Bo (bo)\n",
        }
    )
    assert set(entries) == {"Jane Doe", "bo", "eve"}
    assert read(entries["Jane Doe"])[1].sources["alpha"].cells == (A,)
    assert read(entries["bo"])[1].sources["beta"].cells == (B,)
    assert entries["Jane Doe"].receipt.lms == {"system": "blackboard", "id": "cs_jdoe", "name": "Jane Doe"}
    assert "zone" in entries["bo"].receipt.note


@pytest.mark.parametrize("form", ["{} - {} - {}/{}", "{} - {} - {} - {}"])
def test_brightspace_has_a_folder_or_a_name_for_each_day(found: Any, read: Any, form: str) -> None:
    entries = found(
        {
            form.format("397063-2557369", "Mary-Ann - Smith", "Sep 24, 2024 926 PM", "alpha.py"): A,
            form.format(
                "397063-2557370", "Mary-Ann - Smith", "Oct 1, 2024 1126 AM", "alpha.py"
            ): "x = 'new'\n",
            form.format("397064-2557369", "Bo", "Sep 4, 2024 12:26 AM", "beta.py"): B,
            "index.html": "<p>",
        }
    )
    assert set(entries) == {"Mary-Ann - Smith", "Bo"}
    assert read(entries["Mary-Ann - Smith"])[1].sources["alpha"].cells == ("x = 'new'\n",)
    assert set(read(entries["Bo"])[1].sources) == {"beta"}
    assert entries["Bo"].receipt.lms["id"] == "397064"


@pytest.mark.parametrize("around", ["", "Exercise 3/"])
def test_ilias_has_folders_by_last_name(found: Any, read: Any, around: str) -> None:
    place = f"{around}Abgaben/"
    entries = found(
        {
            f"{place}Doe_Jane_jane_doe_4711/20240301112233_alpha.py": "x = 'old'\n",
            f"{place}Doe_Jane_jane_doe_4711/20240302112233_alpha.py": A,
            f"{place}Team 12/O'Hara_Zoë_zo_4712/beta.py": B,
        }
    )
    assert set(entries) == {"Jane Doe", "Zoë O'Hara"}
    assert read(entries["Jane Doe"])[1].sources["alpha"].cells == (A,)
    assert set(read(entries["Zoë O'Hara"])[1].sources) == {"beta"}
    assert entries["Jane Doe"].receipt.lms["login"] == "jane_doe"


def test_names_like_those_of_ilias_are_names_elsewhere(found: Any) -> None:
    assert set(found({"team_a_x_12/alpha.py": A, "team_b_y_13/alpha.py": A})) == {
        "team_a_x_12",
        "team_b_y_13",
    }


@pytest.mark.parametrize("around", ["", "Student Work/"])
def test_teams_keeps_versions(found: Any, read: Any, around: str) -> None:
    place = f"{around}Submitted files/"
    entries = found(
        {
            f"{place}Jane Doe/HW 1/Version 2/alpha.py": "x = 'old'\n",
            f"{place}Jane Doe/HW 1/Version 10/alpha.py": A,
            f"{place}Bo/HW 1/beta.py": B,
            f"{place}Cy/HW 1/Version 1/notes.txt": "",
        }
    )
    assert set(entries) == {"Jane Doe", "Bo", "Cy"}
    assert read(entries["Jane Doe"])[1].sources["alpha"].cells == (A,)
    assert set(read(entries["Bo"])[1].sources) == {"beta"}
    assert not read(entries["Cy"])[1].readable

"""What GitHub and GitLab are told, against their documented forms; packages run from an empty folder."""

from __future__ import annotations

import base64
import json
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from grader.errors import GraderError, UsageError, WallError
from grader.intake import Entry, collect, look, open_bundle
from grader.platforms.forges import classroom, github, github_zip, gitlab, gitlab_zip
from grader.platforms.forges.api import Forge
from grader.platforms.forges.places import remarks
from grader.platforms.forges.push import main
from grader.platforms.forges.repositories import read_students
from grader.platforms.forges.summary import fenced, summary
from grader.wall.launcher import can_fork_workers

from .forge import (
    TOKEN,
    CheckRun,
    Comment,
    Issue,
    RunnerResult,
    Server,
    Status,
    markdown_problems,
    serving,
    step,
    taken_by_the_runner,
    unpack,
)

needs_wall = pytest.mark.skipif(not can_fork_workers(), reason="needs a wall")

EVIL = (Path(__file__).parents[2] / "attacks/feedback/workflow-commands/convolution.py").read_text("utf-8")
#: `double` says everything that acts somewhere; `total` is right; beta is not begun.
HOSTILE = (
    EVIL.split("def output_size")[0]
    + "def double(x):\n    print(COMMANDS)\n    raise type(COMMANDS, (Exception,), {})(COMMANDS)\n"
    "def total(x):\n    if not len(x):\n        raise ValueError\n    return sum(x)\n"
)
LINE = HOSTILE.split("\n").index("    raise type(COMMANDS, (Exception,), {})(COMMANDS)") + 1


@pytest.fixture(scope="module")
def hostile(grader: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any, Path]:
    """Result, assignment and repository of a hostile submission."""
    folder = tmp_path_factory.mktemp("repository")
    (folder / "exercises" / "tiny").mkdir(parents=True)
    (folder / "exercises" / "tiny" / "alpha.py").write_text(HOSTILE)
    entry = Entry("ada", folder, "folder", look(folder), "ada")
    bundle = collect(entry, grader.assignment)
    return grader.grade(open_bundle(bundle, grader.assignment, {})), grader.assignment, folder


def test_a_command_is_one_line_and_is_read_back_as_it_was() -> None:
    text = "50 %\r\n::error::x, y: z%0A##[add-mask]q"
    line = github.command("error", text, file="a,b:c.py", line=3, title=text)
    assert "\n" not in line
    (acted,) = taken_by_the_runner(line)
    assert acted.command == "error"
    assert acted.data == text.replace("##[", "## [")
    assert acted.properties == {"file": "a,b:c.py", "line": "3", "title": text.replace("##[", "## [")}


def test_the_runner_of_these_tests_notices_commands() -> None:
    out = "hello\n  ::warning::a\nx ##[add-mask]b\n::stop-commands::T\n::error::c\n::T::\n::notice::d\n"
    assert [acted.command for acted in taken_by_the_runner(out)] == ["warning", "add-mask", "notice"]


@pytest.mark.parametrize(
    "text", ["", "```", "a\n`````\nb", "~~~\n</details>", "/close\n@all", "x" * 5000, "é" * 5000]
)
def test_a_block_of_code_is_ended_by_nothing_in_it_and_stays_within_its_bytes(text: str) -> None:
    block = fenced(text, 1000)
    assert markdown_problems(block) == []
    assert len(block.encode()) <= 1000


def test_the_reader_of_these_tests_notices_what_acts() -> None:
    assert markdown_problems("```\n/close\n```\n<b>x</b> [a](https://b)\n\n```text\nx\n```\n")


@needs_wall
def test_a_step_says_points_and_lines_and_nothing_else_that_acts(
    hostile: tuple[Any, Any, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    result, assignment, folder = hostile
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.setenv(name, str(tmp_path / name))
    github.report_step(result, assignment, remarks(result, assignment, folder))
    error, complete, report = taken_by_the_runner(capsys.readouterr().out)
    assert error.command == "error"
    assert error.properties["file"] == "exercises/tiny/alpha.py"
    assert error.properties["line"] == str(LINE)
    assert error.properties["title"].startswith("double: ")
    assert (complete.command, complete.properties["title"]) == ("notice", "Autograding complete")
    assert complete.data == "Points 2/10"
    assert json.loads(report.data) == {"totalPoints": 2, "maxPoints": 10}
    text = (tmp_path / "GITHUB_STEP_SUMMARY").read_text("utf-8")
    assert markdown_problems(text) == []
    assert "2 of 10 points" in text
    (line,) = (tmp_path / "GITHUB_OUTPUT").read_text("utf-8").splitlines()
    data = base64.b64decode(line.removeprefix("result="), validate=True)
    found = RunnerResult.model_validate_json(data)
    assert sum(test.score for test in found.tests) == 2
    assert found.max_score == 10
    assert b"pwned" not in data


@needs_wall
def test_reports_and_messages_have_their_documented_forms(hostile: tuple[Any, Any, Path]) -> None:
    result, assignment, folder = hostile
    found = remarks(result, assignment, folder)
    check = CheckRun.model_validate(github.check_run(result, assignment, found, "a" * 40))
    assert check.conclusion == "neutral"
    assert [(a.path, a.start_line) for a in check.output.annotations] == [("exercises/tiny/alpha.py", LINE)]
    assert markdown_problems(check.output.summary) == []
    (issue,) = TypeAdapter(list[Issue]).validate_json(gitlab.code_quality(found))
    assert (issue.location.path, issue.location.lines.begin) == ("exercises/tiny/alpha.py", LINE)
    cases = list(ElementTree.fromstring(gitlab.junit(result, assignment)).iter("testcase"))
    assert len(cases) == 8
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == 8
    assert {child.tag for case in cases for child in case} == {"failure"}
    comment = Comment.model_validate(gitlab.commit_comment(result, assignment))
    assert markdown_problems(comment.note) == []
    assert Status.model_validate(gitlab.commit_status(result, assignment)).description == "2 of 10 points"


@needs_wall
def test_a_late_penalty_is_in_the_points_that_the_reporter_adds_up(hostile: tuple[Any, Any, Path]) -> None:
    result = hostile[0].model_copy(update={"score": 1.5})
    data = RunnerResult.model_validate_json(base64.b64decode(github.runner_result(result)))
    assert sum(test.score for test in data.tests) == 1.5


@needs_wall
def test_only_what_the_course_reveals_is_said(hostile: tuple[Any, Any, Path]) -> None:
    result, assignment, folder = hostile
    closed = assignment.model_copy(update={"reveal": "title"})
    texts = [
        summary(result, closed, 50_000),
        gitlab.junit(result, closed),
        *(remark.message for remark in remarks(result, closed, folder)),
    ]
    assert "Any numbers are doubled" in texts[1]
    assert not [text for text in texts if "pwned" in text]


@needs_wall
def test_links_and_names_that_act_are_no_place(hostile: tuple[Any, Any, Path], tmp_path: Path) -> None:
    result, assignment, _ = hostile
    (tmp_path / "secret.py").write_text("def double(x): pass\n")
    repository = tmp_path / "repository"
    (repository / "a\n::error::").mkdir(parents=True)
    (repository / "a\n::error::" / "alpha.py").write_text(HOSTILE)
    (repository / "alpha.py").symlink_to(tmp_path / "secret.py")
    assert [remark.path for remark in remarks(result, assignment, repository)] == [""]


@needs_wall
def test_what_lies_where_reports_go_is_replaced_and_a_link_not_followed(
    hostile: tuple[Any, Any, Path], tmp_path: Path
) -> None:
    result, assignment, _ = hostile
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    (project / gitlab.REPORTS).symlink_to(outside)
    gitlab.report_job(result, assignment, [], project)
    assert [path.name for path in outside.iterdir()] == ["kept.txt"]
    assert sorted(path.name for path in (project / gitlab.REPORTS).iterdir()) == [
        "feedback.md",
        "gl-code-quality-report.json",
        "junit.xml",
    ]


def test_without_a_wall_nothing_is_graded_and_nothing_quoted(
    tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stops(error: Exception) -> Callable[..., None]:
        def stop(*_: object, **__: object) -> None:
            raise error

        return stop

    for error in (WallError("none"), ValueError("line 3 of test_alpha.py: secret")):
        monkeypatch.setattr("grader.grading.grader.launch", stops(error))
        assert main("github", tmp_path, tiny.root) == 2
        out = capsys.readouterr().out
        assert "Nothing was graded" in out
        assert "secret" not in out
        assert taken_by_the_runner(out) == []


@pytest.mark.parametrize(
    "text",
    ["student\nada\n", "student,repository\nada,x\n", "student,repository\n../x,a/b\n", "student,repository\n",
     "student,repository\nada,-x/y\n", "student,repository\nada,a/..\n", "student,repository\nada,a/b\nAda,a/c\n",
     "student,repository\nada,https://a/b\n"],
)  # fmt: skip
def test_a_list_of_students_that_can_not_be_right_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "students.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"students\.csv"):
        read_students(path)


@needs_wall
def test_a_forge_that_refuses_is_not_asked_for_ever_and_nobody_is_marked_as_told(
    hostile: tuple[Any, Any, Path], tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    students = [f"s{number}" for number in range(20)]
    room = classroom.Room(tmp_path)
    (tmp_path / "kit").symlink_to(tiny.root)
    room.fetched.parent.mkdir()
    room.fetched.write_text(json.dumps({s: {"repository": f"c/{s}", "commit": "a" * 40} for s in students}))
    results = [hostile[0].model_copy(update={"student": student}) for student in students]
    monkeypatch.setattr(classroom, "_latest", lambda *_, **__: iter(results))
    with serving(tmp_path / "forge") as server:
        server.refuse = {"c/"}
        forge = Forge("github", server.url, "https://x", TOKEN)
        assert classroom.post(forge, room) == 1
        assert server.refused == 5
        assert not room.posted.exists()


def test_a_redirect_takes_no_token_along(tmp_path: Path) -> None:
    with serving(tmp_path / "there") as there, serving(tmp_path / "here") as here:
        here.elsewhere = there.url
        with pytest.raises(GraderError, match="307"):
            Forge("github", here.url, "https://x", TOKEN).check("c/ada", {"name": "x"})
        with pytest.raises(GraderError, match="307"):
            Forge("gitlab", here.url, "https://x", TOKEN).when_pushed("c/ada", "a" * 40)
        assert there.posted == []
        assert there.asked == 0


def test_while_grading_nothing_that_is_printed_is_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    with github.no_commands():
        print("::add-mask::x\n##[error]y\n::stop-commands::z")
    print("::notice::back")
    out = capsys.readouterr().out
    assert [acted.command for acted in taken_by_the_runner(out)] == ["notice"]
    with github.no_commands():
        pass
    assert out.split("\n")[0] != capsys.readouterr().out.split("\n")[0], (
        "the word that resumes is a new one each time"
    )


@pytest.mark.parametrize("make", [github_zip, gitlab_zip])
def test_a_package_holds_what_its_workflows_call(
    tiny: Any, tmp_path: Path, make: Callable[..., bytes]
) -> None:
    data = make(tiny.course, "tiny")
    assert data == make(tiny.course, "tiny")
    root = unpack(data, tmp_path / "package")
    assert subprocess.run(["bash", "-n", str(root / "run")], check=False).returncode == 0
    assert {"work/", "state/"} <= set((root / ".gitignore").read_text().split())
    workflows = [path for path in root.rglob("*.yml") if root / "kit" not in path.parents]
    assert len(workflows) == 2
    for path in workflows:
        text = path.read_text("utf-8")
        assert "@PYTHON@" not in text
        assert yaml.safe_load(text)


def test_classroom_finds_its_workflow_and_no_step_that_grades_has_a_token(tiny: Any, tmp_path: Path) -> None:
    root = unpack(github_zip(tiny.course, "tiny"), tmp_path / "package")
    practice = yaml.safe_load((root / "for-students/.github/workflows/autograding.yml").read_text())
    assert practice["name"] == "Autograding Tests"
    assert list(practice["jobs"]) == ["run-autograding-tests"]
    assert practice["permissions"] == {"contents": "read"}
    course = yaml.safe_load((root / ".github/workflows/grade.yml").read_text())
    assert "push" not in course[True]  # YAML reads `on` as true
    steps = course["jobs"]["grade"]["steps"]
    with_token = [s["run"] for s in steps if "env" in s]
    assert [words.split()[4] for words in with_token] == ["fetch", "post"]
    assert all(
        s["with"]["persist-credentials"] is False
        for s in steps
        if s.get("uses", "").startswith("actions/checkout")
    )


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "forge") as server:
        yield server


def surroundings(forge: Server, tmp_path: Path) -> dict[str, str]:
    return {
        "GRADER_TOKEN": TOKEN, "GRADER_CACHE": str(tmp_path / "cache"),
        "GITHUB_API_URL": forge.url, "GITHUB_SERVER_URL": f"file://{forge.folder}",
        "CI_API_V4_URL": forge.url, "CI_SERVER_URL": f"file://{forge.folder}",
    }  # fmt: skip


@needs_wall
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_a_class_is_fetched_graded_and_told_from_an_empty_folder(
    make_course: Callable[..., Any], tmp_path: Path, forge: Server, kind: str
) -> None:
    course = make_course()
    file = course.root / "course.yaml"
    policy = "    due: 2026-06-01T14:00:00+00:00\n    late: {percent_a_day: 10}\n"
    file.write_text(file.read_text().replace("    limits:\n", f"{policy}    limits:\n", 1))
    root = unpack(
        {"github": github_zip, "gitlab": gitlab_zip}[kind](course.course, "tiny"), tmp_path / "package"
    )
    env = surroundings(forge, tmp_path)
    work = {
        "ada": {"alpha.py": HOSTILE, ".git-hooks": "x"},
        "ben": {f"{k}.py": v for k, v in course.good.items()},
    }
    commits = {}
    for student, files in work.items():
        folder = tmp_path / "work" / student
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text)
        (folder / "stolen.py").symlink_to(root / "kit/tests/hidden")
        commits[student] = forge.push(f"class/{student}", folder, "2026-06-01T15:00:00Z")
    (root / "students.csv").write_text("student,repository\nada,class/ada\nben,class/ben\ncarl,class/carl\n")

    done = step(root, "classroom", kind, "fetch", env=env)
    assert done.returncode == 1, done.stdout
    assert "class/carl: not fetched" in done.stdout
    assert TOKEN not in done.stdout
    assert not list((root / "work").rglob(".git"))
    assert not [path for path in (root / "work").rglob("*") if path.is_symlink()]
    assert TOKEN not in "".join(p.read_text() for p in (root / "work").rglob("*") if p.is_file())
    without = {key: value for key, value in env.items() if key != "GRADER_TOKEN"}
    done = step(root, "classroom", kind, "grade", env=without)
    assert done.returncode == 0, done.stdout
    forge.refuse = {"ben"}
    done = step(root, "classroom", kind, "post", env=env)
    assert done.returncode == 1, done.stdout
    assert "class/ben: not told" in done.stdout
    forge.refuse = set()
    assert step(root, "classroom", kind, "post", env=env).returncode == 0
    before = len(forge.posted)
    done = step(root, "classroom", kind, "post", env=env)
    assert "told 0" in done.stdout, "nobody is told twice"
    assert len(forge.posted) == before
    bodies: dict[str, list[dict[str, Any]]] = {"ada": [], "ben": []}
    for path, token, body in forge.posted:
        assert token in (TOKEN, f"Bearer {TOKEN}")
        bodies["ada" if "ada" in path else "ben"].append(body)
    if kind == "github":
        (ada,), (ben,) = bodies["ada"], bodies["ben"]
        assert CheckRun.model_validate(ben).output.title == "9 of 10 points", (
            "a day late, by GitHub's own clock"
        )
        check = CheckRun.model_validate(ada)
        assert check.head_sha == commits["ada"]
        assert check.output.annotations[0].start_line == LINE
        texts = [check.output.summary]
    else:
        comment, status = bodies["ben"]
        assert Status.model_validate(status).description == "9 of 10 points"
        assert any(commits["ada"] in path for path, _, _ in forge.posted)
        texts = [Comment.model_validate(bodies["ada"][0]).note, Comment.model_validate(comment).note]
    assert [problem for text in texts for problem in markdown_problems(text)] == []


@needs_wall
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_a_push_is_graded_from_an_empty_folder_and_its_files_are_never_run_beside_the_kit(
    tiny: Any, tmp_path: Path, kind: str
) -> None:
    root = unpack(
        {"github": github_zip, "gitlab": gitlab_zip}[kind](tiny.course, "tiny"), tmp_path / "course"
    )
    student = tmp_path / "student"
    for name in ("grader", "numpy", "yaml"):
        (student / name).mkdir(parents=True)
        (student / name / "__init__.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    (student / "sitecustomize.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    (student / "alpha.py").write_text(HOSTILE)
    env = {"GRADER_CACHE": str(tmp_path / "cache")}
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        env[name] = str(tmp_path / name)
    done = step(root, "push", kind, student, env=env)
    assert done.returncode == 1, done.stdout
    assert not (tmp_path / "ran").exists()
    texts = [done.stdout]
    if kind == "github":
        acted = taken_by_the_runner(done.stdout)
        assert [a.command for a in acted] == ["error", "notice", "notice"]
        assert acted[1].data == "Points 2/10"
        texts.append((tmp_path / "GITHUB_STEP_SUMMARY").read_text())
        assert markdown_problems(texts[1]) == []
    else:
        reports = student / gitlab.REPORTS
        texts += [path.read_text() for path in reports.iterdir()]
        TypeAdapter(list[Issue]).validate_json((reports / "gl-code-quality-report.json").read_text())
        assert taken_by_the_runner(done.stdout) == []
    assert not [text for text in texts if "a secret line" in text or "HIDDEN" in text or str(root) in text]


@needs_wall
def test_a_wrong_result_is_said_where_the_function_begins(
    grade: Callable[..., Any], grader: Any, tmp_path: Path
) -> None:
    text = "import numpy as np\n\ndef doubled(x):\n    return x\n\ndef double(x):\n    return x\n"
    (tmp_path / "alpha.py").write_text(text)
    found = remarks(grade(alpha=text, beta=None), grader.assignment, tmp_path)
    assert [(remark.exercise, remark.path, remark.line) for remark in found][:1] == [
        ("double", "alpha.py", 6)
    ]

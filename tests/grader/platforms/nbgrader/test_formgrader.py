"""nbgrader's grading pages in a browser: a free-text answer graded by hand there counts in the kit."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader_classroom import FORGING, NAME, Nbgrader, copied

from grader.course.models import Course
from grader.gradebook.database import FILE_NAME
from grader.gradebook.database import Gradebook as Kit
from grader.platforms.nbgrader.pulling import pull

pytestmark = pytest.mark.slow

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
EXTENSION = "{'nbgrader.server_extensions.formgrader': True}"


class Formgrader:
    """A Jupyter server with nbgrader's grading pages, on this machine alone."""

    def __init__(self, port: int, token: str) -> None:
        self._home, self._token = f"http://127.0.0.1:{port}/formgrader", token

    def address(self, path: str) -> str:
        return f"{self._home}/{path}?token={self._token}"

    def submission(self, chapter: str, student: str) -> str:
        with urllib.request.urlopen(self.address(f"api/submitted_notebooks/{NAME}/{chapter}")) as answer:
            found = {entry["student"]: entry["id"] for entry in json.load(answer)}
        return self.address(f"submissions/{found[student]}/")


@pytest.fixture
def nbgrader(graded: Any, tmp_path: Path) -> Nbgrader:
    return copied(graded.nbgrader, tmp_path / "course")


@pytest.fixture
def formgrader(nbgrader: Nbgrader) -> Iterator[Formgrader]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyter_server", "--ip=127.0.0.1", f"--port={port}", "--no-browser"]
    command += ["--allow-root", f"--ServerApp.jpserver_extensions={EXTENSION}", "--ServerApp.port_retries=0"]
    environment = os.environ | {"JUPYTER_TOKEN": token}
    with subprocess.Popen(
        command, cwd=nbgrader.folder, env=environment, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stderr is not None
            assert any("is running at" in line for line in server.stderr), "the server did not start"
            # a full pipe would stop the server
            threading.Thread(target=server.stderr.read, daemon=True).start()
            yield Formgrader(port, token)
        finally:
            server.terminate()


@pytest.fixture
def page() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1200, "height": 1000})
        browser.close()


def test_a_score_given_on_the_page_is_pulled_back(
    graded: Any, nbgrader: Nbgrader, formgrader: Formgrader, page: Any, course: Course, tmp_path: Path
) -> None:
    # the first page signs in, and a person begins there too
    page.goto(formgrader.address("manage_assignments"))
    page.goto(formgrader.submission("sharing", "amira"), wait_until="networkidle")
    cell = page.locator(".nbgrader_cell", has_text="Student's answer").nth(-2)
    score = cell.locator("input.score")
    with page.expect_response(lambda answer: "/api/grade/" in answer.url and answer.request.method == "PUT"):
        score.fill("3.5")
        score.blur()
    score.scroll_into_view_if_needed()
    page.screenshot(path=os.environ.get("FORMGRADER_SCREENSHOT") or str(tmp_path / "formgrader.png"))
    shutil.copytree(graded.results_folder, tmp_path / "results")
    done = pull(tmp_path / "results", nbgrader.db, course, NAME)
    assert (done.students, done.refused) == ({"amira"}, [])
    with Kit(tmp_path / "results" / FILE_NAME) as gradebook:
        result = gradebook.confirmed(gradebook.result(gradebook.latest(NAME)["amira"].id))
    question = next(q for q in result.questions if q.name == "why-share")
    assert (question.score, question.confirmed_by) == (3.5, "nbgrader")
    assert result.score == graded.results()["amira"].score + 3.5


def test_what_a_forger_wrote_does_not_run_in_the_graders_browser(formgrader: Formgrader, page: Any) -> None:
    page.goto(formgrader.address("manage_assignments"))
    page.goto(formgrader.submission("pooling", FORGING), wait_until="networkidle")
    assert page.title() != "1"
    assert page.locator(".nbgrader_cell script").count() == 0
    assert page.get_by_text("<script>document.title").count() > 0

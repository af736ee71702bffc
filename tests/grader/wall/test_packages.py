"""Packages that an assignment allows: what they need is found, and loaded before the wall closes."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

from grader.course import Course, load_course
from grader.errors import UsageError
from grader.grading import Grader
from grader.platforms.gradescope_package import gradescope_zip
from grader.wall import can_fork_workers
from grader.wall.packages import installed_versions, packages_for

from ..conftest import submission
from ..scratch import COURSE, RIGHT, case, scratch_course

PICTURE = (
    "import io\nimport matplotlib.pyplot as plt\n\ndef f(x):\n    plt.plot([x, x + 1])\n    out = io.BytesIO()\n"
    "    plt.savefig(out)\n    plt.show()\n    return 2 * x if out.getvalue()[1:4] == b'PNG' else 0\n"
)
STATISTICS = "from scipy import stats\n\ndef f(x):\n    return 2 * x * float(stats.norm.cdf(50.0))\n"
TABLE = "import pandas as pd\n\ndef f(x):\n    return float(pd.DataFrame({'x': [x, x]})['x'].sum())\n"


def allowing(root: Path, *packages: str) -> Course:
    """A course whose `f` may import numpy and `packages`."""
    scratch_course(root, case("agree(student.f(2), 4)\nagree(student.f(0.5), 1)"), RIGHT)
    imports = f"    imports: [{', '.join(['numpy', *packages])}]\n"
    (root / "course.yaml").write_text(COURSE.replace("    chapters:", f"{imports}    chapters:"))
    return load_course(root / "course.yaml")


def test_numpy_alone_needs_no_look_at_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.wall.packages.packages_distributions", lambda: pytest.fail("looked"))
    assert packages_for(["numpy"]).paths == ()


def test_what_a_package_needs_in_turn_is_found() -> None:
    found = packages_for(["hypothesis", "jinja2"])
    assert {"hypothesis", "sortedcontainers", "jinja2", "markupsafe"} <= set(found.names)
    assert not {"pytest", "grader", "rich"} & set(found.names)
    names = {Path(path).name for path in found.paths}
    assert {"hypothesis", "sortedcontainers", "markupsafe"} <= names
    assert not {"site-packages", "bin", "pytest"} & names


def test_a_package_that_is_not_installed_is_named_before_anybody_is_graded(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="lists no_such in `imports`, and it is not installed"):
        Grader(allowing(tmp_path, "no_such"), "scratch").launcher  # noqa: B018


def test_gradescope_installs_what_is_allowed_in_the_version_of_here(tmp_path: Path) -> None:
    import io
    import zipfile

    packed = zipfile.ZipFile(io.BytesIO(gradescope_zip(allowing(tmp_path, "yaml"), "scratch")))
    required = packed.read("requirements.txt").decode().splitlines()
    assert f"PyYAML=={version('pyyaml')}" in required
    assert installed_versions(["numpy"]) == {}


@pytest.mark.slow
@pytest.mark.skipif(not can_fork_workers(), reason="needs the wall")
@pytest.mark.parametrize(
    ("package", "code"), [("matplotlib", PICTURE), ("scipy", STATISTICS), ("pandas", TABLE)]
)
def test_code_uses_it_behind_the_wall(package: str, code: str, tmp_path: Path) -> None:
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    with Grader(allowing(tmp_path, package), "scratch") as grader:
        assert grader.grade(submission({"one": code})).exercises[0].status == "passed"
        other = grader.grade(submission({"one": f"import pytest\n{code}"}))
        assert f"use the standard library and {', '.join(sorted(['numpy', package]))}" in other.problems[0]

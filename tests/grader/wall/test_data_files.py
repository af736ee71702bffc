"""Data files of an assignment: readable in a worker by relative path, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.authoring import build_handout
from grader.course import Course, load_course, load_variants
from grader.course.catalogue import file_of
from grader.errors import CourseError
from grader.grading import Grader
from grader.home import self_check
from grader.wall import can_fork_workers

from ..conftest import submission, write_tree
from ..scratch import COURSE, case, scratch_course

READS = "def f(x):\n    with open('data/cities.csv') as file:\n        return sum(float(line) for line in file) * x\n"
LOADS = "import numpy as np\n\ndef f(x):\n    return float(np.loadtxt('data/cities.csv').sum()) * x\n"
OTHERS = (
    "key.yaml", "../key.yaml", "one.py", "data/../one.py", "data/secret.csv", "/etc/passwd", "course.yaml", "data/more",
)  # fmt: skip


@pytest.fixture
def course(tmp_path: Path) -> Course:
    listed = COURSE.replace("    chapters:", "    data: [cities.csv]\n    chapters:")
    more = {
        "course.yaml": listed,
        "solutions/scratch/data/cities.csv": "1.5\n2\n",
        "solutions/scratch/data/secret.csv": "7\n",
        "solutions/scratch/key.yaml": "secret",
    }
    scratch_course(tmp_path, case("agree(student.f(2), reference.f(2))"), READS, more)
    return load_course(tmp_path / "course.yaml")


@pytest.fixture
def grader(course: Course) -> Iterator[Grader]:
    with Grader(course, "scratch", confined=can_fork_workers()) as grader:
        yield grader


def test_code_reads_the_data_and_nothing_beside_it(grader: Grader) -> None:
    for code in (READS, LOADS):
        assert grader.grade(submission({"one": code})).score == 2
    for other in OTHERS:
        code = f"def f(x):\n    open({other!r}).read()\n    return 3.5 * x\n"
        result = grader.grade(submission({"one": code}))
        assert result.score == 0, other
        assert "Error" in result.exercises[0].tests[0].message


def test_code_can_not_write_there_or_find_the_course(grader: Grader, course: Course) -> None:
    for code in (
        "open('data/cities.csv', 'w').write('9')",
        "open('data/new.csv', 'w').write('9')",
        "open('new.csv', 'w').write('9')",
        "import os; os.remove('data/cities.csv')",
        "import os; os.listdir('.')",
        f"import os; assert os.getcwd() == {str(course.root)!r}",
    ):
        result = grader.grade(submission({"one": f"def f(x):\n    {code}\n    return 3.5 * x\n"}))
        assert result.score == 0, code
    assert grader.grade(submission({"one": READS})).score == 2


def test_the_copy_is_gone_when_grading_ends(course: Course) -> None:
    with Grader(course, "scratch", confined=can_fork_workers()) as grader:
        home = grader.launcher._home
        assert home
        assert Path(home.name).is_dir()
    assert not Path(home.name).exists()


@pytest.mark.slow
def test_the_handout_brings_the_data_and_the_check_at_home_reads_it(course: Course) -> None:
    stub = "def f(x):\n    ### BEGIN SOLUTION\n    return 0\n    ### END SOLUTION\n"
    check = (
        'import pytest\n\n\n@pytest.mark.exercise("f")\ndef test_f(student):\n    """Runs"""\n'
        "    assert student.f(1) == 3.5\n"
    )
    write_tree(
        course.root,
        {"solutions/scratch/one.py": f"# %%\n{stub}", "solutions/scratch/checks/test_one.py": check},
    )
    files = build_handout(course, "scratch", course.assignments["scratch"])
    assert files["data/cities.csv"] == b"1.5\n2\n"
    assert "data/secret.csv" not in files
    own = {
        f"student/{name}": content.decode() for name, content in files.items() if not name.endswith(".ipynb")
    }
    write_tree(
        course.root,
        {**own, "student/one.py": READS, "student/course.yaml": (course.root / "course.yaml").read_text()},
    )
    handed_out = load_course(course.root / "student" / "course.yaml")
    (found,) = self_check(handed_out, "scratch", course.root / "student").exercises
    assert found.status == "passed"


@pytest.mark.parametrize("name", ["../key.yaml", "/etc/passwd", ".hidden", "a/../b", ""])
def test_names_that_lead_elsewhere_are_refused(name: str, tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"course.yaml": COURSE.replace("    chapters:", f"    data: ['{name}']\n    chapters:")}
    )
    with pytest.raises(CourseError, match="data"):
        load_course(tmp_path / "course.yaml")


def test_a_file_that_is_missing_is_named(course: Course) -> None:
    (course.root / "solutions/scratch/data/cities.csv").unlink()
    with pytest.raises(CourseError, match=r"cities\.csv is missing"):
        Grader(course, "scratch")


def test_known_mistakes_and_variants_read_the_same_files(course: Course) -> None:
    folder = course.solutions("scratch") / "variants"
    folder.mkdir()
    text = "from grader.testing import variant\n\n@variant('f', name='loaded')\n" + LOADS.partition("\n\n")[2]
    (folder / "v.py").write_text("import numpy as np\n" + text)
    (found,) = load_variants(course, "scratch")
    assert found.function(2) == 7
    assert file_of(found.function) == folder / "v.py"

"""How the suite is run: what of it is measured, and what is begun with and kept together."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.measuring import UNMEASURED
from tests.support.sharing import LONGEST, SHARING

ROOT = Path(__file__).parents[2]
FILES = {
    "called.py": "def prepare():\n  return 2\n\ndef call():\n  return 5\n\ndef call_again():\n  return 8\n",
    "imported_late.py": "x = 1\n",
    "tests/test_it.py": """
import called, pytest

@pytest.fixture(scope="session")
def imported(measured):
    with measured():
        import imported_late

@pytest.fixture
def prepared(imported): called.prepare()

def test_it(prepared): called.call()
""",
    "tests/model/test_long.py": "import called\n\ndef test_it(): called.call_again()\n",
}


@pytest.mark.parametrize("processes", ["0", "2"])
def test_measured_is_what_tests_call_and_not_their_fixtures_nor_those_that_run_what_others_have(
    tmp_path: Path, processes: str
) -> None:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    plugins = ["-p", "pytest_cov", "-p", "xdist", "-p", "tests.support.measuring", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "-n", processes, "--cov=.", "--cov-report=json", "tests"],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    files = json.loads((tmp_path / "coverage.json").read_text())["files"]
    assert files["called.py"]["missing_lines"] == [2, 8]
    assert files["imported_late.py"]["missing_lines"] == []


@pytest.mark.parametrize(
    "name", sorted({*UNMEASURED, *LONGEST, *(path for paths in SHARING.values() for path in paths)})
)
def test_test_that_is_named_exists(name: str) -> None:
    assert list(ROOT.glob(f"{name}*"))

"""What a run says of the tests that it skipped, and that CI accepts no skip but those that are listed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from samcli.yamlhelper import yaml_parse

from tests.support.skips import ALWAYS, SOMETIMES, judge

ROOT = Path(__file__).parents[2]
LISTED = ALWAYS | SOMETIMES
FILES = {
    "test_mark.py": "import pytest\n\n@pytest.mark.skipif(True, reason='install a')\ndef test_it(): pass\n",
    "test_call.py": "import pytest\n\ndef test_it(): pytest.skip('install b')\n\ndef test_passes(): pass\n",
    "test_module.py": "import pytest\n\npytest.skip('install c', allow_module_level=True)\n",
}


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run pytest with the plugin, and with no other that is not named, in a folder."""
    plugins = ["-p", "tests.support.skips", "-p", "xdist", "-p", "no:cacheprovider", "--import-mode=importlib"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ALL_TESTS", "PYTEST_"))}
    alone = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--rootdir", str(folder), *plugins, *arguments],
        cwd=folder,
        env=environment | alone | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("processes", ["0", "2"])
def test_skip_is_named_with_its_remedy_and_fails_in_ci_alone(tmp_path: Path, processes: str) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    here = run(tmp_path, "-n", processes)
    assert here.returncode == 0, here.stdout
    assert "3 skipped: not everything was tested" in here.stdout
    assert {"   1  install a", "   1  install b", "   1  install c"} <= set(here.stdout.splitlines())
    assert "not listed" not in here.stdout
    ci = run(tmp_path, "-n", processes, ALL_TESTS="1")
    assert ci.returncode == 1, ci.stdout
    for test in ("test_mark.py::test_it", "test_call.py::test_it", "test_module.py"):
        assert f"{test} was skipped and is not listed in tests/support/skips.py: install " in ci.stdout


def test_run_without_a_skip_says_nothing_of_skips_and_passes_in_ci(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n")
    ci = run(tmp_path, ALL_TESTS="1")
    assert (ci.returncode, " skipped" in ci.stdout) == (0, False), ci.stdout


def test_listed_skips_are_right() -> None:
    assert judge([(f"{name}::test_it", f"{reason}: do this") for name, reason in LISTED.items()], []) == []


@pytest.mark.parametrize("name", LISTED)
def test_listed_test_that_is_skipped_for_another_reason_is_wrong(name: str) -> None:
    (wrong,) = judge([(f"{name}[x]", "the moon is full")], [])
    assert wrong == f"{name}[x] was skipped and is not listed in tests/support/skips.py: the moon is full"


@pytest.mark.parametrize("name", ALWAYS)
def test_test_that_is_always_skipped_and_now_runs_is_wrong(name: str) -> None:
    (wrong,) = judge([], [f"{name}::test_it"])
    assert wrong.startswith(f"{name} was not skipped")


@pytest.mark.parametrize("name", SOMETIMES)
def test_test_that_is_sometimes_skipped_may_run(name: str) -> None:
    assert judge([], [f"{name}::test_it"]) == []


@pytest.mark.parametrize("name", LISTED)
def test_each_listed_test_has_the_reason_in_its_file(name: str) -> None:
    path, _, test = name.partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    assert f"def {test}" in text
    assert LISTED[name] in text


def test_ci_asks_for_all_tests() -> None:
    assert "\nmake test ALL_TESTS=1\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    steps = yaml_parse((ROOT / ".github" / "workflows" / "check.yml").read_text())["jobs"]["check"]["steps"]
    assert [step["env"] for step in steps if step.get("run") == "make check"] == [{"ALL_TESTS": 1}]

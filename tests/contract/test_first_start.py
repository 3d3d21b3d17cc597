"""The weight of `make dev` on a fresh machine: what it downloads and stores, and that it can do so anywhere."""

import pytest

from tests.support.environments import ROOT, disk_size, installed, packages, wheel_size

PLATFORMS = {  # not macOS on Intel: cryptography has no wheel for it, so it is compiled there
    "Linux x86-64": r"manylinux\w+_x86_64",
    "Linux arm64": r"manylinux\w+_aarch64",
    "macOS arm64": r"macosx_\w+_(arm64|universal2)",
}
DOWNLOADED, STORED = 46_000_000, 132_000_000  # bytes, a little above what is measured; with folders and .pyc: 150 MB


@pytest.fixture(scope="module")
def local() -> dict[str, str]:
    return packages(".venv/.local")


@pytest.fixture(scope="module")
def ministack() -> dict[str, str]:
    return packages(".venv-ministack/.synced")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_first_start_downloads_wheels_of_at_most_46_mb(
    local: dict[str, str], ministack: dict[str, str], platform: str
) -> None:
    sizes = [wheel_size(name, version, PLATFORMS[platform]) for name, version in (local | ministack).items()]
    assert len(sizes) > 60
    assert sum(sizes) < DOWNLOADED


def test_first_start_stores_at_most_132_mb(local: dict[str, str], ministack: dict[str, str]) -> None:
    both = local | ministack
    found = installed(ROOT / ".venv-ministack") | installed(ROOT / ".venv")
    assert {name: found[name].version for name in both} == both
    assert sum(disk_size(found[name]) for name in both) < STORED


def test_both_environments_have_the_same_versions_so_that_each_is_fetched_and_stored_once(
    local: dict[str, str], ministack: dict[str, str]
) -> None:
    shared = local.keys() & ministack.keys()
    assert shared >= {"botocore", "urllib3"}
    assert {name: local[name] for name in shared} == {name: ministack[name] for name in shared}


def test_what_make_dev_needs_is_a_part_of_what_tests_and_rehearsals_need(
    local: dict[str, str], ministack: dict[str, str]
) -> None:
    assert packages(".venv/.synced").items() >= local.items()
    assert packages(".venv-ministack/.rehearsal").items() >= ministack.items()

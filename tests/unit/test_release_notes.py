"""`make release-notes`: what a tag's release says."""

from pathlib import Path

import pytest

from tools.release_notes import ReleaseError, notes

CHANGELOG = """\
# Changelog

## [Unreleased]

- Not yet.

## [1.2.0] - 2026-12-01

### Added

- Sharing.

## [1.1.0] - 2026-11-21

- Older.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    _set_version(tmp_path, "1.2.0")
    return tmp_path


def test_notes_are_the_versions_own_section(root: Path) -> None:
    assert notes("v1.2.0", root) == "### Added\n\n- Sharing."


def test_last_section_ends_with_the_file(root: Path) -> None:
    _set_version(root, "1.1.0")
    assert notes("v1.1.0", root) == "- Older."


@pytest.mark.parametrize("tag", ["v1.1.0", "1.2.0", "", "v1.2.0-rc1", "v1.2"])
def test_tag_of_another_version_than_the_projects_is_refused(tag: str, root: Path) -> None:
    with pytest.raises(ReleaseError, match=r"must be v1\.2\.0"):
        notes(tag, root)


@pytest.mark.parametrize("heading", ["## [1.2.1]", "## 1.2.0", "## [1.2.0]\n\n## [1.0.0]"])
def test_version_without_a_section_of_its_own_is_refused(heading: str, root: Path) -> None:
    (root / "CHANGELOG.md").write_text(CHANGELOG.replace("## [1.2.0] - 2026-12-01", heading))
    with pytest.raises(ReleaseError, match=r"nothing under ## \[1\.2\.0\]"):
        notes("v1.2.0", root)


def _set_version(root: Path, version: str) -> None:
    (root / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')

"""`make release-notes TAG=v1.2.0`: the section of CHANGELOG.md for a tag, which must be of pyproject.toml's version."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class ReleaseError(Exception):
    """The tag is not ready to be released; the message says why."""


def notes(tag: str, root: Path = ROOT) -> str:
    """Return the notes; raises ReleaseError if the changelog or pyproject.toml do not know the tag's version."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    if tag != f"v{version}":
        raise ReleaseError(f"the tag must be v{version}, pyproject.toml's version, not {tag!r}")
    sections = re.split(r"^## ", (root / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    for section in sections:
        heading, _, text = section.partition("\n")
        if heading.startswith(f"[{version}]") and text.strip():
            return text.strip()
    raise ReleaseError(f"CHANGELOG.md says nothing under ## [{version}]: name there what stands under Unreleased")


if __name__ == "__main__":
    try:
        print(notes(sys.argv[1]))
    except ReleaseError as refused:
        sys.exit(f"make release-notes: {refused}.")

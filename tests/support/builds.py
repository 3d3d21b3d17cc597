"""What `sam build` makes, for both architectures."""

from pathlib import Path

ARCHITECTURES = ("arm64", "x86_64")

type Builds = dict[str, Path]

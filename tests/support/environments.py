"""What `make` installs into its environments, by the Makefile's own options and uv.lock; nothing is fetched."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).parents[2]
SHIFTED = {"--no-install-package": "--no-emit-package", "--inexact": ""}  # options of `uv sync` in words of `uv export`


def uv() -> str:
    """Return the path of uv, as the Makefile finds it."""
    return shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")


@cache
def packages(stamp: str) -> dict[str, str]:
    """Return the names and versions of what the Makefile installs for a stamp such as .venv/.local, on this machine."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--dry-run", "--what-if", "uv.lock", stamp]
    recipe = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=True).stdout
    (options,) = re.findall(rf"prepare\.sh {Path(stamp).parent} ?(.*?) && touch", recipe)
    translated = [SHIFTED.get(option, option) for option in shlex.split(options)]
    export = [uv(), "export", "--frozen", "--offline", "--quiet", "--no-hashes", "--no-header", "--no-annotate"]
    listed = subprocess.run([*export, *filter(None, translated)], cwd=ROOT, capture_output=True, text=True, check=True)
    found = [Requirement(line) for line in listed.stdout.splitlines()]
    return {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==")
        for one in found
        if one.marker is None or one.marker.evaluate()
    }


def wheel_size(name: str, version: str, platform: str) -> int:
    """Return the bytes of the largest wheel in uv.lock that this Python could take on a platform, a regular expression.

    Raises ValueError if there is none, so that the package would have to be compiled.
    """
    return max(int(one["size"]) for one in _locked()[name, version] if _fits(one["url"].rpartition("/")[2], platform))


@cache
def _locked() -> dict[tuple[str, str], list[dict[str, Any]]]:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    return {(one["name"], one.get("version", "")): one.get("wheels", []) for one in lock["package"]}


def _fits(file: str, platform: str) -> bool:
    return any(
        re.fullmatch(f"any|{platform}", tag.platform)
        and (tag.interpreter in {"cp313", "py3"} or (tag.abi == "abi3" and tag.interpreter <= "cp313"))
        for tag in parse_wheel_filename(file)[3]
    )


def installed(environment: Path) -> dict[str, Distribution]:
    """Return the distributions of an environment by name."""
    (site,) = environment.glob("lib/*/site-packages")
    return {canonicalize_name(one.name): one for one in distributions(path=[str(site)])}


def disk_size(distribution: Distribution) -> int:
    """Return the bytes on a disk with blocks of 4 KiB, as uv installs it: without .pyc files."""
    files = [Path(str(one.locate())) for one in distribution.files or [] if one.suffix != ".pyc"]
    return sum(-(-file.stat().st_size // 4096) * 4096 for file in files if file.exists())


def imitate(environment: Path, names: set[str], folder: Path) -> Path:
    """Make an environment that has only these packages of another one, by links; return its Python."""
    site = folder / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    site.mkdir(parents=True)
    (folder / "bin").mkdir()
    shutil.copy(environment / "pyvenv.cfg", folder)
    found = installed(environment)
    for name in names:
        for top in {Path(file).parts[0] for file in found[name].files or []} - {"..", "__pycache__"}:
            (site / top).symlink_to(Path(str(found[name].locate_file(top))))
    python = folder / "bin" / "python"
    python.symlink_to(os.path.realpath(sys.executable))
    return python

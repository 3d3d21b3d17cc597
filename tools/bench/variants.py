"""What is measured: the built functions and their peers, each with .pyc and without."""

import compileall
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from tools.bench.page import ROOT
from tools.local.application import ARCHITECTURE, Function
from tools.local.template import read_template

BUILD: Final = ROOT / ".aws-sam" / "build"
PEERS: Final = ROOT / "tools" / "bench" / "peers" / "template.yaml"
PEERS_BUILD: Final = ROOT / ".aws-sam" / "peers"


class Builds(NamedTuple):
    """Folders of built functions: ours as they are shipped, the peers with the same .pyc, and the copies of both without."""

    ours: Path
    peers: Path
    bare: dict[Path, Path]

    def without_pyc(self, function: Function) -> Function:
        """Return the function as it is in the copy."""
        path = function.path
        for built, copy in self.bare.items():
            path = [folder.replace(str(built), str(copy)) for folder in path]
        return replace(function, path=path)


@contextmanager
def builds() -> Iterator[Builds]:
    """Build the peers as everybody does, which is without .pyc; yield them and ours."""
    command = [sys.executable, "-m", "samcli", "build", "--cached", "--template-file", str(PEERS)]
    folders = ["--build-dir", str(PEERS_BUILD), "--cache-dir", f"{PEERS_BUILD}-cache"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # sam asks it for Python and pip
    subprocess.run(
        [*command, *folders, "--parameter-overrides", f"Architecture={ARCHITECTURE}"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PATH": path},
    )  # fmt: skip
    with TemporaryDirectory() as scratch:
        bare, compiled = Path(scratch, "build"), Path(scratch, "peers")
        shutil.copytree(BUILD, bare, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(PEERS_BUILD, compiled)
        compileall.compile_dir(compiled, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
        yield Builds(BUILD, compiled, {BUILD: bare, compiled: PEERS_BUILD})


def functions(build: Path) -> dict[str, Function]:
    """Return the functions of a build by their names in the template, each with the paths that Lambda would import it from."""
    made = read_template(build / "template.yaml", {"Architecture": ARCHITECTURE}, {}).functions
    return {
        name: replace(one, path=[one.path[0], *(f"{layer}/python" for layer in one.path[1:])])
        for name, one in made.items()
    }

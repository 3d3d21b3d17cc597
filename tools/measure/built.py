"""The output of `sam build`, and starting a function from it in a new process that can import nothing else."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse

from tools.local.application import ARCHITECTURE

START = Path(__file__).with_name("start.py")
# Enough for every function to start; nothing calls AWS.
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_CONFIG_FILE": os.devnull,
    "POWERTOOLS_SERVICE_NAME": "lambdo",
}


@cache
def _template(build: Path) -> dict[str, Any]:
    parsed: dict[str, Any] = yaml_parse((build / "template.yaml").read_text())
    return parsed


def layers(build: Path, folder: str, architecture: str = ARCHITECTURE) -> list[str]:
    """Return the names of a function's layers."""
    template = _template(build)
    own = template["Resources"][function_folder(build, folder).name]["Properties"]
    chosen = [*template["Globals"]["Function"]["Layers"], *own.get("Layers", [])]
    if_arm64 = 1 if architecture == "arm64" else 2  # Fn::If: [OnArm64, then, otherwise]
    return [one["Ref"] if "Ref" in one else one["Fn::If"][if_arm64]["Ref"] for one in chosen]


def layer_folders(build: Path, folder: str) -> list[Path]:
    """Return the folders that a function's layers add to its path, for this machine's architecture."""
    return [build / layer / "python" for layer in layers(build, folder)]


def function_folder(build: Path, folder: str) -> Path:
    """Return the folder with the build of functions/<folder>."""
    return build / f"{folder.title().replace('_', '')}Function"


def start_built(build: Path, folder: str) -> list[str]:
    """Import a built function with its layers in a new interpreter; return the names of the modules that it imports."""
    paths = [function_folder(build, folder), *layer_folders(build, folder)]
    command = [sys.executable, "-I", "-S", "-B", str(START), folder, *map(str, paths)]
    output = subprocess.run(command, check=True, env=ENVIRONMENT, stdout=subprocess.PIPE).stdout
    modules: list[str] = json.loads(output)
    return modules

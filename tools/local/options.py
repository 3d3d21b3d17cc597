"""The variables of `make dev`, read once from the environment."""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.local.console import StartError
from tools.local.parameters import check_parameters, parse_template

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Options:
    """The options of one start of the server."""

    port: int
    state: Path
    parameters: dict[str, str]
    dynamodb_endpoint: str | None
    seed: bool
    verbose: bool
    root: Path


def read_options(environ: Mapping[str, str] = os.environ, root: Path = ROOT) -> Options:
    """Return the options. An empty variable counts as absent, because make passes on all of them.

    Raises StartError, which names the variable and its value.
    """
    port = environ.get("PORT") or "3000"
    if not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise StartError(f"PORT must be a number from 0 (any free port) to 65535, not {port!r}.")
    return Options(
        port=int(port),
        state=(root / (environ.get("STATE") or ".local")).absolute(),
        parameters=_read_parameters(environ, root / "template.yaml"),
        dynamodb_endpoint=_parse_endpoint(environ.get("DYNAMODB_ENDPOINT") or ""),
        seed=_parse_flag(environ.get("SEED")),
        verbose=_parse_flag(environ.get("VERBOSE")),
        root=root,
    )


def _read_parameters(environ: Mapping[str, str], template: Path) -> dict[str, str]:
    """Return what PARAMS sets, and what UNCHECKED_PARAMS sets beyond the template's limits: hashes that are cheap for tests."""
    parameters = _parse_parameters(environ.get("PARAMS") or "")
    if parameters:
        check_parameters(parameters, parse_template(template))
    return parameters | _parse_parameters(environ.get("UNCHECKED_PARAMS") or "")


def _parse_parameters(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        pairs = [part.partition("=") for part in shlex.split(text)]
    except ValueError as error:
        raise StartError(f'PARAMS must be "Name=Value ...", not {text!r} ({error}).') from None
    for name, equals, value in pairs:
        if not name or not equals:
            raise StartError(f'PARAMS must be "Name=Value ...", not {text!r}.')
        if name in found:
            raise StartError(f"PARAMS sets {name} twice: {found[name]!r} and {value!r}.")
        found[name] = value
    return found


def _parse_endpoint(text: str) -> str | None:
    if text and not text.startswith(("http://", "https://")):
        raise StartError(f"DYNAMODB_ENDPOINT must be a URL such as http://127.0.0.1:8000, not {text!r}.")
    return text.rstrip("/") or None


def _parse_flag(text: str | None) -> bool:
    return (text or "0").lower() not in {"0", "no", "false", "off"}

"""The first command on a machine: what `make` fetches, and the one line that it says when it cannot."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.package_index import Index, serve_index

ROOT = Path(__file__).parents[2]
UV = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
NOWHERE = "127.0.0.1:9"  # the discard port, which nothing listens on
PACKAGES = {
    "uv": {"uv-1.0.data/scripts/uv": "#!python\nprint('uv of the index')\n"},
    **{name: {f"{name}.py": ""} for name in ("small", "heavy", "large")},
}
PROJECT = """\
[project]
name = "tiny"
version = "1"
requires-python = "==3.13.*"
dependencies = []

[dependency-groups]
local = ["small", "heavy"]
dev = [{{ include-group = "local" }}, "large"]

[tool.uv]
package = false
index = [{{ url = "{url}", default = true }}]
"""

with_pip = pytest.mark.skipif(
    importlib.util.find_spec("ensurepip") is None, reason="this Python has no ensurepip: apt-get install python3-venv"
)


@dataclass(frozen=True)
class Checkout:
    """A copy of what the recipes need, beside a small project, in a folder with a space in its name."""

    folder: Path
    environment: dict[str, str]

    def make(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run make with nothing of this process's environment."""
        return subprocess.run(
            ["make", *arguments],
            cwd=self.folder,
            env=self.environment | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def complaint(self, target: str, **variables: str) -> str:
        """Return the one line that make says when a target cannot be made, and which must leave nothing half done."""
        done = self.make(target, **variables)
        lines = [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]
        assert (done.returncode, len(lines)) == (2, 1), done.stdout + done.stderr
        assert not (self.folder / target).exists()
        assert lines[0].startswith("make: ")
        assert lines[0].endswith(f" Details: build/prepare{Path(target).parts[0]}.log.")
        return lines[0]

    def installed(self) -> set[str]:
        """Return the packages of the environment."""
        return {name for name in PACKAGES if list(self.folder.glob(f".venv/lib/*/site-packages/{name}.py"))}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with serve_index(tmp_path_factory.mktemp("index"), PACKAGES) as served:
        yield served


@pytest.fixture(scope="module")
def locked(index: Index, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the small project, whose lock was written by uv."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "pyproject.toml").write_text(PROJECT.format(url=index.url))
    environment = {**os.environ, "SSL_CERT_FILE": str(index.authority), "UV_CACHE_DIR": str(folder / "cache")}
    subprocess.run([UV, "lock", "--quiet", "--python", sys.executable], cwd=folder, env=environment, check=True)
    return folder


@pytest.fixture
def checkout(locked: Path, tmp_path: Path) -> Checkout:
    folder, home = tmp_path / "a checkout", tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    (folder / "tools").mkdir(parents=True)
    for name in ("Makefile", ".python-version", "tools/prepare.sh"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copy(locked / name, folder / name)
    (home / "bin" / "uv").symlink_to(UV)
    (home / "bin" / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    environment = {
        "HOME": str(home),
        "PATH": f"{home / 'bin'}:{os.defpath}",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "1",
        "UV_HTTP_RETRIES": "0",
        "UV_PYTHON": str(Path(sys.base_prefix) / "bin" / "python3.13"),
    }
    return Checkout(folder, environment)


NO_PYTHON = {"UV_PYTHON": "3.13", "UV_PYTHON_PREFERENCE": "only-managed", "UV_PYTHON_INSTALL_DIR": "none"}
NOT_TRUSTED = "make: A server's TLS certificate is not trusted"
REMEDY = ", as behind a proxy that inspects TLS. Set SSL_CERT_FILE to a PEM file with the proxy's CA certificate"


@with_pip
def test_uv_is_fetched_through_a_proxy_that_inspects_tls_with_its_certificate(checkout: Checkout, index: Index) -> None:
    line = checkout.complaint(".uv/bin/uv", PIP_INDEX_URL=index.url)
    assert line.startswith(NOT_TRUSTED + REMEDY)
    proxy = {"SSL_CERT_FILE": str(index.authority), "PIP_USE_DEPRECATED": "legacy-certs"}  # as pip before 24.2
    done = checkout.make(".uv/bin/uv", PIP_INDEX_URL=index.url, **proxy)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Fetching uv into .uv ...\n", "")
    assert "uv of the index" in (checkout.folder / ".uv" / "bin" / "uv").read_text()


@with_pip
def test_uv_is_fetched_by_pip_that_is_set_to_refuse_all_but_virtual_environments(
    checkout: Checkout, index: Index
) -> None:
    settings = {"PIP_USER": "1", "PIP_REQUIRE_VIRTUALENV": "1", "SSL_CERT_FILE": str(index.authority)}
    done = checkout.make(".uv/bin/uv", PIP_INDEX_URL=index.url, **settings)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (checkout.folder / ".uv" / "pyvenv.cfg").exists()


@with_pip
def test_uv_is_fetched_into_a_virtual_environment_where_pip_is_missing(checkout: Checkout, index: Index) -> None:
    replace_python(checkout, '[ "$2" != pip ]')
    done = checkout.make(".uv/bin/uv", PIP_INDEX_URL=index.url, SSL_CERT_FILE=str(index.authority))
    assert (done.returncode, done.stderr) == (0, "")
    assert (checkout.folder / ".uv" / "pyvenv.cfg").exists()


@with_pip
def test_unreachable_network_is_one_line_when_uv_is_fetched(checkout: Checkout) -> None:
    line = checkout.complaint(".uv/bin/uv", PIP_INDEX_URL=f"http://{NOWHERE}/simple")
    assert line.startswith("make: A download fails: Connection refused")
    assert ". Check the network and, behind a proxy, HTTPS_PROXY." in line


def test_python_without_pip_is_one_line_that_names_its_packages(checkout: Checkout) -> None:
    replace_python(checkout, '[ "$1" = --version ]')
    line = checkout.complaint(".uv/bin/uv")
    assert line.startswith("make: Python has neither pip nor ensurepip. Install python3-pip or python3-venv")


def test_python_that_does_not_run_is_one_line_with_its_error(checkout: Checkout) -> None:
    replace_python(checkout, "echo 'python3: error while loading shared libraries' >&2; false")
    assert checkout.complaint(".uv/bin/uv").startswith("make: python3 does not run: python3: error while loading")


def test_machine_without_python_is_one_line(checkout: Checkout) -> None:
    programs = checkout.folder.parent / "programs"
    programs.mkdir()
    for name in ("bash", "cat", "make", "mkdir", "rm"):
        (programs / name).symlink_to(shutil.which(name) or name)
    line = checkout.complaint(".uv/bin/uv", PATH=str(programs))
    assert line.startswith("make: python3 is missing. Install Python 3.")


def test_environment_is_made_through_a_proxy_that_inspects_tls_with_its_certificate(
    checkout: Checkout, index: Index
) -> None:
    assert checkout.complaint(".venv/.local").startswith(NOT_TRUSTED + REMEDY)
    done = checkout.make(".venv/.local", SSL_CERT_FILE=str(index.authority))
    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.installed() == {"small", "heavy"}


def test_certificate_that_is_not_the_proxys_is_named(checkout: Checkout, index: Index) -> None:
    with serve_index(checkout.folder.parent / "other", {}) as other:
        line = checkout.complaint(".venv/.local", SSL_CERT_FILE=str(other.authority))
    assert line.startswith(f"{NOT_TRUSTED} with SSL_CERT_FILE={other.authority}{REMEDY}")


def test_certificate_that_cannot_be_read_is_named(checkout: Checkout) -> None:
    line = checkout.complaint(".venv/.local", SSL_CERT_FILE="nowhere.pem")
    assert line.startswith("make: SSL_CERT_FILE=nowhere.pem cannot be read.")


@pytest.mark.parametrize("address", [f"https://{NOWHERE}/simple", "https://index.invalid/simple"])
def test_unreachable_network_is_one_line_when_an_environment_is_made(
    checkout: Checkout, index: Index, address: str
) -> None:
    move(checkout, index, address)
    line = checkout.complaint(".venv/.local")
    assert line.startswith("make: A download fails: ")
    assert ". Check the network and, behind a proxy, HTTPS_PROXY." in line


def test_use_without_a_network_is_one_line(checkout: Checkout) -> None:
    line = checkout.complaint(".venv/.local", UV_OFFLINE="1")
    assert line.startswith("make: A download fails: Network connectivity is disabled")


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"UV_PYTHON_INSTALL_MIRROR": f"http://{NOWHERE}"}, "Connection refused"),
        ({"UV_PYTHON_INSTALL_MIRROR": "http://index.invalid"}, "failed to lookup address"),
        ({"UV_PYTHON_DOWNLOADS": "never"}, "No interpreter found"),
        ({"UV_OFFLINE": "1"}, "No interpreter found"),
    ],
)
def test_missing_python_is_one_line_with_what_to_do(checkout: Checkout, variables: dict[str, str], reason: str) -> None:
    line = checkout.complaint(".venv/.local", **NO_PYTHON, **variables)
    assert line.startswith(f"make: Python 3.13 is missing and cannot be downloaded: {reason}")
    assert "Install it (python3.13 of your system's packages, or brew install python@3.13)" in line


def test_python_that_a_proxy_which_inspects_tls_holds_back_names_the_certificate(
    checkout: Checkout, index: Index
) -> None:
    mirror = index.url.removesuffix("/simple")
    line = checkout.complaint(".venv/.local", **NO_PYTHON, UV_PYTHON_INSTALL_MIRROR=mirror)
    assert line.startswith(NOT_TRUSTED + REMEDY)


@pytest.mark.parametrize("words", ["No space left on device (os error 28)", "Disk quota exceeded (os error 122)"])
def test_full_disk_is_one_line(checkout: Checkout, words: str) -> None:
    uv = checkout.folder.parent / "home" / "bin" / "uv"
    uv.unlink()
    uv.write_text(f"#!/bin/sh\necho 'error: Failed to install: small\n  cause: {words}' >&2\nexit 2\n")
    uv.chmod(0o755)
    assert checkout.complaint(".venv/.local").startswith("make: The disk is full: ")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('required-version = ">=99"', "Required uv version `>=99` does not match the running version"),
        ("conflicts = 1", "Failed to parse: "),
    ],
)
def test_what_else_uv_refuses_is_one_line_with_its_version_and_reason(
    checkout: Checkout, index: Index, line: str, reason: str
) -> None:
    project = checkout.folder / "pyproject.toml"
    project.write_text(project.read_text().replace("[tool.uv]\n", f"[tool.uv]\n{line}\n"))
    said = checkout.complaint(".venv/.local", SSL_CERT_FILE=str(index.authority))
    assert said.startswith("make: uv ")
    assert f" cannot prepare .venv: {reason}" in said


def test_lock_of_another_index_is_one_line_with_both_remedies(checkout: Checkout, index: Index) -> None:
    line = checkout.complaint(".venv/.local", UV_DEFAULT_INDEX=f"{index.url}/", SSL_CERT_FILE=str(index.authority))
    assert line.startswith("make: uv.lock does not fit pyproject.toml: run uv lock. Or uv is set to another index")


def test_verbose_shows_what_uv_prints(checkout: Checkout) -> None:
    done = checkout.make(".venv/.local", VERBOSE="1")
    assert "invalid peer certificate" in done.stdout
    assert (checkout.folder / "build" / "prepare.venv.log").read_text() in done.stdout


def test_whole_environment_serves_make_dev_and_stays_whole(checkout: Checkout, index: Index) -> None:
    certificate = {"SSL_CERT_FILE": str(index.authority)}
    checkout.make(".venv/.local", "LEFT_OUT=heavy", **certificate)
    assert checkout.installed() == {"small"}
    assert checkout.make("--question", ".venv/.synced").returncode == 1
    os.utime(checkout.folder / "uv.lock")
    checkout.make(".venv/.synced", **certificate)
    assert checkout.installed() == {"small", "heavy", "large"}
    assert checkout.make("--question", ".venv/.local").returncode == 0
    os.utime(checkout.folder / "uv.lock")
    checkout.make(".venv/.local", "LEFT_OUT=heavy")
    assert checkout.installed() == {"small", "heavy", "large"}
    assert checkout.make("--question", ".venv/.synced").returncode == 1


@pytest.mark.parametrize(
    "file", ["Makefile", *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("layers/*/Makefile"))]
)
def test_makefile_uses_nothing_that_gnu_make_3_81_lacks(file: str) -> None:
    newer = r"\.SHELLFLAGS|\.ONESHELL|\.RECIPEPREFIX|!=\s|::=|&:|\$\((file|guile|let|intcmp) |^(undefine|private|define .*=)\b"
    text = re.sub(r"^\t.*|#.*", "", (ROOT / file).read_text(), flags=re.MULTILINE)
    assert re.findall(newer, text, flags=re.MULTILINE) == []


def replace_python(checkout: Checkout, condition: str) -> None:
    """Let `python3 ...` fail unless the shell's condition holds."""
    program = checkout.folder.parent / "home" / "bin" / "python3"
    real = program.readlink()
    program.unlink()
    program.write_text(f'#!/bin/sh\n{condition} && exec {real} "$@"\nexit 1\n')
    program.chmod(0o755)


def move(checkout: Checkout, index: Index, address: str) -> None:
    """Let the project's lock name another index."""
    for name in ("pyproject.toml", "uv.lock"):
        path = checkout.folder / name
        path.write_text(path.read_text().replace(index.url, address))

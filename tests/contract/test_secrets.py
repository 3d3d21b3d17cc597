"""No secret stands where everybody can read it, and what is installed is what was locked."""

import re
import subprocess
from pathlib import Path

import pytest

from lambdo.base.settings import settings
from lambdo.table import key_sets
from tools.local.application import Application

ROOT = Path(__file__).parents[2]
# A private key, an AWS access key id, a JWT, a bcrypt hash, a token of GitHub, Slack or Stripe.
SHAPES = [
    r"-----BEGIN [A-Z ]*PRIVATE KEY", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", r"\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{40,}",
    r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}", r"\bgh[pousr]_\w{36}", r"\bxox[abp]-\w{10}", r"\bsk_live_\w{20}",
]  # fmt: skip


@pytest.mark.check("I02")
def test_repository_holds_nothing_of_the_shape_of_a_secret() -> None:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]
    assert len(files) > 200
    found = {
        path.relative_to(ROOT).as_posix(): hit[0]
        for path in files
        for shape in SHAPES
        if (hit := re.search(shape, path.read_bytes().decode("utf-8", "replace")))
    }
    assert found == {}


@pytest.mark.check("I02")
def test_no_function_has_a_private_key_in_its_environment(application: Application) -> None:
    keys = [*key_sets.get(settings.signing_keys_parameter), *key_sets.get(settings.cursor_keys_parameter)]
    values = [value for one in application.functions.values() for value in one.environment.values()]
    assert keys
    assert not [key["id"] for key in keys for value in values if key["secret"] in value]


@pytest.mark.check("I07")
def test_every_dependency_that_is_shipped_is_locked_with_a_hash_and_installed_by_it() -> None:
    requirements = "".join(path.read_text() for path in (ROOT / "layers" / "dependencies").glob("requirements*.txt"))
    packages = re.findall(r"^(\S+)==[^\\\n]+(?:\\\n    --hash=sha256:[0-9a-f]{64} ?)+$", requirements, re.MULTILINE)
    assert len(packages) == len(re.findall(r"^\S", requirements, re.MULTILINE)) > 10
    recipe = (ROOT / "layers" / "dependencies" / "Makefile").read_text()
    assert "--no-deps --require-hashes --only-binary :all:" in recipe


@pytest.mark.check("I07")
def test_dependencies_are_audited_at_every_change_and_every_week() -> None:
    workflows = ROOT / ".github" / "workflows"
    assert "uses: ./.github/workflows/audit.yml" in (workflows / "check.yml").read_text()
    audit = (workflows / "audit.yml").read_text()
    assert "- run: make audit\n" in audit
    assert re.search(r'cron: "\d+ \d+ \* \* [0-6]"', audit)

"""docs/api.md from top to bottom: its commands, in order, in one shell, print what the page shows."""

import os
import re
import shutil
import subprocess
from itertools import pairwise

import pytest

from tests.support.http_api import Api, in_one_window
from tools.local.running import ROOT

GUIDE = ROOT / "docs" / "api.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
END = "----- end of block\n"
# What is another each time. Of the rest, the page shortens with … what is long.
MASKS = {
    "<id>": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "<time>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
    "<request>": r"[\w+/-]{15}=",
}


def steps() -> list[tuple[str, str]]:
    """Return each shell block of the page with the output that it shows after it."""
    blocks = [*BLOCK.findall(GUIDE.read_text(encoding="utf-8")), ("sh", "")]
    return [(text, shown if kind != "sh" else "") for (first, text), (kind, shown) in pairwise(blocks) if first == "sh"]


def run(url: str) -> list[str]:
    """Run all blocks; return what each has printed."""
    script = "".join(f"{text}printf '%s' '{END}'\n" for text, _ in steps())
    environment = {"PATH": os.environ["PATH"], "API": url}
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    return ran.stdout.split(END)[:-1]


def masked(text: str) -> str:
    for mask, pattern in MASKS.items():
        text = re.sub(pattern, mask, text)
    return text


@pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("jq")),
    reason="curl or jq is not installed: apt-get or brew install curl jq",
)
def test_each_command_of_the_guide_prints_what_it_shows(api: Api) -> None:
    printed = api.timely(lambda: run(api.url), in_one_window)
    assert len(printed) == len(steps()) > 30
    wrong = [
        f"{command}prints\n{answer}"
        for (command, shown), answer in zip(steps(), printed, strict=True)
        if not re.fullmatch(re.escape(masked(shown)).replace("…", ".+"), masked(answer))
    ]
    assert wrong == []

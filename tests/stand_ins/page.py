"""The versions and the disputes in docs/stand-ins.md: `make stand-ins` writes them anew."""

import re
import tomllib
from collections.abc import Iterator
from typing import Final

from tests.stand_ins.disputes import DISPUTES, SERVERS, Dispute
from tests.support.template import ROOT
from tools.stand_ins import dynalite_version

PAGE: Final = ROOT / "docs" / "stand-ins.md"
NAMES: Final = {"ministack": "MiniStack", "moto": "moto", "dynalite": "dynalite"}
CODE: Final = re.compile(r"\b[A-Z]\w+(?:Exception|Error|NotFound)\b|\b[A-Z_]{6,}\b")


def versions() -> dict[str, str]:
    """Return the exact version of each server, from where it is locked."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = [pin for group in project["dependency-groups"].values() for pin in group if isinstance(pin, str)]
    return {**dict(pin.split("==") for pin in pins if "==" in pin), "dynalite": dynalite_version()}


def render() -> str:
    """Return the page with the current versions and disputes."""
    pinned = versions()
    blocks = {
        "versions": "\n".join(
            ["| server | version |", "|---|---|", *(f"| {NAMES[one]} | {pinned[one]} |" for one in SERVERS)]
        ),
        "disputes": "\n\n".join("\n".join(_section(name, dispute)) for name, dispute in DISPUTES.items()),
    }
    text = PAGE.read_text(encoding="utf-8")
    for name, block in blocks.items():
        head, _, rest = text.partition(f"<!-- {name} -->\n")
        text = f"{head}<!-- {name} -->\n{block}\n<!-- end -->{rest.partition('<!-- end -->')[2]}"
    return text


def _section(name: str, dispute: Dispute) -> Iterator[str]:
    title = name.removeprefix("test_").replace("_", " ").capitalize()
    yield f"### {title}"
    yield ""
    yield f"[AWS]({dispute.page}). {f'Not relied on: {dispute.unused}' if dispute.unused else ''}".rstrip()
    yield ""
    yield f"| | AWS | {' | '.join(NAMES[server] for server in SERVERS)} |"
    yield "|---" * (len(SERVERS) + 2) + "|"
    rows: dict[tuple[str, ...], list[str]] = {}
    for case, row in dispute.cases.items():
        plain = {server: "as AWS" if server in dispute.servers else "–" for server in SERVERS}
        cells = (_shown(row["aws"]), *(_shown(row[one]) if one in row else plain[one] for one in SERVERS))
        rows.setdefault(cells, []).append(case)
    for cells, cases in rows.items():
        yield f"| {'; '.join(cases)} | {' | '.join(cells)} |"


def _shown(outcome: object) -> str:
    return "crash (500)" if outcome == "500" else CODE.sub(lambda code: f"`{code[0]}`", str(outcome))


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")

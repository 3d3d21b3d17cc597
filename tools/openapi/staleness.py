"""Whether openapi.json matches the code, except for its examples: these require sending requests."""

import json
from typing import Any

from lambdo.base.problems import Problem
from tools.local.application import Application
from tools.openapi.document import ROOT, document
from tools.openapi.examples import Exchange

DOCUMENT = ROOT / "openapi.json"


def is_stale(application: Application) -> bool:
    """Return whether `make openapi` would change anything except examples."""
    codes = [Exchange("", "", {}, "", None, one.status, {"code": one.code}) for one in Problem.__subclasses__()]
    try:
        text = document(application, codes)
    except (LookupError, ValueError):  # the code of a route tells too little: `make openapi` names what is missing
        return True
    fresh, found = json.loads(text), json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return bool(_without_examples(fresh) != _without_examples(found))


def _without_examples(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_examples(one) for one in node]
    if isinstance(node, dict):
        return {name: _without_examples(one) for name, one in node.items() if name not in {"example", "examples"}}
    return node

"""The table of routes in docs/api.md is what openapi.json has."""

import json
import re

from tools.openapi.routes_table import PAGE, ROOT, render


def test_page_shows_the_routes_that_openapi_json_has() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "make openapi writes it anew"


def test_every_route_is_in_the_table() -> None:
    paths = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))["paths"]
    shown = re.findall(r"^\| (?:yes|may|) \| `([A-Z or]+) (/\S*)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    routes = {(method, path) for methods, path in shown for method in methods.split(" or ")}
    assert routes == {(method.upper(), path) for path, item in paths.items() for method in item}

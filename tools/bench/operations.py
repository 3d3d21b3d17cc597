"""Part `operations`: calls, request units and bytes of each operation, counted while the real handlers carry them out."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tools.bench.page import ROOT, Figures, table
from tools.bench.workload import run
from tools.in_process.api import Api
from tools.local.application import Application
from tools.local.embedded import embedded
from tools.measure.bill import billing

CONTEXT: Final = {
    "requestTime": "21/Nov/2026:08:11:29 +0000",
    "requestId": "V3AvAMNK25PIbHU=",
    "routeKey": "POST /api/{user_id}/tasks",
    "status": "201",
    "authorizer.user_id": "01a1fd29-0997-7d97-af63-002e9078fbbf",
    "identity.sourceIp": "203.0.113.70",
    "responseLength": "12345",
    "responseLatency": "25",
    "integrationLatency": "22",
    "integrationErrorMessage": "-",
    "authorizer.error": "-",
}


def measure() -> Figures:
    """Count on the embedded back end."""
    with tempfile.TemporaryDirectory() as state, embedded(ROOT, Path(state)) as application:
        # bcrypt's lowest cost: what is counted does not depend on it. All users come from one address.
        os.environ |= {"PASSWORD_COST": "4", "REGISTRATIONS_PER_ADDRESS": "10000"}
        with billing() as bill:
            return {"operations": run(Api(application), bill), "access_log_bytes": len(_access_line(application))}


def _access_line(application: Application) -> str:
    """Return a line of the API's access log, with values as long as usual."""
    (api,) = (one for one in application.resources.values() if one["Type"] == "AWS::Serverless::HttpApi")
    line: str = re.sub(
        r"\$context\.([A-Za-z_.]+)", lambda name: CONTEXT[name[1]], api["Properties"]["AccessLogSettings"]["Format"]
    )
    return line


def blocks(figures: Figures) -> Mapping[str, str]:
    """Return the table of all operations."""
    rows = [
        [
            name,
            f"{one['calls']}",
            _units(one, "read"),
            _units(one, "write"),
            f"{one['log_bytes']}",
            f"{one['header_bytes'] + one['body_bytes']:,}",
        ]
        for name, one in figures["operations"].items()
    ]
    return {"operations": table(["operation", "calls", "RRU", "WRU", "bytes logged", "bytes answered"], rows)}


def _units(one: Figures, kind: str) -> str:
    """Return the units, and in brackets those with a due date if they differ."""
    dated = one.get("due", one)[kind]
    return "" if not one[kind] else f"{one[kind]:g}" if dated == one[kind] else f"{one[kind]:g} ({dated:g})"

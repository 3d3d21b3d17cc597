"""Part `scale`: what requests cost a user with 1,000, 100,000 and 1,000,000 tasks, and one among 100,000 users.

The table is one of dynalite (npm, on LevelDB), because the embedded back end reads a whole partition for each query. To load it
takes twenty minutes and more.
"""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import botocore.session
from botocore.config import Config

from lambdo.table import aws
from tools.bench.growth import grow
from tools.bench.page import ROOT, Figures, table
from tools.local.application import Application
from tools.local.embedded import embedded
from tools.stand_ins import dynalite, dynalite_version

TABLE: Final = ("AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes", "BillingMode")


def measure() -> Figures:
    """Measure in a table that grows; raises NotInstalledError where dynalite is not installed."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        embedded(ROOT, Path(scratch)) as application,
        dynalite(Path(scratch) / "dynalite") as endpoint,
    ):
        client = _empty_table(application, endpoint)
        return {"server": f"dynalite@{dynalite_version()}", "columns": grow(client)}


def _empty_table(application: Application, endpoint: str) -> Any:  # noqa: ANN401 - botocore's clients are untyped
    """Make the template's table at another server and let the functions use it; return a client."""
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint
    aws.client.cache_clear()
    patience = Config(read_timeout=60, retries={"mode": "standard", "total_max_attempts": 10})
    client: Any = botocore.session.get_session().create_client("dynamodb", config=patience)
    ((name, properties),) = application.tables.items()
    client.create_table(TableName=name, **{key: properties[key] for key in TABLE})
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return client


def blocks(figures: Figures) -> Mapping[str, str]:
    """Return the tables of lists and of requests about single tasks."""
    columns = figures["columns"]
    names = [column["name"] for column in columns]
    largest = columns[-1]["lists"]
    lists = [
        [
            f"`{name}`",
            f"{largest[name]['tasks']:,}",
            *(_first_pages(column["lists"][name]) for column in columns),
            ", ".join(largest[name]["end"]),
        ]
        for name in largest
    ]
    requests = [[name, *(column["operations"][name] for column in columns)] for name in columns[0]["operations"]]
    return {
        "lists": table(["list", f"in it, of {names[-1]}", *names, f"{names[-1]}: last pages"], lists),
        "requests": table(["", *names], requests),
    }


def _first_pages(costs: Mapping[str, list[str]]) -> str:
    return ", ".join(dict.fromkeys([costs["start"][0], costs["middle"][0]]))

"""What a month of requests uses, in the units of prices.toml, for lambdo and for two usual ways; decision 0033 argues for each figure.

What is assumed, because it was not measured on AWS, is a constant here. What was counted comes from the part `operations`.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from math import ceil
from typing import Final

from tools.bench.page import Figures
from tools.measure.capacity import READ_BYTES, units

type Usage = dict[str, float]  # units by the names of prices.toml

ITEM: Final = 610  # bytes of a task, partition.BYTES
DUE: Final = 0.4  # of the tasks have a due date
# Requests of each kind among a thousand. The opening of the app and an hour in it are mostly lists.
MIX: Final = {
    "list a page of 20": 250,
    "list a page of 20, open, by due date": 200,
    "list a page of 20, overdue": 50,
    "list a page of 20 by tag": 50,
    "get a task": 150,
    "create a task": 100,
    "edit title or description": 80,
    "complete or reopen a task": 80,
    "delete a task (into the trash)": 20,
    "refresh": 15,
    "log in": 5,
}

COPIES: Final = 3 + DUE  # of a task: in the table and its indexes, of which that by due date has only tasks with one
# GB that the table grows with a million requests: AWS counts 100 bytes more for each copy.
GROWTH: Final = 1e6 * MIX["create a task"] / sum(MIX.values()) * COPIES * (ITEM + 100) / 1e9

# ---- Assumed -----------------------------------------------------------------------------------------------------------

WAIT_MS: Final = 5.0  # for each call of DynamoDB
HASH_MS: Final = 250.0  # bcrypt at cost 12, on a whole processor
WHOLE: Final = 1769  # MB of memory that come with a whole processor (docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html)
REQUESTS_A_TOKEN: Final = 30  # that a verdict of the authorizer serves: one in ten seconds, kept for 300 s
COLD: Final = 0.01  # of the requests: AWS says under 1 %
COLD_APART: Final = 0.02  # where each endpoint is a function of its own, twice as many
EVENT: Final = 26  # bytes that CloudWatch adds to each line
# What Lambda itself logs of each request where it is not told otherwise.
PLATFORM_LINES: Final = (
    "START RequestId: 8f507cfc-1b2d-4697-b07a-ac58fc914c95 Version: $LATEST",
    "END RequestId: 8f507cfc-1b2d-4697-b07a-ac58fc914c95",
    "REPORT RequestId: 8f507cfc-1b2d-4697-b07a-ac58fc914c95\tDuration: 12.34 ms\tBilled Duration: 13 ms\t"
    "Memory Size: 1024 MB\tMax Memory Used: 101 MB",
)
INDEXES: Final = 3 + DUE  # copies of a task in the four indexes of the usual table
FOUND: Final = 1 / 10  # of the tasks that a filter reads pass it: are open, have a tag
# A container's and the database's processor time for a request, the share of it that is meant to be used, and how much more than
# on average is asked for at the busiest time.
CONTAINER_MS: Final = 5.0
DATABASE_MS: Final = 3.0
USED: Final = 0.4
PEAK: Final = 3.0
HOURS: Final = 730
CONTAINER_VCPU: Final = 0.25
DATABASE_VCPU: Final = 0.2  # that a db.t4g.micro may use all the time
DATABASE_GB: Final = 20
ADDRESSES: Final = 4  # of the load balancer and the containers, which need no NAT gateway then


def lambdo(counted: Figures, cpu: Mapping[str, float]) -> Callable[[str], Usage]:
    """Return what a million requests of an operation use; `cpu` has milliseconds for `warm`, `init` and `authorizer`."""

    def usage(name: str) -> Usage:
        one = counted["operations"][name]
        dated = one.get("due", one)
        memory, hashing = (WHOLE, HASH_MS) if name == "log in" else (512, 0.0)
        token = 0 if name in {"log in", "refresh"} else 1 / REQUESTS_A_TOKEN
        seconds = _gb_seconds(memory, cpu["warm"] + hashing, one["calls"]) + COLD_APART * _init(memory, cpu["init"])
        verdict = _gb_seconds(512, cpu["authorizer"], 0) + COLD_APART * _init(512, cpu["init"])
        return {
            "http_api": 1,
            "lambda_requests": 1 + token,
            "lambda_arm64": 1e6 * (seconds + token * verdict),
            "dynamodb_read": one["read"],
            "dynamodb_write": (1 - DUE) * one["write"] + DUE * dated["write"],
            "lambda_logs": 1e-3 * (one["log_bytes"] + EVENT),
            "other_logs": 1e-3 * (counted["access_log_bytes"] + EVENT),
            "data_out": 1e-3 * (one["header_bytes"] + one["body_bytes"]),
        }

    return usage


def rest_and_fastapi(
    counted: Figures,
    cpu: Mapping[str, float],
    found: float = FOUND,
    *,
    thrifty: bool = False,
    gateway: str = "rest_api",
) -> Callable[[str], Usage]:
    """Return the same for a REST API and one function with FastAPI, 1,024 MB; it checks tokens itself.

    As it usually is, on x86, with Lambda's own lines of log and without gzip; or `thrifty`.
    """
    usual = _usual_units(found)
    seconds = COLD * _init(1024, cpu["init"])
    processor, body = ("lambda_arm64", "body_bytes") if thrifty else ("lambda_x86_64", "plain_body_bytes")
    platform = 0 if thrifty else sum(len(line) + EVENT for line in PLATFORM_LINES)

    def usage(name: str) -> Usage:
        one = counted["operations"][name]
        read, write = usual[name]
        hashing = HASH_MS if name == "log in" else 0.0
        return {
            gateway: 1,
            "lambda_requests": 1,
            processor: 1e6 * (seconds + _gb_seconds(1024, cpu["warm"] + hashing, 2 if read and write else 1)),
            "dynamodb_read": read,
            "dynamodb_write": write,
            "lambda_logs": 1e-3 * (one["log_bytes"] + EVENT + platform),
            "other_logs": 1e-3 * (counted["access_log_bytes"] + EVENT),
            "data_out": 1e-3 * (one["header_bytes"] + one[body]),
        }

    return usage


def containers(counted: Figures, millions: float) -> Usage:
    """Return what a month of so many million requests of the mix uses on Fargate, a load balancer and PostgreSQL."""
    mixed = mix(
        lambda name: {
            "bytes": counted["operations"][name]["header_bytes"] + counted["operations"][name]["plain_body_bytes"]
        }
    )
    logged = mix(lambda name: {"bytes": counted["operations"][name]["log_bytes"] + EVENT})
    gigabytes = 1e-3 * mixed["bytes"] * millions
    busiest = PEAK * millions * 1e6 / (HOURS * 3600)  # requests a second
    tasks = max(2, ceil(busiest * CONTAINER_MS / 1000 / USED / CONTAINER_VCPU))
    databases = max(1, ceil(busiest * DATABASE_MS / 1000 / USED / DATABASE_VCPU))
    return {
        "fargate_vcpu": tasks * CONTAINER_VCPU * HOURS,
        "fargate_memory": tasks * 2 * CONTAINER_VCPU * HOURS,
        "load_balancer": HOURS,
        "load_balancer_unit": gigabytes,
        "public_address": ADDRESSES * HOURS,
        "postgres": databases * HOURS,
        "postgres_storage": DATABASE_GB,
        "other_logs": 1e-3 * logged["bytes"] * millions,
        "data_out": gigabytes,
    }


def mix(usage: Callable[[str], Usage]) -> Usage:
    """Return what a request of the mix uses on average."""
    total: Counter[str] = Counter()
    for name, share in MIX.items():
        for unit, amount in usage(name).items():
            total[unit] += amount * share / sum(MIX.values())  # type: ignore[assignment]
    return dict(total)


def _gb_seconds(memory: int, cpu_ms: float, calls: int) -> float:
    """Return what Lambda charges for: processor time as slow as the memory's share of a processor, waits, whole milliseconds."""
    return memory / 1024 * ceil(cpu_ms * max(1.0, WHOLE / memory) + calls * WAIT_MS) / 1000


def _init(memory: int, cpu_ms: float) -> float:
    """Return the same of an init, which runs on a whole processor whatever the memory."""
    return memory / 1024 * cpu_ms / 1000


def _page(tasks: float) -> float:
    """Return the read units of a query that reads so many tasks, eventually as from every global index."""
    return units(ceil(tasks * ITEM), READ_BYTES) / 2


def _usual_units(found: float) -> dict[str, tuple[float, float]]:
    """Return read and write units of the usual table: a query on the index by creation or due date, and a filter for the rest."""
    return {
        "list a page of 20": (_page(20), 0),
        "list a page of 20, open, by due date": (_page(20 / found), 0),
        "list a page of 20, overdue": (_page(20 / found), 0),
        "list a page of 20 by tag": (_page(20 / found), 0),
        "get a task": (0.5, 0),
        "create a task": (0, 1 + INDEXES),
        "edit title or description": (0, 1 + INDEXES),
        "complete or reopen a task": (0.5, 2 + INDEXES),  # it moves in the index by status
        "delete a task (into the trash)": (0, 1 + INDEXES),  # for good
        "refresh": (0.5, 1),
        "log in": (0.5, 1),
    }

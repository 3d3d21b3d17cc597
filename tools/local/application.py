"""The shapes of what template.yaml declares, as far as the local server needs it. `template.py` fills them."""

import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ACCOUNT = "123456789012"
REGION = "us-east-1"
STACK = "lambdo-local"
ARCHITECTURE = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())  # this machine's, by Lambda's names


@dataclass(frozen=True)
class Function:
    """A Lambda function, as a worker needs it."""

    name: str
    handler: str
    path: list[str]  # what the worker puts on sys.path: the function's code, then its layers
    sources: list[Path]  # what an edit of makes the workers stale
    environment: dict[str, str]
    timeout: float
    arn: str

    @property
    def folder(self) -> str:
        """The folder below functions/ that it lies in."""
        return self.handler.split(".")[0]


@dataclass(frozen=True)
class Route:
    """A method and a path of the HTTP API, and what answers there."""

    method: str  # or ANY
    path: str  # or $default
    function: str
    authorizer: str | None


@dataclass(frozen=True)
class Authorizer:
    """One of the HTTP API's Lambda authorizers; `rules` is SAM CLI's object, which reads sources and answers."""

    name: str
    function: str
    ttl: float
    rules: Any


@dataclass(frozen=True)
class Cors:
    """The HTTP API's CorsConfiguration."""

    origins: list[str]
    methods: list[str]
    headers: list[str]
    exposed: list[str]
    max_age: int | None
    credentials: bool


@dataclass(frozen=True)
class EventSource:
    """An event source mapping: the table whose stream feeds the function, and how. Lambda's own defaults."""

    function: str
    table: str
    patterns: list[dict[str, Any]]  # of the FilterCriteria
    batch: int = 100
    retries: int = -1  # without limit
    bisect: bool = False
    by_item: bool = False  # ReportBatchItemFailures


@dataclass(frozen=True)
class Application:
    """Everything that the local server reads from the template."""

    functions: dict[str, Function]
    routes: list[Route]
    authorizers: dict[str, Authorizer]
    cors: Cors | None
    tables: dict[str, dict[str, Any]]  # name -> CloudFormation properties
    keys: dict[str, Any] | None  # properties of the Custom::SigningKeys resource
    sources: list[EventSource] = field(default_factory=list)
    resources: dict[str, Any] = field(repr=False, default_factory=dict)

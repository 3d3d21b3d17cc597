"""The entries of tests/endpoints: each describes a route, its requests and their expected responses."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Request:
    """A request. Placeholders in query, body, headers and cookies name things in the world (`World.names`).

    Parameters
    ----------
    variant
        The request's name among those of its route.
    status
        The status of the response.
    ids
        Names of things in the world for the path's variables, if they differ from the usual ones (`World.USUAL`).
    again
        The status of the same request after it has taken effect; by default `status`.
    twice
        Whether sending it twice has a second effect: a client without an Idempotency-Key must know this.
    rival, overtaken
        Another request, and the status if it runs completely between two calls of this one; by default `status`.
    late
        The status after a fault that happens when the request has already taken effect; by default `status`.
    in_steps
        Whether it has several effects, of which a fault may leave some undone. Each is complete or absent, and with a
        key a retry does the rest.
    cold
        Whether the function's process is new, so that it must read its keys from SSM.
    keyed
        Whether it has an Idempotency-Key.
    example
        Its name among the examples of openapi.json, if it is one.
    after, settings
        For an example: requests that are sent before it, and environment variables of the function.
    method, path
        Those of its endpoint unless they are given, as for a rival.
    """

    variant: str
    status: int
    ids: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    body: Any = None
    raw: str | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    again: int | None = None
    twice: bool = False
    rival: "Request | None" = None
    overtaken: int | None = None
    late: int | None = None
    in_steps: bool = False
    cold: bool = False
    keyed: bool = False
    example: str = ""
    after: tuple["Request", ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    method: str = ""
    path: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.variant}".rstrip()

    @property
    def has_body(self) -> bool:
        """Whether it sends a body."""
        return self.body is not None or self.raw is not None


@dataclass
class Endpoint:
    """A route.

    Parameters
    ----------
    shows
        The members of its responses, at any depth; the requests together show all of them.
    requests
        Good requests and refused ones; the checks of all routes start from the first good one.
    examples
        Requests that are only shown, in openapi.json.
    public
        Whether it is served without an access token.
    idempotent
        Whether it is idempotent by itself, so that it ignores Idempotency-Key (docs/decisions/0020).
    largest_body
        The maximum size of the body, in bytes.
    """

    method: str
    path: str
    requests: Sequence[Request]
    shows: frozenset[str] = frozenset()
    examples: Sequence[Request] = ()
    public: bool = False
    idempotent: bool = False
    largest_body: int = 2**16

    def __post_init__(self) -> None:
        self.requests = [self._bound(request) for request in self.requests]
        self.examples = [self._bound(replace(one, example=one.example or one.variant)) for one in self.examples]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def good(self) -> Request:
        """The first request that is not refused."""
        return next(request for request in self.requests if request.status < 300)

    @property
    def sending(self) -> Request:
        """The first good request that sends a JSON body, or the first good one if none does."""
        return next((one for one in self.requests if one.status < 300 and one.body is not None), self.good)

    @property
    def parameters(self) -> list[str]:
        """The names of the path's variables."""
        return re.findall(r"{(\w+)\+?}", self.path)

    @property
    def is_page(self) -> bool:
        """Whether it serves a page or a file, without a call to AWS."""
        return not self.path.startswith(("/api/", "/.well-known/"))

    @property
    def takes_key(self) -> bool:
        """Whether it takes an Idempotency-Key."""
        return self.method != "GET" and not self.idempotent

    @property
    def takes_body(self) -> bool:
        """Whether any request sends a body."""
        return any(request.has_body for request in self.requests)

    @property
    def needs_body(self) -> bool:
        """Whether every good request sends a body."""
        return all(request.has_body for request in self.requests if request.status < 300)

    @property
    def shown(self) -> list[Request]:
        """The examples of openapi.json: the requests marked as such, or else the good one unless it is a page."""
        named = [request for request in self.requests if request.example]
        good = [] if self.is_page else [replace(self.good, example=self.good.variant or "Example")]
        return [*(named or good), *self.examples]

    def with_keys(self) -> Iterator[Request]:
        """Yield the requests and, if they take a key, each again with one: it then has one effect and one response."""
        for request in self.requests:
            yield request
            if self.takes_key and not request.cold:
                variant = f"{request.variant}, key".removeprefix(", ")
                yield replace(request, variant=variant, again=None, twice=False, late=None, keyed=True)

    def _bound(self, request: Request) -> Request:
        """Return the request, its rival and those before it, sent to this route unless they name another."""
        return replace(
            request,
            method=request.method or self.method,
            path=request.path or self.path,
            rival=self._bound(request.rival) if request.rival else None,
            after=tuple(map(self._bound, request.after)),
        )

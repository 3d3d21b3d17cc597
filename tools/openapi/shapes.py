"""Answers that are put together from shapes of the models, or come from elsewhere."""

from typing import Literal, NotRequired, TypedDict

from lambdo.sessions.models import ShownSession
from lambdo.tags.models import Tag
from lambdo.tasks.models import TaskAnswer, TrashedTaskAnswer
from lambdo.users.models import User


class Tokens(TypedDict):
    """A pair of tokens (RFC 6749 section 5.1)."""

    access_token: str
    """A JWT, for the header `Authorization: Bearer`."""
    refresh_token: NotRequired[str]
    """Good for one use; absent where it came as a cookie."""
    token_type: Literal["Bearer"]
    expires_in: int
    """Seconds that the access token is good for."""


class LoggedIn(Tokens):
    """A pair of tokens, and whose they are."""

    user: User


class SessionList(TypedDict):
    """Where one is logged in, newest first, at most 100."""

    items: list[ShownSession]


class TagList(TypedDict):
    """All tags, oldest first, at most 500."""

    items: list[Tag]


class TaskPage(TypedDict):
    """A page of tasks."""

    items: list[TaskAnswer]
    """May be fewer than `limit`, even none, with more to come."""
    next_cursor: str | None
    """Leads to the next page; null at the end."""


class TrashPage(TypedDict):
    """A page of deleted tasks, the last deleted first."""

    items: list[TrashedTaskAnswer]
    next_cursor: str | None
    """Leads to the next page; null at the end."""


class InvalidField(TypedDict):
    """A field or parameter that breaks a rule. The value that was sent is never repeated."""

    loc: list[str | int]
    """Where it stands: `body`, `query` or `header`, then names and positions."""
    msg: str
    """The rule, for people."""
    type: str
    """The rule, for programs."""


class ProblemInBulk(TypedDict):
    """Problem details (RFC 9457) of one operation."""

    type: str
    """Where the code is explained."""
    title: str
    status: int
    detail: str
    """For people; may change."""
    code: str
    """For programs; stable."""
    errors: NotRequired[list[InvalidField]]
    """The first 20 fields that break a rule; with status 422 alone."""


class Problem(ProblemInBulk):
    """Problem details (RFC 9457)."""

    instance: str
    request_id: str
    """To quote in reports; also in `X-Request-Id`."""


class BulkResult(TypedDict):
    """What became of one operation, as its own endpoint would say it."""

    status: int
    task: NotRequired[TaskAnswer]
    problem: NotRequired[ProblemInBulk]
    etag: NotRequired[str]
    """The current entity tag, with status 412."""


class BulkResults(TypedDict):
    """A result for each operation, in their order."""

    results: list[BulkResult]


class Health(TypedDict):
    """That the API and its table answer."""

    status: Literal["ok"]


class PublicKey(TypedDict):
    """A public key (RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str
    kid: str
    use: Literal["sig"]
    alg: Literal["EdDSA"]


class KeySet(TypedDict):
    """The public keys that verify access tokens (RFC 7517), the newest first."""

    keys: list[PublicKey]


class GatewayMessage(TypedDict):
    """What API Gateway says where no function answers."""

    message: str

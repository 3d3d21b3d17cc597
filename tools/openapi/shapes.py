"""Response bodies that are composed of the models' shapes, or come from elsewhere."""

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
    """Works once. Absent if it was set as a cookie."""
    token_type: Literal["Bearer"]
    expires_in: int
    """Lifetime of the access token in seconds."""


class LoggedIn(Tokens):
    """A pair of tokens, and the user that they belong to."""

    user: User


class SessionList(TypedDict):
    """The user's sessions, newest first, at most 100."""

    items: list[ShownSession]


class TagList(TypedDict):
    """All tags, oldest first, at most 500."""

    items: list[Tag]


class TaskPage(TypedDict):
    """A page of tasks."""

    items: list[TaskAnswer]
    """Can be fewer than `limit`, or even none, while there are more pages."""
    next_cursor: str | None
    """For the next page; null on the last page."""


class TrashPage(TypedDict):
    """A page of deleted tasks, last deleted first."""

    items: list[TrashedTaskAnswer]
    next_cursor: str | None
    """For the next page; null on the last page."""


class InvalidField(TypedDict):
    """A field or parameter that breaks a rule. The value that was sent is never included."""

    loc: list[str | int]
    """Its location: `body`, `query`, `path` or `header`, then names and positions."""
    msg: str
    """The rule, for people."""
    type: str
    """The rule, for programs."""


class ProblemInBulk(TypedDict):
    """Problem details (RFC 9457) of one operation."""

    type: str
    """The address of the explanation of the code."""
    title: str
    status: int
    detail: str
    """For people; may change."""
    code: str
    """For programs; stable."""
    errors: NotRequired[list[InvalidField]]
    """The first 20 fields that break a rule; only with status 422."""


class Problem(ProblemInBulk):
    """Problem details (RFC 9457)."""

    instance: str
    request_id: str
    """Include it in reports; also in `X-Request-Id`."""


class BulkResult(TypedDict):
    """The result of one operation, as its own endpoint would return it."""

    status: int
    task: NotRequired[TaskAnswer]
    problem: NotRequired[ProblemInBulk]
    etag: NotRequired[str]
    """The current entity tag, with status 412."""


class BulkResults(TypedDict):
    """A result for each operation, in their order."""

    results: list[BulkResult]


class Health(TypedDict):
    """The API and its table are available."""

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
    """The public keys that verify access tokens (RFC 7517), newest first."""

    keys: list[PublicKey]


class GatewayMessage(TypedDict):
    """The body of a response that comes from API Gateway instead of a function."""

    message: str

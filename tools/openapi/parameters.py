"""Parameters and headers, each described once."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from openapi_pydantic import Header, Parameter, Reference, Schema

from lambdo.base.entity_tags import IF_MATCH
from lambdo.base.fields import ID
from lambdo.base.rules import Rule
from lambdo.web.idempotency import KEY

_ENTITY_TAG: Final = Schema(type="string", pattern='^(W/)?"[^"]+"$')
_SECONDS: Final = Schema(type="integer", minimum=0)


def _parameter(
    place: str, name: str, schema: Mapping[str, Any], description: str | None = None, example: str | None = None
) -> Parameter:
    fields = {"in": place, "name": name, "schema": schema, "description": description, "example": example}
    return Parameter.model_validate({**fields, "required": place == "path"})


PATH: Final = {
    "user_id": _parameter("path", "user_id", {"anyOf": [{"const": "me"}, ID]}, "One's own id, or `me`.", "me"),
    **{name: _parameter("path", name, ID) for name in ("task_id", "tag_id", "session_id")},
    "file": _parameter("path", "file", {"type": "string", "pattern": "^[^/?]+$"}, "The name of a file."),
    "path": _parameter(
        "path",
        "path",
        {"type": "string", "pattern": "^[^?]+$"},
        "The address of a page or a file, which may have slashes.",
    ),
}

REQUEST_HEADERS: Final = {
    "IdempotencyKey": _parameter(
        "header",
        "Idempotency-Key",
        {"type": "string", "pattern": f"^({KEY.pattern})$"},
        "A UUID, a new one for each request. A request that is sent again with its key has one effect and gets its first"
        " answer, for 24 hours.",
    ),
    "IfMatch": _parameter(
        "header",
        "If-Match",
        {"type": "string", "pattern": IF_MATCH},
        "The `ETag` of what is to be changed: 412 if it has changed since.",
    ),
    "IfNoneMatch": _parameter(
        "header", "If-None-Match", {"type": "string"}, "The `ETag` of what is known: 304 if that is current."
    ),
}

RESPONSE_HEADERS: Final = {
    "Cache-Control": Header(description="How long the answer may be kept.", param_schema=Schema(type="string")),
    "Content-Encoding": Header(
        description="`gzip`, if the client accepts it.", param_schema=Schema(type="string", const="gzip")
    ),
    "Cross-Origin-Opener-Policy": Header(
        description="The page shares nothing with pages of other origins.",
        param_schema=Schema(type="string", const="same-origin"),
    ),
    "ETag": Header(
        description="The entity tag of this state, for `If-Match` and `If-None-Match`.",
        required=True,
        param_schema=_ENTITY_TAG,
    ),
    "Idempotent-Replayed": Header(
        description="`true` marks the answer of a request that was carried out before.",
        param_schema=Schema(type="string", const="true"),
    ),
    "Link": Header(
        description='The next page, as `<address>; rel="next"` (RFC 8288); absent at the end.',
        param_schema=Schema(type="string"),
    ),
    "Location": Header(
        description="The address of what was made.", required=True, param_schema=Schema(type="string", pattern="^/")
    ),
    "RateLimit": Header(
        description="What is left of the limit that was reached, and in how many seconds it is whole again"
        " (draft-ietf-httpapi-ratelimit-headers).",
        param_schema=Schema(type="string"),
    ),
    "RateLimit-Policy": Header(
        description="The limit that was reached: how many times in how many seconds.",
        param_schema=Schema(type="string"),
    ),
    "Referrer-Policy": Header(
        description="Where the page leads to is not told whence.",
        param_schema=Schema(type="string", const="no-referrer"),
    ),
    "Retry-After": Header(description="Seconds to wait before the next attempt.", param_schema=_SECONDS),
    "Set-Cookie": Header(
        description="The refresh token, for clients that keep it as a cookie.", param_schema=Schema(type="string")
    ),
    "Vary": Header(description="What else the answer depends on.", param_schema=Schema(type="string")),
    "WWW-Authenticate": Header(
        description='`Bearer error="invalid_token"` (RFC 6750).', param_schema=Schema(type="string")
    ),
    "X-Request-Id": Header(
        description="The id of the request, to quote in reports.", param_schema=Schema(type="string")
    ),
}

_DESCRIPTIONS: Final = {
    "cursor": "The `next_cursor` of the page before. It belongs to its user, filters and order.",
    "due_after": "Only tasks due after the end of this date, or after this point in time.",
    "due_before": "Only tasks due before the beginning of this date, or before this point in time.",
    "include": "`current` ends the token's own session as well.",
    "limit": "How many at most.",
    "overdue": "`true`: only open tasks that are late.",
    "priority": "Only tasks of this priority.",
    "q": "Only tasks with this in title or description, without regard to case and accents.",
    "sort": "The order: by creation, by due date (undated tasks last), or by priority (high first). Lists that are limited"
    " by due dates, and by no tag, are in their order; others are newest first.",
    "status": "Only open or only done tasks.",
    "tag": "Only tasks that have this tag; repeated, those that have all.",
}


def reference(kind: str, name: str) -> Reference:
    """Return a reference to one of the document's components."""
    return Reference.model_validate({"$ref": f"#/components/{kind}/{name}"})


def query(rules: Mapping[str, Rule]) -> Iterator[Parameter]:
    """Yield the parameters that the rules read."""
    for name, (_, _, schema) in rules.items():
        yield _parameter("query", name, schema, _DESCRIPTIONS[name])

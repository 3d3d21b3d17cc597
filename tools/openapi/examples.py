"""Examples for openapi.json, taken from real requests and responses."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from openapi_pydantic import Example


class Exchange(NamedTuple):
    """A real request and its response."""

    name: str
    operation_id: str
    path_parameters: Mapping[str, str]
    media_type: str
    sent: Any
    status: int
    answered: Any


def of_requests(exchanges: Sequence[Exchange], media_type: str) -> dict[str, Example]:
    """Return the request bodies of this media type that were accepted."""
    sent = [one for one in exchanges if one.sent is not None and one.media_type == media_type and one.status < 400]
    return _named({one.name: one.sent for one in sent})


def of_answers(exchanges: Sequence[Exchange], status: int) -> dict[str, Example]:
    """Return the response bodies with this status."""
    return _named({one.name: one.answered for one in exchanges if one.status == status})


def of_problem(exchanges: Sequence[Exchange], code: str) -> Example:
    """Return a response with this code; raises LookupError if there is none."""
    for exchange in exchanges:
        if exchange.status >= 400 and exchange.answered["code"] == code:
            return Example(summary=code, value=exchange.answered)
    raise LookupError(f"No example has a response with {code}.")


def _named(values: Mapping[str, Any]) -> dict[str, Example]:
    return {_slug(name): Example(summary=name, value=value) for name, value in values.items()}


def _slug(name: str) -> str:
    return re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")

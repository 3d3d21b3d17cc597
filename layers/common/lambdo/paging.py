"""The answer with a page of a list."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from lambdo.endpoint import Request, Response


def paged(
    request: Request, parameters: Mapping[str, Sequence[str]], items: Sequence[Any], next_cursor: str | None
) -> Response:
    """Return 200 with `items` and `next_cursor`, the latter also as a Link (RFC 8288); null means that this is the end."""
    body = {"items": items, "next_cursor": next_cursor}
    if next_cursor is None:
        return Response(200, body)
    target = f"{request.path}?{urlencode({**parameters, 'cursor': next_cursor}, doseq=True)}"
    return Response(200, body, {"link": f'<{target}>; rel="next"'})

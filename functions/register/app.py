"""POST /api/auth/register - create an account."""

from lambdo.endpoint import Request, Response, endpoint
from lambdo.idempotency import once
from lambdo.models.auth_requests import Register
from lambdo.preconditions import etag
from lambdo.services.accounts import owner_of, register
from lambdo.validation import parse_json


@endpoint(public=True)
def handler(request: Request) -> Response:
    """Return 201 and the user, with the path /api/auth/me in Location."""
    fields = parse_json(Register, request.json_body())
    user = once(
        request,
        lambda: register(fields.email, fields.password, fields.name, request.source_ip),
        owner=lambda: owner_of(fields.email),
        secret=True,
    )
    return Response(201, user, {"location": "/api/auth/me", "etag": etag(user)})

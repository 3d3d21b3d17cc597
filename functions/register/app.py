"""POST /api/auth/register - create an account.

Creates an account, which can log in at once. If the deployment sends emails, it sends one with a link to confirm the
address.
"""

from lambdo.accounts.requests import Register
from lambdo.accounts.service import find_owner, register
from lambdo.base.entity_tags import etag
from lambdo.base.problems import EmailAlreadyExists, TooManyRequests
from lambdo.users.models import User
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.idempotency import once
from lambdo.web.validation import parse_json


@endpoint(public=True, body=Register, returns=User, problems=(EmailAlreadyExists, TooManyRequests))
def handler(request: Request) -> Response:
    """Return 201 and the new user, with the path /api/auth/me in Location."""
    fields = parse_json(Register, request.json_body())
    user = once(
        request,
        lambda record: register(fields.email, fields.password, fields.name, request.source_ip, record),
        owner=lambda: find_owner(fields.email),
        secret=True,
    )
    return Response(201, user, {"location": "/api/auth/me", "etag": etag(user)})

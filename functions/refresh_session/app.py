"""POST /api/auth/refresh - exchange a refresh token for the next pair."""

from lambdo import tokens
from lambdo.endpoint import Request, Response, endpoint
from lambdo.models.auth_requests import Refresh
from lambdo.services.session_tokens import refresh
from lambdo.validation import parse_json


@endpoint(public=True)
def handler(request: Request) -> Response:
    """Answer 200 with a new pair; the token sent is spent."""
    fields = parse_json(Refresh, request.json_body())
    return Response(200, tokens.answer(*refresh(fields.refresh_token)))

"""The authorizer: verifies the bearer token. It only authenticates; the endpoints enforce (decision 0002)."""

from typing import Any

from lambdo.base.collection import start_collecting
from lambdo.sessions import access_tokens


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 - Lambda's own, untyped
    """Allow every request, and pass on the user or why there is none: a refusal here could only be a bare 403."""
    try:
        claims = access_tokens.verify(access_tokens.from_header(event["identitySource"][0]))
    except access_tokens.InvalidTokenError as error:
        return {"isAuthorized": True, "context": {"token_error": error.reason}}
    verdict = {"user_id": claims.user_id, "sid": claims.session_id, "exp": claims.expires_at}
    return {"isAuthorized": True, "context": verdict}


start_collecting()
